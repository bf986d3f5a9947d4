//! Import: one pass that checks a bundle and stores it, as a job; rows can be looked at meanwhile.
//!
//! # Invariants
//! * The bundle is here if and only if the access log says so: both are one transaction. Its lines carry the purpose that
//!   the import was begun under.
//! * The content is identified by its hash before anything is stored: importing it twice changes nothing but the log.
//! * A job that is stopped, or fails, leaves nothing of its bundle behind but the line that says so.
//! * Locking does not stop it: it goes on behind the lock, shown to nobody but in numbers.

use std::path::Path;
use std::sync::Arc;

use access_log::{Entry, Purpose, Undone};
use bundle::records::{event_of, records};
use bundle::{Bundle, Limits, OpenFault, Profile};
use event_store::{Begun, BundleSummary, Finished, Import, Intake, NewBundle, Told};
use model::BundleId;
use vault::rusqlite::Transaction;
use verify::{Report, Source};

use crate::apart::Apart;
use crate::clock;
use crate::desk::Desk;
use crate::direct;
use crate::intake::{ImportWish, READING, compare_quoted, inspected, is_sample, quoted_hash};
use crate::jobs::{Gauge, Outcome};
use crate::keeping::{Watched, identity_of, keep};
use crate::mapping::{Mapper, index_of, stored, with_zone};
use crate::reliance::{Concluding, Reliance};
use crate::reopening::notes_of;
use crate::reporting::Inputs;
use crate::session::Session;
use crate::verdicts::{self, BundleFacts, Document};
use crate::wire::{Fault, FaultCode, ImportAsk, ImportStarted, Job, JobAsk, Next, Nothing};
use crate::words::{counted, grouped};

/// How often a waiting caller asks how a job is.
const ASK_EVERY: std::time::Duration = std::time::Duration::from_millis(25);

/// Bytes of a source of which at least one is kept: records, columns and files are compressed, none to less than this.
const SOURCE_PER_KEPT: u64 = 3;
const MIB: u64 = 1 << 20;

/// How a bundle came, as the vault keeps it.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Handover {
    pub(crate) handed_by: String,
    pub(crate) handed_on: String,
    pub(crate) channel: String,
    pub(crate) quoted: Option<String>,
    /// Whether the quoted hash is the bundle's; `None` where none was quoted.
    #[serde(default)]
    pub(crate) quoted_agrees: Option<bool>,
    /// The zone in which times without one were read.
    #[serde(default)]
    pub(crate) zone: Option<String>,
}

impl Desk {
    /// Imports what was chosen.
    pub fn import(&self, ask: ImportAsk) -> Result<ImportStarted, Fault> {
        let (path, _) = self.path_of(ask.token)?;
        let open = |limits: &Limits| bundle::open(&path, limits).map_err(|fault| fault.named_from(&path));
        let wish = ImportWish {
            received_from: ask.handed_by,
            received_on: ask.handed_on,
            channel: ask.channel,
            expected_sha256: ask.quoted_sha256.filter(|quoted| !quoted.trim().is_empty()),
            zone: ask.zone_for_bare_times,
            allow_large: false,
        };
        self.import_opened(open, &wish, &Gauge::default())
    }

    /// Imports a bundle from its path.
    pub fn import_path(&self, path: &Path, wish: &ImportWish) -> Result<ImportStarted, Fault> {
        self.import_shown(path, wish, &Gauge::default())
    }

    /// The same with a gauge that shows how far it is, from the first reading on, and can stop it.
    pub fn import_shown(&self, path: &Path, wish: &ImportWish, gauge: &Gauge) -> Result<ImportStarted, Fault> {
        self.import_opened(|limits| bundle::open(path, limits), wish, gauge)
    }

