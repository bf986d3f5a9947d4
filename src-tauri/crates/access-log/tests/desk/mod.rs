//! What every test of the access log needs: an open vault with its log, and a clock that is told what time it is.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::PathBuf;

use access_log::{AccessLog, Depth, Entry, LogFault, LogReport, Purpose, Question, Witnessed};
use model::Instant;
use tempfile::TempDir;
use vault::rusqlite::Connection;
use vault::{KdfCost, NewUser, RecoveryKey, Vault, VaultLabel, tamper};

pub(crate) const USER: &str = "J. Okafor";
pub(crate) const PASSPHRASE: &str = "gravel lantern ninety otter";
pub(crate) const OTHER_PASSPHRASE: &str = "velvet harbor sixteen plum";

pub(crate) struct Desk {
    pub(crate) kept: TempDir,
    pub(crate) folder: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) log: AccessLog,
    pub(crate) recovery: RecoveryKey,
}

impl Desk {
    /// A new vault whose log is empty.
    pub(crate) fn new() -> Self {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("vault");
        let first = NewUser { name: USER, passphrase: PASSPHRASE };
        let (vault, recovery) = Vault::create(&folder, &first, KdfCost::FLOOR, VaultLabel::Office, &second(0)).unwrap();
        let log = AccessLog::open(&vault).unwrap();
        Self { kept: outer, folder, vault, log, recovery }
    }

    /// A vault with entries 1 to 8: made, opened, five looks, locked; and it is open still.
    pub(crate) fn with_entries() -> Self {
        let desk = Self::new();
        desk.log.begin(&desk.vault, &second(1)).unwrap();
        for number in 2..7 {
            desk.look(number).unwrap();
        }
        desk.log.close(&desk.vault, access_log::LockCause::Asked, &second(7)).unwrap();
        desk
    }

    pub(crate) fn look(&self, at: i64) -> Result<Witnessed, LogFault> {
        self.log.append(&self.vault, Entry::Look(question(at)), Some(&complaint()), &second(at))
    }

    pub(crate) fn check(&self) -> LogReport {
        self.log.verify(&self.vault, Depth::Full, &[]).unwrap()
    }

    /// Locks the vault and opens it again.
    pub(crate) fn reopened(self) -> Self {
        self.reopened_after(|_| {})
    }

    /// Locks the vault, lets somebody with the key and other tools at it, and opens it again.
    pub(crate) fn reopened_after(self, change: impl FnOnce(&Connection)) -> Self {
        let Self { kept, folder, vault, log, recovery } = self;
        let key = tamper::key(&vault).unwrap();
        drop(log);
        vault.lock();
        let raw = tamper::open(&folder, &key).unwrap();
        change(&raw);
        raw.close().unwrap();
        let vault = Vault::unlock(&folder, USER, PASSPHRASE).unwrap();
        let log = AccessLog::open(&vault).unwrap();
        Self { kept, folder, vault, log, recovery }
    }
}

/// Runs statements without the triggers that would refuse them, and puts the triggers back as they were.
pub(crate) fn past_the_triggers(raw: &Connection, statements: &str) {
    let triggers: Vec<(String, String)> = raw
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'access_log'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(triggers.len(), 3);
    for (name, _) in &triggers {
        raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    raw.execute_batch(statements).unwrap();
    for (_, sql) in &triggers {
        raw.execute_batch(sql).unwrap();
    }
}

/// So many seconds after noon.
pub(crate) fn second(number: i64) -> Instant {
    let noon = Instant::parse("2026-03-01T12:00:00Z").unwrap().utc_nanos().unwrap();
    Instant::from_utc_nanos(noon + number * 1_000_000_000)
}

pub(crate) fn complaint() -> Purpose {
    Purpose::reason("complaint of 3 May").unwrap()
}

pub(crate) fn question(number: i64) -> Question {
    Question { query: format!("patient:MRN-000{number}"), order: "time".to_owned(), bundle: None }
}
