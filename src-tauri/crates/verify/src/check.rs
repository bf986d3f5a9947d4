//! The check from beginning to end (formats 1.11): container, manifests, records, chains, checkpoints, anchors,
//! signatures. The verdict is drawn in `conclude`.

use std::collections::{BTreeMap, BTreeSet};

use bundle::Profile;
use integrity::signature::Purpose;

use crate::anchors;
use crate::archives;
use crate::chain::{self, Elsewhere, Linked, Spot, Trace};
use crate::checkpoint::{self, Checkpoints};
use crate::claims::{Claims, SegmentState};
use crate::conclude::{Outcome, conclude};
use crate::container::{self, Payload};
use crate::fault::{Halt, VerifyFault};
use crate::finding::{Code, Finding};
use crate::foreign;
use crate::hands::{Onlooker, Options, Progress, Spill};
use crate::interim::Leg;
use crate::pass::{self, Crew, Intake, Taken};
use crate::proof::Agreed;
use crate::reach;
use crate::record::Judge;
use crate::report::{self, Report};
use crate::seals::{self, Detached, Keyring, Policy, RecordSeal, Seals, Wrong};
use crate::segments;
use crate::source::Source;
use crate::streams;
use crate::words::{count_of, number};
use crate::work::Work;

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
    check_leg(source, options, onlooker, progress, spill, None)
}

/// The same, perhaps as one leg of a check that goes on from an earlier one.
pub(crate) fn check_leg(
    source: &dyn Source,
    options: &Options,
    onlooker: &dyn Onlooker,
    progress: &dyn Progress,
    spill: &mut dyn Spill,
    leg: Option<&mut Leg>,
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
            audit_bundle(&mut work, onlooker, spill, leg, &mut outcome)
        } else {
            foreign::check(&mut work, spill, &mut outcome)
        };
        match done {
            Ok(()) => {}
            Err(Halt::Stopped) => stopped = Some(work.how_far),
            Err(Halt::Fault(fault)) => return Err(fault),
        }
    }
    if has_evidence {
        work.tally.place_in_tables();
    }
    Ok(conclude(work, outcome, has_evidence, stopped))
}

/// What was read before the records.
struct Ground<'a> {
    payload: &'a Payload,
    claims: &'a Claims,
    keyring: &'a Keyring,
    detached: &'a Detached,
    policy: Policy,
}

/// Checks a bundle of the native format.
fn audit_bundle<'a>(
    work: &mut Work<'a>,
    onlooker: &dyn Onlooker,
    spill: &mut dyn Spill,
    mut leg: Option<&mut Leg>,
    outcome: &mut Outcome<'a>,
) -> Result<(), Halt> {
    let info = container::check_declaration(work)?;
    let payload = Payload::read(work, &info)?;
    container::check_tag_files(work, &info)?;
    payload.compare_names(work);
    outcome.export = container::export(work)?;
    outcome.detached = seals::check_detached(work)?;
    let mut claims = Claims::read(work, &payload, &info)?;
    outcome.bundle_id = claims.manifest.as_ref().map(|manifest| manifest.bundle_id.clone());
    outcome.has_unread = claims.segments.iter().any(|segment| segment.state == SegmentState::OtherForm);
    let known_at = outcome.detached.stamp.as_ref().and_then(|stamp| stamp.nanos);
    let keyring = Keyring::read(work, &claims, known_at)?;
    outcome.claimed = report::Claimed::of(&keyring);
    let policy = Policy::of(claims.manifest.as_ref().and_then(|manifest| manifest.signature_policy.as_deref()));
    let mut seals = Seals::default();
    let mut signing = checkpoint::Signing { keyring: &keyring, policy, seals: &mut seals };
    let mut checkpoints = checkpoint::read(work, &payload, &claims, &mut signing)?;

    let options = work.options;
    let mut marked = checkpoints.marked();
    anchors::marked(&options.anchors, &mut marked);
    let traces = known_streams(&claims, &checkpoints);
    let seal = RecordSeal { keyring: &keyring, trust: &options.trust, is_required: policy == Policy::PerEvent };
    let leaves = wants_leaves(&claims, &traces);
    let fingerprint_key = leg.as_deref().map_or(options.fingerprint_key, Leg::fingerprint_key);
    let judge = Judge { fingerprint_key, leaves, marked: &marked, seal };
    let found = archives::check(work, &payload, &claims, &judge, &mut seals)?;
    claims.archive_states = found.states;
    other_files(work, &payload, &claims, &checkpoints, &found.read)?;

    let detached = outcome.detached.clone();
    let ground = Ground { payload: &payload, claims: &claims, keyring: &keyring, detached: &detached, policy };
    let mut taken = Taken::new(&claims, traces, seals);
    let first = match &mut leg {
        Some(leg) => leg.begin(work, &claims, &judge, known_at, &mut taken, spill)?,
        None => 0,
    };
    let mut intake = Intake::new(&claims, taken, options.clock_tolerance_nanos());
    let crew = Crew {
        source: work.source,
        payload: &payload,
        judge: &judge,
        onlooker,
        progress: work.progress,
        workers: options.workers,
        first,
    };
    let notes = leg.map(|leg| &mut leg.notes);
    let passed = pass::run(&crew, &claims, &mut intake, spill, &mut work.how_far, notes);
    let mut taken = intake.taken;
    outcome.counts.records = taken.lines();
    outcome.counts.events = taken.records;
    let times = taken.segments.iter().filter_map(|segment| segment.timestamps);
    outcome.times = times.reduce(|(low, high), (from, to)| (low.min(from), high.max(to)));
    work.done.records = taken.records;
    if let Err(halt) = passed {
        work.tally.absorb(taken.tally);
        return Err(halt);
    }
    let unknown_members = std::mem::take(&mut taken.unknown_members);
    let chains = link(work, &ground, &checkpoints, &mut taken, outcome)?;
    Payload::compare_oxum(work, &info);
    judge_streams(work, &ground, &mut checkpoints, taken, chains, outcome);
    chain::duplicate_ids(work, &claims, spill)?;
    tell_unknown_members(work, &claims, unknown_members);
    outcome.checkpoints_agreeing = checkpoints.agreeing;
    // Files that nobody lists were passed over.
    work.came(0, work.how_far.bytes_total)
}

