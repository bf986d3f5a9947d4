//! The rows of a run in each of its orders, cut into the stretches that become a chunk each.

use std::ops::Range;
use std::sync::Arc;

use super::rows::{Rows, UNDATED, patient_codes};
use crate::StoreFault;
use crate::chunk::{self, Kind, NewChunk, Sizes};
use crate::words::WordField;

/// The stretches of a run that become a chunk each: all orders one after the other, time first.
///
/// An order is sorted when its first stretch is asked for, and forgotten with its last.
pub(crate) struct Stretches<'r> {
    rows: &'r Rows,
    sizes: Sizes,
    kinds: std::slice::Iter<'static, Kind>,
    kind: Kind,
    order: Arc<[Placed]>,
    start: usize,
}

/// Rows that become one chunk.
pub(crate) struct Stretch<'r> {
    rows: &'r Rows,
    kind: Kind,
    order: Arc<[Placed]>,
    range: Range<usize>,
}

impl<'r> Stretches<'r> {
    pub(crate) fn of(rows: &'r Rows, sizes: Sizes) -> Self {
        Self { rows, sizes, kinds: Kind::ALL.iter(), kind: Kind::Time, order: Arc::default(), start: 0 }
    }
}

impl<'r> Iterator for Stretches<'r> {
    type Item = Stretch<'r>;

    fn next(&mut self) -> Option<Stretch<'r>> {
        while self.start >= self.order.len() {
            self.kind = *self.kinds.next()?;
            self.order = order(self.rows, self.kind).into();
            self.start = 0;
        }
        let rest = self.order.get(self.start..).unwrap_or_default();
        let range = self.start..self.start + piece_length(rest, self.kind, self.sizes);
        self.start = range.end;
        Some(Stretch { rows: self.rows, kind: self.kind, order: Arc::clone(&self.order), range })
    }
}

impl Stretch<'_> {
    /// Encodes the chunk. This is what takes the time, and needs nothing but itself.
    pub(crate) fn encode(&self) -> Result<NewChunk, StoreFault> {
        chunk::encode(self.rows, self.kind, self.order.get(self.range.clone()).unwrap_or_default())
    }
}

/// A row in an order, with what it is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Placed {
    pub(crate) key: i64,
    pub(crate) time: i64,
    pub(crate) place: i64,
    pub(crate) row: u32,
}

fn order(rows: &Rows, kind: Kind) -> Vec<Placed> {
    let mut order = Vec::with_capacity(rows.len());
    for (row, (time, place)) in (0_u32..).zip(rows.time.iter().zip(&rows.place)) {
        let (time, place) = (*time, *place);
        let mut push = |key: i64| order.push(Placed { key, time, place, row });
        match kind {
            Kind::Time => push(0),
            Kind::Place => order.push(Placed { key: place, time: 0, place, row }),
            Kind::User => push(code(rows, WordField::User, row)),
            Kind::Patient => {
                push(code(rows, WordField::Patient, row));
                patient_codes(rows.others.bytes(row)).for_each(|other| push(i64::from(other)));
            }
            Kind::Resource => {
                let (kind, id) = (code(rows, WordField::ResourceType, row), rows.resource_id.bytes(row));
                if kind != 0 || !id.is_empty() {
                    push(chunk::resource_key(kind, id));
                }
            }
        }
    }
    order.sort_unstable();
    order
}

fn code(rows: &Rows, field: WordField, row: u32) -> i64 {
    i64::from(rows.column(field).get(row as usize).copied().unwrap_or(0))
}

fn piece_length(rest: &[Placed], kind: Kind, sizes: Sizes) -> usize {
    let most = match kind {
        // In the order of places there are few columns.
        Kind::Time | Kind::Place => sizes.time_rows,
        Kind::Patient | Kind::User | Kind::Resource => sizes.key_rows,
    };
    let most = most.max(1).min(rest.len());
    if kind == Kind::Time && rest.first().is_some_and(|first| first.time != UNDATED) {
        // Undated rows in the same chunk would make it seem to reach to the end of time.
        return rest.partition_point(|placed| placed.time != UNDATED).min(most);
    }
    most
}
