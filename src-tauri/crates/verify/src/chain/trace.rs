//! One stream as its records go by: stretches, times, versions, and what checkpoints will be compared with.

use std::collections::{BTreeMap, BTreeSet};

use integrity::Digest;
use serde::{Deserialize, Serialize};

use crate::record::{Fact, Version, clock};
use crate::spans::Spans;

use super::trees::Trees;

/// Most stretches that are followed in one stream. Each is a place where the chain is off; a stream with more is
/// beyond telling, and what follows is only counted.
const STRETCHES_MAX: usize = 300_000;
/// Most clock steps that are told one by one.
const STEPS_MAX: usize = 500;
/// Most records kept for comparison with checkpoints.
const MARKS_MAX: usize = 100_000;
/// Most records whose times are kept to say when a span begins and ends.
const TIMES_MAX: usize = 100_000;
/// Most schema versions told apart in one stream.
const VERSIONS_MAX: usize = 32;
/// Bits of a packed place that hold the line; the others hold the segment.
const LINE_BITS: u32 = 40;

/// Where a record lies: segment and line. Ordered as in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) segment: u32,
    pub(crate) line: u64,
}

impl Spot {
    /// Both in one number.
    pub(crate) fn packed(self) -> u64 {
        u64::from(self.segment) << LINE_BITS | self.line & ((1 << LINE_BITS) - 1)
    }

    pub(crate) fn unpacked(place: u64) -> Self {
        let segment = u32::try_from(place >> LINE_BITS).unwrap_or(u32::MAX);
        Self { segment, line: place & ((1 << LINE_BITS) - 1) }
    }

    /// So many lines further down.
    pub(crate) fn down(self, lines: u64) -> Self {
        Self { line: self.line.saturating_add(lines), ..self }
    }
}

/// Records with consecutive numbers on consecutive lines, each naming the hash of the one before.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Stretch {
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) spot: Spot,
    pub(crate) first_prev: Digest,
    pub(crate) last_hash: Digest,
    pub(crate) first_time: Option<i64>,
    pub(crate) last_time: Option<i64>,
}

/// A record whose time lies before that of the record before it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) seq: u64,
    pub(crate) spot: Spot,
    pub(crate) before: i64,
    pub(crate) time: i64,
}

/// Records that are dated after the bundle was sealed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Late {
    pub(crate) seq: u64,
    pub(crate) spot: Spot,
    pub(crate) time: i64,
    pub(crate) count: u64,
}

/// A record that a checkpoint ends at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) spot: Spot,
    pub(crate) hash: Digest,
    pub(crate) event_id: String,
    pub(crate) altered: bool,
}

/// A schema version in the whole stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VersionTotal {
    pub(crate) name: String,
    pub(crate) known: bool,
    pub(crate) first_seq: u64,
    pub(crate) spot: Spot,
    pub(crate) count: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Trace {
    pub(crate) id: String,
    pub(crate) stretches: Vec<Stretch>,
    /// More than [`STRETCHES_MAX`]: what came later was not linked.
    pub(crate) overfull: bool,
    pub(crate) records: u64,
    /// Records that do not match their own hash.
    pub(crate) altered: Spans,
    /// Days in UTC on which something was recorded.
    pub(crate) days: BTreeSet<i32>,
    pub(crate) steps: Vec<Step>,
    pub(crate) untold_steps: u64,
    pub(crate) late: Option<Late>,
    pub(crate) versions: Vec<VersionTotal>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) trees: Trees,
    pub(crate) times: Times,
}

/// The times of the records at which a span can begin or end: those around a place where something is off, where a
/// stretch ends, or where a checkpoint does.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Times {
    known: BTreeMap<u64, i64>,
    /// The two records that came last.
    last: [Option<(u64, i64)>; 2],
    /// Whether the next record follows such a place.
    follows: bool,
}

impl Times {
    /// When the record with this number was made, if that was kept.
    pub(crate) fn of(&self, seq: u64) -> Option<i64> {
        self.known.get(&seq).copied()
    }

