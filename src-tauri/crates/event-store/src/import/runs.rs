//! Writing full runs: encode first, then a few short transactions, the last of which makes the run visible.

use std::collections::BTreeMap;

use vault::Vault;
use vault::rusqlite::{Transaction, params};

use super::Failure;
use super::encoding::encode;
use super::rows::{Deed, Rows};
use crate::StoreFault;
use crate::chunk::{NewChunk, Sizes};
use crate::columns::{Frame, Packing};
use crate::words::{FreshWords, WordField};

/// So many bytes of chunks go into one transaction: about 10 ms of writing on a quiet machine.
const TRANSACTION_BYTES: usize = 1024 * 1024;
/// Words are compressed quickly: they are small beside everything else.
const WORDS_ZSTD_LEVEL: i32 = 1;
/// The day of undated events.
pub(crate) const NO_DAY: i64 = i64::MIN;
/// Nanoseconds in a day of UTC.
const DAY_NANOS: i64 = 86_400_000_000_000;

/// A run with the words that it met first.
pub(crate) struct FullRun {
    pub(crate) number: u32,
    pub(crate) rows: Rows,
    pub(crate) fresh: Vec<FreshWords>,
}

impl FullRun {
    pub(crate) fn write(self, vault: &Vault, bundle: i64, sizes: Sizes, failure: &Failure) -> Result<(), StoreFault> {
        let mut waiting: Vec<NewChunk> = Vec::new();
        let mut waiting_bytes = 0;
        let write = |waiting: &mut Vec<NewChunk>| -> Result<(), StoreFault> {
            let chunks = std::mem::take(waiting);
            vault.write_behind(|transaction| {
                chunks.iter().try_for_each(|chunk| add(transaction, bundle, self.number, chunk))
            })
        };
        encode(&self.rows, sizes, |chunk| {
            failure.check()?;
            waiting_bytes += chunk.scan.len() + chunk.rest.as_ref().map_or(0, Vec::len);
            waiting.push(chunk);
            if waiting_bytes >= TRANSACTION_BYTES {
                waiting_bytes = 0;
                write(&mut waiting)?;
            }
            Ok(())
        })?;
        write(&mut waiting)?;
        self.show(vault, bundle)
    }

    /// Adds words and counts, and makes the run visible.
    fn show(&self, vault: &Vault, bundle: i64) -> Result<(), StoreFault> {
        let days = days(&self.rows).encode(Packing::Whole)?;
        let mut words = Vec::new();
        for fresh in &self.fresh {
            let texts: Vec<&str> = fresh.texts.iter().map(AsRef::as_ref).collect();
            let json = serde_json::to_vec(&texts).map_err(|_| StoreFault::Encoding)?;
            let packed = zstd::bulk::compress(&json, WORDS_ZSTD_LEVEL).map_err(|_| StoreFault::Encoding)?;
            words.push((fresh.field as i64, fresh.first_code, packed));
        }
        vault.write_behind(|transaction| {
            for (field, first_code, packed) in &words {
                transaction.execute(
                    "INSERT INTO stored_words (bundle, field, first_code, words) VALUES (?1, ?2, ?3, ?4)",
                    params![bundle, field, first_code, packed],
                )?;
            }
            transaction.execute(
                "INSERT INTO stored_run (bundle, run, days) VALUES (?1, ?2, ?3)",
                params![bundle, self.number, days],
            )?;
            transaction.execute("UPDATE stored_bundle SET revision = revision + 1 WHERE number = ?1", [bundle])?;
            Ok(())
        })
    }
}

fn add(transaction: &Transaction<'_>, bundle: i64, run: u32, chunk: &NewChunk) -> Result<(), StoreFault> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO stored_chunk
             (bundle, run, kind, key_min, key_max, time_min, time_max, row_count, scan, rest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let rows = i64::try_from(chunk.rows).unwrap_or(i64::MAX);
    statement.execute(params![
        bundle,
        run,
        chunk.kind.number(),
        chunk.key_min,
        chunk.key_max,
        chunk.time_min,
        chunk.time_max,
        rows,
        chunk.scan,
        chunk.rest,
    ])?;
    Ok(())
}

/// Events of the run by day, system and action.
fn days(rows: &Rows) -> Frame {
    let mut counts: BTreeMap<(i64, u32, u32), (i64, i64)> = BTreeMap::new();
    let systems = rows.column(WordField::System);
    for ((time, deed), system) in rows.time.iter().zip(&rows.deed).zip(systems) {
        let day = if *time == super::rows::UNDATED { NO_DAY } else { time.div_euclid(DAY_NANOS) };
        let deed = Deed(*deed);
        let (events, emergencies) = counts.entry((day, *system, deed.action_number())).or_default();
        *events += 1;
        *emergencies += i64::from(deed.is_emergency());
    }
    Frame::default()
        .with_numbers("day", counts.keys().map(|(day, _, _)| *day).collect())
        .with_codes("system", counts.keys().map(|(_, system, _)| *system).collect())
        .with_codes("action", counts.keys().map(|(_, _, action)| *action).collect())
        .with_numbers("events", counts.values().map(|(events, _)| *events).collect())
        .with_numbers("emergencies", counts.values().map(|(_, emergencies)| *emergencies).collect())
}
