//! The integrity report as lines in the order of the check: what was checked, how, how much of it, what came of it.
//!
//! # Invariants
//! * Where nothing was compared the line says so and why, whatever the bundle holds: "checked" follows from counts of
//!   what was really done, never from the absence of findings.
//! * Every finding belongs to one line.

use verify::{Code, Severity};

use crate::evidence::{AnchorOutcome, Reached, Signer, Stamped};
use crate::verdicts::Document;
use crate::wire::{Check, CheckPart, CheckResult};
use crate::words::{counted, counted_of, grouped};

/// Parts that a line has at most; a bundle may state any number of streams and keys.
const PARTS_MAX: usize = 100;

/// Findings that belong to one line.
struct Line {
    what: &'static str,
    how: &'static str,
    /// Why nothing was checked, where there was nothing to check.
    absent: &'static str,
    codes: &'static [&'static str],
    /// How much was really compared.
    count: fn(&Document) -> u64,
    /// How much there was to compare; 0 where that is not counted.
    stated: fn(&Document) -> u64,
    /// Why some of it could not be compared.
    open: &'static str,
    /// What was counted, and what was done with it.
    counted: (&'static str, &'static str),
    parts: fn(&Document) -> Vec<CheckPart>,
}

impl Line {
    fn holds(&self, code: Code) -> bool {
        self.codes.iter().any(|prefix| code.name().starts_with(prefix))
    }
}

/// Every line of the report, in the order in which one thing rests on another.
const LINES: [Line; 8] = [
    Line {
        what: "Container",
        how: "Names, entry types, limits and layout of the folder or archive",
        absent: "No file could be listed.",
        codes: &[
            "PATH_",
            "LINK_",
            "ARCHIVE_LAYOUT",
            "ARCHIVE_LIMIT",
            "ARCHIVE_ENTRY",
            "ARCHIVE_DUPLICATE",
            "ARCHIVE_NAME",
            "NAME_",
        ],
        count: |report| report.counts.files,
        stated: |_| 0,
        open: "",
        counted: ("file", "listed"),
        parts: |_| Vec::new(),
    },
    Line {
        what: "Manifests",
        how: "Every file summed up again in each algorithm of its lists, and compared",
        absent: "No list of the bundle's files was there to be compared.",
        codes: &["BAG_", "MANIFEST_", "OXUM_", "FETCH_", "FILE_", "TAG_FILE_", "ALGORITHM_"],
        count: |report| report.done.files,
        stated: |_| 0,
        open: "",
        counted: ("file", "compared with its lists"),
        parts: |_| Vec::new(),
    },
    Line {
        what: "Keys and signatures",
        how: "Each signature against its key, and each key against those that somebody has pinned",
        absent: "No signature was there to be checked.",
        codes: &["SIGNATURE", "KEY_", "TOKEN_"],
        count: |report| report.done.signatures,
        stated: |_| 0,
        open: "",
        counted: ("signature", "that fit a key"),
        parts: |report| {
            let keys = report.evidence.signed_by.iter().map(key_part);
            keys.chain(report.evidence.stamped.iter().map(stamp_part)).collect()
        },
    },
    Line {
        what: "Audit manifest and segments",
        how: "Counts, boundaries and Merkle root of every segment, recomputed and compared",
        absent: "No segment could be compared: there is no audit manifest, or it cannot be read.",
        codes: &["AUDIT_MANIFEST_", "SEGMENT_", "MERKLE_"],
        count: |report| report.done.segments,
        stated: |report| report.done.segments_stated,
        open: "a file is missing, or something in it cannot be read.",
        counted: ("segment", "compared"),
        parts: |_| Vec::new(),
    },
    Line {
        what: "Records",
        how: "Each record read, brought into canonical form and hashed",
        absent: "No record states a hash of its own that could be compared.",
        codes: &[
            "RECORD_",
            "PROJECTION_",
            "RESOURCE_",
            "SEARCH_",
            "DUPLICATE_",
            "SCHEMA_",
            "LINE_",
            "LAST_LINE",
            "EVENT_MODIFIED",
            "VERSION_",
            "TIMESTAMP_",
            "CHECKSUM_",
        ],
        count: |report| report.done.records,
        stated: |_| 0,
        open: "",
        counted: ("record", "compared with its own hash"),
        parts: |_| Vec::new(),
    },
    Line {
        what: "Hash chain",
        how: "Each record's link to the one before, from the first to the last",
        absent: "No chain was there to be followed.",
        codes: &[
            "CHAIN_",
            "EVENTS_",
            "EVENT_INSERTED",
            "EVENT_DUPLICATED",
            "EVENT_ID",
            "HEAD_",
            "GENESIS_",
            "TAIL_",
            "SEQUENCE_",
            "UNVERIFIABLE_",
            "ARCHIVE_ABSENT",
            "CLOCK_",
        ],
        count: |report| report.done.links,
        stated: |_| 0,
        open: "",
        counted: ("record", "held against its neighbors"),
        parts: |report| report.evidence.reach.iter().map(|reached| reach_part(report, reached)).collect(),
    },
    Line {
        what: "Checkpoints",
        how: "Chain of the checkpoints, and each checkpoint against the record it names",
        absent: "No checkpoint could be compared with the records.",
        codes: &["CHECKPOINT"],
        count: |report| report.done.checkpoints,
        stated: |report| report.done.checkpoints_stated,
        open: "the records they name are not here or cannot be read, or something that was found already keeps them from being compared.",
        counted: ("checkpoint", "compared with the records"),
        parts: |_| Vec::new(),
    },
    Line {
        what: "Anchors",
        how: "The log against its heads as they are known from elsewhere",
        absent: "Nothing from outside the bundle speaks of these records.",
        codes: &["ANCHOR_", "BUNDLE_ROLLBACK"],
        count: |report| report.done.anchors,
        stated: |_| 0,
        open: "",
        counted: ("anchor", "held against the records"),
        parts: |report| report.evidence.anchors.iter().map(anchor_part).collect(),
    },
];

