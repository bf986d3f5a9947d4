//! Randomness, the master key and what is derived from it (HKDF, RFC 5869).
//!
//! The master key is made once and never leaves memory unwrapped. Everything else follows from it by name, so that a
//! key for one use is of no use for another.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{VaultFault, hex};

/// Bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], VaultFault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| VaultFault::Randomness)?;
    Ok(bytes)
}

/// A secret from the operating system.
pub(crate) fn random_secret() -> Result<Zeroizing<[u8; 32]>, VaultFault> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| VaultFault::Randomness)?;
    Ok(bytes)
}

/// HKDF-SHA-256 to 32 bytes.
pub(crate) fn expand(key: &[u8; 32], salt: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    // Expanding fails only beyond 255 hash lengths; 32 bytes are one.
    let expanded = Hkdf::<Sha256>::new(Some(salt), key).expand_multi_info(info, out.as_mut_slice());
    debug_assert!(expanded.is_ok());
    out
}

/// The key from which all others follow.
pub(crate) struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    pub(crate) fn random() -> Result<Self, VaultFault> {
        random_secret().map(Self)
    }

    pub(crate) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What `PRAGMA key` takes: the database's key and salt as 96 hex digits, which skips SQLCipher's own derivation.
    pub(crate) fn database_key(&self, vault_id: &str, salt: &[u8; 16]) -> DatabaseKey {
        let key = expand(&self.0, vault_id.as_bytes(), &[b"vault/db/1"]);
        let mut text = Zeroizing::new(String::with_capacity(2 * (32 + 16) + 3));
        text.push_str("x'");
        hex::push(key.as_slice(), &mut text);
        hex::push(salt, &mut text);
        text.push('\'');
        DatabaseKey(text)
    }

    /// A key for another room's use; no name yields the database's own key.
    pub(crate) fn subkey(&self, vault_id: &str, purpose: &str) -> Zeroizing<[u8; 32]> {
        expand(&self.0, vault_id.as_bytes(), &[b"vault/subkey/", purpose.as_bytes()])
    }
}

/// The raw key of the database, as `SQLCipher` wants it written.
pub(crate) struct DatabaseKey(Zeroizing<String>);

impl DatabaseKey {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_make_different_keys_and_never_the_databases_own() {
        let master = MasterKey::new(Zeroizing::new([5; 32]));
        let own = master.database_key("v", &[0; 16]);
        assert_eq!(own.text().len(), 96 + 3);
        for purpose in ["db/1", "/../db/1", "ep-salt/1", ""] {
            assert!(!own.text().contains(&hex::text_of(master.subkey("v", purpose).as_slice())));
        }
        assert_ne!(*master.subkey("v", "a"), *master.subkey("v", "b"));
        assert_ne!(*master.subkey("v", "a"), *master.subkey("w", "a"));
    }

    #[test]
    fn hkdf_is_the_one_of_rfc_5869() {
        // Made with the two HMAC steps of RFC 5869 section 2 in Python.
        let out = expand(&[0x0b; 32], b"salt", &[b"in", b"fo"]);
        assert_eq!(hex::text_of(out.as_slice()), "20818451610896c07e77bc9ea5f06a4db922b2c726adda1af6c0a779dfe0446a");
    }
}
