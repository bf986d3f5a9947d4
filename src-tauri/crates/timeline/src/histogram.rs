//! Events per bin of the calendar, in at most three bands.
//!
//! The bins of a question and those of the whole bundle must be comparable, so a tally is made for a span and a step
//! that are chosen once, from the bundle.

use model::Action;
use serde::Serialize;

use crate::{Span, Step, Zone};

/// The most bins that are ever made: more than a screen has columns.
pub const BINS_MAX: usize = 2000;
/// The most bands: two actions by name, and the others.
const BANDS_MAX: usize = 3;
/// About as many labels fit below the bars.
const TICKS_MAX: usize = 8;

/// One color of the bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// One action.
    Action(Action),
    /// All actions that have no band of their own.
    Other,
}

/// Which actions have a band of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bands(Vec<Band>);

impl Bands {
    /// The two most frequent actions and *Other*; three actions by name if there are no more. Equals go by the order
    /// of the vocabulary.
    #[must_use]
    pub fn of(totals: &[(Action, u64)]) -> Self {
        let mut totals: Vec<_> = totals.iter().copied().filter(|(_, events)| *events > 0).collect();
        totals.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let named = if totals.len() > BANDS_MAX { BANDS_MAX - 1 } else { totals.len() };
        let mut bands: Vec<_> = totals.iter().take(named).map(|(action, _)| Band::Action(*action)).collect();
        if totals.len() > named {
            bands.push(Band::Other);
        }
        Self(bands)
    }

    /// The bands, from the bottom up.
    #[must_use]
    pub fn as_slice(&self) -> &[Band] {
        &self.0
    }

    /// The band that an action counts in; `None` only for an action that was in no total.
    fn index(&self, action: Action) -> Option<usize> {
        self.0
            .iter()
            .position(|band| *band == Band::Action(action))
            .or_else(|| self.0.iter().position(|band| *band == Band::Other))
    }
}

/// Bars over a span of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// How long a bin is.
    pub step: Step,
    /// IANA name of the zone whose calendar it is.
    pub zone: String,
    /// From the bottom up.
    pub bands: Vec<Band>,
    /// In time order, without a gap.
    pub bins: Vec<Bin>,
    /// Labels below the bars.
    pub ticks: Vec<Tick>,
    /// A round number that no bar exceeds, at least 1.
    pub nice_maximum: u64,
    /// Events that have no time and stand in no bin.
    pub undated: u64,
    /// Dated events before the first bin or after the last.
    pub outside: u64,
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bin {
    /// First nanosecond.
    pub from: i64,
    /// First nanosecond after it.
    pub until: i64,
    /// Events per band.
    pub events: Vec<u64>,
}

/// One label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tick {
    /// Where it stands.
    pub at: i64,
    /// What it says.
    pub label: String,
}

/// Counts events into bins.
pub struct Tally {
    step: Step,
    zone: Zone,
    bands: Bands,
    edges: Vec<i64>,
    counts: Vec<[u64; BANDS_MAX]>,
    /// The bin of the last event: events come nearly in order.
    last: usize,
    undated: u64,
    outside: u64,
}

impl Tally {
    /// Bins of the finest step of which at most `bins_max` (1 to [`BINS_MAX`]) cover the span.
    #[must_use]
    pub fn over(span: Span, zone: Zone, bins_max: usize, bands: Bands) -> Self {
        let bins_max = bins_max.clamp(1, BINS_MAX);
        let step = Step::finest(span, zone, bins_max);
        // 1677 to 2262 are 60 decades: if fewer bins are wanted than the coarsest step gives, there are some more.
        let edges = step.edges(span, zone, BINS_MAX).unwrap_or_default();
        let counts = vec![[0; BANDS_MAX]; edges.len().saturating_sub(1)];
        Self { step, zone, bands, edges, counts, last: 0, undated: 0, outside: 0 }
    }

    /// Counts one event.
    pub fn add(&mut self, utc_nanos: Option<i64>, action: Action) {
        let Some(nanos) = utc_nanos else {
            self.undated += 1;
            return;
        };
        let band = self.bands.index(action);
        match (self.bin(nanos), band) {
            (Some(bin), Some(band)) => {
                if let Some(count) = self.counts.get_mut(bin).and_then(|counts| counts.get_mut(band)) {
                    *count += 1;
                }
            }
            _ => self.outside += 1,
        }
    }

