//! The coverage map: time by source, each stretch with what may be said of it. Counts of whole bundles; nobody is named.
//!
//! Where records lie in time is counted from the stored events; what is missing is no event, so it is placed between the
//! times of its neighbors, as the report gives them.
//!
//! # Invariants
//! * The worst that is in a stretch is its state. Nothing is called proven but what the report says is.
//! * The number of stretches and of sources is bounded, whatever a bundle states.

use std::collections::BTreeMap;

use event_store::{SourceBins, StandingCounts};
use model::Instant;
use timeline::{Scale, Zone};

use crate::evidence::{CoveredSpan, SpanState};
use crate::portion::brief;
use crate::rows::{moment_text, step_words};
use crate::wire::{CoverageBin, CoverageCell, CoverageCounts, CoverageMap, CoverageSource, CoverageState, Tick};
use crate::words::counted;

/// Stretches of time at most: as many as can be told apart in a strip.
pub(crate) const BINS_MAX: usize = 92;
/// Sources that have a strip of their own at most; the others share one.
const SOURCES_MAX: usize = 12;

/// A strip while it is put together.
#[derive(Clone, Default)]
struct Strip {
    cells: Vec<CoverageCounts>,
    /// Stretches that something missing reaches into.
    holed: Vec<bool>,
    undated: CoverageCounts,
    /// Missing records that cannot be placed in time.
    unplaced: u64,
}

/// The map of a bundle. `spans` are those of its report; none while it is being checked.
pub(crate) fn map(counted: &SourceBins, spans: &[CoveredSpan], zone: Zone) -> CoverageMap {
    let mut scale = counted.scale.clone();
    let bins = scale.as_ref().map_or(0, Scale::bins);
    let mut strips = strips_of(counted, bins);
    let missing = spans.iter().filter(|span| span.state == SpanState::Missing);
    for span in missing {
        let system = system_of(counted, span);
        let strip = strips.entry(system).or_insert_with(|| Strip::of(bins));
        strip.miss(span, scale.as_mut());
    }
    let mut sources: Vec<(Label, Strip)> = strips.into_iter().collect();
    sources.sort_by_key(|(label, strip)| (label.is_rest(), std::cmp::Reverse(total(strip.totals()))));
    fold(&mut sources);
    let sources: Vec<CoverageSource> = sources.into_iter().map(|(label, strip)| strip.out(label)).collect();
    let totals = sources.iter().fold(CoverageCounts::default(), |sum, source| add(sum, source.totals));
    CoverageMap {
        zone: zone.name().to_owned(),
        step: scale.as_ref().map_or_else(String::new, |scale| step_words(scale.step()).to_owned()),
        bins: scale.as_ref().map(|scale| bins_of(scale, zone)).unwrap_or_default(),
        ticks: scale.as_ref().map(ticks_of).unwrap_or_default(),
        sources,
        totals,
    }
}

/// What a strip is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    System(String),
    NotStated,
    /// Sources that are not told apart.
    Rest(Option<u64>),
}

impl Label {
    fn of(system: Option<&String>, is_rest: bool) -> Self {
        match system {
            _ if is_rest => Self::Rest(None),
            Some(system) => Self::System(system.clone()),
            None => Self::NotStated,
        }
    }

    const fn is_rest(&self) -> bool {
        matches!(self, Self::Rest(_))
    }
}

fn strips_of(counted: &SourceBins, bins: usize) -> BTreeMap<Label, Strip> {
    let mut strips: BTreeMap<Label, Strip> = BTreeMap::new();
    for source in &counted.sources {
        let label = Label::of(source.system.as_ref(), source.is_rest);
        let strip = strips.entry(label).or_insert_with(|| Strip::of(bins));
        for (cell, counts) in strip.cells.iter_mut().zip(&source.bins) {
            *cell = add(*cell, counts_of(*counts));
        }
        strip.undated = add(strip.undated, counts_of(source.undated));
    }
    strips
}

/// The system that recorded most of a stream; without any event the report's word for it.
fn system_of(counted: &SourceBins, span: &CoveredSpan) -> Label {
    let of_stream = counted.sources.iter().filter(|source| source.stream.as_ref() == Some(&span.stream_id));
    let events = |source: &&event_store::SourceCounts| {
        source.undated.total() + source.bins.iter().map(StandingCounts::total).sum::<u64>()
    };
    let most = of_stream.max_by_key(events);
    most.map_or_else(|| Label::System(span.source.clone()), |most| Label::of(most.system.as_ref(), most.is_rest))
}

/// Puts the smallest strips together where there are too many.
fn fold(sources: &mut Vec<(Label, Strip)>) {
    if sources.len() <= SOURCES_MAX {
        return;
    }
    let others = sources.split_off(SOURCES_MAX - 1);
    let count = others.iter().all(|(label, _)| !label.is_rest()).then_some(others.len() as u64);
    let strips = others.into_iter().map(|(_, strip)| strip);
    if let Some(folded) = strips.reduce(Strip::and) {
        sources.push((Label::Rest(count), folded));
    }
}