/// The lines of a report.
pub(crate) fn checks(report: &Document) -> Vec<Check> {
    LINES.iter().map(|line| check_of(report, line)).collect()
}

fn check_of(report: &Document, line: &Line) -> Check {
    let sorted = report.sorted();
    let found: Vec<(u32, &verify::Finding)> =
        (0..).zip(sorted).filter(|(_, finding)| line.holds(finding.code)).collect();
    let count = (line.count)(report);
    let stated = (line.stated)(report);
    let result = match result_of(report, &found, count) {
        CheckResult::Agrees | CheckResult::Notes if count < stated => CheckResult::Partly,
        result => result,
    };
    let mut codes: Vec<String> = found.iter().map(|(_, finding)| finding.code.name().to_owned()).collect();
    codes.dedup();
    let (noun, done) = line.counted;
    let mut parts = (line.parts)(report);
    parts.truncate(PARTS_MAX);
    if report.history().is_some() {
        // Who was vouched for then says nothing of today.
        for part in &mut parts {
            part.told.push_str(" · when it was checked");
        }
    }
    Check {
        what: line.what.to_owned(),
        how: match result {
            CheckResult::NotChecked => why_not(report, line, &found),
            _ if count > 0 && count < stated => partly(line, count, stated),
            _ => line.how.to_owned(),
        },
        done: if count > 0 { told(count, stated, noun, done) } else { String::new() },
        result,
        codes,
        findings: found.iter().map(|(number, _)| *number).collect(),
        parts,
    }
}

fn told(count: u64, stated: u64, noun: &str, done: &str) -> String {
    // "its" of one is "their" of many.
    let done = if count == 1 { done.replace("fit ", "fits ") } else { done.replace(" its ", " their ") };
    format!("{} {done}", counted_of(count, stated, noun))
}

/// What was done with a part, and why not with the rest.
fn partly(line: &Line, count: u64, stated: u64) -> String {
    let rest = if stated - count == 1 { "The other one" } else { "The others" };
    let (count, stated) = (grouped(count), grouped(stated));
    format!("{}. Only {count} of {stated}. {rest} could not be compared: {}", line.how, line.open)
}

fn is_open(finding: &verify::Finding) -> bool {
    finding.code.name().ends_with("_NOT_CHECKED")
}

fn result_of(report: &Document, found: &[(u32, &verify::Finding)], count: u64) -> CheckResult {
    let worst = found.iter().map(|(_, finding)| finding.severity).max();
    match worst {
        Some(Severity::Error) => CheckResult::Differs,
        _ if found.iter().any(|(_, finding)| is_open(finding)) => CheckResult::NotChecked,
        _ if report.stopped.is_some() || count == 0 => CheckResult::NotChecked,
        Some(Severity::Warning) => CheckResult::Notes,
        Some(Severity::Info) | None => CheckResult::Agrees,
    }
}