    fn import_opened(
        &self,
        open: impl FnOnce(&Limits) -> Result<Bundle, OpenFault>,
        wish: &ImportWish,
        gauge: &Gauge,
    ) -> Result<ImportStarted, Fault> {
        let session = self.session()?;
        let Some(purpose) = session.purpose_of_record() else {
            session.refuse("import", FaultCode::PurposeNeeded)?;
            return Err(Fault::purpose_needed());
        };
        session.may_look()?;
        check_wish(wish, session.zone())?;
        let expected = wish.expected_sha256.as_deref().map(quoted_hash).transpose()?;
        let bundle = open(&direct::limits(wish.allow_large))?;
        if session.vault.label() == vault::VaultLabel::Sample && !is_sample(&bundle) {
            session.refuse("import", FaultCode::SampleOnly)?;
            let what = "The sample's vault takes only bundles that `sample` made. Use an office's vault for real logs.";
            return Err(Fault::new(FaultCode::SampleOnly, what).with(Next::ChooseAnother));
        }
        gauge.expect_bytes(bundle.container_bytes());
        let identity = session.jobs.during(READING, gauge, || identity_of(&bundle, &gauge.counting()))?;
        let quoted = expected.map(|expected| compare_quoted(&bundle, &identity, &expected));
        let work = Work {
            session: Arc::clone(&session),
            bundle,
            wish: wish.clone(),
            quoted: quoted.clone(),
            purpose,
            gauge: gauge.clone(),
        };
        if let Some(known) = session.store_holds(&BundleId::new(identity.to_hex()))? {
            session.note(Entry::ImportRepeated { bundle: known.clone(), handover: work.handover_of_record() })?;
            return Ok(started(None, Some(known), quoted));
        }
        check_room(&session, &work.bundle)?;
        gauge.advance(0, 0);
        let number = session.jobs.begin_lasting("Checking and storing", gauge);
        let job = std::thread::Builder::new().name("import".to_owned()).spawn(move || {
            let session = Arc::clone(&work.session);
            let result = work.run(&BundleId::new(identity.to_hex()));
            session.settle_behind();
            session.jobs.end(number, result);
            session.changed();
            session.tidy_behind();
        });
        if job.is_err() {
            session.jobs.end(number, Err(Fault::internal("The system gave no thread for the import.")));
        }
        Ok(started(Some(number), None, quoted))
    }

    /// Asks a job to stop.
    pub fn cancel_job(&self, ask: JobAsk) -> Result<Nothing, Fault> {
        if self.session()?.jobs.stop(ask.job) { Ok(Nothing {}) } else { Err(no_job()) }
    }

    /// Takes a job that has ended off the list, as when somebody has read why it failed.
    pub fn dismiss_job(&self, ask: JobAsk) -> Result<Nothing, Fault> {
        if self.session()?.jobs.dismiss(ask.job) {
            return Ok(Nothing {});
        }
        Err(Fault::not_found("There is no such job that has ended."))
    }

    /// Waits until a job has ended.
    pub fn wait_for(&self, number: u32) -> Result<Job, Fault> {
        let session = self.session()?;
        loop {
            let job = session.jobs.find(number).ok_or_else(no_job)?;
            if !matches!(job.state, crate::wire::JobState::Running | crate::wire::JobState::Stopping) {
                return Ok(job);
            }
            session.touch();
            std::thread::sleep(ASK_EVERY);
        }
    }

    /// The gauge of a job.
    pub fn gauge(&self, number: u32) -> Result<Gauge, Fault> {
        self.session()?.jobs.gauge(number).ok_or_else(no_job)
    }
}

fn no_job() -> Fault {
    Fault::not_found("There is no such job at work.")
}

fn started(job: Option<u32>, already: Option<String>, quoted: Option<(bool, String)>) -> ImportStarted {
    let (quoted_agrees, quoted) = quoted.unzip();
    ImportStarted { job, already, quoted, quoted_agrees }
}

/// Refuses to begin what cannot end well: half an import on a full disk would leave no room for the access log either.
fn check_room(session: &Session, bundle: &Bundle) -> Result<(), Fault> {
    let needed = bundle.unpacked_bytes() / SOURCE_PER_KEPT;
    let Some(room) = session.vault.room_for_jobs().filter(|room| *room < needed) else { return Ok(()) };
    let what = format!(
        "The disk has no room for this import: it needs at least {} MB beside what is kept free for the access log, and \
         {} MB are left for it. Nothing was begun. Make room where the vault lies, then import it again.",
        grouped(needed.div_ceil(MIB)),
        grouped(room / MIB),
    );
    Err(Fault::new(FaultCode::DiskFull, what).with(Next::FreeSpace))
}

fn check_wish(wish: &ImportWish, zone: timeline::Zone) -> Result<(), Fault> {
    let day = &wish.received_on;
    if !day.is_empty() {
        let written = |_| Fault::bad_input("The day it was handed over is written YYYY-MM-DD.");
        let received = day.parse::<chrono::NaiveDate>().map_err(written)?;
        let today = clock::latest_today(zone);
        if received > today {
            let what = format!("The day it was handed over, {received}, lies in the future: today is {today}.");
            return Err(Fault::bad_input(what));
        }
    }
    if let Some(zone) = &wish.zone {
        timeline::zone(zone).map_err(|_| Fault::bad_input("There is no such time zone."))?;
    }
    Ok(())
}

/// What the one pass came to.
struct Passed {
    /// The report as it is stored.
    json: String,
    document: Document,
    concluding: Concluding,
}

