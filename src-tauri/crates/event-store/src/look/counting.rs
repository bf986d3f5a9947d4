//! Counting the matches of a question: totals, bars, facets.

use std::collections::HashMap;

use model::{Action, Outcome};
use timeline::{
    Bands, Facet, FacetField, FacetValue, Field, Histogram, Integrity, Pattern, Span, Tally, contains_word,
};
use vault::rusqlite::Transaction;

use super::matcher::{IntegrityOf, Matcher, at};
use super::order;
use super::plan::Plan;
use crate::catalog::Catalog;
use crate::chunk::name;
use crate::columns::{Frame, Unreadable};
use crate::import::rows::{Deed, UNDATED, patient_codes};
use crate::words::WordField;
use crate::{BinsAsked, FacetAsked, StoreFault, Totals};

/// The most different sessions that are counted.
const SESSIONS_MAX: usize = 2_000_000;

/// What one pass over all matches finds out.
pub(crate) struct Survey {
    pub(crate) totals: Totals,
    /// How many rows match, by position of the chunk.
    pub(crate) by_chunk: HashMap<u32, u64>,
}

/// A chunk, a plan and whatever else is needed to pass over all matches.
pub(crate) struct Matches<'a> {
    pub(crate) database: &'a Transaction<'a>,
    pub(crate) catalog: &'a Catalog,
    pub(crate) plan: &'a Plan,
    pub(crate) matcher: &'a Matcher,
}

