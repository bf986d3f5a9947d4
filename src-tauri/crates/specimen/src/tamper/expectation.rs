//! What a verifier must say about a specimen: findings with their places, and the verdict (formats 1.11).

use serde_json::{Map, Value, json};

use super::{Attack, Tamper};
use crate::bundle::Head;
use crate::calendar::{DAY, date_text};
use crate::signing::Signing;

/// What a verifier must say.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// `PASS`, `PASS_WITH_NOTES` or `FAIL`.
    pub integrity: &'static str,
    /// `CONSISTENT`, `SIGNED_UNPINNED` or `SIGNED_PINNED`, or nothing where the integrity failed.
    pub assurance: Option<&'static str>,
    /// Findings that must be there, with these locators at least.
    pub must_report: Vec<Expected>,
    /// Codes that may be there as well. No other error may.
    pub also: Vec<&'static str>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Its code.
    pub code: &'static str,
    /// Its locators, by the names of the command line's JSON.
    pub locators: Map<String, Value>,
}

impl Expectation {
    /// The expectation as JSON, in the form of the conformance data: locators stand beside the code.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let must: Vec<Value> = self
            .must_report
            .iter()
            .map(|expected| {
                let mut finding = expected.locators.clone();
                finding.insert("code".to_owned(), expected.code.into());
                Value::Object(finding)
            })
            .collect();
        json!({
            "integrity": self.integrity,
            "assurance": self.assurance,
            "must_report": must,
            "also_reported_by_reference": self.also,
        })
    }
}

/// How bad a tampering is for the verdict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    Clean,
    Noted,
    Failed,
}

impl Attack {
    /// What must be said, now that everything is written. `spans` are the first and last seq of each segment.
    pub(crate) fn expectation(&self, spans: &[(u64, u64)], is_pinned: bool) -> Expectation {
        let mut must = Vec::new();
        let mut worst = Grade::Clean;
        if let Some(kind) = self.kind {
            must.extend(self.of_chain(kind));
            must.extend(self.of_line(kind));
            must.extend(self.of_container(kind, spans));
            worst = grade(kind);
        }
        worst = worst.max(self.of_signatures(&mut must));
        let is_signed = self.signs() != Signing::None;
        let is_known = is_pinned && !self.is_resigned();
        if is_signed && worst < Grade::Failed && !is_known {
            must.push(expected("KEY_UNTRUSTED", json!({})));
            worst = Grade::Noted;
        }
        let vouched = match self.kind {
            _ if !is_signed || !self.covers(spans.last().map(|span| span.1)) => "CONSISTENT",
            Some(Tamper::KeyRevoked) => "SIGNED_UNPINNED",
            _ if is_known => "SIGNED_PINNED",
            _ => "SIGNED_UNPINNED",
        };
        graded(worst, vouched, must, self.kind.map(also).unwrap_or_default())
    }

    /// What must be said by a verifier that knows the head of the log; `None` where that tells nothing more.
    pub(crate) fn expectation_with_head(&self, head: &Head) -> Option<Expectation> {
        let is_cut = matches!(self.kind, Some(Tamper::TailTruncatedUndetectable | Tamper::OlderExport));
        is_cut.then(|| {
            let locators = json!({"missing_from": self.at, "missing_to": head.last_seq, "source": "anchor"});
            graded(Grade::Failed, "", vec![expected("TAIL_TRUNCATED", locators)], vec!["SIGNATURE_INVALID"])
        })
    }

    /// What is said about signatures and keys, and how bad that is.
    fn of_signatures(&self, must: &mut Vec<Expected>) -> Grade {
        must.extend(self.stale.must.iter().cloned());
        if self.stale.has_none {
            must.push(expected("SIGNATURE_MISSING", json!({})));
        }
        let told = match self.kind {
            Some(Tamper::KeySwapped) => Some(("KEY_UNKNOWN", Grade::Failed)),
            Some(Tamper::KeyRevoked) => Some(("KEY_REVOKED", Grade::Noted)),
            Some(Tamper::KeyNotValid) => Some(("KEY_NOT_VALID_AT_TIME", Grade::Noted)),
            _ => None,
        };
        if let Some((code, grade)) = told {
            must.push(expected(code, json!({})));
            return grade;
        }
        match self.stale.must.is_empty() && !self.stale.has_none {
            false => Grade::Failed,
            true if self.seen.dropped_checkpoints => Grade::Noted,
            true => Grade::Clean,
        }
    }

