//! What is open while somebody is signed in: the vault, its log, its events, the purpose, the looks, the jobs.
//!
//! # Invariants
//! * The access log is verified when the vault opens. If it does not stand, [`Session::may_look`] says no to everything
//!   about a person until a person has read what is wrong; nothing here mends a log.
//! * A look is only ever opened through [`Session::witness`], which writes its line first.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use access_log::{AccessLog, Depth, Entry, LockCause, LogFault, LogReport, Purpose, Undone, Witnessed};
use event_store::EventStore;
use vault::{Migration, Vault};

use crate::clock;
use crate::comparing::Comparisons;
use crate::importing;
use crate::jobs::{Gauge, Jobs, Outcome};
use crate::looks::Looks;
use crate::wire::{Fault, FaultCode, Next, Settings, Unlocked};
use crate::{self_testing, settings};

/// How long locking waits for jobs to stop, before it goes on without them.
const JOBS_STOP_WITHIN: Duration = Duration::from_secs(20);
/// How often locking looks whether they have.
const JOBS_ASK_EVERY: Duration = Duration::from_millis(20);
/// A written reason has at least so many characters: "x" is no reason.
pub(crate) const REASON_CHARACTERS_MIN: usize = 8;

/// The tables of this room.
const MIGRATIONS: &[Migration] = &[settings::MIGRATION, self_testing::MIGRATION];

/// One opening of a vault by one person.
pub(crate) struct Session {
    pub(crate) vault: Arc<Vault>,
    pub(crate) log: AccessLog,
    pub(crate) store: EventStore,
    pub(crate) jobs: Jobs,
    pub(crate) looks: Mutex<Looks>,
    pub(crate) comparisons: Comparisons,
    reading: Mutex<Option<Arc<Witnessed>>>,
    failed_attempts: u32,
    log_trouble: Mutex<Option<Fault>>,
    purpose: RwLock<Option<Purpose>>,
    settings: RwLock<Settings>,
    last_act: Mutex<Instant>,
    revision: Arc<AtomicU32>,
}

impl Session {
    /// Begins: verifies the access log, writes that the vault was opened, clears what a broken-off import left.
    pub(crate) fn open(vault: Vault, revision: &Arc<AtomicU32>) -> Result<Self, Fault> {
        let failed = vault.failed_unlocks().map_or(0, |failed| failed.count);
        let vault = Arc::new(vault);
        vault.migrate(MIGRATIONS)?;
        let log = AccessLog::open(&vault)?;
        let report = log.verify(&vault, Depth::Quick, &[])?;
        let trouble = trouble_of(&report);
        log.begin(&vault, &clock::now())?;
        let store = EventStore::open(Arc::clone(&vault))?;
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
            jobs: Jobs::default(),
            looks: Mutex::default(),
            comparisons: Comparisons::default(),
            reading: Mutex::default(),
            failed_attempts: u32::try_from(failed).unwrap_or(u32::MAX),
            log_trouble: Mutex::new(trouble),
            purpose: RwLock::default(),
            last_act: Mutex::new(Instant::now()),
            revision: Arc::clone(revision),
        };
        session.changed();
        Ok(session)
    }

    /// Gives back the room that removed bundles and broken-off imports took, as a job, if there is any.
    pub(crate) fn tidy_behind(self: &Arc<Self>) {
        if !matches!(self.store.tidy(), Ok(true)) {
            return;
        }
        let gauge = Gauge::default();
        let number = self.jobs.begin("Making room", &gauge);
        let session = Arc::clone(self);
        let work = move || {
            while !gauge.stopped() && matches!(session.store.tidy(), Ok(true)) {}
            session.jobs.end(number, Ok(Outcome { sentence: "Room was given back.".to_owned(), badge: None }));
        };
        if std::thread::Builder::new().name("tidy".to_owned()).spawn(work).is_err() {
            // What is left is out of sight, and the next opening tries again.
            self.jobs.end(number, Err(Fault::internal("The system gave no thread.")));
        }
    }

    /// Ends: stops the jobs, closes the looks, writes that the vault is locked.
    pub(crate) fn close(self: Arc<Self>) {
        self.jobs.stop_all();
        let patience = Instant::now();
        while self.jobs.busy() && patience.elapsed() < JOBS_STOP_WITHIN {
            std::thread::sleep(JOBS_ASK_EVERY);
        }
        self.close_looks();
        let cause = if self.idle_too_long() { LockCause::Idle } else { LockCause::Asked };
        // If the log cannot take it, the next opening notes that the vault was not locked.
        drop(self.log.close(&self.vault, cause, &clock::now()));
        self.changed();
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
        Ok(())
    }

    /// The zone times are shown and typed in.
    pub(crate) fn zone(&self) -> timeline::Zone {
        timeline::zone(&self.settings().zone).unwrap_or(chrono_tz::UTC)
    }

    /// The person did something.
    pub(crate) fn touch(&self) {
        *self.last_act.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Whether nobody did anything for longer than is set. A running job does not count as somebody.
    pub(crate) fn idle_too_long(&self) -> bool {
        self.locks_in_seconds() == 0
    }

    /// Seconds until the vault locks by itself.
    pub(crate) fn locks_in_seconds(&self) -> u32 {
        let limit = Duration::from_secs(u64::from(self.settings().lock_after_minutes) * 60);
        let idle = self.last_act.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
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
            failed_attempts: self.failed_attempts,
            log_trouble: self.log_trouble(),
        }
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
