//! The rows of an answer in their order, as addresses: which chunk, and which row of it.
//!
//! In time order nothing is sorted: chunks are sorted already, so only how many rows match in each is kept, and rows of
//! chunks that overlap in time are merged when a page is asked for. Any other order is made once for all rows.

use timeline::{Order, OrderBy};
use vault::rusqlite::Transaction;

use super::matcher::{Matcher, at};
use super::plan::Plan;
use crate::StoreFault;
use crate::catalog::Catalog;
use crate::chunk::name;
use crate::columns::{Frame, Unreadable};
use crate::import::rows::{Deed, UNDATED, action_of, patient_codes};
use crate::words::WordField;
use model::{Action, Outcome};

/// The most rows that are sorted, by anything but time or where chunks overlap in time.
const SORTED_ROWS_MAX: u64 = 16_000_000;

/// A row: position of its chunk in the catalog's list, and number in the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) chunk: u32,
    pub(crate) row: u32,
}

/// Chunks in time order that do not overlap with any other group.
pub(crate) struct Group {
    pub(crate) chunks: Vec<u32>,
    /// Time and place of its first and last row.
    pub(crate) first: (i64, i64),
    pub(crate) last: (i64, i64),
    /// How many of its rows match, and how many match in the groups before.
    pub(crate) matches: u64,
    pub(crate) before: u64,
}

/// Groups in ascending order; those of undated rows come last.
pub(crate) struct Groups {
    pub(crate) list: Vec<Group>,
    /// How many rows match.
    pub(crate) total: u64,
    /// How many of those have a time.
    pub(crate) dated: u64,
}

impl Groups {
    /// `matches` gives how many rows of a chunk match.
    pub(crate) fn of(plan: &Plan, catalog: &Catalog, matches: impl Fn(u32) -> u64) -> Self {
        let mut chunks: Vec<_> = plan.infos(catalog).collect();
        chunks.sort_unstable_by_key(|(_, chunk)| (chunk.time_min, chunk.key_min));
        let mut groups = Self { list: Vec::new(), total: 0, dated: 0 };
        for (position, chunk) in chunks {
            let (first, last) = ((chunk.time_min, chunk.key_min), (chunk.time_max, chunk.key_max));
            let found = matches(position);
            match groups.list.last_mut() {
                Some(group) if first <= group.last => {
                    group.chunks.push(position);
                    group.last = group.last.max(last);
                    group.matches += found;
                }
                _ => {
                    let before = groups.total;
                    groups.list.push(Group { chunks: vec![position], first, last, matches: found, before });
                }
            }
            groups.total += found;
            if first.0 != UNDATED {
                groups.dated += found;
            }
        }
        groups
    }

    /// Where in ascending order the row is that stands at `position`.
    pub(crate) fn ascending(&self, position: u64, descending: bool) -> u64 {
        // Undated rows come last either way.
        if descending && position < self.dated { self.dated - 1 - position } else { position }
    }

    /// The group that holds a row, by its number in ascending order.
    pub(crate) fn group_at(&self, ascending: u64) -> Option<usize> {
        self.list.partition_point(|group| group.before <= ascending).checked_sub(1)
    }
}

/// The matching rows of a group in ascending order.
pub(crate) fn rows_of_group(
    database: &Transaction<'_>,
    catalog: &Catalog,
    plan: &Plan,
    matcher: &Matcher,
    group: &Group,
) -> Result<Vec<Address>, StoreFault> {
    if group.matches > SORTED_ROWS_MAX && group.chunks.len() > 1 {
        return Err(StoreFault::TooManyToSort { rows: group.matches });
    }
    let mut rows = Vec::with_capacity(usize::try_from(group.matches).unwrap_or_default());
    for position in &group.chunks {
        let Some(chunk) = catalog.chunks(plan.kind).get(*position as usize) else { continue };
        if group.chunks.len() == 1 {
            let (_, matching) = plan.read(database, catalog, matcher, chunk, &[])?;
            return Ok(matching.into_iter().map(|row| Address { chunk: *position, row }).collect());
        }
        let (frame, matching) = plan.read(database, catalog, matcher, chunk, &[name::TIME, name::PLACE])?;
        let damaged = |_| StoreFault::Damaged { id: chunk.id, part: "chunk" };
        let times = frame.numbers(name::TIME).map_err(damaged)?;
        let places = frame.numbers(name::PLACE).map_err(damaged)?;
        rows.extend(matching.into_iter().map(|row| {
            let number = |column: &[i64]| column.get(row as usize).copied().unwrap_or_default();
            (number(times), number(places), Address { chunk: *position, row })
        }));
    }
    rows.sort_unstable_by_key(|(time, place, _)| (*time, *place));
    Ok(rows.into_iter().map(|(_, _, address)| address).collect())
}

