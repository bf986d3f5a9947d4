//! What a self-test came to: `chartproof-self-test/1`, and how one damaged copy is judged.

use std::collections::BTreeSet;

use bundle::escape::visible;
use serde::Serialize;
use verify::{Code, Finding, Integrity, Report, Severity};

use crate::attack::Wound;
use crate::kinds::{Bound, Grade, Kind};
use crate::survey::Survey;

/// The format's id.
pub const FORMAT: &str = "chartproof-self-test/1";

/// How much whoever does the damage can renew to cover it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Bytes and files, and nothing around them.
    Bytes,
    /// What the manifests list, so that stock tools find nothing wrong.
    Manifests,
    /// That, and the record's own hash.
    Hash,
    /// That, and all hashes behind it.
    Chain,
    /// Everything but signatures: checkpoints and totals too.
    AllButKeys,
}

/// What became of one damaged copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The check named it, with a verdict no better than such damage allows.
    Caught,
    /// Nothing in this bundle can show it, and the check claimed nothing better than before.
    CannotBeCaught,
    /// The evidence shows it and the check did not say so.
    Missed,
    /// It cannot be done to this bundle.
    NotApplicable,
}

/// One damaged copy.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Which of the rounds, from 1.
    pub round: u32,
    /// What became of it.
    pub fate: Fate,
    /// The stream that was damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<String>,
    /// First and last damaged record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seqs: Option<[u64; 2]>,
    /// The damaged file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The findings that named it.
    pub by: Vec<&'static str>,
    /// What the check of the copy came to; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Integrity>,
    /// Why it could not be done, or not be caught.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// What became of the copies of one kind of damage.
#[derive(Clone, Debug, Serialize)]
pub struct KindScore {
    /// The name of the kind.
    pub kind: &'static str,
    /// What is done.
    pub sentence: &'static str,
    /// How much is renewed to cover it.
    pub strength: Strength,
    /// Whether it damages anything; if not, the check has to tell it all the same.
    pub is_damage: bool,
    /// Copy by copy.
    pub runs: Vec<Run>,
}

impl KindScore {
    /// Copies that were caught, are beyond the evidence, were missed, and could not be made.
    #[must_use]
    pub fn tally(&self) -> [u64; 4] {
        [Fate::Caught, Fate::CannotBeCaught, Fate::Missed, Fate::NotApplicable].map(|fate| {
            let of_fate = self.runs.iter().filter(|run| run.fate == fate);
            u64::try_from(of_fate.count()).unwrap_or(u64::MAX)
        })
    }
}

/// Copies, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Copies that were damaged and checked, and changed ones that were not told.
    pub copies: u64,
    /// Copies with a change that is no damage, all of which the check told.
    pub harmless: u64,
    /// Of those, named by the check.
    pub caught: u64,
    /// Of those, beyond what this bundle's evidence can show.
    pub cannot_be_caught: u64,
    /// Of those, shown by the evidence and not named.
    pub missed: u64,
    /// Kinds of damage that cannot be done to this bundle.
    pub kinds_not_applicable: u64,
}

/// What a self-test came to.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// [`FORMAT`].
    pub format: &'static str,
    /// Where chance began: the same seed damages the same bundle in the same places.
    pub seed: u64,
    /// Rounds that were asked for.
    pub runs: u32,
    /// It was stopped before its end; the counts are of what was done.
    pub stopped: bool,
    /// What the check of the undamaged bundle came to.
    pub integrity: Integrity,
    /// Who vouches for the undamaged bundle.
    pub assurance: Option<&'static str>,
    /// All copies.
    pub counts: Counts,
    /// Kind by kind.
    pub kinds: Vec<KindScore>,
    /// The score in a sentence.
    pub summary: String,
    /// What the score means, in a sentence.
    pub meaning: &'static str,
}

