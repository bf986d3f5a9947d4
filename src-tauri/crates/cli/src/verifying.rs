//! `verify` and `inspect`: without a vault, without a trace.

use std::path::Path;

use workbench::direct::{self, Verified, VerifyWish};
use workbench::wire::{Fault, FaultCode, Verdict};
use workbench::{Gauge, grouped};

use crate::args::Format;
use crate::code::Code;
use crate::output::{Output, note};
use crate::progress;

/// Checks a bundle and says what was found.
pub(crate) fn verify(bundle: &Path, wish: &VerifyWish, format: Format) -> Result<Code, Fault> {
    let gauge = Gauge::default();
    let verified = match progress::show("Checking", &gauge, || direct::verify(bundle, wish, &gauge)) {
        // Stopped behind the check: while its report was made.
        Err(fault) if fault.code == FaultCode::Cancelled => {
            note("Not verified: it was stopped before its end. No report was written.");
            return Ok(Code::NotEvaluable);
        }
        verified => verified?,
    };
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&verified.json)?,
        Format::Csv => report_as_csv(&verified, &mut output)?,
        Format::Text => report_as_text(&verified, &mut output)?,
    }
    output.finish()?;
    if verified.is_stopped && wish.report.is_some() {
        note("No report was written: the check was stopped before its end.");
    } else if let Some(report) = &wish.report {
        note(&format!("The report is in {}.", report.file.display()));
    }
    Ok(match verified.integrity() {
        "FAIL" => Code::Bad,
        "NOT_EVALUABLE" => Code::NotEvaluable,
        _ => Code::Done,
    })
}

fn report_as_text(verified: &Verified, output: &mut Output) -> Result<(), Fault> {
    let verdict = &verified.verdict;
    output.line(&format!("{}: {}", verdict.badge.word, verdict.sentence))?;
    let assurance = verdict.assurance.as_deref().unwrap_or("none");
    output.line(&format!("Integrity {}, assurance {assurance}", verified.integrity()))?;
    paragraph("Checked", &verdict.checked, output)?;
    for finding in &verified.findings {
        output.line("")?;
        output.line(&format!("[{}] {}", finding.severity, finding.code))?;
        output.line(&format!("  {}", finding.message))?;
        for (label, value) in &finding.places {
            output.line(&format!("  {label}: {value}"))?;
        }
        for (label, value) in [("Expected", &finding.expected), ("Found", &finding.actual)] {
            if let Some(value) = value {
                output.line(&format!("  {label}: {value}"))?;
            }
        }
    }
    paragraph("This proves", &verdict.proves, output)?;
    paragraph("This does not prove", &verdict.does_not_prove, output)
}

fn paragraph(title: &str, sentences: &[String], output: &mut Output) -> Result<(), Fault> {
    if sentences.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line(title)?;
    sentences.iter().try_for_each(|sentence| output.line(&format!("  - {sentence}")))
}

/// A row for each finding, and the verdict as the last: a table without findings is no empty answer.
fn report_as_csv(verified: &Verified, output: &mut Output) -> Result<(), Fault> {
    output.csv(&["code", "severity", "message", "place", "expected", "actual"])?;
    verified.findings.iter().try_for_each(|finding| {
        let place: Vec<String> = finding.places.iter().map(|(label, value)| format!("{label}: {value}")).collect();
        let given = |value: &Option<String>| value.clone().unwrap_or_default();
        let (expected, actual) = (given(&finding.expected), given(&finding.actual));
        output.csv(&[&finding.code, &finding.severity, &finding.message, &place.join("; "), &expected, &actual])
    })?;
    let Verdict { badge, sentence, assurance, .. } = &verified.verdict;
    let said = format!("{}: {sentence}", badge.word);
    let place = format!("Assurance: {}", assurance.as_deref().unwrap_or("none"));
    output.csv(&["VERDICT", verified.integrity(), &said, &place, "", ""])
}

/// Says what a bundle is and holds.
pub(crate) fn inspect(bundle: &Path, allow_large: bool, format: Format) -> Result<Code, Fault> {
    let inspected = direct::inspect(bundle, allow_large)?;
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&inspected.json)?,
        Format::Csv => {
            output.csv(&["fact", "value"])?;
            inspected.facts.iter().try_for_each(|(label, value)| output.csv(&[label, value]))?;
        }
        Format::Text => {
            output.line("Not verified: this is what the bundle says of itself.")?;
            inspected.facts.iter().try_for_each(|(label, value)| output.line(&format!("{label:<16} {value}")))?;
            output.line(&format!("{:<16} {}", "Bytes", grouped(inspected.bytes)))?;
        }
    }
    output.finish()?;
    Ok(Code::Done)
}
