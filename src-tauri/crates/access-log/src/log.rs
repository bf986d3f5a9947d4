//! The access log of an open vault: writing entries.
//!
//! # Invariants
//! * Entry 1 is `create_vault`; a key signs nothing before an entry has introduced it; time never runs backwards without
//!   a `clock_jump`. The log writes these entries by itself, in the transaction of the entry that needs them.
//! * A [`Witnessed`] is made after the commit, never before.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use integrity::Digest;
use integrity::merkle::Tree;
use model::Instant;
use vault::rusqlite::Transaction;
use vault::{Migration, Vault, VaultFault};

use crate::body::Body;
use crate::entry::{Entry, LockCause};
use crate::rows::{self, StoredEntry};
use crate::{LogFault, Purpose, Witnessed, chain};

/// The table of entries and what keeps it from shrinking.
const MIGRATIONS: &[Migration] = &[Migration { room: "access-log", number: 1, sql: include_str!("sql/1.sql") }];
/// Acts wait for each other before they are written; so much may a later one be earlier, in nanoseconds.
const CLOCK_TOLERANCE_NANOS: i64 = 2_000_000_000;

/// The access log of one open vault.
pub struct AccessLog {
    /// Counts the stretches between two purposes; tokens of an earlier one are void.
    stretch: Arc<AtomicU64>,
    /// The tree over entries that were verified, so that locking need not read all of them again.
    pub(crate) tree: Mutex<Tree>,
}

/// Where the log ends: what is written down elsewhere to notice a vault that was set back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The vault.
    pub vault_id: String,
    /// Number of the newest entry.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

impl AccessLog {
    /// Makes the log's table if it is not there, and forbids this process to change what is in it.
    pub fn open(vault: &Vault) -> Result<Self, LogFault> {
        vault.migrate(MIGRATIONS)?;
        vault.protect(&["access_log"]);
        Ok(Self { stretch: Arc::default(), tree: Mutex::default() })
    }

    /// Writes that the vault was opened, and what is to be said with it: attempts that failed, a key that is new.
    pub fn begin(&self, vault: &Vault, now: &Instant) -> Result<Witnessed, LogFault> {
        let failed = vault.failed_unlocks().map(|failed| Entry::FailedUnlocks {
            count: failed.count,
            first: failed.first.clone(),
            last: failed.last.clone(),
        });
        let stretch = self.current_stretch();
        let seq = vault.write(|transaction| -> Result<_, LogFault> {
            // How the session before ended is told by the entry that was newest before this opening wrote any.
            let before = session_before(rows::newest(transaction)?.as_ref());
            if let Some(failed) = &failed {
                self.append_in(transaction, vault, failed, None, now)?;
            }
            write_what_goes_before(transaction, vault, &Entry::Unlock, now)?;
            let mut body = Body::new(vault, &Entry::Unlock, None, now)?;
            body.detail("session_before", before);
            add(transaction, vault, rows::newest(transaction)?.as_ref(), &body)
        })?;
        // The attempts are in the log now. If the count cannot be reset, the next opening tells of them again.
        drop(vault.forget_failed_unlocks());
        Ok(self.witness(vault, stretch, seq, Entry::Unlock, None))
    }

    /// Writes one entry durably. Only then may happen what it tells of.
    ///
    /// A look without a purpose is [`LogFault::PurposeMissing`], and nothing is written.
    pub fn append(
        &self,
        vault: &Vault,
        entry: Entry,
        purpose: Option<&Purpose>,
        now: &Instant,
    ) -> Result<Witnessed, LogFault> {
        let stretch = self.current_stretch();
        let seq = vault.write(|transaction| self.append_in(transaction, vault, &entry, purpose, now))?;
        Ok(self.witness(vault, stretch, seq, entry, purpose))
    }

