//! What a comparison came to, for the page; and both versions of a record that differs, which is a look.
//!
//! # Invariants
//! * Each version that is shown has its line in the access log first, by the name it would have if its export were
//!   stored.
//! * Both versions are covered alike: what identifies somebody in one is covered in the other too, until a reveal, a line
//!   of its own.

use access_log::Entry;
use bundle::records::event_of;
use event_store::{EventRef, Spot};
use verify::{
    Comparison, Difference, DifferenceKind, ExportName, Order, Outcome, RecordPlace, StreamComparison, record_bytes,
};

use crate::comparing::{Kept, Side};
use crate::covering::Cover;
use crate::desk::Desk;
use crate::portion::{brief, cut, fitting};
use crate::wire::{
    CompareOutcome, Compared, ComparedDifference, ComparedExport, ComparedPlace, ComparedRecord, ComparedRecordAsk,
    ComparedStream, Fault, RecordVersion,
};
use crate::words::{grouped, when, when_text};

/// Bytes of a record that the page shows; a record has a few thousand.
const RECORD_BYTES_MAX: usize = 128 << 10;
/// Digits of an export's content that stand for it in the access log, as in references to events.
const ID_DIGITS: usize = 12;

impl Desk {
    /// Both versions of a record that differs.
    pub fn compared_record(&self, ask: ComparedRecordAsk) -> Result<ComparedRecord, Fault> {
        let session = self.session()?;
        let gone = || Fault::not_found("This comparison is no longer at hand. Compare the two again.");
        let kept = session.comparisons.get(ask.job).ok_or_else(gone)?;
        let difference = difference_of(&kept.comparison, &ask).ok_or_else(gone)?;
        let sides = [(&kept.sides[0], &difference.earlier), (&kept.sides[1], &difference.later)];
        let named = sides.map(|(side, place)| place.as_ref().map(|place| (side, place, name_of(side, place))));
        for (_, _, event_ref) in named.iter().flatten() {
            session.witness(Entry::ViewEvent { event_ref: event_ref.clone() })?;
        }
        if ask.revealed {
            let both: Vec<&str> = named.iter().flatten().map(|(_, _, name)| name.as_str()).collect();
            let object = format!("names and other patients of {}", both.join(" and "));
            session.witness(Entry::Reveal { object })?;
        }
        let [earlier, later] = named.map(|version| version.map(read).transpose());
        let versions = [earlier?, later?];
        let events: Vec<_> = versions
            .iter()
            .flatten()
            .filter_map(|(_, side, bytes)| event_of(side.bundle().profile(), bytes).ok())
            .collect();
        let cover = Cover::of_versions(&events, ask.revealed);
        let [earlier, later] =
            versions.map(|version| version.map(|(name, _, bytes)| version_out(name, &bytes, &cover)));
        Ok(ComparedRecord { earlier, later, revealed: ask.revealed })
    }
}

/// Reads one version, whose line has been written.
fn read<'k>((side, place, name): (&'k Side, &RecordPlace, String)) -> Result<(String, &'k Side, Vec<u8>), Fault> {
    let bytes = record_bytes(side.bundle(), place).map_err(|fault| side.why(fault.into()))?;
    Ok((name, side, bytes))
}

fn difference_of<'k>(comparison: &'k Comparison, ask: &ComparedRecordAsk) -> Option<&'k Difference> {
    comparison.streams.get(ask.stream as usize)?.differences.get(ask.difference as usize)
}

/// What the access log calls a version: the reference it would have if its export were stored.
fn name_of(side: &Side, place: &RecordPlace) -> String {
    let index = side.bundle().entries().binary_search_by(|entry| entry.name.as_str().cmp(&place.entry));
    if let (Some(file), Some(line)) = (index.ok().and_then(|index| u32::try_from(index).ok()), place.line) {
        return EventRef::new(&side.id, Spot::Line { file, line }).to_string();
    }
    let digits: String = side.id.as_str().chars().take(ID_DIGITS).collect();
    format!("{digits}: {}, byte {}", place.file, grouped(place.byte_offset))
}

fn version_out(named: String, bytes: &[u8], cover: &Cover) -> RecordVersion {
    let (as_recorded, covered) = cover.record(bytes);
    RecordVersion { named, as_recorded: cut(as_recorded, RECORD_BYTES_MAX), covered, bytes: bytes.len() as u64 }
}

