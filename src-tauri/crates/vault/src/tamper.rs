//! The database as somebody with a passphrase and other tools would open it: no guard, no lock, no log.
//!
//! For tests that break things and want to see it noticed. Not part of the program: behind the feature `tamper`.

use std::path::Path;

use rusqlite::Connection;

use crate::VaultFault;
use crate::database::{self, Use};
use crate::disk::DATABASE_FILE;
use crate::header::HeaderFile;
use crate::secret::DatabaseKey;
use crate::vault::Vault;

/// The raw key of a vault's database; outlives the vault.
pub struct RawKey(DatabaseKey);

/// Takes the raw key out of an open vault.
pub fn key(vault: &Vault) -> Result<RawKey, VaultFault> {
    let header = HeaderFile::read(vault.dir())?;
    Ok(RawKey(vault.master.database_key(&header.vault_id, &header.database.salt.0)))
}

/// Opens the database of a vault's folder past every guard.
pub fn open(folder: &Path, key: &RawKey) -> Result<Connection, VaultFault> {
    database::open(&folder.join(DATABASE_FILE), &key.0, Use::Writing)
}