    /// Takes the next record; `edge` says whether a span can begin or end here.
    fn take(&mut self, seq: u64, time: Option<i64>, edge: bool) {
        let this = time.map(|time| (seq, time));
        if edge {
            self.last.into_iter().flatten().for_each(|(seq, time)| self.keep(seq, time));
        }
        if let Some((seq, time)) = this.filter(|_| edge || self.follows) {
            self.keep(seq, time);
        }
        self.follows = edge;
        self.last = [self.last[1], this];
    }

    fn keep(&mut self, seq: u64, time: i64) {
        if self.known.len() < TIMES_MAX {
            self.known.entry(seq).or_insert(time);
        }
    }
}

impl Trace {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    /// Of how many pieces it consists, each of about a hundred bytes.
    pub(crate) fn pieces(&self) -> usize {
        let followed = self.stretches.len() + self.steps.len() + self.versions.len() + self.marks.len();
        followed + self.altered.len() + self.days.len() + self.times.known.len() + self.trees.pieces()
    }

    /// Takes the next record of the stream in the order of the bundle.
    pub(crate) fn take(
        &mut self,
        fact: &Fact,
        spot: Spot,
        marked_event_id: Option<&str>,
        tolerance_nanos: i64,
        sealed_at: Option<i64>,
    ) {
        self.records += 1;
        if fact.altered {
            self.altered.add(fact.seq, fact.seq);
        }
        if let Some(time) = fact.time {
            self.days.insert(clock::day(time));
            if sealed_at.is_some_and(|sealed| time > sealed.saturating_add(tolerance_nanos)) {
                self.late.get_or_insert(Late { seq: fact.seq, spot, time, count: 0 }).count += 1;
            }
        }
        if let Some(event_id) = marked_event_id
            && self.marks.len() < MARKS_MAX
        {
            let Fact { hash, altered, .. } = *fact;
            self.marks.push(Mark { spot, hash, event_id: event_id.to_owned(), altered });
        }
        self.trees.push(fact.seq, fact.leaf);
        let went_on = self.follow(fact, spot, tolerance_nanos);
        self.times.take(fact.seq, fact.time, !went_on || fact.altered || marked_event_id.is_some());
    }

    /// Says whether the record goes on with the stretch before it.
    fn follow(&mut self, fact: &Fact, spot: Spot, tolerance_nanos: i64) -> bool {
        if let Some(open) = self.stretches.last_mut()
            && open.spot.segment == spot.segment
            && spot.line == open.spot.line + (open.last_seq - open.first_seq) + 1
            && fact.seq == open.last_seq + 1
            && fact.prev == open.last_hash
        {
            let before = open.last_time;
            open.last_seq = fact.seq;
            open.last_hash = fact.hash;
            open.last_time = fact.time.or(before);
            if open.first_time.is_none() {
                open.first_time = fact.time;
            }
            self.step(fact.seq, spot, before, fact.time, tolerance_nanos);
            return true;
        }
        if self.stretches.len() >= STRETCHES_MAX {
            self.overfull = true;
            return false;
        }
        self.stretches.push(Stretch {
            first_seq: fact.seq,
            last_seq: fact.seq,
            spot,
            first_prev: fact.prev,
            last_hash: fact.hash,
            first_time: fact.time,
            last_time: fact.time,
        });
        false
    }

    /// Notes a record whose time lies before that of the record before it, beyond the tolerance.
    pub(crate) fn step(&mut self, seq: u64, spot: Spot, before: Option<i64>, time: Option<i64>, tolerance_nanos: i64) {
        let (Some(before), Some(time)) = (before, time) else { return };
        if time >= before.saturating_sub(tolerance_nanos) {
            return;
        }
        if self.steps.len() < STEPS_MAX {
            self.steps.push(Step { seq, spot, before, time });
        } else {
            self.untold_steps += 1;
        }
    }

    pub(crate) fn take_version(&mut self, version: &Version, segment: u32) {
        if let Some(total) = self.versions.iter_mut().find(|total| total.name == version.name) {
            total.count += version.count;
        } else if self.versions.len() < VERSIONS_MAX {
            self.versions.push(VersionTotal {
                name: version.name.clone(),
                known: version.known,
                first_seq: version.first_seq,
                spot: Spot { segment, line: version.first_line },
                count: version.count,
            });
        }
    }
}
