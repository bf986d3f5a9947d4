//! Two exports of one log held against each other, as a job; the result stays until the vault locks.
//!
//! Bundles of the vault are read from their kept files, others from where they were chosen, without being stored. Which
//! two were compared is in the access log by their content, and what it came to is another line.
//!
//! # Invariants
//! * The result names places, hashes and members, nobody; what records say is shown in `compared`.
//! * What a bundle of the vault came to in its own check is taken from its report as of today, never better than that.
//!   Another is checked with what this office vouches for today.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use access_log::{Entry, Witnessed};
use bundle::Bundle;
use event_store::{BundleState, BundleSummary};
use model::{BundleId, Instant};
use verify::{Comparison, Export, Integrity, Outcome};

use crate::clock;
use crate::desk::Desk;
use crate::direct;
use crate::jobs::{Gauge, Outcome as JobOutcome};
use crate::keeping::identity_of;
use crate::reliance::Reliance;
use crate::reopening::Reopened;
use crate::session::Session;
use crate::verdicts::{self, Vouching, Watch, bundle_name};
use crate::wire::{CompareAsk, ExportChoice, Fault, JobAsk, JobStarted, MaybeCompared};

/// Comparisons that are kept; the oldest go first.
const COMPARISONS_MAX: usize = 8;
/// What the two exports are called towards `verify`, so that it can be told which became the earlier.
const FIRST: &str = "first";
const SECOND: &str = "second";

/// The comparisons of a session, by their jobs.
#[derive(Default)]
pub(crate) struct Comparisons(Mutex<BTreeMap<u32, Arc<Kept>>>);

impl Comparisons {
    fn keep(&self, job: u32, kept: Kept) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(job, Arc::new(kept));
        while all.len() > COMPARISONS_MAX {
            all.pop_first();
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The comparison of a job, if it has come to its end.
    pub(crate) fn get(&self, job: u32) -> Option<Arc<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
    }
}

/// A comparison that has come to its end.
pub(crate) struct Kept {
    pub(crate) comparison: Comparison,
    pub(crate) at: Instant,
    /// The earlier and the later, as the comparison has them.
    pub(crate) sides: [Side; 2],
}

/// One of the two exports, still open.
pub(crate) struct Side {
    pub(crate) name: String,
    /// SHA-256 of its content.
    pub(crate) id: BundleId,
    opened: Opened,
    /// `None` where no verdict of today says it.
    own_check: Option<Integrity>,
}

impl Side {
    fn export<'s>(&'s self, path: &'s str) -> Export<'s> {
        Export { source: self.bundle(), path: Some(path), own_check: self.own_check }
    }

    /// Its content.
    pub(crate) fn bundle(&self) -> &Bundle {
        match &self.opened {
            Opened::Kept(reopened) => &reopened.bundle,
            Opened::File(bundle) => bundle,
        }
    }

    /// Why reading it failed, in the vault's own words; `fault` if the vault had no part in it.
    pub(crate) fn why(&self, fault: Fault) -> Fault {
        match &self.opened {
            Opened::Kept(reopened) => reopened.why(fault),
            Opened::File(_) => fault,
        }
    }
}

/// Where one of the two is read from.
enum Opened {
    Kept(Box<Reopened>),
    File(Box<Bundle>),
}

/// One of the two as it was chosen.
enum Chosen {
    Kept(Box<BundleSummary>),
    File { name: String, bundle: Box<Bundle> },
}

impl Desk {
    /// Holds two exports of one log against each other.
    pub fn compare(&self, ask: CompareAsk) -> Result<JobStarted, Fault> {
        let session = self.session()?;
        let chosen = [self.choice(&session, ask.earlier)?, self.choice(&session, ask.later)?];
        if let [Chosen::Kept(one), Chosen::Kept(other)] = &chosen
            && one.id == other.id
        {
            return Err(Fault::bad_input("These two are the same bundle. Choose another export of the log."));
        }
        let gauge = Gauge::default();
        let number = session.jobs.begin("Comparing two exports", &gauge);
        let of_job = Arc::clone(&session);
        let job = std::thread::Builder::new().name("compare".to_owned()).spawn(move || {
            let result = run(&of_job, chosen, number, &gauge);
            of_job.jobs.end(number, result);
            of_job.changed();
        });
        if job.is_err() {
            session.jobs.end(number, Err(Fault::internal("The system gave no thread for the comparison.")));
        }
        Ok(JobStarted { job: number })
    }

