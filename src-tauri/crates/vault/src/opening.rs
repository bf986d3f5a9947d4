//! The ways into a vault: making one, a passphrase, the recovery key; and changing the passphrase.
//!
//! # Invariants
//! * `vault.json` is written last: a folder without it holds no vault yet.
//! * An attempt with a passphrase runs Argon2id exactly once, whoever it names and whatever is wrong.
//! * The lock is taken before any key is tried, so attempts are counted one by one.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ed25519_dalek::SigningKey;
use integrity::Digest;
use model::Instant;
use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

use crate::database::PAGE_BYTES;
use crate::disk::{
    self, DATABASE_FILE, DATABASE_SIDE_FILES, HEADER_FILE, HOLDER_FILE, LOCK_FILE, MAKING_FILE, OPEN_FILE,
};
use crate::header::{HeaderFile, HeaderUser, VaultLabel};
use crate::hex::Hex;
use crate::kdf::KdfCost;
use crate::lock::Held;
use crate::migration::{self, OWN, OWN_APPEND_ONLY};
use crate::passphrase::Normalized;
use crate::person::{self, KeyCause, NewUser, Person, PersonKey, Role, same_name};
use crate::pool::Pool;
use crate::recovery_key::RecoveryKey;
use crate::schema::{self, Reach};
use crate::secret::{self, MasterKey};
use crate::vault::{Facts, OpenedBy, Vault};
use crate::wrap::{Belonging, Kind, Sealed, WrapKey};
use crate::{VaultFault, attempts, check, moment};

impl Vault {
    /// Makes a vault in a folder that is absent or empty. The first account is a privacy officer.
    ///
    /// The recovery key is given once and kept nowhere. If anything fails, the folder holds no vault.
    pub fn create(
        folder: &Path,
        first: &NewUser<'_>,
        cost: KdfCost,
        label: VaultLabel,
        now: &Instant,
    ) -> Result<(Self, RecoveryKey), VaultFault> {
        let name = person::kept_name(first.name)?;
        let passphrase = Normalized::new_one(first.passphrase)?;
        disk::private_folder(folder)?;
        refuse_occupied(folder)?;
        let held = Held::take(folder)?;
        // Once more, now that nobody else can begin.
        refuse_occupied(folder)?;
        drop(disk::private_file(&folder.join(MAKING_FILE))?);
        remove_database(folder)?;
        let made = Making { folder, name, label, cost, created: now.text() }.make(&passphrase);
        if made.is_err() {
            // Whatever cannot be removed now is removed by the next attempt: the marker stays.
            drop(disk::remove(&folder.join(HEADER_FILE)).and_then(|()| remove_database(folder)));
        }
        let (header, opened, recovery) = made?;
        Ok((opened.into_vault(folder, &header, held)?, recovery))
    }

    /// Gives up a vault that was made a moment ago and locked again, because nobody has seen its recovery key. The folder
    /// goes too, unless something else lies in it.
    pub fn give_up(folder: &Path) -> Result<(), VaultFault> {
        let held = Held::take(folder)?;
        // From here on the folder holds no vault, whatever fails after it.
        disk::remove(&folder.join(HEADER_FILE))?;
        remove_database(folder)?;
        drop(held);
        [HOLDER_FILE, OPEN_FILE, LOCK_FILE].into_iter().try_for_each(|name| disk::remove(&folder.join(name)))?;
        drop(fs::remove_dir(folder));
        Ok(())
    }

    /// Opens a vault with a user's name and passphrase.
    ///
    /// Unknown name, wrong passphrase and damaged wrap are one answer ([`VaultFault::NotOpened`]) and take one time.
    pub fn unlock(folder: &Path, user: &str, passphrase: &str) -> Result<Self, VaultFault> {
        let header = HeaderFile::read(folder)?;
        let held = Held::take(folder)?;
        let Some((master, signing, user_id)) = keys_of_user(&header, user, passphrase) else {
            attempts::count_one(folder);
            return Err(VaultFault::NotOpened);
        };
        Opened::open(folder, &header, master, signing, &user_id)?.into_vault(folder, &header, held)
    }

