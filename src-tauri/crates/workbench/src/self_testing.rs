//! The self-test of a stored bundle, as a job: copies of its kept files are damaged and checked. The last score of each
//! bundle is kept in the vault with its time, so that a report can hold it.
//!
//! The bundle itself is only read. A test that was stopped leaves no score: a part of one says less than it seems.

use std::collections::BTreeSet;
use std::sync::Arc;

use access_log::Entry;
use bundle::Profile;
use event_store::{BundleState, BundleSummary};
use model::BundleId;
use self_test::Score;
use serde::Deserialize;
use serde_json::Value;
use vault::rusqlite::{OptionalExtension, params};
use vault::{Migration, VaultFault};

use crate::clock;
use crate::desk::Desk;
use crate::doubting;
use crate::jobs::{Gauge, Outcome};
use crate::reliance::Reliance;
use crate::session::Session;
use crate::verdicts;
use crate::wire::{BundleAsk, Fault, JobStarted, MaybeSelfTest, SelfTest, SelfTestAsk, SelfTestFate, SelfTestKind};
use crate::words::when_text;

/// The table of scores.
pub(crate) const MIGRATION: Migration = Migration {
    room: "workbench",
    number: 2,
    sql: "CREATE TABLE self_test (bundle TEXT PRIMARY KEY, at TEXT NOT NULL, score TEXT NOT NULL) STRICT, WITHOUT ROWID",
};
/// How often every kind of damage is done at most: each copy takes as long as a check.
const ROUNDS_MAX: u32 = 20;