impl Matches<'_> {
    pub(crate) fn visit(
        &self,
        columns: &[&'static str],
        each: impl FnMut(u32, &Frame, &[u32]) -> Result<(), Unreadable>,
    ) -> Result<(), StoreFault> {
        self.plan.visit(self.database, self.catalog, self.matcher, columns, each)
    }

    pub(crate) fn survey(&self) -> Result<Survey, StoreFault> {
        const COLUMNS: [&str; 5] =
            [WordField::User.name(), WordField::Patient.name(), name::OTHERS, name::TIME, name::PLACE];
        let elsewhere = self.catalog.elsewhere(self.database)?;
        let columns = if elsewhere.is_empty() { &COLUMNS[..4] } else { &COLUMNS[..] };
        let mut held_elsewhere = 0;
        let mut users = vec![false; self.catalog.words(WordField::User).count() + 1];
        let mut patients = vec![false; self.catalog.words(WordField::Patient).count() + 1];
        let mut by_chunk = HashMap::new();
        let mut totals = Totals::default();
        self.visit(columns, |position, frame, rows| {
            let (user, patient) = (frame.codes(WordField::User.name())?, frame.codes(WordField::Patient.name())?);
            let (others, times) = (frame.bytes(name::OTHERS)?, frame.numbers(name::TIME)?);
            for row in rows {
                mark(&mut users, at(user, *row));
                mark(&mut patients, at(patient, *row));
                patient_codes(others.at(*row as usize)).for_each(|code| mark(&mut patients, code));
                totals.undated += u64::from(times.get(*row as usize) == Some(&UNDATED));
            }
            if !elsewhere.is_empty() {
                let places = frame.numbers(name::PLACE)?;
                let held =
                    rows.iter().filter_map(|row| places.get(*row as usize)).filter(|place| elsewhere.holds(**place).0);
                held_elsewhere += held.count() as u64;
            }
            totals.events += rows.len() as u64;
            by_chunk.insert(position, rows.len() as u64);
            Ok(())
        })?;
        // Code 0 is nobody.
        let different = |seen: &[bool]| seen.iter().skip(1).filter(|seen| **seen).count() as u64;
        totals.users = different(&users);
        totals.patients = different(&patients);
        totals.elsewhere = elsewhere.is_complete().then_some(held_elsewhere);
        Ok(Survey { totals, by_chunk })
    }

    pub(crate) fn bins(&self, asked: BinsAsked) -> Result<Histogram, StoreFault> {
        let mut by_action: HashMap<u32, u64> = HashMap::new();
        for ((_, _, action), events) in self.catalog.days() {
            *by_action.entry(*action).or_default() += events;
        }
        let totals: Vec<(Action, u64)> =
            by_action.iter().map(|(action, events)| (order::action(*action as usize), *events)).collect();
        let period = self.catalog.period().map(|(first, last)| Span { from: first, until: last.saturating_add(1) });
        let span = asked.span.or(period).unwrap_or(Span { from: 0, until: 0 });
        let mut tally = Tally::over(span, asked.zone, asked.bins_max, Bands::of(&totals));
        self.visit(&[name::TIME, name::DEED], |_, frame, rows| {
            let (times, deeds) = (frame.numbers(name::TIME)?, frame.codes(name::DEED)?);
            for row in rows {
                let time = times.get(*row as usize).copied().filter(|time| *time != UNDATED);
                tally.add(time, Deed(at(deeds, *row)).action());
            }
            Ok(())
        })?;
        Ok(tally.finish())
    }

    pub(crate) fn facets(&self, asked: FacetAsked<'_>) -> Result<Facet, StoreFault> {
        let (values, absent) = match asked.field {
            FacetField::Action => self.deeds(Action::ALL.iter().map(|action| action.word()), Deed::action_number)?,
            FacetField::Outcome => {
                self.deeds(Outcome::ALL.iter().map(|outcome| outcome.word()), Deed::outcome_number)?
            }
            FacetField::Integrity => self.integrity()?,
            FacetField::Field(field) => match field {
                Field::User => self.codes(WordField::User)?,
                Field::Patient => self.patients()?,
                Field::Type => self.codes(WordField::Type)?,
                Field::Resource => self.codes(WordField::ResourceType)?,
                Field::Session => self.sessions()?,
                Field::Ip => self.codes(WordField::Ip)?,
                Field::System => self.codes(WordField::System)?,
                Field::Role => self.codes(WordField::Role)?,
                Field::Policy => self.codes(WordField::Policy)?,
                Field::Class => self.classes()?,
                Field::Bundle => (vec![(self.catalog.id.as_str().to_owned(), self.survey()?.totals.events)], 0),
            },
        };
        let fits = |within: &Pattern, value: &str| match asked.field {
            FacetField::Field(field) => within.matches(field, value),
            _ => within.text() == value,
        };
        let is_within = |value: &str| asked.within.is_empty() || asked.within.iter().any(|within| fits(within, value));
        let values = values
            .into_iter()
            .filter(|(value, events)| *events > 0 && contains_word(value.as_bytes(), asked.containing.as_bytes()))
            .filter(|(value, _)| is_within(value))
            .map(|(value, events)| FacetValue { value, events });
        Ok(Facet::of(asked.field, values.collect(), absent, asked.limit))
    }

    /// How often each code of a field occurs; code 0 is no value.
    fn count_codes(&self, field: WordField) -> Result<Vec<u64>, StoreFault> {
        let mut counts = vec![0; self.catalog.words(field).count() + 1];
        self.visit(&[field.name()], |_, frame, rows| {
            let codes = frame.codes(field.name())?;
            for row in rows {
                add(&mut counts, at(codes, *row));
            }
            Ok(())
        })?;
        Ok(counts)
    }

    fn named(&self, field: WordField, counts: &[u64]) -> Counted {
        let values = self.catalog.words(field).all().zip(counts.iter().skip(1));
        let values = values.map(|((_, text), events)| (text.to_owned(), *events)).collect();
        (values, counts.first().copied().unwrap_or(0))
    }

    fn codes(&self, field: WordField) -> Result<Counted, StoreFault> {
        Ok(self.named(field, &self.count_codes(field)?))
    }

    fn patients(&self) -> Result<Counted, StoreFault> {
        let field = WordField::Patient;
        let mut counts = vec![0; self.catalog.words(field).count() + 1];
        self.visit(&[field.name(), name::OTHERS], |_, frame, rows| {
            let (codes, others) = (frame.codes(field.name())?, frame.bytes(name::OTHERS)?);
            for row in rows {
                add(&mut counts, at(codes, *row));
                patient_codes(others.at(*row as usize)).for_each(|code| add(&mut counts, code));
            }
            Ok(())
        })?;
        Ok(self.named(field, &counts))
    }

    fn classes(&self) -> Result<Counted, StoreFault> {
        let counts = self.count_codes(WordField::Class)?;
        let mut labels: HashMap<&str, u64> = HashMap::new();
        for ((_, text), events) in self.catalog.words(WordField::Class).all().zip(counts.iter().skip(1)) {
            for label in Catalog::labels(text) {
                *labels.entry(label).or_default() += events;
            }
        }
        let values = labels.into_iter().map(|(label, events)| (label.to_owned(), events)).collect();
        Ok((values, counts.first().copied().unwrap_or(0)))
    }

    fn deeds<'w>(&self, words: impl Iterator<Item = &'w str>, number: fn(Deed) -> u32) -> Result<Counted, StoreFault> {
        let mut values: Vec<(String, u64)> = words.map(|word| (word.to_owned(), 0)).collect();
        self.visit(&[name::DEED], |_, frame, rows| {
            let deeds = frame.codes(name::DEED)?;
            for row in rows {
                if let Some((_, events)) = values.get_mut(number(Deed(at(deeds, *row))) as usize) {
                    *events += 1;
                }
            }
            Ok(())
        })?;
        Ok((values, 0))
    }

    fn integrity(&self) -> Result<Counted, StoreFault> {
        let mut counts: HashMap<Integrity, u64> = HashMap::new();
        self.visit(&[name::PLACE, name::SEQ, WordField::Stream.name()], |_, frame, rows| {
            let integrity = IntegrityOf::new(self.catalog, frame)?;
            for row in rows {
                *counts.entry(integrity.at(*row)).or_default() += 1;
            }
            Ok(())
        })?;
        Ok((counts.into_iter().map(|(word, events)| (word.word().to_owned(), events)).collect(), 0))
    }

    fn sessions(&self) -> Result<Counted, StoreFault> {
        let mut counts: HashMap<String, u64> = HashMap::new();
        let mut too_many = false;
        self.visit(&[name::SESSION], |_, frame, rows| {
            let sessions = frame.texts(name::SESSION)?;
            for row in rows {
                let session = sessions.at(*row as usize);
                if let Some(events) = counts.get_mut(session) {
                    *events += 1;
                } else if counts.len() < SESSIONS_MAX {
                    counts.insert(session.to_owned(), 1);
                } else {
                    too_many = true;
                }
            }
            Ok(())
        })?;
        if too_many {
            return Err(StoreFault::TooManyValues { field: "session", most: SESSIONS_MAX as u64 });
        }
        let absent = counts.remove("").unwrap_or(0);
        Ok((counts.into_iter().collect(), absent))
    }
}

/// Values with their counts, and how many events have none.
type Counted = (Vec<(String, u64)>, u64);

pub(crate) fn mark(seen: &mut [bool], code: u32) {
    if let Some(seen) = seen.get_mut(code as usize) {
        *seen = true;
    }
}

fn add(counts: &mut [u64], code: u32) {
    if let Some(count) = counts.get_mut(code as usize) {
        *count += 1;
    }
}