    /// Writes one entry and does what it tells of, in one transaction: both are kept or neither.
    pub fn act<T, E: From<LogFault> + From<VaultFault>>(
        &self,
        vault: &Vault,
        entry: Entry,
        purpose: Option<&Purpose>,
        now: &Instant,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<(T, Witnessed), E> {
        let stretch = self.current_stretch();
        let (seq, done) = vault.write(|transaction| -> Result<_, E> {
            let seq = self.append_in(transaction, vault, &entry, purpose, now)?;
            Ok((seq, act(transaction)?))
        })?;
        Ok((done, self.witness(vault, stretch, seq, entry, purpose)))
    }

    /// Writes one entry in a transaction of the caller's, and gives its number. Not a token: the transaction may yet
    /// fail.
    pub fn append_in(
        &self,
        transaction: &Transaction<'_>,
        vault: &Vault,
        entry: &Entry,
        purpose: Option<&Purpose>,
        now: &Instant,
    ) -> Result<u64, LogFault> {
        if entry.needs_purpose() && purpose.is_none() {
            return Err(LogFault::PurposeMissing);
        }
        write_what_goes_before(transaction, vault, entry, now)?;
        let newest = rows::newest(transaction)?;
        let mut body = Body::new(vault, entry, purpose, now)?;
        if matches!(entry, Entry::Lock { .. }) {
            let tree = self.tree_over_all(transaction)?;
            body.result("size", tree.len());
            body.detail("root", &tree.root().to_hex());
        }
        add(transaction, vault, newest.as_ref(), &body)
    }

    /// Writes that the vault is being locked, with the root over all entries. Every token is void afterwards.
    ///
    /// If this fails, lock the vault all the same: the next `unlock` entry says that the session was not locked.
    pub fn close(&self, vault: &Vault, cause: LockCause, now: &Instant) -> Result<(), LogFault> {
        self.append(vault, Entry::Lock { cause }, None, now).map(drop)
    }

    /// Where the log ends, or `None` while it is empty.
    pub fn head(&self, vault: &Vault) -> Result<Option<Head>, LogFault> {
        let newest = vault.read(|database| rows::newest(database))?;
        Ok(newest.map(|newest| Head { vault_id: vault.vault_id().to_owned(), seq: newest.seq, hash: newest.hash }))
    }

    /// The tree over all entries so far. What this transaction added is not remembered: it may yet fail.
    fn tree_over_all(&self, transaction: &Transaction<'_>) -> Result<Tree, LogFault> {
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner).clone();
        rows::for_each_hash_from(transaction, tree.len() + 1, |hash| tree.push(hash.as_bytes()))?;
        Ok(tree)
    }

    /// Asked before an entry is written: a purpose that changes meanwhile voids what the entry yields.
    fn current_stretch(&self) -> u64 {
        self.stretch.load(Ordering::SeqCst)
    }

    fn witness(&self, vault: &Vault, begun_in: u64, seq: u64, entry: Entry, purpose: Option<&Purpose>) -> Witnessed {
        let stretch = if entry.ends_looks() { self.stretch.fetch_add(1, Ordering::SeqCst) + 1 } else { begun_in };
        Witnessed {
            vault_id: vault.vault_id().to_owned(),
            session: vault.session(),
            seq,
            entry,
            purpose: purpose.cloned(),
            stretch,
            now: Arc::clone(&self.stretch),
        }
    }
}

/// How the session before ended, as the newest entry of it tells.
fn session_before(newest: Option<&StoredEntry>) -> &'static str {
    let ended = |body: Body| body.action == "lock" || body.action == "create_vault";
    // A vault that was just made has no session before it.
    let locked = newest.is_none_or(|newest| Body::parse(&newest.body).is_some_and(ended));
    if locked { "locked" } else { "not_locked" }
}

/// Writes the entries that have to stand before this one: the first of all, a new key, a clock set back.
fn write_what_goes_before(
    transaction: &Transaction<'_>,
    vault: &Vault,
    entry: &Entry,
    now: &Instant,
) -> Result<(), LogFault> {
    let newest = rows::newest(transaction)?;
    let write = |newest: Option<&StoredEntry>, entry: &Entry| {
        add(transaction, vault, newest, &Body::new(vault, entry, None, now)?)
    };
    let Some(newest) = newest else {
        if !matches!(entry, Entry::CreateVault { .. }) {
            write(None, &Entry::CreateVault { label: vault.label() })?;
        }
        return Ok(());
    };
    if let Some(jump) = clock_jump(&newest, now)? {
        write(Some(&newest), &jump)?;
    }
    let key = vault.user_public_key().to_bytes();
    if !matches!(entry, Entry::RecoveryUsed) && !rows::has_signed(transaction, &key)? {
        write(rows::newest(transaction)?.as_ref(), &Entry::RecoveryUsed)?;
    }
    Ok(())
}

/// Adds a body behind the newest entry: links, hashes, signs.
fn add(
    transaction: &Transaction<'_>,
    vault: &Vault,
    newest: Option<&StoredEntry>,
    body: &Body,
) -> Result<u64, LogFault> {
    let (seq, prev_hash) =
        newest.map_or_else(|| (1, chain::genesis(vault.vault_id())), |newest| (newest.seq + 1, newest.hash));
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| LogFault::Randomness)?;
    let body = body.text()?;
    let body_hash = chain::body_hash(&salt, &body);
    let hash = chain::entry_hash(seq, &prev_hash, &body_hash);
    let sig = vault.sign(chain::signed_message(&hash).as_bytes()).to_bytes();
    let actor_key = vault.user_public_key().to_bytes();
    rows::add(transaction, &StoredEntry { seq, prev_hash, salt, body, body_hash, hash, actor_key, sig })?;
    Ok(seq)
}

/// The entry to write if the clock is behind the newest entry.
fn clock_jump(newest: &StoredEntry, now: &Instant) -> Result<Option<Entry>, LogFault> {
    let now = now.utc_nanos().ok_or(LogFault::Undated)?;
    let Some(body) = Body::parse(&newest.body) else { return Ok(None) };
    let back = body.utc_nanos().map_or(0, |before| before.saturating_sub(now));
    Ok((back > CLOCK_TOLERANCE_NANOS).then(|| Entry::ClockJump {
        before: body.ts,
        seconds_back: u64::try_from(back / 1_000_000_000).unwrap_or_default(),
    }))
}
