//! How the layout of the database grows: numbered steps of each room, applied once, remembered with their hash.
//!
//! Steps only add. A step that was applied can never get another text, and a vault that knows steps this program does
//! not know was used by a newer one and stays shut.

use integrity::Digest;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::VaultFault;

/// One step of one room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Whose it is, such as `access-log`.
    pub room: &'static str,
    /// 1, 2, 3, … within the room.
    pub number: u32,
    /// What it does. Once released, this text never changes.
    pub sql: &'static str,
}

/// The vault's own steps.
pub(crate) const OWN: &[Migration] = &[Migration { room: "vault", number: 1, sql: include_str!("sql/1.sql") }];

/// Tables of the vault's own that only grow.
pub(crate) const OWN_APPEND_ONLY: [&str; 3] = ["vault_fact", "person_key", "applied_migration"];

/// Applies what is missing of one room's steps, in one transaction.
pub(crate) fn apply(database: &Connection, steps: &'static [Migration]) -> Result<(), VaultFault> {
    check_order(steps)?;
    let Some(Migration { room, .. }) = steps.first().copied() else { return Ok(()) };
    let transaction = Transaction::new_unchecked(database, TransactionBehavior::Immediate)?;
    let applied = applied_count(&transaction, room)?;
    for (count, step) in steps.iter().enumerate() {
        if count < applied as usize {
            check_unchanged(&transaction, step)?;
        } else {
            transaction.execute_batch(step.sql)?;
            transaction.execute(
                "INSERT INTO applied_migration (room, number, sql_sha256) VALUES (?1, ?2, ?3)",
                (step.room, step.number, Digest::of(step.sql.as_bytes()).as_bytes()),
            )?;
        }
    }
    if applied as usize > steps.len() {
        let number = u32::try_from(steps.len()).unwrap_or(u32::MAX).saturating_add(1);
        return Err(VaultFault::MigrationNewer { room, number });
    }
    Ok(transaction.commit()?)
}

fn check_order(steps: &'static [Migration]) -> Result<(), VaultFault> {
    let room = steps.first().map_or("", |step| step.room);
    for (step, expected) in steps.iter().zip(1..) {
        if step.room != room || step.number != expected {
            return Err(VaultFault::MigrationOrder { room: step.room, number: step.number });
        }
    }
    Ok(())
}

/// How many steps of a room were applied. Before the very first one there is not even a table to ask.
fn applied_count(database: &Connection, room: &str) -> Result<u32, VaultFault> {
    let known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'applied_migration'";
    if database.query_row(known, [], |_| Ok(())).optional()?.is_none() {
        return Ok(0);
    }
    let count = "SELECT coalesce(max(number), 0) FROM applied_migration WHERE room = ?1";
    Ok(database.query_row(count, [room], |row| row.get(0))?)
}

fn check_unchanged(database: &Connection, step: &Migration) -> Result<(), VaultFault> {
    let applied = "SELECT sql_sha256 FROM applied_migration WHERE room = ?1 AND number = ?2";
    let digest: Option<[u8; 32]> =
        database.query_row(applied, (step.room, step.number), |row| row.get(0)).optional()?;
    if digest == Some(*Digest::of(step.sql.as_bytes()).as_bytes()) {
        Ok(())
    } else {
        Err(VaultFault::MigrationChanged { room: step.room, number: step.number })
    }
}
