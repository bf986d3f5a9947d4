//! What the evidence covers: spans of each stream with one of four states.
//!
//! The words are those of the command line, and this is what they mean here:
//! * `altered`: records of the span contradict their own hash, their signature or the chain;
//! * `missing`: records of the span were taken out or cut off, or the file that ought to hold them is not there;
//! * `proven`: somebody outside the bundle vouches for the span, by a pinned key or an anchor;
//! * `not_covered`: everything else. That is also said of records which agree with each other in an unsigned bundle:
//!   agreement shows that nobody changed a single one, but whoever held the log could have made all of it anew, so no
//!   proof covers it. Spans that lie in an archive or that cannot be read are not covered either.

use serde::Serialize;

use crate::chain::{Linked, Piece, Trace};
use crate::reach::Reach;
use crate::record::clock;
use crate::spans::Spans;

/// Most spans that are told for one stream.
const SPANS_MAX: usize = 2000;

/// What can be said of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageState {
    /// Somebody outside the bundle vouches for it.
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
    /// When its first record was made, RFC 3339 in UTC. Where that is not known, as of records that are missing: the
    /// last time known before it; empty if there is none.
    pub from: String,
    /// When its last record was made; else the first time known of the span after it.
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
pub(crate) fn spans_of(source: &str, trace: &Trace, linked: &Linked, reach: &Reach) -> Vec<CoverageSpan> {
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
    let proven = reach.stretches.iter().filter(|stretch| stretch.vouched.is_proven());
    let proven: Vec<_> = proven.map(|stretch| (stretch.from, stretch.to)).collect();
    for piece in &linked.kept {
        parts.extend(parts_of(piece, &off, &proven));
    }
    for (from, to) in linked.bridged.ranges() {
        let is_proven = proven.iter().any(|(first, last)| *first <= from && to <= *last);
        let state = if is_proven { CoverageState::Proven } else { CoverageState::NotCovered };
        parts.push(Part { from, to, state, times: (None, None) });
    }
    parts.sort_by_key(|part| part.from);
    let merged = merge(parts);
    let mut before = None;
    let mut spans: Vec<_> = Vec::with_capacity(merged.len().min(SPANS_MAX));
    for (index, part) in merged.iter().enumerate().take(SPANS_MAX) {
        let own = (part.times.0.or(trace.times.of(part.from)), part.times.1.or(trace.times.of(part.to)));
        // Where a span's own times are not known, its neighbors bound it.
        let after = merged.get(index + 1).and_then(|next| next.times.0.or(trace.times.of(next.from)));
        let (from, to) = (own.0.or(before), own.1.or(after));
        before = own.1.or(own.0).or(before);
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

/// The parts of a piece: what is off, what is proven, the rest. `proven` is in order and free of what is off.
fn parts_of(piece: &Piece, off: &Spans, proven: &[(u64, u64)]) -> Vec<Part> {
    let part = |from: u64, to: u64, state: CoverageState| Part {
        from,
        to,
        state,
        times: (piece.first_time.filter(|_| from == piece.first_seq), piece.last_time.filter(|_| to == piece.last_seq)),
    };
    let mut parts = Vec::new();
    for (mut from, to, is_off) in off.split(piece.first_seq, piece.last_seq) {
        if is_off {
            parts.push(part(from, to, CoverageState::Altered));
            continue;
        }
        let begin = proven.partition_point(|(_, last)| *last < from);
        for (first, last) in proven.iter().skip(begin).take_while(|(first, _)| *first <= to) {
            if from < *first {
                parts.push(part(from, first - 1, CoverageState::NotCovered));
            }
            parts.push(part(from.max(*first), to.min(*last), CoverageState::Proven));
            from = last.saturating_add(1);
        }
        if from <= to {
            parts.push(part(from, to, CoverageState::NotCovered));
        }
    }
    parts
}

/// Joins neighbors of the same state.
fn merge(parts: Vec<Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::new();
    for part in parts {
        match merged.last_mut() {
            Some(last) if last.state == part.state => {
                last.to = last.to.max(part.to);
                last.times.1 = part.times.1;
            }
            _ => merged.push(part),
        }
    }
    merged
}
