//! What every test of the trust store needs: an open vault with its log, and made-up keys, heads and bundles.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::PathBuf;
use std::sync::Arc;

use access_log::{AccessLog, Body, Depth, Entry, LogFilter, PAGE_ENTRIES_MAX};
use integrity::Digest;
use model::{BundleId, EventId, Instant, StreamId};
use tempfile::TempDir;
use trust_store::{
    Change, Concern, Day, Der, Fingerprint, ImportedHead, Material, NewPin, Origin, Step, StreamHead, StreamSpan, Text,
    TrustFault, TrustStore, Vouched, Word, confirms,
};
use vault::rusqlite::{Connection, Transaction};
use vault::{KdfCost, NewUser, Vault, VaultLabel, tamper};

pub(crate) const USER: &str = "J. Okafor";
pub(crate) const PASSPHRASE: &str = "gravel lantern ninety otter";

pub(crate) struct Desk {
    home: TempDir,
    pub(crate) folder: PathBuf,
    pub(crate) vault: Arc<Vault>,
    pub(crate) log: AccessLog,
    pub(crate) store: TrustStore,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("vault");
        let first = NewUser { name: USER, passphrase: PASSPHRASE };
        let (vault, _) = Vault::create(&folder, &first, KdfCost::FLOOR, VaultLabel::Office, &second(0)).unwrap();
        Self::at(home, folder, vault)
    }

    fn at(home: TempDir, folder: PathBuf, vault: Vault) -> Self {
        let vault = Arc::new(vault);
        let log = AccessLog::open(&vault).unwrap();
        let store = TrustStore::open(Arc::clone(&vault)).unwrap();
        Self { home, folder, vault, log, store }
    }

    /// Locks the vault, lets somebody with the key and other tools at it, and opens it again.
    pub(crate) fn reopened_after(self, change: impl FnOnce(&Connection)) -> Self {
        let Self { home, folder, vault, log, store } = self;
        let key = tamper::key(&vault).unwrap();
        drop((log, store));
        Arc::into_inner(vault).unwrap().lock();
        let raw = tamper::open(&folder, &key).unwrap();
        change(&raw);
        raw.close().unwrap();
        let vault = Vault::unlock(&folder, USER, PASSPHRASE).unwrap();
        Self::at(home, folder, vault)
    }

    /// Runs statements without the triggers that would refuse them, and puts the triggers back as they were.
    pub(crate) fn tampered(self, statements: &str) -> Self {
        self.reopened_after(|raw| {
            let triggers: Vec<(String, String)> = raw
                .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'trust_%'")
                .unwrap()
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert_eq!(triggers.len(), 6);
            for (name, _) in &triggers {
                raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
            }
            raw.execute_batch(statements).unwrap();
            for (_, sql) in &triggers {
                raw.execute_batch(sql).unwrap();
            }
        })
    }

    pub(crate) fn pin_key(&self, name: &str) -> Result<u64, TrustFault> {
        let new = NewPin::of(typed(&kid(name)), key(name)).unwrap();
        self.store.pin(&self.log, new, vouched(), &second(10))
    }

    pub(crate) fn pin_authority(&self, name: &str) -> Result<u64, TrustFault> {
        let certificate = Der::new(name.as_bytes()).unwrap();
        let fingerprint = Fingerprint::of_certificate(name.as_bytes());
        let material = Material::Certificate { certificate, subject: text("CN=A time stamp authority") };
        self.store.pin(&self.log, NewPin::of(typed(&fingerprint), material).unwrap(), vouched(), &second(11))
    }

    pub(crate) fn revoke(&self, fingerprint: Fingerprint, from: &Instant) -> Result<u64, TrustFault> {
        self.store.revoke(&self.log, fingerprint, from, "the laptop was stolen", &second(12))
    }

    pub(crate) fn add_anchor(&self, head: StreamHead, origin: Origin) -> Result<u64, TrustFault> {
        self.store.add_anchor(&self.log, head, origin, day("2026-03-01"), &second(13))
    }

    pub(crate) fn withdraw(&self, number: u64) -> Result<u64, TrustFault> {
        self.store.withdraw(&self.log, number, "typed wrongly", &second(14))
    }

    /// Remembers heads the way an import does: within the act that is logged.
    pub(crate) fn remember(&self, integrity: &str, heads: &[ImportedHead]) -> Result<u64, TrustFault> {
        let act = |transaction: &Transaction<'_>| self.store.remember_in(transaction, integrity, heads, &second(15));
        self.log.act(&self.vault, verified(), None, &second(15), act).map(|(remembered, _)| remembered)
    }

    /// The entries of the access log with this action, oldest first.
    pub(crate) fn logged(&self, action: &str) -> Vec<Body> {
        let filter = LogFilter { action: Some(action.to_owned()), ..LogFilter::default() };
        let seen = self.log.append(&self.vault, Entry::LogViewed { filter: filter.text() }, None, &second(60)).unwrap();
        let page = self.log.entries(&self.vault, &seen, &filter, 0, PAGE_ENTRIES_MAX).unwrap();
        page.entries.into_iter().rev().map(|entry| entry.body).collect()
    }

    pub(crate) fn log_stands(&self) -> bool {
        self.log.verify(&self.vault, Depth::Full, &[]).unwrap().intact()
    }

    /// The texts of all steps, as they stand in the vault.
    pub(crate) fn bodies(&self) -> Vec<String> {
        let read = |database: &Transaction<'_>| -> Result<Vec<String>, TrustFault> {
            let mut statement = database.prepare("SELECT body FROM trust_step ORDER BY number")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        };
        self.vault.read(read).unwrap()
    }

    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.store.steps().unwrap().iter().map(kind).collect()
    }
}