impl Strip {
    fn of(bins: usize) -> Self {
        Self { cells: vec![CoverageCounts::default(); bins], holed: vec![false; bins], ..Self::default() }
    }

    fn and(mut self, other: Self) -> Self {
        for (cell, more) in self.cells.iter_mut().zip(other.cells) {
            *cell = add(*cell, more);
        }
        for (holed, more) in self.holed.iter_mut().zip(other.holed) {
            *holed |= more;
        }
        self.undated = add(self.undated, other.undated);
        self.unplaced += other.unplaced;
        self
    }

    /// Notes records that are missing between two times.
    fn miss(&mut self, span: &CoveredSpan, scale: Option<&mut Scale>) {
        let count = span.to_seq.saturating_sub(span.from_seq).saturating_add(1);
        let nanos = |text: &str| Instant::parse(text).ok().and_then(|instant| instant.utc_nanos());
        let mut bin_of = scale.map(|scale| move |at: i64| scale.bin(at));
        let mut place = |text: &str| nanos(text).and_then(|at| bin_of.as_mut()?(at));
        let (from, to) = match (place(&span.from), place(&span.to)) {
            (Some(from), Some(to)) => (from.min(to), from.max(to)),
            // What was cut off at an end lies beyond its one neighbor; the stretch of that is the nearest there is.
            (Some(at), None) | (None, Some(at)) => (at, at),
            (None, None) => {
                self.unplaced = self.unplaced.saturating_add(count);
                return;
            }
        };
        if let Some(cell) = self.cells.get_mut(from) {
            cell.missing = cell.missing.saturating_add(count);
        }
        for holed in self.holed.iter_mut().take(to + 1).skip(from) {
            *holed = true;
        }
    }

    fn totals(&self) -> CoverageCounts {
        let mut totals = self.cells.iter().fold(self.undated, |sum, cell| add(sum, *cell));
        totals.missing = totals.missing.saturating_add(self.unplaced);
        totals
    }

    fn out(self, label: Label) -> CoverageSource {
        let totals = self.totals();
        let cells: Vec<CoverageCell> = self
            .cells
            .iter()
            .zip(&self.holed)
            .map(|(counts, holed)| CoverageCell { state: state_of(*counts, *holed), counts: *counts })
            .collect();
        let gaps = cells.iter().filter(|cell| present(cell.counts) == 0).count();
        let (name, system) = match label {
            // A name that was cut is none to filter by.
            Label::System(system) => {
                let name = brief(bundle::escape::visible(&system));
                (name, Some(system.clone()).filter(|system| brief(system.clone()) == *system))
            }
            Label::NotStated => ("system not stated".to_owned(), None),
            Label::Rest(Some(count)) => (counted_others(count), None),
            Label::Rest(None) => ("all other systems".to_owned(), None),
        };
        CoverageSource {
            name,
            system,
            cells,
            totals,
            undated: present(self.undated),
            gaps: u32::try_from(gaps).unwrap_or(u32::MAX),
        }
    }
}

fn counted_others(count: u64) -> String {
    counted(count, "other system")
}

const fn counts_of(counts: StandingCounts) -> CoverageCounts {
    let StandingCounts { proven, stands, altered, not_verified } = counts;
    CoverageCounts { proven, stands, not_verified, altered, missing: 0 }
}

const fn add(one: CoverageCounts, other: CoverageCounts) -> CoverageCounts {
    CoverageCounts {
        proven: one.proven.saturating_add(other.proven),
        stands: one.stands.saturating_add(other.stands),
        not_verified: one.not_verified.saturating_add(other.not_verified),
        altered: one.altered.saturating_add(other.altered),
        missing: one.missing.saturating_add(other.missing),
    }
}

/// Records that are there.
const fn present(counts: CoverageCounts) -> u64 {
    counts.proven + counts.stands + counts.not_verified + counts.altered
}

const fn total(counts: CoverageCounts) -> u64 {
    present(counts).saturating_add(counts.missing)
}

const fn state_of(counts: CoverageCounts, is_holed: bool) -> CoverageState {
    if counts.altered > 0 {
        CoverageState::Altered
    } else if is_holed || counts.missing > 0 {
        CoverageState::Missing
    } else if counts.stands > 0 || counts.not_verified > 0 {
        CoverageState::NotCovered
    } else if counts.proven > 0 {
        CoverageState::Proven
    } else {
        CoverageState::Empty
    }
}

fn bins_of(scale: &Scale, zone: Zone) -> Vec<CoverageBin> {
    let bins = scale.spans().map(|span| CoverageBin {
        from_ms: span.from.div_euclid(1_000_000),
        to_ms: span.until.div_euclid(1_000_000),
        from: moment_text(span.from, zone),
        // `to:` includes its instant, a stretch does not include its end.
        to: moment_text(span.until.saturating_sub(1_000_000), zone),
    });
    bins.collect()
}

