//! A line of a kept file, for a place where no event is: a record that could not be read, a line of a manifest.
//!
//! The event that stands nearest before it says where to begin to count lines, so that little of a large file is read.

use std::cmp::Reverse;

use vault::rusqlite::Transaction;

use super::events::{Located, address_in_time};
use super::rows;
use crate::catalog::Catalog;
use crate::chunk::{Kind, name};
use crate::import::rows::place;
use crate::{EventRef, EventStore, KeptLine, LINE_BYTES_MAX, Row, Spot, StoreFault, shelf};

impl EventStore {
    pub(crate) fn kept_line(&self, event_ref: &EventRef) -> Result<KeptLine, StoreFault> {
        let unknown = || StoreFault::EventUnknown(event_ref.clone());
        let Spot::Line { file, line } = event_ref.spot() else { return Err(unknown()) };
        let mut found = Vec::new();
        for catalog in self.catalogs_of(event_ref)? {
            found.extend(self.line_of(&catalog, file, line)?);
        }
        match found.len() {
            0 | 1 => found.pop().ok_or_else(unknown),
            _ => Err(StoreFault::EventAmbiguous(event_ref.clone())),
        }
    }

    fn line_of(&self, catalog: &Catalog, file: u32, line: u64) -> Result<Option<KeptLine>, StoreFault> {
        let Some(path) = usize::try_from(file).ok().and_then(|file| catalog.paths.get(file)) else { return Ok(None) };
        let before = self.vault().read(|database| event_before(database, catalog, file, line))?;
        let (mut number, mut at) = before.map_or((1, 0), |row| (row.place.line, row.place.byte_offset));
        let mut kept: Option<KeptLine> = None;
        let piece_at = |byte: u64| {
            let byte = i64::try_from(byte).unwrap_or(i64::MAX);
            self.vault().read(|database| shelf::piece(database, catalog.number, file, byte))
        };
        // One short read for each piece.
        while let Some(piece) = piece_at(at)? {
            let first = piece.first_byte.unsigned_abs();
            let mut rest =
                usize::try_from(at - first).ok().and_then(|skip| piece.bytes.get(skip..)).unwrap_or_default();
            while number < line
                && let Some(end) = rest.iter().position(|byte| *byte == b'\n')
            {
                rest = rest.get(end + 1..).unwrap_or_default();
                number += 1;
            }
            let next = first + piece.bytes.len() as u64;
            if number == line && !rest.is_empty() {
                let end = rest.iter().position(|byte| *byte == b'\n');
                let here = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                let byte_offset = next - rest.len() as u64;
                let empty = || KeptLine { path: path.clone(), line, byte_offset, byte_length: 0, bytes: Vec::new() };
                let kept = kept.get_or_insert_with(empty);
                kept.byte_length += here.len() as u64;
                let room = LINE_BYTES_MAX - kept.bytes.len();
                kept.bytes.extend_from_slice(here.get(..room).unwrap_or(here));
                if end.is_some() {
                    break;
                }
            }
            at = next;
        }
        Ok(kept)
    }
}

/// The last event of a file at this line or before it.
fn event_before(
    database: &Transaction<'_>,
    catalog: &Catalog,
    file: u32,
    line: u64,
) -> Result<Option<Row>, StoreFault> {
    let (Some(first), Some(wanted)) = (place(file, 1), place(file, line)) else { return Ok(None) };
    let within = catalog.chunks(Kind::Place).iter().filter(|chunk| chunk.key_min <= wanted && first <= chunk.key_max);
    let mut chunks: Vec<_> = within.collect();
    chunks.sort_by_key(|chunk| Reverse(chunk.key_max.min(wanted)));
    let mut nearest: Option<Located> = None;
    for chunk in chunks {
        if nearest.is_some_and(|nearest| chunk.key_max.min(wanted) <= nearest.place) {
            break;
        }
        let damaged = |_| StoreFault::Damaged { id: chunk.id, part: "chunk" };
        let frame = shelf::read(database, chunk.id, &[name::TIME, name::PLACE])?;
        let times = frame.numbers(name::TIME).map_err(damaged)?;
        let places = frame.numbers(name::PLACE).map_err(damaged)?;
        let located = times.iter().zip(places).map(|(time, place)| Located { time: *time, place: *place });
        let here = located.filter(|located| (first..=wanted).contains(&located.place));
        nearest = nearest.into_iter().chain(here).max_by_key(|located| located.place);
    }
    let Some(nearest) = nearest else { return Ok(None) };
    let Some(address) = address_in_time(database, catalog, nearest)? else { return Ok(None) };
    Ok(rows::read(database, catalog, Kind::Time, &[address])?.pop())
}
