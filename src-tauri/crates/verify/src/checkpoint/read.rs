//! Reads the checkpoint file and checks each checkpoint by itself and against the one before.

use std::collections::BTreeMap;

use bundle::escape::visible;
use bundle::lines::{Line, LineLimits, runs};
use integrity::canonical::{self, Scan};
use integrity::signature::Purpose;
use integrity::{Digest, chain};

use crate::claims::Claims;
use crate::container::Payload;
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::record::{self, clock};
use crate::seals::{Keyring, Policy, Said, Seal, Seals, Signed, Spot as SealSpot, Wrong};
use crate::sums::Summing;
use crate::words::number;
use crate::work::Work;

use super::{Checkpoint, Checkpoints};

/// Where checkpoints lie if no audit manifest says otherwise.
const USUAL_PATH: &str = "data/checkpoints/checkpoints.ndjson";
/// Most checkpoints that are compared: one a day for 270 years.
const CHECKPOINTS_MAX: u64 = 100_000;

/// The chain of a stream's checkpoints so far.
#[derive(Default)]
struct Chain {
    /// Hash of the last checkpoint of each stream.
    last: BTreeMap<String, Digest>,
    /// Lines that could not be read; each may have been the predecessor of a stream's next checkpoint.
    unreadable: u64,
    /// How many unreadable lines there were when a stream's last checkpoint was read.
    seen_unreadable: BTreeMap<String, u64>,
}

/// A checkpoint as read, with what is needed to check it.
struct Raw {
    stream_id: String,
    checkpoint: Checkpoint,
    hash: Digest,
    prev: Digest,
    computed: Digest,
    failed: bool,
    signed: Option<Signed<'static>>,
    /// When it was made: nanoseconds since 1970.
    time: Option<i64>,
}

/// What signatures of checkpoints are checked with.
pub(crate) struct Signing<'a> {
    pub(crate) keyring: &'a Keyring,
    pub(crate) policy: Policy,
    pub(crate) seals: &'a mut Seals,
}

/// Reads the checkpoint file, if there is one.
pub(crate) fn read(
    work: &mut Work<'_>,
    payload: &Payload,
    claims: &Claims,
    signing: &mut Signing<'_>,
) -> Result<Checkpoints, Halt> {
    let stated = claims.manifest.as_ref().and_then(|manifest| manifest.checkpoints.as_ref());
    let path = stated.map_or(USUAL_PATH, |stated| stated.path.as_str());
    let mut checkpoints = Checkpoints { path: path.to_owned(), ..Checkpoints::default() };
    if work.source.entry(path).is_none() {
        if stated.is_some() && !work.tally.has(Code::FileMissing) {
            let message =
                format!("{} is missing: the audit manifest names it as the list of checkpoints.", visible(path));
            work.find(Finding::new(Code::FileMissing, message).at_file(path));
        }
        work.done.checkpoints_stated = stated.and_then(|stated| stated.count).unwrap_or_default();
        return Ok(checkpoints);
    }
    let reader = match work.source.stream(path) {
        Ok(reader) => reader,
        Err(fault) => return work.damaged(fault).map(|()| checkpoints),
    };
    let mut summing = Summing::new(reader, payload.wants(path));
    let mut chain = Chain::default();
    for run in runs(&mut summing, &LineLimits::audit_bundle()) {
        let run = match run {
            Ok(run) => run,
            Err(fault) => {
                checkpoints.has_unreadable = true;
                return work.damaged(fault).map(|()| checkpoints);
            }
        };
        for line in run.lines() {
            take(work, claims, &line, &mut checkpoints, &mut chain, signing);
        }
        work.came(0, u64::try_from(run.bytes().len()).unwrap_or(u64::MAX))?;
    }
    payload.compare_sum(work, path, &summing.finish());
    work.done.checkpoints_stated = checkpoints.count.max(stated.and_then(|stated| stated.count).unwrap_or_default());
    let is_explained =
        [Code::CheckpointUnparseable, Code::CheckpointChainBreak].iter().any(|code| work.tally.has(*code));
    let count = stated.and_then(|stated| stated.count).filter(|count| *count != checkpoints.count && !is_explained);
    if let Some(count) = count {
        let message = format!(
            "There {} {} checkpoints; the audit manifest says {}.",
            if checkpoints.count == 1 { "is" } else { "are" },
            number(checkpoints.count),
            number(count)
        );
        let finding = Finding::new(Code::SegmentCountMismatch, message).at_file(path).field("checkpoints.count");
        work.find(finding.expected(count.to_string()).actual(checkpoints.count.to_string()));
    }
    Ok(checkpoints)
}

