//! A record of a chain: what it is made of, and what it becomes when it is sealed (formats 1.3 and 1.4).
//!
//! The line is laid out once, with a hole where the hash will stand; the preimage is what lies before and after the
//! hole. A signature comes last, because it is made over the hash; whoever changes a record and has no key leaves the old
//! one where it was.

use integrity::signature::Purpose;
use integrity::{Digest, Hasher};

use crate::draft::decimal;
use crate::signing::Signer;

/// Schema version that we write.
pub(crate) const VERSION: &str = "1.0";

/// The parts of a record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) version: &'static str,
    /// The `event` object, canonical.
    pub(crate) event: Vec<u8>,
    pub(crate) nonce: [u8; 22],
    pub(crate) seq: u64,
    pub(crate) prev: Digest,
    /// A member the format does not know; its name sorts between `seq` and `stream_id`. With quotes and value.
    pub(crate) unknown: Option<&'static str>,
    /// The `sig` object, canonical.
    pub(crate) sig: Option<Vec<u8>>,
    pub(crate) event_id: [u8; 36],
    /// Microseconds since 1970.
    pub(crate) time: i64,
}

/// A record with its line and hashes.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    pub(crate) record: Record,
    /// The canonical line with its line feed.
    pub(crate) line: Vec<u8>,
    pub(crate) hash: Digest,
    /// The leaf hash of the preimage (RFC 9162).
    pub(crate) leaf: Digest,
    /// Where in the line a signature stands.
    sig_at: usize,
}

impl Sealed {
    /// Room for records, not sealed yet.
    pub(crate) fn empty() -> Self {
        let none = Digest::from_bytes([0; 32]);
        let record = Record {
            version: VERSION,
            event: Vec::new(),
            nonce: [b'A'; 22],
            seq: 0,
            prev: none,
            unknown: None,
            sig: None,
            event_id: [b'0'; 36],
            time: 0,
        };
        Self { record, line: Vec::new(), hash: none, leaf: none, sig_at: 0 }
    }

    /// A record, sealed.
    pub(crate) fn of(record: Record, stream_id: &str) -> Self {
        let mut sealed = Self { record, ..Self::empty() };
        sealed.seal(stream_id);
        sealed
    }

    /// Writes the line anew and computes its hashes.
    pub(crate) fn seal(&mut self, stream_id: &str) {
        let Record { version, event, nonce, seq, prev, unknown, sig, .. } = &self.record;
        let line = &mut self.line;
        line.clear();
        line.extend_from_slice(b"{\"audit_log_version\":\"");
        line.extend_from_slice(version.as_bytes());
        line.extend_from_slice(b"\",\"event\":");
        line.extend_from_slice(event);
        let hole = line.len();
        line.extend_from_slice(HASH_MEMBER);
        let after = line.len();
        line.extend_from_slice(b",\"nonce\":\"");
        line.extend_from_slice(nonce);
        line.extend_from_slice(b"\",\"prev_hash\":\"");
        line.extend_from_slice(&hex(prev));
        line.extend_from_slice(b"\",\"seq\":");
        decimal(line, *seq);
        self.sig_at = line.len();
        if let Some(member) = unknown {
            line.push(b',');
            line.extend_from_slice(member.as_bytes());
        }
        line.extend_from_slice(b",\"stream_id\":\"");
        line.extend_from_slice(stream_id.as_bytes());
        line.extend_from_slice(b"\"}");
        let (before, rest) = line.split_at(hole);
        let rest = &rest[after - hole..];
        self.hash = Digest::of_parts(&[before, rest]);
        let mut leaf = Hasher::new();
        // RFC 9162 section 2.1.1: a leaf's hash begins with a zero byte.
        leaf.update(&[0]);
        leaf.update(before);
        leaf.update(rest);
        self.leaf = leaf.finish();
        let digits = hole + HASH_DIGITS_AT;
        line[digits..digits + 64].copy_from_slice(&hex(&self.hash));
        if let Some(sig) = sig {
            insert_sig(line, self.sig_at, sig);
        }
        line.push(b'\n');
    }

    /// Signs a sealed record that has no signature.
    pub(crate) fn sign(&mut self, signer: &Signer) {
        let sig = signer.sig_text(Purpose::Event, &self.hash);
        insert_sig(&mut self.line, self.sig_at, &sig);
        self.record.sig = Some(sig);
    }
}

fn insert_sig(line: &mut Vec<u8>, at: usize, sig: &[u8]) {
    line.splice(at..at, SIG_NAME.iter().chain(sig).copied());
}

/// What stands before a signature.
const SIG_NAME: &[u8] = b",\"sig\":";

/// The member with a hash of zeros, and where in it the digits begin.
const HASH_MEMBER: &[u8] = b",\"hash\":\"0000000000000000000000000000000000000000000000000000000000000000\"";
const HASH_DIGITS_AT: usize = 9;

/// Lowercase hex.
pub(crate) fn hex(digest: &Digest) -> [u8; 64] {
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(digest.as_bytes()) {
        let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
    }
    text
}

/// The event's id as text.
pub(crate) fn id_text(id: &[u8; 36]) -> String {
    String::from_utf8_lossy(id).into_owned()
}

#[cfg(test)]
mod tests {
    use integrity::{canonical, chain, merkle};

    use super::*;

    #[test]
    fn a_sealed_line_is_canonical_and_its_hashes_are_right() {
        let mut record = Sealed::empty().record;
        record.event = br#"{"action":"read"}"#.to_vec();
        record.seq = 12;
        record.unknown = Some("\"site_note\":\"x\"");
        let mut sealed = Sealed::of(record, "stream");
        let unsigned = sealed.leaf;
        sealed.sign(&Signer::new(1, "x"));
        let line = sealed.line.strip_suffix(b"\n").unwrap();
        let scan = canonical::scan(line).unwrap();
        assert!(scan.was_canonical());
        assert_eq!(sealed.leaf, unsigned);
        assert!(scan.member("sig").is_some());
        assert_eq!(chain::event_hash(&scan), sealed.hash);
        assert_eq!(merkle::leaf_hash(&scan.preimage().to_vec()), sealed.leaf);
        assert_eq!(scan.member("hash").unwrap().string().unwrap(), sealed.hash.to_hex());
    }
}
