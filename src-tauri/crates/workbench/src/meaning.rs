//! What the findings of a bundle mean for one of its records, in sentences that hold for this very record.
//!
//! A finding marks the records it names, and those are not always the ones that were altered: where records were taken
//! out, the ones beside the gap are sound. Whether a record agrees with its own hash is computed anew from its bytes,
//! never concluded from a finding.

use integrity::{Digest, canonical, chain};
use verify::Code;

use crate::marks::Errors;
use crate::verdicts::Document;
use crate::words::{counted, grouped};

/// What a finding is about, seen from the record. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Concerns {
    /// The record itself: what it says is not what was sealed, or cannot be told from what was.
    Record,
    /// Where it stands, or the span it lies in.
    Place,
    /// Other records beside it.
    Neighborhood,
}

/// A finding about a record.
#[derive(Clone, Debug)]
pub(crate) struct Meaning {
    pub(crate) concerns: Concerns,
    pub(crate) sentence: String,
    code: &'static str,
}

impl Meaning {
    /// The sentence with the finding it comes from.
    pub(crate) fn told(&self) -> String {
        format!("{} ({})", self.sentence, self.code)
    }
}

/// A record: where it stands, and its bytes.
#[derive(Clone, Copy)]
pub(crate) struct RecordAt<'r> {
    pub(crate) file: u32,
    pub(crate) line: u64,
    pub(crate) seq: Option<u64>,
    pub(crate) stream: Option<&'r str>,
    pub(crate) bytes: &'r [u8],
}

/// What every error of a report that names this record, or the segment it lies in, means for it; the worst first.
pub(crate) fn of(report: &Document, files: &[String], record: &RecordAt<'_>) -> Vec<Meaning> {
    let own = own_hash(record.bytes);
    let errors = Errors::of(report, files);
    let about = errors.all().filter_map(|finding| {
        let (concerns, sentence) = if errors.name(finding, record) {
            (concerns(finding), meaning(finding, record, own))
        } else if errors.enclose(finding, record) {
            let which = "Nothing shows which of the records that concerns.";
            (Concerns::Place, format!("{}. {} {which}", own.clause(), finding.message))
        } else {
            return None;
        };
        Some(Meaning { concerns, sentence, code: finding.code.name() })
    });
    let mut meanings: Vec<Meaning> = about.collect();
    meanings.sort_by_key(|meaning| meaning.concerns);
    meanings
}

/// What an error is about, seen from any record that it names.
pub(crate) fn concerns(finding: &verify::Finding) -> Concerns {
    match finding.code {
        Code::EventModified | Code::ChainBreak | Code::EventInserted => Concerns::Record,
        Code::EventsDeleted | Code::HeadTruncated | Code::TailTruncated => Concerns::Neighborhood,
        Code::EventsReordered | Code::EventDuplicated | Code::EventIdDuplicate | Code::GenesisMismatch => {
            Concerns::Place
        }
        _ if finding.altered_within.is_some_and(|[from, to]| from != to) => Concerns::Place,
        _ => Concerns::Record,
    }
}

/// How the record's content and the hash it states go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OwnHash {
    Agrees,
    Differs,
    Unknown,
}

impl OwnHash {
    const fn clause(self) -> &'static str {
        match self {
            Self::Agrees => "This record agrees with its own hash",
            Self::Differs => "This record does not agree with its own hash",
            Self::Unknown => "The hash of this record cannot be recomputed",
        }
    }
}

fn own_hash(bytes: &[u8]) -> OwnHash {
    let Ok(scan) = canonical::scan(bytes) else { return OwnHash::Unknown };
    let stated = scan.member("hash").and_then(|hash| Digest::from_hex(&hash.string()?));
    match stated {
        Some(stated) if stated == chain::event_hash(&scan) => OwnHash::Agrees,
        Some(_) => OwnHash::Differs,
        None => OwnHash::Unknown,
    }
}

fn meaning(finding: &verify::Finding, record: &RecordAt<'_>, own: OwnHash) -> String {
    let own_clause = own.clause();
    match finding.code {
        Code::EventModified => "Its content does not match its own hash.".to_owned(),
        Code::ChainBreak => beside_a_break(finding, record, own_clause),
        Code::EventsDeleted | Code::HeadTruncated | Code::TailTruncated => {
            format!("{own_clause}; {}.", beside_a_gap(finding, record))
        }
        Code::EventsReordered => format!("{own_clause}; it does not stand where its number belongs."),
        Code::EventDuplicated => {
            format!("{own_clause}; another record of the log is identical to it, and one of them was added.")
        }
        Code::EventInserted => "It was added: another record has the same number and belongs to the chain.".to_owned(),
        Code::EventIdDuplicate => format!("{own_clause}; another record has the same event id."),
        Code::GenesisMismatch => {
            format!("{own_clause}; it stands first, and does not name what its stream begins with.")
        }
        _ => match finding.altered_within {
            Some([from, to]) if from != to => {
                let span = format!("Something in records {} to {} was altered", grouped(from), grouped(to));
                format!("{own_clause}. {span}; nothing shows whether it was this one.")
            }
            // The finding's own sentence is about the record, or about no single one.
            _ => finding.message.clone(),
        },
    }
}

/// A link that does not hold, seen from the record before it or from the one after.
fn beside_a_break(finding: &verify::Finding, record: &RecordAt<'_>, own: &str) -> String {
    match (finding.between, record.seq) {
        (Some([before, after]), Some(seq)) if seq == before => format!(
            "{own}, but record {} names another hash for it: this record was changed and given a new hash, or another \
             record stood here.",
            grouped(after)
        ),
        (Some([before, _]), _) => format!(
            "{own}, but it names another hash for record {} than that record has: the record before it, or this one, \
             is not the one that stood here.",
            grouped(before)
        ),
        (None, _) => finding.message.clone(),
    }
}

/// Records that are missing, seen from a record beside them.
fn beside_a_gap(finding: &verify::Finding, record: &RecordAt<'_>) -> String {
    let count = finding.count.unwrap_or_default();
    let what = counted(count, "record");
    let verb = if count == 1 { "was" } else { "were" };
    let is_before = match finding.code {
        Code::HeadTruncated => true,
        Code::TailTruncated => false,
        _ => finding.missing_to.zip(record.seq).is_some_and(|(to, seq)| to < seq),
    };
    let side = if is_before { "before" } else { "after" };
    let which = match (finding.missing_from, finding.missing_to) {
        (Some(from), Some(to)) if from != to => format!(" ({} to {})", grouped(from), grouped(to)),
        (Some(only), _) => format!(" ({})", grouped(only)),
        _ => String::new(),
    };
    format!("{what}{which} {side} it {verb} removed")
}
