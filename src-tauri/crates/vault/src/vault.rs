//! An open vault: who opened it, what it signs with, and the way to its database.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use rusqlite::Transaction;
use zeroize::Zeroizing;

use crate::attempts::{self, FailedUnlocks};
use crate::database::PAGE_BYTES;
use crate::header::{Header, HeaderFile, VaultLabel};
use crate::lock::{Held, Holder};
use crate::migration::{self, Migration};
use crate::person::{self, Person, Role};
use crate::pool::{Pool, ROOM_KEPT, Turn};
use crate::schema::{self, Reach, SchemaDifference};
use crate::secret::MasterKey;
use crate::{VaultFault, check, disk};

/// An open vault. Dropping it locks it: connections close, keys are wiped, the next process may open it.
///
/// `Send` and `Sync`: one writer behind a queue, and readers that never wait for it.
pub struct Vault {
    // Dropped in this order: the connections first, the lock last.
    pub(crate) pool: Pool,
    pub(crate) folder: PathBuf,
    pub(crate) facts: Facts,
    pub(crate) user: OpenedBy,
    pub(crate) signing: SigningKey,
    pub(crate) master: MasterKey,
    pub(crate) rooms: Mutex<Vec<&'static [Migration]>>,
    pub(crate) session: [u8; 16],
    pub(crate) failed_unlocks: Mutex<Option<FailedUnlocks>>,
    pub(crate) held: Held,
}

/// What a vault is called and for.
pub(crate) struct Facts {
    pub(crate) vault_id: String,
    pub(crate) label: VaultLabel,
    pub(crate) created: String,
}

/// Who opened the vault, as its database knows them.
pub(crate) struct OpenedBy {
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) role: Role,
}

impl Vault {
    /// What can be said about the vault in a folder without any key. Everything in it is a claim until it is open.
    pub fn header(folder: &Path) -> Result<Header, VaultFault> {
        HeaderFile::read(folder).map(Header::from)
    }

    /// Who has the vault in a folder open, this process included; `None` if nobody has.
    ///
    /// It keeps nobody from opening the vault, and may be outdated by the time it is read: for telling, not for deciding.
    pub fn held_by(folder: &Path) -> Result<Option<Holder>, VaultFault> {
        Holder::at(folder)
    }

    /// Asks the database, without waiting for whoever is writing. All of `look` sees the same moment.
    ///
    /// Never call this from within another `read`: with all readers in such use, it would wait for ever.
    pub fn read<T, E: From<VaultFault>>(&self, look: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        self.pool.read(look)
    }