    /// Opens a vault with the recovery key and gives one user a new passphrase and a new signing key.
    ///
    /// The old signing key stays sealed under the old passphrase and is given up: the recovery key opens the vault, it
    /// does not let anybody sign in another's place. Its public half is kept for what it signed.
    pub fn unlock_with_recovery(
        folder: &Path,
        key_text: &str,
        user: &str,
        new_passphrase: &str,
    ) -> Result<Self, VaultFault> {
        let key = RecoveryKey::parse(key_text)?;
        let passphrase = Normalized::new_one(new_passphrase)?;
        let header = HeaderFile::read(folder)?;
        let held = Held::take(folder)?;
        let belonging = Belonging::to_recovery(&header.vault_id);
        let master = WrapKey::of_recovery(&key, &header.vault_id).open(&belonging, &header.recovery);
        let (Some(master), Some(user)) = (master, header.user(user)) else {
            attempts::count_one(folder);
            return Err(VaultFault::NotOpened);
        };
        let (master, signing) = (MasterKey::new(master), random_signing_key()?);
        let (user_id, name) = (user.user_id.clone(), user.name.clone());
        let renewed = wraps(&header.vault_id, &user_id, &name, &passphrase, header.kdf, &master, &signing)?;
        let pool = open_pool(folder, &header, &master)?;
        let public_key = signing.verifying_key().to_bytes();
        let since = moment::now().text().to_owned();
        // The database first: should the next step fail, the old passphrase still opens the vault.
        pool.write(crate::pool::Turn::Look, |database| {
            person::add_key(database, &user_id, &PersonKey { public_key, since, cause: KeyCause::Recovered })
        })?;
        let header = header.with_user(&renewed);
        header.write(folder)?;
        Opened::new(pool, &header, master, signing, &user_id)?.into_vault(folder, &header, held)
    }

    /// Lets the user who opened the vault back in, after the program was covered while the vault had to stay open.
    ///
    /// As with [`unlock`](Self::unlock), one answer and one time, and attempts that fail are counted. Another account
    /// with its own passphrase is told who has the vault open.
    pub fn admit(&self, user: &str, passphrase: &str) -> Result<(), VaultFault> {
        let header = HeaderFile::read(&self.folder)?;
        let opened = keys_of_user(&header, user, passphrase);
        let Some((_, _, user_id)) = opened.filter(|(master, _, _)| master.bytes() == self.master.bytes()) else {
            attempts::count_one(&self.folder);
            return Err(VaultFault::NotOpened);
        };
        if user_id != self.user.user_id {
            return Err(VaultFault::Held(Box::new(self.holder().clone())));
        }
        *self.failed_unlocks.lock().unwrap_or_else(PoisonError::into_inner) = attempts::read(&self.folder);
        Ok(())
    }

    /// Gives the user who opened the vault a new passphrase. One wrap is rewritten, the database is untouched.
    pub fn change_passphrase(&self, old: &str, new: &str) -> Result<(), VaultFault> {
        let header = HeaderFile::read(&self.folder)?;
        let passphrase = Normalized::new_one(new)?;
        let opened = keys_of_user(&header, &self.user.name, old);
        let Some((_, _, user_id)) = opened.filter(|(master, _, _)| master.bytes() == self.master.bytes()) else {
            attempts::count_one(&self.folder);
            return Err(VaultFault::NotOpened);
        };
        let name = &self.user.name;
        let renewed = wraps(&header.vault_id, &user_id, name, &passphrase, header.kdf, &self.master, &self.signing)?;
        header.with_user(&renewed).write(&self.folder)
    }
}

/// What a new vault is made from.
struct Making<'a> {
    folder: &'a Path,
    name: String,
    label: VaultLabel,
    cost: KdfCost,
    created: &'a str,
}

