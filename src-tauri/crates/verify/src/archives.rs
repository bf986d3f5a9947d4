//! Archives that lie in the bundle (formats 1.9): their own content, checked by itself before the chain is linked.
//!
//! A sound archive leads the chain from one side of its gap to the other. Its records are not part of the import; one
//! that is declared and not here, not read or not sound stays `ARCHIVE_ABSENT`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use bundle::ab1::{AUDIT_MANIFEST_NAME, Archive};
use bundle::escape::visible;
use bundle::segment::{Form, Layout, runs};
use bundle::unpack::{Packing, unpack};
use integrity::merkle::Tree;

use crate::claims::Claims;
use crate::container::Payload;
use crate::fault::Halt;
use crate::finding::{Code, Finding, Severity, Tally};
use crate::record::{Fact, Judge, RunFacts};
use crate::seals::Seals;
use crate::sums::Summing;
use crate::words::{count_of, number};
use crate::work::Work;

/// What is known of an archive that lies in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArchiveState {
    /// It was read, and its content holds.
    Sound,
    /// It was read, and something in it is wrong.
    Unsound,
    /// It has a form that is not read.
    OtherForm,
}

/// What reading the archives came to.
#[derive(Debug, Default)]
pub(crate) struct Archives {
    /// Of those that lie in the bundle, by their places in the audit manifest.
    pub(crate) states: BTreeMap<usize, ArchiveState>,
    /// Paths of those that were read.
    pub(crate) read: BTreeSet<String>,
}

/// What is seen of one archive.
#[derive(Default)]
struct Seen {
    rows: u64,
    first: Option<Fact>,
    last: Option<Fact>,
    tree: Tree,
    has_holes: bool,
    tally: Tally,
}

/// Checks every archive that is in the bundle.
pub(crate) fn check(
    work: &mut Work<'_>,
    payload: &Payload,
    claims: &Claims,
    judge: &Judge<'_>,
    seals: &mut Seals,
) -> Result<Archives, Halt> {
    let mut archives = Archives::default();
    for (place, archive) in claims.archives().iter().enumerate() {
        let Some(path) = &archive.path else {
            if archive.present == Some(true) {
                let message = "The audit manifest says that an archive is in the bundle, but not where.";
                let finding = Finding::new(Code::AuditManifestInvalid, message).at_file(AUDIT_MANIFEST_NAME);
                work.find(finding.field(format!("archives[{place}].path")).stream_id(archive.stream_id.as_str()));
            }
            continue;
        };
        if work.source.entry(path).is_none() {
            if archive.present == Some(true) && !crate::claims::already_told(work, path) {
                let message =
                    format!("{} is missing: the audit manifest says that the archive is there.", visible(path));
                work.find(Finding::new(Code::FileMissing, message).at_file(path));
            }
            continue;
        }
        let form = Form::stated(path, archive.media_type.as_deref(), None);
        if form.is_none() || claims.segments.iter().any(|segment| segment.path == *path) {
            archives.states.insert(place, ArchiveState::OtherForm);
            continue;
        }
        if !archives.read.insert(path.clone()) {
            continue;
        }
        let mut seen = Seen::default();
        let is_whole = read(work, payload, archive, path, judge, seals, &mut seen)?;
        let is_sound = is_whole && seen.tally.worst() != Some(Severity::Error);
        archives.states.insert(place, if is_sound { ArchiveState::Sound } else { ArchiveState::Unsound });
        work.tally.absorb(seen.tally);
    }
    Ok(archives)
}

/// Reads one archive; false if the container is damaged there.
fn read(
    work: &mut Work<'_>,
    payload: &Payload,
    archive: &Archive,
    path: &str,
    judge: &Judge<'_>,
    seals: &mut Seals,
    seen: &mut Seen,
) -> Result<bool, Halt> {
    let reader = match work.source.stream(path) {
        Ok(reader) => reader,
        Err(fault) => return work.damaged(fault).map(|()| false),
    };
    let mut summing = Summing::new(reader, payload.wants(path));
    // No member of the audit manifest says how an archive is packed; its name does.
    let is_whole = match Packing::of_name(path) {
        None => read_records(work, archive, path, &mut summing, judge, seals, seen)?,
        Some(packing) => {
            let unpacked = unpack(&mut summing, packing, path, &work.source.limits());
            read_records(work, archive, path, unpacked, judge, seals, seen)?
        }
    };
    if !is_whole {
        return Ok(false);
    }
    let sum = summing.finish();
    payload.compare_sum(work, path, &sum);
    if let Some(expected) = archive.sha256.as_ref().filter(|hex| **hex != sum.sha256.to_hex()) {
        let message = format!("{} is not the archive that the audit manifest describes.", visible(path));
        let finding = about(Code::SegmentHashMismatch, message, archive, path).field("sha256");
        seen.tally.add(finding.expected(visible(expected)).actual(sum.sha256.to_hex()));
    }
    // What could not be read explains counts, ends and roots.
    if !seen.has_holes {
        compare(archive, path, seen);
    }
    Ok(true)
}

