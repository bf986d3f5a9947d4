//! Patients and users: lists with counts, and everything about one of them.

use std::cmp::Ordering;
use std::sync::Arc;

use event_store::{
    EventQuestions, PAGE_ROWS_MAX, PeopleAsked, PeopleBy, PeopleOrder, PersonRow as StoredPerson, Row as StoredRow,
    Side, list_entry,
};
use model::BundleId;
use timeline::{Field, Order, Question};

use crate::desk::Desk;
use crate::forms;
use crate::looks::{OpenLook, person_filter, refuse_long};
use crate::portion::{brief, fitting};
use crate::portrait::Portrait;
use crate::session::Session;
use crate::verdicts::profile_named;
use crate::wire::{
    Counterpart, Counterparts, CounterpartsAsk, Fault, People, PeopleAsk, PersonAsk, PersonKind, PersonPage, PersonRow,
    When,
};
use crate::words::when;

/// Counterparts in one answer at most.
const COUNTERPARTS_MAX: usize = 200;

impl Desk {
    /// A list of patients or users.
    pub fn people(&self, ask: PeopleAsk) -> Result<People, Fault> {
        let session = self.session()?;
        let bundle = BundleId::new(ask.bundle);
        let order = PeopleOrder { by: people_by(&ask.sort)?, descending: ask.descending };
        let beginning = match ask.kind {
            PersonKind::Patient => {
                forms::patient_beginning(profile_named(&session.summary(&bundle)?.facts), &ask.prefix)
            }
            PersonKind::User => &ask.prefix,
        };
        let asked = PeopleAsked {
            bundle: &bundle,
            side: side_of(ask.kind),
            beginning,
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
        let field = match ask.kind {
            PersonKind::Patient => Field::Patient,
            PersonKind::User => Field::User,
        };
        let filter = person_filter(field, &ask.id)?;
        refuse_long(&filter)?;
        let question = Question { bundle: BundleId::new(ask.bundle), filter, order: Order::default() };
        let (number, look) = session.begin_look_at(ask.kind, question)?;
        let id = forms::recorded_id(&look.question.filter, field).map_or(ask.id, str::to_owned);
        let found = session.portrait(&look, ask.kind)?.finish(id);
        let circle = Arc::new(found.counterparts);
        session.keep_circle(number, &circle);
        let counterparts = portion_of(&circle, compare_by("events")?, true, 0, COUNTERPARTS_MAX);
        look.shown.people(other_side(ask.kind), counterparts.iter().map(|counterpart| counterpart.id.as_str()));
        look.shown.people(ask.kind, Some(found.person.id.as_str()).filter(|_| found.person.events > 0));
        Ok(PersonPage {
            look: session.look_out(number, &look)?,
            person: found.person,
            counterparts,
            counterparts_total: circle.len() as u64,
            week: found.week,
            seen: found.seen,
        })
    }

    /// Those on the other side of a person's page, from any of them on, in any order.
    pub fn counterparts(&self, ask: CounterpartsAsk) -> Result<Counterparts, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let kind = look.about.ok_or_else(|| Fault::bad_input("This view is of no single person."))?;
        let compare = compare_by(&ask.sort)?;
        let circle = match session.circle(ask.look) {
            Some(circle) => circle,
            None => Arc::new(session.portrait(&look, kind)?.finish(String::new()).counterparts),
        };
        session.keep_circle(ask.look, &circle);
        let offset = usize::try_from(ask.offset).unwrap_or(usize::MAX);
        let limit = (ask.limit as usize).min(COUNTERPARTS_MAX);
        let counterparts = portion_of(&circle, compare, ask.descending, offset, limit);
        look.shown.people(other_side(kind), counterparts.iter().map(|counterpart| counterpart.id.as_str()));
        Ok(Counterparts { offset: ask.offset, counterparts, total: circle.len() as u64 })
    }
}

impl Session {
    /// What the rows of a look come to, for the page of a person of this kind.
    fn portrait(&self, look: &OpenLook, kind: PersonKind) -> Result<Portrait, Fault> {
        let mut portrait = Portrait::new(side_of(other_side(kind)), self.zone());
        self.each_row_of(look, |row| portrait.add(row))?;
        Ok(portrait)
    }

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

const fn other_side(kind: PersonKind) -> PersonKind {
    match kind {
        PersonKind::Patient => PersonKind::User,
        PersonKind::User => PersonKind::Patient,
    }
}

/// How two counterparts compare by a column.
type Compare = fn(&Counterpart, &Counterpart) -> Ordering;

fn compare_by(sort: &str) -> Result<Compare, Fault> {
    Ok(match sort {
        "events" | "" => |a, b| a.events.cmp(&b.events),
        "id" => |a, b| a.id.cmp(&b.id),
        "first" => |a, b| epoch_ms(a.first.as_ref()).cmp(&epoch_ms(b.first.as_ref())),
        "last" => |a, b| epoch_ms(a.last.as_ref()).cmp(&epoch_ms(b.last.as_ref())),
        _ => return Err(Fault::bad_input("People cannot be sorted by that.")),
    })
}

fn epoch_ms(when: Option<&When>) -> Option<i64> {
    when.and_then(|when| when.epoch_ms)
}

/// As many of a circle as one answer holds, from the one at `offset` on. Equal ones stay in the order of their ids, so
/// that going on from the last shown skips nobody.
fn portion_of(
    circle: &[Counterpart],
    compare: Compare,
    descending: bool,
    offset: usize,
    limit: usize,
) -> Vec<Counterpart> {
    let mut order: Vec<&Counterpart> = circle.iter().collect();
    // Stable, over a list that is in the order of ids.
    order.sort_by(|a, b| if descending { compare(b, a) } else { compare(a, b) });
    fitting(order.into_iter().skip(offset).take(limit)).into_iter().cloned().collect()
}
