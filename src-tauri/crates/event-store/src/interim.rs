//! What a check of a stored bundle had come to when it was stopped: bytes of the caller's making, kept in parts.
//!
//! # Invariants
//! * It is seen whole or not at all, whenever the program ends.
//! * A bundle has one at most, and none once it is removed.

use std::io::{self, Read, Write};
use std::sync::Arc;

use model::BundleId;
use vault::Vault;
use vault::rusqlite::{OptionalExtension, Transaction, params};

use crate::{EventStore, StoreFault, Told};

/// Bytes of one part, each of which is written in a transaction of its own.
const PART_BYTES: usize = 1 << 20;
/// Parts that are removed in one transaction.
const REMOVED_PARTS: i64 = 16;

/// A kept state, to be read from its first byte. Its errors carry a [`StoreFault`].
pub struct KeptInterim {
    vault: Arc<Vault>,
    bundle: i64,
    at: String,
    part: i64,
    content: Vec<u8>,
    taken: usize,
}

impl KeptInterim {
    /// When it was kept, as the caller said.
    #[must_use]
    pub fn at(&self) -> &str {
        &self.at
    }
}

impl std::fmt::Debug for KeptInterim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptInterim({})", self.bundle)
    }
}

impl EventStore {
    /// Keeps what `write` writes, in place of what was kept before; `at` says when that was. If it fails, nothing is
    /// kept.
    pub fn keep_interim(
        &self,
        bundle: &BundleId,
        at: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), StoreFault> {
        let number = self.number_of(bundle)?;
        forget(self.vault(), number)?;
        let mut parts = Parts { vault: self.vault(), bundle: number, next: 0, content: Vec::new() };
        let written = write(&mut parts).and_then(|()| parts.flush());
        let kept = written.map_err(fault_of).and_then(|()| {
            self.vault().write_behind(|transaction| -> Told {
                let sql = "INSERT INTO stored_interim (bundle, at) VALUES (?1, ?2)";
                transaction.execute(sql, params![number, at])?;
                Ok(())
            })
        });
        if kept.is_err() {
            // What cannot even be removed now is out of sight, and goes before the next is kept.
            drop(forget(self.vault(), number));
        }
        kept
    }

    /// What is kept of a bundle's check, if anything.
    pub fn interim(&self, bundle: &BundleId) -> Result<Option<KeptInterim>, StoreFault> {
        let number = self.number_of(bundle)?;
        let at = self.vault().read(|database| -> Result<Option<String>, StoreFault> {
            let mut statement = database.prepare_cached("SELECT at FROM stored_interim WHERE bundle = ?1")?;
            Ok(statement.query_row([number], |row| row.get(0)).optional()?)
        })?;
        let vault = Arc::clone(self.vault());
        Ok(at.map(|at| KeptInterim { vault, bundle: number, at, part: 0, content: Vec::new(), taken: 0 }))
    }

    /// Keeps nothing of a bundle's check any more.
    pub fn forget_interim(&self, bundle: &BundleId) -> Result<(), StoreFault> {
        forget(self.vault(), self.number_of(bundle)?)
    }
}

/// Takes what is kept out of sight, and then away.
fn forget(vault: &Vault, bundle: i64) -> Result<(), StoreFault> {
    while vault.remove_behind(|transaction| forget_some(transaction, bundle))? {}
    Ok(())
}

/// Removes some of what is kept, beginning with that it is there; false when nothing is left.
pub(crate) fn forget_some(transaction: &Transaction<'_>, bundle: i64) -> Result<bool, StoreFault> {
    if transaction.execute("DELETE FROM stored_interim WHERE bundle = ?1", [bundle])? > 0 {
        return Ok(true);
    }
    let mut statement = transaction.prepare_cached(
        "DELETE FROM stored_interim_part WHERE id IN (SELECT id FROM stored_interim_part WHERE bundle = ?1 LIMIT ?2)",
    )?;
    Ok(statement.execute((bundle, REMOVED_PARTS))? > 0)
}

fn fault_of(error: io::Error) -> StoreFault {
    error.downcast().unwrap_or(StoreFault::Encoding)
}

/// Writes parts of one size and what is left.
struct Parts<'v> {
    vault: &'v Vault,
    bundle: i64,
    next: i64,
    content: Vec<u8>,
}

impl Write for Parts<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PART_BYTES - self.content.len();
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.content.extend_from_slice(taken);
        if self.content.len() >= PART_BYTES {
            self.flush()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.content.is_empty() {
            return Ok(());
        }
        let Self { vault, bundle, next, content } = self;
        let kept = vault.write_behind(|transaction| -> Told {
            let sql = "INSERT INTO stored_interim_part (bundle, part, content) VALUES (?1, ?2, ?3)";
            transaction.prepare_cached(sql)?.execute(params![*bundle, *next, *content])?;
            Ok(())
        });
        kept.map_err(io::Error::other)?;
        self.next += 1;
        self.content.clear();
        Ok(())
    }
}

impl Read for KeptInterim {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken >= self.content.len() {
            let (bundle, part) = (self.bundle, self.part);
            let next = self.vault.read(|database| -> Result<Option<Vec<u8>>, StoreFault> {
                let sql = "SELECT content FROM stored_interim_part WHERE bundle = ?1 AND part = ?2";
                Ok(database.prepare_cached(sql)?.query_row([bundle, part], |row| row.get(0)).optional()?)
            });
            let Some(content) = next.map_err(io::Error::other)? else { return Ok(0) };
            self.part += 1;
            (self.content, self.taken) = (content, 0);
        }
        let rest = self.content.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.taken += count;
        Ok(count)
    }
}
