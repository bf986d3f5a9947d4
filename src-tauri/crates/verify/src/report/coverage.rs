//! What the evidence covers: spans of each stream with one of four states.
//!
//! The words are those of the command line, and this is what they mean here:
//! * `altered`: records of the span contradict their own hash or the chain;
//! * `missing`: records of the span were taken out or cut off;
//! * `proven`: somebody outside the bundle vouches for the span, by a pinned key or an anchor. Nothing is proven until
//!   those are checked, so the word does not occur yet;
//! * `not_covered`: everything else. That is also said of records which agree with each other in an unsigned bundle:
//!   agreement shows that nobody changed a single one, but whoever held the log could have made all of it anew, so no
//!   proof covers it. Spans that lie in an archive or a lost file are not covered either.

use serde::Serialize;

use crate::chain::{Linked, Piece, Trace};
use crate::record::clock;

/// Most spans that are told for one stream.
const SPANS_MAX: usize = 2000;

/// What can be said of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageState {
    /// Somebody outside the bundle vouches for it. Does not occur yet.
    Proven,
    /// It contradicts itself.
    Altered,
    /// It was taken out or cut off.
    Missing,
    /// No proof covers it.
    NotCovered,
}

/// A span of one stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageSpan {
    /// The system whose log it is, as stated by the bundle; else the stream's id.
    pub source: String,
    /// The stream.
    pub stream_id: String,
    /// When it begins, RFC 3339 in UTC; empty where no time is known.
    pub from: String,
    /// When it ends.
    pub to: String,
    /// Its first record.
    pub from_seq: u64,
    /// Its last record.
    pub to_seq: u64,
    /// What can be said of it.
    pub state: CoverageState,
}

/// Beginning and end in nanoseconds since 1970, where known.
pub(crate) type Times = (Option<i64>, Option<i64>);

struct Part {
    from: u64,
    to: u64,
    state: CoverageState,
    times: Times,
}

/// The spans of one stream in the order of its numbers.
pub(crate) fn spans_of(source: &str, trace: &Trace, linked: &Linked) -> Vec<CoverageSpan> {
    let mut parts = Vec::new();
    for (spans, state) in [
        (&linked.missing, CoverageState::Missing),
        (&linked.unverifiable, CoverageState::NotCovered),
        (&linked.archived, CoverageState::NotCovered),
    ] {
        parts.extend(spans.ranges().map(|(from, to)| Part { from, to, state, times: (None, None) }));
    }
    let mut off = trace.altered.clone();
    for (from, to) in linked.suspect.ranges() {
        off.add(from, to);
    }
    for piece in &linked.kept {
        parts.extend(parts_of(piece, &off));
    }
    parts.sort_by_key(|part| part.from);
    let merged = merge(parts);
    let mut before = None;
    let mut spans: Vec<_> = Vec::with_capacity(merged.len().min(SPANS_MAX));
    for (index, part) in merged.iter().enumerate().take(SPANS_MAX) {
        // Where a span's own times are not known, its neighbors bound it.
        let after = merged.iter().skip(index + 1).find_map(|next| next.times.0);
        let (from, to) = (part.times.0.or(before), part.times.1.or(after).or(part.times.0));
        before = part.times.1.or(part.times.0).or(before);
        let text = |time: Option<i64>| time.map(clock::text).unwrap_or_default();
        spans.push(CoverageSpan {
            source: source.to_owned(),
            stream_id: trace.id.clone(),
            from: text(from),
            to: text(to),
            from_seq: part.from,
            to_seq: part.to,
            state: part.state,
        });
    }
    spans
}

fn parts_of(piece: &Piece, off: &crate::spans::Spans) -> Vec<Part> {
    let split = off.split(piece.first_seq, piece.last_seq);
    let part = |(from, to, is_off): (u64, u64, bool)| Part {
        from,
        to,
        state: if is_off { CoverageState::Altered } else { CoverageState::NotCovered },
        times: (piece.first_time.filter(|_| from == piece.first_seq), piece.last_time.filter(|_| to == piece.last_seq)),
    };
    split.into_iter().map(part).collect()
}

/// Joins neighbors of the same state.
fn merge(parts: Vec<Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::new();
    for part in parts {
        match merged.last_mut() {
            Some(last) if last.state == part.state => {
                last.to = last.to.max(part.to);
                last.times.1 = part.times.1;
                last.times.0 = last.times.0.or(part.times.0);
            }
            _ => merged.push(part),
        }
    }
    merged
}
