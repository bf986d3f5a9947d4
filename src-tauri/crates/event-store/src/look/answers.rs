//! Questions that were asked, with what was found out about them: counts, and the order of their rows.

use std::sync::{Arc, Mutex, OnceLock};

use timeline::{AnyOf, Order, OrderBy, Question, Word};
use vault::Vault;
use vault::rusqlite::Transaction;

use super::counting::{Matches, Survey};
use super::events::{Located, locate};
use super::matcher::{Matcher, Places};
use super::order::{self, Address, Group, Groups};
use super::plan::Plan;
use super::words_in_records::GoOn;
use super::{rows, words_in_records};
use crate::catalog::Catalog;
use crate::chunk::{Kind, name};
use crate::import::unpoisoned;
use crate::repeats::Elsewhere;
use crate::{EventRef, EventStore, Page, StoreFault, Totals, shelf};

/// Bytes of addresses and places that are kept for questions that may go on.
const KEPT_BYTES: usize = 256 * 1024 * 1024;
/// Questions that are kept at most.
const QUESTIONS_KEPT: usize = 32;
/// Groups of rows in time order that a question keeps.
const GROUPS_KEPT: usize = 4;

/// What is kept between two questions.
#[derive(Default)]
pub(crate) struct Looks {
    answers: Mutex<Vec<(Key, Arc<Answer>)>>,
    /// Places of records that hold some words; passing over all records takes long.
    texts: Mutex<Vec<(TextKey, Places)>>,
}

type Key = (i64, i64, String, Order);
type TextKey = (i64, i64, Vec<String>);

/// One question to one revision of a bundle.
pub(crate) struct Answer {
    catalog: Arc<Catalog>,
    matcher: Matcher,
    plan: Plan,
    order: Order,
    survey: OnceLock<Survey>,
    arrangement: OnceLock<Arrangement>,
    groups: Mutex<Vec<(usize, Arc<Vec<Address>>)>>,
}

/// The rows in their order.
enum Arrangement {
    /// In time order, by chunks.
    ByTime(Groups),
    /// In whatever order, one by one.
    Listed(Vec<Address>),
}

impl EventStore {
    /// The answer to a question, to be found out or found out before.
    pub(crate) fn answer(&self, question: &Question) -> Result<Arc<Answer>, StoreFault> {
        self.answer_while(question, &|_, _| true)
    }

    /// The same, as long as somebody wants to know.
    pub(crate) fn answer_while(&self, question: &Question, go_on: GoOn<'_>) -> Result<Arc<Answer>, StoreFault> {
        let catalog = self.catalog(&question.bundle)?;
        let key = (catalog.number, catalog.revision, question.filter.text_in_full(), question.order);
        {
            let mut answers = unpoisoned(&self.looks.answers);
            if let Some(at) = answers.iter().position(|(known, _)| *known == key) {
                let known = answers.remove(at);
                let answer = Arc::clone(&known.1);
                answers.insert(0, known);
                return Ok(answer);
            }
        }
        let matcher = Matcher::new(&question.filter, &catalog, |words| self.places(&catalog, words, go_on))?;
        let plan = Plan::new(&matcher, &catalog, question.order.by);
        let answer = Arc::new(Answer {
            catalog,
            matcher,
            plan,
            order: question.order,
            survey: OnceLock::new(),
            arrangement: OnceLock::new(),
            groups: Mutex::default(),
        });
        let mut answers = unpoisoned(&self.looks.answers);
        answers.insert(0, (key, Arc::clone(&answer)));
        let mut bytes = 0;
        answers.retain(|(_, answer)| {
            bytes += answer.bytes();
            bytes <= KEPT_BYTES
        });
        answers.truncate(QUESTIONS_KEPT);
        Ok(answer)
    }

