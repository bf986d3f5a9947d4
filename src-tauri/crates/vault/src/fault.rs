//! Everything that can keep the vault from doing what was asked, one variant per thing a person could do about it.
//!
//! No text here ever holds a passphrase, a key, a query or anything about a patient. Paths are those of the vault.

use std::io;
use std::path::{Path, PathBuf};

use crate::header::HeaderFault;
use crate::kdf::KdfCostFault;
use crate::lock::Holder;
use crate::passphrase::{PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARACTERS_MIN};
use crate::person::USER_NAME_CHARACTERS_MAX;
use crate::pool::ROOM_KEPT;
use crate::recovery_key::RecoveryKeyFault;
use crate::schema::SchemaDifference;

/// Why the vault could not do it.
#[derive(Debug, thiserror::Error)]
pub enum VaultFault {
    /// Unknown user, wrong passphrase, wrong recovery key or damaged wrap: the answer is the same for all of them, and
    /// so is the time it takes.
    #[error("the vault does not open with this name and passphrase")]
    NotOpened,
    /// There is no `vault.json` here.
    #[error("there is no vault in this folder")]
    Missing,
    /// The folder for a new vault holds something already.
    #[error("the folder for the new vault is not empty")]
    Occupied,
    /// Another process has the vault open.
    #[error("the vault is already open: {0}")]
    Held(Box<Holder>),
    /// `vault.json` cannot be used.
    #[error("vault.json cannot be used: {0}")]
    Header(#[from] HeaderFault),
    /// The cost of the passphrase hash is outside its limits.
    #[error(transparent)]
    KdfCost(#[from] KdfCostFault),
    /// A new passphrase is too short.
    #[error("a passphrase has at least {PASSPHRASE_CHARACTERS_MIN} characters")]
    PassphraseShort,
    /// A new passphrase is too long.
    #[error("a passphrase has at most {PASSPHRASE_BYTES_MAX} bytes")]
    PassphraseLong,
    /// A user's name is empty, too long or holds control characters.
    #[error("a name has 1 to {USER_NAME_CHARACTERS_MAX} characters and no control characters")]
    UserName,
    /// The recovery key was mistyped.
    #[error(transparent)]
    RecoveryKey(#[from] RecoveryKeyFault),
    /// The disk (or the size allowed to the vault) is full; nothing of the last act was kept.
    #[error("the disk is full; nothing of this step was kept")]
    Full,
    /// A job would have taken the last room of the disk, which is kept for the access log; nothing of its last act was
    /// kept.
    #[error("the disk is all but full: {} MB are left, and the last {} MB are kept for the access log", free >> 20, ROOM_KEPT >> 20)]
    RoomKept {
        /// Bytes that are left.
        free: u64,
    },
    /// `vault.db` is absent.
    #[error("vault.db is missing from the vault's folder")]
    DatabaseMissing,
    /// `vault.db` does not decrypt or does not hold together.
    #[error("vault.db is damaged")]
    DatabaseDamaged,
    /// `vault.json` and `vault.db` do not belong together.
    #[error("vault.json and vault.db do not belong together")]
    Mismatch,
    /// The database's tables, indexes or triggers are not those this program makes.
    #[error("the layout of vault.db was changed: {0}")]
    Schema(SchemaDifference),
    /// A migration that was applied once has another text now.
    #[error("migration {number} of {room} is not the one that was applied")]
    MigrationChanged {
        /// The room it belongs to.
        room: &'static str,
        /// Its number.
        number: u32,
    },
    /// A room's migrations are not numbered 1, 2, 3, …
    #[error("migration {number} of {room} is out of order")]
    MigrationOrder {
        /// The room it belongs to.
        room: &'static str,
        /// The number that does not follow.
        number: u32,
    },
    /// The vault was used by a newer program.
    #[error("the vault was written by a newer version: {room} has step {number}")]
    MigrationNewer {
        /// The room that is ahead.
        room: &'static str,
        /// The first number this program does not know.
        number: u32,
    },
    /// A statement that the vault forbids: changing its layout, its settings, or a table that only grows.
    #[error("the vault forbids this statement")]
    Forbidden,
    /// A transaction was begun from within another one on the same thread.
    #[error("a transaction was begun within another one")]
    Nested,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Randomness,
    /// A file of the vault could not be read or written.
    #[error("{}: {kind}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// The database's file or its folder may be read only.
    #[error("vault.db cannot be written: the file or its folder is read-only")]
    ReadOnly,
    /// The database refused for a reason of its own.
    #[error("the database refused (code {})", sqlite_code(source))]
    Database {
        /// What it said; its texts name tables and columns, never values.
        source: rusqlite::Error,
    },
}

impl VaultFault {
    /// A fault of the file system, with a full disk told apart.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            kind => Self::File { path: path.to_owned(), kind },
        }
    }
}

/// `SQLITE_IOERR_SHMSIZE`: the index of the write-ahead log could not grow. On a full disk this comes before
/// `SQLITE_FULL` does.
const INDEX_COULD_NOT_GROW: i32 = 4874;

/// Sorts what `SQLite` and `SQLCipher` say into what a person can do about it.
impl From<rusqlite::Error> for VaultFault {
    fn from(source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        if sqlite_code(&source) == INDEX_COULD_NOT_GROW {
            return Self::Full;
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::DatabaseDamaged,
            Some(ErrorCode::AuthorizationForStatementDenied) => Self::Forbidden,
            _ => Self::Database { source },
        }
    }
}

/// The extended result code of `SQLite`, or 0 where the library itself refused.
fn sqlite_code(error: &rusqlite::Error) -> i32 {
    error.sqlite_error().map_or(0, |error| error.extended_code)
}
