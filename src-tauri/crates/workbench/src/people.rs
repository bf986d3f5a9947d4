//! Patients and users: lists with counts, and everything about one of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, TimeZone as _, Timelike as _};
use event_store::{
    EventQuestions, PAGE_ROWS_MAX, PeopleAsked, PeopleBy, PeopleOrder, PersonRow as StoredPerson, Row as StoredRow,
    Side, list_entry,
};
use model::{Action, BundleId, Instant};
use timeline::{Field, Order, Question, Zone};

use crate::desk::Desk;
use crate::looks::{OpenLook, person_filter, refuse_long};
use crate::portion::{brief, fitting};
use crate::session::Session;
use crate::wire::{Counterpart, Fault, People, PeopleAsk, PersonAsk, PersonKind, PersonPage, PersonRow};
use crate::words::when;

/// Counterparts that a person's page lists.
const COUNTERPARTS_MAX: usize = 200;
/// Dots of one counterpart's strip.
const DOTS_MAX: usize = 200;
/// Values listed of each thing seen.
const SEEN_MAX: usize = 12;
/// Hours of a week.
const WEEK_HOURS: usize = 7 * 24;

impl Desk {
    /// A list of patients or users.
    pub fn people(&self, ask: PeopleAsk) -> Result<People, Fault> {
        let session = self.session()?;
        let bundle = BundleId::new(ask.bundle);
        let order = PeopleOrder { by: people_by(&ask.sort)?, descending: ask.descending };
        let asked = PeopleAsked {
            bundle: &bundle,
            side: side_of(ask.kind),
            beginning: &ask.prefix,
            order,
            offset: ask.offset,
            limit: (ask.limit as usize).min(PAGE_ROWS_MAX),
        };
        let list = session.open_list(list_entry(&asked))?;
        let found = session.store.people(&list.seen, asked)?;
        let people = fitting(found.people.iter().map(person_out));
        list.shown.rows(ask.offset..ask.offset.saturating_add(people.len() as u64));
        list.shown.people(ask.kind, people.iter().map(|person| person.id.as_str()));
        Ok(People { people, total: found.total })
    }

    /// Who opened this chart, or what this person opened. Opens a look of its own.
    pub fn person(&self, ask: PersonAsk) -> Result<PersonPage, Fault> {
        let session = self.session()?;
        let (field, other) = match ask.kind {
            PersonKind::Patient => (Field::Patient, PersonKind::User),
            PersonKind::User => (Field::User, PersonKind::Patient),
        };
        let filter = person_filter(field, &ask.id)?;
        refuse_long(&filter)?;
        let question = Question { bundle: BundleId::new(ask.bundle), filter, order: Order::default() };
        let (number, look) = session.begin_look(question)?;
        let mut portrait = Portrait::new(side_of(other), session.zone());
        session.each_row_of(&look, |row| portrait.add(row))?;
        let page = portrait.page(ask.id, session.look_out(number, &look)?);
        look.shown.people(other, page.counterparts.iter().map(|counterpart| counterpart.id.as_str()));
        look.shown.people(ask.kind, Some(page.person.id.as_str()).filter(|_| page.person.events > 0));
        Ok(page)
    }
}

impl Session {
    /// Goes over every row of a look, page by page.
    pub(crate) fn each_row_of(&self, look: &OpenLook, mut each: impl FnMut(&StoredRow)) -> Result<(), Fault> {
        let mut offset = 0;
        loop {
            let page = self.store.page(&look.seen, &look.question, offset, PAGE_ROWS_MAX)?;
            page.rows.iter().for_each(&mut each);
            offset += page.rows.len() as u64;
            if page.rows.is_empty() || offset >= page.total {
                return Ok(());
            }
        }
    }
}

const fn side_of(kind: PersonKind) -> Side {
    match kind {
        PersonKind::Patient => Side::Patients,
        PersonKind::User => Side::Users,
    }
}

fn people_by(sort: &str) -> Result<PeopleBy, Fault> {
    Ok(match sort {
        "events" | "" => PeopleBy::Events,
        "id" => PeopleBy::Id,
        "others" => PeopleBy::Others,
        "first" => PeopleBy::First,
        "last" => PeopleBy::Last,
        _ => return Err(Fault::bad_input("People cannot be sorted by that.")),
    })
}

fn person_out(person: &StoredPerson) -> PersonRow {
    PersonRow {
        id: brief(&*person.id),
        events: person.events,
        others: person.others,
        first: person.first.as_ref().map(when),
        last: person.last.as_ref().map(when),
    }
}

/// A person's page while their rows go by, in time order.
struct Portrait {
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
    fn new(side: Side, zone: Zone) -> Self {
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

    fn add(&mut self, row: &StoredRow) {
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

    fn page(self, id: String, look: crate::wire::Look) -> PersonPage {
        let counterparts_total = self.counterparts.len() as u64;
        let mut counterparts: Vec<_> = self.counterparts.into_iter().map(|(id, sketch)| sketch.finish(id)).collect();
        counterparts.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.id.cmp(&b.id)));
        counterparts.truncate(COUNTERPARTS_MAX);
        let seen = [("Roles", self.roles), ("Stations", self.stations), ("Systems", self.systems)];
        let seen = seen.into_iter().filter(|(_, values)| !values.is_empty());
        PersonPage {
            look,
            person: PersonRow {
                id: brief(id),
                events: self.events,
                others: counterparts_total,
                first: self.first.as_ref().map(when),
                last: self.last.as_ref().map(when),
            },
            counterparts: fitting(counterparts),
            counterparts_total,
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
