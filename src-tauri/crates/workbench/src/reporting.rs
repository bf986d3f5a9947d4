//! The verification report as a file: of a bundle that was just checked, or of one in the vault.
//!
//! The report is put together in memory by `report` and written beside its place, so that a file of its name is either
//! whole or not there. A file that exists is never replaced.

use std::io::Write as _;
use std::path::Path;

use access_log::Entry;
use bundle::Bundle;
use integrity::digest::Digest;
use model::BundleId;
use report::{CheckLine, CheckResult, Form, Layout, Particulars, Pin, Subject};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock;
use crate::desk::Desk;
use crate::direct::{self, named};
use crate::samples::{check_free, disk_fault, exists_already};
use crate::tree;
use crate::verdicts::{BundleFacts, Document, Vouching};
use crate::wire::{self, BundleAsk, Fault, MaybeSaved};

/// Digits of a bundle's id in the name that its report is offered under.
const NAME_DIGITS: usize = 12;
/// Facts of an inspection that a report repeats.
const SAID: [&str; 5] = ["Organization", "System", PERIOD, "Made by", "Made on"];
/// The fact that an audit bundle states, and that is counted from the records of any other export.
const PERIOD: &str = "Period";

/// What a check was handed, kept with its report so that it can be said later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Inputs {
    /// Name and version of the program that checked.
    program: String,
    /// Whether the limits were raised.
    allow_large: bool,
    /// What somebody vouched for.
    pins: Vec<Pinned>,
    /// How the bundle is put together.
    layout: Layout,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pinned {
    fingerprint: String,
    by: Option<String>,
    on: Option<String>,
}

impl Inputs {
    /// What the check of this bundle is handed.
    pub(crate) fn of(bundle: &Bundle, allow_large: bool, vouching: &Vouching) -> Self {
        let pinned = |fingerprint: String, vouched: &verify::Vouching| Pinned {
            fingerprint,
            by: vouched.by.clone(),
            on: vouched.on.clone(),
        };
        let trust = &vouching.trust;
        let keys = trust.keys.iter().map(|key| pinned(key.kid.to_string(), &key.vouching));
        let ssh_keys = trust.ssh_keys.iter().map(|key| pinned(key.fingerprint.clone(), &key.vouching));
        let stamps = trust.authorities.iter().map(|one| pinned(one.certificate.subject(), &one.vouching));
        Self {
            program: program(),
            allow_large,
            pins: keys.chain(ssh_keys).chain(stamps).collect(),
            layout: Layout::of(bundle, bundle.container().word(), bundle.top()),
        }
    }

    fn particulars(self, read: &Document, checked_at: &str, subject: Subject) -> Particulars {
        let pins = self.pins.into_iter().map(|pin| Pin { fingerprint: pin.fingerprint, by: pin.by, on: pin.on });
        Particulars {
            program: self.program,
            checked_at: checked_at.to_owned(),
            written_at: clock::now().text().to_owned(),
            subject,
            layout: Some(self.layout),
            limits: Some(direct::limits(self.allow_large)),
            pins: pins.collect(),
            checks: tree::checks(read).into_iter().map(check_line).collect(),
            compared: read.verdict().checked,
            self_test: None,
            self_tested_at: None,
        }
    }
}

fn program() -> String {
    format!("chartproof {}", env!("CARGO_PKG_VERSION"))
}

fn check_line(check: wire::Check) -> CheckLine {
    let result = match check.result {
        wire::CheckResult::Agrees => CheckResult::Agrees,
        wire::CheckResult::Notes => CheckResult::Notes,
        wire::CheckResult::Differs => CheckResult::Differs,
        wire::CheckResult::Partly => CheckResult::Partly,
        wire::CheckResult::NotChecked => CheckResult::NotChecked,
    };
    CheckLine { what: check.what, how: check.how, result }
}

/// A bundle that was just checked, for its report.
pub(crate) struct JustChecked<'a> {
    pub(crate) path: &'a Path,
    pub(crate) bundle: &'a Bundle,
    /// What identifies its content.
    pub(crate) identity: Digest,
    pub(crate) inputs: Inputs,
    pub(crate) checked_at: String,
    pub(crate) self_test: Option<Value>,
}

/// Writes the report of a bundle that was just checked.
pub(crate) fn write_report(to: &Path, json: &Value, read: &Document, checked: JustChecked<'_>) -> Result<(), Fault> {
    let form = form_of(to)?;
    let inspected = direct::facts_of(&bundle::inspect(checked.bundle), chrono_tz::UTC);
    let name = checked.path.file_name().map(|name| bundle::escape::visible_bytes(name.as_encoded_bytes()));
    let said = inspected.into_iter().filter(|(label, _)| SAID.contains(&label.as_str()));
    let is_stated = read.states_period();
    let (says, known) = said.partition(|(label, _)| label != PERIOD || is_stated);
    let subject = Subject { name, says, known: times_of(known), sha256: checked.identity.to_hex() };
    let particulars = checked.inputs.particulars(read, &checked.checked_at, subject);
    let particulars = Particulars { self_test: checked.self_test, ..particulars };
    write_new(to, &report::write(form, json, &particulars)?)
}

