//! A filter made ready for columns: texts are looked up once per bundle, rows are compared by their codes.
//!
//! [`Filter::matches`](timeline::Filter::matches) says what a filter means; this must never say anything else.

use std::sync::Arc;

use model::{Action, Outcome};
use timeline::{AnyOf, Condition, Field, Filter, Integrity, Pattern, Word};

use crate::catalog::Catalog;
use crate::chunk::name;
use crate::columns::{Frame, Unreadable};
use crate::import::rows::{Deed, UNDATED, patient_codes, spot};
use crate::standing::{Mark, RecordPlace};
use crate::words::WordField;

/// The places whose records hold one of some words, sorted.
pub(crate) type Places = Arc<Vec<i64>>;

/// A filter made ready for one bundle.
pub(crate) struct Matcher {
    tests: Vec<Test>,
    columns: Vec<&'static str>,
    /// First and last instant that a match can have; undated events match only if both ends are open.
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

struct Test {
    negated: bool,
    what: What,
}

enum What {
    /// The code of a column is one of those marked.
    Code {
        column: &'static str,
        marked: Vec<bool>,
    },
    /// The code of any patient is one of those marked.
    Patient {
        marked: Vec<bool>,
    },
    /// The number of the action is one of these bits.
    Action(u32),
    /// The number of the outcome is one of these bits.
    Outcome(u32),
    Emergency,
    From(i64),
    To(i64),
    Session(AnyOf<Pattern>),
    Resource(AnyOf<Pattern>),
    Integrity(AnyOf<Integrity>),
    /// The record's bytes hold one of the words.
    Text(Places),
    Constant(bool),
}

impl Matcher {
    /// Makes a filter ready. `places` finds the records that hold one of some words.
    pub(crate) fn new<E>(
        filter: &Filter,
        catalog: &Catalog,
        mut places: impl FnMut(&AnyOf<Word>) -> Result<Places, E>,
    ) -> Result<Self, E> {
        let mut tests = Vec::with_capacity(filter.terms().len());
        for term in filter.terms() {
            let what = match &term.condition {
                Condition::Text(words) => What::Text(places(words)?),
                other => What::of(other, catalog),
            };
            tests.push(Test { negated: term.negated, what });
        }
        let mut columns: Vec<&'static str> = tests.iter().flat_map(|test| test.what.columns()).copied().collect();
        columns.sort_unstable();
        columns.dedup();
        let (from, to) = filter.period();
        Ok(Self { tests, columns, from, to })
    }

    /// Whether every event matches.
    pub(crate) fn is_open(&self) -> bool {
        self.tests.is_empty()
    }

    /// The columns that [`retain`](Self::retain) reads.
    pub(crate) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// Whether rows of this stretch of time can match at all.
    pub(crate) fn reaches(&self, time_min: i64, time_max: i64) -> bool {
        let dated = self.from.is_some() || self.to.is_some();
        let after = self.to.is_some_and(|to| time_min > to) || (dated && time_min == UNDATED);
        !after && self.from.is_none_or(|from| time_max >= from)
    }

    /// Keeps the rows that match.
    pub(crate) fn retain(&self, catalog: &Catalog, frame: &Frame, rows: &mut Vec<u32>) -> Result<(), Unreadable> {
        self.tests.iter().try_for_each(|test| test.retain(catalog, frame, rows))
    }

    /// For each patient's or user's code whether a positive term of that field asks for it; `None` without such a term.
    pub(crate) fn wanted(&self, field: WordField) -> Option<&[bool]> {
        self.tests.iter().filter(|test| !test.negated).find_map(|test| match &test.what {
            What::Patient { marked } if field == WordField::Patient => Some(marked.as_slice()),
            What::Code { column, marked } if *column == field.name() => Some(marked.as_slice()),
            _ => None,
        })
    }

