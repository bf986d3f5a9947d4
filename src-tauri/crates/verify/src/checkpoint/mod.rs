//! Checkpoints (formats 1.7): their own chain, their signatures, and what they say of the records.
//!
//! A checkpoint in the bundle itself shows an edit by somebody who forgot or could not edit the checkpoint file. It is
//! no anchor: whoever can rewrite the records can rewrite it too, unless it is signed with a key they do not have.

mod compare;
mod days;
mod read;

use std::collections::BTreeMap;

use integrity::Digest;

use crate::seals::Seal;

pub(crate) use compare::compare;
pub(crate) use days::missing_days;
pub(crate) use read::{Signing, read};

/// One checkpoint.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    pub(crate) line: u64,
    pub(crate) byte_offset: u64,
    pub(crate) from_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) last_hash: Digest,
    pub(crate) last_event_id: Option<String>,
    pub(crate) record_count: Option<u64>,
    pub(crate) merkle_root: Option<Digest>,
    /// The day in UTC on which it was made.
    pub(crate) day: Option<i32>,
    /// Whether nothing is wrong with the checkpoint itself, so that it may be compared with the records.
    pub(crate) is_sound: bool,
    /// Its signature, if it fits.
    pub(crate) seal: Option<Seal>,
}

/// The checkpoints of a bundle by stream, each in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Checkpoints {
    pub(crate) path: String,
    pub(crate) by_stream: BTreeMap<String, Vec<Checkpoint>>,
    /// Whether a line could not be read, so that a checkpoint may be missing here that is not missing.
    pub(crate) has_unreadable: bool,
    /// Lines, blank ones left out.
    pub(crate) count: u64,
    /// Checkpoints that agree with the records.
    pub(crate) agreeing: u64,
}

impl Checkpoints {
    /// The checkpoints of a stream that are worth comparing.
    pub(crate) fn sound(&self, stream_id: &str) -> impl Iterator<Item = &Checkpoint> {
        self.by_stream.get(stream_id).into_iter().flatten().filter(|checkpoint| checkpoint.is_sound)
    }

    /// The sorted record numbers at which sound checkpoints end, by stream.
    pub(crate) fn marked(&self) -> BTreeMap<String, Vec<u64>> {
        let mut marked = BTreeMap::new();
        for id in self.by_stream.keys() {
            let mut ends: Vec<_> = self.sound(id).map(|checkpoint| checkpoint.last_seq).collect();
            ends.sort_unstable();
            ends.dedup();
            marked.insert(id.clone(), ends);
        }
        marked
    }
}
