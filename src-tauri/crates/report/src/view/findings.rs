//! Findings as the page shows them: worst first, each with its place and both values.

use std::cmp::Reverse;

use verify::{Finding, Severity};

use crate::places::places;

/// Most findings on the page; the form for programs holds them all.
const FINDINGS_SHOWN_MAX: usize = 1_000;

/// One finding.
pub(super) struct Shown {
    pub(super) severity: &'static str,
    pub(super) word: &'static str,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) places: Vec<(String, String)>,
    pub(super) expected: Option<String>,
    pub(super) actual: Option<String>,
}

/// The findings that fit, and how many do not.
pub(super) fn shown(findings: &[Finding]) -> (Vec<Shown>, Option<usize>) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| Reverse(finding.severity));
    let left_out = sorted.len().saturating_sub(FINDINGS_SHOWN_MAX);
    let shown = sorted.into_iter().take(FINDINGS_SHOWN_MAX).map(one).collect();
    (shown, (left_out > 0).then_some(left_out))
}

fn one(finding: &Finding) -> Shown {
    let (severity, word) = match finding.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warning", "Warning"),
        Severity::Info => ("info", "Note"),
    };
    Shown {
        severity,
        word,
        code: finding.code.name(),
        message: finding.message.clone(),
        places: places(finding),
        expected: finding.expected.clone(),
        actual: finding.actual.clone(),
    }
}
