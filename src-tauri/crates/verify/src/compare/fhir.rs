//! Two exports of FHIR `AuditEvent`s. An event is recognized by its id and version and compared by its content in one
//! spelling ([`bundle::fhir::identity_of`]).
//!
//! Such a log has no order and no chain. So the earlier export is held as fingerprints, sorted, and the later one is
//! read past it. Whether an event *should* be in the later export can only be told by its time: what was recorded before
//! the later export begins is not held against it.

use bundle::MapFault;
use bundle::escape::visible;
use bundle::fhir::{self, Document, Identity};
use bundle::limits::FHIR_FILE_BYTES_MAX;
use bundle::lines::{LineLimits, LineTrouble, runs};
use bundle::{ReadFault, Trouble};
use integrity::Digest;

use crate::fault::Halt;
use crate::hands::Options;
use crate::record::clock;
use crate::source::Source;

use super::outcome::{
    Common, Comparison, DIFFERENCES_MAX, Difference, DifferenceKind, ExportName, Obstacle, Order, Outcome, RecordPlace,
    SeqSpan, StreamComparison,
};
use super::{Export, Meter, fingerprint, members, reading, tell};

/// Most events of the earlier export: 250 MB of fingerprints.
const EVENTS_MAX: usize = 4_000_000;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// An event of the earlier export.
struct Kept {
    key: [u64; 2],
    content: [u64; 2],
    /// Nanoseconds since 1970.
    recorded: Option<i64>,
    /// Its number among the events of the export.
    ordinal: u32,
    was_found: bool,
}

/// One resource on the way past.
struct Seen<'r> {
    identity: Identity,
    place: &'r dyn Fn(Option<String>) -> RecordPlace,
}

impl Seen<'_> {
    fn key(&self, key: [u8; 16]) -> [u64; 2] {
        match &self.identity.id {
            Some(id) => {
                let version = self.identity.version_id.as_deref().unwrap_or_default();
                fingerprint(key, format!("{}:{id}/{version}", id.len()).as_bytes())
            }
            // Without an id the content is all there is to know it by.
            None => fingerprint(key, &[b"0:", self.identity.canonical.as_slice()].concat()),
        }
    }

    fn recorded(&self) -> Option<i64> {
        clock::nanos(self.identity.recorded.as_deref()?).ok()
    }

    fn told_place(&self) -> RecordPlace {
        (self.place)(Some(Digest::of(&self.identity.canonical).to_hex()))
    }

    fn name(&self) -> Option<String> {
        let id = self.identity.id.as_deref()?;
        Some(match &self.identity.version_id {
            Some(version) => visible(&format!("{id}/_history/{version}")).into_owned(),
            None => visible(id).into_owned(),
        })
    }
}