/// Reads the records of an archive; false if what holds or packs them is damaged.
fn read_records(
    work: &mut Work<'_>,
    archive: &Archive,
    path: &str,
    content: impl Read,
    judge: &Judge<'_>,
    seals: &mut Seals,
    seen: &mut Seen,
) -> Result<bool, Halt> {
    for run in runs(content, Layout::of_name(path), path) {
        let run = match run {
            Ok(run) => run,
            Err(fault) => return work.damaged(fault).map(|()| false),
        };
        let (mut facts, _) = judge.run(path, &run);
        seals.take_aside(path, &facts.streams, std::mem::take(&mut facts.seals));
        take(archive, path, facts, seen);
        work.came(0, u64::try_from(run.lines().bytes().len()).unwrap_or(u64::MAX))?;
    }
    Ok(true)
}

fn about(code: Code, message: String, archive: &Archive, path: &str) -> Finding {
    Finding::new(code, message).at_file(path).stream_id(archive.stream_id.as_str())
}

/// Takes a run of records: each has to follow the one before.
fn take(archive: &Archive, path: &str, mut facts: RunFacts, seen: &mut Seen) {
    seen.tally.absorb(std::mem::take(&mut facts.findings));
    seen.rows += facts.lines;
    seen.has_holes |= !facts.holes.is_empty();
    for fact in facts.facts {
        let is_stranger = facts.streams.get(fact.stream).is_none_or(|id| *id != archive.stream_id);
        if is_stranger {
            let message = format!("{} holds a record of another stream than the archive's.", visible(path));
            let finding = about(Code::SegmentBoundaryMismatch, message, archive, path).field("stream_id");
            seen.tally.add(finding.seq(fact.seq).line(fact.line));
        }
        if let Some(last) = &seen.last
            && !seen.has_holes
            && (last.seq.checked_add(1) != Some(fact.seq) || last.hash != fact.prev)
        {
            let message =
                format!("In the archive, record {} does not follow record {}.", number(fact.seq), number(last.seq));
            let finding = about(Code::ChainBreak, message, archive, path).between([last.seq, fact.seq]);
            seen.tally.add(finding.line(fact.line).expected(last.hash.to_hex()).actual(fact.prev.to_hex()));
        }
        seen.tree.push_leaf_hash(fact.leaf);
        seen.first.get_or_insert_with(|| fact.clone());
        seen.last = Some(fact);
    }
}

/// Compares what was read with what the audit manifest says of the archive; one finding for its ends.
fn compare(archive: &Archive, path: &str, seen: &mut Seen) {
    if let Some(rows) = archive.rows.filter(|rows| *rows != seen.rows) {
        let message = format!(
            "{} holds {}; the audit manifest says {}.",
            visible(path),
            count_of(seen.rows, "record"),
            number(rows)
        );
        let finding = about(Code::SegmentCountMismatch, message, archive, path).field("rows");
        seen.tally.add(finding.expected(rows.to_string()).actual(seen.rows.to_string()));
    }
    let text = |number: Option<u64>| number.map(|number| number.to_string());
    let (first, last) = (seen.first.as_ref(), seen.last.as_ref());
    let pairs = [
        ("first_seq", text(archive.first_seq), text(first.map(|fact| fact.seq))),
        ("last_seq", text(archive.last_seq), text(last.map(|fact| fact.seq))),
        ("first_prev_hash", archive.first_prev_hash.clone(), first.map(|fact| fact.prev.to_hex())),
        ("last_hash", archive.last_hash.clone(), last.map(|fact| fact.hash.to_hex())),
    ];
    let differs = pairs.into_iter().find(|(_, expected, actual)| expected.is_some() && expected != actual);
    if let Some((field, expected, actual)) = differs {
        let message = format!("{} does not begin and end as the audit manifest says ({field}).", visible(path));
        let finding = about(Code::SegmentBoundaryMismatch, message, archive, path).field(field);
        let (expected, actual) = (expected.unwrap_or_default(), actual.unwrap_or_default());
        seen.tally.add(finding.expected(visible(&expected)).actual(actual));
    }
    let actual = seen.tree.root().to_hex();
    if let Some(expected) = archive.merkle_root.as_ref().filter(|root| **root != actual) {
        let message =
            format!("The records of {} do not come to the fingerprint that is stated for them.", visible(path));
        let finding = about(Code::MerkleRootMismatch, message, archive, path).field("merkle_root");
        seen.tally.add(finding.expected(visible(expected)).actual(actual));
    }
}
