//! Checkpoints: what a nightly check found the chain to be, one for each UTC day with events (formats 1.7).

use integrity::canonical::to_canonical;
use integrity::merkle::Tree;
use integrity::{Digest, chain};
use serde_json::{Map, Value, json};

use crate::calendar::{DAY, rfc3339};
use crate::chance::Chance;
use crate::record::{Sealed, id_text};

/// The facts of one checkpoint.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) from_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) last_event_id: [u8; 36],
    pub(crate) last_hash: Digest,
    pub(crate) root: Digest,
    /// Days since 1970.
    pub(crate) day: i64,
    pub(crate) failed: bool,
}

/// Follows a chain and takes down its state at the end of each day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checkpoints {
    tree: Tree,
    open: Option<Facts>,
    pub(crate) done: Vec<Facts>,
}

impl Checkpoints {
    /// Takes one more record of the chain.
    pub(crate) fn push(&mut self, sealed: &Sealed) {
        let day = sealed.record.time.div_euclid(DAY);
        if self.open.as_ref().is_some_and(|open| open.day < day) {
            self.close();
        }
        self.tree.push_leaf_hash(sealed.leaf);
        let from_seq = match (&self.open, self.done.first()) {
            (Some(open), _) => open.from_seq,
            (None, Some(first)) => first.from_seq,
            (None, None) => sealed.record.seq,
        };
        // Time that goes back does not open a day that is over.
        let day = self.open.as_ref().map_or(day, |open| open.day.max(day));
        self.open = Some(Facts {
            from_seq,
            last_seq: sealed.record.seq,
            last_event_id: sealed.record.event_id,
            last_hash: sealed.hash,
            root: sealed.hash,
            day,
            failed: false,
        });
    }

    /// Ends the last day.
    pub(crate) fn close(&mut self) {
        if let Some(mut facts) = self.open.take() {
            facts.root = self.tree.root();
            self.done.push(facts);
        }
    }
}

/// The lines of the checkpoint file, without line feeds. `sign` gives each checkpoint's signature over its hash.
pub(crate) fn lines(
    facts: &[Facts],
    stream_id: &str,
    seed: u64,
    sign: impl Fn(usize, &Digest) -> Option<Value>,
) -> Vec<Vec<u8>> {
    let mut chance = Chance::new(seed, "checkpoints");
    let mut before = chain::checkpoint_genesis(stream_id);
    let mut lines = Vec::new();
    for (place, facts) in facts.iter().enumerate() {
        let mut object = body(facts, stream_id, &chance.uuid_text());
        object.insert("prev_checkpoint_hash".to_owned(), before.to_hex().into());
        // Words, whole numbers and one list of words: nothing the canonical form could refuse.
        before = Digest::of(&to_canonical(&object).unwrap_or_default());
        object.insert("hash".to_owned(), before.to_hex().into());
        if let Some(sig) = sign(place, &before) {
            object.insert("sig".to_owned(), sig);
        }
        lines.push(to_canonical(&object).unwrap_or_default());
    }
    lines
}

fn body(facts: &Facts, stream_id: &str, id: &str) -> Map<String, Value> {
    let end_of_day = rfc3339((facts.day + 1) * DAY - 1);
    let mut object = Map::new();
    let members = json!({
        "type": "checkpoint",
        "checkpoint_version": "1.0",
        "checkpoint_id": id,
        "stream_id": stream_id,
        "timestamp": String::from_utf8_lossy(&end_of_day),
        "from_seq": facts.from_seq,
        "last_seq": facts.last_seq,
        "last_event_id": id_text(&facts.last_event_id),
        "last_hash": facts.last_hash.to_hex(),
        "record_count": facts.last_seq - facts.from_seq + 1,
        "merkle_root": facts.root.to_hex(),
        "result": if facts.failed { "fail" } else { "pass" },
        "verifier": {"name": "nightly-verify", "version": "1"},
    });
    if let Value::Object(members) = members {
        object = members;
    }
    if facts.failed {
        object.insert("findings".to_owned(), json!(["EVENT_MODIFIED"]));
    }
    object
}