impl Making<'_> {
    fn make(self, passphrase: &Normalized) -> Result<(HeaderFile, Opened, RecoveryKey), VaultFault> {
        let (vault_id, user_id) = (random_id()?, random_id()?);
        let (master, signing, recovery) = (MasterKey::random()?, random_signing_key()?, RecoveryKey::random()?);
        let user = wraps(&vault_id, &user_id, &self.name, passphrase, self.cost, &master, &signing)?;
        let sealed_recovery =
            WrapKey::of_recovery(&recovery, &vault_id).seal(&Belonging::to_recovery(&vault_id), master.bytes())?;
        let salt = secret::random()?;
        let created = self.created.to_owned();
        let header = HeaderFile::new(vault_id, self.label, created, self.cost, salt, user, sealed_recovery);

        drop(disk::private_file(&self.folder.join(DATABASE_FILE))?);
        let key = master.database_key(&header.vault_id, &header.database.salt.0);
        let pool = Pool::open(self.folder.join(DATABASE_FILE), key)?;
        pool.with_writer(|writer| writer.migration(|database| migration::apply(database, OWN)))?;
        pool.write(crate::pool::Turn::Look, |database| self.write_facts(database, &header, &signing, &user_id))?;
        let opened = Opened::new(pool, &header, master, signing, &user_id)?;
        header.write(self.folder)?;
        disk::remove(&self.folder.join(MAKING_FILE))?;
        disk::settle(self.folder)?;
        Ok((header, opened, recovery))
    }

    fn write_facts(
        &self,
        database: &Connection,
        header: &HeaderFile,
        signing: &SigningKey,
        user_id: &str,
    ) -> Result<(), VaultFault> {
        for (name, value) in
            [("vault_id", header.vault_id.as_str()), ("label", self.label.word()), ("created", self.created)]
        {
            database.execute("INSERT INTO vault_fact (name, value) VALUES (?1, ?2)", (name, value))?;
        }
        let public_key = signing.verifying_key().to_bytes();
        let key = PersonKey { public_key, since: self.created.to_owned(), cause: KeyCause::Created };
        let (user_id, name) = (user_id.to_owned(), self.name.clone());
        person::add(database, &Person { user_id, name, role: Role::PrivacyOfficer, keys: vec![key] })
    }
}

/// A vault whose database is open and checked; only the lock is missing.
struct Opened {
    pool: Pool,
    master: MasterKey,
    signing: SigningKey,
    user: OpenedBy,
}

impl Opened {
    fn open(
        folder: &Path,
        header: &HeaderFile,
        master: MasterKey,
        signing: SigningKey,
        user_id: &str,
    ) -> Result<Self, VaultFault> {
        let pool = open_pool(folder, header, &master)?;
        Self::new(pool, header, master, signing, user_id)
    }

    /// Compares what `vault.json` claims with what the database knows.
    fn new(
        pool: Pool,
        header: &HeaderFile,
        master: MasterKey,
        signing: SigningKey,
        user_id: &str,
    ) -> Result<Self, VaultFault> {
        for table in OWN_APPEND_ONLY {
            pool.protect(table);
        }
        let public_key = signing.verifying_key().to_bytes();
        let user = pool.read(|database| {
            check::refuse_first(schema::differences(database, &[OWN], Reach::Known)?)?;
            for (fact, claim) in [("vault_id", header.vault_id.as_str()), ("label", header.label.word())] {
                let known = "SELECT value FROM vault_fact WHERE name = ?1";
                let value: Option<String> = database.query_row(known, [fact], |row| row.get(0)).optional()?;
                if value.as_deref() != Some(claim) {
                    return Err(VaultFault::Mismatch);
                }
            }
            let people = person::everybody(database)?;
            let claimed = header.users.iter().find(|user| user.user_id == user_id);
            people
                .into_iter()
                .find(|person| person.user_id == user_id)
                .filter(|person| claimed.is_some_and(|claimed| same_name(&claimed.name, &person.name)))
                .filter(|person| person.keys.iter().any(|key| key.public_key == public_key))
                .ok_or(VaultFault::Mismatch)
        })?;
        let user = OpenedBy { user_id: user.user_id, name: user.name, role: user.role };
        Ok(Self { pool, master, signing, user })
    }

    fn into_vault(self, folder: &Path, header: &HeaderFile, held: Held) -> Result<Vault, VaultFault> {
        let facts = Facts { vault_id: header.vault_id.clone(), label: header.label, created: header.created.clone() };
        Ok(Vault {
            pool: self.pool,
            folder: folder.to_owned(),
            facts,
            user: self.user,
            signing: self.signing,
            master: self.master,
            rooms: Mutex::new(vec![OWN]),
            session: secret::random()?,
            failed_unlocks: Mutex::new(attempts::read(folder)),
            held,
        })
    }
}