/// What the score means.
const MEANING: &str = "A copy counts as caught if the check named its damage, by the kind of finding or by an error at \
                       its place, and gave it no better verdict than such damage allows; the score says how far the \
                       check can be relied on for this bundle, not whether the bundle is sound.";

impl Score {
    /// One without copies.
    pub(crate) fn new(seed: u64, runs: u32, report: &Report, kinds: &[Kind]) -> Self {
        let blank = |kind: &Kind| KindScore {
            kind: kind.word,
            sentence: kind.sentence(),
            strength: kind.strength,
            is_damage: kind.is_damage(),
            runs: Vec::new(),
        };
        Self {
            format: FORMAT,
            seed,
            runs,
            stopped: false,
            integrity: report.integrity(),
            assurance: report.assurance().map(verify::Assurance::word),
            counts: Counts::default(),
            kinds: kinds.iter().map(blank).collect(),
            summary: String::new(),
            meaning: MEANING,
        }
    }

    /// Counts what was done and puts it into a sentence.
    pub(crate) fn conclude(&mut self) {
        let all = || self.kinds.iter().flat_map(|kind| kind.runs.iter().map(|run| (kind.is_damage, run.fate)));
        let count = |fits: &dyn Fn(bool, Fate) -> bool| {
            u64::try_from(all().filter(|(is_damage, fate)| fits(*is_damage, *fate)).count()).unwrap_or(u64::MAX)
        };
        // What is no damage and was not told is missed like any other.
        let of = |fate| count(&|is_damage, found| found == fate && (is_damage || fate == Fate::Missed));
        let harmless = count(&|is_damage, found| found == Fate::Caught && !is_damage);
        let (caught, cannot_be_caught, missed) = (of(Fate::Caught), of(Fate::CannotBeCaught), of(Fate::Missed));
        let is_idle =
            |kind: &&KindScore| !kind.runs.is_empty() && kind.runs.iter().all(|run| run.fate == Fate::NotApplicable);
        let idle = u64::try_from(self.kinds.iter().filter(is_idle).count()).unwrap_or(u64::MAX);
        let copies = caught + cannot_be_caught + missed;
        self.counts = Counts { copies, harmless, caught, cannot_be_caught, missed, kinds_not_applicable: idle };
        let stopped = if self.stopped { "Stopped before its end. " } else { "" };
        let more = match harmless {
            0 => String::new(),
            1 => " 1 more copy was changed in a way that is no damage, and the check told it.".to_owned(),
            more => format!(" {more} more copies were changed in a way that is no damage, and the check told each."),
        };
        self.summary = if copies == 0 && harmless == 0 {
            format!("{stopped}Nothing in this bundle could be damaged for a test.")
        } else {
            format!(
                "{stopped}Of {copies} damaged {}, {caught} {} caught, {cannot_be_caught} cannot be caught by this \
                 bundle's evidence, and {missed} {} missed.{more}",
                if copies == 1 { "copy" } else { "copies" },
                if caught == 1 { "was" } else { "were" },
                if missed == 1 { "was" } else { "were" },
            )
        };
    }
}

impl Run {
    /// A kind of damage that could not be done.
    pub(crate) fn not_applicable(round: u32, reason: &'static str) -> Self {
        let fate = Fate::NotApplicable;
        Self {
            round,
            fate,
            stream_id: None,
            seqs: None,
            file: None,
            by: Vec::new(),
            integrity: None,
            reason: Some(reason),
        }
    }
}

