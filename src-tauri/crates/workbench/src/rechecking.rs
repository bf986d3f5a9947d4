//! Check again: a stored bundle is verified from its kept source with what is vouched for today, as a job.
//!
//! # Invariants
//! * The verdict, its entry in the access log and its place in the history are one transaction.
//! * A check that was stopped, failed or was broken off leaves the verdict from before; the log says that it was begun,
//!   and what became of it.
//! * One that was stopped, by a person or by a lock, is gone on with by the next (see `resuming`); the job and the log
//!   say behind which record.

use std::sync::Arc;

use access_log::{Entry, Undone};
use event_store::{BundleState, Finished};
use model::BundleId;
use verify::{Interim, Stint};

use crate::clock;
use crate::desk::Desk;
use crate::importing::document_text;
use crate::jobs::{Gauge, Outcome};
use crate::reliance::Reliance;
use crate::reopening::Reopened;
use crate::reporting::Inputs;
use crate::resuming::Earlier;
use crate::session::Session;
use crate::verdicts::{self, BundleFacts, Document};
use crate::wire::{BundleAsk, CheckStarted, Fault, FaultCode, Next};
use crate::words::counted;

/// What the job is called.
const CHECKING: &str = "Checking again";

impl Desk {
    /// Verifies a stored bundle again.
    pub fn check_again(&self, ask: BundleAsk) -> Result<CheckStarted, Fault> {
        let session = self.session()?;
        let id = BundleId::new(ask.bundle);
        let summary = session.summary(&id)?;
        if summary.state != BundleState::Here {
            return Err(Fault::bad_input("This bundle is being imported; its check is part of that."));
        }
        let gauge = Gauge::default();
        gauge.name_bundle(id.as_str());
        let Some(job) = session.jobs.begin_once(CHECKING, &gauge) else {
            return Err(Fault::bad_input("This bundle is being checked already. The status bar shows how far it is."));
        };
        let opened = session.begin_check(&id).and_then(|seen| session.reopen(&seen, &summary));
        let reopened = match opened {
            Ok(reopened) => reopened,
            Err(fault) => {
                session.jobs.end(job, Err(fault.clone()));
                return Err(fault);
            }
        };
        let facts: BundleFacts = serde_json::from_str(&summary.facts).unwrap_or_default();
        let allow_large = facts.allow_large;
        let work = Recheck { session: Arc::clone(&session), id, reopened, allow_large, gauge };
        let started = std::thread::Builder::new().name("check".to_owned()).spawn(move || {
            let session = Arc::clone(&work.session);
            let result = work.run();
            session.settle_behind();
            session.jobs.end(job, result);
            session.changed();
        });
        if started.is_err() {
            session.jobs.end(job, Err(Fault::internal("The system gave no thread for the check.")));
        }
        Ok(CheckStarted { job })
    }
}

impl Session {
    /// Writes that a check is begun. If the program ends before the check does, this line stands alone.
    fn begin_check(&self, id: &BundleId) -> Result<access_log::Witnessed, Fault> {
        let begun = Entry::VerifyBegun { bundle: id.as_str().to_owned() };
        Ok(self.log.append(&self.vault, begun, self.purpose_of_record().as_ref(), &clock::now())?)
    }
}

/// What a check works with.
struct Recheck {
    session: Arc<Session>,
    id: BundleId,
    reopened: Reopened,
    /// Whether it is read with raised limits, as it was at the import.
    allow_large: bool,
    gauge: Gauge,
}

impl Recheck {
    fn run(&self) -> Result<Outcome, Fault> {
        let done = self.check();
        if let Err(fault) = &done {
            if fault.code != FaultCode::Cancelled {
                self.session.forget_earlier_check(&self.id);
            }
            let (records, _, _) = self.gauge.read();
            let why = if fault.code == FaultCode::Cancelled { Undone::Cancelled } else { Undone::Failed };
            let undone = Entry::VerifyUndone { bundle: self.id.as_str().to_owned(), records, why };
            // What cannot be written is missing from the log; that the check was begun is in it.
            drop(self.session.note(undone));
        }
        done
    }

    fn check(&self) -> Result<Outcome, Fault> {
        let reliance = Reliance::of(&self.session, &self.id)?;
        let bundle = &self.reopened.bundle;
        let (from, behind) = self.session.earlier_check(&self.id).map(Earlier::split).unzip();
        if let Some(from) = &from {
            self.gauge.go_on_behind(Interim::how_far(from).bytes);
        }
        let stint = verdicts::check_resumably(bundle, reliance.vouching(), &self.gauge, from);
        let stint = stint.map_err(|fault| self.reopened.why(fault))?;
        if stint.report.stopped().is_some() {
            return Err(self.stopped(&stint));
        }
        let (report, behind) = (stint.report, behind.filter(|_| stint.went_on.is_some()));
        let document = Document::of(&report)?;
        let inputs = Inputs::of(bundle, self.allow_large, &reliance.vouching());
        let json = document_text(&report, &inputs)?;
        let concluding = reliance.conclude(&report, &json)?;
        let files = self.session.store.files(&self.id)?;
        let files: Vec<String> = files.into_iter().map(|file| file.path).collect();
        let finished = Finished { report: Some(json), standing: document.standing(&files) };
        let verdict = document.verdict();
        let entry = Entry::Verify {
            bundle: self.id.as_str().to_owned(),
            integrity: verdict.integrity.clone().unwrap_or_default(),
            assurance: verdict.assurance.clone(),
            findings: document.findings.len() as u64,
            went_on_behind: behind.as_ref().map(|behind| behind.records),
        };
        let Session { log, vault, store, trust, .. } = &*self.session;
        let purpose = self.session.purpose_of_record();
        store.set_report(&self.id, &finished, |transaction| {
            let now = clock::now();
            log.append_in(transaction, vault, &entry, purpose.as_ref(), &now)?;
            concluding.keep(trust, transaction, &now)
        })?;
        self.session.forget_earlier_check(&self.id);
        let sentence = match behind {
            Some(behind) => format!("{} {}", verdict.sentence, behind.sentence(self.session.zone())),
            None => verdict.sentence,
        };
        Ok(Outcome { sentence, badge: Some(verdict.badge) })
    }

    /// The check was stopped: what it had come to is kept.
    fn stopped(&self, stint: &Stint) -> Fault {
        let what = "Cancelled. The verdict from before is what it was.";
        let what = match self.session.keep_for_later(&self.id, stint) {
            Some(records) => format!("{what} The next check goes on behind the first {}.", counted(records, "record")),
            None => what.to_owned(),
        };
        Fault::new(FaultCode::Cancelled, what).with(Next::Retry)
    }
}
