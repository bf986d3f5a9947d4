//! The check from beginning to end (formats 1.11): container, manifests, records, chains, checkpoints, verdict.

use std::collections::{BTreeMap, BTreeSet};

use bundle::Profile;

use crate::chain::{self, Linked, Spot, Trace};
use crate::checkpoint::{self, Checkpoints};
use crate::claims::{Claims, SegmentState};
use crate::container::{self, Payload, SIGNATURES};
use crate::fault::{Halt, VerifyFault};
use crate::finding::{Code, Finding};
use crate::foreign;
use crate::hands::{Onlooker, Options, Progress, Spill};
use crate::pass::{self, Crew, Intake};
use crate::record::Judge;
use crate::report::{self, Basis, BundleName, Counts, CoverageSpan, Grounds, Report};
use crate::segments;
use crate::source::Source;
use crate::streams;
use crate::words::{count_of, number};
use crate::work::Work;

/// What the check has come to besides findings.
#[derive(Default)]
struct Outcome {
    bundle_id: Option<String>,
    counts: Counts,
    coverage: Vec<CoverageSpan>,
    checkpoints_agreeing: u64,
    last_seq: Option<u64>,
    has_unread: bool,
}

/// Checks a bundle and reports.
///
/// `onlooker` sees every record on the way; `progress` is told how far the check has come and may stop it; `spill`
/// holds the fingerprints of event ids, 24 bytes for each record. An error means that looking failed, never that the
/// evidence is bad.
pub fn check(
    source: &dyn Source,
    options: &Options,
    onlooker: &dyn Onlooker,
    progress: &dyn Progress,
    spill: &mut dyn Spill,
) -> Result<Report, VerifyFault> {
    let mut work = Work::new(source, options, progress);
    let mut outcome = Outcome::default();
    outcome.counts.files = u64::try_from(source.entries().len()).unwrap_or(u64::MAX);
    outcome.counts.bytes = work.how_far.bytes_total;
    for trouble in container::troubles(source) {
        work.find(trouble);
    }
    let has_evidence = source.profile() == Profile::AuditBundle1;
    let mut stopped = None;
    if !container::is_refused(source) {
        let done = if has_evidence {
            audit_bundle(&mut work, onlooker, spill, &mut outcome)
        } else {
            foreign::read(&mut work, &mut outcome.counts)
        };
        match done {
            Ok(()) => {}
            Err(Halt::Stopped) => stopped = Some(work.how_far),
            Err(Halt::Fault(fault)) => return Err(fault),
        }
    }
    Ok(conclude(work, outcome, has_evidence, stopped))
}

/// Checks a bundle of the native format.
fn audit_bundle(
    work: &mut Work<'_>,
    onlooker: &dyn Onlooker,
    spill: &mut dyn Spill,
    outcome: &mut Outcome,
) -> Result<(), Halt> {
    let info = container::check_declaration(work)?;
    let payload = Payload::read(work)?;
    container::check_tag_files(work)?;
    payload.compare_names(work);
    let claims = Claims::read(work, &payload, &info)?;
    outcome.bundle_id = claims.manifest.as_ref().map(|manifest| manifest.bundle_id.clone());
    outcome.has_unread = claims.segments.iter().any(|segment| segment.state == SegmentState::OtherForm);
    let mut checkpoints = checkpoint::read(work, &payload, &claims)?;
    other_files(work, &payload, &claims, &checkpoints)?;

    let marked = checkpoints.marked();
    let tolerance = work.options.clock_tolerance_nanos();
    let mut intake = Intake::new(&claims, known_streams(&claims, &checkpoints), tolerance);
    let passed = pass_over(work, onlooker, spill, &payload, &claims, &marked, &mut intake);
    outcome.counts.records = intake.records + intake.unreadable;
    outcome.counts.events = intake.records;
    let Intake { mut traces, segments: segment_traces, mut tally, unknown_members, signed, .. } = intake;
    if let Err(halt) = passed {
        work.tally.absorb(tally);
        return Err(halt);
    }

    let mut chains = Vec::with_capacity(traces.len());
    for trace in &mut traces {
        let end = checkpoints.sound(&trace.id).map(|checkpoint| checkpoint.last_seq).max();
        chains.push(chain::link(work, &claims, &segment_traces, trace, end)?);
    }
    tell_neighbors(&mut tally, &traces, &chains);
    work.tally.absorb(tally);
    let reordered = traces.iter().zip(&chains).filter(|(_, linked)| linked.tally.has(Code::EventsReordered));
    let reordered: BTreeSet<_> = reordered.map(|(trace, _)| trace.id.as_str()).collect();
    segments::compare(work, &payload, &claims, &segment_traces, &reordered);
    Payload::compare_oxum(work, &info);
    for (trace, linked) in traces.iter().zip(&mut chains) {
        judge_stream(work, &claims, &mut checkpoints, trace, linked);
        outcome.counts.events = outcome.counts.events.saturating_sub(linked.extra_records);
    }
    chain::duplicate_ids(work, &claims, spill)?;
    tell_unknown_members(work, &claims, unknown_members);
    signatures(work, &claims, &checkpoints, signed);
    outcome.checkpoints_agreeing = checkpoints.agreeing;
    cover(outcome, &claims, &traces, &chains);
    // Files that nobody lists were passed over.
    work.came(0, work.how_far.bytes_total)
}

