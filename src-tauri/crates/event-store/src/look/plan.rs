//! Which chunks a question has to read, and reading them.
//!
//! If it asks for a few patients, users or resources, those are the chunks of that order whose keys can be theirs; else
//! all chunks in time order that the question's period reaches.

use std::collections::BTreeSet;

use timeline::{OrderBy, Pattern};
use vault::rusqlite::Transaction;

use super::matcher::{Matcher, at, is_marked};
use crate::StoreFault;
use crate::catalog::{Catalog, ChunkInfo};
use crate::chunk::{Kind, name, resource_key};
use crate::columns::{Frame, Unreadable};
use crate::import::rows::patient_codes;
use crate::shelf;
use crate::words::WordField;

/// So many keys are looked up one by one; a prefix that fits more is found by passing over all rows.
const KEYS_MAX: usize = 4096;

/// Chunks to read, in one order.
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    /// Their positions in the catalog's list of that order.
    pub(crate) chunks: Vec<u32>,
    once: Once,
}

/// How an event that stands several times in an order is taken once.
enum Once {
    /// It stands there once.
    Always,
    /// In the order of patients: under the first of its patients that is asked for.
    FirstWanted(Vec<bool>),
    /// In the order of patients: under the least of its patients by these ranks.
    Least(Vec<u32>),
}

impl Plan {
    /// The plan that reads least. `by` matters only if everything has to be read.
    pub(crate) fn new(matcher: &Matcher, catalog: &Catalog, by: OrderBy) -> Self {
        let all = Self::all(matcher, catalog, by);
        let most = all.rows(catalog) / 2;
        let keyed = [
            Self::by_code(matcher, catalog, Kind::Patient, WordField::Patient),
            Self::by_code(matcher, catalog, Kind::User, WordField::User),
            Self::by_resource(matcher, catalog),
        ];
        let least = keyed.into_iter().flatten().min_by_key(|plan| plan.rows(catalog));
        least.filter(|plan| plan.rows(catalog) <= most).unwrap_or(all)
    }

    /// All chunks, in the order whose rows lie closest together for what is sorted by.
    fn all(matcher: &Matcher, catalog: &Catalog, by: OrderBy) -> Self {
        let (kind, once) = match by {
            OrderBy::User => (Kind::User, Once::Always),
            OrderBy::Patient => (Kind::Patient, Once::Least(catalog.words(WordField::Patient).ranks())),
            _ => (Kind::Time, Once::Always),
        };
        Self { kind, chunks: select(matcher, catalog, kind, |_| true), once }
    }

    fn by_code(matcher: &Matcher, catalog: &Catalog, kind: Kind, field: WordField) -> Option<Self> {
        let marked = matcher.wanted(field)?;
        let wanted = || (0_i64..).zip(marked).filter(|(_, marked)| **marked).map(|(code, _)| code);
        if wanted().nth(KEYS_MAX).is_some() {
            return None;
        }
        let keys: BTreeSet<i64> = wanted().collect();
        let once = if kind == Kind::Patient { Once::FirstWanted(marked.to_vec()) } else { Once::Always };
        Some(Self { kind, chunks: select(matcher, catalog, kind, |chunk| holds_any(chunk, &keys)), once })
    }

    fn by_resource(matcher: &Matcher, catalog: &Catalog) -> Option<Self> {
        let mut keys = BTreeSet::new();
        for pattern in matcher.wanted_resources()?.values() {
            keys.extend(resource_keys(pattern, catalog)?);
        }
        let chunks = select(matcher, catalog, Kind::Resource, |chunk| holds_any(chunk, &keys));
        Some(Self { kind: Kind::Resource, chunks, once: Once::Always })
    }

    fn rows(&self, catalog: &Catalog) -> u64 {
        self.infos(catalog).map(|(_, chunk)| chunk.rows).sum()
    }

    /// The chunks with their positions.
    pub(crate) fn infos<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = (u32, &'a ChunkInfo)> {
        let all = catalog.chunks(self.kind);
        self.chunks.iter().filter_map(|position| Some((*position, all.get(*position as usize)?)))
    }

