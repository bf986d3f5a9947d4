//! Signatures over events, segments and checkpoints (formats 1.4), and the proof that one was verified.
//!
//! Every message begins with its purpose, so that a signature for one thing never fits another. Ed25519 is verified
//! strictly (no small-order points, no malleable encodings); RSA by `ring`, whose PSS takes a salt of 32 bytes only.

use base64ct::{Base64, Encoding as _};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

use crate::digest::Digest;
use crate::keys::{Algorithm, KeyFault, Kid, Material, PublicKey};

/// Bytes of the longest message: the longest prefix and 64 hex digits.
const MESSAGE_BYTES_MAX: usize = Purpose::Checkpoint.prefix().len() + 64;
/// Most bytes of a signature: those of an RSA key of 8192 bits.
const SIGNATURE_BYTES_MAX: usize = 1024;

/// That a signature was verified. Nothing outside this room can make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked(());

impl Checked {
    /// For the other modules of this room that verify.
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Purpose {
    /// One record.
    Event,
    /// An entry of the audit manifest about a segment.
    Segment,
    /// One checkpoint.
    Checkpoint,
}

impl Purpose {
    /// What the signed message begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Event => "AB1:event:",
            Self::Segment => "AB1:segment:",
            Self::Checkpoint => "AB1:checkpoint:",
        }
    }

    /// The word for it in the `usage` of keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Segment => "segment",
            Self::Checkpoint => "checkpoint",
        }
    }

    /// The message that is signed for a hash. It is made without allocating.
    #[must_use]
    pub fn message(self, hash: &Digest) -> Message {
        let mut message = Message { bytes: [0; MESSAGE_BYTES_MAX], length: 0 };
        message.push(self.prefix().as_bytes());
        for byte in hash.as_bytes() {
            let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
            message.push(&[digit(byte >> 4), digit(byte & 0xf)]);
        }
        message
    }
}

/// A message to be signed: a prefix and a hash in lowercase hex.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    bytes: [u8; MESSAGE_BYTES_MAX],
    length: usize,
}

impl Message {
    fn push(&mut self, part: &[u8]) {
        let end = self.length + part.len();
        if let Some(room) = self.bytes.get_mut(self.length..end) {
            room.copy_from_slice(part);
            self.length = end;
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A key bound to one algorithm.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    key: PublicKey,
    algorithm: Algorithm,
}

impl VerifyingKey {
    /// Binds a key to an algorithm; Ed25519 keys go with Ed25519 alone, RSA keys with either RSA algorithm.
    pub fn new(key: PublicKey, algorithm: Algorithm) -> Result<Self, KeyFault> {
        let fits = match key.material {
            Material::Ed25519(_) => algorithm == Algorithm::Ed25519,
            Material::Rsa(_) => algorithm != Algorithm::Ed25519,
        };
        if fits { Ok(Self { key, algorithm }) } else { Err(KeyFault::Binding { algorithm }) }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The fingerprint of the key.
    #[must_use]
    pub fn kid(&self) -> Kid {
        self.key.kid()
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Verifies a signature over a message; `None` if it does not fit.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Option<Checked> {
        let rsa = |parameters, key: &[u8]| UnparsedPublicKey::new(parameters, key).verify(message, signature).is_ok();
        let fits = match (&self.key.material, self.algorithm) {
            (Material::Ed25519(key), _) => {
                let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
                key.verify_strict(message, &signature).is_ok()
            }
            (Material::Rsa(key), Algorithm::RsaPssSha256) => rsa(&RSA_PSS_2048_8192_SHA256, key),
            (Material::Rsa(key), _) => rsa(&RSA_PKCS1_2048_8192_SHA256, key),
        };
        fits.then_some(Checked(()))
    }

    /// Verifies a signature that is written in base64, with padding (RFC 4648 section 4).
    #[must_use]
    pub fn verify_text(&self, message: &Message, base64: &str) -> Option<Checked> {
        let mut buffer = [0; SIGNATURE_BYTES_MAX];
        let signature = Base64::decode(base64, &mut buffer).ok()?;
        self.verify(message.as_bytes(), signature)
    }
}
