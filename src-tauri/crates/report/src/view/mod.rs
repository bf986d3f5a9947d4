//! The form for people: one page of HTML that needs nothing else and runs nothing.
//!
//! The template escapes every value. What could move text about or hide in it is made visible before.

mod findings;
mod strips;
mod tables;

use askama::Template;
use base64ct::{Base64, Encoding as _};
use verify::Severity;

use crate::again::Step;
use crate::document::Document;
use crate::fault::ReportFault;
use crate::particulars::Particulars;
use crate::places::grouped;

use findings::{Shown, shown};
use strips::{Strip, strips};
use tables::{Row, ScoreShown};

/// The style sheet, which the page's policy names by its hash.
// It repeats a few colors of the window (`ui/src/style/tokens.css`) on purpose: a report stands alone, follows the
// reader's system where the window follows a setting, and keeps its looks when those of the window change.
const STYLE: &str = include_str!("../../templates/report.css");

/// Everything on the page, ready to be written.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'p> {
    policy: String,
    style: &'static str,
    title: String,
    badge: &'p str,
    badge_words: &'static str,
    summary: &'p [String; 2],
    came: Option<String>,
    words: Vec<Row>,
    facts: Vec<Row>,
    particulars: &'p Particulars,
    counted: Vec<Row>,
    tally: String,
    findings: Vec<Shown>,
    findings_left_out: Option<String>,
    has_covered: bool,
    strips: Vec<Strip>,
    keys: Vec<Row>,
    pins: Vec<Row>,
    anchors: Vec<Row>,
    reach: Vec<Row>,
    heads: Vec<Row>,
    document: &'p Document,
    score: Option<ScoreShown>,
    limits: Vec<Row>,
    steps: &'p [Step],
    has_chain_steps: bool,
}

/// Writes the page.
pub(crate) fn page(document: &Document, particulars: &Particulars, steps: &[Step]) -> Result<Vec<u8>, ReportFault> {
    let digest = integrity::Digest::of(STYLE.as_bytes());
    let style_hash = Base64::encode_string(digest.as_bytes());
    let (findings, left_out) = shown(&document.findings);
    let page = Page {
        policy: format!("default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"),
        style: STYLE,
        title: particulars.subject.name.clone().unwrap_or_else(|| tables::called(particulars)),
        badge: &document.badge,
        badge_words: badge_words(&document.badge),
        summary: &document.summary,
        came: document.stopped.map(|came| format!("{} of {} bytes", grouped(came.bytes), grouped(came.bytes_total))),
        words: tables::words(document),
        facts: tables::facts(document, particulars),
        particulars,
        counted: tables::counted(document),
        tally: tally(document),
        findings,
        findings_left_out: left_out.map(|left_out| grouped(left_out as u64)),
        has_covered: document.is_audit_bundle(),
        strips: strips(&document.coverage),
        keys: tables::keys(document),
        pins: tables::pins(particulars),
        anchors: tables::anchors(document),
        reach: tables::reach(document),
        heads: tables::heads(document),
        document,
        score: ScoreShown::of(particulars),
        limits: tables::limits(particulars),
        steps,
        has_chain_steps: document.is_audit_bundle() && !steps.is_empty(),
    };
    page.render().map(String::into_bytes).map_err(|_| ReportFault::Unwritable)
}

/// The words on the badge (formats 1.11).
fn badge_words(badge: &str) -> &'static str {
    match badge {
        "altered" => "Altered or damaged",
        "unsigned" => "Unsigned",
        "verified" => "Verified",
        _ => "Not verified",
    }
}

/// How many findings of each weight.
fn tally(document: &Document) -> String {
    let count = |severity, one: &str, several: &str| match document.count(severity) {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{} {several}", grouped(more as u64))),
    };
    let parts = [
        count(Severity::Error, "error", "errors"),
        count(Severity::Warning, "warning", "warnings"),
        count(Severity::Info, "note", "notes"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "There are none.".to_owned() } else { format!("{}.", parts.join(", ")) }
}
