//! Which records lie out of order: those outside a longest run of non-decreasing numbers (patience sorting).

use super::pieces::Piece;

/// For each piece, in the order of the bundle, whether it belongs to a longest non-decreasing run.
///
/// Pieces share no numbers unless they are equal, so a run takes a piece whole or not at all. A piece of several
/// records cannot follow its own copy; one of a single record can.
pub(crate) fn in_longest_run(pieces: &[Piece]) -> Vec<bool> {
    if pieces.windows(2).all(|pair| matches!(pair, [p, r] if p.last_seq <= r.first_seq)) {
        return vec![true; pieces.len()];
    }
    let mut ends: Vec<u64> = pieces.iter().map(|piece| piece.last_seq).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut best = Best { table: vec![None; ends.len() + 1] };
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pieces.len());
    let mut longest: Option<(u64, usize)> = None;
    for (index, piece) in pieces.iter().enumerate() {
        // Everything that ends before this piece begins, and for a single record its own copy.
        let limit = if piece.count() == 1 { piece.first_seq } else { piece.first_seq - 1 };
        let behind = best.up_to(ends.partition_point(|end| *end <= limit));
        let length = behind.map_or(0, |(length, _)| length) + piece.count();
        before.push(behind.map(|(_, index)| index));
        best.offer(ends.partition_point(|end| *end < piece.last_seq) + 1, (length, index));
        if longest.is_none_or(|(longest, _)| length > longest) {
            longest = Some((length, index));
        }
    }
    let mut taken = vec![false; pieces.len()];
    let mut at = longest.map(|(_, index)| index);
    while let Some(index) = at {
        if let Some(taken) = taken.get_mut(index) {
            *taken = true;
        }
        at = before.get(index).copied().flatten();
    }
    taken
}

/// The longest run so far among those that end at one of the first `n` ends: a binary indexed tree of maxima.
struct Best {
    /// From index 1.
    table: Vec<Option<(u64, usize)>>,
}

impl Best {
    fn up_to(&self, mut n: usize) -> Option<(u64, usize)> {
        let mut best: Option<(u64, usize)> = None;
        while n > 0 {
            if let Some(found) = self.table.get(n).copied().flatten()
                && best.is_none_or(|best| found.0 > best.0)
            {
                best = Some(found);
            }
            n &= n - 1;
        }
        best
    }

    fn offer(&mut self, mut n: usize, run: (u64, usize)) {
        while let Some(place) = self.table.get_mut(n) {
            if place.is_none_or(|held| run.0 > held.0) {
                *place = Some(run);
            }
            n += n & n.wrapping_neg();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chain::Spot;

    fn pieces(numbers: &[(u64, u64)]) -> Vec<Piece> {
        let piece = |(order, (first_seq, last_seq)): (usize, &(u64, u64))| Piece {
            first_seq: *first_seq,
            last_seq: *last_seq,
            spot: Spot { segment: 0, line: 0 },
            first_prev: None,
            last_hash: None,
            first_time: None,
            last_time: None,
            order,
        };
        numbers.iter().enumerate().map(piece).collect()
    }

    #[test]
    fn the_fewest_records_count_as_moved() {
        let run = in_longest_run(&pieces(&[(1, 10), (50, 50), (11, 40), (41, 49), (5, 5)]));
        assert_eq!(run, [true, false, true, true, false]);
        assert_eq!(in_longest_run(&pieces(&[(3, 3), (3, 3), (4, 9)])), [true; 3]);
        assert_eq!(in_longest_run(&pieces(&[(3, 4), (3, 4), (5, 9)])).iter().filter(|taken| **taken).count(), 2);
        assert!(in_longest_run(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_run_is_as_long_as_a_slow_search_finds(numbers in prop::collection::vec(1_u64..12, 0..12)) {
            let singles: Vec<_> = numbers.iter().map(|number| (*number, *number)).collect();
            let taken = in_longest_run(&pieces(&singles));
            let run: Vec<_> = numbers.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(n, _)| *n).collect();
            prop_assert!(run.is_sorted());
            let mut lengths = vec![0_usize; numbers.len()];
            for at in 0..numbers.len() {
                let behind = (0..at).filter(|b| numbers[*b] <= numbers[at]).map(|b| lengths[b]).max();
                lengths[at] = behind.unwrap_or(0) + 1;
            }
            prop_assert_eq!(run.len(), lengths.into_iter().max().unwrap_or(0));
        }
    }
}
