//! Coverage as a strip for each stream, and in words below it.

use crate::document::Span;
use crate::places::grouped;

/// The strip's own units across.
const WIDTH: f64 = 1000.0;
/// The narrowest that a part is drawn, so that a single record among millions is seen.
const NARROWEST: f64 = 4.0;
/// Most parts of a strip that are drawn, and told, one by one.
const PARTS_MAX: usize = 60;

/// The strip of one stream.
pub(super) struct Strip {
    pub(super) source: String,
    pub(super) stream_id: String,
    pub(super) parts: Vec<Part>,
    pub(super) left_out: Option<String>,
}

/// A span of it.
pub(super) struct Part {
    pub(super) state: &'static str,
    pub(super) word: &'static str,
    pub(super) x: String,
    pub(super) width: String,
    pub(super) records: String,
    pub(super) times: String,
}

/// One strip for each stream, in the order of the document.
pub(super) fn strips(spans: &[Span]) -> Vec<Strip> {
    spans.chunk_by(|one, other| one.stream_id == other.stream_id).map(strip).collect()
}

fn strip(spans: &[Span]) -> Strip {
    let count = |span: &Span| to_float(span.to_seq.saturating_sub(span.from_seq).saturating_add(1));
    let drawn = spans.get(..PARTS_MAX).unwrap_or(spans);
    let total: f64 = drawn.iter().map(count).sum();
    let widths: Vec<f64> = drawn.iter().map(|span| (count(span) / total * WIDTH).max(NARROWEST)).collect();
    let scale = WIDTH / widths.iter().sum::<f64>();
    let mut x = 0.0;
    let parts = drawn.iter().zip(&widths).map(|(span, width)| {
        let (state, word) = state(&span.state);
        let part = Part {
            state,
            word,
            x: format!("{x:.2}"),
            width: format!("{:.2}", width * scale),
            records: if span.from_seq == span.to_seq {
                grouped(span.from_seq)
            } else {
                format!("{} to {}", grouped(span.from_seq), grouped(span.to_seq))
            },
            times: times(span),
        };
        x += width * scale;
        part
    });
    let left_out = spans.len().saturating_sub(PARTS_MAX);
    let (source, stream_id) =
        spans.first().map(|span| (span.source.clone(), span.stream_id.clone())).unwrap_or_default();
    Strip { source, stream_id, parts: parts.collect(), left_out: (left_out > 0).then(|| grouped(left_out as u64)) }
}

fn times(span: &Span) -> String {
    match (span.from.as_str(), span.to.as_str()) {
        ("", "") => String::new(),
        (from, "") => format!("from {from}"),
        ("", to) => format!("until {to}"),
        (from, to) if from == to => from.to_owned(),
        (from, to) => format!("{from} to {to}"),
    }
}

fn state(state: &str) -> (&'static str, &'static str) {
    match state {
        "proven" => ("proven", "Proven"),
        "altered" => ("altered", "Altered"),
        "missing" => ("missing", "Missing"),
        _ => ("uncovered", "Not covered"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a width on paper")]
fn to_float(count: u64) -> f64 {
    count as f64
}
