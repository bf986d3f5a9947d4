//! One question to several bundles: an event that more than one of them holds counts once, and so does a person.
//!
//! # Invariants
//! * Each bundle is asked under a token of its own look.
//! * A row is a repeat only of a row that another bundle answers with too: what is counted in none is shown in none.

use std::sync::Arc;

use access_log::Witnessed;
use timeline::Question;

use crate::chunk::name;
use crate::import::rows::{UNDATED, patient_codes};
use crate::look::{Answer, Matches, at, mark};
use crate::words::WordField;
use crate::{EventStore, Row, StoreFault, log_question};

/// The question as one of several bundles is asked it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The token of its look.
    pub seen: &'a Witnessed,
    /// The question to this bundle.
    pub question: &'a Question,
}

/// What several bundles answer together. The counts are exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// Events; one that several bundles answer with counts once.
    pub events: u64,
    /// Different users of all bundles.
    pub users: u64,
    /// Different patients of all bundles.
    pub patients: u64,
    /// How many of the events more than one bundle of the vault holds, asked or not.
    pub elsewhere: u64,
    /// How many of the events have the name of an event in another bundle of the vault, which has other bytes there.
    pub differing: u64,
    /// How many of the events have no time.
    pub undated: u64,
    /// For each bundle that was asked the places of rows that one before it answers with, sorted.
    repeats: Vec<Vec<i64>>,
}

impl Together {
    /// Whether a row of the bundle that was asked as number `asked`, from 0, is one that a bundle before it answers with.
    #[must_use]
    pub fn is_repeat(&self, asked: usize, row: &Row) -> bool {
        let place = crate::import::rows::place(row.place.file, row.place.line);
        self.repeats.get(asked).zip(place).is_some_and(|(repeats, place)| repeats.binary_search(&place).is_ok())
    }
}

/// What one bundle answers.
struct Part {
    answer: Arc<Answer>,
    events: u64,
    /// Places of rows that another bundle holds too, sorted, and of those whose name has other bytes elsewhere.
    shared: Vec<i64>,
    differing: Vec<i64>,
    /// Rows without a time, and places of those that another bundle holds too.
    undated: u64,
    undated_shared: Vec<i64>,
    /// By code who occurs.
    users: Vec<bool>,
    patients: Vec<bool>,
}

impl EventStore {
    /// Asks several bundles the same. Bundles that were not compared yet are compared first.
    pub fn together(&self, asked: &[Asked<'_>]) -> Result<Together, StoreFault> {
        for asked in asked {
            asked.seen.admits_question(self.vault(), &log_question(asked.question))?;
        }
        self.compare_bundles(&|_| true)?;
        let parts = asked.iter().map(|asked| self.part(asked.question)).collect::<Result<Vec<_>, _>>()?;
        let mut together = Together::default();
        for (before, part) in parts.iter().enumerate() {
            let repeats = self.repeats(part, parts.get(..before).unwrap_or_default())?;
            // A repeat is a row that another bundle holds.
            together.events += part.events - repeats.len() as u64;
            together.elsewhere += (part.shared.len() - repeats.len()) as u64;
            let shown = part.differing.iter().filter(|place| repeats.binary_search(place).is_err());
            together.differing += shown.count() as u64;
            let again = part.undated_shared.iter().filter(|place| repeats.binary_search(place).is_ok());
            together.undated += part.undated - again.count() as u64;
            together.repeats.push(repeats);
        }
        together.users = different(&parts, WordField::User, |part| part.users.as_slice());
        together.patients = different(&parts, WordField::Patient, |part| part.patients.as_slice());
        Ok(together)
    }

    fn part(&self, question: &Question) -> Result<Part, StoreFault> {
        let answer = self.answer(question)?;
        let catalog = answer.catalog();
        let people = |field: WordField| vec![false; catalog.words(field).count() + 1];
        let (mut users, mut patients) = (people(WordField::User), people(WordField::Patient));
        let (mut shared, mut differing, mut events) = (Vec::new(), Vec::new(), 0);
        let (mut undated_shared, mut undated) = (Vec::new(), 0);
        answer.matches(self.vault(), |matches: &Matches<'_>| {
            const COLUMNS: [&str; 5] =
                [WordField::User.name(), WordField::Patient.name(), name::OTHERS, name::PLACE, name::TIME];
            let elsewhere = catalog.elsewhere(matches.database)?;
            matches.visit(&COLUMNS, |_, frame, rows| {
                let (user, patient) = (frame.codes(WordField::User.name())?, frame.codes(WordField::Patient.name())?);
                let (others, places) = (frame.bytes(name::OTHERS)?, frame.numbers(name::PLACE)?);
                let times = frame.numbers(name::TIME)?;
                let is_undated = |row: u32| times.get(row as usize) == Some(&UNDATED);
                for row in rows {
                    mark(&mut users, at(user, *row));
                    mark(&mut patients, at(patient, *row));
                    patient_codes(others.at(*row as usize)).for_each(|code| mark(&mut patients, code));
                }
                events += rows.len() as u64;
                undated += rows.iter().filter(|row| is_undated(**row)).count() as u64;
                if !elsewhere.is_empty() {
                    for (row, place) in rows.iter().filter_map(|row| Some((*row, places.get(*row as usize)?))) {
                        let (same, other) = elsewhere.holds(*place);
                        shared.extend(same.then_some(*place));
                        undated_shared.extend((same && is_undated(row)).then_some(*place));
                        differing.extend(other.then_some(*place));
                    }
                }
                Ok(())
            })
        })?;
        shared.sort_unstable();
        Ok(Part { answer, events, shared, differing, undated, undated_shared, users, patients })
    }

    /// Places of rows that an earlier bundle answers with too.
    fn repeats(&self, part: &Part, earlier: &[Part]) -> Result<Vec<i64>, StoreFault> {
        if earlier.is_empty() || part.shared.is_empty() {
            return Ok(Vec::new());
        }
        let answers = |number: i64, place: i64| {
            let bundle = earlier.iter().find(|earlier| earlier.answer.catalog().number == number);
            bundle.is_some_and(|bundle| bundle.shared.binary_search(&place).is_ok())
        };
        self.vault().read(|database| {
            let elsewhere = part.answer.catalog().elsewhere(database)?;
            let is_repeat = |place: &i64| elsewhere.copies(*place).any(|(number, there)| answers(number, there));
            Ok(part.shared.iter().copied().filter(is_repeat).collect())
        })
    }
}

/// How many different people occur in all parts.
fn different(parts: &[Part], field: WordField, of: fn(&Part) -> &[bool]) -> u64 {
    let mut all: Vec<&str> = Vec::new();
    for part in parts {
        // Code 0 is nobody, and has no text.
        let texts = part.answer.catalog().words(field).all();
        all.extend(texts.zip(of(part).iter().skip(1)).filter(|(_, occurs)| **occurs).map(|((_, text), _)| text));
    }
    all.sort_unstable();
    all.dedup();
    all.len() as u64
}