    /// What came of a comparison.
    pub fn compared(&self, ask: JobAsk) -> Result<MaybeCompared, Fault> {
        let session = self.session()?;
        let kept = session.comparisons.get(ask.job);
        Ok(MaybeCompared { compared: kept.map(|kept| crate::compared::out(ask.job, &kept)) })
    }

    fn choice(&self, session: &Session, choice: ExportChoice) -> Result<Chosen, Fault> {
        match choice {
            ExportChoice::Bundle { bundle } => {
                let summary = session.summary(&BundleId::new(bundle))?;
                if summary.state == BundleState::Coming {
                    return Err(Fault::bad_input("This bundle is still being imported. Compare it afterwards."));
                }
                Ok(Chosen::Kept(Box::new(summary)))
            }
            ExportChoice::File { token } => {
                let (path, chosen) = self.path_of(token)?;
                let bundle = Box::new(bundle::open(&path, &direct::limits(true))?);
                Ok(Chosen::File { name: chosen.name, bundle })
            }
        }
    }
}

fn run(session: &Session, chosen: [Chosen; 2], number: u32, gauge: &Gauge) -> Result<JobOutcome, Fault> {
    if gauge.stopped() {
        // The vault was locked in between: nothing is begun, and nothing is written.
        return Err(Fault::cancelled());
    }
    let ids = [id_of(&chosen[0], gauge)?, id_of(&chosen[1], gauge)?];
    let [earlier, later] = ids.each_ref().map(|id| id.as_str().to_owned());
    let purpose = session.purpose_of_record();
    let entry = Entry::Compare { earlier, later };
    let seen = session.log.append(&session.vault, entry, purpose.as_ref(), &clock::now())?;
    let [one, other] = chosen;
    let [first_id, second_id] = ids;
    let first = side(session, &seen, one, first_id, gauge)?;
    let second = side(session, &seen, other, second_id, gauge)?;
    // The two are held against each other; who vouches for either was asked in their own checks.
    let options = verdicts::options(Vouching::default())?;
    let comparison = verify::compare(&first.export(FIRST), &second.export(SECOND), &options, &Watch { gauge });
    let comparison = comparison.map_err(|fault| second.why(first.why(fault.into())))?;
    if comparison.stopped.is_some() {
        return Err(Fault::cancelled());
    }
    let turned = comparison.earlier.path.as_deref() == Some(SECOND);
    let sides = if turned { [second, first] } else { [first, second] };
    session.note(Entry::Compared {
        comparison: seen.seq(),
        outcome: word(comparison.outcome).to_owned(),
        differences: comparison.streams.iter().map(crate::compared::differing).fold(0, u64::saturating_add),
    })?;
    let sentence = comparison.summary[0].clone();
    session.comparisons.keep(number, Kept { comparison, at: clock::now(), sides });
    Ok(JobOutcome { sentence, badge: None })
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Rewritten => "rewritten",
        Outcome::NotComparable => "not_comparable",
        Outcome::Extends => "extends",
    }
}

fn id_of(chosen: &Chosen, gauge: &Gauge) -> Result<BundleId, Fault> {
    match chosen {
        Chosen::Kept(summary) => Ok(summary.id.clone()),
        Chosen::File { bundle, .. } => Ok(BundleId::new(identity_of(bundle, &gauge.heeding())?.to_hex())),
    }
}

/// Opens one side and sees to its own check.
fn side(session: &Session, seen: &Witnessed, chosen: Chosen, id: BundleId, gauge: &Gauge) -> Result<Side, Fault> {
    match chosen {
        Chosen::Kept(summary) => {
            let reopened = session.reopen(seen, &summary)?;
            let own_check = session.stored(&id)?.document.and_then(|document| document.integrity());
            Ok(Side { name: bundle_name(&summary.facts), id, opened: Opened::Kept(Box::new(reopened)), own_check })
        }
        Chosen::File { name, bundle } => {
            let vouching = Reliance::of(session, &id)?.vouching();
            let report = verdicts::check(&*bundle, vouching, gauge, &verify::NoOnlooker)?;
            Ok(Side { name, id, opened: Opened::File(bundle), own_check: Some(report.integrity()) })
        }
    }
}