/// Judges one copy. `touched` are the files that are not what they were; `before` is the report of the undamaged bundle.
pub(crate) fn judge(
    kind: &Kind,
    round: u32,
    wound: &Wound,
    touched: &BTreeSet<String>,
    survey: &Survey<'_>,
    before: &Report,
    after: &Report,
) -> Run {
    let by = named_by(kind, wound, touched, survey, before, after);
    let is_low_enough = match kind.grade {
        Grade::Fails => after.integrity() == Integrity::Fail,
        Grade::Noted => after.integrity() <= Integrity::PassWithNotes,
        Grade::Told => true,
    };
    // An anchor is about the records: it vouches for them whether they are signed or not.
    let is_anchored = rank(before) == RISING.len();
    // Whoever takes away what vouched must not keep what it vouched for.
    let is_no_better = match kind.bound {
        Bound::Denial if is_anchored => rank(after) <= rank(before),
        Bound::Signature | Bound::Denial => rank(after) < rank(before),
        Bound::Keys if survey.is_pinned => rank(after) < rank(before),
        Bound::Always | Bound::End | Bound::History | Bound::Keys => rank(after) <= rank(before).max(UNVOUCHED),
    };
    let excuse = match kind.bound {
        Bound::Denial if is_anchored => Some(STILL_ANCHORED),
        _ => excuse(kind, wound, survey),
    };
    let fate = if is_low_enough && is_no_better && !by.is_empty() {
        Fate::Caught
    } else if excuse.is_some() && is_no_better {
        Fate::CannotBeCaught
    } else {
        Fate::Missed
    };
    Run {
        round,
        fate,
        stream_id: wound.stream.clone(),
        seqs: wound.seqs.map(|(from, to)| [from, to]),
        file: wound.file.as_deref().map(|name| visible(name).into_owned()),
        by,
        integrity: Some(after.integrity()),
        reason: excuse.filter(|_| fate == Fate::CannotBeCaught),
    }
}

/// Why signatures that are gone, and denied, leave no trace but a lower assurance.
const NEVER_SIGNED: &str = "A bundle without signatures cannot tell that it once had some; its assurance fell.";
/// The same where an anchor reaches all records.
const STILL_ANCHORED: &str =
    "A bundle without signatures cannot tell that it once had some; an anchor still vouches for its records.";
/// The assurances, from the lowest to the highest.
const RISING: [&str; 5] = ["NO_EVIDENCE", "CONSISTENT", "SIGNED_UNPINNED", "SIGNED_PINNED", "ANCHORED"];
/// The rank of `CONSISTENT`: what a log can always be given that is written anew as a whole, damage from before included.
const UNVOUCHED: usize = 2;

/// How much a report vouches for; 0 where the evidence failed.
fn rank(report: &Report) -> usize {
    let word = report.assurance().map(verify::Assurance::word);
    word.and_then(|word| RISING.iter().position(|known| *known == word)).map_or(0, |place| place + 1)
}

