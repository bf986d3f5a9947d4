//! The trust store of an open vault: reading all of it, and adding a step.

use std::sync::Arc;

use access_log::{AccessLog, Entry, TrustStep};
use integrity::Digest;
use model::Instant;
use vault::rusqlite::Transaction;
use vault::{Migration, Vault};

use crate::change::{Change, NewPin, Origin, Vouched};
use crate::fault::{Refusal, TrustFault};
use crate::fingerprint::Fingerprint;
use crate::head::{ImportedHead, StreamHead};
use crate::step::{self, Mark, Step};
use crate::text::{Day, Text};
use crate::trust::Trust;

/// The tables and what keeps them from shrinking.
const MIGRATIONS: &[Migration] = &[Migration { room: "trust-store", number: 1, sql: include_str!("sql/1.sql") }];

/// What this office vouches for, and what was concluded with it, in one open vault.
pub struct TrustStore {
    pub(crate) vault: Arc<Vault>,
}

impl TrustStore {
    /// Makes the tables if they are not there, and forbids this process to change what is in them.
    pub fn open(vault: Arc<Vault>) -> Result<Self, TrustFault> {
        vault.migrate(MIGRATIONS)?;
        vault.protect(&["trust_step", "trust_conclusion"]);
        Ok(Self { vault })
    }

    /// What all steps so far make. A step that cannot be relied on is a fault: then nothing is.
    pub fn trust(&self) -> Result<Trust, TrustFault> {
        self.vault.read(fold)
    }

    /// All steps, oldest first.
    pub fn steps(&self) -> Result<Vec<Step>, TrustFault> {
        self.vault.read(|database| {
            let (mut trust, mut steps) = (Trust::default(), Vec::new());
            step::for_each(database, |step| {
                trust.take(step.clone())?;
                steps.push(step);
                Ok(())
            })?;
            Ok(steps)
        })
    }

    /// Pins what a person has confirmed, and gives the step's number. What was revoked may be pinned again.
    pub fn pin(&self, log: &AccessLog, new: NewPin, vouched: Vouched, now: &Instant) -> Result<u64, TrustFault> {
        let NewPin { confirmed, material } = new;
        let fingerprint = *confirmed.fingerprint();
        let vouched_by = vouched.by.as_str().to_owned();
        let typed_characters = confirmed.typed_characters() as u64;
        self.change(log, Change::Pin { fingerprint, typed_characters, material, vouched }, now, |step| {
            Entry::KeyPinned {
                fingerprint: fingerprint.to_string(),
                kind: fingerprint.kind().to_owned(),
                vouched_by,
                step,
            }
        })
    }

    /// Revokes what is pinned, from a point in time on; its text is kept as it was written. Something revoked can only
    /// be revoked from an earlier time on.
    pub fn revoke(
        &self,
        log: &AccessLog,
        fingerprint: Fingerprint,
        from: &Instant,
        why: &str,
        now: &Instant,
    ) -> Result<u64, TrustFault> {
        let from_utc = from.utc_text().ok_or(TrustFault::Undated)?;
        let why = because(why)?;
        let reason = why.as_str().to_owned();
        let change = Change::Revoke { fingerprint, from: from.clone(), why };
        self.change(log, change, now, |step| Entry::KeyRevoked {
            fingerprint: fingerprint.to_string(),
            from: from_utc,
            why: reason,
            step,
        })
    }

    /// Adds an anchor and gives its number. One that contradicts another is taken: both are evidence.
    pub fn add_anchor(
        &self,
        log: &AccessLog,
        head: StreamHead,
        origin: Origin,
        received_on: Day,
        now: &Instant,
    ) -> Result<u64, TrustFault> {
        let (stream, last_seq) = (head.stream_id().as_str().to_owned(), head.last_seq());
        let (last_hash, word) = (head.last_hash().to_hex(), origin.word().to_owned());
        self.change(log, Change::AddAnchor { head, origin, received_on }, now, |step| Entry::AnchorAdded {
            stream,
            last_seq,
            last_hash,
            origin: word,
            step,
        })
    }

    /// Withdraws an anchor, or a head that was remembered from an import which turned out not to be genuine.
    pub fn withdraw(&self, log: &AccessLog, number: u64, why: &str, now: &Instant) -> Result<u64, TrustFault> {
        let why = because(why)?;
        let reason = why.as_str().to_owned();
        let change = Change::Withdraw { number, why };
        self.change(log, change, now, |step| Entry::AnchorWithdrawn { anchor: number, why: reason, step })
    }

    /// Remembers where the streams of an import ended, in the transaction of the act that is logged as the import or
    /// its verification; gives how many were new. A bundle is remembered once, whatever is said of it later.
    ///
    /// `integrity` is the word of the verdict; anything but `PASS` and `PASS_WITH_NOTES` is refused.
    pub fn remember_in(
        &self,
        transaction: &Transaction<'_>,
        integrity: &str,
        heads: &[ImportedHead],
        now: &Instant,
    ) -> Result<u64, TrustFault> {
        if !matches!(integrity, "PASS" | "PASS_WITH_NOTES") {
            return Err(Refusal::NotPassed.into());
        }
        let mut trust = fold(transaction)?;
        let mut remembered = 0;
        for seen in heads {
            if trust.remembered(seen).is_none() {
                self.add(transaction, &mut trust, Change::Remember { seen: seen.clone() }, now)?;
                remembered += 1;
            }
        }
        Ok(remembered)
    }

    /// Adds a step and the entry that tells of it: both are kept or neither.
    fn change(
        &self,
        log: &AccessLog,
        change: Change,
        now: &Instant,
        entry: impl FnOnce(TrustStep) -> Entry,
    ) -> Result<u64, TrustFault> {
        self.vault.write(|transaction| {
            let mut trust = fold(transaction)?;
            let body = self.add(transaction, &mut trust, change, now)?;
            let step = TrustStep { number: trust.steps(), sha256: Digest::of(body.as_bytes()).to_hex() };
            log.append_in(transaction, &self.vault, &entry(step), None, now)?;
            Ok(trust.steps())
        })
    }

    fn add(
        &self,
        transaction: &Transaction<'_>,
        trust: &mut Trust,
        change: Change,
        now: &Instant,
    ) -> Result<String, TrustFault> {
        trust.admit(&change)?;
        let step = Step { mark: Mark::new(&self.vault, trust.steps() + 1, now)?, change };
        let body = step::add(transaction, &step)?;
        trust.apply(step);
        Ok(body)
    }
}

/// What all steps make.
pub(crate) fn fold(database: &Transaction<'_>) -> Result<Trust, TrustFault> {
    let mut trust = Trust::default();
    step::for_each(database, |step| trust.take(step))?;
    Ok(trust)
}

fn because(why: &str) -> Result<Text, TrustFault> {
    Text::new(why).map_err(|why| TrustFault::Text { field: "the reason", why })
}
