//! A record as somebody rewrites it: members put in the place of others, its own hash computed anew.

use std::collections::BTreeMap;

use integrity::Digest;
use integrity::canonical::{self, to_canonical};
use serde_json::{Map, Value};

/// What a hash is never taken over.
const NOT_HASHED: [&str; 2] = ["hash", "sig"];
/// Whom the blame is put on, and whom if that was the one.
const SCAPEGOATS: [&str; 2] = ["u-rn-000", "u-rn-001"];

/// The members of a line as they are written, by name. Names are ASCII, so their order is the canonical one.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    members: BTreeMap<String, Vec<u8>>,
}

impl Record {
    /// Reads a line; nothing if it is no record.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let scan = canonical::scan(line).ok()?;
        Some(Self { members: scan.members().map(|(name, value)| (name.to_owned(), value.text().to_vec())).collect() })
    }

    /// The line it is written as, without its end.
    pub(crate) fn line(&self) -> Vec<u8> {
        self.written(&[])
    }

    fn written(&self, without: &[&str]) -> Vec<u8> {
        let mut text = vec![b'{'];
        for (name, value) in self.members.iter().filter(|(name, _)| !without.contains(&name.as_str())) {
            if text.len() > 1 {
                text.push(b',');
            }
            text.extend_from_slice(format!("\"{name}\":").as_bytes());
            text.extend_from_slice(value);
        }
        text.push(b'}');
        text
    }

    /// What its preimage comes to.
    pub(crate) fn computed(&self) -> Digest {
        Digest::of(&self.written(&NOT_HASHED))
    }

    /// The record as a leaf of a Merkle tree.
    pub(crate) fn leaf(&self) -> Digest {
        integrity::merkle::leaf_hash(&self.written(&NOT_HASHED))
    }

    /// Gives it the hash that it comes to. A signature is left as it is: whoever does this has no key.
    pub(crate) fn seal(&mut self) -> Digest {
        let hash = self.computed();
        self.set_text("hash", &hash.to_hex());
        hash
    }

    pub(crate) fn set(&mut self, name: &str, value: &Value) {
        if let Ok(text) = to_canonical(value) {
            self.members.insert(name.to_owned(), text);
        }
    }

    pub(crate) fn set_text(&mut self, name: &str, text: &str) {
        self.set(name, &Value::from(text));
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.members.remove(name).is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        serde_json::from_slice(self.members.get(name)?).ok()
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_str().map(str::to_owned)
    }

    pub(crate) fn seq(&self) -> Option<u64> {
        self.get("seq")?.as_u64()
    }

    pub(crate) fn digest(&self, name: &str) -> Option<Digest> {
        Digest::from_hex(&self.text(name)?)
    }

    fn event(&self) -> Option<Map<String, Value>> {
        match self.get("event")? {
            Value::Object(event) => Some(event),
            _ => None,
        }
    }

    pub(crate) fn event_text(&self, name: &str) -> Option<String> {
        self.event()?.get(name)?.as_str().map(str::to_owned)
    }

    /// Changes the event, if there is one.
    pub(crate) fn edit_event(&mut self, change: impl FnOnce(&mut Map<String, Value>)) {
        if let Some(mut event) = self.event() {
            change(&mut event);
            self.set("event", &Value::Object(event));
        }
    }

    /// Lets it say that somebody else did it.
    pub(crate) fn blame(&mut self) {
        self.edit_event(|event| match event.get_mut("actor") {
            Some(Value::Object(actor)) => {
                let was = actor.get("id").and_then(Value::as_str);
                let [usual, other] = SCAPEGOATS;
                let now = if was == Some(usual) { other } else { usual };
                actor.insert("id".to_owned(), now.into());
            }
            _ => drop(event.insert("actor".to_owned(), serde_json::json!({"id": SCAPEGOATS[0]}))),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_written_as_it_was_read_and_hashes_to_what_the_chain_says() {
        let line = br#"{"event":{"actor":{"id":"u-1"}},"hash":"x","seq":3,"sig":{"alg":"y"},"zz":1}"#;
        let mut record = Record::read(line).unwrap();
        assert_eq!(record.line(), line);
        assert_eq!(record.computed(), integrity::chain::event_hash(&canonical::scan(line).unwrap()));
        record.blame();
        assert_eq!(record.get("event").unwrap()["actor"]["id"], "u-rn-000");
        record.blame();
        assert_eq!(record.get("event").unwrap()["actor"]["id"], "u-rn-001");
        let hash = record.seal();
        assert_eq!(record.digest("hash"), Some(hash));
    }
}