    fn places(&self, catalog: &Catalog, words: &AnyOf<Word>, go_on: GoOn<'_>) -> Result<Places, StoreFault> {
        let words_key = words.values().iter().map(|word| word.text().to_owned()).collect();
        let key: TextKey = (catalog.number, catalog.revision, words_key);
        if let Some((_, known)) = unpoisoned(&self.looks.texts).iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(words_in_records::places(self.vault(), catalog, words, go_on)?);
        let mut texts = unpoisoned(&self.looks.texts);
        texts.insert(0, (key, Arc::clone(&found)));
        let mut bytes = 0;
        texts.retain(|(_, places)| {
            bytes += places.len() * size_of::<i64>();
            bytes <= KEPT_BYTES
        });
        texts.truncate(QUESTIONS_KEPT);
        Ok(found)
    }
}

impl Answer {
    fn bytes(&self) -> usize {
        let listed = match self.arrangement.get() {
            Some(Arrangement::Listed(rows)) => rows.len(),
            _ => 0,
        };
        let grouped: usize = unpoisoned(&self.groups).iter().map(|(_, rows)| rows.len()).sum();
        (listed + grouped) * size_of::<Address>()
    }

    /// The bundle as it was when this was asked.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Does something with all matches.
    pub(crate) fn matches<T>(
        &self,
        vault: &Vault,
        act: impl for<'m> FnOnce(&'m Matches<'m>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        vault.read(|database| act(&self.over(database)))
    }

