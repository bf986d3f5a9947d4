//! Looking for words in the records as written: on several processors, since every byte of the bundle is unpacked.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use timeline::{AnyOf, Word, contains_word};
use vault::Vault;
use vault::rusqlite::Transaction;

use crate::StoreFault;
use crate::catalog::{Catalog, ChunkInfo};
use crate::chunk::{Kind, name};
use crate::import::rows::spot;
use crate::shelf::{self, RecordReader};

/// Threads of one search: whoever else looks meanwhile finds a reader free.
const THREADS_MAX: usize = 2;

/// Is told how many records and bytes were looked through, and says whether to go on.
pub(crate) type GoOn<'g> = &'g (dyn Fn(u64, u64) -> bool + Sync);

/// The places of all records that hold one of the words, sorted.
pub(crate) fn places(
    vault: &Vault,
    catalog: &Catalog,
    words: &AnyOf<Word>,
    go_on: GoOn<'_>,
) -> Result<Vec<i64>, StoreFault> {
    let chunks = catalog.chunks(Kind::Place);
    let next = AtomicUsize::new(0);
    let (records, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let search_some = || {
        vault.read(|database| -> Result<Vec<i64>, StoreFault> {
            let mut found = Vec::new();
            while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let read = search(database, catalog, chunk, words, &mut found)?;
                let records = records.fetch_add(chunk.rows, Ordering::Relaxed) + chunk.rows;
                let bytes = bytes.fetch_add(read, Ordering::Relaxed) + read;
                if !go_on(records, bytes) {
                    return Err(StoreFault::Stopped);
                }
            }
            Ok(found)
        })
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX);
    let mut found = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(search_some)).collect();
        let mut found = search_some()?;
        for other in others {
            found.extend(other.join().map_err(|_| StoreFault::Thread)??);
        }
        Ok::<_, StoreFault>(found)
    })?;
    found.sort_unstable();
    Ok(found)
}

/// Searches the records of one chunk, and gives how many bytes they have.
fn search(
    database: &Transaction<'_>,
    catalog: &Catalog,
    chunk: &ChunkInfo,
    words: &AnyOf<Word>,
    found: &mut Vec<i64>,
) -> Result<u64, StoreFault> {
    let frame = shelf::read(database, chunk.id, &[name::PLACE, name::OFFSET, name::LENGTH])?;
    let damaged = |_| StoreFault::Damaged { id: chunk.id, part: "chunk" };
    let places = frame.numbers(name::PLACE).map_err(damaged)?;
    let offsets = frame.numbers(name::OFFSET).map_err(damaged)?;
    let lengths = frame.codes(name::LENGTH).map_err(damaged)?;
    let mut reader = RecordReader::over(database, catalog.number);
    let holds = |record: &[u8]| words.values().iter().any(|word| contains_word(record, word.text().as_bytes()));
    for ((place, offset), length) in places.iter().zip(offsets).zip(lengths) {
        if reader.with(spot(*place).0, *offset, *length, holds)? {
            found.push(*place);
        }
    }
    Ok(lengths.iter().map(|length| u64::from(*length)).sum())
}