/// The form that the name of a file asks for.
pub(crate) fn form_of(to: &Path) -> Result<Form, Fault> {
    let ending = to.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    if ending.eq_ignore_ascii_case("pdf") {
        let what =
            "A report is not written as PDF yet. Name a file that ends in .html, and print it to PDF from there.";
        return Err(Fault::bad_input(what));
    }
    Form::of_ending(&ending).ok_or_else(|| {
        Fault::bad_input("A report is written for people or for programs: the name of its file ends in .html or .json.")
    })
}

/// Writes a file that does not exist yet: whole, or not at all.
fn write_new(to: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let written = || {
        let mut file = tempfile::Builder::new().prefix(".chartproof-report-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(to).map_err(|fault| fault.error)?;
        Ok(())
    };
    written().map_err(|error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists_already(to),
        _ => disk_fault(to, &error),
    })
}

impl From<report::ReportFault> for Fault {
    fn from(fault: report::ReportFault) -> Self {
        Self::internal(format!("{fault}.").replacen("the", "The", 1))
    }
}

impl Desk {
    /// Lets the person choose where to, and saves the report of a bundle there.
    pub fn save_report(&self, ask: BundleAsk) -> Result<MaybeSaved, Fault> {
        self.session()?;
        let digits: String = ask.bundle.chars().filter(char::is_ascii_alphanumeric).take(NAME_DIGITS).collect();
        match self.outlets.save_file(&format!("verification-report-{digits}.html")) {
            Some(path) => self.save_report_to(&ask, &path),
            None => Ok(MaybeSaved { file: None }),
        }
    }

    /// Saves the report of a bundle to a file that does not exist yet. A line of the access log tells of it first.
    pub fn save_report_to(&self, ask: &BundleAsk, to: &Path) -> Result<MaybeSaved, Fault> {
        let session = self.session()?;
        let form = form_of(to)?;
        check_free(to)?;
        let summary = session.summary(&BundleId::new(ask.bundle.clone()))?;
        let Some(stored) = &summary.report else {
            let what = "The check of this bundle still runs. Its report can be saved when the verdict is reached.";
            return Err(Fault::bad_input(what));
        };
        let bytes = stored_report(form, stored, &summary, session.last_self_test(&summary.id)?)?;
        let name = named(to);
        session.note(Entry::ReportSaved { bundle: ask.bundle.clone(), destination: name.clone() })?;
        write_new(to, &bytes)?;
        Ok(MaybeSaved { file: Some(name) })
    }
}

/// A period that was counted from the records.
fn times_of(periods: Vec<(String, String)>) -> Vec<(String, String)> {
    periods.into_iter().map(|(_, value)| ("Times of the records".to_owned(), value)).collect()
}

fn stored_report(
    form: Form,
    stored: &str,
    summary: &event_store::BundleSummary,
    self_test: Option<(String, Value)>,
) -> Result<Vec<u8>, Fault> {
    let read = Document::read(stored)?;
    let mut json: Value = serde_json::from_str(stored).map_err(|_| report::ReportFault::NotADocument)?;
    let inputs = json.as_object_mut().and_then(|members| members.remove("inputs"));
    let inputs: Option<Inputs> = inputs.and_then(|inputs| serde_json::from_value(inputs).ok());
    let facts: BundleFacts = serde_json::from_str(&summary.facts).unwrap_or_default();
    let period = format!("{} (UTC)", facts.period_in(chrono_tz::UTC));
    let period = if facts.from.is_some() || facts.to.is_some() { period } else { facts.period };
    let labeled = |label: &str, value: String| (!value.is_empty()).then(|| (label.to_owned(), value));
    let says = [labeled("Organization and system", facts.name), labeled(PERIOD, period)];
    let (says, times) = says.into_iter().flatten().partition(|(label, _)| label != PERIOD || read.states_period());
    let known = times_of(times).into_iter().chain(labeled("Imported", facts.imported_at));
    let subject = Subject { name: None, says, known: known.collect(), sha256: summary.id.as_str().to_owned() };
    let checked_at = read.checked_at.clone().unwrap_or_default();
    let particulars = match inputs {
        Some(inputs) => inputs.particulars(&read, &checked_at, subject),
        // A verdict of a version that did not note what it was handed.
        None => Particulars {
            program: "an earlier version of chartproof".to_owned(),
            checked_at,
            written_at: clock::now().text().to_owned(),
            subject,
            layout: None,
            limits: None,
            pins: Vec::new(),
            checks: tree::checks(&read).into_iter().map(check_line).collect(),
            compared: read.verdict().checked,
            self_test: None,
            self_tested_at: None,
        },
    };
    let (self_tested_at, self_test) = self_test.unzip();
    let particulars = Particulars { self_test, self_tested_at, ..particulars };
    Ok(report::write(form, &json, &particulars)?)
}
