//! Reads one header block of a tar archive (POSIX.1-1988 `ustar`, GNU, and the older format without a magic number).
//!
//! A field that two programs read in two ways is a flaw: the archive is refused instead of guessed at.

use ::tar::Header as Fields;

/// Bytes of a block. Headers, content and padding are made of them.
pub(super) const BLOCK_BYTES: u64 = 512;
/// Where the fields lie that are read here and not by the library.
const SIZE: std::ops::Range<usize> = 124..136;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const TYPE: usize = 156;
const MAGIC: std::ops::Range<usize> = 257..265;
const PREFIX: std::ops::Range<usize> = 345..500;
/// Magic number and version of POSIX; only behind it is the prefix a part of the name.
const POSIX_MAGIC: &[u8] = b"ustar\x0000";
/// The largest size that the octal field can state: 8 GiB less one byte.
pub(super) const OCTAL_SIZE_MAX: u64 = (1 << 33) - 1;

/// One block.
pub(super) type Block = [u8; 512];

/// What a header is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Link,
    /// A device, a pipe, or something that only one program knows.
    Other,
    /// A file with holes.
    Sparse,
    /// The name of the next entry (GNU `L`).
    LongName,
    /// The target of the next entry's link (GNU `K`).
    LongLink,
    /// Records about the next entry (POSIX.1-2001 `x`).
    Extended,
    /// Records about all further entries (POSIX.1-2001 `g`).
    Global,
}

/// The fields that matter.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) kind: Kind,
    pub(super) size_bytes: u64,
}

/// Whether a block is a header, by its checksum: the older format has no other mark.
pub(crate) fn is_header(block: &[u8]) -> bool {
    block.try_into().is_ok_and(|block: &Block| !is_zero(block) && states_its_checksum(block))
}

/// Whether a block has the magic number of a header, sound or not.
pub(crate) fn has_magic(block: &[u8]) -> bool {
    block.get(MAGIC).is_some_and(|magic| magic.starts_with(b"ustar"))
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// Reads a header; an error is a sentence.
pub(super) fn read(block: &Block) -> Result<Header, &'static str> {
    if !states_its_checksum(block) {
        return Err("A header of the archive is damaged: it does not have its own checksum.");
    }
    let fields = Fields::from_byte_slice(block);
    let is_posix = block.get(MAGIC) == Some(POSIX_MAGIC);
    if !is_posix && block.get(PREFIX).is_some_and(|prefix| prefix.first().is_some_and(|byte| *byte != 0)) {
        return Err("A header holds a part of a name where its format has none, so that programs read two names.");
    }
    let size_bytes = block.get(SIZE).and_then(size).ok_or("A header states a size that is no number.")?;
    let name = fields.path_bytes().into_owned();
    let kind = match block.get(TYPE).copied().unwrap_or_default() {
        // The older format has no type for directories.
        0 | b'0' | b'7' if name.ends_with(b"/") => Kind::Directory,
        0 | b'0' | b'7' => Kind::File,
        b'1' | b'2' => Kind::Link,
        b'5' => Kind::Directory,
        b'L' => Kind::LongName,
        b'K' => Kind::LongLink,
        b'x' => Kind::Extended,
        b'g' => Kind::Global,
        b'S' => Kind::Sparse,
        _ => Kind::Other,
    };
    Ok(Header { name, kind, size_bytes })
}

/// The sum of all bytes, those of the checksum counted as spaces.
fn states_its_checksum(block: &Block) -> bool {
    let checksum = block.get(CHECKSUM).unwrap_or_default();
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).fold(0, u32::saturating_add);
    let expected = sum(block).saturating_sub(sum(checksum)).saturating_add(sum(&[b' '; 8]));
    Fields::from_byte_slice(block).cksum().is_ok_and(|stated| stated == expected)
}

/// Octal digits between spaces up to a NUL, or, behind the bit that says so, a number in binary.
fn size(field: &[u8]) -> Option<u64> {
    if let [first, rest @ ..] = field
        && *first >= 0x80
    {
        let (high, low) = rest.split_at_checked(rest.len().checked_sub(8)?)?;
        let is_positive = *first == 0x80 && is_zero(high);
        return is_positive.then_some(low.try_into().map(u64::from_be_bytes).ok()?);
    }
    let text = field.split(|byte| *byte == 0).next()?.trim_ascii();
    if text.is_empty() || !text.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(text).ok()?, 8).ok()
}