/// The one pass over all records.
fn pass_over(
    work: &mut Work<'_>,
    onlooker: &dyn Onlooker,
    spill: &mut dyn Spill,
    payload: &Payload,
    claims: &Claims,
    marked: &BTreeMap<String, Vec<u64>>,
    intake: &mut Intake<'_>,
) -> Result<(), Halt> {
    let mut stated = claims.segments.iter().filter_map(|claim| claim.stated.as_ref());
    let leaves =
        intake.traces.iter().any(|trace| trace.trees.is_wanted()) || stated.any(|stated| stated.merkle_root.is_some());
    let judge = Judge { fingerprint_key: work.options.fingerprint_key, leaves, marked };
    let crew = Crew {
        source: work.source,
        payload,
        judge: &judge,
        onlooker,
        progress: work.progress,
        workers: work.options.workers,
    };
    pass::run(&crew, claims, intake, spill, &mut work.how_far)
}

/// Takes over what the chain of a stream came to and compares the stream with everything that speaks of it.
fn judge_stream(
    work: &mut Work<'_>,
    claims: &Claims,
    checkpoints: &mut Checkpoints,
    trace: &Trace,
    linked: &mut Linked,
) {
    let totals = claims.stream(&trace.id).map(|stated| chain::totals(stated, linked)).unwrap_or_default();
    for finding in totals {
        // What a segment has told of its own end is not told again of the stream's.
        let is_told = work
            .tally
            .told()
            .iter()
            .any(|told| told.code == finding.code && told.stream_id.as_deref() == Some(&trace.id));
        if !is_told {
            linked.find(finding.at_file(bundle::ab1::AUDIT_MANIFEST_NAME));
        }
    }
    work.tally.absorb(std::mem::take(&mut linked.tally));
    undeclared(work, claims, trace);
    streams::clocks(work, claims, trace);
    streams::versions(work, claims, trace);
    checkpoint::compare(work, checkpoints, trace, linked);
    checkpoint::missing_days(work, checkpoints, trace, linked);
}

fn tell_unknown_members(work: &mut Work<'_>, claims: &Claims, members: BTreeMap<String, (u64, Spot, u64)>) {
    for (name, (count, spot, seq)) in members {
        let message = format!("{} a member that the format does not know: {name}. It is kept and hashed.", has(count));
        let finding = Finding::new(Code::SchemaUnknownMember, message).member(name).count(count).seq(seq);
        work.find(finding.at_file(claims.path(spot.segment)).line(spot.line));
    }
}

/// What the evidence covers, stream by stream.
fn cover(outcome: &mut Outcome, claims: &Claims, traces: &[Trace], chains: &[Linked]) {
    let source = claims.manifest.as_ref().and_then(|manifest| manifest.source.as_ref()?.system.as_deref());
    for (trace, linked) in traces.iter().zip(chains) {
        outcome.coverage.extend(report::spans_of(source.unwrap_or(&trace.id), trace, linked));
    }
    if let [linked] = chains {
        outcome.last_seq = linked.kept.last().map(|piece| piece.last_seq);
    }
}

fn has(count: u64) -> String {
    format!("{} {}", count_of(count, "record"), if count == 1 { "has" } else { "have" })
}

/// Hashes the payload that is neither records nor checkpoints nor the audit manifest.
fn other_files(work: &mut Work<'_>, payload: &Payload, claims: &Claims, checkpoints: &Checkpoints) -> Result<(), Halt> {
    let segments = claims.segments.iter().filter(|claim| claim.state == SegmentState::Present);
    let mut read: BTreeSet<_> = segments.map(|claim| claim.path.as_str()).collect();
    read.extend([bundle::ab1::AUDIT_MANIFEST_NAME, checkpoints.path.as_str()]);
    let source = work.source;
    let others =
        source.entries().iter().filter(|entry| payload.lists(&entry.name) && !read.contains(entry.name.as_str()));
    for entry in others {
        if let Some(sum) = work.sum_of(&entry.name, payload.wants_sha512(&entry.name))? {
            payload.compare_sum(work, &entry.name, &sum);
        }
    }
    Ok(())
}

