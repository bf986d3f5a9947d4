//! Passing over the chunks of one order from all runs as if they were one long list sorted by key.
//!
//! Each run is sorted by itself; chunks are read in the order of their least keys, and rows are handed on as soon as no
//! chunk that is still unread can hold a smaller key. Only rows that may still have to wait are in memory.

use vault::Vault;
use vault::rusqlite::Transaction;

use crate::StoreFault;
use crate::chunk::Kind;
use crate::columns::Frame;
use crate::shelf;

/// Reads `columns` of every chunk of a kind. `take` makes sorted rows of a frame, whose first member is the key; `give`
/// gets rows in the order of keys, in pieces that never part rows of one key.
pub(crate) fn sweep<R: Ord + Copy>(
    vault: &Vault,
    bundle: i64,
    kind: Kind,
    columns: &[&str],
    key: impl Fn(&R) -> i64,
    take: impl Fn(&Frame, &mut Vec<R>) -> Result<(), crate::columns::Unreadable>,
    mut give: impl FnMut(&mut [R]) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    vault.read(|database| {
        let chunks = chunks_by_key(database, bundle, kind)?;
        let mut held: Vec<R> = Vec::new();
        for (at, (id, _)) in chunks.iter().enumerate() {
            let frame = shelf::read(database, *id, columns)?;
            take(&frame, &mut held).map_err(|_| StoreFault::Damaged { id: *id, part: "chunk" })?;
            let next = chunks.get(at + 1).map(|(_, key_min)| *key_min);
            if next.is_some_and(|next| held.len() < HELD_FEW && next != i64::MAX) {
                continue;
            }
            held.sort_unstable();
            let ready = next.map_or(held.len(), |next| held.partition_point(|row| key(row) < next));
            if ready > 0 {
                give(held.get_mut(..ready).unwrap_or_default())?;
                held.drain(..ready);
            }
        }
        if !held.is_empty() {
            held.sort_unstable();
            give(&mut held)?;
        }
        Ok(())
    })
}

/// Sorting fewer rows than this after every chunk would only cost time.
const HELD_FEW: usize = 500_000;

fn chunks_by_key(database: &Transaction<'_>, bundle: i64, kind: Kind) -> Result<Vec<(i64, i64)>, StoreFault> {
    let mut statement = database.prepare_cached(
        "SELECT id, key_min FROM stored_chunk
         WHERE bundle = ?1 AND kind = ?2 AND run IN (SELECT run FROM stored_run WHERE bundle = ?1)
         ORDER BY key_min",
    )?;
    let rows = statement.query_map((bundle, kind.number()), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
