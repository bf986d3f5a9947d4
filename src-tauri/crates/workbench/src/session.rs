//! What is open while somebody is signed in: the vault, its log, its events, the purpose, the looks, the jobs.
//!
//! # Invariants
//! * The access log is verified when the vault opens. If it does not stand, [`Session::may_look`] says no to everything
//!   about a person until a person has read what is wrong; nothing here mends a log.
//! * A look is only ever opened through [`Session::witness`], which writes its line first.
//! * Once covered, it has no purpose, no look and no token; an import that goes on writes its lines under the purpose it
//!   was begun with.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use access_log::{AccessLog, Depth, Entry, LockCause, LogFault, LogReport, Purpose, Undone, Witnessed};
use event_store::{BundleState, EventQuestions as _, EventStore};
use model::BundleId;
use trust_store::{Concluded, TrustFault, TrustStore};
use vault::{Migration, Vault};

use crate::clock::{self, Ticks};
use crate::comparing::Comparisons;
use crate::importing;
use crate::jobs::{Ended, Gauge, Jobs, Outcome};
use crate::looks::Looks;
use crate::sitting::{ASK_EVERY, STOP_WITHIN};
use crate::trust_files::TrustFiles;
use crate::wire::{Fault, FaultCode, Next, Settings, Unlocked};
use crate::{self_testing, settings};

/// A written reason has at least so many characters: "x" is no reason.
pub(crate) const REASON_CHARACTERS_MIN: usize = 8;

/// The tables of this room.
const MIGRATIONS: &[Migration] = &[settings::MIGRATION, self_testing::MIGRATION];

/// One opening of a vault by one person.
pub(crate) struct Session {
    pub(crate) vault: Arc<Vault>,
    pub(crate) log: AccessLog,
    pub(crate) store: EventStore,
    pub(crate) trust: TrustStore,
    pub(crate) trust_files: Mutex<TrustFiles>,
    pub(crate) jobs: Jobs,
    pub(crate) looks: Mutex<Looks>,
    pub(crate) comparisons: Comparisons,
    reading: Mutex<Option<Arc<Witnessed>>>,
    failed_attempts: AtomicU32,
    log_trouble: Mutex<Option<Fault>>,
    purpose: RwLock<Option<Purpose>>,
    settings: RwLock<Settings>,
    ticks: Ticks,
    /// When the person did something last, by `ticks`.
    last_act: Mutex<Duration>,
    /// Whether the vault is locked, and only an import goes on.
    covered: AtomicBool,
    revision: Arc<AtomicU32>,
}

impl Session {
    /// Begins: verifies the access log, writes that the vault was opened, clears what a broken-off import left.
    pub(crate) fn open(vault: Vault, ticks: Ticks, revision: &Arc<AtomicU32>) -> Result<Self, Fault> {
        let failed = failed_attempts(&vault);
        let vault = Arc::new(vault);
        vault.migrate(MIGRATIONS)?;
        let log = AccessLog::open(&vault)?;
        let report = log.verify(&vault, Depth::Quick, &[])?;
        let trouble = trouble_of(&report);
        log.begin(&vault, &clock::now())?;
        let store = EventStore::open(Arc::clone(&vault))?;
        let trust = TrustStore::open(Arc::clone(&vault))?;
        store.give_up_broken_off(|transaction, given_up| {
            given_up.iter().try_for_each(|summary| {
                let entry = importing::undone(summary, Undone::BrokenOff);
                log.append_in(transaction, &vault, &entry, None, &clock::now())?;
                Ok(())
            })
        })?;
        let session = Self {
            settings: RwLock::new(settings::load(&vault)?),
            vault,
            log,
            store,
            trust,
            trust_files: Mutex::default(),
            jobs: Jobs::default(),
            looks: Mutex::default(),
            comparisons: Comparisons::default(),
            reading: Mutex::default(),
            failed_attempts: AtomicU32::new(failed),
            log_trouble: Mutex::new(trouble),
            purpose: RwLock::default(),
            last_act: Mutex::new(ticks.now()),
            ticks,
            covered: AtomicBool::new(false),
            revision: Arc::clone(revision),
        };
        session.settle()?;
        session.changed();
        Ok(session)
    }