pub(crate) fn kind(step: &Step) -> &'static str {
    match step.change {
        Change::Pin { .. } => "pin",
        Change::Revoke { .. } => "revoke",
        Change::AddAnchor { .. } => "add_anchor",
        Change::Withdraw { .. } => "withdraw",
        Change::Remember { .. } => "remember",
    }
}

/// So many seconds after noon.
pub(crate) fn second(number: i64) -> Instant {
    let noon = Instant::parse("2026-03-01T12:00:00Z").unwrap().utc_nanos().unwrap();
    Instant::from_utc_nanos(noon + number * 1_000_000_000)
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub(crate) fn kid(name: &str) -> Fingerprint {
    Fingerprint::of_key(name.as_bytes())
}

pub(crate) fn key(name: &str) -> Material {
    Material::Key { alg: Word::new("ed25519").unwrap(), spki: Der::new(name.as_bytes()).unwrap() }
}

/// As a person confirms it who types its last eight characters.
pub(crate) fn typed(fingerprint: &Fingerprint) -> trust_store::Confirmed {
    let whole = fingerprint.to_string();
    confirms(fingerprint, &whole[whole.len() - 8..]).unwrap()
}

pub(crate) fn typed_whole(fingerprint: &Fingerprint) -> trust_store::Confirmed {
    confirms(fingerprint, &fingerprint.to_string()).unwrap()
}

pub(crate) fn vouched() -> Vouched {
    Vouched::new("R. Lindqvist", "by telephone, under the number of the contract", "").unwrap()
}

pub(crate) fn on_paper() -> Origin {
    Origin::Typed { from_whom: Some(text("R. Lindqvist")), on: None }
}

pub(crate) fn stream(name: &str) -> StreamId {
    StreamId::new(name)
}

/// The head of a stream after so many records.
pub(crate) fn head(of: &str, last_seq: u64) -> StreamHead {
    let hash = Digest::of(format!("{of} {last_seq}").as_bytes());
    StreamHead::new(stream(of), last_seq, EventId::new(format!("event-{last_seq}")), hash).unwrap()
}

pub(crate) fn bundle(name: &str) -> BundleId {
    BundleId::new(Digest::of(name.as_bytes()).to_hex())
}

/// A bundle that came first, with records 1 to 36 of these streams, and names the key `a`.
pub(crate) fn concern<'a>(name: &str, streams: impl IntoIterator<Item = &'a str>) -> Concern {
    let span = |of| StreamSpan { stream: stream(of), first_seq: 1, last_seq: 36 };
    let streams = streams.into_iter().map(span).collect();
    let export = Some(Digest::of(name.as_bytes()));
    Concern { bundle: bundle(name), export, arrived: 0, streams, keys: Some([kid("a")].into()) }
}

/// What an import of a bundle sees of a stream.
pub(crate) fn seen(of: &str, in_bundle: &str, first_seq: u64, last_seq: u64) -> ImportedHead {
    let before = Digest::of(format!("{of} {}", first_seq - 1).as_bytes());
    ImportedHead::new(bundle(in_bundle), Digest::of(in_bundle.as_bytes()), head(of, last_seq), first_seq, before)
        .unwrap()
}

pub(crate) fn verified() -> Entry {
    Entry::Verify {
        bundle: "bundle-1".to_owned(),
        integrity: "PASS".to_owned(),
        assurance: None,
        findings: 0,
        went_on_behind: None,
    }
}
