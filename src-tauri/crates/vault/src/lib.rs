//! One encrypted folder: keys, users, lock, migrations; the only owner of a connection to the database.
//!
//! A vault is `vault.json` (sealed keys, no PHI) and `vault.db` (SQLCipher). This room opens it, keeps it to one process,
//! hands out short transactions and signs for the user who opened it. It knows nothing about events, bundles or the
//! access log; those rooms bring their own tables as [`Migration`]s.
//!
//! # Invariants
//! * No key, passphrase or content is ever in an error, a `Debug` output or a file name.
//! * `vault.json` is replaced whole or not at all; a transaction is kept whole or not at all.
//! * Every connection has a guard: no statement of any room changes layout or settings, or a table that only grows.
//! * Whatever is wrong with a name or a passphrase, the answer and the time it takes are the same.

mod attempts;
mod check;
mod database;
mod disk;
mod fault;
mod guard;
mod header;
mod hex;
mod kdf;
pub mod location;
mod lock;
mod migration;
mod moment;
mod opening;
mod passphrase;
mod person;
mod pool;
mod recovery_key;
mod schema;
mod secret;
#[cfg(feature = "tamper")]
pub mod tamper;
mod vault;
mod wrap;

pub use attempts::FailedUnlocks;
pub use check::CheckReport;
pub use ed25519_dalek::{Signature, VerifyingKey};
pub use fault::VaultFault;
pub use header::{HEADER_BYTES_MAX, Header, HeaderFault, USERS_MAX, VaultLabel};
pub use kdf::{KdfCost, KdfCostFault};
pub use lock::Holder;
pub use migration::Migration;
pub use passphrase::{PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARACTERS_MIN, Strength, strength};
pub use person::{KeyCause, NewUser, Person, PersonKey, Role, USER_NAME_CHARACTERS_MAX};
pub use recovery_key::{RecoveryKey, RecoveryKeyFault};
pub use rusqlite;
pub use schema::{Difference, SchemaDifference};
pub use vault::Vault;