    /// The person who locked it is back, while an import is still at work: the log is verified as at every unlock.
    pub(crate) fn resume(&self) -> Result<(), Fault> {
        let failed = failed_attempts(&self.vault);
        self.judge_log(&self.log.verify(&self.vault, Depth::Quick, &[])?);
        self.log.begin(&self.vault, &clock::now())?;
        self.failed_attempts.store(failed, Ordering::Relaxed);
        self.touch();
        self.jobs.unshut();
        self.covered.store(false, Ordering::SeqCst);
        self.changed();
        Ok(())
    }

    /// The newest verdict of every bundle. Where the trust store cannot be relied on there is none: then nothing counts as
    /// verified, and whoever looks at it or uses it is told which step is at fault.
    pub(crate) fn verdicts_today(&self) -> Result<BTreeMap<BundleId, Concluded>, Fault> {
        match self.trust.newest() {
            Err(
                TrustFault::StepMissing { .. } | TrustFault::StepFlawed { .. } | TrustFault::ConclusionFlawed { .. },
            ) => Ok(BTreeMap::new()),
            newest => Ok(newest?),
        }
    }

    /// Sees to it that records are marked as proven only where a verdict of today stands behind it. Called after
    /// whatever changes verdicts or what is vouched for; at the opening too, should the program have ended in between.
    pub(crate) fn settle(&self) -> Result<(), Fault> {
        let newest = self.verdicts_today()?;
        let here = self.store.bundles()?.into_iter().filter(|summary| summary.state == BundleState::Here);
        for summary in here {
            let outdated = !newest.get(&summary.id).is_some_and(|verdict| verdict.current);
            if summary.outdated != outdated {
                self.store.set_outdated(&summary.id, outdated)?;
            }
        }
        Ok(())
    }

    /// The same behind an act that is done and kept already: what cannot be written now is at the next opening.
    pub(crate) fn settle_behind(&self) {
        drop(self.settle());
    }

    /// Gives back the room that removed bundles and broken-off imports took, as a job, if there is any.
    pub(crate) fn tidy_behind(self: &Arc<Self>) {
        // What is left is out of sight, and the next opening tries again.
        if !self.is_covered() && matches!(self.store.tidy(), Ok(true)) {
            self.job("Making room", |session, gauge| {
                while !gauge.stopped() && matches!(session.store.tidy(), Ok(true)) {}
                Ok(Outcome { sentence: "Room was given back.".to_owned(), badge: None })
            });
        }
    }

    /// Does some work as a job of this session.
    pub(crate) fn job(
        self: &Arc<Self>,
        what: &'static str,
        work: impl FnOnce(&Self, &Gauge) -> Result<Outcome, Fault> + Send + 'static,
    ) {
        let gauge = Gauge::default();
        let number = self.jobs.begin(what, &gauge);
        let session = Arc::clone(self);
        let work = move || {
            let result = work(&session, &gauge);
            session.jobs.end(number, result);
            session.changed();
        };
        if std::thread::Builder::new().name("job".to_owned()).spawn(work).is_err() {
            self.jobs.end(number, Err(Fault::internal("The system gave no thread.")));
        }
    }

    /// Whether the vault is locked, and only an import goes on.
    pub(crate) fn is_covered(&self) -> bool {
        self.covered.load(Ordering::SeqCst)
    }

    /// Covers everything: forgets the purpose, closes the looks, writes that the vault is locked. What does not go on
    /// behind a lock is stopped.
    pub(crate) fn cover(&self) {
        self.covered.store(true, Ordering::SeqCst);
        let cause = if self.idle_too_long() { LockCause::Idle } else { LockCause::Asked };
        self.close_looks();
        *self.purpose.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.jobs.stop_passing();
        wait_while(|| self.jobs.busy_passing());
        self.comparisons.clear();
        // If the log cannot take it, the next opening notes that the vault was not locked.
        drop(self.log.close(&self.vault, cause, &clock::now()));
        self.changed();
    }

    /// Stops every job and waits until they have.
    pub(crate) fn stop_jobs(&self) {
        self.jobs.stop_all();
        wait_while(|| self.jobs.busy());
    }

