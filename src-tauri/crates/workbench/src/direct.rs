//! What needs no vault and leaves no trace: check a bundle, look at one, make a sample.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bundle::{Bundle, Inspection, Limits, Profile};
use integrity::head::{ANCHOR_FILE_BYTES_MAX, Head, read_anchor_file};
use integrity::keys::Kid;
use specimen::{Scenario, Tamper};
use timeline::Zone;
use verify::{Anchor, PinnedKey, PinnedSshKey};

use crate::clock;
use crate::doubting;
use crate::jobs::Gauge;
use crate::keeping::identity_of;
use crate::reporting::{self, Inputs, JustChecked};
use crate::samples::{self, MadeSample, SampleWish};
use crate::verdicts::{self, Document, Vouching};
use crate::wire::{Fault, FaultCode, Finding, Next, Verdict};
use crate::words::{counted, grouped, period};

/// Where chance begins in the self-test of a report: the same bundle gives the same score.
const SELF_TEST_SEED: u64 = 1;

/// A bundle that was checked.
#[derive(Clone, Debug)]
pub struct Verified {
    /// For programs: the document of `verify --format json`.
    pub json: serde_json::Value,
    /// The verdict in words.
    pub verdict: Verdict,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// Whether it was stopped before its end. Then there is no verdict, and no report was written.
    pub is_stopped: bool,
}

impl Verified {
    /// The word for the integrity.
    #[must_use]
    pub fn integrity(&self) -> &str {
        self.verdict.integrity.as_deref().unwrap_or("NOT_EVALUABLE")
    }
}

/// A bundle that was looked at.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// For programs.
    pub json: serde_json::Value,
    /// What it says of itself, as label and value.
    pub facts: Vec<(String, String)>,
    /// Bytes of its files.
    pub bytes: u64,
}

/// What a bundle is checked with, besides itself.
#[derive(Clone, Debug, Default)]
pub struct VerifyWish {
    /// Fingerprints of keys that the caller vouches for: `sha256:` and 64 lowercase hex digits for a producer's key,
    /// `SHA256:…` as `ssh-keygen -l` prints it for an SSH key.
    pub trust: Vec<String>,
    /// Files that hold an anchor each.
    pub anchors: Vec<PathBuf>,
    /// Raises the limits on size and count.
    pub allow_large: bool,
    /// Where to write a report.
    pub report: Option<ReportWish>,
}

/// A report that is to be written.
#[derive(Clone, Debug)]
pub struct ReportWish {
    /// The file; must not exist. Its ending, `.html` or `.json`, is the form.
    pub file: PathBuf,
    /// Rounds of a self-test whose score goes into it; none for 0.
    pub self_test_runs: u32,
}

/// Checks a bundle, and writes the report if one is asked for. A check that the gauge stops says how far it came.
pub fn verify(path: &Path, wish: &VerifyWish, gauge: &Gauge) -> Result<Verified, Fault> {
    let vouching = vouching_of(&wish.trust, &wish.anchors)?;
    if let Some(report) = &wish.report {
        reporting::form_of(&report.file)?;
        samples::check_free(&report.file)?;
    }
    let bundle = bundle::open(path, &limits(wish.allow_large))?;
    let identity = match wish.report.as_ref().map(|_| identity_of(&bundle, &gauge.heeding())).transpose() {
        // The check says that it was stopped, and where.
        Err(_) if gauge.stopped() => None,
        identity => identity?,
    };
    let report = verdicts::check_as_far(&bundle, vouching.clone(), gauge, &verify::NoOnlooker)?;
    let is_stopped = report.stopped().is_some();
    let checked_at = clock::now().text().to_owned();
    let report = report.with_path(path.display().to_string());
    let document = Document::of(&report)?;
    let json = serde_json::to_value(&report).map_err(|_| Fault::internal("The report cannot be written."))?;
    // A check that was stopped has no verdict, so there is nothing to report.
    if let Some((wish_of_report, identity)) = wish.report.as_ref().zip(identity).filter(|_| !is_stopped) {
        let inputs = Inputs::of(&bundle, wish.allow_large, &vouching);
        let self_test = self_test_of(&bundle, vouching, wish_of_report.self_test_runs, gauge)?;
        if identity_of(&bundle, &gauge.heeding())? != identity {
            let what = "The bundle changed while it was checked. No report was written; check it again.";
            return Err(Fault::new(FaultCode::Unreadable, what).with(Next::Retry));
        }
        let checked = JustChecked { path, bundle: &bundle, identity, inputs, checked_at, self_test };
        reporting::write_report(&wish_of_report.file, &json, &document, checked)?;
    }
    Ok(Verified { is_stopped, verdict: document.verdict(), findings: document.findings(None), json })
}

/// The document of a self-test, with the keys and anchors that the check was made with.
fn self_test_of(
    bundle: &Bundle,
    vouching: Vouching,
    runs: u32,
    gauge: &Gauge,
) -> Result<Option<serde_json::Value>, Fault> {
    if runs == 0 {
        return Ok(None);
    }
    let score = doubting::score(bundle, vouching, runs, SELF_TEST_SEED, gauge)?;
    serde_json::to_value(&score).map(Some).map_err(|_| Fault::internal("The score cannot be written."))
}

