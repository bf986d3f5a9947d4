//! What a report says in words: what the evidence proves, what it does not, and the two lines of the verdict
//! (formats 1.12).

use crate::anchors::{Origin, Used};
use crate::finding::{Code, Severity, Tally};
use crate::hands::HowFar;
use crate::reach::Reach;
use crate::seals::Stamp;
use crate::words::{count_of, number};

use super::{Badge, Counts, SignedBy, vouching};

/// What the sentences depend on.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basis<'a> {
    pub(crate) tally: &'a Tally,
    pub(crate) counts: Counts,
    pub(crate) badge: Badge,
    pub(crate) stopped: Option<HowFar>,
    /// The bundle has a profile with evidence of its own.
    pub(crate) has_evidence: bool,
    /// Part of the evidence has a form that is not read yet.
    pub(crate) has_unread: bool,
    /// Checkpoints that agree with the records.
    pub(crate) checkpoints_agreeing: u64,
    /// The last record of the only stream, or `None` if there are several or none.
    pub(crate) last_seq: Option<u64>,
    /// Seconds of clock tolerance.
    pub(crate) tolerance_seconds: f64,
    /// How far signatures and anchors reach.
    pub(crate) reaches: &'a [Reach],
    pub(crate) anchors: &'a [Used<'a>],
    pub(crate) signed_by: &'a [SignedBy],
    pub(crate) stamp: Option<&'a Stamp>,
    /// The log goes on from a head that was given.
    pub(crate) goes_on: bool,
    /// Something is pinned.
    pub(crate) has_trust: bool,
}

/// For a source without evidence of its own.
const NOTHING_READ: &str = "Anything about what it holds: it is damaged, and no evidence in it could be read.";
const NO_EVIDENCE: &str =
    "This export carries no evidence of its own; we can only prove that it has not changed since import.";

const FILE_CODES: [Code; 8] = [
    Code::FileMissing,
    Code::FileExtra,
    Code::FileHashMismatch,
    Code::TagFileHashMismatch,
    Code::ManifestMalformed,
    Code::ManifestIncomplete,
    Code::ArchiveLayout,
    Code::SegmentHashMismatch,
];

const CHAIN_CODES: [Code; 22] = [
    Code::EventModified,
    Code::ChainBreak,
    Code::EventsDeleted,
    Code::EventInserted,
    Code::EventDuplicated,
    Code::EventsReordered,
    Code::HeadTruncated,
    Code::GenesisMismatch,
    Code::TailTruncated,
    Code::UnverifiableSpan,
    Code::ArchiveAbsent,
    Code::RecordUnparseable,
    Code::DuplicateMember,
    Code::LineTooLong,
    Code::LastLineIncomplete,
    Code::CheckpointMismatch,
    Code::ArchiveLayout,
    Code::SegmentBoundaryMismatch,
    Code::AnchorMismatch,
    Code::BundleRollback,
    Code::SignatureInvalid,
    Code::KeyUnknown,
];

/// What the evidence proves.
pub(crate) fn proves(basis: &Basis<'_>) -> Vec<String> {
    if basis.stopped.is_some() || !basis.has_evidence || basis.counts.events == 0 {
        return Vec::new();
    }
    let free_of = |codes: &[Code]| !codes.iter().any(|code| basis.tally.has(*code));
    let mut sentences = Vec::new();
    if free_of(&FILE_CODES) {
        sentences.push(
            "Every listed file is as it was when the bundle's lists were written: nothing was changed by accident since."
                .to_owned(),
        );
    }
    if free_of(&CHAIN_CODES) {
        sentences.push(format!(
            "The {} follow one another without a break: none between the first and the last was changed, taken out or \
             added by itself.",
            count_of(basis.counts.events, "record")
        ));
    } else {
        sentences
            .push("The records outside the places listed agree with their own hashes and with each other.".to_owned());
    }
    if basis.checkpoints_agreeing > 0 && free_of(&CHAIN_CODES) {
        sentences.push(format!(
            "{} in the bundle {} with the records: whoever changed a record would have had to rewrite {} too.",
            count_of(basis.checkpoints_agreeing, "checkpoint"),
            if basis.checkpoints_agreeing == 1 { "agrees" } else { "agree" },
            if basis.checkpoints_agreeing == 1 { "it" } else { "them" }
        ));
    }
    vouching::proves(basis, &mut sentences);
    sentences
}

/// What it does not prove.
pub(crate) fn does_not_prove(basis: &Basis<'_>) -> Vec<String> {
    let mut sentences = Vec::new();
    if !basis.has_evidence {
        sentences.push(if basis.badge == Badge::Altered { NOTHING_READ } else { NO_EVIDENCE }.to_owned());
    }
    if let Some(how_far) = basis.stopped {
        sentences.push(format!(
            "The check was stopped after {} of {} bytes: what was not looked at may hold anything.",
            number(how_far.bytes),
            number(how_far.bytes_total)
        ));
    }
    if basis.has_evidence {
        let after = basis.last_seq.map_or_else(|| "the last one".to_owned(), |seq| format!("number {}", number(seq)));
        sentences.push(format!(
            "That the log is complete: records after {after} may have been cut off together with every mention of them."
        ));
        vouching::does_not_prove(basis, &mut sentences);
    }
    sentences.extend(strange_anchors(basis));
    if basis.tally.has(Code::SignaturesNotChecked) {
        sentences.push("What some signatures say: they are of a kind that is not checked.".to_owned());
    }
    if basis.tally.has(Code::CheckpointsNotChecked) {
        sentences.push("That every checkpoint agrees: some were not compared.".to_owned());
    }
    if basis.tally.has(Code::ChecksumNotChecked) {
        sentences.push("That the checksums of the rows hold: they have not been checked.".to_owned());
    }
    if basis.has_unread {
        sentences.push("Anything about the segments in a form that is not read yet.".to_owned());
    }
    if basis.tally.has(Code::ChainStartUnverified) {
        sentences.push("That the log goes on from its earlier part: that part is not here.".to_owned());
    }
    if basis.tally.has(Code::ArchiveAbsent) {
        sentences.push("What the records in the archives that were not read say.".to_owned());
    }
    if basis.tolerance_seconds > 0.0 {
        sentences.push(format!(
            "The order of times closer together than {} s, the tolerance that was set.",
            basis.tolerance_seconds
        ));
    }
    sentences
        .push("That the system recorded the truth, or recorded everything, or that its clock was right.".to_owned());
    sentences
}

