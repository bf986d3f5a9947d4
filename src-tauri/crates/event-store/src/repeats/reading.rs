//! Records as they are held against others: their names from the columns, their prints from what they say.
//!
//! A name is the stream and the number where a record has both, which is exact; else a keyed fingerprint of the system
//! that wrote it and of its id. Prints are keyed fingerprints of the content: of the canonical form (RFC 8785), so that
//! spaces and the order of members make no other record, without the signature over it; where a record has none, of its
//! bytes. Both are 128 bits under
//! keys that are made for one comparison and known to nobody, so that no content can be made to collide.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher as _, RandomState};

use integrity::canonical::scan;
use vault::rusqlite::Transaction;

use super::pairing::Named;
use crate::StoreFault;
use crate::catalog::{Catalog, ChunkInfo};
use crate::chunk::{Kind, name};
use crate::columns::{Frame, Unreadable};
use crate::import::rows::spot;
use crate::look::at;
use crate::shelf::{self, RecordReader};
use crate::words::WordField;

/// Set in names that are a stream and a number.
const NUMBERED: u128 = 1 << 127;

/// By what records are recognized.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Number,
    Id,
}

/// The keys of one comparison.
pub(super) struct Keys([RandomState; 2]);

impl Keys {
    pub(super) fn new() -> Self {
        Self([RandomState::new(), RandomState::new()])
    }

    fn print(&self, record: &[u8]) -> u128 {
        let canonical = scan(record);
        let half = |key: &RandomState| {
            let mut hasher = key.build_hasher();
            match &canonical {
                // A record says the same whether or not somebody has signed it.
                Ok(scan) => {
                    scan.preimage().pieces().into_iter().for_each(|piece| hasher.write(piece));
                    hasher.write(scan.member("hash").map_or(&[][..], |hash| hash.text()));
                }
                Err(_) => hasher.write(record),
            }
            hasher.finish()
        };
        let [high, low] = &self.0;
        u128::from(half(high)) << 64 | u128::from(half(low))
    }

    fn id(&self, system: &str, id: &[u8]) -> u128 {
        let [high, low] = &self.0;
        let whole = (system, id);
        (u128::from(high.hash_one(whole)) << 64 | u128::from(low.hash_one(whole))) & !NUMBERED
    }
}

/// One of two bundles that are compared.
pub(super) struct Side<'a> {
    pub(super) catalog: &'a Catalog,
    /// For each code of a stream its number among the streams that both have.
    streams: Vec<Option<u32>>,
    keys: &'a Keys,
}

impl<'a> Side<'a> {
    pub(super) fn of(catalog: &'a Catalog, other: &Catalog, keys: &'a Keys) -> Self {
        // Numbered by the earlier bundle: the same from either side.
        let (own, theirs) = (catalog.words(WordField::Stream), other.words(WordField::Stream));
        let (first, second) = if catalog.number < other.number { (own, theirs) } else { (theirs, own) };
        let known: HashSet<&str> = second.all().map(|(_, text)| text).collect();
        let shared = first.all().filter(|(_, text)| known.contains(text));
        let numbers: HashMap<&str, u32> = shared.map(|(code, text)| (text, code)).collect();
        let streams = std::iter::once(None).chain(own.all().map(|(_, text)| numbers.get(text).copied())).collect();
        Self { catalog, streams, keys }
    }

    /// Where the records that are recognized so are read.
    pub(super) fn chunks(&self, by: By) -> &'a [ChunkInfo] {
        let (numbered, places) = (self.streams.iter().any(Option::is_some), self.catalog.chunks(Kind::Place));
        match by {
            By::Number if numbered => places,
            // In the order of places the least number of a record stands where others have times.
            By::Id if self.streams.len() == 1 || places.iter().any(|chunk| chunk.time_min == 0) => {
                self.catalog.chunks(Kind::Time)
            }
            _ => &[],
        }
    }

    /// The records of a chunk that can have partners.
    pub(super) fn records(
        &self,
        database: &Transaction<'_>,
        by: By,
        chunk: &ChunkInfo,
    ) -> Result<Vec<Named>, StoreFault> {
        const NUMBERS: [&str; 5] = [name::PLACE, name::SEQ, name::OFFSET, name::LENGTH, WordField::Stream.name()];
        const IDS: [&str; 7] = [
            name::PLACE,
            name::SEQ,
            name::OFFSET,
            name::LENGTH,
            WordField::Stream.name(),
            WordField::System.name(),
            name::EVENT_ID,
        ];
        let columns: &[&str] = if by == By::Number { &NUMBERS } else { &IDS };
        let frame = shelf::read(database, chunk.id, columns)?;
        self.named(by, &frame).map_err(|_| StoreFault::Damaged { id: chunk.id, part: "chunk" })
    }

    fn named(&self, by: By, frame: &Frame) -> Result<Vec<Named>, Unreadable> {
        let streams = frame.codes(WordField::Stream.name())?;
        let (places, seqs) = (frame.numbers(name::PLACE)?, frame.numbers(name::SEQ)?);
        let (offsets, lengths) = (frame.numbers(name::OFFSET)?, frame.codes(name::LENGTH)?);
        let ids = match by {
            By::Number => None,
            By::Id => Some((frame.codes(WordField::System.name())?, frame.bytes(name::EVENT_ID)?)),
        };
        let mut records = Vec::with_capacity(frame.rows());
        for (row, ((place, seq), (offset, length))) in
            (0_u32..).zip(places.iter().zip(seqs).zip(offsets.iter().zip(lengths)))
        {
            let stream = at(streams, row);
            let is_numbered = stream != 0 && *seq > 0;
            let known = match &ids {
                None => self
                    .streams
                    .get(stream as usize)
                    .copied()
                    .flatten()
                    .filter(|_| is_numbered)
                    .map(|stream| NUMBERED | u128::from(stream) << 64 | u128::from(seq.unsigned_abs())),
                Some((systems, ids)) => (!is_numbered).then(|| {
                    let system = self.catalog.words(WordField::System).text(at(systems, row));
                    self.keys.id(system, ids.at(row as usize))
                }),
            };
            records.extend(known.map(|name| Named { name, print: 0, place: *place, offset: *offset, length: *length }));
        }
        Ok(records)
    }

    /// Reads the bytes of records and notes their prints, in the order of the files.
    pub(super) fn print(
        &self,
        database: &Transaction<'_>,
        records: &mut [Named],
        mut goes_on: impl FnMut() -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        records.sort_unstable_by_key(|record| record.place);
        let mut reader = RecordReader::over(database, self.catalog.number);
        for some in records.chunks_mut(PRINTED_AT_ONCE) {
            goes_on()?;
            for record in some {
                let file = spot(record.place).0;
                record.print = reader.with(file, record.offset, record.length, |bytes| self.keys.print(bytes))?;
            }
        }
        Ok(())
    }
}

/// Records that are printed between two questions whether to go on.
const PRINTED_AT_ONCE: usize = 8192;
