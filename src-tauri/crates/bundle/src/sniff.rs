//! Recognizes what lies in a file by its first bytes. A name is a hint, content decides.

use crate::fault::LooksLike;
use crate::tar;
use crate::unpack::Packing;

/// What a file begins like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    Zip,
    /// A tar archive, or what is left of one.
    Tar,
    /// Something packed; what it holds has to be unpacked to be known.
    Packed(Packing),
    /// A JSON object or array, perhaps the first of many.
    Json,
    Other(LooksLike),
}

/// The byte-order mark of UTF-8, tolerated at the start of foreign files only.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// First bytes and what they mean, longest first where one is the beginning of another.
const MAGIC: &[(&[u8], LooksLike)] = &[
    (b"BZh", LooksLike::OtherCompression),
    (b"\xfd7zXZ\0", LooksLike::OtherCompression),
    (b"7z\xbc\xaf\x27\x1c", LooksLike::OtherArchive),
    (b"Rar!\x1a\x07", LooksLike::OtherArchive),
    (b"%PDF-", LooksLike::Pdf),
    (b"SQLite format 3\0", LooksLike::Binary),
    (b"PAR1", LooksLike::Binary),
    (b"\x7fELF", LooksLike::Binary),
    (b"MZ", LooksLike::Binary),
];

/// Recognizes a file by its first bytes; a few hundred are enough.
pub(crate) fn beginning(head: &[u8]) -> Beginning {
    if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| head.starts_with(*magic)) {
        return Beginning::Zip;
    }
    if is_tar(head) {
        return Beginning::Tar;
    }
    if let Some(packing) = Packing::of(head) {
        return Beginning::Packed(packing);
    }
    if let Some((_, looks_like)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Beginning::Other(*looks_like);
    }
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    match text.first() {
        None => Beginning::Other(LooksLike::Empty),
        Some(b'{' | b'[') => Beginning::Json,
        Some(b'<') => Beginning::Other(LooksLike::Xml),
        Some(_) if head.contains(&0) => Beginning::Other(LooksLike::Binary),
        Some(_) => Beginning::Other(LooksLike::Text),
    }
}

/// Whether the first block of a file is a header of a tar archive, sound or damaged.
pub(crate) fn is_tar(head: &[u8]) -> bool {
    head.get(..tar::HEAD_BYTES).is_some_and(tar::is_header) || tar::has_magic(head)
}

/// Whether JSON text speaks of FHIR resources. A sniff, not a parse: what is really there is found by reading it.
pub(crate) fn speaks_fhir(head: &[u8]) -> bool {
    let names = |word: &[u8]| memchr::memmem::find(head, word).is_some();
    names(b"\"resourceType\"") && (names(b"\"AuditEvent\"") || names(b"\"Bundle\""))
}

/// Whether JSON text looks like records of an audit bundle.
pub(crate) fn speaks_audit_bundle(head: &[u8]) -> bool {
    let names = |word: &[u8]| memchr::memmem::find(head, word).is_some();
    names(b"\"prev_hash\"") && names(b"\"stream_id\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_recognized() {
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, expected) in [
            (&b"PK\x03\x04rest"[..], Beginning::Zip),
            (b"\x1f\x8b\x08", Beginning::Packed(Packing::Gzip)),
            (b"\x28\xb5\x2f\xfd\x04", Beginning::Packed(Packing::Zstd)),
            (b"\x51\x2a\x4d\x18\0", Beginning::Packed(Packing::Zstd)),
            (b"%PDF-1.7", Beginning::Other(LooksLike::Pdf)),
            (&tar, Beginning::Tar),
            (b"", Beginning::Other(LooksLike::Empty)),
            (b" \n", Beginning::Other(LooksLike::Empty)),
            (b"\xEF\xBB\xBF {\"a\":1}", Beginning::Json),
            (b"<AuditMessage>", Beginning::Other(LooksLike::Xml)),
            (b"time,user\n", Beginning::Other(LooksLike::Text)),
            (b"\x01\x00\x02", Beginning::Other(LooksLike::Binary)),
        ] {
            assert_eq!(beginning(head), expected);
        }
    }
}