fn why_not(report: &Document, line: &Line, found: &[(u32, &verify::Finding)]) -> String {
    if report.stopped.is_some() {
        return "The check was stopped before its end.".to_owned();
    }
    let said = found.iter().find(|(_, finding)| is_open(finding)).map(|(_, finding)| finding.message.clone());
    said.unwrap_or_else(|| line.absent.to_owned())
}

fn key_part(key: &Signer) -> CheckPart {
    let (told, result) = match key.standing.as_str() {
        "pinned" if key.pinned_by.is_none() => {
            ("given for this check; nobody is named who vouches for it".to_owned(), CheckResult::Agrees)
        }
        "pinned" => {
            let by = key.pinned_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            let on = key.pinned_on.as_ref().map(|on| format!(", {on}")).unwrap_or_default();
            (format!("pinned{by}{on}"), CheckResult::Agrees)
        }
        "revoked" => ("revoked: it vouches for nothing".to_owned(), CheckResult::Notes),
        _ => ("nobody here has compared its fingerprint".to_owned(), CheckResult::Notes),
    };
    let fit = if key.signatures == 1 { "fits" } else { "fit" };
    let signatures = format!("{} {fit}", counted(key.signatures, "signature"));
    CheckPart { what: key.kid.clone(), told: format!("{} · {signatures} · {told}", key.algorithm), result }
}

fn stamp_part(stamp: &Stamped) -> CheckPart {
    let what = "Time stamp over the whole bundle".to_owned();
    CheckPart { what, told: format!("{}, by {}", stamp.at, stamp.by), result: CheckResult::Agrees }
}

fn reach_part(report: &Document, reached: &Reached) -> CheckPart {
    let Reached { stream_id, from_seq, to_seq, by } = reached;
    let by = match by.as_str() {
        "anchored" => "an anchor vouches for them",
        "pinned" => "a pinned key vouches for them",
        "signed" => "signed by a key that nobody here has compared",
        _ => "nobody outside the bundle vouches for them",
    };
    let error = |finding: &&verify::Finding| {
        finding.severity == Severity::Error && finding.stream_id.as_ref() == Some(stream_id)
    };
    let differs = report.findings.iter().filter(error).any(|finding| LINES[CHAIN].holds(finding.code));
    CheckPart {
        what: stream_id.clone(),
        told: format!("Records {} to {}: {by}", grouped(*from_seq), grouped(*to_seq)),
        result: if differs { CheckResult::Differs } else { CheckResult::Agrees },
    }
}

/// The place of the hash chain among the lines.
const CHAIN: usize = 5;

fn anchor_part(anchor: &AnchorOutcome) -> CheckPart {
    let origin = match anchor.origin.as_str() {
        "typed" => "typed by a person",
        "file" => "read from a file",
        "token" => "read from a file with a time stamp",
        _ => "remembered from an earlier import",
    };
    let (told, result) = match anchor.outcome.as_str() {
        "agrees" => ("the log agrees with it", CheckResult::Agrees),
        "goes_on" => ("the log goes on from it", CheckResult::Agrees),
        "differs" => ("the log holds something else there", CheckResult::Differs),
        "beyond" => ("the log ends before it", CheckResult::Differs),
        "same_export" => ("it comes from this very export and says nothing new", CheckResult::NotChecked),
        "agrees_only" => (
            "the log agrees with it, and it vouches for nothing: it came from the same bundle, or came later",
            CheckResult::NotChecked,
        ),
        "elsewhere" => ("it says nothing about the records that are here", CheckResult::NotChecked),
        _ => ("it could not be compared, because of what else was found", CheckResult::NotChecked),
    };
    let what = format!("{}, record {}", anchor.stream_id, grouped(anchor.last_seq));
    CheckPart { what, told: format!("{origin}; {told}"), result }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_belongs_to_one_line() {
        for code in Code::ALL {
            let lines: Vec<_> = LINES.iter().filter(|line| line.holds(*code)).map(|line| line.what).collect();
            assert_eq!(lines.len(), 1, "{}: {lines:?}", code.name());
        }
        assert_eq!(LINES[CHAIN].what, "Hash chain");
    }
}
