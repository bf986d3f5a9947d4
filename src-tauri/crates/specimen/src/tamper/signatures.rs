//! What is done to signatures and keys, and which of them no longer fit because of what was done to the rest.
//!
//! Who tampers has no key of the producer's: signatures over what they change are left as they were. What the producer
//! errs in, the producer has signed.

use std::collections::BTreeSet;

use integrity::Digest;
use integrity::signature::Purpose;
use serde_json::{Value, json};

use super::{Attack, Expected, Tamper, expectation};
use crate::checkpoints::Facts;
use crate::signing::{Signer, Signing};

/// What became of the signatures.
#[derive(Default)]
pub(crate) struct Stale {
    /// What a verifier must say about signatures that no longer fit.
    pub(crate) must: Vec<Expected>,
    /// Records that a signature reaches by what it stands under.
    pub(crate) sealed: BTreeSet<u64>,
    /// A log without any checkpoint that ought to be signed.
    pub(crate) has_none: bool,
}

impl Tamper {
    /// Whether there have to be signatures.
    pub(crate) const fn needs_signatures(self) -> bool {
        matches!(
            self,
            Self::SignatureInvalid
                | Self::SignatureMissing
                | Self::SignatureAlgorithm
                | Self::KeyUnknown
                | Self::KeySwapped
                | Self::KeyRevoked
                | Self::KeyNotValid
                | Self::Resigned
                | Self::SignaturesStripped
        )
    }

    /// Whether what is missing or different is the producer's own doing, and signed by the producer.
    const fn is_the_producers(self) -> bool {
        matches!(self, Self::ArchiveAbsent | Self::ChainStartUnverified | Self::OlderExport)
    }
}

impl Attack {
    /// Whose key signs.
    pub(crate) fn signer(&self, seed: u64) -> Signer {
        Signer::new(seed, if self.is_resigned() { "thief" } else { "producer" })
    }

    /// Whether everything is signed anew with another key.
    pub(crate) fn is_resigned(&self) -> bool {
        let computes_anew = self.kind == Some(Tamper::HistoryRecomputedUndetectable) && self.signing != Signing::None;
        computes_anew || self.kind == Some(Tamper::Resigned)
    }

    /// What is really signed.
    pub(crate) fn signs(&self) -> Signing {
        if self.kind == Some(Tamper::SignaturesStripped) { Signing::None } else { self.signing }
    }

    /// A signature after the tampering with this one; `None` takes it away.
    pub(crate) fn sig(&self, purpose: Purpose, hash: &Digest, sig: Value) -> Option<Value> {
        let mut sig = sig;
        match self.kind {
            Some(Tamper::SignatureInvalid) => {
                let value = sig["value"].as_str().unwrap_or_default();
                let first = if value.starts_with('A') { "B" } else { "A" };
                sig["value"] = format!("{first}{}", value.get(1..).unwrap_or_default()).into();
            }
            Some(Tamper::SignatureMissing) => return None,
            Some(Tamper::SignatureAlgorithm) => sig["alg"] = "ecdsa-p256-sha256".into(),
            Some(Tamper::KeyUnknown) => sig = self.stranger.sig(purpose, hash),
            _ => {}
        }
        Some(sig)
    }

    /// Whether one signature is tampered with, and not a record or a key.
    const fn hits_one(&self) -> bool {
        matches!(
            self.kind,
            Some(Tamper::SignatureInvalid | Tamper::SignatureMissing | Tamper::SignatureAlgorithm | Tamper::KeyUnknown)
        )
    }

