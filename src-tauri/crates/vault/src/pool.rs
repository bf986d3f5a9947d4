//! The connections of an open vault: one that writes, and a few that read beside it.
//!
//! Readers never wait for the writer (write-ahead log). Among those who want to write, a look goes before an import:
//! nobody should wait for a screen because a bundle is coming in.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use rusqlite::Transaction;
use rusqlite::TransactionBehavior::{Deferred, Immediate};

use crate::VaultFault;
use crate::database::{self, Use};
use crate::guard::{AppendOnly, Guarded};
use crate::secret::DatabaseKey;

/// How many looks can be under way at once; more of them wait.
const READERS_MAX: usize = 4;

/// Who goes first among those who want to write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A person is waiting.
    Look,
    /// A job; steps aside for looks.
    Job,
}

/// All connections of one vault.
pub(crate) struct Pool {
    path: PathBuf,
    key: DatabaseKey,
    append_only: AppendOnly,
    writer: Mutex<Guarded>,
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
        let writer = Guarded::new(database::open(&path, &key, Use::Writing)?, AppendOnly::clone(&append_only))?;
        Ok(Self {
            path,
            key,
            append_only,
            writer: Mutex::new(writer),
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
        let _turn = self.wait_for(turn)?;
        let writer = unpoisoned(&self.writer);
        let transaction = Transaction::new_unchecked(writer.connection(), Immediate).map_err(VaultFault::from)?;
        let done = act(&transaction)?;
        transaction.commit().map_err(VaultFault::from)?;
        Ok(done)
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

    fn wait_for(&self, turn: Turn) -> Result<WriterTurn<'_>, VaultFault> {
        let me = thread::current().id();
        let mut queue = unpoisoned(&self.turn);
        // Waiting for oneself would never end.
        if queue.writing == Some(me) {
            return Err(VaultFault::Nested);
        }
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
        queue.writing = Some(me);
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
        let path = folder.path().join("vault.db");
        drop(crate::disk::private_file(&path).unwrap());
        let key = MasterKey::random().unwrap().database_key("v", &[0; 16]);
        let pool = Pool::open(path, key).unwrap();
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
}