/// Tries a passphrase. One run of Argon2id, whether or not there is such a user.
fn keys_of_user(header: &HeaderFile, user: &str, passphrase: &str) -> Option<(MasterKey, SigningKey, String)> {
    let user = header.user(user);
    // A stranger gets a salt too, and the first user's wraps to fail on.
    let stranger = || {
        let digest = Digest::of_parts(&[b"no such user:", header.vault_id.as_bytes()]);
        let mut salt = [0; 16];
        salt.iter_mut().zip(digest.as_bytes()).for_each(|(byte, from)| *byte = *from);
        salt
    };
    let salt = user.map_or_else(stranger, |user| user.salt.0);
    let key = WrapKey::of_passphrase(&Normalized::of(passphrase), &salt, header.kdf)?;
    let tried = user.or_else(|| header.users.first())?;
    let open = |kind: Kind, wrap: &Sealed| -> Option<Zeroizing<[u8; 32]>> {
        key.open(&Belonging::to_user(&header.vault_id, &tried.user_id, kind, header.kdf, salt), wrap)
    };
    let master = open(Kind::Master, &tried.master);
    let signing = open(Kind::Signing, &tried.signing);
    let (user, master, signing) = (user?, master?, signing?);
    Some((MasterKey::new(master), SigningKey::from_bytes(&signing), user.user_id.clone()))
}

/// Seals both keys of a user under a passphrase, with a new salt.
fn wraps(
    vault_id: &str,
    user_id: &str,
    name: &str,
    passphrase: &Normalized,
    cost: KdfCost,
    master: &MasterKey,
    signing: &SigningKey,
) -> Result<HeaderUser, VaultFault> {
    let salt = secret::random()?;
    let key = WrapKey::of_passphrase(passphrase, &salt, cost).ok_or(VaultFault::NotOpened)?;
    let belonging = |kind| Belonging::to_user(vault_id, user_id, kind, cost, salt);
    Ok(HeaderUser {
        user_id: user_id.to_owned(),
        name: name.to_owned(),
        salt: Hex(salt),
        master: key.seal(&belonging(Kind::Master), master.bytes())?,
        signing: key.seal(&belonging(Kind::Signing), signing.as_bytes())?,
    })
}

/// Opens the database of a vault that exists. The key is right by now: what does not decrypt is damaged.
fn open_pool(folder: &Path, header: &HeaderFile, master: &MasterKey) -> Result<Pool, VaultFault> {
    let path = folder.join(DATABASE_FILE);
    let length = fs::metadata(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => VaultFault::DatabaseMissing,
        _ => VaultFault::file(&path, &error),
    })?;
    // SQLite would take an empty file for a new database.
    if length.len() < u64::from(PAGE_BYTES) {
        return Err(VaultFault::DatabaseDamaged);
    }
    Pool::open(path, master.database_key(&header.vault_id, &header.database.salt.0))
}

/// Refuses a folder with anything in it but what an unfinished attempt left, and files that systems hide in folders.
fn refuse_occupied(folder: &Path) -> Result<(), VaultFault> {
    let unfinished = folder.join(MAKING_FILE).exists() && !folder.join(HEADER_FILE).exists();
    let entries = fs::read_dir(folder).map_err(|error| VaultFault::file(folder, &error))?;
    for entry in entries {
        let name = entry.map_err(|error| VaultFault::file(folder, &error))?.file_name();
        let name = name.to_string_lossy();
        let of_the_lock = name == LOCK_FILE || name == OPEN_FILE || name.starts_with(HOLDER_FILE);
        let of_an_attempt = unfinished && name.starts_with("vault.");
        if !(name.starts_with('.') || of_the_lock || of_an_attempt) {
            return Err(VaultFault::Occupied);
        }
    }
    Ok(())
}

fn remove_database(folder: &Path) -> Result<(), VaultFault> {
    DATABASE_SIDE_FILES.into_iter().chain([DATABASE_FILE]).try_for_each(|name| disk::remove(&folder.join(name)))
}

fn random_id() -> Result<String, VaultFault> {
    Ok(uuid::Builder::from_random_bytes(secret::random()?).into_uuid().to_string())
}

fn random_signing_key() -> Result<SigningKey, VaultFault> {
    Ok(SigningKey::from_bytes(&*secret::random_secret()?))
}

#[cfg(test)]
mod tests;