fn ticks_of(scale: &Scale) -> Vec<Tick> {
    let ticks = scale.ticks().into_iter().filter_map(|tick| {
        let at = scale.spans().position(|span| span.from <= tick.at && tick.at < span.until)?;
        Some(Tick { bin: u32::try_from(at).ok()?, label: tick.label })
    });
    ticks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_store::SourceCounts;
    use timeline::Span;

    const DAY: i64 = 86_400_000_000_000;
    /// 1 March 2026, 00:00 UTC.
    const START: i64 = 1_772_323_200_000_000_000;

    fn counts(proven: u64, stands: u64, altered: u64) -> StandingCounts {
        StandingCounts { proven, stands, altered, not_verified: 0 }
    }

    fn source(system: &str, stream: &str, bins: Vec<StandingCounts>) -> SourceCounts {
        let undated = StandingCounts::default();
        SourceCounts { stream: Some(stream.into()), system: Some(system.into()), is_rest: false, bins, undated }
    }

    fn span(state: SpanState, from: &str, to: &str, seqs: [u64; 2]) -> CoveredSpan {
        let [from_seq, to_seq] = seqs;
        let (source, stream_id) = ("Log".to_owned(), "s1".to_owned());
        CoveredSpan { source, stream_id, from: from.into(), to: to.into(), from_seq, to_seq, state }
    }

    fn days(sources: Vec<SourceCounts>, days: i64) -> SourceBins {
        let bins_max = usize::try_from(days).unwrap();
        let scale = Scale::over(Span { from: START, until: START + days * DAY }, Zone::UTC, bins_max);
        SourceBins { scale: Some(scale), sources }
    }

    fn states(map: &CoverageMap, source: usize) -> Vec<CoverageState> {
        map.sources[source].cells.iter().map(|cell| cell.state).collect()
    }

    #[test]
    fn the_worst_in_a_stretch_decides_and_a_gap_is_told() {
        use CoverageState::{Altered, Empty, Missing, NotCovered, Proven};
        let bins = vec![counts(9, 0, 0), counts(9, 1, 0), counts(0, 0, 0), counts(5, 5, 1), counts(4, 0, 0)];
        let counted = days(vec![source("EHR", "s1", bins)], 5);
        let missing = [
            span(SpanState::Missing, "2026-03-05T01:00:00Z", "2026-03-05T02:00:00Z", [30, 39]),
            span(SpanState::NotCovered, "2026-03-01T01:00:00Z", "2026-03-05T02:00:00Z", [1, 29]),
        ];
        let map = map(&counted, &missing, Zone::UTC);
        assert_eq!(states(&map, 0), [Proven, NotCovered, Empty, Altered, Missing]);
        assert_eq!((map.sources[0].name.as_str(), map.sources[0].gaps, map.totals.missing), ("EHR", 1, 10));
        assert_eq!(
            (map.bins.len(), map.step.as_str(), map.bins[1].from.as_str()),
            (5, "1 day", "2026-03-02T00:00:00Z")
        );
    }

    #[test]
    fn what_is_missing_over_days_is_missing_on_each_of_them() {
        use CoverageState::{Missing, NotCovered};
        let bins = vec![counts(0, 1, 0), counts(0, 0, 0), counts(0, 0, 0), counts(0, 1, 0)];
        let counted = days(vec![source("EHR", "s1", bins)], 4);
        let over = span(SpanState::Missing, "2026-03-01T20:00:00Z", "2026-03-03T01:00:00Z", [2, 3]);
        assert_eq!(states(&map(&counted, &[over], Zone::UTC), 0), [Missing, Missing, Missing, NotCovered]);
        let cut_off = span(SpanState::Missing, "2026-03-04T20:00:00Z", "", [9, 10]);
        assert_eq!(states(&map(&counted, &[cut_off], Zone::UTC), 0)[3], Missing);
        let somewhere = map(&counted, &[span(SpanState::Missing, "", "", [9, 10])], Zone::UTC);
        assert_eq!((somewhere.totals.missing, states(&somewhere, 0)[0]), (2, NotCovered));
    }

    #[test]
    fn sources_beyond_the_limit_share_a_strip_and_lose_nothing() {
        let sources = (0..30).map(|number| source(&format!("System {number}"), "s", vec![counts(1, number, 0)]));
        let map = map(&days(sources.collect(), 1), &[], Zone::UTC);
        assert_eq!(map.sources.len(), SOURCES_MAX);
        let last = map.sources.last().unwrap();
        assert_eq!((last.name.as_str(), last.system.as_ref()), ("19 other systems", None));
        assert_eq!(map.totals.proven + map.totals.stands, 30 + (0..30).sum::<u64>());
        assert_eq!(map.sources[0].system.as_deref(), Some("System 29"));
    }

    #[test]
    fn without_a_time_there_is_no_stretch_and_still_a_count() {
        let mut undated = source("EHR", "s1", Vec::new());
        undated.undated = counts(0, 3, 0);
        let map = map(&SourceBins { scale: None, sources: vec![undated] }, &[], Zone::UTC);
        assert_eq!((map.bins.len(), map.sources[0].undated, map.totals.stands), (0, 3, 3));
    }
}
