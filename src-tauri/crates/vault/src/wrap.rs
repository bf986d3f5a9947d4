//! Wraps: a secret sealed under a key that a passphrase or the recovery key yields.
//!
//! XChaCha20-Poly1305. What is authenticated beside the secret ties it to its vault, its user, its kind, the cost of
//! the passphrase hash, the salt and the version of the format: none of them can be exchanged without the seal breaking.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use integrity::canonical::to_canonical;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::hex::Hex;
use crate::kdf::{self, KdfCost};
use crate::passphrase::Normalized;
use crate::recovery_key::RecoveryKey;
use crate::{VaultFault, secret};

/// Version of the wraps; part of what they authenticate.
const WRAP_VERSION: u32 = 1;

/// A sealed secret of 32 bytes, as it stands in `vault.json`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    nonce: Hex<24>,
    sealed: Hex<48>,
}

/// What a wrap belongs to: the authenticated part.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Belonging<'a> {
    pub(crate) vault_id: &'a str,
    pub(crate) user_id: &'a str,
    pub(crate) kind: Kind,
    pub(crate) kdf: Option<KdfCost>,
    pub(crate) salt: Option<Hex<16>>,
    version: u32,
}

/// What a wrap holds.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The master key under a passphrase.
    Master,
    /// A user's signing key under the same passphrase.
    Signing,
    /// The master key under the recovery key.
    Recovery,
}

impl<'a> Belonging<'a> {
    /// A user's wrap.
    pub(crate) fn to_user(vault_id: &'a str, user_id: &'a str, kind: Kind, kdf: KdfCost, salt: [u8; 16]) -> Self {
        Self { vault_id, user_id, kind, kdf: Some(kdf), salt: Some(Hex(salt)), version: WRAP_VERSION }
    }

    /// The recovery key's wrap.
    pub(crate) fn to_recovery(vault_id: &'a str) -> Self {
        Self { vault_id, user_id: "", kind: Kind::Recovery, kdf: None, salt: None, version: WRAP_VERSION }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        to_canonical(self).ok()
    }
}

/// The key a wrap is sealed under.
pub(crate) struct WrapKey(Zeroizing<[u8; 32]>);

impl WrapKey {
    /// From a passphrase: one run of Argon2id, then HKDF.
    pub(crate) fn of_passphrase(passphrase: &Normalized, salt: &[u8; 16], cost: KdfCost) -> Option<Self> {
        let stretched = kdf::derive(passphrase, salt, cost)?;
        Some(Self(secret::expand(&stretched, &[], &[b"vault/wrap/1"])))
    }

    /// From the recovery key, which is random enough to need no stretching.
    pub(crate) fn of_recovery(key: &RecoveryKey, vault_id: &str) -> Self {
        Self(secret::expand(key.bytes(), vault_id.as_bytes(), &[b"vault/recovery/1"]))
    }

    /// Seals 32 bytes under a new nonce.
    pub(crate) fn seal(&self, belonging: &Belonging<'_>, secret: &[u8; 32]) -> Result<Sealed, VaultFault> {
        let nonce = secret::random::<24>()?;
        let sealed = belonging
            .bytes()
            .and_then(|aad| self.cipher()?.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &aad }).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(VaultFault::NotOpened)?;
        Ok(Sealed { nonce: Hex(nonce), sealed: Hex(sealed) })
    }

    /// Opens a seal; `None` whatever is wrong with it.
    pub(crate) fn open(&self, belonging: &Belonging<'_>, wrap: &Sealed) -> Option<Zeroizing<[u8; 32]>> {
        let aad = belonging.bytes()?;
        let payload = Payload { msg: &wrap.sealed.0, aad: &aad };
        let opened = Zeroizing::new(self.cipher()?.decrypt(&XNonce::from(wrap.nonce.0), payload).ok()?);
        let mut out = Zeroizing::new([0; 32]);
        (opened.len() == out.len()).then(|| out.copy_from_slice(&opened))?;
        Some(out)
    }

    fn cipher(&self) -> Option<XChaCha20Poly1305> {
        XChaCha20Poly1305::new_from_slice(self.0.as_slice()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belonging<'a>(vault_id: &'a str, user_id: &'a str, kind: Kind) -> Belonging<'a> {
        Belonging::to_user(vault_id, user_id, kind, KdfCost::FLOOR, [1; 16])
    }

    #[test]
    fn a_wrap_opens_only_where_it_belongs() {
        let key = WrapKey(Zeroizing::new([1; 32]));
        let home = belonging("v", "u", Kind::Master);
        let wrap = key.seal(&home, &[9; 32]).unwrap();
        assert_eq!(*key.open(&home, &wrap).unwrap(), [9; 32]);
        assert!(WrapKey(Zeroizing::new([2; 32])).open(&home, &wrap).is_none());
        for elsewhere in [
            belonging("w", "u", Kind::Master),
            belonging("v", "x", Kind::Master),
            belonging("v", "u", Kind::Signing),
            Belonging { kdf: Some(KdfCost::DEFAULT), ..home },
            Belonging { salt: Some(Hex([2; 16])), ..home },
            Belonging { version: 2, ..home },
        ] {
            assert!(key.open(&elsewhere, &wrap).is_none());
        }
    }

    #[test]
    fn any_flipped_bit_of_a_wrap_keeps_it_shut() {
        let key = WrapKey(Zeroizing::new([1; 32]));
        let home = belonging("v", "u", Kind::Master);
        let wrap = key.seal(&home, &[9; 32]).unwrap();
        for bit in 0..(24 + 48) * 8 {
            let mut broken = wrap;
            match bit / 8 {
                byte @ 0..24 => broken.nonce.0[byte] ^= 1 << (bit % 8),
                byte => broken.sealed.0[byte - 24] ^= 1 << (bit % 8),
            }
            assert!(key.open(&home, &broken).is_none());
        }
    }
}