/// A report as it is stored: with when it was reached, and what the check was handed.
pub(crate) fn document_text(report: &Report, inputs: &Inputs) -> Result<String, Fault> {
    let unwritable = |_| Fault::internal("The report cannot be written.");
    let mut json = serde_json::to_value(report).map_err(unwritable)?;
    if let Some(members) = json.as_object_mut() {
        members.insert("checked_at".to_owned(), clock::now().text().into());
        members.insert("inputs".to_owned(), serde_json::to_value(inputs).map_err(unwritable)?);
    }
    Ok(json.to_string())
}

/// What an import works with.
struct Work {
    session: Arc<Session>,
    bundle: Bundle,
    wish: ImportWish,
    quoted: Option<(bool, String)>,
    purpose: Purpose,
    gauge: Gauge,
}

/// The entry that says an import came to nothing.
pub(crate) fn undone(summary: &BundleSummary, why: Undone) -> Entry {
    Entry::ImportUndone { bundle: summary.id.as_str().to_owned(), records: summary.events, why }
}

impl Work {
    fn run(&self, id: &BundleId) -> Result<Outcome, Fault> {
        let files: Vec<String> = self.bundle.entries().iter().map(|entry| entry.name.clone()).collect();
        let apart = Apart::of(&self.bundle);
        let new = NewBundle {
            id: id.clone(),
            facts: to_json(&self.facts()?)?,
            handover: to_json(&self.handover())?,
            files: files.iter().cloned().chain(apart.stored_names()).collect(),
        };
        let mut import = match self.session.store.begin_import(&new)? {
            Begun::New(import) => import,
            Begun::Already(_) => {
                let sentence = "This bundle is already in the vault; nothing was changed.".to_owned();
                return Ok(Outcome { sentence, badge: None });
            }
        };
        self.gauge.name_bundle(id.as_str());
        self.session.changed();
        let passed = self.pass(&import, &files, &apart, id);
        let done = passed.and_then(|passed| self.finish(&mut import, &passed, &files, id));
        if let Err(fault) = &done {
            let why = if fault.code == FaultCode::Cancelled { Undone::Cancelled } else { Undone::Failed };
            import.abandon(&self.session.store, |transaction, summary| self.tell(transaction, &undone(summary, why)));
        }
        done
    }

    /// Writes a line of the access log in the transaction of what it tells of.
    fn tell(&self, transaction: &Transaction<'_>, entry: &Entry) -> Told {
        let Session { log, vault, .. } = &*self.session;
        log.append_in(transaction, vault, entry, Some(&self.purpose), &clock::now())?;
        Ok(())
    }

    /// The one pass: checks, maps, stores; the source's bytes go in beside it.
    fn pass(&self, import: &Import, files: &[String], apart: &Apart, id: &BundleId) -> Result<Passed, Fault> {
        let reliance = Reliance::of(&self.session, id)?;
        let intake = import.intake();
        let watched = Watched::over(&self.bundle);
        let (report, kept) = std::thread::scope(|scope| {
            let bytes = intake.clone();
            let kept = scope.spawn(move || keep(&self.bundle, apart, &bytes, &self.gauge));
            (self.check_and_map(&watched, &intake, files, &reliance), kept.join())
        });
        let report = report?;
        let kept = kept.map_err(|_| Fault::internal("Keeping the source failed."))??;
        if !watched.stood_still(id.as_str(), &kept, &self.gauge)? {
            let what = "The bundle changed while it was imported. Nothing of it was kept; import it again.";
            return Err(Fault::new(FaultCode::Unreadable, what).with(Next::Retry));
        }
        import.note_files(&notes_of(&self.bundle, &kept)?)?;
        let document = Document::of(&report)?;
        let inputs = Inputs::of(&self.bundle, self.wish.allow_large, &reliance.vouching());
        let json = document_text(&report, &inputs)?;
        let concluding = reliance.conclude(&report, &json)?;
        Ok(Passed { json, document, concluding })
    }

    fn check_and_map(
        &self,
        source: &dyn Source,
        intake: &Intake,
        files: &[String],
        reliance: &Reliance,
    ) -> Result<Report, Fault> {
        let profile = self.bundle.profile();
        if profile == Profile::AuditBundle1 {
            let mapper = Mapper::new(profile, files, intake.clone());
            let report = verdicts::check(source, reliance.vouching(), &self.gauge, &mapper)?;
            mapper.result()?;
            return Ok(report);
        }
        let report = verdicts::check(source, reliance.vouching(), &self.gauge, &verify::NoOnlooker)?;
        self.map_foreign(intake, files)?;
        Ok(report)
    }