/// A comparison for the page.
pub(crate) fn out(job: u32, kept: &Kept) -> Compared {
    let Comparison { earlier, later, streams, .. } = &kept.comparison;
    let mut numbered: Vec<(u32, &StreamComparison)> = (0..).zip(streams).collect();
    numbered.sort_by_key(|(_, stream)| stream.outcome);
    Compared {
        job,
        at: when(&kept.at),
        outcome: outcome_of(&kept.comparison),
        reversed: kept.comparison.order == Order::Reversed,
        earlier: export_out(&kept.sides[0], earlier),
        later: export_out(&kept.sides[1], later),
        summary: kept.comparison.summary.iter().map(|line| brief(&**line)).collect(),
        streams_total: streams.len() as u64,
        streams: fitting(numbered.into_iter().map(|(number, stream)| stream_out(number, stream))),
        proves: fitting(kept.comparison.proves.iter().map(|line| brief(&**line))),
        does_not_prove: fitting(kept.comparison.does_not_prove.iter().map(|line| brief(&**line))),
    }
}

/// How many records of a stream differ.
pub(crate) fn differing(stream: &StreamComparison) -> u64 {
    let counts = stream.counts;
    [counts.rewritten, counts.removed, counts.inserted, counts.repeated, counts.reordered, counts.unreadable]
        .into_iter()
        .fold(0, u64::saturating_add)
}

/// Identical is more than that nothing was rewritten: neither holds anything that the other does not.
fn outcome_of(comparison: &Comparison) -> CompareOutcome {
    let is_same = comparison.outcome == Outcome::Extends
        && comparison.earlier.records == comparison.later.records
        && comparison.streams.iter().all(is_same_stream);
    if is_same { CompareOutcome::Identical } else { stream_outcome(comparison.outcome) }
}

fn is_same_stream(stream: &StreamComparison) -> bool {
    stream.new.is_none_or(|span| span.count == 0)
        && stream.only_in_earlier.is_none()
        && stream.only_in_later.is_none()
        && stream.not_held == 0
        && stream.resigned == 0
        && stream.common.count > 0
}

const fn stream_outcome(outcome: Outcome) -> CompareOutcome {
    match outcome {
        Outcome::Rewritten => CompareOutcome::Rewritten,
        Outcome::NotComparable => CompareOutcome::NotComparable,
        Outcome::Extends => CompareOutcome::Extends,
    }
}

fn export_out(side: &Side, export: &ExportName) -> ComparedExport {
    ComparedExport {
        name: brief(&*side.name),
        sha256: side.id.as_str().to_owned(),
        created: export.created.as_deref().map(when_text),
        records: export.records,
        own_check: export.own_check.map(|check| check.word().to_owned()).unwrap_or_default(),
    }
}

fn stream_out(number: u32, stream: &StreamComparison) -> ComparedStream {
    let is_same = stream.outcome == Outcome::Extends && is_same_stream(stream);
    ComparedStream {
        number,
        stream: stream.stream_id.as_deref().map(|id| brief(bundle::escape::visible(id))),
        outcome: if is_same { CompareOutcome::Identical } else { stream_outcome(stream.outcome) },
        sentence: brief(&*stream.message),
        common: stream.common.count,
        new: stream.new.map_or(0, |span| span.count),
        differences: (0..).zip(&stream.differences).map(|(number, one)| difference_out(number, one)).collect(),
        differing: differing(stream),
    }
}

fn difference_out(number: u32, difference: &Difference) -> ComparedDifference {
    let kind = match difference.kind {
        DifferenceKind::Rewritten => "rewritten",
        DifferenceKind::Removed => "removed",
        DifferenceKind::Inserted => "inserted",
        DifferenceKind::Repeated => "repeated",
        DifferenceKind::Reordered => "reordered",
        DifferenceKind::Unreadable => "unreadable",
        DifferenceKind::NotLinked => "not_linked",
    };
    let place =
        |place: &RecordPlace| ComparedPlace { file: brief(&*place.file), line: place.line, hash: place.hash.clone() };
    ComparedDifference {
        number,
        kind: kind.to_owned(),
        sentence: brief(&*difference.message),
        count: difference.count,
        earlier: difference.earlier.as_ref().map(place),
        later: difference.later.as_ref().map(place),
        members: fitting(difference.members.iter().map(|member| brief(&**member))),
    }
}
