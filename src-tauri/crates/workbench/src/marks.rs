//! Which records of a bundle are marked by what was found: those that an error names, and those of a segment or stream
//! that as a whole is not what the audit manifest states.
//!
//! Nothing here judges; `verify` did. What the marks mean for one record is told by `meaning`.
//!
//! # Invariants
//! * Nothing is proven but what the report says is; once the verdict is history, the store takes it for standing only.
//! * Not verified is only what lies in a span that nothing can be said about, and everything while the check runs.
//! * No record is shown as standing that lies in a segment or stream with an error that no record was found for.

use std::collections::BTreeSet;

use bundle::ab1::AUDIT_MANIFEST_NAME;
use event_store::{RecordSpan, Standing};
use verify::{Code, Finding, Severity};

use crate::evidence::{CoveredSpan, SpanState};
use crate::meaning::{Concerns, RecordAt, concerns};
use crate::verdicts::Document;

/// Errors about a whole file or stream. They name no record where none could be told.
const ABOUT_A_WHOLE: [Code; 5] = [
    Code::FileHashMismatch,
    Code::SegmentHashMismatch,
    Code::SegmentCountMismatch,
    Code::SegmentBoundaryMismatch,
    Code::MerkleRootMismatch,
];

impl Document {
    /// What the findings say about single records.
    pub(crate) fn standing(&self, files: &[String]) -> Standing {
        let errors = Errors::of(self, files);
        let mut standing = Standing { verified: self.marks_records(), ..Standing::default() };
        for finding in &self.findings {
            match (finding.code, finding.severity) {
                (Code::UnverifiableSpan, _) => standing.unverified.extend(span_missing(finding)),
                (_, Severity::Error) => {
                    let named = spans_of(finding, files);
                    match concerns(finding) {
                        Concerns::Record => standing.altered.extend(named),
                        Concerns::Place => standing.misplaced.extend(named),
                        Concerns::Neighborhood => standing.beside.extend(named),
                    }
                    // Which of them is not as it was made cannot be told: all lie in a span in which something was altered.
                    standing.misplaced.extend(errors.whole_of(finding));
                }
                _ => {}
            }
        }
        if self.is_cut() {
            // Findings of one kind that are not listed one by one may be about any record.
            standing.altered.push(RecordSpan::All);
        }
        if self.marks_records() {
            let proven = self.coverage.iter().filter(|span| span.state == SpanState::Proven);
            standing.proven = proven.map(CoveredSpan::records).collect();
        }
        standing
    }

    /// Whether some error was found more often than it is listed.
    pub(crate) fn is_cut(&self) -> bool {
        let mut listed = std::collections::BTreeMap::<Code, u64>::new();
        errors(self).for_each(|finding| *listed.entry(finding.code).or_default() += 1);
        listed.values().any(|listed| *listed >= verify::FINDINGS_PER_CODE_MAX)
    }
}

/// What the errors of a report are about.
pub(crate) struct Errors<'r> {
    report: &'r Document,
    files: &'r [String],
    /// Files in which an error names a record.
    named: BTreeSet<&'r str>,
}

impl<'r> Errors<'r> {
    pub(crate) fn of(report: &'r Document, files: &'r [String]) -> Self {
        let names_some = errors(report).filter(|error| !spans_of(error, files).is_empty());
        Self { report, files, named: names_some.filter_map(|error| error.file.as_deref()).collect() }
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'r Finding> {
        errors(self.report)
    }

    /// Whether an error names this record.
    pub(crate) fn name(&self, error: &Finding, record: &RecordAt<'_>) -> bool {
        spans_of(error, self.files).iter().any(|span| holds(span, record))
    }

    /// Whether this record lies in what an error is about as a whole.
    pub(crate) fn enclose(&self, error: &Finding, record: &RecordAt<'_>) -> bool {
        self.whole_of(error).is_some_and(|span| holds(&span, record))
    }

    /// The records of the segment or stream that an error is about as a whole. Where another error names records of the
    /// same segment, those are what makes it differ, and the others are vouched for by their own hashes and links.
    fn whole_of(&self, error: &Finding) -> Option<RecordSpan> {
        if !ABOUT_A_WHOLE.contains(&error.code) || !spans_of(error, self.files).is_empty() {
            return None;
        }
        let Some(name) = error.file.as_deref().filter(|name| *name != AUDIT_MANIFEST_NAME) else {
            let stream = Some(error.stream_id.clone()?);
            return Some(RecordSpan::Seqs { stream, from: 0, to: u64::MAX });
        };
        if self.named.contains(name) {
            return None;
        }
        let file = self.files.iter().position(|file| *bundle::escape::visible(file) == *name)?;
        Some(RecordSpan::Lines { file: u32::try_from(file).ok()?, from: 1, to: u64::MAX })
    }
}

fn holds(span: &RecordSpan, record: &RecordAt<'_>) -> bool {
    match span {
        RecordSpan::All => true,
        RecordSpan::Lines { file, from, to } => *file == record.file && (*from..=*to).contains(&record.line),
        RecordSpan::Seqs { stream, from, to } => {
            let is_stream = stream.is_none() || stream.as_deref() == record.stream;
            is_stream && record.seq.is_some_and(|seq| (*from..=*to).contains(&seq))
        }
    }
}

fn errors(report: &Document) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.severity == Severity::Error)
}

/// File and line of the record that a finding names; in a table the row, which is the line of its record.
pub(crate) fn place_of(finding: &Finding, files: &[String]) -> Option<(u32, u64)> {
    let name = finding.file.as_deref()?;
    let file = files.iter().position(|file| *bundle::escape::visible(file) == *name)?;
    Some((u32::try_from(file).ok()?, finding.line.or(finding.row)?))
}

/// The records that an error names.
fn spans_of(finding: &Finding, files: &[String]) -> Vec<RecordSpan> {
    let stream = finding.stream_id.clone();
    if let Some([from, to]) = finding.altered_within {
        return vec![RecordSpan::Seqs { stream, from, to }];
    }
    if let Some([from, to]) = finding.between {
        return vec![
            RecordSpan::Seqs { stream: stream.clone(), from, to: from },
            RecordSpan::Seqs { stream, from: to, to },
        ];
    }
    let places = finding.moved.iter().chain(&finding.places).flatten();
    let mut spans: Vec<RecordSpan> = places
        .filter_map(|place| {
            let file = files.iter().position(|file| *bundle::escape::visible(file) == place.file)?;
            Some(RecordSpan::Lines { file: u32::try_from(file).ok()?, from: place.line, to: place.line })
        })
        .collect();
    if let Some((file, line)) = place_of(finding, files) {
        // Records that were added stand in a row, and the finding names the first.
        let is_run = matches!(finding.code, Code::EventInserted | Code::EventDuplicated);
        let more = finding.count.filter(|_| is_run).unwrap_or(1).saturating_sub(1);
        spans.push(RecordSpan::Lines { file, from: line, to: line.saturating_add(more) });
    }
    spans
}

fn span_missing(finding: &Finding) -> Option<RecordSpan> {
    Some(RecordSpan::Seqs { stream: finding.stream_id.clone(), from: finding.missing_from?, to: finding.missing_to? })
}