/// What the caller vouches for: fingerprints of keys, and files with an anchor each.
pub(crate) fn vouching_of(trust: &[String], anchors: &[PathBuf]) -> Result<Vouching, Fault> {
    let mut vouching = Vouching::default();
    for fingerprint in trust {
        if let Some(kid) = Kid::from_text(fingerprint) {
            vouching.trust.keys.push(PinnedKey::by_kid(kid));
        } else if is_ssh_fingerprint(fingerprint) {
            let (vouching_by, revoked_from) = (verify::Vouching::default(), None);
            let key = PinnedSshKey { fingerprint: fingerprint.clone(), vouching: vouching_by, revoked_from };
            vouching.trust.ssh_keys.push(key);
        } else {
            let what = "A key's fingerprint is sha256: and 64 lowercase hexadecimal digits, or SHA256: and 43 characters \
                        as ssh-keygen -l prints it.";
            return Err(Fault::bad_input(what));
        }
    }
    for path in anchors {
        vouching.anchors.push(Anchor::from_file(head_of(path)?.0));
    }
    Ok(vouching)
}

/// `SHA256:` and the base64 of 32 bytes without padding.
fn is_ssh_fingerprint(text: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.strip_prefix("SHA256:").is_some_and(|digest| digest.len() == 43 && digest.bytes().all(base64))
}

/// Reads a file of at most `most` bytes, and tells `what` it is if it cannot; one byte more is read, so that a file that
/// is too long is seen to be.
pub(crate) fn small_file(path: &Path, what: &str, most: usize) -> Result<Vec<u8>, Fault> {
    let name = named(path);
    let unreadable = |error: std::io::Error| {
        let said = format!("The {what} {name} cannot be read: {}. Check where it lies.", error.kind());
        Fault::new(FaultCode::Unreadable, said)
    };
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(unreadable)?.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The name of a file, fit to be shown.
pub(crate) fn named(path: &Path) -> String {
    bundle::escape::visible_bytes(path.file_name().unwrap_or_default().as_encoded_bytes())
}

/// Reads an anchor file. A refusal names the line.
pub(crate) fn head_of(path: &Path) -> Result<(Head, Vec<u8>), Fault> {
    let bytes = small_file(path, "anchor file", ANCHOR_FILE_BYTES_MAX)?;
    let head = read_anchor_file(&bytes);
    let head = head.map_err(|fault| Fault::bad_input(format!("{} is no anchor: {fault}.", named(path))))?;
    Ok((head, bytes))
}

/// Looks at a bundle without checking it.
pub fn inspect(path: &Path, allow_large: bool) -> Result<Inspected, Fault> {
    let bundle = bundle::open(path, &limits(allow_large))?;
    let inspection = bundle::inspect(&bundle);
    let json = serde_json::to_value(&inspection).map_err(|_| Fault::internal("The facts cannot be written."))?;
    Ok(Inspected { facts: facts_of(&inspection, chrono_tz::UTC), bytes: inspection.counts.bytes, json })
}

/// Makes a sample.
pub fn sample(out: &Path, wish: &SampleWish) -> Result<MadeSample, Fault> {
    samples::make(out, wish)
}

/// The ways to damage a sample: word and sentence.
#[must_use]
pub fn tamper_kinds() -> Vec<(&'static str, &'static str)> {
    Tamper::ALL.iter().map(|kind| (kind.word(), kind.sentence())).collect()
}

/// The scenarios: word and sentence.
#[must_use]
pub fn scenarios() -> Vec<(&'static str, &'static str)> {
    Scenario::ALL.iter().map(|scenario| (scenario.word(), scenario.sentence())).collect()
}

fn period_and_zone(from: Option<&str>, to: Option<&str>, zone: Zone) -> String {
    format!("{} ({})", period(from, to, zone), zone.name())
}

pub(crate) fn limits(allow_large: bool) -> Limits {
    if allow_large { Limits::large() } else { Limits::standard() }
}

/// The profile's name for a person.
pub(crate) const fn profile_name(profile: Profile) -> &'static str {
    match profile {
        Profile::AuditBundle1 => "Audit bundle 1.0",
        Profile::FhirAuditEvent => "FHIR AuditEvent",
        Profile::Unknown => "Unknown",
    }
}

/// What a bundle says of itself, as label and value. Days are those of the zone, which is named beside them.
pub(crate) fn facts_of(inspection: &Inspection, zone: Zone) -> Vec<(String, String)> {
    let counts = &inspection.counts;
    let span = inspection.period.as_ref();
    let records = counts.records.map(|records| match counts.records_basis {
        Some("counted") => grouped(records),
        _ => format!("{} as stated", grouped(records)),
    });
    let policy = inspection.signature_policy.as_deref().map(|policy| match policy {
        "none" => "nothing is signed".to_owned(),
        policy => format!("{policy}, as stated"),
    });
    let facts = [
        ("Profile", Some(inspection.profile.to_owned())),
        ("Organization", inspection.organization.clone()),
        ("System", inspection.system.clone()),
        ("Period", span.map(|span| period_and_zone(span.from.as_deref(), span.to.as_deref(), zone))),
        ("Time zone", inspection.time_zone.clone()),
        ("Records", records),
        ("Streams", (!inspection.streams.is_empty()).then(|| grouped(inspection.streams.len() as u64))),
        ("Checkpoints", inspection.checkpoints.map(grouped)),
        ("Signatures", policy),
        ("Made by", inspection.producer.clone()),
        ("Made on", inspection.created.clone()),
        ("Bundle id", inspection.bundle_id.clone()),
        ("Files", Some(grouped(counts.files))),
        ("Not readable", (counts.records_unreadable > 0).then(|| counted(counts.records_unreadable, "record"))),
    ];
    let present = facts.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?)));
    let troubles = inspection.troubles.iter().map(|trouble| (trouble.code.to_owned(), trouble.message.clone()));
    let problems = inspection.problems.iter().map(|problem| ("Problem".to_owned(), problem.clone()));
    present.chain(troubles).chain(problems).collect()
}
