//! Takes in judged runs, in order: sorts records into their streams and segments.

use std::collections::BTreeMap;

use bundle::ReadFault;
use serde::{Deserialize, Serialize};

use crate::chain::{Spot, Trace};
use crate::claims::Claims;
use crate::container::code_of;
use crate::finding::{Code, Finding, Tally};
use crate::hands::Print;
use crate::record::{BEHIND_ALL_LINES, Hole, RunFacts};
use crate::seals::Seals;
use crate::sums::FileSum;

use super::segment::SegmentTrace;

/// Most streams that are followed. A bundle has a handful.
pub(crate) const STREAMS_MAX: usize = 10_000;

/// Everything that the pass leaves behind.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Taken {
    /// The streams in the order of the audit manifest, then of their first record.
    pub(crate) traces: Vec<Trace>,
    pub(crate) segments: Vec<SegmentTrace>,
    pub(crate) tally: Tally,
    /// Members that the schema does not know: how often, and (line, seq) of the first.
    pub(crate) unknown_members: BTreeMap<String, (u64, Spot, u64)>,
    pub(crate) seals: Seals,
    /// Readable records.
    pub(crate) records: u64,
    /// Lines that hold no readable record.
    pub(crate) unreadable: u64,
}

/// Takes in runs, in the order of the bundle.
pub(crate) struct Intake<'a> {
    claims: &'a Claims,
    by_id: BTreeMap<String, usize>,
    clock_tolerance_nanos: i64,
    pub(crate) taken: Taken,
}

impl Taken {
    /// Before the first run: the streams in `traces` are known, and `seals` were gathered elsewhere.
    pub(crate) fn new(claims: &Claims, traces: Vec<Trace>, seals: Seals) -> Self {
        let with_tree = |claim: &crate::claims::SegmentClaim| {
            claim.stated.as_ref().is_some_and(|stated| stated.merkle_root.is_some())
        };
        let segments = claims.segments.iter().map(|claim| SegmentTrace::new(with_tree(claim))).collect();
        Self { traces, segments, seals, ..Self::default() }
    }

    /// Lines that were taken in.
    pub(crate) fn lines(&self) -> u64 {
        self.records.saturating_add(self.unreadable)
    }

    /// Of how many pieces it consists at least; quickly told.
    pub(crate) fn pieces_min(&self) -> usize {
        self.traces.len() + self.segments.len()
    }

    /// Of how many pieces it consists, each of about a hundred bytes.
    pub(crate) fn pieces(&self) -> usize {
        let traces: usize = self.traces.iter().map(Trace::pieces).sum();
        let holes: usize = self.segments.iter().map(|segment| segment.holes.len()).sum();
        self.pieces_min() + traces + holes + self.tally.told().len() + self.seals.pieces()
    }
}

impl<'a> Intake<'a> {
    /// Goes on from what was taken in before.
    pub(crate) fn new(claims: &'a Claims, taken: Taken, clock_tolerance_nanos: i64) -> Self {
        let by_id = taken.traces.iter().enumerate().map(|(index, trace)| (trace.id.clone(), index)).collect();
        Self { claims, by_id, clock_tolerance_nanos, taken }
    }

    /// Takes the next run. Fingerprints of event ids are added to `prints`.
    pub(crate) fn take_run(&mut self, segment: u32, mut facts: RunFacts, prints: &mut Vec<Print>) {
        let streams: Vec<_> = facts.streams.iter().map(|id| self.trace(id)).collect();
        self.taken.tally.absorb(std::mem::take(&mut facts.findings));
        self.taken.seals.take_run(self.claims.path(segment), &facts.streams, std::mem::take(&mut facts.seals));
        self.taken.records += u64::try_from(facts.facts.len()).unwrap_or(u64::MAX);
        self.taken.unreadable += facts.holes.iter().map(|hole| hole.last_line - hole.first_line + 1).sum::<u64>();
        for (name, (count, line, seq)) in std::mem::take(&mut facts.unknown_members) {
            let known = self.taken.unknown_members.entry(name).or_insert((0, Spot { segment, line }, seq));
            known.0 += count;
        }
        for version in &facts.versions {
            let trace = streams.get(version.stream).copied().flatten();
            if let Some(trace) = trace.and_then(|index| self.taken.traces.get_mut(index)) {
                trace.take_version(version, segment);
            }
        }
        let mut marks = facts.marks.iter().peekable();
        for (index, fact) in facts.facts.iter().enumerate() {
            let mark = marks.next_if(|(marked, _)| *marked == index).map(|(_, event_id)| event_id.as_str());
            let trace = streams.get(fact.stream).copied().flatten();
            let Some(trace) = trace.and_then(|index| self.taken.traces.get_mut(index)) else { continue };
            let spot = Spot { segment, line: fact.line };
            trace.take(fact, spot, mark, self.clock_tolerance_nanos, self.claims.sealed_at);
            if let Some(key) = fact.print {
                prints.push(Print { key, place: spot.packed() });
            }
        }
        self.note_strangers(segment, &facts);
        if let Some(trace) = self.taken.segments.get_mut(segment as usize) {
            trace.take_run(&facts);
        }
    }

    /// Notes records that name another stream than their segment.
    fn note_strangers(&mut self, segment: u32, facts: &RunFacts) {
        let claim = self.claims.segments.get(segment as usize);
        let Some(stated) = claim.and_then(|claim| claim.stated.as_ref()) else { return };
        if facts.streams.iter().all(|id| *id == stated.stream_id) {
            return;
        }
        let Some(trace) = self.taken.segments.get_mut(segment as usize) else { return };
        let is_strange = |stream: usize| facts.streams.get(stream).is_some_and(|id| *id != stated.stream_id);
        for fact in facts.facts.iter().filter(|fact| is_strange(fact.stream)) {
            trace.strangers.get_or_insert((0, fact.seq, fact.line)).0 += 1;
        }
    }

    /// The index of a stream's trace; `None` if there are more streams than anybody has.
    fn trace(&mut self, id: &str) -> Option<usize> {
        if let Some(index) = self.by_id.get(id) {
            return Some(*index);
        }
        if self.taken.traces.len() >= STREAMS_MAX {
            if !self.taken.tally.has(Code::ArchiveLimitExceeded) {
                let message = "The records name more streams than are followed; the rest was not linked.";
                self.taken.tally.add(Finding::new(Code::ArchiveLimitExceeded, message));
            }
            return None;
        }
        self.taken.traces.push(Trace::new(id));
        self.by_id.insert(id.to_owned(), self.taken.traces.len() - 1);
        Some(self.taken.traces.len() - 1)
    }

    /// The segment was read to its end.
    pub(crate) fn end(&mut self, segment: u32, sum: FileSum) {
        if let Some(trace) = self.taken.segments.get_mut(segment as usize) {
            trace.sum = Some(sum);
        }
    }

    /// The container, or what packs this segment, is damaged: whatever stood behind the last line that was read is lost.
    /// `sum` is that of the file, if it could still be read to its end.
    pub(crate) fn damaged(&mut self, segment: u32, fault: &ReadFault, sum: Option<FileSum>) {
        let path = self.claims.path(segment);
        if let Some(trouble) = fault.trouble() {
            self.taken.tally.add(Finding::new(code_of(trouble.code), trouble.message).at_file(path));
        }
        if let Some(trace) = self.taken.segments.get_mut(segment as usize) {
            trace.sum = sum;
            let line = BEHIND_ALL_LINES;
            trace.add_hole(Hole { first_line: line, last_line: line, records: u64::MAX });
        }
    }
}