/// Compares two exports.
pub(super) fn compare(pair: &[Export<'_>; 2], options: &Options, meter: &mut Meter<'_>) -> Result<Comparison, Halt> {
    let key = options.fingerprint_key;
    let mut stream = StreamComparison { outcome: Outcome::Extends, ..StreamComparison::blank(None) };
    let mut names = [0, 1].map(|side: usize| ExportName::of(&pair[side]));
    let mut kept: Vec<Kept> = Vec::new();
    let mut troubles = 0_u64;
    let mut total = 0_u64;
    troubles += each(pair[0].source, meter, &mut |seen| {
        total += 1;
        if kept.len() < EVENTS_MAX {
            let ordinal = u32::try_from(kept.len()).unwrap_or(u32::MAX);
            let content = fingerprint(key, &seen.identity.canonical);
            kept.push(Kept { key: seen.key(key), content, recorded: seen.recorded(), ordinal, was_found: false });
        }
    })?;
    names[0].records = total;
    if total > u64::try_from(kept.len()).unwrap_or(u64::MAX) {
        stream.obstacle = Some(Obstacle::TooMany);
    }
    kept.sort_unstable_by_key(|kept| (kept.key, kept.ordinal));
    let mut past = Past { key, kept, found: Vec::new(), changed: 0, common: 0, new: 0, total: 0, begins: None };
    troubles += each(pair[1].source, meter, &mut |seen| past.take(&seen))?;
    names[1].records = past.total;
    if troubles > 0 {
        stream.obstacle.get_or_insert(Obstacle::Damaged);
    }
    settle(pair[0].source, past, meter, &mut stream)?;
    if stream.obstacle.is_some() {
        stream.outcome = stream.outcome.min(Outcome::NotComparable);
    }
    stream.message = tell::of_stream(&stream);
    members::look_up([pair[0].source, pair[1].source], &mut stream)?;
    Ok(Comparison::new(pair[0].source.profile().name(), Order::AsGiven, names, vec![stream]))
}

/// An event whose content changed: its ordinal in the earlier export and its place in the later.
struct Changed {
    ordinal: u32,
    later: RecordPlace,
}

/// The later export, read past the earlier one.
struct Past {
    key: [u8; 16],
    kept: Vec<Kept>,
    /// The first of the events whose content changed, and how many there are.
    found: Vec<Changed>,
    changed: u64,
    common: u64,
    new: u64,
    total: u64,
    /// When its first event was recorded.
    begins: Option<i64>,
}

impl Past {
    fn take(&mut self, seen: &Seen<'_>) {
        self.total += 1;
        if let Some(recorded) = seen.recorded() {
            self.begins = Some(self.begins.map_or(recorded, |begins| begins.min(recorded)));
        }
        let key = seen.key(self.key);
        let from = self.kept.partition_point(|kept| kept.key < key);
        let same = self.kept.get_mut(from..).unwrap_or_default().iter_mut().take_while(|kept| kept.key == key);
        let mut same: Vec<_> = same.collect();
        let Some(first) = same.first().map(|kept| kept.ordinal) else {
            self.new += 1;
            return;
        };
        let content = fingerprint(self.key, &seen.identity.canonical);
        let is_held = same.iter().any(|kept| kept.content == content);
        let is_first_time = same.iter().any(|kept| !kept.was_found);
        for kept in &mut same {
            kept.was_found = true;
        }
        if is_held {
            self.common += u64::from(is_first_time);
        } else {
            self.changed += 1;
            self.found.push(Changed { ordinal: first, later: seen.told_place() });
            if self.found.len() >= 2 * DIFFERENCES_MAX {
                self.keep_first();
            }
        }
    }

    /// Forgets the places of changed events that will not be told.
    fn keep_first(&mut self) {
        self.found.sort_by_key(|changed| changed.ordinal);
        self.found.truncate(DIFFERENCES_MAX);
    }
}

/// Sorts out what is missing and what has changed.
fn settle(
    earlier: &dyn Source,
    mut past: Past,
    meter: &mut Meter<'_>,
    stream: &mut StreamComparison,
) -> Result<(), Halt> {
    if past.kept.is_empty() || past.total == 0 {
        stream.obstacle.get_or_insert(Obstacle::NoRecords);
        return Ok(());
    }
    let is_missing = |kept: &&Kept| !kept.was_found;
    let is_before = |kept: &Kept| kept.recorded.zip(past.begins).is_some_and(|(recorded, begins)| recorded < begins);
    let before = past.kept.iter().filter(is_missing).filter(|kept| is_before(kept)).count();
    let mut missing: Vec<u32> =
        past.kept.iter().filter(is_missing).filter(|kept| !is_before(kept)).map(|kept| kept.ordinal).collect();
    let span = |count| (count > 0).then_some(SeqSpan { from: None, to: None, count });
    stream.only_in_earlier = span(u64::try_from(before).unwrap_or(u64::MAX));
    stream.new = span(past.new);
    stream.common = Common { count: past.common, ..Common::default() };
    if past.common == 0 && past.found.is_empty() && missing.is_empty() {
        stream.obstacle.get_or_insert(Obstacle::Hole);
    }
    missing.sort_unstable();
    past.keep_first();
    tell_differences(earlier, &missing, past.found, meter, stream)?;
    stream.counts.removed = u64::try_from(missing.len()).unwrap_or(u64::MAX);
    stream.counts.rewritten = past.changed;
    Ok(())
}

/// Names the first differences in the order of the earlier export, which is read again for that.
fn tell_differences(
    earlier: &dyn Source,
    missing: &[u32],
    changed: Vec<Changed>,
    meter: &mut Meter<'_>,
    stream: &mut StreamComparison,
) -> Result<(), Halt> {
    let mut wanted: Vec<(u32, Option<RecordPlace>)> = missing.iter().map(|ordinal| (*ordinal, None)).collect();
    wanted.extend(changed.into_iter().map(|changed| (changed.ordinal, Some(changed.later))));
    wanted.sort_by_key(|(ordinal, _)| *ordinal);
    wanted.truncate(DIFFERENCES_MAX);
    if wanted.is_empty() {
        return Ok(());
    }
    let mut wanted = wanted.into_iter().peekable();
    let mut ordinal = 0;
    let mut silent = Meter { progress: meter.progress, how_far: meter.how_far };
    each(earlier, &mut silent, &mut |seen| {
        while let Some((_, later)) = wanted.next_if(|(wanted, _)| *wanted == ordinal) {
            let kind = if later.is_some() { DifferenceKind::Rewritten } else { DifferenceKind::Removed };
            let mut difference = Difference {
                kind,
                seq: None,
                to_seq: None,
                event_id: seen.name(),
                count: 1,
                earlier: Some(seen.told_place()),
                later,
                members: Vec::new(),
                message: String::new(),
            };
            difference.message = tell::of_difference(&difference);
            stream.differ(difference);
        }
        ordinal += 1;
    })
    .map(drop)
}

/// Hands over every `AuditEvent` of an export in the order of its files. Says how many places could not be read.
fn each(source: &dyn Source, meter: &mut Meter<'_>, take: &mut dyn FnMut(Seen<'_>)) -> Result<u64, Halt> {
    let mut troubles = 0;
    let is_single = source.entries().len() == 1;
    let names = source.entries().iter().map(|entry| entry.name.as_str());
    for name in names.filter(|name| is_single || fhir::is_resource_file(name)) {
        let is_lines = fhir::is_line_file(name) || (is_single && reading::is_packed(source, name)?);
        let read = if is_lines { lines(source, name, meter, take) } else { file(source, name, meter, take) };
        match read {
            Ok(unreadable) => troubles += unreadable,
            Err(Halt::Fault(crate::VerifyFault::Read(fault))) if is_damage(&fault) => troubles += 1,
            Err(halt) => return Err(halt),
        }
    }
    Ok(troubles)
}

