//! A stretch of time cut into bins of the calendar, with labels: what bars and maps over time are drawn on.
//!
//! Answers that are laid over each other have to be cut the same way, so a scale is made once, from the bundle.

use serde::Serialize;

use crate::{Span, Step, Zone};

/// The most bins that are ever made: more than a screen has columns.
pub const BINS_MAX: usize = 2000;
/// About as many labels fit below the bins.
const TICKS_MAX: usize = 8;

/// One label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tick {
    /// Where it stands: nanoseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What it says.
    pub label: String,
}

/// Bins in time order, without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    step: Step,
    zone: Zone,
    /// Where each bin begins, and where the last one ends.
    edges: Vec<i64>,
    /// The bin of the last instant that was looked up: events come nearly in order.
    last: usize,
}

impl Scale {
    /// Bins of the finest step of which at most `bins_max` (1 to [`BINS_MAX`]) cover the span.
    #[must_use]
    pub fn over(span: Span, zone: Zone, bins_max: usize) -> Self {
        let step = Step::finest(span, zone, bins_max.clamp(1, BINS_MAX));
        // 1677 to 2262 are 60 decades: if fewer bins are wanted than the coarsest step gives, there are some more.
        let edges = step.edges(span, zone, BINS_MAX).unwrap_or_default();
        Self { step, zone, edges, last: 0 }
    }

    /// How long a bin is.
    #[must_use]
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Whose calendar it is.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// How many bins there are.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The bins in order.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        self.edges.iter().zip(self.edges.iter().skip(1)).map(|(from, until)| Span { from: *from, until: *until })
    }

    /// The number of the bin that an instant lies in, from 0; `None` before the first and after the last.
    pub fn bin(&mut self, nanos: i64) -> Option<usize> {
        let within =
            |at: usize| self.edges.get(at).zip(self.edges.get(at + 1)).is_some_and(|(a, b)| *a <= nanos && nanos < *b);
        if !within(self.last) {
            let found = self.edges.partition_point(|edge| *edge <= nanos).checked_sub(1)?;
            if found >= self.bins() {
                return None;
            }
            self.last = found;
        }
        Some(self.last)
    }

    /// Labels at the beginnings of the finest step, no finer than the bins, that gives at most eight.
    #[must_use]
    pub fn ticks(&self) -> Vec<Tick> {
        let (Some(first), Some(last)) = (self.edges.first(), self.edges.last()) else { return Vec::new() };
        let span = Span { from: *first, until: *last };
        let inside = |edge: &i64| *edge >= span.from && *edge < span.until;
        for coarser in Step::ALL.iter().copied().filter(|coarser| *coarser >= self.step) {
            let Some(edges) = coarser.edges(span, self.zone, TICKS_MAX + 1) else { continue };
            let edges: Vec<i64> = edges.into_iter().filter(inside).collect();
            if !edges.is_empty() && edges.len() <= TICKS_MAX {
                return edges.into_iter().map(|at| Tick { at, label: coarser.label(at, self.zone) }).collect();
            }
        }
        vec![Tick { at: span.from, label: self.step.label(span.from, self.zone) }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Moment};

    #[test]
    fn an_instant_lies_in_one_bin_or_outside() {
        let at = |text: &str| Moment::parse(text, Zone::UTC, Edge::From).unwrap().nanos();
        let mut scale = Scale::over(Span { from: at("2026-03-01"), until: at("2026-03-04") }, Zone::UTC, 10);
        assert_eq!((scale.step(), scale.bins()), (Step::HalfDay, 6));
        let days = ["2026-03-01T11:59", "2026-03-03T12:00", "2026-02-28T23:59", "2026-03-04"];
        assert_eq!(days.map(|day| scale.bin(at(day))), [Some(0), Some(5), None, None]);
        assert_eq!(scale.spans().count(), 6);
        assert_eq!(scale.ticks().len(), 6);
    }
}