    /// What is said about the chain and its events.
    fn of_chain(&self, kind: Tamper) -> Vec<Expected> {
        let (at, end) = (self.at, self.at + self.span.saturating_sub(1));
        let span = json!({"missing_from": at, "missing_to": end});
        let tail = |source: &str| json!({"missing_from": at, "missing_to": end, "source": source});
        let (code, locators) = match kind {
            Tamper::EventModified => ("EVENT_MODIFIED", json!({"seq": at})),
            Tamper::EventRehashed => ("CHAIN_BREAK", json!({"between": [at, at + 1]})),
            Tamper::EventsDeleted => {
                ("EVENTS_DELETED", json!({"missing_from": at, "missing_to": end, "count": self.span}))
            }
            Tamper::EventInserted => ("EVENT_INSERTED", json!({"seq": at})),
            Tamper::EventDuplicated => {
                let twice = expected("EVENT_DUPLICATED", json!({"seq": at}));
                return vec![twice, expected("EVENT_ID_DUPLICATE", json!({"seq": at}))];
            }
            Tamper::EventsReordered => ("EVENTS_REORDERED", json!({})),
            Tamper::HeadTruncated => ("HEAD_TRUNCATED", span),
            Tamper::TailTruncatedVsCheckpoint => ("TAIL_TRUNCATED", tail("checkpoint")),
            Tamper::TailTruncatedVsManifest => ("TAIL_TRUNCATED", tail("audit-manifest")),
            Tamper::ChainRecomputedVsCheckpoint => {
                let (seq, before) = self.seen.checkpoint.unwrap_or_default();
                ("CHECKPOINT_MISMATCH", json!({"seq": seq, "altered_within": [before + 1, seq]}))
            }
            Tamper::GenesisMismatch => ("GENESIS_MISMATCH", json!({"seq": 1})),
            Tamper::ChainStartUnverified => ("CHAIN_START_UNVERIFIED", json!({"seq": at})),
            Tamper::ArchiveAbsent => ("ARCHIVE_ABSENT", span),
            Tamper::EventIdDuplicate => ("EVENT_ID_DUPLICATE", json!({"seq": at})),
            Tamper::ClockRegression => ("CLOCK_REGRESSION", json!({"seq": at})),
            Tamper::TimestampAfterSeal => ("TIMESTAMP_AFTER_SEAL", json!({"seq": at})),
            Tamper::SequenceGap => ("SEQUENCE_GAP", json!({"skipped_from": at, "skipped_to": end})),
            Tamper::VersionMixed => ("VERSION_MIXED", json!({})),
            Tamper::VersionUnknown => {
                let unknown = expected("VERSION_UNKNOWN", json!({"seq": at}));
                return vec![unknown, expected("VERSION_MIXED", json!({}))];
            }
            Tamper::UnknownMember => ("SCHEMA_UNKNOWN_MEMBER", json!({"member": "site_note"})),
            _ => return Vec::new(),
        };
        vec![expected(code, locators)]
    }

    /// What is said about a line.
    fn of_line(&self, kind: Tamper) -> Vec<Expected> {
        let at = self.at;
        let (file, line) = self.seen.place.map_or((String::new(), 0), |p| (self.segment_path(p.segment), p.line));
        let here = json!({"file": file, "line": line});
        let (code, locators) = match kind {
            Tamper::RecordNotCanonical => {
                let locators = json!({"file": file, "line": line, "seq": at});
                return vec![expected("RECORD_NOT_CANONICAL", locators)];
            }
            Tamper::SchemaInvalid => return vec![expected("SCHEMA_INVALID", here)],
            Tamper::ManifestMismatch => {
                return vec![
                    expected("FILE_HASH_MISMATCH", json!({"file": file})),
                    expected("SEGMENT_HASH_MISMATCH", json!({"file": file})),
                    expected("EVENT_MODIFIED", json!({"seq": at})),
                ];
            }
            Tamper::DuplicateMember => ("DUPLICATE_MEMBER", json!({"file": file, "line": line, "member": "action"})),
            Tamper::RecordUnparseable | Tamper::FloatNumber | Tamper::BadUtf8 | Tamper::Deep => {
                ("RECORD_UNPARSEABLE", here)
            }
            Tamper::LineTooLong => ("LINE_TOO_LONG", here),
            Tamper::LastLineIncomplete => ("LAST_LINE_INCOMPLETE", here),
            _ => return Vec::new(),
        };
        // What cannot be read leaves a span of which nothing can be said.
        let span = expected("UNVERIFIABLE_SPAN", json!({"missing_from": at, "missing_to": at}));
        vec![expected(code, locators), span]
    }