    /// Maps records of a profile without evidence of its own.
    fn map_foreign(&self, intake: &Intake, files: &[String]) -> Result<(), Fault> {
        let zone = self.wish.zone.as_deref().and_then(|zone| timeline::zone(zone).ok());
        let mut done = 0;
        for run in records(&self.bundle) {
            if self.gauge.stopped() {
                return Err(Fault::cancelled());
            }
            let run = match run {
                Ok(run) => run,
                // The report says where and how; what could be read before it is kept.
                Err(fault) if fault.trouble().is_some() => continue,
                Err(fault) => return Err(fault.into()),
            };
            let file = index_of(files, run.file());
            let mut events = Vec::new();
            for (ordinal, record) in (1..).zip(run.records()) {
                // What is no record stays in the kept source; the report says what it is and where.
                let Ok(record) = record else { continue };
                let Ok(event) = event_of(self.bundle.profile(), record.bytes) else { continue };
                let line = record.place.line.unwrap_or_else(|| record.place.index.map_or(ordinal, |index| index + 1));
                events.push(stored(with_zone(event, zone), file, line, record.place.byte_offset, record.bytes.len()));
            }
            done += events.len() as u64;
            intake.events(&events)?;
            let (_, bytes, _) = self.gauge.read();
            self.gauge.advance(done, bytes);
        }
        Ok(())
    }

    fn finish(
        &self,
        import: &mut Import,
        Passed { json, document, concluding }: &Passed,
        files: &[String],
        id: &BundleId,
    ) -> Result<Outcome, Fault> {
        let finished = Finished { report: Some(json.clone()), standing: document.standing(files) };
        let verdict = document.verdict();
        let bundle = id.as_str().to_owned();
        let integrity = verdict.integrity.clone().unwrap_or_default();
        let findings = document.findings.len() as u64;
        let summary = import.finish(&self.session.store, &finished, |transaction, summary| {
            let stored = Entry::Import {
                bundle: bundle.clone(),
                handover: self.handover_of_record(),
                profile: self.bundle.profile().name().to_owned(),
                records: summary.events,
                integrity: integrity.clone(),
            };
            self.tell(transaction, &stored)?;
            let assurance = verdict.assurance.clone();
            self.tell(transaction, &Entry::Verify { bundle, integrity, assurance, findings, went_on_behind: None })?;
            concluding.keep(&self.session.trust, transaction, &clock::now())
        })?;
        self.session.changed();
        // The bundle is here, whatever comes of holding it against the others.
        let others = self.session.compare_for(id, &self.gauge).unwrap_or_else(|fault| vec![fault.what]);
        let stored = format!("{} stored.", counted(summary.events, "event"));
        let quoted = self.quoted.as_ref().map(|(_, sentence)| sentence.clone());
        let said = std::iter::once(stored).chain(quoted).chain([verdict.sentence]).chain(others);
        let sentence = said.collect::<Vec<_>>().join(" ");
        Ok(Outcome { sentence, badge: Some(verdict.badge) })
    }

    fn facts(&self) -> Result<BundleFacts, Fault> {
        let inspection = inspected(&self.bundle, &self.gauge)?;
        let name = [inspection.organization.clone(), inspection.system.clone()];
        let name: Vec<String> = name.into_iter().flatten().collect();
        let span = inspection.period.as_ref();
        Ok(BundleFacts {
            profile: self.bundle.profile().name().to_owned(),
            name: if name.is_empty() {
                direct::profile_name(self.bundle.profile()).to_owned()
            } else {
                name.join(" · ")
            },
            period: String::new(),
            from: span.and_then(|span| span.from.clone()),
            to: span.and_then(|span| span.to.clone()),
            source_zone: inspection.time_zone,
            container: self.bundle.container().word().to_owned(),
            imported_at: clock::now().text().to_owned(),
            imported_by: self.session.vault.user().to_owned(),
            troubles: self.bundle.troubles().to_vec(),
            allow_large: self.wish.allow_large,
        })
    }

    fn handover(&self) -> Handover {
        Handover {
            handed_by: self.wish.received_from.clone(),
            handed_on: self.wish.received_on.clone(),
            channel: self.wish.channel.clone(),
            quoted: self.quoted.as_ref().map(|(_, sentence)| sentence.clone()),
            quoted_agrees: self.quoted.as_ref().map(|(agrees, _)| *agrees),
            zone: self.wish.zone.clone(),
        }
    }

    /// The same for the access log.
    fn handover_of_record(&self) -> access_log::Handover {
        let quoted = self.wish.expected_sha256.clone().zip(self.quoted.as_ref().map(|(agrees, _)| *agrees));
        access_log::Handover {
            from: self.wish.received_from.clone(),
            on: self.wish.received_on.clone(),
            channel: self.wish.channel.clone(),
            quoted,
            zone: self.wish.zone.clone(),
        }
    }
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::internal("The facts of the bundle cannot be written."))
}
