//! Opens `vault.db`: key first, then every setting, then one read that proves both.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use crate::VaultFault;
use crate::secret::DatabaseKey;

/// Bytes per page: large pages make long reads several times faster under encryption.
pub(crate) const PAGE_BYTES: u32 = 16_384;
/// Page cache of each connection, in KiB.
const CACHE_KIB: u32 = 64 * 1024;
/// How large the write-ahead log may stay after a checkpoint, in bytes.
const WAL_BYTES_KEPT: u32 = 64 * 1024 * 1024;
/// How long a connection waits for another one of this process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The one that writes.
    Writing,
    /// Looks: refuses every change.
    Reading,
}

/// Opens a database file that exists, possibly empty.
///
/// `cipher_memory_security` stays off: it wipes and locks every allocation, which made writing blobs 2 times, reading
/// them 2.4 times and small inserts 9 times slower, while the memory a process may lock is far below the page cache.
pub(crate) fn open(path: &Path, key: &DatabaseKey, usage: Use) -> Result<Connection, VaultFault> {
    silence()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "key", key.text())?;
    connection.pragma_update(None, "cipher_page_size", PAGE_BYTES)?;
    // Room of dropped bundles can be given back in small steps; has to be said before the first table.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "recursive_triggers", "ON")?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    connection.pragma_update(None, "cache_size", -i64::from(CACHE_KIB))?;
    connection.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    if usage == Use::Reading {
        connection.pragma_update(None, "query_only", "ON")?;
    }
    let _objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(connection)
}

/// Keeps `SQLCipher` from printing what goes wrong to standard error.
///
/// The setting belongs to the process and changing it is not safe beside another thread that logs or changes it
/// (SQLCipher 4.19 closes its log twice), so it is changed once, before the first database is opened.
fn silence() -> Result<(), VaultFault> {
    static SILENT: Mutex<bool> = Mutex::new(false);
    let mut silent = SILENT.lock().unwrap_or_else(PoisonError::into_inner);
    if !*silent {
        Connection::open_in_memory()?.execute_batch("PRAGMA cipher_log = off; PRAGMA cipher_log_level = NONE;")?;
        *silent = true;
    }
    Ok(())
}
