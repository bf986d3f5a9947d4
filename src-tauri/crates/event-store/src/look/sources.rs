//! Events of a bundle over time, by where they come from and by what may be said of their records: the ground of the
//! coverage map. Counted once for a catalog, a zone and a number of bins.

use std::collections::HashMap;
use std::sync::Arc;

use model::BundleId;
use timeline::{Filter, Order, Question, Scale, Span, Zone};

use super::counting::Matches;
use super::matcher::{IntegrityOf, at};
use crate::chunk::name;
use crate::import::rows::UNDATED;
use crate::words::WordField;
use crate::{EventStore, SourceBins, SourceCounts, StandingCounts, StoreFault};

/// Sources that are counted apart; what further ones recorded is counted together.
const SOURCES_MAX: usize = 1_000;

impl EventStore {
    /// All events of a bundle by time, source and standing, in at most `bins_max` bins of a zone's calendar. Counts of a
    /// whole bundle name nobody, so this needs no entry of the access log.
    pub fn sources(&self, bundle: &BundleId, zone: Zone, bins_max: usize) -> Result<Arc<SourceBins>, StoreFault> {
        let catalog = self.catalog(bundle)?;
        if let Some(known) = catalog.sources_known(zone, bins_max) {
            return Ok(known);
        }
        let all = Question { bundle: bundle.clone(), filter: Filter::default(), order: Order::default() };
        let sources = self.answer(&all)?.matches(self.vault(), |matches| matches.sources(zone, bins_max))?;
        let sources = Arc::new(sources);
        catalog.know_sources(zone, bins_max, Arc::clone(&sources));
        Ok(sources)
    }
}

impl Matches<'_> {
    fn sources(&self, zone: Zone, bins_max: usize) -> Result<SourceBins, StoreFault> {
        let period = self.catalog.period().map(|(first, last)| Span { from: first, until: last.saturating_add(1) });
        let mut scale = period.map(|period| Scale::over(period, zone, bins_max));
        let bins = scale.as_ref().map_or(0, Scale::bins);
        let (stream, system) = (WordField::Stream.name(), WordField::System.name());
        let mut known: HashMap<(u32, u32), usize> = HashMap::new();
        let mut sources: Vec<SourceCounts> = Vec::new();
        self.visit(&[name::TIME, name::PLACE, name::SEQ, stream, system], |_, frame, rows| {
            let integrity = IntegrityOf::new(self.catalog, frame)?;
            let (times, streams, systems) = (frame.numbers(name::TIME)?, frame.codes(stream)?, frame.codes(system)?);
            for row in rows {
                let pair = (at(streams, *row), at(systems, *row));
                let number = *known.entry(pair).or_insert_with(|| {
                    if sources.len() <= SOURCES_MAX {
                        let is_rest = sources.len() == SOURCES_MAX;
                        let text = |field, code| self.catalog.words(field).some(code).filter(|_| !is_rest);
                        let (stream, system) = (text(WordField::Stream, pair.0), text(WordField::System, pair.1));
                        sources.push(SourceCounts::new(stream, system, is_rest, bins));
                    }
                    sources.len() - 1
                });
                let Some(source) = sources.get_mut(number) else { continue };
                let time = times.get(*row as usize).copied().filter(|time| *time != UNDATED);
                let bin = time.and_then(|time| scale.as_mut()?.bin(time));
                let counts = bin.and_then(|bin| source.bins.get_mut(bin)).unwrap_or(&mut source.undated);
                counts.add(integrity.own_mark(*row));
            }
            // What is beyond the limit needs no entry of its own.
            known.retain(|_, number| *number < SOURCES_MAX);
            Ok(())
        })?;
        Ok(SourceBins { scale, sources })
    }
}

impl SourceCounts {
    fn new(stream: Option<String>, system: Option<String>, is_rest: bool, bins: usize) -> Self {
        let bins = vec![StandingCounts::default(); bins];
        Self { stream, system, is_rest, bins, undated: StandingCounts::default() }
    }
}