    /// The resources that a positive term asks for.
    pub(crate) fn wanted_resources(&self) -> Option<&AnyOf<Pattern>> {
        self.tests.iter().filter(|test| !test.negated).find_map(|test| match &test.what {
            What::Resource(patterns) => Some(patterns),
            _ => None,
        })
    }
}

impl What {
    fn of(condition: &Condition, catalog: &Catalog) -> Self {
        match condition {
            Condition::Field(field, patterns) => Self::field(*field, patterns, catalog),
            Condition::Action(actions) => Self::Action(bits(Action::ALL, actions.values())),
            Condition::Outcome(outcomes) => Self::Outcome(bits(Outcome::ALL, outcomes.values())),
            Condition::Emergency => Self::Emergency,
            Condition::Integrity(words) => Self::Integrity(words.clone()),
            Condition::From(at) => Self::From(at.nanos()),
            Condition::To(at) => Self::To(at.nanos()),
            // Made by the caller, who can read the records.
            Condition::Text(_) => Self::Constant(false),
        }
    }

    fn field(field: Field, patterns: &AnyOf<Pattern>, catalog: &Catalog) -> Self {
        let any = |text: &str| patterns.values().iter().any(|pattern| pattern.matches(field, text));
        let code = |words: WordField| Self::Code { column: words.name(), marked: catalog.words(words).table(any) };
        match field {
            Field::User => code(WordField::User),
            Field::Type => code(WordField::Type),
            Field::Ip => code(WordField::Ip),
            Field::System => code(WordField::System),
            Field::Role => code(WordField::Role),
            Field::Policy => code(WordField::Policy),
            Field::Patient => Self::Patient { marked: catalog.words(WordField::Patient).table(any) },
            Field::Class => {
                let labels =
                    |text: &str| patterns.values().iter().any(|one| one.matches_any(field, Catalog::labels(text)));
                Self::Code { column: WordField::Class.name(), marked: catalog.words(WordField::Class).table(labels) }
            }
            Field::Session => Self::Session(patterns.clone()),
            Field::Resource => Self::Resource(patterns.clone()),
            Field::Bundle => {
                Self::Constant(patterns.values().iter().any(|pattern| pattern.matches_bundle(&catalog.id)))
            }
        }
    }

    fn columns(&self) -> &[&'static str] {
        const PATIENT: &[&str] = &[WordField::Patient.name(), name::OTHERS];
        const RESOURCE: &[&str] = &[WordField::ResourceType.name(), name::RESOURCE_ID];
        const RECORD: &[&str] = &[name::PLACE, name::SEQ, WordField::Stream.name()];
        match self {
            Self::Code { column, .. } => std::slice::from_ref(column),
            Self::Patient { .. } => PATIENT,
            Self::Action(_) | Self::Outcome(_) | Self::Emergency => &[name::DEED],
            Self::From(_) | Self::To(_) => &[name::TIME],
            Self::Session(_) => &[name::SESSION],
            Self::Resource(_) => RESOURCE,
            Self::Integrity(_) => RECORD,
            Self::Text(_) => &[name::PLACE],
            Self::Constant(_) => &[],
        }
    }
}

impl Test {
    fn retain(&self, catalog: &Catalog, frame: &Frame, rows: &mut Vec<u32>) -> Result<(), Unreadable> {
        let negated = self.negated;
        match &self.what {
            What::Code { column, marked } => {
                let codes = frame.codes(column)?;
                rows.retain(|row| is_marked(marked, at(codes, *row)) != negated);
            }
            What::Patient { marked } => {
                let (first, others) = (frame.codes(WordField::Patient.name())?, frame.bytes(name::OTHERS)?);
                rows.retain(|row| {
                    let any = is_marked(marked, at(first, *row))
                        || patient_codes(others.at(*row as usize)).any(|code| is_marked(marked, code));
                    any != negated
                });
            }
            What::Action(bits) => retain_deeds(frame, rows, |deed| (bits >> deed.action_number() & 1 == 1) != negated)?,
            What::Outcome(bits) => {
                retain_deeds(frame, rows, |deed| (bits >> deed.outcome_number() & 1 == 1) != negated)?;
            }
            What::Emergency => retain_deeds(frame, rows, |deed| deed.is_emergency() != negated)?,
            What::From(from) => retain_times(frame, rows, |time| (time != UNDATED && time >= *from) != negated)?,
            What::To(to) => retain_times(frame, rows, |time| (time != UNDATED && time <= *to) != negated)?,
            What::Session(patterns) => {
                let sessions = frame.texts(name::SESSION)?;
                rows.retain(|row| {
                    let session = sessions.at(*row as usize);
                    patterns.values().iter().any(|one| one.matches(Field::Session, session)) != negated
                });
            }
            What::Resource(patterns) => {
                let kinds = frame.codes(WordField::ResourceType.name())?;
                let ids = frame.texts(name::RESOURCE_ID)?;
                let words = catalog.words(WordField::ResourceType);
                rows.retain(|row| {
                    let (kind, id) = (words.text(at(kinds, *row)), ids.at(*row as usize));
                    patterns.values().iter().any(|one| one.matches_resource(kind, id)) != negated
                });
            }
            What::Integrity(words) => {
                let integrity = IntegrityOf::new(catalog, frame)?;
                rows.retain(|row| words.values().contains(&integrity.at(*row)) != negated);
            }
            What::Text(found) => {
                let places = frame.numbers(name::PLACE)?;
                rows.retain(|row| {
                    let place = places.get(*row as usize).copied().unwrap_or_default();
                    found.binary_search(&place).is_ok() != negated
                });
            }
            What::Constant(holds) => {
                if *holds == negated {
                    rows.clear();
                }
            }
        }
        Ok(())
    }
}

/// What may be said of the records of a frame.
pub(crate) struct IntegrityOf<'a> {
    catalog: &'a Catalog,
    places: &'a [i64],
    seqs: &'a [i64],
    streams: &'a [u32],
}