/// What a row is sorted by.
struct Sorted {
    rank: u64,
    time: i64,
    place: i64,
    address: Address,
}

/// The rank of rows that lack what is sorted by: last in both directions.
const LAST: u64 = u64::MAX;

/// All matching rows in their order.
pub(crate) fn sort(
    database: &Transaction<'_>,
    catalog: &Catalog,
    plan: &Plan,
    matcher: &Matcher,
    order: Order,
) -> Result<Vec<Address>, StoreFault> {
    let ranks = Ranks::new(order, catalog);
    let mut columns = vec![name::TIME, name::PLACE];
    columns.extend(ranks.columns());
    let mut sorted: Vec<Sorted> = Vec::new();
    let mut resources = Resources::default();
    for (position, chunk) in plan.infos(catalog) {
        let (frame, rows) = plan.read(database, catalog, matcher, chunk, &columns)?;
        let total = sorted.len() as u64 + rows.len() as u64;
        if total > SORTED_ROWS_MAX {
            return Err(StoreFault::TooManyToSort { rows: total });
        }
        let add = || -> Result<(), Unreadable> {
            let (times, places) = (frame.numbers(name::TIME)?, frame.numbers(name::PLACE)?);
            let mut rank = ranks.of(&frame, &mut resources)?;
            for row in rows {
                let number = |column: &[i64]| column.get(row as usize).copied().unwrap_or_default();
                let (time, place) = (number(times), number(places));
                let address = Address { chunk: position, row };
                sorted.push(ranks.turn(Sorted { rank: rank(row, time, place), time, place, address }));
            }
            Ok(())
        };
        add().map_err(|_| StoreFault::Damaged { id: chunk.id, part: "chunk" })?;
    }
    if order.by == OrderBy::Resource {
        let rank = resources.ranks();
        for row in &mut sorted {
            row.rank = ranks.turned(rank.get(usize::try_from(row.rank).unwrap_or(usize::MAX)).copied().unwrap_or(LAST));
        }
    }
    sorted.sort_unstable_by_key(|row| (row.rank, row.time, row.place));
    Ok(sorted.into_iter().map(|row| row.address).collect())
}

/// Gives the rank of a row from its number, its time and its place.
type RankOfRow<'a> = Box<dyn FnMut(u32, i64, i64) -> u64 + 'a>;

/// How rows are ranked by one column.
struct Ranks {
    order: Order,
    /// Rank of each code or number, from 1; 0 is absent.
    table: Vec<u32>,
    field: Option<WordField>,
}

impl Ranks {
    fn new(order: Order, catalog: &Catalog) -> Self {
        let field = match order.by {
            OrderBy::User => Some(WordField::User),
            OrderBy::Patient => Some(WordField::Patient),
            OrderBy::Type => Some(WordField::Type),
            OrderBy::Resource => Some(WordField::ResourceType),
            OrderBy::Device => Some(WordField::Device),
            OrderBy::System => Some(WordField::System),
            OrderBy::Time | OrderBy::Place | OrderBy::Action | OrderBy::Outcome => None,
        };
        let table = match (order.by, field) {
            (_, Some(field)) => catalog.words(field).ranks(),
            (OrderBy::Action, _) => word_ranks(Action::ALL.iter().map(|action| action.word())),
            (OrderBy::Outcome, _) => word_ranks(Outcome::ALL.iter().map(|outcome| outcome.word())),
            _ => Vec::new(),
        };
        Self { order, table, field }
    }