    fn bin(&mut self, nanos: i64) -> Option<usize> {
        let within =
            |at: usize| self.edges.get(at).zip(self.edges.get(at + 1)).is_some_and(|(a, b)| *a <= nanos && nanos < *b);
        if !within(self.last) {
            let found = self.edges.partition_point(|edge| *edge <= nanos).checked_sub(1)?;
            if found >= self.counts.len() {
                return None;
            }
            self.last = found;
        }
        Some(self.last)
    }

    /// The bars.
    #[must_use]
    pub fn finish(self) -> Histogram {
        let bands = self.bands.as_slice().len();
        let bins: Vec<Bin> = self
            .edges
            .windows(2)
            .zip(&self.counts)
            .filter_map(|(pair, counts)| match pair {
                [from, until] => {
                    Some(Bin { from: *from, until: *until, events: counts.iter().take(bands).copied().collect() })
                }
                _ => None,
            })
            .collect();
        let highest = self.counts.iter().map(|counts| counts.iter().sum()).max().unwrap_or(0);
        Histogram {
            step: self.step,
            zone: self.zone.name().to_owned(),
            bands: self.bands.0,
            ticks: ticks(self.step, self.zone, &bins),
            bins,
            nice_maximum: nice_maximum(highest),
            undated: self.undated,
            outside: self.outside,
        }
    }
}

/// Labels at the beginnings of the finest step, no finer than the bins, that gives at most [`TICKS_MAX`].
fn ticks(step: Step, zone: Zone, bins: &[Bin]) -> Vec<Tick> {
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return Vec::new() };
    let span = Span { from: first.from, until: last.until };
    let inside = |edge: &i64| *edge >= first.from && *edge < last.until;
    for coarser in Step::ALL.iter().copied().filter(|coarser| *coarser >= step) {
        let Some(edges) = coarser.edges(span, zone, TICKS_MAX + 1) else { continue };
        let edges: Vec<i64> = edges.into_iter().filter(inside).collect();
        if !edges.is_empty() && edges.len() <= TICKS_MAX {
            return edges.into_iter().map(|at| Tick { at, label: coarser.label(at, zone) }).collect();
        }
    }
    vec![Tick { at: first.from, label: step.label(first.from, zone) }]
}

/// The least of 1, 2, 5, 10, 20, 50, … that is not below the highest bar.
#[must_use]
pub fn nice_maximum(highest: u64) -> u64 {
    let mut power: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            match power.checked_mul(factor) {
                Some(nice) if nice >= highest => return nice,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return u64::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Moment};

    fn at(text: &str) -> i64 {
        Moment::parse(text, Zone::UTC, Edge::From).unwrap().nanos()
    }

    #[test]
    fn two_actions_have_bands_and_the_rest_share_one() {
        let totals =
            [(Action::Read, 5), (Action::Print, 9), (Action::Export, 1), (Action::Login, 5), (Action::Copy, 0)];
        let bands = Bands::of(&totals);
        assert_eq!(bands.as_slice(), [Band::Action(Action::Print), Band::Action(Action::Read), Band::Other]);
        let three = Bands::of(&totals[..3]);
        assert_eq!(three.as_slice().last(), Some(&Band::Action(Action::Export)), "three need no Other");
    }

    #[test]
    fn every_event_is_counted_once_somewhere() {
        let span = Span { from: at("2026-03-01"), until: at("2026-03-02") };
        let bands = Bands::of(&[(Action::Read, 3), (Action::Login, 1)]);
        let mut tally = Tally::over(span, Zone::UTC, 24, bands);
        tally.add(Some(at("2026-03-01T00:00")), Action::Read);
        tally.add(Some(at("2026-03-01T23:59")), Action::Read);
        tally.add(Some(at("2026-03-01T23:00")), Action::Login);
        tally.add(Some(at("2026-03-02")), Action::Read);
        tally.add(Some(at("2026-02-28")), Action::Read);
        tally.add(None, Action::Read);
        let histogram = tally.finish();
        assert_eq!((histogram.step, histogram.bins.len()), (Step::Hour, 24));
        assert_eq!(histogram.bins[0].events, [1, 0]);
        assert_eq!(histogram.bins[23].events, [1, 1]);
        assert_eq!((histogram.outside, histogram.undated, histogram.nice_maximum), (2, 1, 2));
        let labels: Vec<_> = histogram.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["1 Mar", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
    }

    #[test]
    fn the_top_of_the_scale_is_round() {
        for (highest, nice) in [(0, 1), (1, 1), (3, 5), (6, 10), (10, 10), (1001, 2000), (u64::MAX, u64::MAX)] {
            assert_eq!(nice_maximum(highest), nice);
        }
    }
}
