//! One event: by its reference, or by the id its source gave it.

use std::sync::Arc;

use vault::rusqlite::Transaction;

use super::order::Address;
use super::rows;
use crate::catalog::Catalog;
use crate::chunk::{Kind, name};
use crate::import::rows::{place, spot};
use crate::{EventQuestions, EventRef, EventStore, Row, Spot, StoreFault, event_id, shelf};

/// Where an event is, in time and in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) time: i64,
    pub(crate) place: i64,
}

impl EventStore {
    pub(crate) fn record(&self, event_ref: &EventRef) -> Result<(Row, Vec<u8>), StoreFault> {
        let mut found = Vec::new();
        for catalog in self.catalogs_of(event_ref)? {
            let located = self.vault().read(|database| locate(database, &catalog, event_ref.spot()))?;
            found.extend(located.into_iter().map(|located| (Arc::clone(&catalog), located)));
        }
        match found.as_slice() {
            [] => Err(StoreFault::EventUnknown(event_ref.clone())),
            [(catalog, located)] => self.vault().read(|database| {
                let unknown = || StoreFault::EventUnknown(event_ref.clone());
                let address = address_in_time(database, catalog, *located)?.ok_or_else(unknown)?;
                let row = rows::read(database, catalog, Kind::Time, &[address])?.pop().ok_or_else(unknown)?;
                let offset = i64::try_from(row.place.byte_offset).unwrap_or(i64::MAX);
                let bytes = shelf::bytes(database, catalog.number, row.place.file, offset, row.place.byte_length)?;
                Ok((row, bytes))
            }),
            _ => Err(StoreFault::EventAmbiguous(event_ref.clone())),
        }
    }

    /// The bundles whose ids begin as a reference says.
    pub(super) fn catalogs_of(&self, event_ref: &EventRef) -> Result<Vec<Arc<Catalog>>, StoreFault> {
        let begins = |id: &str| id.starts_with(event_ref.bundle_digits());
        self.bundles()?.iter().filter(|known| begins(known.id.as_str())).map(|known| self.catalog(&known.id)).collect()
    }

    pub(crate) fn references(&self, id: &str, limit: usize) -> Result<Vec<EventRef>, StoreFault> {
        let wanted = event_id::pack(id);
        let mut found: Vec<(i64, i64, EventRef)> = Vec::new();
        for summary in self.bundles()? {
            let catalog = self.catalog(&summary.id)?;
            self.vault().read(|database| -> Result<(), StoreFault> {
                let elsewhere = catalog.elsewhere(database)?;
                for chunk in catalog.chunks(Kind::Time) {
                    if found.len() >= limit {
                        break;
                    }
                    let damaged = |_| StoreFault::Damaged { id: chunk.id, part: "chunk" };
                    let frame = shelf::read(database, chunk.id, &[name::EVENT_ID, name::PLACE, name::SEQ])?;
                    let ids = frame.bytes(name::EVENT_ID).map_err(damaged)?;
                    let places = frame.numbers(name::PLACE).map_err(damaged)?;
                    let seqs = frame.numbers(name::SEQ).map_err(damaged)?;
                    for (row, (place, seq)) in places.iter().zip(seqs).enumerate() {
                        let is_known = |copy: (i64, i64)| found.iter().any(|(bundle, at, _)| (*bundle, *at) == copy);
                        if ids.at(row) == wanted && !elsewhere.copies(*place).any(is_known) {
                            let (file, line) = spot(*place);
                            let seq = u64::try_from(*seq).ok().filter(|seq| *seq > 0);
                            found.push((catalog.number, *place, rows::reference(&catalog, seq, file, line)));
                        }
                    }
                }
                Ok(())
            })?;
        }
        found.truncate(limit);
        Ok(found.into_iter().map(|(_, _, event_ref)| event_ref).collect())
    }
}

/// The events at a spot: none, one, or several where the source repeats a number.
pub(crate) fn locate(database: &Transaction<'_>, catalog: &Catalog, at: Spot) -> Result<Vec<Located>, StoreFault> {
    let (column, wanted) = match at {
        Spot::Seq(seq) => (name::SEQ, i64::try_from(seq).ok().filter(|seq| *seq > 0)),
        Spot::Line { file, line } => (name::PLACE, place(file, line)),
    };
    let Some(wanted) = wanted else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for chunk in catalog.chunks(Kind::Place) {
        // In this order the numbers of the records stand where others have times.
        let ends = match at {
            Spot::Seq(_) => chunk.time_min..=chunk.time_max,
            Spot::Line { .. } => chunk.key_min..=chunk.key_max,
        };
        if !ends.contains(&wanted) {
            continue;
        }
        let damaged = |_| StoreFault::Damaged { id: chunk.id, part: "chunk" };
        let frame = shelf::read(database, chunk.id, &[name::TIME, name::PLACE, name::SEQ])?;
        let (times, places) =
            (frame.numbers(name::TIME).map_err(damaged)?, frame.numbers(name::PLACE).map_err(damaged)?);
        let values = frame.numbers(column).map_err(damaged)?;
        let rows = values.iter().zip(times.iter().zip(places)).filter(|(value, _)| **value == wanted);
        found.extend(rows.map(|(_, (time, place))| Located { time: *time, place: *place }));
    }
    Ok(found)
}

/// The row of an event in time order.
pub(super) fn address_in_time(
    database: &Transaction<'_>,
    catalog: &Catalog,
    located: Located,
) -> Result<Option<Address>, StoreFault> {
    let at = (located.time, located.place);
    for (position, chunk) in (0..).zip(catalog.chunks(Kind::Time)) {
        if (chunk.time_min, chunk.key_min) <= at && at <= (chunk.time_max, chunk.key_max) {
            let frame = shelf::read(database, chunk.id, &[name::PLACE])?;
            let places = frame.numbers(name::PLACE).map_err(|_| StoreFault::Damaged { id: chunk.id, part: "chunk" })?;
            if let Some((row, _)) = (0..).zip(places).find(|(_, place)| **place == located.place) {
                return Ok(Some(Address { chunk: position, row }));
            }
        }
    }
    Ok(None)
}