/// Two lines: what was found, and what it does not mean. Warnings are never only in the list: the second line ends with
/// the first of them.
pub(crate) fn summary(basis: &Basis<'_>) -> [String; 2] {
    let [found, meaning] = verdict(basis);
    let more = strange_anchors(basis).into_iter().chain(worth_reading(basis));
    [found, more.fold(meaning, |meaning, sentence| format!("{meaning} {sentence}"))]
}

/// Anchors that were given and speak of a stream that is not in the bundle: they were held against nothing.
fn strange_anchors(basis: &Basis<'_>) -> Option<String> {
    if basis.stopped.is_some() {
        return None;
    }
    let is_here = |id: &str| basis.reaches.iter().any(|reach| reach.stream_id == id);
    let given = basis.anchors.iter().map(|used| used.anchor);
    let given = given.filter(|anchor| !matches!(anchor.origin, Origin::Remembered(_)) && !is_here(&anchor.stream_id));
    let ids: std::collections::BTreeSet<&str> = given.map(|anchor| anchor.stream_id.as_str()).collect();
    let first = bundle::escape::visible(ids.first()?).into_owned();
    let others = match ids.len() {
        1 => String::new(),
        more => format!(" (and {} more)", number(u64::try_from(more - 1).unwrap_or(u64::MAX))),
    };
    Some(format!(
        "An anchor was given for stream {first}{others}, which is not in this bundle: it was held against nothing."
    ))
}

fn worth_reading(basis: &Basis<'_>) -> Option<String> {
    if basis.stopped.is_some() || basis.badge == Badge::Altered {
        return None;
    }
    let mut warnings = basis.tally.told().iter().filter(|finding| finding.severity == Severity::Warning);
    let first = &warnings.next()?.message;
    Some(format!("Worth reading: {first}{}", more_findings(warnings.count())))
}

fn more_findings(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (1 more finding.)".to_owned(),
        _ => format!(" ({} more findings.)", number(u64::try_from(others).unwrap_or(u64::MAX))),
    }
}

fn verdict(basis: &Basis<'_>) -> [String; 2] {
    let records = count_of(basis.counts.records, "record");
    if let Some(how_far) = basis.stopped {
        let came = format!("{} of {} bytes", number(how_far.bytes), number(how_far.bytes_total));
        return [
            format!("The check was stopped after {came} ({}).", count_of(how_far.records, "record")),
            "What it found so far is listed and is no verdict.".to_owned(),
        ];
    }
    match basis.badge {
        Badge::Altered => {
            let errors = basis.tally.told().iter().filter(|finding| finding.severity == Severity::Error);
            let first = errors.clone().next().map(|finding| finding.message.clone()).unwrap_or_default();
            let more = more_findings(errors.count().saturating_sub(1));
            [format!("{first}{more}"), "Rely on nothing in the places named until that is explained.".to_owned()]
        }
        Badge::NotVerified if !basis.has_evidence => {
            ["There is nothing in this export to check it against.".to_owned(), NO_EVIDENCE.to_owned()]
        }
        Badge::NotVerified if basis.counts.events == 0 && basis.has_unread => [
            "No record of this bundle was read: its segments have a form that is not read yet.".to_owned(),
            "Nothing is said about what they hold.".to_owned(),
        ],
        Badge::NotVerified if basis.counts.events == 0 => [
            "This bundle holds no record that could be checked.".to_owned(),
            "An empty log is no proof that nothing happened.".to_owned(),
        ],
        Badge::NotVerified if basis.has_unread => [
            "Part of this bundle has a form that is not read yet.".to_owned(),
            "What was read agrees with itself; the rest may hold anything.".to_owned(),
        ],
        Badge::NotVerified | Badge::Unsigned => {
            [format!("The {records} agree with each other and with what the bundle says of itself."), reason(basis)]
        }
        Badge::Verified(_) => vouching::summary(basis),
    }
}

/// Why a log that agrees with itself is not called verified.
fn reason(basis: &Basis<'_>) -> String {
    if basis.tally.has(Code::SignaturesNotChecked) {
        return "Some of its signatures are of a kind that is not checked.".to_owned();
    }
    if let Some(shortfall) = vouching::shortfall(basis) {
        return shortfall;
    }
    if basis.tally.has(Code::ArchiveAbsent) && basis.badge == Badge::NotVerified {
        return "A part of the log is said to lie in an archive that was not read: nothing shows what it holds."
            .to_owned();
    }
    if !basis.signed_by.is_empty() {
        return "Its signatures vouch for no record: they are revoked, or what they sign does not lead to one."
            .to_owned();
    }
    "Nothing is signed: whoever held the log could have cut off its end or made it anew.".to_owned()
}