fn is_damage(fault: &ReadFault) -> bool {
    let trouble: Option<Trouble> = fault.trouble();
    trouble.is_some() || matches!(fault, ReadFault::TooLarge { .. })
}

fn file(source: &dyn Source, name: &str, meter: &mut Meter<'_>, take: &mut dyn FnMut(Seen<'_>)) -> Result<u64, Halt> {
    if source.entry(name).is_some_and(|entry| entry.size_bytes <= FHIR_FILE_BYTES_MAX) {
        let bytes = source.read(name, FHIR_FILE_BYTES_MAX)?;
        match fhir::split(&bytes) {
            Ok(Document::Lines) => {}
            Ok(Document::Resources { found, .. }) => {
                let mut unreadable = 0;
                for one in &found {
                    let raw = bytes.get(one.range.clone()).unwrap_or_default();
                    let at = u64::try_from(one.range.start).unwrap_or(u64::MAX);
                    unreadable += resource(raw, name, None, at, take);
                }
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                meter.came(u64::try_from(found.len()).unwrap_or(u64::MAX), length)?;
                return Ok(unreadable);
            }
            Err(_) => return meter.came(0, u64::try_from(bytes.len()).unwrap_or(u64::MAX)).map(|()| 1),
        }
    }
    lines(source, name, meter, take)
}

fn lines(source: &dyn Source, name: &str, meter: &mut Meter<'_>, take: &mut dyn FnMut(Seen<'_>)) -> Result<u64, Halt> {
    let mut unreadable = 0;
    for run in runs(reading::content(source, name)?, &LineLimits::foreign()) {
        let run = run?;
        let mut count = 0;
        for line in run.lines() {
            let (mut bytes, mut at) = (line.bytes, line.byte_offset);
            if at == 0
                && let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK)
            {
                (bytes, at) = (rest, 3);
            }
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            if line.trouble == Some(LineTrouble::TooLong) {
                unreadable += 1;
            } else if !bytes.trim_ascii().is_empty() {
                unreadable += resource(bytes, name, Some(line.number), at, take);
                count += 1;
            }
        }
        meter.came(count, u64::try_from(run.bytes().len()).unwrap_or(u64::MAX))?;
    }
    Ok(unreadable)
}

/// Hands over one resource, if it is an event; says 1 if it cannot be read.
fn resource(raw: &[u8], name: &str, line: Option<u64>, byte_offset: u64, take: &mut dyn FnMut(Seen<'_>)) -> u64 {
    match fhir::identity_of(raw) {
        Ok(identity) => {
            let length_bytes = u64::try_from(raw.len()).unwrap_or(u64::MAX);
            let place = |hash| RecordPlace {
                file: visible(name).into_owned(),
                entry: name.to_owned(),
                line,
                byte_offset,
                length_bytes,
                hash,
            };
            take(Seen { identity, place: &place });
            0
        }
        Err(MapFault::NotAnAuditEvent) => 0,
        Err(_) => 1,
    }
}
