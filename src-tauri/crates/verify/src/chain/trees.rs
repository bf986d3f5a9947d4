//! The Merkle trees that checkpoints name: one for each number they begin at, grown while records go by.
//!
//! Roots are only worth comparing where the records lie in order and none is missing; the caller knows where.

use std::collections::{BTreeMap, BTreeSet};

use integrity::Digest;
use integrity::merkle::Tree;
use serde::{Deserialize, Serialize};

/// Most trees of one stream that grow at the same time. Honest checkpoints begin at 1, or each where the last one
/// ended; both need one tree.
const GROWING_MAX: usize = 16;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Trees {
    /// Trees that have not begun: first number → last numbers.
    waiting: BTreeMap<u64, BTreeSet<u64>>,
    growing: Vec<Growing>,
    /// Roots by (first, last) number.
    roots: BTreeMap<(u64, u64), Digest>,
    /// Trees that were not grown because too many others were.
    pub(crate) left_out: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Growing {
    from: u64,
    lasts: BTreeSet<u64>,
    tree: Tree,
}

impl Trees {
    /// Asks for the root over the records `from` to `last`.
    pub(crate) fn want(&mut self, from: u64, last: u64) {
        self.waiting.entry(from).or_default().insert(last);
    }

    pub(crate) fn is_wanted(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Of how many pieces they consist.
    pub(crate) fn pieces(&self) -> usize {
        self.waiting.len() + self.growing.len() + self.roots.len()
    }

    /// The root over `from` to `last`, if it was grown.
    pub(crate) fn root(&self, from: u64, last: u64) -> Option<Digest> {
        self.roots.get(&(from, last)).copied()
    }

    pub(crate) fn push(&mut self, seq: u64, leaf: Digest) {
        while let Some(next) = self.waiting.first_entry() {
            if *next.key() > seq {
                break;
            }
            let (from, lasts) = next.remove_entry();
            if self.growing.len() < GROWING_MAX {
                self.growing.push(Growing { from, lasts, tree: Tree::new() });
            } else {
                self.left_out = true;
            }
        }
        let mut is_done = false;
        for growing in &mut self.growing {
            growing.tree.push_leaf_hash(leaf);
            if growing.lasts.first() == Some(&seq) {
                growing.lasts.pop_first();
                self.roots.insert((growing.from, seq), growing.tree.root());
                is_done |= growing.lasts.is_empty();
            }
        }
        if is_done {
            self.growing.retain(|growing| !growing.lasts.is_empty());
        }
    }
}
