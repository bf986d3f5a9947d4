//! The table of entries: reading rows in order, adding one at the end.

use integrity::Digest;
use vault::rusqlite::{Connection, OptionalExtension, Row};

use crate::LogFault;

/// A row as it is stored.
pub(crate) struct StoredEntry {
    pub(crate) seq: u64,
    pub(crate) prev_hash: Digest,
    pub(crate) salt: [u8; 16],
    pub(crate) body: String,
    pub(crate) body_hash: Digest,
    pub(crate) hash: Digest,
    pub(crate) actor_key: [u8; 32],
    pub(crate) sig: [u8; 64],
}

const COLUMNS: &str = "seq, prev_hash, salt, body, body_hash, hash, actor_key, sig";

/// Goes over all entries from `first` on, oldest first, until `each` says `false`.
pub(crate) fn for_each_from(
    database: &Connection,
    first: i64,
    mut each: impl FnMut(StoredEntry) -> Result<bool, LogFault>,
) -> Result<(), LogFault> {
    let mut statement =
        database.prepare_cached(&format!("SELECT {COLUMNS} FROM access_log WHERE seq >= ?1 ORDER BY seq"))?;
    let mut rows = statement.query([first])?;
    while let Some(row) = rows.next()? {
        if !each(stored(row)?)? {
            break;
        }
    }
    Ok(())
}

/// Goes over all entries, newest first, until `each` says `false`.
pub(crate) fn for_each_newest_first(
    database: &Connection,
    mut each: impl FnMut(StoredEntry) -> Result<bool, LogFault>,
) -> Result<(), LogFault> {
    let mut statement = database.prepare_cached(&format!("SELECT {COLUMNS} FROM access_log ORDER BY seq DESC"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !each(stored(row)?)? {
            break;
        }
    }
    Ok(())
}

/// Goes over the hashes of all entries from `first` on, oldest first.
pub(crate) fn for_each_hash_from(
    database: &Connection,
    first: u64,
    mut each: impl FnMut(Digest),
) -> Result<(), LogFault> {
    let mut statement = database.prepare_cached("SELECT hash FROM access_log WHERE seq >= ?1 ORDER BY seq")?;
    let mut rows = statement.query([i64::try_from(first).unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        each(Digest::from_bytes(row.get(0)?));
    }
    Ok(())
}

/// The newest entry.
pub(crate) fn newest(database: &Connection) -> Result<Option<StoredEntry>, LogFault> {
    let mut statement =
        database.prepare_cached(&format!("SELECT {COLUMNS} FROM access_log ORDER BY seq DESC LIMIT 1"))?;
    let mut rows = statement.query([])?;
    rows.next()?.map(stored).transpose()
}

/// Whether a key has signed an entry.
pub(crate) fn has_signed(database: &Connection, key: &[u8; 32]) -> Result<bool, LogFault> {
    let mut statement = database.prepare_cached("SELECT 1 FROM access_log WHERE actor_key = ?1 LIMIT 1")?;
    Ok(statement.query_row([key], |_| Ok(())).optional()?.is_some())
}

/// Adds a row. The table itself refuses one that does not follow.
pub(crate) fn add(database: &Connection, entry: &StoredEntry) -> Result<(), LogFault> {
    let mut statement = database
        .prepare_cached(&format!("INSERT INTO access_log ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"))?;
    statement.execute((
        i64::try_from(entry.seq).unwrap_or(i64::MAX),
        entry.prev_hash.as_bytes(),
        entry.salt,
        &entry.body,
        entry.body_hash.as_bytes(),
        entry.hash.as_bytes(),
        entry.actor_key,
        entry.sig,
    ))?;
    Ok(())
}

fn stored(row: &Row<'_>) -> Result<StoredEntry, LogFault> {
    let number: i64 = row.get(0)?;
    let seq = u64::try_from(number).unwrap_or_default();
    read(row, seq).map_err(|_| LogFault::Unreadable { seq })
}

fn read(row: &Row<'_>, seq: u64) -> vault::rusqlite::Result<StoredEntry> {
    Ok(StoredEntry {
        seq,
        prev_hash: Digest::from_bytes(row.get(1)?),
        salt: row.get(2)?,
        body: row.get(3)?,
        body_hash: Digest::from_bytes(row.get(4)?),
        hash: Digest::from_bytes(row.get(5)?),
        actor_key: row.get(6)?,
        sig: row.get(7)?,
    })
}