/// Whether Merkle leaves are needed anywhere.
fn wants_leaves(claims: &Claims, traces: &[Trace]) -> bool {
    let mut stated = claims.segments.iter().filter_map(|claim| claim.stated.as_ref());
    traces.iter().any(|trace| trace.trees.is_wanted())
        || stated.any(|stated| stated.merkle_root.is_some())
        || claims.archives().iter().any(|archive| archive.path.is_some() && archive.merkle_root.is_some())
}

/// Links every stream and compares the segments with what is said of them.
fn link(
    work: &mut Work<'_>,
    ground: &Ground<'_>,
    checkpoints: &Checkpoints,
    taken: &mut Taken,
    outcome: &Outcome<'_>,
) -> Result<Vec<Linked>, Halt> {
    let options = work.options;
    let mut chains = Vec::with_capacity(taken.traces.len());
    for trace in &mut taken.traces {
        let elsewhere = Elsewhere {
            checkpoint_end: checkpoints.sound(&trace.id).map(|checkpoint| checkpoint.last_seq).max(),
            anchor_end: anchors::ends(&options.anchors, &trace.id),
            anchors: &options.anchors,
            export: outcome.export,
        };
        chains.push(chain::link(work, ground.claims, &taken.segments, trace, elsewhere)?);
        work.done.links += trace.records;
    }
    let mut tally = std::mem::take(&mut taken.tally);
    tell_neighbors(&mut tally, &taken.traces, &chains);
    work.tally.absorb(tally);
    let both = taken.traces.iter().zip(&chains);
    let reordered = both.filter(|(_, linked)| linked.tally.has(Code::EventsReordered));
    let reordered: BTreeSet<_> = reordered.map(|(trace, _)| trace.id.as_str()).collect();
    segments::compare(work, ground.payload, ground.claims, &taken.segments, &reordered);
    let Ground { claims, keyring, policy, .. } = *ground;
    seals::check_segments(work, claims, keyring, &taken.segments, policy, &mut taken.seals);
    Ok(chains)
}

/// Compares each stream with everything that speaks of it, and works out how far somebody vouches for it.
fn judge_streams<'a>(
    work: &mut Work<'a>,
    ground: &Ground<'_>,
    checkpoints: &mut Checkpoints,
    taken: Taken,
    mut chains: Vec<Linked>,
    outcome: &mut Outcome<'a>,
) {
    let Taken { traces, mut seals, segments, .. } = taken;
    outcome.anchors = anchors::other_streams(&work.options.anchors, &traces);
    let mut agreed = Vec::with_capacity(traces.len());
    for (trace, linked) in traces.iter().zip(&mut chains) {
        let sealed = judge_stream(work, ground.claims, checkpoints, trace, linked);
        outcome.counts.events = outcome.counts.events.saturating_sub(linked.extra_records);
        for (seq, seal) in sealed {
            seals.sealed(&trace.id, seq, seal);
        }
        agreed.push(outside(work, ground, trace, linked, &mut seals, outcome));
        let has_checkpoint = checkpoints.by_stream.contains_key(&trace.id);
        if ground.policy == Policy::PerCheckpoint && !has_checkpoint && trace.records > 0 {
            let spot = seals::Spot { stream_id: trace.id.clone(), ..seals::Spot::default() };
            seals.wrong(Wrong::Missing, None, Purpose::Checkpoint, spot);
        }
    }
    seals::tell(work, ground.keyring, &mut seals);
    suspect_within(work, &traces, &mut chains);
    for (trace, linked) in traces.iter().zip(&mut chains) {
        for (from, to) in seals.streams.get(&trace.id).iter().flat_map(|sealed| sealed.refuted.ranges()) {
            linked.suspect.add(from, to);
        }
    }
    for ((trace, linked), agreed) in traces.iter().zip(&chains).zip(&agreed) {
        outcome.goes_on |= linked.goes_on;
        outcome.reaches.push(reach::reach(trace, linked, seals.streams.get(&trace.id), agreed));
        outcome.heads.extend(report::head_of(trace, linked, &segments));
    }
    outcome.signed_by = report::signed_by(ground.keyring, &seals, ground.detached);
    cover(outcome, ground.claims, &traces, &chains);
}

