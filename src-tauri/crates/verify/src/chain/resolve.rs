//! Several records with one number: which of them belongs to the chain, and what the others are.

use integrity::Digest;

use super::detail::Lines;
use super::pieces::Piece;

/// A piece that is not part of the chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extra {
    pub(crate) piece: Piece,
    /// It repeats the record that was kept.
    pub(crate) is_copy: bool,
}

/// Groups of pieces with the same numbers, in the order of their numbers.
pub(crate) fn groups(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    pieces.chunk_by(|one, other| one.first_seq == other.first_seq)
}

/// Asks for the lines that tell copies from insertions.
pub(crate) fn want_rivals(sorted: &[Piece], lines: &mut Lines) {
    for group in groups(sorted).filter(|group| group.len() > 1) {
        for piece in group {
            lines.want(piece.spot);
            lines.want(piece.last_spot());
        }
    }
}

/// Keeps one piece of each group: the one that follows its predecessor, then the one that a successor names, then the
/// first. `beginning` is what the very first record ought to follow.
pub(crate) fn keep_one_each(sorted: &[Piece], beginning: Option<Digest>, lines: &Lines) -> (Vec<Piece>, Vec<Extra>) {
    let mut kept: Vec<Piece> = Vec::new();
    let mut extras = Vec::new();
    let mut groups = groups(sorted).peekable();
    while let Some(group) = groups.next() {
        let predecessor = match kept.last() {
            Some(last) if last.last_seq + 1 == group.first().map_or(0, |piece| piece.first_seq) => last.last_hash,
            Some(_) => None,
            None => beginning,
        };
        let successors = groups.peek().copied().unwrap_or_default();
        let Some(chosen) = choose(group, predecessor, successors) else { continue };
        for piece in group.iter().filter(|piece| piece.order != chosen.order) {
            extras.push(Extra { piece: *piece, is_copy: is_copy(piece, chosen, lines) });
        }
        kept.push(*chosen);
    }
    (kept, extras)
}

fn choose<'p>(group: &'p [Piece], predecessor: Option<Digest>, successors: &[Piece]) -> Option<&'p Piece> {
    let follows = |piece: &&Piece| predecessor.is_some() && piece.first_prev == predecessor;
    let is_named =
        |piece: &&Piece| piece.last_hash.is_some() && successors.iter().any(|next| next.first_prev == piece.last_hash);
    let following: Vec<_> = group.iter().filter(follows).collect();
    let candidates: Vec<_> = if following.is_empty() { group.iter().collect() } else { following };
    candidates.iter().copied().find(is_named).or_else(|| candidates.first().copied())
}

fn is_copy(piece: &Piece, kept: &Piece, lines: &Lines) -> bool {
    [(piece.spot, kept.spot), (piece.last_spot(), kept.last_spot())].iter().all(|(one, other)| {
        matches!((lines.get(*one), lines.get(*other)), (Some(one), Some(other)) if one.content == other.content)
    })
}
