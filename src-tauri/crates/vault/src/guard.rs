//! What may be asked of the database: an authorizer on every connection.
//!
//! After the vault is open, no statement changes its layout or its settings, attaches another file, or updates or
//! deletes rows of a table that only grows. Triggers say the same inside the file; a guard in the program is what stops
//! a `DROP TRIGGER`. Neither stops a person with the key and other tools: signatures and anchors reveal that one.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::VaultFault;

/// Settings that can be asked for, and steps of upkeep that change no content.
const PRAGMAS_ALLOWED: [&str; 7] = [
    "page_count",
    "freelist_count",
    "page_size",
    "data_version",
    "wal_checkpoint",
    "incremental_vacuum",
    "shrink_memory",
];
/// Functions that reach outside the database or past its encryption.
const FUNCTIONS_DENIED: [&str; 3] = ["load_extension", "sqlcipher_export", "fts3_tokenizer"];

/// Names of tables whose rows are never updated or deleted, in lowercase; shared by all connections of a vault.
pub(crate) type AppendOnly = Arc<RwLock<BTreeSet<String>>>;

/// What a connection is being used for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Mode {
    /// Any room's statements: rows only.
    Rows,
    /// The vault's own checks and limits: settings too.
    Upkeep,
    /// A migration: new tables, indexes, triggers. Still nothing is dropped.
    Migration,
}

/// A connection with its guard.
pub(crate) struct Guarded {
    connection: Connection,
    mode: Arc<AtomicU8>,
}

impl Guarded {
    pub(crate) fn new(connection: Connection, append_only: AppendOnly) -> Result<Self, VaultFault> {
        let mode = Arc::new(AtomicU8::new(Mode::Rows as u8));
        let current = Arc::clone(&mode);
        connection_with_guard(connection, move |context| {
            let append_only = append_only.read().unwrap_or_else(PoisonError::into_inner);
            judge(current.load(Ordering::SeqCst), &context.action, &append_only)
        })
        .map(|connection| Self { connection, mode })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs one of the vault's own checks.
    pub(crate) fn upkeep<T>(&self, act: impl FnOnce(&Connection) -> Result<T, VaultFault>) -> Result<T, VaultFault> {
        self.in_mode(Mode::Upkeep, act)
    }

    /// Runs a migration.
    pub(crate) fn migration<T>(&self, act: impl FnOnce(&Connection) -> Result<T, VaultFault>) -> Result<T, VaultFault> {
        self.in_mode(Mode::Migration, act)
    }

    fn in_mode<T>(&self, mode: Mode, act: impl FnOnce(&Connection) -> Result<T, VaultFault>) -> Result<T, VaultFault> {
        self.mode.store(mode as u8, Ordering::SeqCst);
        let done = act(&self.connection);
        self.mode.store(Mode::Rows as u8, Ordering::SeqCst);
        done
    }
}

fn connection_with_guard(
    mut connection: Connection,
    mut judge: impl FnMut(AuthContext<'_>) -> Authorization + Send + 'static,
) -> Result<Connection, VaultFault> {
    connection.authorizer(Some(move |context: AuthContext<'_>| judge(context)))?;
    Ok(connection)
}

fn judge(mode: u8, action: &AuthAction<'_>, append_only: &BTreeSet<String>) -> Authorization {
    let grows_only = |table: &str| append_only.contains(&table.to_ascii_lowercase());
    let migrating = mode == Mode::Migration as u8;
    let allowed = match action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Recursive
        | AuthAction::Transaction { .. }
        | AuthAction::Savepoint { .. } => true,
        AuthAction::Function { function_name } => {
            !FUNCTIONS_DENIED.iter().any(|denied| denied.eq_ignore_ascii_case(function_name))
        }
        AuthAction::Insert { table_name } => migrating || !is_schema(table_name),
        AuthAction::Update { table_name, .. } | AuthAction::Delete { table_name } => {
            !grows_only(table_name) && (migrating || !is_schema(table_name))
        }
        AuthAction::Pragma { pragma_name, .. } => {
            mode == Mode::Upkeep as u8 || PRAGMAS_ALLOWED.iter().any(|allowed| allowed.eq_ignore_ascii_case(pragma_name))
        }
        AuthAction::CreateIndex { .. }
        | AuthAction::CreateTable { .. }
        | AuthAction::CreateTrigger { .. }
        | AuthAction::CreateView { .. }
        | AuthAction::CreateVtable { .. }
        // `CREATE INDEX` fills the new index by reindexing it.
        | AuthAction::Reindex { .. } => migrating,
        AuthAction::AlterTable { table_name, .. } => migrating && !grows_only(table_name),
        // Dropping, attaching, temporary objects, statistics and whatever a later SQLite invents.
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

/// `sqlite_master` and its other names: writing there is writing past every rule.
fn is_schema(table: &str) -> bool {
    ["sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(table))
}