    /// The code for the one signature that is tampered with.
    fn code(&self) -> &'static str {
        match self.kind {
            Some(Tamper::SignatureMissing) => "SIGNATURE_MISSING",
            Some(Tamper::SignatureAlgorithm) => "SIGNATURE_ALGORITHM_UNSUPPORTED",
            Some(Tamper::KeyUnknown) => "KEY_UNKNOWN",
            _ => "SIGNATURE_INVALID",
        }
    }

    /// Says that the signature of a record does not fit what it became.
    pub(crate) fn stale_record(&mut self, seq: u64) {
        if self.signing == Signing::Event && self.stale.must.is_empty() {
            self.stale.must.push(expectation::expected(self.code(), json!({"seq": seq})));
        }
    }

    /// Signs the entries of segments. `written` and `truth` are the digests of their lines as they stand and as the
    /// producer sealed them.
    pub(crate) fn sign_segments(&mut self, entries: &mut [Value], truth: &[Digest], signer: &Signer) {
        if self.signs() != Signing::Segment {
            return;
        }
        let victim = if self.hits_one() { self.chance.index(entries.len()) } else { entries.len() };
        let is_the_producers = self.kind.is_some_and(Tamper::is_the_producers);
        for (place, entry) in entries.iter_mut().enumerate() {
            let hash = Digest::of(&integrity::canonical::to_canonical(entry).unwrap_or_default());
            let sealed = truth.get(place).map(Digest::to_hex);
            // The lines were hashed as they were written, before a segment was packed.
            let content = entry.get("content_sha256").unwrap_or(&entry["sha256"]);
            let is_whole = is_the_producers || content.as_str() == sealed.as_deref();
            let path = entry["path"].clone();
            // What the producer signed was another entry.
            let subject = if is_whole { hash } else { Digest::of(hash.as_bytes()) };
            let sig = signer.sig(Purpose::Segment, &subject);
            let sig = if place == victim { self.sig(Purpose::Segment, &hash, sig) } else { Some(sig) };
            if let Some(sig) = sig {
                entry["sig"] = sig;
            }
            if place == victim || !is_whole {
                self.stale.must.push(expectation::expected(self.code(), json!({"file": path})));
            } else if let Some(last) = entry["last_seq"].as_u64() {
                self.stale.sealed.insert(last);
            }
        }
    }

    /// Says that the entry of the file that was seen last was changed after it was signed.
    pub(crate) fn stale_entry(&mut self) {
        if self.signing == Signing::Segment {
            let path = self.seen.path.clone();
            self.stale.must.push(expectation::expected("SIGNATURE_INVALID", json!({"file": path})));
        }
    }

    /// For each checkpoint, its signature over its hash. `truth` are the checkpoints of the log as it was sealed.
    pub(crate) fn checkpoint_sigs(&mut self, facts: &[Facts], truth: &[Facts]) -> Vec<SignedAs> {
        if !self.signs().signs_checkpoints() {
            return vec![SignedAs::Not; facts.len()];
        }
        self.stale.has_none = facts.is_empty() && self.signing == Signing::Checkpoint;
        let is_hit = self.hits_one() && self.signing == Signing::Checkpoint;
        let victim = if is_hit { self.chance.index(facts.len()) } else { facts.len() };
        let is_the_producers = self.kind.is_some_and(Tamper::is_the_producers);
        let mut forged = false;
        let mut sigs = Vec::with_capacity(facts.len());
        for (place, fact) in facts.iter().enumerate() {
            let is_true = truth.iter().any(|other| {
                (other.last_seq, other.last_hash, other.root) == (fact.last_seq, fact.last_hash, fact.root)
            });
            // A checkpoint names the one before it, so that one forgery spoils all that come after.
            forged |= !is_true && !is_the_producers;
            let line = json!({"line": place + 1});
            if place == victim {
                self.stale.must.push(expectation::expected(self.code(), line));
                sigs.push(SignedAs::Hit);
            } else if forged {
                self.stale.must.push(expectation::expected("SIGNATURE_INVALID", line));
                sigs.push(SignedAs::Stale);
            } else {
                self.stale.sealed.insert(fact.last_seq);
                sigs.push(SignedAs::Whole);
            }
        }
        sigs
    }

    /// Leaves out the checkpoints that somebody without the key would have to make anew, where nothing in the bundle is
    /// to tell.
    pub(crate) fn drop_unsigned(&mut self, facts: &mut Vec<Facts>, truth: &[Facts]) {
        if self.kind != Some(Tamper::TailTruncatedUndetectable) || !self.signs().signs_checkpoints() {
            return;
        }
        let before = facts.len();
        facts.retain(|fact| truth.iter().any(|other| other.last_hash == fact.last_hash));
        self.seen.dropped_checkpoints = facts.len() < before;
    }

    /// Whether the signatures that fit reach every record. `last` is the last record that is there.
    pub(super) fn covers(&self, last: Option<u64>) -> bool {
        let is_sealed = |seq: u64| self.stale.sealed.contains(&seq);
        let before_gap = self.kind != Some(Tamper::ArchiveAbsent) || is_sealed(self.at.saturating_sub(1));
        self.signs() == Signing::Event || (before_gap && last.is_some_and(is_sealed))
    }

    /// The list of keys.
    pub(crate) fn keys(&self, signer: &Signer, start: i64, end: i64) -> Value {
        if self.signing == Signing::None {
            return json!({"keys": []});
        }
        let mut entry = signer.entry(start, end);
        match self.kind {
            Some(Tamper::KeySwapped) => {
                entry["public_key_pem"] = self.stranger.entry(start, end)["public_key_pem"].clone();
            }
            Some(Tamper::KeyRevoked) => entry["revoked_at"] = entry["not_before"].clone(),
            Some(Tamper::KeyNotValid) => entry["not_after"] = entry["not_before"].clone(),
            _ => {}
        }
        json!({"keys": [entry]})
    }
}

/// How a checkpoint is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedAs {
    /// Not at all.
    Not,
    /// As the producer signed it.
    Whole,
    /// As the producer signed another one.
    Stale,
    /// And then somebody did something to the signature.
    Hit,
}