/// A trace for every stream that the audit manifest or a checkpoint names, so that one without records is missed.
fn known_streams(claims: &Claims, checkpoints: &Checkpoints) -> Vec<Trace> {
    let mut traces: Vec<Trace> = Vec::new();
    let mut seen = BTreeSet::new();
    let stated = claims.streams().iter().map(|stream| stream.stream_id.as_str());
    let named = stated.chain(checkpoints.by_stream.keys().map(String::as_str));
    for id in named.filter(|id| seen.insert(*id)).take(pass::STREAMS_MAX) {
        let mut trace = Trace::new(id);
        for checkpoint in checkpoints.sound(id).filter(|checkpoint| checkpoint.merkle_root.is_some()) {
            trace.trees.want(checkpoint.from_seq, checkpoint.last_seq);
        }
        traces.push(trace);
    }
    traces
}

/// Says of an altered record whether its neighbors are whole, which is only known once the chain is linked.
fn tell_neighbors(tally: &mut crate::finding::Tally, traces: &[Trace], chains: &[Linked]) {
    tally.amend(Code::EventModified, |finding| {
        let Some(seq) = finding.seq else { return };
        let chain = traces.iter().zip(chains).find(|(trace, _)| finding.stream_id.as_deref() == Some(&trace.id));
        let Some((trace, linked)) = chain else { return };
        let (before, after) = (seq.saturating_sub(1), seq.saturating_add(1));
        let is_alone = !linked.is_off(before, after)
            && !trace.altered.meets(before, before)
            && !trace.altered.meets(after, after)
            && linked.piece_of(before).is_some()
            && linked.piece_of(after).is_some();
        if is_alone {
            finding.message.push_str(" The records before and after it agree with each other.");
        }
    });
}

/// Reports records of a stream that the audit manifest does not name.
fn undeclared(work: &mut Work<'_>, claims: &Claims, trace: &Trace) {
    if claims.manifest.is_none() || claims.stream(&trace.id).is_some() || trace.records == 0 {
        return;
    }
    let message = format!(
        "{} of a stream that the audit manifest does not name.",
        if trace.records == 1 { "1 record is".to_owned() } else { format!("{} records are", number(trace.records)) }
    );
    let finding = Finding::new(Code::AuditManifestInvalid, message).stream_id(trace.id.as_str()).field("streams");
    work.find(finding.at_file(bundle::ab1::AUDIT_MANIFEST_NAME).count(trace.records));
}

/// Says that signatures are there, or ought to be, and were not checked.
fn signatures(work: &mut Work<'_>, claims: &Claims, checkpoints: &Checkpoints, signed_records: u64) {
    let manifest = claims.manifest.as_ref();
    let policy = manifest.and_then(|manifest| manifest.signature_policy.as_deref()).unwrap_or("none");
    let segments = claims.segments.iter().filter_map(|claim| claim.stated.as_ref());
    let signed_segments = segments.filter(|stated| stated.sig.is_some()).count();
    let detached = work.source.entries().iter().filter(|entry| entry.name.starts_with(SIGNATURES)).count();
    let count = [signed_segments, detached]
        .into_iter()
        .filter_map(|count| u64::try_from(count).ok())
        .fold(signed_records + checkpoints.signed, u64::saturating_add);
    if count == 0 && policy == "none" {
        return;
    }
    let message = if count == 0 {
        "The bundle says that it is signed, but no signature was found. Signatures are not checked yet.".to_owned()
    } else {
        format!(
            "{} in this bundle {} not been checked yet.",
            count_of(count, "signature"),
            if count == 1 { "has" } else { "have" }
        )
    };
    work.find(Finding::new(Code::SignaturesNotChecked, message).count(count));
}

/// Draws the verdict from what was found.
fn conclude(work: Work<'_>, outcome: Outcome, has_evidence: bool, stopped: Option<crate::hands::HowFar>) -> Report {
    let grounds = Grounds {
        worst: work.tally.worst(),
        stopped: stopped.is_some(),
        evaluable: has_evidence && outcome.counts.events > 0 && !outcome.has_unread,
        signatures_open: work.tally.has(Code::SignaturesNotChecked),
    };
    let (integrity, assurance, badge) = report::conclude(grounds);
    let basis = Basis {
        tally: &work.tally,
        counts: outcome.counts,
        badge,
        stopped,
        has_evidence,
        has_unread: outcome.has_unread,
        checkpoints_agreeing: outcome.checkpoints_agreeing,
        last_seq: outcome.last_seq,
        tolerance_seconds: work.options.clock_tolerance.as_secs_f64(),
    };
    let (proves, does_not_prove, summary) =
        (report::proves(&basis), report::does_not_prove(&basis), report::summary(&basis));
    Report {
        bundle: BundleName {
            path: None,
            profile: work.source.profile().name().to_owned(),
            bundle_id: outcome.bundle_id,
        },
        integrity,
        assurance,
        badge,
        summary,
        stopped,
        counts: outcome.counts,
        findings: work.tally.into_list(),
        coverage: outcome.coverage,
        proves,
        does_not_prove,
    }
}