/// The findings that name the damage and were not there before, each code once.
fn named_by(
    kind: &Kind,
    wound: &Wound,
    touched: &BTreeSet<String>,
    survey: &Survey<'_>,
    before: &Report,
    after: &Report,
) -> Vec<&'static str> {
    // Where no key is pinned, another strange key says nothing that the first one did not say.
    let is_telling = kind.bound != Bound::Keys || survey.is_pinned;
    let names = |finding: &&Finding| {
        let is_of_kind = is_telling && kind.codes.contains(&finding.code.name());
        if wound.is_exact && is_of_kind {
            return wound
                .seqs
                .is_some_and(|(from, to)| (finding.missing_from, finding.missing_to) == (Some(from), Some(to)));
        }
        // Of a range that is gone the whole range has to be named.
        !wound.is_exact
            && (is_of_kind || finding.code.severity() == Severity::Error && is_near(finding, wound, touched))
    };
    let fresh = after.findings().iter().filter(|finding| !before.findings().contains(finding));
    let mut codes: Vec<_> = fresh.filter(names).map(|finding| finding.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Whether the place of the damage is damaged already.
pub(crate) fn is_sore(wound: &Wound, survey: &Survey<'_>) -> bool {
    survey.sore.iter().any(|finding| match (wound.seqs, &wound.file) {
        (Some(_), _) => is_of_stream(finding, wound) && meets(finding, wound),
        (None, Some(name)) => files(finding).any(|file| *visible(name) == **file),
        (None, None) => false,
    })
}

/// Whether a finding is about the place of the damage.
fn is_near(finding: &Finding, wound: &Wound, touched: &BTreeSet<String>) -> bool {
    let is_touched = |file: &String| touched.iter().chain(&wound.file).any(|name| *visible(name) == **file);
    files(finding).any(is_touched)
        || is_about_a_list(finding, wound)
        || is_of_stream(finding, wound) && meets(finding, wound)
        || wound.seqs.is_none() && finding.file.is_none() && finding.stream_id.is_none()
}

/// Whether a finding is about a file and a damaged list of files that do not agree. It names the file: which of the two
/// changed, nothing can tell.
fn is_about_a_list(finding: &Finding, wound: &Wound) -> bool {
    let is_list = |name: &String| name.starts_with("manifest-") || name.starts_with("tagmanifest-");
    wound.file.as_ref().is_some_and(is_list)
        && matches!(finding.code, Code::FileMissing | Code::FileHashMismatch | Code::TagFileHashMismatch)
}

fn places(finding: &Finding) -> impl Iterator<Item = &verify::Place> {
    finding.places.iter().chain(&finding.moved).flatten()
}

fn files(finding: &Finding) -> impl Iterator<Item = &String> {
    finding.file.iter().chain(places(finding).map(|place| &place.file))
}

fn is_of_stream(finding: &Finding, wound: &Wound) -> bool {
    finding.stream_id.is_none() || wound.stream.is_none() || finding.stream_id == wound.stream
}

/// Whether a finding names a damaged record or a neighbor of one.
fn meets(finding: &Finding, wound: &Wound) -> bool {
    let Some((from, to)) = wound.seqs else { return false };
    let pair = |(low, high)| [low, high];
    let ranges = [
        finding.seq.map(|seq| [seq, seq]),
        finding.between,
        finding.missing_from.zip(finding.missing_to).map(pair),
        finding.skipped_from.zip(finding.skipped_to).map(pair),
        finding.altered_within,
    ];
    let mut ranges = ranges.into_iter().flatten().chain(places(finding).map(|place| [place.seq, place.seq]));
    ranges.any(|[low, high]| low <= to.saturating_add(1) && high.saturating_add(1) >= from)
}

/// Why nothing in this bundle can show the damage (formats 1.12); nothing if it can.
fn excuse(kind: &Kind, wound: &Wound, survey: &Survey<'_>) -> Option<&'static str> {
    match kind.bound {
        Bound::Keys => {
            let reason = "No key is pinned: who replaces the keys along with all signatures leaves nothing that tells.";
            return (!survey.is_pinned).then_some(reason);
        }
        Bound::Denial => return Some(NEVER_SIGNED),
        Bound::Signature => return (!survey.signed.is_any()).then_some(NEVER_SIGNED),
        Bound::Always | Bound::End | Bound::History => {}
    }
    let (from, _) = wound.seqs?;
    let id = wound.stream.as_deref()?;
    if survey.is_sealed || survey.is_anchored(id, from) {
        return None;
    }
    let stream = survey.streams.iter().find(|stream| stream.id == id)?;
    match kind.bound {
        Bound::Always | Bound::Signature | Bound::Denial | Bound::Keys => None,
        Bound::End => {
            // What a signed segment still holds is not what was signed, unless whole segments are gone.
            let is_inside = !stream.begins_segment(from);
            (!survey.signed.segments || !is_inside).then_some(
                "Nothing in the bundle knows how far the log went: no anchor and no signature covers its end.",
            )
        }
        Bound::History => {
            let signed = survey.signed;
            let is_under_checkpoint = signed.checkpoints && stream.checkpoints.iter().any(|last| *last >= from);
            (!signed.events && !signed.segments && !is_under_checkpoint).then_some(
                "Whoever holds the log can compute all of it anew, and no anchor and no signature covers the record.",
            )
        }
    }
}