/// What comes from outside the records: signatures over the whole bundle, time stamps, anchors. Gives the records that
/// an anchor agrees with, in ascending order.
fn outside<'a>(
    work: &mut Work<'a>,
    ground: &Ground<'_>,
    trace: &Trace,
    linked: &Linked,
    seals: &mut Seals,
    outcome: &mut Outcome<'a>,
) -> Vec<(u64, Agreed)> {
    let this = anchors::Itself { export: outcome.export, bundle_id: outcome.bundle_id.as_deref() };
    let used = anchors::compare(work, trace, linked, this);
    let mut agreed: Vec<_> = used.iter().filter_map(anchors::Used::agreed).collect();
    if let Some(last) = linked.kept.last() {
        if let Some(ssh) = &ground.detached.ssh {
            seals.sealed(&trace.id, last.last_seq, ssh.seal);
        }
        agreed.extend(ground.detached.stamp.as_ref().map(|stamp| (last.last_seq, stamp.agreed)));
    }
    agreed.sort_by_key(|(seq, _)| *seq);
    outcome.anchors.extend(used);
    agreed
}

/// Takes over what the chain of a stream came to and compares the stream with what the bundle says of it. Gives the
/// records that signed checkpoints seal.
fn judge_stream(
    work: &mut Work<'_>,
    claims: &Claims,
    checkpoints: &mut Checkpoints,
    trace: &Trace,
    linked: &mut Linked,
) -> Vec<(u64, seals::Seal)> {
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
    let sealed = checkpoint::compare(work, checkpoints, trace, linked);
    checkpoint::missing_days(work, checkpoints, trace, linked);
    sealed
}

/// Takes over spans within which a checkpoint or an anchor shows that something was altered.
fn suspect_within(work: &Work<'_>, traces: &[Trace], chains: &mut [Linked]) {
    let is_about_log = |finding: &&Finding| matches!(finding.code, Code::CheckpointMismatch | Code::AnchorMismatch);
    for finding in work.tally.told().iter().filter(is_about_log) {
        let Some([from, to]) = finding.altered_within else { continue };
        let of_stream = traces.iter().zip(&mut *chains);
        for (_, linked) in of_stream.filter(|(trace, _)| finding.stream_id.as_deref() == Some(&trace.id)) {
            linked.suspect.add(from, to);
        }
    }
}

fn tell_unknown_members(work: &mut Work<'_>, claims: &Claims, members: BTreeMap<String, (u64, Spot, u64)>) {
    for (name, (count, spot, seq)) in members {
        let message = format!("{} a member that the format does not know: {name}. It is kept and hashed.", has(count));
        let finding = Finding::new(Code::SchemaUnknownMember, message).member(name).count(count).seq(seq);
        work.find(finding.at_file(claims.path(spot.segment)).line(spot.line));
    }
}

/// What the evidence covers, stream by stream.
fn cover(outcome: &mut Outcome<'_>, claims: &Claims, traces: &[Trace], chains: &[Linked]) {
    let source = claims.manifest.as_ref().and_then(|manifest| manifest.source.as_ref()?.system.as_deref());
    for ((trace, linked), reach) in traces.iter().zip(chains).zip(&outcome.reaches) {
        outcome.coverage.extend(report::spans_of(source.unwrap_or(&trace.id), trace, linked, reach));
    }
    if let [linked] = chains {
        outcome.last_seq = linked.kept.last().map(|piece| piece.last_seq);
    }
}

fn has(count: u64) -> String {
    format!("{} {}", count_of(count, "record"), if count == 1 { "has" } else { "have" })
}

/// Hashes the payload that is neither records nor checkpoints nor the audit manifest.
fn other_files(
    work: &mut Work<'_>,
    payload: &Payload,
    claims: &Claims,
    checkpoints: &Checkpoints,
    archives: &BTreeSet<String>,
) -> Result<(), Halt> {
    let segments = claims.segments.iter().filter(|claim| claim.state == SegmentState::Present);
    let mut read: BTreeSet<_> = segments.map(|claim| claim.path.as_str()).collect();
    read.extend([bundle::ab1::AUDIT_MANIFEST_NAME, checkpoints.path.as_str()]);
    read.extend(archives.iter().map(String::as_str));
    let source = work.source;
    let others =
        source.entries().iter().filter(|entry| payload.lists(&entry.name) && !read.contains(entry.name.as_str()));
    for entry in others {
        if let Some(sum) = work.sum_of(&entry.name, payload.wants(&entry.name))? {
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