    /// What is said about the container and the checkpoint file.
    fn of_container(&self, kind: Tamper, spans: &[(u64, u64)]) -> Vec<Expected> {
        let path = self.seen.path.clone().unwrap_or_default();
        let line = self.seen.line.unwrap_or_default();
        let (code, locators) = match kind {
            Tamper::FileMissing => {
                let gone = spans.iter().enumerate().find(|(place, _)| self.segment_path(*place as u64 + 1) == path);
                let (from, to) = gone.map_or((0, 0), |(_, span)| *span);
                return vec![
                    expected("FILE_MISSING", json!({"file": path})),
                    expected("UNVERIFIABLE_SPAN", json!({"missing_from": from, "missing_to": to})),
                ];
            }
            Tamper::FileExtra => ("FILE_EXTRA", json!({"file": path})),
            Tamper::UppercaseManifest => ("MANIFEST_MALFORMED", json!({"file": "manifest-sha256.txt", "line": line})),
            Tamper::ManifestAbsentFile => ("FILE_MISSING", json!({"file": path})),
            Tamper::ManifestDuplicatePath => {
                ("MANIFEST_DUPLICATE_PATH", json!({"file": "manifest-sha256.txt", "line": line}))
            }
            Tamper::ManifestIncomplete => ("MANIFEST_INCOMPLETE", json!({})),
            Tamper::OxumMismatch => ("OXUM_MISMATCH", json!({"file": "bag-info.txt"})),
            Tamper::BagInfoAltered => ("TAG_FILE_HASH_MISMATCH", json!({"file": "bag-info.txt"})),
            Tamper::TagFileUnlisted => ("TAG_FILE_UNLISTED", json!({"file": "README.html"})),
            Tamper::FetchTxt => ("FETCH_FORBIDDEN", json!({})),
            Tamper::DeclarationMissing => ("BAG_DECLARATION_MISSING", json!({"file": "bagit.txt"})),
            Tamper::DeclarationInvalid => ("BAG_DECLARATION_INVALID", json!({"file": "bagit.txt"})),
            Tamper::AuditManifestMissing => ("AUDIT_MANIFEST_MISSING", json!({"file": path})),
            Tamper::AuditManifestInvalid => ("AUDIT_MANIFEST_INVALID", json!({"file": path})),
            Tamper::SegmentCount => ("SEGMENT_COUNT_MISMATCH", json!({"file": path})),
            Tamper::SegmentBoundary => ("SEGMENT_BOUNDARY_MISMATCH", json!({"file": path})),
            Tamper::MerkleRoot => ("MERKLE_ROOT_MISMATCH", json!({"file": path})),
            Tamper::CheckpointModified => ("CHECKPOINT_MODIFIED", json!({"line": line})),
            Tamper::CheckpointRemoved => ("CHECKPOINT_CHAIN_BREAK", json!({"line": line})),
            Tamper::CheckpointUnparseable => ("CHECKPOINT_UNPARSEABLE", json!({"line": line})),
            Tamper::CheckpointReportedFailure => ("CHECKPOINT_REPORTED_FAILURE", json!({"line": line})),
            Tamper::CheckpointDayMissing => {
                let days: Vec<String> = self.seen.days.iter().map(|day| date_text(day * DAY)).collect();
                ("CHECKPOINT_DAY_MISSING", json!({"days": days}))
            }
            _ => return Vec::new(),
        };
        vec![expected(code, locators)]
    }
}

pub(super) fn expected(code: &'static str, locators: Value) -> Expected {
    let locators = if let Value::Object(locators) = locators { locators } else { Map::new() };
    Expected { code, locators }
}

fn graded(grade: Grade, vouched: &'static str, must_report: Vec<Expected>, also: Vec<&'static str>) -> Expectation {
    let (integrity, assurance) = match grade {
        Grade::Clean => ("PASS", Some(vouched)),
        Grade::Noted => ("PASS_WITH_NOTES", Some(vouched)),
        Grade::Failed => ("FAIL", None),
    };
    Expectation { integrity, assurance, must_report, also }
}

const fn grade(kind: Tamper) -> Grade {
    match kind {
        Tamper::TailTruncatedUndetectable
        | Tamper::HistoryRecomputedUndetectable
        | Tamper::ChainStartUnverified
        | Tamper::ArchiveAbsent
        | Tamper::VersionMixed
        | Tamper::UnknownMember
        | Tamper::Resigned
        | Tamper::SignaturesStripped
        | Tamper::OlderExport => Grade::Clean,
        Tamper::ClockRegression
        | Tamper::TimestampAfterSeal
        | Tamper::SequenceGap
        | Tamper::VersionUnknown
        | Tamper::RecordNotCanonical
        | Tamper::TagFileUnlisted
        | Tamper::CheckpointReportedFailure
        | Tamper::CheckpointDayMissing
        | Tamper::KeyRevoked
        | Tamper::KeyNotValid => Grade::Noted,
        _ => Grade::Failed,
    }
}

/// Codes that follow from the same cause and may be reported beside it.
fn also(kind: Tamper) -> Vec<&'static str> {
    match kind {
        Tamper::ManifestMismatch => vec!["MERKLE_ROOT_MISMATCH"],
        Tamper::FetchTxt => vec!["TAG_FILE_UNLISTED"],
        Tamper::LastLineIncomplete => vec!["RECORD_UNPARSEABLE"],
        Tamper::SchemaInvalid => vec!["UNVERIFIABLE_SPAN"],
        Tamper::UppercaseManifest => vec!["FILE_EXTRA", "MANIFEST_INCOMPLETE"],
        Tamper::ManifestIncomplete => vec!["FILE_EXTRA"],
        Tamper::CheckpointRemoved | Tamper::CheckpointUnparseable => vec!["CHECKPOINT_DAY_MISSING"],
        _ => Vec::new(),
    }
}
