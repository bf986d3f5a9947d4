//! Events of a bundle by system and by day of a zone's calendar.
//!
//! What the import kept is by days in UTC, which are other days; so this counts anew, once for a catalog and a zone.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::BundleId;
use timeline::{Filter, Order, Question, Zone, local_day};

use super::counting::Matches;
use super::matcher::at;
use crate::chunk::name;
use crate::import::rows::UNDATED;
use crate::words::WordField;
use crate::{EventStore, StoreFault, SystemDay};

impl EventStore {
    /// Dated events by day of a zone's calendar and by system. Counts of a whole bundle name nobody, so this needs no
    /// entry of the access log.
    pub fn days_in(&self, bundle: &BundleId, zone: Zone) -> Result<Arc<Vec<SystemDay>>, StoreFault> {
        let catalog = self.catalog(bundle)?;
        if let Some(days) = catalog.days_known_in(zone) {
            return Ok(days);
        }
        let all = Question { bundle: bundle.clone(), filter: Filter::default(), order: Order::default() };
        let days = self.answer(&all)?.matches(self.vault(), |matches| matches.days(zone))?;
        let days = Arc::new(days);
        catalog.know_days_in(zone, Arc::clone(&days));
        Ok(days)
    }
}

impl Matches<'_> {
    fn days(&self, zone: Zone) -> Result<Vec<SystemDay>, StoreFault> {
        let system = WordField::System;
        let mut counts: BTreeMap<(i64, u32), u64> = BTreeMap::new();
        self.visit(&[name::TIME, system.name()], |_, frame, rows| {
            let (times, systems) = (frame.numbers(name::TIME)?, frame.codes(system.name())?);
            for row in rows {
                if let Some(time) = times.get(*row as usize).filter(|time| **time != UNDATED) {
                    *counts.entry((local_day(*time, zone), at(systems, *row))).or_default() += 1;
                }
            }
            Ok(())
        })?;
        let words = self.catalog.words(system);
        let days = counts.into_iter();
        Ok(days.map(|((day, code), events)| SystemDay { day, system: words.some(code), events }).collect())
    }
}