    /// Changes the database: all of `act` is kept, durably, or nothing. Goes before any [`write_behind`].
    ///
    /// Keep it short (50 ms): encode and compute before, not within. [`VaultFault::Nested`] if this thread is writing
    /// already.
    ///
    /// [`write_behind`]: Self::write_behind
    pub fn write<T, E: From<VaultFault>>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        self.pool.write(Turn::Look, act)
    }

    /// As [`write`](Self::write), for jobs: steps aside for every look that waits.
    ///
    /// The last 64 MiB of the disk are not for jobs but for the access log: [`VaultFault::RoomKept`].
    pub fn write_behind<T, E: From<VaultFault>>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.pool.write(Turn::Job, act)
    }

    /// As [`write_behind`](Self::write_behind), for what only removes: however little room the disk has.
    pub fn remove_behind<T, E: From<VaultFault>>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.pool.write(Turn::Tidy, act)
    }

    /// Applies what is missing of one room's migrations and checks that their tables are as they should be.
    pub fn migrate(&self, steps: &'static [Migration]) -> Result<(), VaultFault> {
        self.pool.with_writer(|writer| writer.migration(|database| migration::apply(database, steps)))?;
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if !rooms.iter().any(|known| std::ptr::eq(*known, steps)) {
            rooms.push(steps);
        }
        drop(rooms);
        self.check_layout()
    }

    /// Whether the tables of the rooms that handed in their migrations are as those migrations make them;
    /// [`VaultFault::Schema`] names the first difference.
    pub fn check_layout(&self) -> Result<(), VaultFault> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.read(|database| check::refuse_first(schema::differences(database, &rooms, Reach::Known)?))
    }

    /// From now on no statement of this process updates or deletes rows of these tables.
    pub fn protect(&self, tables: &[&str]) {
        for table in tables {
            self.pool.protect(table);
        }
    }

    /// In what the database differs from the migrations that were handed in so far, other rooms' objects included.
    pub fn schema_differences(&self) -> Result<Vec<SchemaDifference>, VaultFault> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.read(|database| schema::differences(database, &rooms, Reach::Everything))
    }

    /// Sets how large `vault.db` may become, in bytes, for as long as it is open; then [`VaultFault::Full`].
    pub fn limit_size(&self, bytes_max: u64) -> Result<(), VaultFault> {
        let pages = u32::try_from((bytes_max / u64::from(PAGE_BYTES)).max(1)).unwrap_or(u32::MAX - 1);
        self.pool.with_writer(|writer| {
            writer.upkeep(|database| Ok(database.pragma_update(None, "max_page_count", pages)?))
        })
    }

    /// Signs with the key of the user who opened the vault. Ed25519; the caller puts a prefix that names the use.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.signing.sign(message)
    }

    /// The public half of the key that [`sign`](Self::sign) uses.
    #[must_use]
    pub fn user_public_key(&self) -> VerifyingKey {
        self.signing.verifying_key()
    }

    /// A key for one purpose, the same every time the vault is open. Purposes end in a version, such as `ep-salt/1`.
    #[must_use]
    pub fn subkey(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.master.subkey(&self.facts.vault_id, purpose)
    }

    /// Everybody who has or had an account, with every public key they ever signed with.
    pub fn people(&self) -> Result<Vec<Person>, VaultFault> {
        self.read(|database| person::everybody(database))
    }

    /// Name of the user who opened the vault.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user.name
    }

    /// Id of the user who opened the vault: a random UUID.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user.user_id
    }

    /// What the user who opened the vault may do.
    #[must_use]
    pub fn role(&self) -> Role {
        self.user.role
    }

    /// Which vault this is: a random UUID.
    #[must_use]
    pub fn vault_id(&self) -> &str {
        &self.facts.vault_id
    }

    /// What the vault is for; checked against the database.
    #[must_use]
    pub fn label(&self) -> VaultLabel {
        self.facts.label
    }

    /// When the vault was made, as RFC 3339.
    #[must_use]
    pub fn created(&self) -> &str {
        &self.facts.created
    }

    /// The vault's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.folder
    }

    /// Bytes that jobs may still add on the disk it lies on, beside what is kept free for the access log; `None` where
    /// the system does not say.
    #[must_use]
    pub fn room_for_jobs(&self) -> Option<u64> {
        disk::free_bytes(&self.folder).map(|free| free.saturating_sub(ROOM_KEPT))
    }

    /// The process, account and machine that hold the vault now: this one.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        self.held.holder()
    }

    /// A random number of this opening; another one the next time.
    #[must_use]
    pub fn session(&self) -> [u8; 16] {
        self.session
    }

    /// Attempts to open the vault that failed before the last one that succeeded. They stay counted until
    /// [`forget_failed_unlocks`](Self::forget_failed_unlocks).
    #[must_use]
    pub fn failed_unlocks(&self) -> Option<FailedUnlocks> {
        self.failed_unlocks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins counting at none, once the attempts so far are in the access log.
    pub fn forget_failed_unlocks(&self) -> Result<(), VaultFault> {
        attempts::forget(&self.folder)
    }

    /// Locks the vault. The same as dropping it, as a word.
    pub fn lock(self) {
        drop(self);
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.facts.vault_id)
    }
}

// Shared by every thread of the program.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Vault>();
};