    /// Reads one chunk with the columns of the matcher and some more, and gives the rows that match.
    pub(crate) fn read(
        &self,
        database: &Transaction<'_>,
        catalog: &Catalog,
        matcher: &Matcher,
        chunk: &ChunkInfo,
        columns: &[&'static str],
    ) -> Result<(Frame, Vec<u32>), StoreFault> {
        let mut wanted: Vec<&str> =
            matcher.columns().iter().chain(columns).chain(self.once.columns()).copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut rows: Vec<u32> = (0..u32::try_from(chunk.rows).unwrap_or(u32::MAX)).collect();
        if wanted.is_empty() {
            return Ok((Frame::default(), rows));
        }
        let frame = shelf::read(database, chunk.id, &wanted)?;
        let damaged = |_: Unreadable| StoreFault::Damaged { id: chunk.id, part: "chunk" };
        if frame.rows() != rows.len() {
            return Err(damaged(Unreadable));
        }
        self.once.retain(&frame, &mut rows).map_err(damaged)?;
        matcher.retain(catalog, &frame, &mut rows).map_err(damaged)?;
        Ok((frame, rows))
    }

    /// Reads every chunk and hands on those with matches.
    pub(crate) fn visit(
        &self,
        database: &Transaction<'_>,
        catalog: &Catalog,
        matcher: &Matcher,
        columns: &[&'static str],
        mut each: impl FnMut(u32, &Frame, &[u32]) -> Result<(), Unreadable>,
    ) -> Result<(), StoreFault> {
        for (position, chunk) in self.infos(catalog) {
            let (frame, rows) = self.read(database, catalog, matcher, chunk, columns)?;
            if !rows.is_empty() {
                each(position, &frame, &rows).map_err(|_| StoreFault::Damaged { id: chunk.id, part: "chunk" })?;
            }
        }
        Ok(())
    }
}

impl Once {
    fn columns(&self) -> &'static [&'static str] {
        const PATIENTS: &[&str] = &[name::KEY, WordField::Patient.name(), name::OTHERS];
        match self {
            Self::Always => &[],
            Self::FirstWanted(_) | Self::Least(_) => PATIENTS,
        }
    }

    fn retain(&self, frame: &Frame, rows: &mut Vec<u32>) -> Result<(), Unreadable> {
        let chosen: &dyn Fn(u32, &[u8]) -> u32 = match self {
            Self::Always => return Ok(()),
            Self::FirstWanted(wanted) => &|first, others| {
                let mut patients = std::iter::once(first).chain(patient_codes(others));
                patients.find(|code| is_marked(wanted, *code)).unwrap_or(u32::MAX)
            },
            Self::Least(ranks) => &|first, others| {
                let rank = |code: &u32| ranks.get(*code as usize).copied().unwrap_or(u32::MAX);
                std::iter::once(first).chain(patient_codes(others)).min_by_key(rank).unwrap_or(first)
            },
        };
        let (keys, first) = (frame.codes(name::KEY)?, frame.codes(WordField::Patient.name())?);
        let others = frame.bytes(name::OTHERS)?;
        rows.retain(|row| at(keys, *row) == chosen(at(first, *row), others.at(*row as usize)));
        Ok(())
    }
}

fn select(matcher: &Matcher, catalog: &Catalog, kind: Kind, holds: impl Fn(&ChunkInfo) -> bool) -> Vec<u32> {
    let reached = |chunk: &ChunkInfo| matcher.reaches(chunk.time_min, chunk.time_max) && holds(chunk);
    (0..).zip(catalog.chunks(kind)).filter(|(_, chunk)| reached(chunk)).map(|(position, _)| position).collect()
}

fn holds_any(chunk: &ChunkInfo, keys: &BTreeSet<i64>) -> bool {
    keys.range(chunk.key_min..=chunk.key_max).next().is_some()
}

/// The keys of the resources that a pattern can mean; `None` if they cannot be told from the pattern alone.
fn resource_keys(pattern: &Pattern, catalog: &Catalog) -> Option<Vec<i64>> {
    if pattern.is_prefix() || !pattern.text().contains('/') {
        return None;
    }
    let types = catalog.words(WordField::ResourceType);
    let keys = std::iter::once((0, "")).chain(types.all()).filter_map(|(code, kind)| {
        let rest = pattern.text().strip_prefix(kind)?;
        // A type with a slash in it may stand alone.
        let id = if rest.is_empty() { "" } else { rest.strip_prefix('/')? };
        Some(resource_key(i64::from(code), id.as_bytes()))
    });
    Some(keys.collect())
}
