//! Events per bin of the calendar, in at most three bands.
//!
//! The bins of a question and those of the whole bundle must be comparable, so a tally is made for a span and a step
//! that are chosen once, from the bundle.

use model::Action;
use serde::Serialize;

use crate::{Scale, Span, Step, Tick, Zone};

/// The most bands: two actions by name, and the others.
const BANDS_MAX: usize = 3;

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

/// Counts events into bins.
pub struct Tally {
    scale: Scale,
    bands: Bands,
    counts: Vec<[u64; BANDS_MAX]>,
    undated: u64,
    outside: u64,
}

impl Tally {
    /// Bins of the finest step of which at most `bins_max` (1 to [`BINS_MAX`](crate::BINS_MAX)) cover the span.
    #[must_use]
    pub fn over(span: Span, zone: Zone, bins_max: usize, bands: Bands) -> Self {
        let scale = Scale::over(span, zone, bins_max);
        let counts = vec![[0; BANDS_MAX]; scale.bins()];
        Self { scale, bands, counts, undated: 0, outside: 0 }
    }

    /// Counts one event.
    pub fn add(&mut self, utc_nanos: Option<i64>, action: Action) {
        let Some(nanos) = utc_nanos else {
            self.undated += 1;
            return;
        };
        let band = self.bands.index(action);
        match (self.scale.bin(nanos), band) {
            (Some(bin), Some(band)) => {
                if let Some(count) = self.counts.get_mut(bin).and_then(|counts| counts.get_mut(band)) {
                    *count += 1;
                }
            }
            _ => self.outside += 1,
        }
    }

    /// The bars.
    #[must_use]
    pub fn finish(self) -> Histogram {
        let bands = self.bands.as_slice().len();
        let counted = self.scale.spans().zip(&self.counts);
        let bins: Vec<Bin> = counted
            .map(|(span, counts)| Bin {
                from: span.from,
                until: span.until,
                events: counts.iter().take(bands).copied().collect(),
            })
            .collect();
        let highest = self.counts.iter().map(|counts| counts.iter().sum()).max().unwrap_or(0);
        Histogram {
            step: self.scale.step(),
            zone: self.scale.zone().name().to_owned(),
            bands: self.bands.0,
            ticks: self.scale.ticks(),
            bins,
            nice_maximum: nice_maximum(highest),
            undated: self.undated,
            outside: self.outside,
        }
    }
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
