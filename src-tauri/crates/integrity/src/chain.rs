//! The hash chain of audit-bundle/1.0 (formats 1.4 and 1.7): where it begins and what a record's own hash is.
//!
//! A record names the hash of the record before it. The first one names a value that follows from its stream's id, so
//! that the beginning of one stream cannot be passed off as the beginning of another.

use crate::canonical::Scan;
use crate::digest::Digest;

/// What the first record of a stream (seq 1) has as `prev_hash`: SHA-256 of `AB1:genesis:` and the stream's id.
#[must_use]
pub fn genesis(stream_id: &str) -> Digest {
    Digest::of_parts(&[b"AB1:genesis:", stream_id.as_bytes()])
}

/// What the first checkpoint of a stream has as `prev_checkpoint_hash`.
#[must_use]
pub fn checkpoint_genesis(stream_id: &str) -> Digest {
    Digest::of_parts(&[b"AB1:checkpoint-genesis:", stream_id.as_bytes()])
}

/// The hash a record or a checkpoint ought to carry: SHA-256 of its preimage, which is its canonical form without
/// `hash` and `sig`.
#[must_use]
pub fn event_hash(record: &Scan<'_>) -> Digest {
    record.preimage().digest()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical;

    #[test]
    fn streams_begin_differently() {
        assert_ne!(genesis("a"), genesis("b"));
        assert_ne!(genesis("a"), checkpoint_genesis("a"));
        assert_eq!(genesis("a"), Digest::of(b"AB1:genesis:a"));
    }

    #[test]
    fn hash_and_signature_are_not_part_of_what_is_hashed() {
        let with = canonical::scan(br#"{"a":1,"hash":"x","seq":2,"sig":{"alg":"y"},"z":3}"#).unwrap();
        assert_eq!(event_hash(&with), Digest::of(br#"{"a":1,"seq":2,"z":3}"#));
    }
}
