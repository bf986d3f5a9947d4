//! Signatures of a sample: Ed25519 with keys that follow from the seed, so that equal options give equal bytes.
//!
//! Whoever knows the seed knows the keys: they protect nothing and must never be pinned for a real producer.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use integrity::Digest;
use integrity::canonical::to_canonical;
use integrity::keys::{Kid, PublicKey, ed25519_pem};
use integrity::signature::Purpose;
use serde_json::{Value, json};

use crate::calendar::{DAY, rfc3339_seconds};
use crate::chance::Chance;

/// What of a bundle is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signing {
    /// Nothing.
    #[default]
    None,
    /// Each record, and each checkpoint.
    Event,
    /// The audit manifest's entry of each segment.
    Segment,
    /// Each checkpoint.
    Checkpoint,
}

impl Signing {
    /// Every way.
    pub const ALL: &'static [Self] = &[Self::None, Self::Event, Self::Segment, Self::Checkpoint];

    /// The name to ask for it by.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Event => "event",
            Self::Segment => "segment",
            Self::Checkpoint => "checkpoint",
        }
    }

    /// The way of exactly that name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.word() == word)
    }

    /// What the audit manifest calls it.
    pub(crate) const fn policy(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Event => "per-event",
            Self::Segment => "per-segment",
            Self::Checkpoint => "per-checkpoint",
        }
    }

    /// Whether checkpoints are signed.
    pub(crate) const fn signs_checkpoints(self) -> bool {
        matches!(self, Self::Event | Self::Checkpoint)
    }
}

/// Somebody with a key.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    key: SigningKey,
    kid: String,
}

impl Signer {
    /// The one called `name`.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let mut chance = Chance::new(seed, name);
        let (one, other) = (chance.bytes16(), chance.bytes16());
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(&one);
        secret[16..].copy_from_slice(&other);
        let key = SigningKey::from_bytes(&secret);
        // A key that was made by signing code is a good one.
        let public = PublicKey::from_pem(&ed25519_pem(key.verifying_key().as_bytes()));
        Self { key, kid: public.map(|key| key.kid()).as_ref().map(Kid::to_string).unwrap_or_default() }
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// A signature over a hash, as it stands in a bundle.
    pub(crate) fn sig(&self, purpose: Purpose, hash: &Digest) -> Value {
        let signature = self.key.sign(purpose.message(hash).as_bytes());
        json!({"alg": "ed25519", "kid": self.kid, "value": Base64::encode_string(&signature.to_bytes())})
    }

    /// The same as canonical text. Written out, because a record has one each.
    pub(crate) fn sig_text(&self, purpose: Purpose, hash: &Digest) -> Vec<u8> {
        to_canonical(&self.sig(purpose, hash)).unwrap_or_default()
    }

    /// The key's entry in the list of keys; it is valid from a day before the period to a year after.
    pub(crate) fn entry(&self, start: i64, end: i64) -> Value {
        json!({
            "kid": self.kid,
            "alg": "ed25519",
            "usage": ["event", "segment", "checkpoint"],
            "not_before": rfc3339_seconds(start - DAY),
            "not_after": rfc3339_seconds(end + 365 * DAY),
            "public_key_pem": ed25519_pem(self.key.verifying_key().as_bytes()),
        })
    }
}
