//! The connections of an open vault: one that writes, and a few that read beside it.
//!
//! Readers never wait for the writer (write-ahead log). Among those who want to write, a look goes before an import:
//! nobody should wait for a screen because a bundle is coming in. For the same reason the write-ahead log is brought
//! into the database beside the writer, by a connection of its own, and not at the end of whichever transaction made it
//! long: that takes several times as long as the transaction.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use rusqlite::TransactionBehavior::{Deferred, Immediate};
use rusqlite::hooks::Wal;
use rusqlite::{Connection, Transaction};

use crate::VaultFault;
use crate::database::{self, Use};
use crate::disk;
use crate::guard::{AppendOnly, Guarded};
use crate::secret::DatabaseKey;

/// How many looks can be under way at once; more of them wait.
const READERS_MAX: usize = 4;

/// Pages of the write-ahead log that are brought into the database at a time: 16 MB.
const CHECKPOINT_PAGES: u32 = 1024;

/// Bytes of the disk that no job takes: room for the access log's next lines, for undoing what a job has begun, and for
/// bringing in the write-ahead log, which needs as much again as it is long.
pub(crate) const ROOM_KEPT: u64 = 64 << 20;

/// Who goes first among those who want to write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A person is waiting.
    Look,
    /// A job that adds; steps aside for looks, and leaves [`ROOM_KEPT`].
    Job,
    /// A job that makes room; steps aside for looks.
    Tidy,
}

/// All connections of one vault.
pub(crate) struct Pool {
    path: PathBuf,
    key: DatabaseKey,
    append_only: AppendOnly,
    writer: Mutex<Guarded>,
    /// Pages of the write-ahead log after the last transaction.
    log_pages: Arc<AtomicU32>,
    /// One job at a time, from its transaction until the log is short again, so that it cannot outgrow that. Holds the
    /// connection that brings the log in, once there is one.
    job: Mutex<Option<Guarded>>,
    turn: Mutex<Queue>,
    turn_over: Condvar,
    idle_readers: Mutex<Vec<Guarded>>,
    readers_busy: Mutex<usize>,
    reader_back: Condvar,
}

#[derive(Default)]
struct Queue {
    writing: Option<ThreadId>,
    looks_waiting: usize,
}

impl Pool {
    pub(crate) fn open(path: PathBuf, key: DatabaseKey) -> Result<Self, VaultFault> {
        let append_only = AppendOnly::default();
        let mut connection = database::open(&path, &key, Use::Writing)?;
        let log_pages = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&log_pages);
        // In the place of SQLite's own hook, which would bring the log in at once.
        connection.wal_hook(Some(move |_: &mut Wal, pages| {
            counted.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let writer = Guarded::new(connection, AppendOnly::clone(&append_only))?;
        Ok(Self {
            path,
            key,
            append_only,
            writer: Mutex::new(writer),
            log_pages,
            job: Mutex::default(),
            turn: Mutex::default(),
            turn_over: Condvar::new(),
            idle_readers: Mutex::default(),
            readers_busy: Mutex::default(),
            reader_back: Condvar::new(),
        })
    }

    /// Rows of this table are never updated or deleted from now on.
    pub(crate) fn protect(&self, table: &str) {
        let mut tables = self.append_only.write().unwrap_or_else(PoisonError::into_inner);
        tables.insert(table.to_ascii_lowercase());
    }

    /// Runs `act` on the writer in one transaction that is kept only if all of it succeeds.
    pub(crate) fn write<T, E: From<VaultFault>>(
        &self,
        turn: Turn,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.refuse_nested()?;
        let mut job = (turn != Turn::Look).then(|| unpoisoned(&self.job));
        if turn == Turn::Job {
            self.leave_room()?;
        }
        let done = self.transact(turn, act)?;
        if self.log_pages.load(Ordering::Relaxed) >= CHECKPOINT_PAGES {
            // A look leaves it to a job that is at work.
            job = job.or_else(|| self.job.try_lock().ok());
            if let Some(mut connection) = job {
                self.bring_in_log(&mut connection);
            }
        }
        Ok(done)
    }

    fn leave_room(&self) -> Result<(), VaultFault> {
        match self.path.parent().and_then(disk::free_bytes) {
            Some(free) if free < ROOM_KEPT => Err(VaultFault::RoomKept { free }),
            _ => Ok(()),
        }
    }

    fn transact<T, E: From<VaultFault>>(
        &self,
        turn: Turn,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.wait_for(turn)?;
        let writer = unpoisoned(&self.writer);
        let transaction = Transaction::new_unchecked(writer.connection(), Immediate).map_err(VaultFault::from)?;
        let done = act(&transaction)?;
        transaction.commit().map_err(VaultFault::from)?;
        Ok(done)
    }

    /// Brings the write-ahead log into the database as far as nobody reads older pages; writers go on meanwhile.
    fn bring_in_log(&self, connection: &mut Option<Guarded>) {
        if connection.is_none() {
            *connection = self.open_reader().ok();
        }
        let checkpoint =
            |database: &Connection| Ok(database.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?);
        // What was committed is safe in the log: what fails here, for want of room or whatever, is tried again after the
        // next transaction.
        if connection.as_ref().is_some_and(|connection| connection.upkeep(checkpoint).is_ok()) {
            self.log_pages.store(0, Ordering::Relaxed);
        }
    }

    /// Runs `act` on the writer outside any transaction.
    pub(crate) fn with_writer<T>(&self, act: impl FnOnce(&Guarded) -> Result<T, VaultFault>) -> Result<T, VaultFault> {
        let _turn = self.wait_for(Turn::Look)?;
        act(&unpoisoned(&self.writer))
    }

    /// Runs `act` on a reader, in one transaction: all it asks is answered from the same moment.
    pub(crate) fn read<T, E: From<VaultFault>>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.with_reader(|reader| {
            act(&Transaction::new_unchecked(reader.connection(), Deferred).map_err(VaultFault::from)?)
        })
    }

    /// Runs `act` on a reader outside any transaction.
    pub(crate) fn with_reader<T, E: From<VaultFault>>(
        &self,
        act: impl FnOnce(&Guarded) -> Result<T, E>,
    ) -> Result<T, E> {
        let _seat = self.reader_seat();
        let idle = unpoisoned(&self.idle_readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => self.open_reader()?,
        };
        // Should this panic, the reader is closed and its seat given back.
        let done = act(&reader);
        unpoisoned(&self.idle_readers).push(reader);
        done
    }

    /// Waiting for oneself would never end.
    fn refuse_nested(&self) -> Result<(), VaultFault> {
        let nested = unpoisoned(&self.turn).writing == Some(thread::current().id());
        if nested { Err(VaultFault::Nested) } else { Ok(()) }
    }

    fn wait_for(&self, turn: Turn) -> Result<WriterTurn<'_>, VaultFault> {
        self.refuse_nested()?;
        let mut queue = unpoisoned(&self.turn);
        if turn == Turn::Look {
            queue.looks_waiting += 1;
            queue = self
                .turn_over
                .wait_while(queue, |queue| queue.writing.is_some())
                .unwrap_or_else(PoisonError::into_inner);
            queue.looks_waiting -= 1;
        } else {
            queue = self
                .turn_over
                .wait_while(queue, |queue| queue.writing.is_some() || queue.looks_waiting > 0)
                .unwrap_or_else(PoisonError::into_inner);
        }
        queue.writing = Some(thread::current().id());
        Ok(WriterTurn { pool: self })
    }

