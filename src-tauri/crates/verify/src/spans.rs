//! A set of record numbers, kept as ranges that do not touch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Most ranges that are kept apart. Beyond it the set takes in more than it was told: everything from then on counts
/// as contained, which makes a report more cautious, never less.
const RANGES_MAX: usize = 100_000;

/// Record numbers as disjoint ranges.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Spans {
    ends: BTreeMap<u64, u64>,
    overfull: bool,
}

impl Spans {
    /// Adds all numbers from `from` to `to`; nothing if `to` is less.
    pub(crate) fn add(&mut self, from: u64, to: u64) {
        if from > to || self.overfull {
            return;
        }
        let (mut from, mut to) = (from, to);
        // Take in every range that overlaps or touches.
        while let Some((&start, &end)) = self.ends.range(..=to.saturating_add(1)).next_back() {
            if end.saturating_add(1) < from {
                break;
            }
            self.ends.remove(&start);
            from = from.min(start);
            to = to.max(end);
        }
        self.overfull = self.ends.len() >= RANGES_MAX;
        self.ends.insert(from, to);
    }

    /// Whether any number from `from` to `to` is contained.
    pub(crate) fn meets(&self, from: u64, to: u64) -> bool {
        self.overfull || self.ends.range(..=to).next_back().is_some_and(|(_, end)| *end >= from)
    }

    /// The last contained number from `from` to `to`; none at all once the set has taken in more than it was told.
    pub(crate) fn last_within(&self, from: u64, to: u64) -> Option<u64> {
        let (_, end) = self.ends.range(..=to).next_back().filter(|_| !self.overfull)?;
        Some(*end.min(&to)).filter(|last| *last >= from)
    }

    /// Splits `from` to `to` into parts: (from, to, contained).
    pub(crate) fn split(&self, from: u64, to: u64) -> Vec<(u64, u64, bool)> {
        let mut parts = Vec::new();
        let mut at = from;
        let before = self.ends.range(..from).next_back();
        for (&start, &end) in before.into_iter().chain(self.ends.range(from..)) {
            if at > to || start > to {
                break;
            }
            if end < at {
                continue;
            }
            if start > at {
                parts.push((at, start - 1, false));
            }
            parts.push((start.max(at), end.min(to), true));
            at = end.saturating_add(1);
        }
        if at <= to {
            parts.push((at, to, self.overfull));
        }
        parts
    }

    /// How many ranges there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The ranges in order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ends.iter().map(|(start, end)| (*start, *end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_become_one() {
        let mut spans = Spans::default();
        for (from, to) in [(5, 7), (1, 2), (9, 9), (8, 8), (20, 10), (3, 3)] {
            spans.add(from, to);
        }
        assert_eq!(spans.ranges().collect::<Vec<_>>(), [(1, 3), (5, 9)]);
        assert!(spans.meets(4, 5) && !spans.meets(4, 4) && !spans.meets(10, 99));
        assert_eq!(spans.split(2, 6), [(2, 3, true), (4, 4, false), (5, 6, true)]);
        assert_eq!(
            [(1, 4), (4, 4), (4, 7), (6, 99)].map(|(from, to)| spans.last_within(from, to)),
            [Some(3), None, Some(7), Some(9)]
        );
        assert_eq!(spans.split(10, 12), [(10, 12, false)]);
        assert_eq!(spans.split(4, 11), [(4, 4, false), (5, 9, true), (10, 11, false)]);
    }
}