    /// Ends a session that is covered, and gives what ended behind the lock. `cause` is why the vault is only closed
    /// now, if an import was at work.
    pub(crate) fn leave(&self, cause: Option<LockCause>) -> Vec<Ended> {
        self.stop_jobs();
        let Some(cause) = cause else { return Vec::new() };
        drop(self.log.close(&self.vault, cause, &clock::now()));
        self.changed();
        self.jobs.ended()
    }

    /// Writes a line that needs no purpose.
    pub(crate) fn note(&self, entry: Entry) -> Result<(), Fault> {
        let purpose = self.purpose_of_record();
        self.log.append(&self.vault, entry, purpose.as_ref(), &clock::now())?;
        Ok(())
    }

    /// Writes the line of a look and gives the token that unlocks it. Without a purpose the refusal is written instead.
    pub(crate) fn witness(&self, entry: Entry) -> Result<Witnessed, Fault> {
        self.may_look()?;
        let Some(purpose) = self.purpose_of_record() else {
            self.refuse(entry.action(), FaultCode::PurposeNeeded)?;
            return Err(Fault::purpose_needed());
        };
        Ok(self.log.append(&self.vault, entry, Some(&purpose), &clock::now())?)
    }

    /// The token for reading the log itself; the pages after the first belong to the same reading.
    pub(crate) fn log_view_token(&self, viewed: Entry, first_page: bool) -> Result<Arc<Witnessed>, Fault> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = reading.as_ref()
            && !first_page
            && seen.entry() == &viewed
            && seen.stands(&self.vault).is_ok()
        {
            return Ok(Arc::clone(seen));
        }
        let purpose = self.purpose_of_record();
        let seen = Arc::new(self.log.append(&self.vault, viewed, purpose.as_ref(), &clock::now())?);
        *reading = Some(Arc::clone(&seen));
        Ok(seen)
    }

    /// Writes that something was refused.
    pub(crate) fn refuse(&self, asked: &str, why: FaultCode) -> Result<(), Fault> {
        let why = serde_json::to_value(why).ok().and_then(|value| value.as_str().map(str::to_owned));
        self.note(Entry::Refused { asked: asked.to_owned(), why: why.unwrap_or_default() })
    }

    /// Nothing about a person is shown while our own record does not stand.
    pub(crate) fn may_look(&self) -> Result<(), Fault> {
        self.log_trouble().map_or(Ok(()), Err)
    }

    /// Why the person looks, as they said it.
    pub(crate) fn purpose(&self) -> Option<String> {
        self.purpose_of_record().map(|purpose| purpose.text().to_owned())
    }

    pub(crate) fn purpose_of_record(&self) -> Option<Purpose> {
        self.purpose.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets why the person looks; every look before is over. Too little to be a reason is no reason: the refusal of
    /// what was `asked` is written.
    pub(crate) fn give_purpose(&self, asked: &str, text: &str) -> Result<Purpose, Fault> {
        let visible = text.trim().chars().filter(|character| !bundle::escape::is_hidden(*character));
        if visible.count() < REASON_CHARACTERS_MIN {
            self.refuse(asked, FaultCode::PurposeNeeded)?;
            return Err(Fault::purpose_needed());
        }
        let purpose = Purpose::reason(text)?;
        self.close_looks();
        self.log.append(&self.vault, Entry::PurposeGiven, Some(&purpose), &clock::now())?;
        *self.purpose.write().unwrap_or_else(PoisonError::into_inner) = Some(purpose.clone());
        Ok(purpose)
    }

    /// Writes how much each open look has shown, and forgets them.
    fn close_looks(&self) {
        let ended = self.looks.lock().unwrap_or_else(PoisonError::into_inner).end_all();
        for entry in ended {
            // A closing line that cannot be written is missing from the log; the look's own line stands.
            drop(self.note(entry));
        }
    }

    /// What is set.
    pub(crate) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets it, and writes which settings changed.
    pub(crate) fn change_settings(&self, after: &Settings) -> Result<(), Fault> {
        let before = self.settings();
        for (name, old, new) in differences(&before, after) {
            self.note(Entry::Settings { name, before: old, after: new })?;
        }
        settings::store(&self.vault, after, &clock::now())?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = after.clone();
        // Days of periods are told in the zone that is set.
        self.changed();
        Ok(())
    }

    /// The zone times are shown and typed in.
    pub(crate) fn zone(&self) -> timeline::Zone {
        timeline::zone(&self.settings().zone).unwrap_or(chrono_tz::UTC)
    }

    /// The person did something.
    pub(crate) fn touch(&self) {
        *self.last_act.lock().unwrap_or_else(PoisonError::into_inner) = self.ticks.now();
    }

    /// Whether nobody did anything for longer than is set. A running job does not count as somebody.
    pub(crate) fn idle_too_long(&self) -> bool {
        self.locks_in_seconds() == 0
    }

    /// Seconds until the vault locks by itself.
    pub(crate) fn locks_in_seconds(&self) -> u32 {
        let limit = Duration::from_secs(u64::from(self.settings().lock_after_minutes) * 60);
        let last_act = *self.last_act.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = self.ticks.now().saturating_sub(last_act);
        u32::try_from(limit.saturating_sub(idle).as_secs()).unwrap_or(u32::MAX)
    }

    /// What is wrong with our own log, if anything.
    pub(crate) fn log_trouble(&self) -> Option<Fault> {
        self.log_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over what a new check of the log found. Trouble stays trouble: a log does not mend itself.
    pub(crate) fn judge_log(&self, report: &LogReport) {
        if let Some(trouble) = trouble_of(report) {
            *self.log_trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
        }
    }

    /// Tells the page that bundles or verdicts changed.
    pub(crate) fn changed(&self) {
        self.revision.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn unlocked(&self) -> Unlocked {
        Unlocked {
            user: self.vault.user().to_owned(),
            role: self.vault.role().word().replace('_', " "),
            failed_attempts: self.failed_attempts.load(Ordering::Relaxed),
            log_trouble: self.log_trouble(),
        }
    }
}

/// Attempts that failed before the one that succeeded.
fn failed_attempts(vault: &Vault) -> u32 {
    vault.failed_unlocks().map_or(0, |failed| u32::try_from(failed.count).unwrap_or(u32::MAX))
}

/// Waits as long as something holds, and never for ever.
fn wait_while(holds: impl Fn() -> bool) {
    let patience = Instant::now();
    while holds() && patience.elapsed() < STOP_WITHIN {
        std::thread::sleep(ASK_EVERY);
    }
}

fn trouble_of(report: &LogReport) -> Option<Fault> {
    let first_break = report.first_break.as_ref()?;
    let what = format!("{first_break} Nothing about a person is shown. {}", first_break.advice());
    Some(Fault::new(FaultCode::LogBroken, what).with(Next::OpenLog))
}

/// Name, old and new value of each setting that differs.
fn differences(before: &Settings, after: &Settings) -> Vec<(String, String, String)> {
    let (Ok(serde_json::Value::Object(before)), Ok(serde_json::Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return Vec::new();
    };
    let changed = before.into_iter().filter_map(|(name, old)| {
        let new = after.get(&name)?;
        (*new != old).then(|| (name, old.to_string(), new.to_string()))
    });
    changed.collect()
}

impl From<LogFault> for Fault {
    fn from(fault: LogFault) -> Self {
        match fault {
            LogFault::PurposeMissing => Self::purpose_needed(),
            LogFault::PurposeEmpty | LogFault::PurposeLong | LogFault::TextLong { .. } => {
                Self::bad_input(crate::faults::sentence(&fault.to_string(), ""))
            }
            LogFault::Vault(fault) => {
                let fault = Self::from(fault);
                let what = format!("The access log cannot be written, so nothing more is shown. {}", fault.what);
                Self { code: FaultCode::LogUnwritable, what, next: fault.next }
            }
            fault => Self::new(FaultCode::LogUnwritable, crate::faults::sentence(&fault.to_string(), "")),
        }
    }
}

impl crate::desk::Desk {
    /// Says why the person looks, before what is `asked` (the word of its action in the access log). Without a reason
    /// the refusal of it is written.
    pub fn give_purpose_for(&self, asked: &str, reason: &str) -> Result<(), Fault> {
        self.session()?.give_purpose(asked, reason).map(drop)
    }
}