impl<'a> IntegrityOf<'a> {
    pub(crate) fn new(catalog: &'a Catalog, frame: &'a Frame) -> Result<Self, Unreadable> {
        Ok(Self {
            catalog,
            places: frame.numbers(name::PLACE)?,
            seqs: frame.numbers(name::SEQ)?,
            streams: frame.codes(WordField::Stream.name())?,
        })
    }

    pub(crate) fn at(&self, row: u32) -> Integrity {
        self.mark(row).integrity()
    }

    pub(crate) fn mark(&self, row: u32) -> Mark {
        self.catalog.marks.mark(self.place(row))
    }

    /// What may be said of the record itself, whatever is missing beside it.
    pub(crate) fn own_mark(&self, row: u32) -> Mark {
        self.catalog.marks.own_mark(self.place(row))
    }

    fn place(&self, row: u32) -> RecordPlace<'a> {
        let (file, line) = spot(self.places.get(row as usize).copied().unwrap_or_default());
        let seq = self.seqs.get(row as usize).copied().and_then(|seq| u64::try_from(seq).ok()).filter(|seq| *seq > 0);
        let stream = self.catalog.words(WordField::Stream).text(at(self.streams, row));
        RecordPlace { file, line, seq, stream }
    }
}

fn retain_deeds(frame: &Frame, rows: &mut Vec<u32>, keep: impl Fn(Deed) -> bool) -> Result<(), Unreadable> {
    let deeds = frame.codes(name::DEED)?;
    rows.retain(|row| keep(Deed(at(deeds, *row))));
    Ok(())
}

fn retain_times(frame: &Frame, rows: &mut Vec<u32>, keep: impl Fn(i64) -> bool) -> Result<(), Unreadable> {
    let times = frame.numbers(name::TIME)?;
    rows.retain(|row| keep(times.get(*row as usize).copied().unwrap_or(UNDATED)));
    Ok(())
}

pub(crate) fn at(codes: &[u32], row: u32) -> u32 {
    codes.get(row as usize).copied().unwrap_or(0)
}

pub(crate) fn is_marked(marked: &[bool], code: u32) -> bool {
    marked.get(code as usize).copied().unwrap_or(false)
}

fn bits<T: PartialEq>(all: &[T], wanted: &[T]) -> u32 {
    (0..).zip(all).filter(|(_, one)| wanted.contains(one)).fold(0, |bits, (at, _)| bits | 1 << at)
}
