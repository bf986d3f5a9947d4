//! What the rows of one person come to: counts, hours of the week, and everybody on the other side.
//!
//! Rows are handed in, in order of time; nothing is read here, and nobody is left out: how many of the others fit into
//! one answer is for whoever shows them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, TimeZone as _, Timelike as _};
use event_store::{Row as StoredRow, Side};
use model::{Action, Instant};
use timeline::Zone;

use crate::portion::brief;
use crate::wire::{Counterpart, PersonRow};
use crate::words::when;

/// Dots of one counterpart's strip.
const DOTS_MAX: usize = 200;
/// Values listed of each thing seen.
const SEEN_MAX: usize = 12;
/// Hours of a week.
const WEEK_HOURS: usize = 7 * 24;

/// Everything about a person but their rows.
pub(crate) struct Finished {
    pub(crate) person: PersonRow,
    /// Everybody on the other side, by id.
    pub(crate) counterparts: Vec<Counterpart>,
    pub(crate) week: Vec<u64>,
    pub(crate) seen: Vec<(String, Vec<String>)>,
}

/// A person while their rows go by.
pub(crate) struct Portrait {
    side: Side,
    zone: Zone,
    events: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    week: Vec<u64>,
    counterparts: BTreeMap<String, Sketch>,
    roles: BTreeSet<String>,
    stations: BTreeSet<String>,
    systems: BTreeSet<String>,
}

/// One counterpart so far.
#[derive(Default)]
struct Sketch {
    role: Option<String>,
    events: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    actions: BTreeMap<Action, u64>,
    dots_ms: Vec<i64>,
}

impl Portrait {
    pub(crate) fn new(side: Side, zone: Zone) -> Self {
        Self {
            side,
            zone,
            events: 0,
            first: None,
            last: None,
            week: vec![0; WEEK_HOURS],
            counterparts: BTreeMap::new(),
            roles: BTreeSet::new(),
            stations: BTreeSet::new(),
            systems: BTreeSet::new(),
        }
    }

    pub(crate) fn add(&mut self, row: &StoredRow) {
        self.events += 1;
        widen(&mut self.first, &mut self.last, &row.time);
        if let Some(hour) = row.time.utc_nanos().and_then(|nanos| self.week.get_mut(hour_of_week(nanos, self.zone))) {
            *hour += 1;
        }
        for (set, value) in [
            (&mut self.roles, row.role.as_ref()),
            (&mut self.stations, row.device.as_ref().or(row.source_ip.as_ref())),
            (&mut self.systems, row.source_system.as_ref()),
        ] {
            if let Some(value) = value.filter(|_| set.len() <= SEEN_MAX) {
                set.insert(value.clone());
            }
        }
        match self.side {
            Side::Users if row.user_id.as_str().is_empty() => {}
            Side::Users => self.sketch(row.user_id.as_str()).add(row, row.role.as_ref()),
            Side::Patients => row.patient_ids.iter().for_each(|id| self.sketch(id.as_str()).add(row, None)),
        }
    }

    fn sketch(&mut self, id: &str) -> &mut Sketch {
        self.counterparts.entry(id.to_owned()).or_default()
    }

    /// What it came to, of the person with this id.
    pub(crate) fn finish(self, id: String) -> Finished {
        let counterparts: Vec<_> = self.counterparts.into_iter().map(|(id, sketch)| sketch.finish(id)).collect();
        let seen = [("Roles", self.roles), ("Stations", self.stations), ("Systems", self.systems)];
        let seen = seen.into_iter().filter(|(_, values)| !values.is_empty());
        Finished {
            person: PersonRow {
                id: brief(id),
                events: self.events,
                others: counterparts.len() as u64,
                first: self.first.as_ref().map(when),
                last: self.last.as_ref().map(when),
            },
            counterparts,
            week: self.week,
            seen: seen.map(|(label, values)| (label.to_owned(), listed(values))).collect(),
        }
    }
}

impl Sketch {
    fn add(&mut self, row: &StoredRow, role: Option<&String>) {
        self.events += 1;
        if role.is_some() {
            self.role = role.cloned();
        }
        widen(&mut self.first, &mut self.last, &row.time);
        *self.actions.entry(row.action).or_default() += 1;
        self.dots_ms.extend(row.time.utc_nanos().map(|nanos| nanos.div_euclid(1_000_000)));
    }

    fn finish(self, id: String) -> Counterpart {
        let mut actions: Vec<_> = self.actions.into_iter().collect();
        actions.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let every = self.dots_ms.len().div_ceil(DOTS_MAX).max(1);
        Counterpart {
            id: brief(id),
            role: self.role.map(brief),
            events: self.events,
            first: self.first.as_ref().map(when),
            last: self.last.as_ref().map(when),
            actions: actions.into_iter().map(|(action, _)| action.word().to_owned()).collect(),
            dots_ms: self.dots_ms.into_iter().step_by(every).collect(),
        }
    }
}

fn widen(first: &mut Option<Instant>, last: &mut Option<Instant>, time: &Instant) {
    let Some(nanos) = time.utc_nanos() else { return };
    if first.as_ref().and_then(Instant::utc_nanos).is_none_or(|known| nanos < known) {
        *first = Some(time.clone());
    }
    if last.as_ref().and_then(Instant::utc_nanos).is_none_or(|known| nanos >= known) {
        *last = Some(time.clone());
    }
}

/// Hour of the week in a zone's wall-clock time, from Monday 0 h.
fn hour_of_week(nanos: i64, zone: Zone) -> usize {
    let local = zone.timestamp_nanos(nanos);
    (local.weekday().num_days_from_monday() * 24 + local.hour()) as usize
}

fn listed(values: BTreeSet<String>) -> Vec<String> {
    let more = values.len() > SEEN_MAX;
    let mut list: Vec<String> = values.into_iter().take(SEEN_MAX).map(brief).collect();
    if more {
        list.push("and more".to_owned());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_wall_clock_where_the_hospital_is() {
        // 2026-03-09T03:30:00Z is Sunday, 23:30 in New York, after the clocks went forward that morning.
        let nanos = Instant::parse("2026-03-09T03:30:00Z").unwrap().utc_nanos().unwrap();
        assert_eq!(hour_of_week(nanos, chrono_tz::America::New_York), 6 * 24 + 23);
        assert_eq!(hour_of_week(nanos, chrono_tz::UTC), 3);
    }
}
