//! What a run of lines is reduced to once its records have been judged one by one.
//!
//! Facts live only until the linker has taken them in; a clean run leaves nothing behind but a longer stretch.

use std::collections::BTreeMap;

use integrity::Digest;

use crate::finding::Tally;
use crate::seals::RunSeals;

/// What linking needs to know of one readable record.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    /// Index into [`RunFacts::streams`].
    pub(crate) stream: usize,
    pub(crate) seq: u64,
    pub(crate) line: u64,
    /// The hash the record carries.
    pub(crate) hash: Digest,
    pub(crate) prev: Digest,
    /// The record as a leaf of a Merkle tree; zero where no tree was asked for.
    pub(crate) leaf: Digest,
    /// When it was written down: nanoseconds since 1970.
    pub(crate) time: Option<i64>,
    /// Fingerprint of its event id.
    pub(crate) print: Option<[u64; 2]>,
    /// It does not match its own hash.
    pub(crate) altered: bool,
}

/// Stands for the place behind every line that could be read, where nobody knows the number of the line.
pub(crate) const BEHIND_ALL_LINES: u64 = u32::MAX as u64;

/// Lines that hold no readable record, one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Hole {
    pub(crate) first_line: u64,
    pub(crate) last_line: u64,
    /// How many records may have stood there.
    pub(crate) records: u64,
}

/// A schema version in a run.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) stream: usize,
    pub(crate) name: String,
    pub(crate) known: bool,
    pub(crate) first_seq: u64,
    pub(crate) first_line: u64,
    pub(crate) count: u64,
}

/// What is said about a run besides its records.
#[derive(Debug, Default)]
pub(crate) struct RunFacts {
    /// The streams that records of the run name.
    pub(crate) streams: Vec<String>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) holes: Vec<Hole>,
    pub(crate) findings: Tally,
    /// Lines that are not blank.
    pub(crate) lines: u64,
    /// Event ids of the records that checkpoints end at: (index of the fact, id).
    pub(crate) marks: Vec<(usize, String)>,
    pub(crate) first_event_id: Option<String>,
    pub(crate) last_event_id: Option<String>,
    /// Earliest and latest `timestamp`.
    pub(crate) timestamps: Option<(i64, i64)>,
    /// Whether some `timestamp` has no zone, or lies where times are not counted.
    pub(crate) has_uncounted_time: bool,
    pub(crate) versions: Vec<Version>,
    /// Members that the schema does not know: how often, and the first line and record.
    pub(crate) unknown_members: BTreeMap<String, (u64, u64, u64)>,
    /// What the signatures of its records come to.
    pub(crate) seals: RunSeals,
}

impl RunFacts {
    /// The index of a stream, which is new in most runs once.
    pub(crate) fn stream(&mut self, id: &str) -> usize {
        if let Some(index) = self.streams.iter().rposition(|known| known == id) {
            return index;
        }
        self.streams.push(id.to_owned());
        self.streams.len() - 1
    }

    /// Notes a line without a readable record.
    pub(crate) fn hole(&mut self, line: u64, records: u64) {
        match self.holes.last_mut() {
            Some(hole) if hole.last_line + 1 == line => {
                hole.last_line = line;
                hole.records = hole.records.saturating_add(records);
            }
            _ => self.holes.push(Hole { first_line: line, last_line: line, records }),
        }
    }

    pub(crate) fn timestamp(&mut self, nanos: i64) {
        let (low, high) = self.timestamps.unwrap_or((nanos, nanos));
        self.timestamps = Some((low.min(nanos), high.max(nanos)));
    }

    pub(crate) fn version(&mut self, name: &str, known: bool, fact: (usize, u64, u64)) {
        let (stream, seq, line) = fact;
        // Nearly always the version of the record before.
        let same = |version: &&mut Version| version.stream == stream && version.name == name;
        match self.versions.iter_mut().rev().find(same) {
            Some(version) => version.count += 1,
            None => self.versions.push(Version {
                stream,
                name: name.to_owned(),
                known,
                first_seq: seq,
                first_line: line,
                count: 1,
            }),
        }
    }
}