    fn columns(&self) -> Vec<&'static str> {
        match (self.order.by, self.field) {
            (OrderBy::Patient, _) => vec![WordField::Patient.name(), name::OTHERS],
            (OrderBy::Resource, _) => vec![WordField::ResourceType.name(), name::RESOURCE_ID],
            (OrderBy::Action | OrderBy::Outcome, _) => vec![name::DEED],
            (_, Some(field)) => vec![field.name()],
            _ => Vec::new(),
        }
    }

    /// The rank of each row of a frame, ascending. For resources it is the number of the resource.
    fn of<'a>(&'a self, frame: &'a Frame, resources: &'a mut Resources) -> Result<RankOfRow<'a>, Unreadable> {
        let rank = |number: u32| match self.table.get(number as usize) {
            None | Some(0) => LAST,
            Some(rank) => u64::from(*rank),
        };
        Ok(match self.order.by {
            OrderBy::Time => Box::new(|_, time, _| if time == UNDATED { LAST } else { ascending(time) }),
            OrderBy::Place => Box::new(|_, _, place| ascending(place)),
            OrderBy::Action | OrderBy::Outcome => {
                let deeds = frame.codes(name::DEED)?;
                let action = self.order.by == OrderBy::Action;
                Box::new(move |row, _, _| {
                    let deed = Deed(at(deeds, row));
                    rank(if action { deed.action_number() } else { deed.outcome_number() })
                })
            }
            OrderBy::Patient => {
                let (first, others) = (frame.codes(WordField::Patient.name())?, frame.bytes(name::OTHERS)?);
                Box::new(move |row, _, _| {
                    let others = patient_codes(others.at(row as usize)).map(rank).min();
                    rank(at(first, row)).min(others.unwrap_or(LAST))
                })
            }
            OrderBy::Resource => {
                let (kinds, ids) = (frame.codes(WordField::ResourceType.name())?, frame.texts(name::RESOURCE_ID)?);
                Box::new(move |row, _, _| {
                    let kind = self.table.get(at(kinds, row) as usize).copied().unwrap_or(0);
                    resources.push(kind, ids.at(row as usize))
                })
            }
            OrderBy::User | OrderBy::Type | OrderBy::Device | OrderBy::System => {
                let codes = frame.codes(self.field.map_or("", WordField::name))?;
                Box::new(move |row, _, _| rank(at(codes, row)))
            }
        })
    }

    /// Turns a row round if the order is descending.
    fn turn(&self, mut row: Sorted) -> Sorted {
        match self.order.by {
            // The rank is given later.
            OrderBy::Resource => {}
            OrderBy::Time => {
                // All of a dated row's key is in its rank, but among equals the place turns round too.
                row.time = 0;
                if self.order.descending && row.rank != LAST {
                    row.place = !row.place;
                }
                row.rank = self.turned(row.rank);
            }
            _ => row.rank = self.turned(row.rank),
        }
        row
    }

    fn turned(&self, rank: u64) -> u64 {
        if self.order.descending && rank != LAST { LAST - 1 - rank } else { rank }
    }
}

/// A signed number as an unsigned one of the same order, never [`LAST`].
fn ascending(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

/// For each number of a vocabulary the place of its word among all words, from 1.
fn word_ranks<'a>(words: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let words: Vec<&str> = words.collect();
    let rank = |word: &&str| words.iter().filter(|other| *other <= word).count();
    words.iter().map(|word| u32::try_from(rank(word)).unwrap_or(u32::MAX)).collect()
}

/// Resources while they are sorted: ids are too many to have codes.
#[derive(Default)]
struct Resources {
    kinds: Vec<u32>,
    ids: String,
    ends: Vec<usize>,
}

impl Resources {
    fn push(&mut self, kind: u32, id: &str) -> u64 {
        self.kinds.push(kind);
        self.ids.push_str(id);
        self.ends.push(self.ids.len());
        self.kinds.len() as u64 - 1
    }

    fn key(&self, number: usize) -> (u32, &str) {
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        (self.kinds.get(number).copied().unwrap_or(0), self.ids.get(start..end).unwrap_or(""))
    }

    /// For each number its rank, from 1: equal resources have equal ranks, absent ones come last.
    fn ranks(&self) -> Vec<u64> {
        let mut numbers: Vec<usize> = (0..self.kinds.len()).collect();
        numbers.sort_unstable_by(|a, b| self.key(*a).cmp(&self.key(*b)));
        let mut ranks = vec![LAST; numbers.len()];
        let (mut rank, mut before) = (0, None);
        for number in numbers {
            let key = self.key(number);
            if key == (0, "") {
                continue;
            }
            if before != Some(key) {
                rank += 1;
                before = Some(key);
            }
            if let Some(place) = ranks.get_mut(number) {
                *place = rank;
            }
        }
        ranks
    }
}

/// The action of a number, for those who count by it.
pub(crate) fn action(number: usize) -> Action {
    u32::try_from(number).map_or(Action::Other, action_of)
}