/// A score as the vault keeps it: the document of `self-test --format json`, read as far as it is shown.
#[derive(Clone, Debug, Deserialize)]
struct KeptScore {
    seed: u64,
    runs: u32,
    counts: KeptCounts,
    kinds: Vec<KeptKind>,
    summary: String,
    meaning: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct KeptCounts {
    copies: u64,
    caught: u64,
    cannot_be_caught: u64,
    missed: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct KeptKind {
    kind: String,
    sentence: String,
    runs: Vec<KeptRun>,
}

#[derive(Clone, Debug, Deserialize)]
struct KeptRun {
    fate: SelfTestFate,
    #[serde(default)]
    by: Vec<String>,
    #[serde(default)]
    reason: Option<String>,
}

impl Desk {
    /// Damages copies of a bundle in every known way and has each checked.
    pub fn self_test(&self, ask: SelfTestAsk) -> Result<JobStarted, Fault> {
        let session = self.session()?;
        let summary = session.summary(&BundleId::new(ask.bundle))?;
        if let Some(why) = cannot(&summary) {
            return Err(Fault::bad_input(why));
        }
        if !(1..=ROUNDS_MAX).contains(&ask.rounds) {
            return Err(Fault::bad_input(format!("Every kind of damage can be done 1 to {ROUNDS_MAX} times.")));
        }
        let gauge = Gauge::default();
        gauge.name_bundle(summary.id.as_str());
        let number = session.jobs.begin("Self-test", &gauge);
        let of_job = Arc::clone(&session);
        let job = std::thread::Builder::new().name("self-test".to_owned()).spawn(move || {
            let result = run(&of_job, &summary, ask.rounds, &gauge);
            of_job.jobs.end(number, result);
            of_job.changed();
        });
        if job.is_err() {
            session.jobs.end(number, Err(Fault::internal("The system gave no thread for the self-test.")));
        }
        Ok(JobStarted { job: number })
    }

    /// The last self-test of a bundle.
    pub fn self_tested(&self, ask: BundleAsk) -> Result<MaybeSelfTest, Fault> {
        let session = self.session()?;
        let summary = session.summary(&BundleId::new(ask.bundle))?;
        let last = session.last_self_test(&summary.id)?;
        let read = |(at, score): (String, Value)| Some(out(&at, serde_json::from_value(score).ok()?));
        Ok(MaybeSelfTest { test: last.and_then(read), cannot: cannot(&summary).map(str::to_owned) })
    }
}

impl Session {
    /// The document of the last score of a bundle, and when it was reached (RFC 3339).
    pub(crate) fn last_self_test(&self, bundle: &BundleId) -> Result<Option<(String, Value)>, Fault> {
        let kept: Option<(String, String)> = self.vault.read(|database| {
            let sql = "SELECT at, score FROM self_test WHERE bundle = ?1";
            let row = database.query_row(sql, [bundle.as_str()], |row| Ok((row.get(0)?, row.get(1)?)));
            row.optional().map_err(VaultFault::from)
        })?;
        Ok(kept.and_then(|(at, score)| Some((at, serde_json::from_str(&score).ok()?))))
    }

    fn keep_self_test(&self, bundle: &BundleId, score: &Score) -> Result<(), Fault> {
        let text = serde_json::to_string(score).map_err(|_| Fault::internal("The score cannot be written."))?;
        let now = clock::now();
        self.vault.write(|transaction| {
            let sql = "INSERT INTO self_test (bundle, at, score) VALUES (?1, ?2, ?3)
                       ON CONFLICT (bundle) DO UPDATE SET at = ?2, score = ?3";
            transaction.execute(sql, params![bundle.as_str(), now.text(), text])?;
            Ok::<(), VaultFault>(())
        })?;
        Ok(())
    }
}

/// Why a bundle cannot be tested; `None` where it can.
fn cannot(summary: &BundleSummary) -> Option<&'static str> {
    if summary.state == BundleState::Coming {
        return Some("The bundle is still being imported. Test it afterwards.");
    }
    (verdicts::profile_named(&summary.facts) != Profile::AuditBundle1).then_some(
        "Records of this kind carry no evidence of their own, so there is nothing by which a check could catch damage.",
    )
}

fn run(session: &Session, summary: &BundleSummary, rounds: u32, gauge: &Gauge) -> Result<Outcome, Fault> {
    if gauge.stopped() {
        // The vault was locked in between: nothing is begun, and nothing is written.
        return Err(Fault::cancelled());
    }
    let start = seed()?;
    let bundle = summary.id.as_str().to_owned();
    let purpose = session.purpose_of_record();
    let entry = Entry::SelfTest { bundle, rounds: u64::from(rounds), seed: start };
    let seen = session.log.append(&session.vault, entry, purpose.as_ref(), &clock::now())?;
    let reopened = session.reopen(&seen, summary)?;
    let vouching = Reliance::of(session, &summary.id)?.vouching();
    let score = doubting::score(&reopened.bundle, vouching, rounds, start, gauge);
    let score = score.map_err(|fault| reopened.why(fault))?;
    let counts = score.counts;
    session.note(Entry::SelfTested {
        test: seen.seq(),
        copies: counts.copies,
        caught: counts.caught,
        missed: counts.missed,
    })?;
    session.keep_self_test(&summary.id, &score)?;
    Ok(Outcome { sentence: score.summary, badge: None })
}

/// Where chance begins; small enough to be a number on the page and in the access log.
fn seed() -> Result<u64, Fault> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|_| Fault::internal("The system gave no randomness."))?;
    Ok(u64::from(u32::from_le_bytes(bytes)))
}

fn out(at: &str, score: KeptScore) -> SelfTest {
    let KeptCounts { copies, caught, cannot_be_caught, missed } = score.counts;
    let mut kinds: Vec<SelfTestKind> =
        score.kinds.into_iter().filter(|kind| !kind.runs.is_empty()).map(kind_out).collect();
    kinds.sort_by_key(|kind| kind.fate);
    SelfTest {
        at: when_text(at),
        summary: score.summary,
        meaning: score.meaning,
        seed: score.seed,
        rounds: score.runs,
        copies,
        caught,
        cannot_be_caught,
        missed,
        kinds,
    }
}

fn kind_out(kind: KeptKind) -> SelfTestKind {
    let done = || kind.runs.iter().filter(|run| run.fate != SelfTestFate::NotApplicable);
    let fate = kind.runs.iter().map(|run| run.fate).min().unwrap_or(SelfTestFate::NotApplicable);
    let reason = kind.runs.iter().find(|run| run.fate == fate).and_then(|run| run.reason.clone());
    let by: BTreeSet<&String> = kind.runs.iter().flat_map(|run| &run.by).collect();
    SelfTestKind {
        fate,
        caught: done().filter(|run| run.fate == SelfTestFate::Caught).count() as u64,
        copies: done().count() as u64,
        by: by.into_iter().cloned().collect(),
        reason,
        kind: kind.kind.clone(),
        sentence: kind.sentence.clone(),
    }
}