    fn over<'a>(&'a self, database: &'a Transaction<'a>) -> Matches<'a> {
        Matches { database, catalog: &self.catalog, plan: &self.plan, matcher: &self.matcher }
    }

    pub(crate) fn totals(&self, vault: &Vault) -> Result<Totals, StoreFault> {
        let shares = vault.read(|database| self.catalog.elsewhere(database).map(|elsewhere| !elsewhere.is_empty()))?;
        // Which rows another bundle holds as well is only found by looking at them.
        if self.matcher.is_open() && !shares {
            let overview = self.catalog.overview(0);
            let complete = vault.read(|database| self.catalog.elsewhere(database).map(Elsewhere::is_complete))?;
            return Ok(Totals {
                events: overview.events,
                users: overview.users,
                patients: overview.patients,
                undated: overview.undated,
                elsewhere: complete.then_some(0),
            });
        }
        Ok(self.survey(vault)?.totals)
    }

    fn survey(&self, vault: &Vault) -> Result<&Survey, StoreFault> {
        if let Some(survey) = self.survey.get() {
            return Ok(survey);
        }
        let survey = vault.read(|database| self.over(database).survey())?;
        Ok(self.survey.get_or_init(|| survey))
    }

    fn arrangement(&self, vault: &Vault) -> Result<&Arrangement, StoreFault> {
        if let Some(arrangement) = self.arrangement.get() {
            return Ok(arrangement);
        }
        let arrangement = if self.plan.kind == Kind::Time && self.order.by == OrderBy::Time {
            let rows =
                |position: u32| self.catalog.chunks(Kind::Time).get(position as usize).map_or(0, |chunk| chunk.rows);
            let groups = if self.matcher.is_open() {
                Groups::of(&self.plan, &self.catalog, rows)
            } else {
                let survey = self.survey(vault)?;
                Groups::of(&self.plan, &self.catalog, |position| survey.by_chunk.get(&position).copied().unwrap_or(0))
            };
            Arrangement::ByTime(groups)
        } else {
            let sorted = |database: &Transaction<'_>| {
                order::sort(database, &self.catalog, &self.plan, &self.matcher, self.order)
            };
            Arrangement::Listed(vault.read(sorted)?)
        };
        Ok(self.arrangement.get_or_init(|| arrangement))
    }

    pub(crate) fn page(&self, vault: &Vault, offset: u64, limit: usize) -> Result<Page, StoreFault> {
        let arrangement = self.arrangement(vault)?;
        let total = arrangement.total();
        let addresses = match arrangement {
            Arrangement::Listed(rows) => {
                let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                rows.iter().skip(offset).take(limit).copied().collect()
            }
            Arrangement::ByTime(groups) => {
                vault.read(|database| self.addresses(database, groups, offset, limit as u64))?
            }
        };
        let rows = vault.read(|database| rows::read(database, &self.catalog, self.plan.kind, &addresses))?;
        Ok(Page { total, offset, rows })
    }

    fn addresses(
        &self,
        database: &Transaction<'_>,
        groups: &Groups,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<Address>, StoreFault> {
        let mut addresses = Vec::new();
        for position in offset..groups.total.min(offset.saturating_add(limit)) {
            let ascending = groups.ascending(position, self.order.descending);
            let Some(number) = groups.group_at(ascending) else { break };
            let Some(group) = groups.list.get(number) else { break };
            let rows = self.group(database, number, group)?;
            let within = usize::try_from(ascending - group.before).unwrap_or(usize::MAX);
            addresses.extend(rows.get(within));
        }
        Ok(addresses)
    }

    fn group(&self, database: &Transaction<'_>, number: usize, group: &Group) -> Result<Arc<Vec<Address>>, StoreFault> {
        if let Some((_, known)) = unpoisoned(&self.groups).iter().find(|(known, _)| *known == number) {
            return Ok(Arc::clone(known));
        }
        let rows = Arc::new(order::rows_of_group(database, &self.catalog, &self.plan, &self.matcher, group)?);
        let mut groups = unpoisoned(&self.groups);
        groups.insert(0, (number, Arc::clone(&rows)));
        groups.truncate(GROUPS_KEPT);
        Ok(rows)
    }

    /// Which row an event is, from 0.
    pub(crate) fn position_of(&self, vault: &Vault, event_ref: &EventRef) -> Result<Option<u64>, StoreFault> {
        let located = vault.read(|database| locate(database, &self.catalog, event_ref.spot()))?;
        let located = match located.as_slice() {
            [] => return Ok(None),
            [one] => *one,
            _ => return Err(StoreFault::EventAmbiguous(event_ref.clone())),
        };
        let arrangement = self.arrangement(vault)?;
        vault.read(|database| match arrangement {
            Arrangement::Listed(rows) => {
                let candidates = self.addresses_of(database, located, |_| true)?;
                let at = rows.iter().position(|row| candidates.contains(row));
                Ok(at.map(|at| at as u64))
            }
            Arrangement::ByTime(groups) => {
                let at = (located.time, located.place);
                let inside = |group: &Group| group.first <= at && at <= group.last;
                let Some(number) = groups.list.iter().position(inside) else { return Ok(None) };
                let Some(group) = groups.list.get(number) else { return Ok(None) };
                let rows = self.group(database, number, group)?;
                let candidates = self.addresses_of(database, located, |position| group.chunks.contains(&position))?;
                let within = rows.iter().position(|row| candidates.contains(row));
                // Turning round is its own opposite.
                Ok(within.map(|within| groups.ascending(group.before + within as u64, self.order.descending)))
            }
        })
    }

    /// Where an event stands in the order that the plan reads.
    fn addresses_of(
        &self,
        database: &Transaction<'_>,
        located: Located,
        chosen: impl Fn(u32) -> bool,
    ) -> Result<Vec<Address>, StoreFault> {
        let mut found = Vec::new();
        for (position, chunk) in self.plan.infos(&self.catalog) {
            if !chosen(position) || located.time < chunk.time_min || located.time > chunk.time_max {
                continue;
            }
            let frame = shelf::read(database, chunk.id, &[name::PLACE])?;
            let places = frame.numbers(name::PLACE).map_err(|_| StoreFault::Damaged { id: chunk.id, part: "chunk" })?;
            let rows = (0..).zip(places).filter(|(_, place)| **place == located.place);
            found.extend(rows.map(|(row, _)| Address { chunk: position, row }));
        }
        Ok(found)
    }
}

impl Arrangement {
    fn total(&self) -> u64 {
        match self {
            Self::ByTime(groups) => groups.total,
            Self::Listed(rows) => rows.len() as u64,
        }
    }
}
