//! How entries hold together (formats 4.3): what is hashed, what is signed, where the chain begins.
//!
//! ```text
//! body_hash = SHA-256(salt ‖ body)                        salt: 16 random bytes; body: canonical JSON
//! hash      = SHA-256("ML1:" ‖ JCS{body_hash, prev_hash, seq})       hashes in lowercase hex
//! prev_hash of entry 1 = SHA-256("ML1:genesis:" ‖ vault_id)
//! sig       = Ed25519(actor_key, "ML1:entry:" ‖ hash in hex)
//! ```
//!
//! The salt lets an entry be withheld from somebody: `seq`, `prev_hash` and `body_hash` keep the chain checkable and say
//! nothing about the body.

use integrity::Digest;

/// What entry 1 has as `prev_hash`.
#[must_use]
pub fn genesis(vault_id: &str) -> Digest {
    Digest::of_parts(&[b"ML1:genesis:", vault_id.as_bytes()])
}

/// The salted hash of a body's canonical text.
#[must_use]
pub fn body_hash(salt: &[u8; 16], body: &str) -> Digest {
    Digest::of_parts(&[salt, body.as_bytes()])
}

/// The hash of an entry.
#[must_use]
pub fn entry_hash(seq: u64, prev_hash: &Digest, body_hash: &Digest) -> Digest {
    // Canonical by construction: members in order, hex and an integer need no escaping.
    let link = format!(r#"ML1:{{"body_hash":"{body_hash}","prev_hash":"{prev_hash}","seq":{seq}}}"#);
    Digest::of(link.as_bytes())
}

/// What the acting user signs. The prefix keeps the signature from being of use anywhere else.
#[must_use]
pub fn signed_message(hash: &Digest) -> String {
    format!("ML1:entry:{hash}")
}

/// Lowercase hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use integrity::canonical::canonicalize;

    #[test]
    fn the_link_is_canonical_json() {
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let loose = format!(r#"{{"seq": 7, "prev_hash": "{one}", "body_hash": "{two}"}}"#);
        let canonical = canonicalize(loose.as_bytes()).unwrap();
        assert_eq!(entry_hash(7, &one, &two), Digest::of_parts(&[b"ML1:", &canonical]));
    }
}