    fn reader_seat(&self) -> ReaderSeat<'_> {
        let busy = unpoisoned(&self.readers_busy);
        let mut busy =
            self.reader_back.wait_while(busy, |busy| *busy >= READERS_MAX).unwrap_or_else(PoisonError::into_inner);
        *busy += 1;
        ReaderSeat { pool: self }
    }

    fn open_reader(&self) -> Result<Guarded, VaultFault> {
        let connection = database::open(&self.path, &self.key, Use::Reading)?;
        Guarded::new(connection, AppendOnly::clone(&self.append_only))
    }
}

/// The right to use the writer; ends when dropped, also while a panic unwinds.
struct WriterTurn<'a> {
    pool: &'a Pool,
}

impl Drop for WriterTurn<'_> {
    fn drop(&mut self) {
        unpoisoned(&self.pool.turn).writing = None;
        self.pool.turn_over.notify_all();
    }
}

/// One of the places for looks; free again when dropped, also while a panic unwinds.
struct ReaderSeat<'a> {
    pool: &'a Pool,
}

impl Drop for ReaderSeat<'_> {
    fn drop(&mut self) {
        *unpoisoned(&self.pool.readers_busy) -= 1;
        self.pool.reader_back.notify_one();
    }
}

/// A panic in somebody's closure has rolled its transaction back; the connection itself is as good as before.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::MasterKey;

    #[test]
    fn a_look_that_waits_goes_before_a_job_that_waits() {
        let folder = tempfile::tempdir().unwrap();
        let pool = open_in(folder.path());
        let served = Mutex::new(Vec::new());
        let serve = |turn, name| {
            pool.write(turn, |_| -> Result<(), VaultFault> {
                unpoisoned(&served).push(name);
                Ok(())
            })
        };
        thread::scope(|scope| {
            let turn = pool.wait_for(Turn::Job).unwrap();
            scope.spawn(|| serve(Turn::Job, "job").unwrap());
            scope.spawn(|| serve(Turn::Look, "look").unwrap());
            // From here on the look is in line, whether or not the job is already.
            while unpoisoned(&pool.turn).looks_waiting == 0 {
                thread::yield_now();
            }
            drop(turn);
        });
        assert_eq!(*unpoisoned(&served), ["look", "job"]);
    }

    #[test]
    fn the_log_stays_short_however_much_a_job_writes() {
        let folder = tempfile::tempdir().unwrap();
        let pool = open_in(folder.path());
        let table = "CREATE TABLE pieces (content BLOB NOT NULL)";
        pool.with_writer(|writer| writer.migration(|database| Ok(database.execute_batch(table)?))).unwrap();
        for _ in 0..24 {
            let insert = |transaction: &Transaction<'_>| -> Result<(), VaultFault> {
                transaction.execute("INSERT INTO pieces VALUES (zeroblob(2000000))", [])?;
                Ok(())
            };
            pool.write(Turn::Job, insert).unwrap();
        }
        let log_bytes = std::fs::metadata(folder.path().join("vault.db-wal")).unwrap().len();
        assert!(log_bytes < 24_000_000, "{log_bytes} bytes of log for 48 MB written");
    }

    fn open_in(folder: &std::path::Path) -> Pool {
        let path = folder.join("vault.db");
        drop(crate::disk::private_file(&path).unwrap());
        Pool::open(path, MasterKey::random().unwrap().database_key("v", &[0; 16])).unwrap()
    }
}
