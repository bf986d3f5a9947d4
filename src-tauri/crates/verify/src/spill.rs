//! The fingerprints of event ids in memory: sorted runs, merged once at the end. 24 bytes for each record.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use crate::chain::Spot;
use crate::hands::{Print, Spill};

/// Fingerprints in one sorted run: 3 MiB, so that no vector ever grows by doubling something large.
pub(crate) const RUN_PRINTS: usize = 1 << 17;
/// Most equal fingerprints that are handed over together. A log of one event id must not fill memory twice.
const REPEATS_MAX: usize = 1000;

/// A [`Spill`] that holds everything in memory: 24 bytes for each record.
#[derive(Debug, Default)]
pub struct MemorySpill {
    sorted: Vec<Vec<Print>>,
    open: Vec<Print>,
}

impl MemorySpill {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it holds of records in the first `segments` segments, as runs of at most 3 MiB.
    pub(crate) fn into_first(mut self, segments: u32) -> Vec<Vec<Print>> {
        self.close();
        for run in &mut self.sorted {
            run.retain(|print| Spot::unpacked(print.place).segment < segments);
        }
        self.sorted
    }

    fn close(&mut self) {
        self.open.sort_unstable();
        self.sorted.push(std::mem::take(&mut self.open));
    }
}

impl Spill for MemorySpill {
    fn add(&mut self, prints: &mut Vec<Print>) -> io::Result<()> {
        for print in prints.drain(..) {
            if self.open.capacity() == 0 {
                self.open.reserve_exact(RUN_PRINTS);
            }
            self.open.push(print);
            if self.open.len() >= RUN_PRINTS {
                self.close();
            }
        }
        Ok(())
    }

    fn repeats(&mut self, each: &mut dyn FnMut(&[Print])) -> io::Result<()> {
        self.close();
        let mut runs: Vec<_> = self.sorted.iter().map(|run| run.iter().copied()).collect();
        let mut heap: BinaryHeap<_> =
            runs.iter_mut().enumerate().filter_map(|(index, run)| Some(Reverse((run.next()?, index)))).collect();
        let mut group: Vec<Print> = Vec::new();
        while let Some(mut top) = heap.peek_mut() {
            let Reverse((print, index)) = *top;
            match runs.get_mut(index).and_then(Iterator::next) {
                Some(next) => *top = Reverse((next, index)),
                None => drop(std::collections::binary_heap::PeekMut::pop(top)),
            }
            if group.first().is_some_and(|first| first.key != print.key) {
                if group.len() > 1 {
                    each(&group);
                }
                group.clear();
            }
            if group.len() < REPEATS_MAX {
                group.push(print);
            }
        }
        if group.len() > 1 {
            each(&group);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_repeat_are_handed_over_and_sorted_by_place() {
        let mut spill = MemorySpill::new();
        for place in (0..300_000).rev() {
            let key = if place % 100_000 == 7 { 7 } else { place };
            spill.add(&mut vec![Print { key: [key, 1], place }]).unwrap();
        }
        let mut seen = Vec::new();
        spill.repeats(&mut |group| seen.push(group.iter().map(|print| print.place).collect::<Vec<_>>())).unwrap();
        assert_eq!(seen, [[7, 100_007, 200_007]]);
    }
}
