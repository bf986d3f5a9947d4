//! Somebody with a key of his own, who signs what he has rewritten. Only who vouches for which key tells him apart.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use integrity::Digest;
use integrity::canonical::to_canonical;
use serde_json::{Value, json};
use specimen::Chance;

use crate::record::Record;

/// What stands before the 32 bytes of an Ed25519 key in its `SubjectPublicKeyInfo` (RFC 8410).
const SPKI_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const ALGORITHM: &str = "ed25519";

/// A forger's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forger {
    key: SigningKey,
    kid: String,
    pem: String,
}

impl Forger {
    /// A key that follows from chance: it protects nothing.
    pub(crate) fn new(chance: &mut Chance) -> Self {
        let key = SigningKey::from_bytes(Digest::of(chance.uuid_text().as_bytes()).as_bytes());
        let spki = [SPKI_HEAD.as_slice(), key.verifying_key().as_bytes()].concat();
        let kid = format!("sha256:{}", Digest::of(&spki));
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", Base64::encode_string(&spki));
        Self { key, kid, pem }
    }

    /// The key as a list of keys holds it.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// A `sig` member over a message (formats 1.4).
    fn signature(&self, message: &str) -> Value {
        let signature = self.key.sign(message.as_bytes());
        json!({"alg": ALGORITHM, "kid": self.kid, "value": Base64::encode_string(&signature.to_bytes())})
    }

    /// Signs a record or a checkpoint anew, if it is signed. `kind` is `event` or `checkpoint`.
    pub(crate) fn resign(&self, record: &mut Record, kind: &str) {
        if let Some(hash) = record.text("hash").filter(|_| record.get("sig").is_some()) {
            record.set("sig", &self.signature(&format!("AB1:{kind}:{hash}")));
        }
    }

    /// Signs a segment's entry anew, if it is signed.
    pub(crate) fn resign_segment(&self, segment: &mut Value) {
        let Some(entry) = segment.as_object_mut() else { return };
        if entry.remove("sig").is_some()
            && let Ok(text) = to_canonical(entry)
        {
            let message = format!("AB1:segment:{}", Digest::of(&text));
            entry.insert("sig".to_owned(), self.signature(&message));
        }
    }

    /// The list of keys with this one in the place of all: what else the first entry says is kept.
    pub(crate) fn keys(&self, stated: &Value) -> Value {
        let mut entry = stated["keys"].get(0).cloned().unwrap_or_else(|| json!({}));
        entry["kid"] = json!(self.kid);
        entry["alg"] = json!(ALGORITHM);
        entry["public_key_pem"] = json!(self.pem);
        json!({"keys": [entry]})
    }
}
