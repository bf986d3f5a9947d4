//! What is seen of one segment in the order of its file, to be compared with what the audit manifest says.

use integrity::Digest;
use integrity::merkle::Tree;
use serde::{Deserialize, Serialize};

use crate::record::{Fact, Hole, RunFacts};
use crate::sums::FileSum;

/// Most separate stretches of unreadable lines that are kept apart in one segment.
const HOLES_MAX: usize = 10_000;

/// One end of a segment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) seq: u64,
    pub(crate) prev: Digest,
    pub(crate) hash: Digest,
    pub(crate) event_id: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SegmentTrace {
    /// Lines that are not blank.
    pub(crate) rows: u64,
    pub(crate) first: Option<End>,
    pub(crate) last: Option<End>,
    pub(crate) tree: Option<Tree>,
    pub(crate) timestamps: Option<(i64, i64)>,
    /// Whether some record has a time that is not among them.
    pub(crate) has_uncounted_time: bool,
    pub(crate) holes: Vec<Hole>,
    /// Records of a stream that the segment does not belong to: how many, and (seq, line) of the first.
    pub(crate) strangers: Option<(u64, u64, u64)>,
    /// `None` until the file was read to its end.
    pub(crate) sum: Option<FileSum>,
}

impl SegmentTrace {
    /// A trace that grows a tree only if its root will be compared.
    pub(crate) fn new(with_tree: bool) -> Self {
        Self { tree: with_tree.then(Tree::new), ..Self::default() }
    }

    /// Takes what a run says about the segment as a whole.
    pub(crate) fn take_run(&mut self, facts: &RunFacts) {
        self.rows += facts.lines;
        let end = |fact: &Fact, id: &Option<String>| End {
            seq: fact.seq,
            prev: fact.prev,
            hash: fact.hash,
            event_id: id.clone().unwrap_or_default(),
        };
        if let (Some(first), None) = (facts.facts.first(), &self.first) {
            self.first = Some(end(first, &facts.first_event_id));
        }
        if let Some(last) = facts.facts.last() {
            self.last = Some(end(last, &facts.last_event_id));
        }
        if let Some((low, high)) = facts.timestamps {
            let (lowest, highest) = self.timestamps.unwrap_or((low, high));
            self.timestamps = Some((lowest.min(low), highest.max(high)));
        }
        self.has_uncounted_time |= facts.has_uncounted_time;
        for hole in &facts.holes {
            self.add_hole(*hole);
        }
        if let Some(tree) = &mut self.tree {
            for fact in &facts.facts {
                tree.push_leaf_hash(fact.leaf);
            }
        }
    }

    pub(crate) fn add_hole(&mut self, hole: Hole) {
        let is_full = self.holes.len() >= HOLES_MAX;
        match self.holes.last_mut() {
            Some(last) if is_full || last.last_line + 1 == hole.first_line => {
                last.last_line = hole.last_line;
                last.records = last.records.saturating_add(hole.records);
            }
            _ => self.holes.push(hole),
        }
    }

    /// Whether something in it could not be read.
    pub(crate) fn has_holes(&self) -> bool {
        !self.holes.is_empty()
    }
}
