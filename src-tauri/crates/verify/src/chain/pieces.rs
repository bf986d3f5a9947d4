//! Stretches cut so that two of them hold either no number in common or exactly the same ones.

use std::collections::BTreeSet;

use integrity::Digest;

use super::detail::Lines;
use super::trace::{Spot, Stretch};

/// Most pieces that stretches are cut into.
const PIECES_MAX: usize = 600_000;

/// A stretch or a part of one. What a cut made unknown is filled in from lines that are read again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) spot: Spot,
    pub(crate) first_prev: Option<Digest>,
    pub(crate) last_hash: Option<Digest>,
    pub(crate) first_time: Option<i64>,
    pub(crate) last_time: Option<i64>,
    /// Place in the order of the bundle.
    pub(crate) order: usize,
}

impl Piece {
    /// How many records it holds.
    pub(crate) fn count(&self) -> u64 {
        self.last_seq - self.first_seq + 1
    }

    /// Where its last record lies.
    pub(crate) fn last_spot(&self) -> Spot {
        self.spot.down(self.last_seq - self.first_seq)
    }

    /// Whether `next` is the rest of the stretch that this piece was cut from.
    pub(crate) fn runs_on_in(&self, next: &Self) -> bool {
        self.last_seq + 1 == next.first_seq && self.last_spot().down(1) == next.spot
    }
}

/// Cuts stretches into pieces, in the order of the bundle.
pub(crate) fn cut(stretches: &[Stretch]) -> Vec<Piece> {
    let cuts = cuts(stretches);
    let mut pieces = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let mut first = stretch.first_seq;
        // A range that ends before it begins would panic; from the last number on there is nothing to cut.
        let inner = cuts.range(stretch.first_seq..=stretch.last_seq).copied().filter(|cut| *cut > stretch.first_seq);
        let room = PIECES_MAX.saturating_sub(pieces.len());
        for end in inner.take(room).chain([stretch.last_seq + 1]) {
            pieces.push(part(stretch, first, end - 1, pieces.len()));
            first = end;
        }
    }
    pieces
}

/// The numbers at which a stretch must be cut because another one begins or ends there. None if no two overlap.
fn cuts(stretches: &[Stretch]) -> BTreeSet<u64> {
    let mut ranges: Vec<_> = stretches.iter().map(|stretch| (stretch.first_seq, stretch.last_seq)).collect();
    ranges.sort_unstable();
    let mut reached = 0;
    let overlaps = ranges.iter().any(|(first, last)| {
        let overlaps = *first <= reached;
        reached = reached.max(*last);
        overlaps
    });
    if !overlaps {
        return BTreeSet::new();
    }
    ranges.iter().flat_map(|(first, last)| [*first, last + 1]).collect()
}

fn part(stretch: &Stretch, first_seq: u64, last_seq: u64, order: usize) -> Piece {
    let (begins, ends) = (first_seq == stretch.first_seq, last_seq == stretch.last_seq);
    Piece {
        first_seq,
        last_seq,
        spot: stretch.spot.down(first_seq - stretch.first_seq),
        first_prev: begins.then_some(stretch.first_prev),
        last_hash: ends.then_some(stretch.last_hash),
        first_time: if begins { stretch.first_time } else { None },
        last_time: if ends { stretch.last_time } else { None },
        order,
    }
}

/// Asks for the lines that tell what cutting made unknown.
pub(crate) fn want_unknown(pieces: &[Piece], lines: &mut Lines) {
    for piece in pieces {
        if piece.first_prev.is_none() {
            lines.want(piece.spot);
        }
        if piece.last_hash.is_none() {
            lines.want(piece.last_spot());
        }
    }
}

/// Fills in what cutting made unknown.
pub(crate) fn fill_unknown(pieces: &mut [Piece], lines: &Lines) {
    for piece in pieces {
        if piece.first_prev.is_none()
            && let Some(detail) = lines.get(piece.spot)
        {
            piece.first_prev = Some(detail.prev);
            piece.first_time = detail.time;
        }
        if piece.last_hash.is_none()
            && let Some(detail) = lines.get(piece.last_spot())
        {
            piece.last_hash = Some(detail.hash);
            piece.last_time = detail.time;
        }
    }
}
