//! Signs a [`Draft`]: its records, its entries about segments, its checkpoints.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use integrity::Digest;
use integrity::canonical::to_canonical;
use integrity::keys::{self, Kid, PublicKey};
use integrity::signature::Purpose;
use serde_json::{Value as Json, json};
use verify::PinnedKey;

use super::{Draft, parsed};

/// What a bundle's policy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    None,
    Event,
    Segment,
    Checkpoint,
}

impl Policy {
    pub const ALL: [Self; 4] = [Self::None, Self::Event, Self::Segment, Self::Checkpoint];

    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Event => "per-event",
            Self::Segment => "per-segment",
            Self::Checkpoint => "per-checkpoint",
        }
    }
}

/// A key of a producer.
#[derive(Clone, Debug)]
pub struct Producer(SigningKey);

impl Producer {
    pub fn new(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]))
    }

    pub fn pem(&self) -> String {
        keys::ed25519_pem(self.0.verifying_key().as_bytes())
    }

    pub fn key(&self) -> PublicKey {
        PublicKey::from_pem(&self.pem()).unwrap()
    }

    pub fn kid(&self) -> Kid {
        self.key().kid()
    }

    pub fn pin(&self) -> PinnedKey {
        PinnedKey::by_kid(self.kid())
    }

    /// Its entry in the list of keys.
    pub fn entry(&self) -> Json {
        json!({
            "kid": self.kid().to_string(), "alg": "ed25519", "usage": ["event", "segment", "checkpoint"],
            "not_before": "2026-01-01T00:00:00Z", "not_after": "2029-01-01T00:00:00Z", "public_key_pem": self.pem(),
        })
    }

    pub fn sig(&self, purpose: Purpose, hash: &Digest) -> Json {
        let signature = self.0.sign(purpose.message(hash).as_bytes());
        json!({
            "alg": "ed25519", "kid": self.kid().to_string(), "value": Base64::encode_string(&signature.to_bytes()),
        })
    }

    /// A record or checkpoint with a signature over the hash that it carries.
    pub fn signed(&self, purpose: Purpose, line: &[u8]) -> Vec<u8> {
        let mut record = parsed(line);
        let hash = Digest::from_hex(record["hash"].as_str().unwrap()).unwrap();
        record["sig"] = self.sig(purpose, &hash);
        to_canonical(&record).unwrap()
    }
}

impl Draft {
    /// A signed log, stated as it is, with the key in its list.
    pub fn signed(count: u64, per_segment: usize, policy: Policy, producer: &Producer) -> Self {
        let mut draft = Self::new(count, per_segment);
        draft.sign(policy, producer);
        draft
    }

    /// Signs what the policy asks for and states everything anew.
    pub fn sign(&mut self, policy: Policy, producer: &Producer) {
        if policy == Policy::Event {
            let lines = self.segments.iter_mut().flat_map(|segment| &mut segment.lines);
            lines.for_each(|line| *line = producer.signed(Purpose::Event, line));
        }
        if matches!(policy, Policy::Event | Policy::Checkpoint) {
            self.checkpoints.iter_mut().for_each(|line| *line = producer.signed(Purpose::Checkpoint, line));
        }
        self.restate();
        self.manifest["signature_policy"] = json!(policy.word());
        if policy == Policy::Segment {
            self.sign_segments(producer);
        }
        if policy != Policy::None {
            self.keys = json!({"keys": [producer.entry()]});
        }
    }

    /// Signs the entries about segments as they stand.
    pub fn sign_segments(&mut self, producer: &Producer) {
        for entry in self.manifest["segments"].as_array_mut().unwrap() {
            entry.as_object_mut().unwrap().remove("sig");
            let digest = Digest::of(&to_canonical(entry).unwrap());
            entry["sig"] = producer.sig(Purpose::Segment, &digest);
        }
    }
}