fn take(
    work: &mut Work<'_>,
    claims: &Claims,
    line: &Line<'_>,
    checkpoints: &mut Checkpoints,
    chain: &mut Chain,
    signing: &mut Signing<'_>,
) {
    let is_blank = line.bytes.is_empty() && line.trouble.is_none();
    let at = |finding: Finding| finding.at_file(&checkpoints.path).line(line.number).byte_offset(line.byte_offset);
    let scan = if line.trouble.is_none() { canonical::scan(line.bytes).ok() } else { None };
    let Some((raw, was_canonical)) = scan.and_then(|scan| Some((raw(&scan, line)?, scan.was_canonical()))) else {
        let what = if is_blank { "is blank" } else { "cannot be read as a checkpoint" };
        let message = format!("Line {} of the checkpoints {what}.", number(line.number));
        work.find(at(Finding::new(Code::CheckpointUnparseable, message)));
        checkpoints.has_unreadable = true;
        checkpoints.count += u64::from(!is_blank);
        chain.unreadable += 1;
        return;
    };
    let seal = signing.check(work, &checkpoints.path, &raw);
    let Raw { stream_id, mut checkpoint, hash, prev, computed, failed, .. } = raw;
    let who = format!("The checkpoint in line {}", number(line.number));
    let about =
        |code, message: String| at(Finding::new(code, message)).stream_id(stream_id.as_str()).seq(checkpoint.last_seq);
    let mut is_sound = true;
    if !was_canonical {
        let message = format!("{who} is not written in canonical form. Its content is unaffected.");
        work.find(about(Code::RecordNotCanonical, message));
    }
    if computed != hash {
        let message = format!("{who} does not match its hash: it was changed after it was made.");
        let finding = about(Code::CheckpointModified, message);
        work.find(finding.expected(hash.to_hex()).actual(computed.to_hex()));
        is_sound = false;
    }
    if let Some(expected) = expected_prev(claims, chain, &stream_id, prev) {
        let message = format!("{who} does not follow the one before it: a checkpoint was taken out, added or moved.");
        let finding = about(Code::CheckpointChainBreak, message);
        work.find(finding.expected(expected.to_hex()).actual(prev.to_hex()));
        is_sound = false;
    }
    if failed {
        let message = format!("{who} itself reports that the check at that time failed.");
        work.find(about(Code::CheckpointReportedFailure, message));
    }
    chain.last.insert(stream_id.clone(), hash);
    chain.seen_unreadable.insert(stream_id.clone(), chain.unreadable);
    checkpoints.count += 1;
    checkpoint.is_sound = is_sound;
    checkpoint.seal = seal.filter(|_| is_sound);
    if checkpoints.count <= CHECKPOINTS_MAX {
        checkpoints.by_stream.entry(stream_id).or_default().push(checkpoint);
    } else if !work.tally.has(Code::CheckpointsNotChecked) {
        let message = format!("Only the first {} checkpoints were compared with the records.", number(CHECKPOINTS_MAX));
        work.find(Finding::new(Code::CheckpointsNotChecked, message).at_file(&checkpoints.path));
    }
}

impl Signing<'_> {
    /// Checks the signature of a checkpoint over the hash that it carries.
    fn check(&mut self, work: &Work<'_>, path: &str, raw: &Raw) -> Option<Seal> {
        let Raw { stream_id, checkpoint, hash, signed, time, .. } = raw;
        let spot = SealSpot {
            stream_id: stream_id.clone(),
            file: path.to_owned(),
            seq: Some(checkpoint.last_seq),
            line: Some(checkpoint.line),
            byte_offset: Some(checkpoint.byte_offset),
            field: None,
        };
        let Some(signed) = signed else {
            if self.policy == Policy::PerCheckpoint {
                self.seals.wrong(Wrong::Missing, None, Purpose::Checkpoint, spot);
            }
            return None;
        };
        match self.keyring.check(&work.options.trust, Purpose::Checkpoint, hash, signed) {
            Said::Fits { key, seal } => {
                let is_outside = |time: &i64| self.keyring.keys.get(key).is_some_and(|key| key.is_outside(*time));
                self.seals.used(key, Purpose::Checkpoint, spot, time.filter(is_outside));
                Some(seal)
            }
            Said::Wrong(wrong) => {
                self.seals.wrong(wrong, Some(signed), Purpose::Checkpoint, spot);
                None
            }
        }
    }
}

/// What the checkpoint ought to name as its predecessor, if it names something else and nothing excuses that.
fn expected_prev(claims: &Claims, chain: &Chain, stream_id: &str, prev: Digest) -> Option<Digest> {
    if chain.seen_unreadable.get(stream_id).copied().unwrap_or(0) != chain.unreadable {
        return None;
    }
    // A bundle that continues another may continue its checkpoints too.
    let continues = || claims.stream(stream_id).and_then(|stream| stream.first_seq).is_some_and(|seq| seq > 1);
    let first = || (!continues()).then(|| chain::checkpoint_genesis(stream_id));
    let expected = chain.last.get(stream_id).copied().or_else(first)?;
    (expected != prev).then_some(expected)
}

fn raw(scan: &Scan<'_>, line: &Line<'_>) -> Option<Raw> {
    let text = |name: &str| scan.member(name)?.string();
    let hex = |name: &str| Digest::from_hex(&text(name)?);
    let count = |name: &str| u64::try_from(scan.member(name)?.integer()?).ok();
    if text("type")? != "checkpoint" {
        return None;
    }
    let (from_seq, last_seq) = (count("from_seq")?, count("last_seq")?);
    if from_seq < 1 || last_seq < from_seq {
        return None;
    }
    let merkle_root = match scan.member("merkle_root") {
        Some(_) => Some(hex("merkle_root")?),
        None => None,
    };
    let time = text("timestamp").and_then(|text| clock::nanos(&text).ok());
    let checkpoint = Checkpoint {
        line: line.number,
        byte_offset: line.byte_offset,
        from_seq,
        last_seq,
        last_hash: hex("last_hash")?,
        last_event_id: text("last_event_id").map(std::borrow::Cow::into_owned),
        record_count: count("record_count"),
        merkle_root,
        day: time.map(clock::day),
        is_sound: false,
        seal: None,
    };
    // A signature that is none makes the checkpoint one that cannot be read.
    let signed = match scan.member("sig") {
        Some(sig) => Some(record::signed(sig)?.into_owned()),
        None => None,
    };
    Some(Raw {
        stream_id: text("stream_id")?.into_owned(),
        checkpoint,
        hash: hex("hash")?,
        prev: hex("prev_checkpoint_hash")?,
        computed: chain::event_hash(scan),
        failed: text("result")? != "pass",
        signed,
        time,
    })
}
