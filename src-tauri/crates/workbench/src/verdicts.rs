//! Verdicts as the page and the command line show them.
//!
//! A report is kept as the JSON document that `verify --format json` prints, and every word shown is read from it: what
//! is on the screen is what was stored. Nothing here judges; `verify` did.

use bundle::Profile;
use event_store::{EventRef, Spot};
use model::BundleId;
use serde::{Deserialize, Serialize};
use timeline::Zone;
use verify::{Code, HowFar, Interim, Onlooker, Options, Proceed, Report, Severity, Source, Stint};

use crate::evidence::{CoveredSpan, Evidence};
use crate::faults::sentence;
use crate::jobs::Gauge;
use crate::marks::place_of;
use crate::wire::{Badge, Fault, FaultCode, Finding, Next, Seal, Verdict};
use crate::words::{counted, counted_of, day, period};

/// What goes on with a check only where it began it.
const PROGRAM: &str = concat!("Chartproof ", env!("CARGO_PKG_VERSION"));

/// Facts of a bundle as the vault keeps them beside its events.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct BundleFacts {
    pub(crate) profile: String,
    pub(crate) name: String,
    /// Only in bundles of the first version, which kept the period in words, by days in UTC.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) period: String,
    /// Both ends of the period it says it covers, as it says them.
    #[serde(default)]
    pub(crate) from: Option<String>,
    #[serde(default)]
    pub(crate) to: Option<String>,
    pub(crate) source_zone: Option<String>,
    pub(crate) container: String,
    pub(crate) imported_at: String,
    pub(crate) imported_by: String,
    /// What was wrong with the container. It is gone; a later check has to know.
    #[serde(default)]
    pub(crate) troubles: Vec<bundle::Trouble>,
    /// Whether it was opened with raised limits.
    #[serde(default)]
    pub(crate) allow_large: bool,
}

impl BundleFacts {
    /// The period it says it covers, by days of a zone.
    pub(crate) fn period_in(&self, zone: Zone) -> String {
        if self.period.is_empty() {
            return period(self.from.as_deref(), self.to.as_deref(), zone);
        }
        format!("{} (days in UTC)", self.period)
    }
}

/// The stored document of a report. Members that this version does not show are left where they are.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Document {
    #[serde(default)]
    bundle: BundleName,
    integrity: String,
    assurance: Option<String>,
    badge: String,
    summary: [String; 2],
    pub(crate) stopped: Option<serde_json::Value>,
    pub(crate) counts: Counts,
    /// What was really compared. Nothing is called checked that is not counted here.
    #[serde(default)]
    pub(crate) done: Done,
    pub(crate) findings: Vec<verify::Finding>,
    /// What the evidence covers, by record numbers.
    #[serde(default)]
    pub(crate) coverage: Vec<CoveredSpan>,
    /// What the verdict rests on.
    #[serde(default)]
    pub(crate) evidence: Evidence,
    proves: Vec<String>,
    does_not_prove: Vec<String>,
    /// When it was reached; added when it was stored.
    #[serde(default)]
    pub(crate) checked_at: Option<String>,
    /// Whether it was reached with other pins, anchors or heads than those of today. Then it is history.
    #[serde(skip)]
    outdated: Option<Zone>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct BundleName {
    #[serde(default)]
    profile: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Counts {
    pub(crate) files: u64,
    pub(crate) records: u64,
    pub(crate) events: u64,
}

/// What was compared; a report of an older version does not say how much there was of it.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Done {
    pub(crate) files: u64,
    pub(crate) segments: u64,
    #[serde(default)]
    pub(crate) segments_stated: u64,
    pub(crate) records: u64,
    pub(crate) links: u64,
    pub(crate) checkpoints: u64,
    #[serde(default)]
    pub(crate) checkpoints_stated: u64,
    pub(crate) signatures: u64,
    pub(crate) anchors: u64,
}

/// Who is trusted and which heads are known, for one check.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vouching {
    pub(crate) trust: verify::Trust,
    pub(crate) anchors: Vec<verify::Anchor>,
}

/// Checks a bundle with all the processors there are, and shows on the gauge how far it is.
pub(crate) fn check(
    source: &dyn Source,
    vouching: Vouching,
    gauge: &Gauge,
    onlooker: &dyn Onlooker,
) -> Result<Report, Fault> {
    let report = check_as_far(source, vouching, gauge, onlooker)?;
    if report.stopped().is_some() {
        return Err(Fault::cancelled());
    }
    Ok(report)
}

/// The same without an onlooker, going on from a check that was stopped if that fits. One that is stopped again is no
/// fault: it leaves what a later one can go on from.
pub(crate) fn check_resumably(
    source: &dyn Source,
    vouching: Vouching,
    gauge: &Gauge,
    from: Option<Interim>,
) -> Result<Stint, Fault> {
    Ok(verify::check_resumably(source, &options(vouching.spelled_as_in(source))?, PROGRAM, &Watch { gauge }, from)?)
}

/// The same, with the report of a check that was stopped, which says how far it came.
pub(crate) fn check_as_far(
    source: &dyn Source,
    vouching: Vouching,
    gauge: &Gauge,
    onlooker: &dyn Onlooker,
) -> Result<Report, Fault> {
    let options = options(vouching.spelled_as_in(source))?;
    let mut spill = verify::MemorySpill::new();
    Ok(verify::check(source, &options, onlooker, &Watch { gauge }, &mut spill)?)
}

impl Vouching {
    /// With the anchors' streams as the bundle writes them: capitals make no difference in a UUID (RFC 9562).
    pub(crate) fn spelled_as_in(mut self, source: &dyn Source) -> Self {
        if self.anchors.is_empty() || source.profile() != Profile::AuditBundle1 {
            return self;
        }
        let manifest = source.read(bundle::ab1::AUDIT_MANIFEST_NAME, bundle::limits::AUDIT_MANIFEST_BYTES_MAX).ok();
        let manifest = manifest.and_then(|bytes| serde_json::from_slice::<bundle::ab1::Manifest>(&bytes).ok());
        let ids: Vec<String> =
            manifest.into_iter().flat_map(|manifest| manifest.streams).map(|stream| stream.stream_id).collect();
        for anchor in &mut self.anchors {
            if ids.contains(&anchor.stream_id) {
                continue;
            }
            if let Some(id) = ids.iter().find(|id| id.eq_ignore_ascii_case(&anchor.stream_id)) {
                anchor.stream_id.clone_from(id);
            }
        }
        self
    }
}

/// How everything is checked: with all the processors there are, and fingerprints that nobody can foresee.
pub(crate) fn options(vouching: Vouching) -> Result<Options, Fault> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut fingerprint_key = [0; 16];
    getrandom::fill(&mut fingerprint_key).map_err(|_| Fault::internal("The system gave no randomness."))?;
    let Vouching { trust, anchors } = vouching;
    Ok(Options { workers, trust, anchors, ..Options::new(fingerprint_key) })
}

/// Shows on a gauge how far something is, and stops it when the gauge says so.
pub(crate) struct Watch<'a> {
    pub(crate) gauge: &'a Gauge,
}

impl verify::Progress for Watch<'_> {
    fn came(&self, how_far: HowFar) -> Proceed {
        self.gauge.expect_bytes(how_far.bytes_total);
        self.gauge.advance(how_far.records, how_far.bytes);
        if self.gauge.stopped() { Proceed::Stop } else { Proceed::GoOn }
    }
}

impl From<verify::VerifyFault> for Fault {
    fn from(fault: verify::VerifyFault) -> Self {
        match fault {
            verify::VerifyFault::Read(fault) => fault.into(),
            fault @ verify::VerifyFault::Spill(_) => {
                let what = sentence(&fault.to_string(), "No verdict was reached.");
                Self::new(FaultCode::Internal, what).with(Next::Retry)
            }
        }
    }
}

impl Document {
    /// Reads a stored report.
    pub(crate) fn read(json: &str) -> Result<Self, Fault> {
        serde_json::from_str(json).map_err(|_| {
            Fault::new(FaultCode::VaultDamaged, "The stored report of this bundle cannot be read. Import it again.")
        })
    }

    /// The document of a report that was just made.
    pub(crate) fn of(report: &Report) -> Result<Self, Fault> {
        let json = serde_json::to_string(report).map_err(|_| Fault::internal("The report cannot be written."))?;
        Self::read(&json)
    }

    /// Whether the evidence held together, as of today: history says nothing, unless something is altered or damaged.
    pub(crate) fn integrity(&self) -> Option<verify::Integrity> {
        use verify::Integrity::{Fail, NotEvaluable, Pass, PassWithNotes};
        let known = [Fail, NotEvaluable, PassWithNotes, Pass];
        let reached = known.into_iter().find(|integrity| integrity.word() == self.integrity).unwrap_or(NotEvaluable);
        (self.outdated.is_none() || reached == Fail).then_some(reached)
    }

    /// The same as history: reached with what was vouched for on another day. That something is altered or damaged is
    /// not taken back by that. Days are told in a zone.
    pub(crate) fn outdated(self, outdated: Option<Zone>) -> Self {
        Self { outdated, ..self }
    }

    /// Whether it says of single records how they stand.
    pub(crate) fn marks_records(&self) -> bool {
        self.done.links > 0
    }

    /// Whether something with one of these codes was found.
    pub(crate) fn has(&self, codes: &[Code]) -> bool {
        self.findings.iter().any(|finding| codes.contains(&finding.code))
    }

    /// Whether the period that is known of the bundle is one that it states; else it was counted from its records.
    pub(crate) fn states_period(&self) -> bool {
        self.bundle.profile == Profile::AuditBundle1.name()
    }

    /// Whether files were held against the lists of a bag and nothing was found altered.
    pub(crate) fn agrees_with_lists(&self) -> bool {
        self.done.files > 0 && seal_named(&self.badge).0 != Seal::Altered
    }

    /// That the verdict is history, in a sentence; `None` if it is one of today.
    pub(crate) fn history(&self) -> Option<String> {
        self.outdated.map(|zone| {
            let on = self.checked_at.as_deref().and_then(|at| day(at, zone)).map(|day| format!(" on {day}"));
            let on = on.unwrap_or_default();
            format!(
                "{}{on} with the keys and anchors of that day. What this office vouches for has changed since: check \
                 again.",
                self.badge_then().word
            )
        })
    }

    /// The badge as of today.
    pub(crate) fn badge(&self) -> Badge {
        let then = self.badge_then();
        match self.history() {
            Some(reason) if then.seal == Seal::Altered => Badge { reason: format!("{} {reason}", then.reason), ..then },
            Some(reason) => Badge { seal: Seal::NotVerified, word: "Not verified".to_owned(), reason },
            None => then,
        }
    }

    /// The badge as of when it was reached.
    pub(crate) fn badge_then(&self) -> Badge {
        let (seal, word) = seal_named(&self.badge);
        Badge { seal, word: word.to_owned(), reason: self.summary[0].clone() }
    }

    /// The verdict in words.
    pub(crate) fn verdict(&self) -> Verdict {
        let severe = |severity| {
            let findings = self.findings.iter().filter(|finding| finding.severity == severity);
            u32::try_from(findings.count()).unwrap_or(u32::MAX)
        };
        let history = self.history();
        let badge = self.badge();
        let stands = history.is_none() || badge.seal == Seal::Altered;
        let today = history.is_some().then(|| {
            "Anything about what this office vouches for today: it was reached before that changed.".to_owned()
        });
        Verdict {
            sentence: match &history {
                Some(history) if stands => format!("{} {history}", self.summary.join(" ")),
                Some(history) => history.clone(),
                None => self.summary.join(" "),
            },
            badge,
            integrity: stands.then(|| self.integrity.clone()),
            assurance: self.assurance.clone().filter(|_| stands),
            checked: self.checked(),
            proves: if stands { self.proves.clone() } else { Vec::new() },
            does_not_prove: today.into_iter().chain(self.does_not_prove.iter().cloned()).collect(),
            errors: severe(Severity::Error),
            warnings: severe(Severity::Warning),
            history,
        }
    }

    /// What was checked, with how many.
    fn checked(&self) -> Vec<String> {
        if self.stopped.is_some() {
            return Vec::new();
        }
        let Done { files, segments, segments_stated, records, links, checkpoints, checkpoints_stated, .. } = self.done;
        let Done { signatures, anchors, .. } = self.done;
        let lines = [
            (files, 0, "file", "against lists of checksums"),
            (segments, segments_stated, "segment", "against the audit manifest"),
            (records, 0, "record", "against their own hashes"),
            (links, 0, "record", "against the hash of the record before"),
            (checkpoints, checkpoints_stated, "checkpoint", "against the records they name"),
            (signatures, 0, "signature", "against the keys that made them"),
            (anchors, 0, "anchor", "from outside the bundle"),
        ];
        let done = lines.into_iter().filter(|(count, stated, ..)| *count > 0 || stated > count);
        let mut checked: Vec<String> =
            done.map(|(count, stated, what, how)| format!("{} {how}", counted_of(count, stated, what))).collect();
        let unread = self.counts.records.saturating_sub(records.max(self.counts.events));
        if unread > 0 {
            checked.push(format!("{} could not be read", counted(unread, "record")));
        }
        checked
    }

    /// The findings in the order of the page: worst first, else in the order of the check.
    pub(crate) fn sorted(&self) -> Vec<&verify::Finding> {
        let mut sorted: Vec<_> = self.findings.iter().collect();
        sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        sorted
    }

    /// The findings for the page. `bundle` and `files` make the events they name openable.
    pub(crate) fn findings(&self, bundle: Option<(&BundleId, &[String])>) -> Vec<Finding> {
        self.sorted().into_iter().map(|finding| finding_out(finding, bundle)).collect()
    }
}

/// The seal with this name, and its word. A name that is not known is that of no verdict.
pub(crate) fn seal_named(name: &str) -> (Seal, &'static str) {
    match name {
        "altered" => (Seal::Altered, "Altered or damaged"),
        "unsigned" => (Seal::Unsigned, "Unsigned"),
        "verified" => (Seal::Verified, "Verified"),
        _ => (Seal::NotVerified, "Not verified"),
    }
}

fn finding_out(finding: &verify::Finding, bundle: Option<(&BundleId, &[String])>) -> Finding {
    let event_ref = bundle.and_then(|(id, files)| event_ref_of(finding, id, files));
    Finding {
        code: finding.code.name().to_owned(),
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
        .to_owned(),
        message: finding.message.clone(),
        places: report::places(finding),
        expected: finding.expected.clone(),
        actual: finding.actual.clone(),
        event_ref,
    }
}

fn event_ref_of(finding: &verify::Finding, bundle: &BundleId, files: &[String]) -> Option<String> {
    let spot = match place_of(finding, files) {
        Some((file, line)) => Spot::Line { file, line },
        // A record that is missing cannot be opened.
        None => Spot::Seq(finding.seq.filter(|_| finding.missing_from.is_none())?),
    };
    Some(EventRef::new(bundle, spot).to_string())
}

/// The badge while there is no verdict yet.
pub(crate) fn badge_while_checking() -> Badge {
    let reason = "The check is still running; nothing has been verified yet.";
    Badge { seal: Seal::NotVerified, word: "Not verified".to_owned(), reason: reason.to_owned() }
}

/// The name of a bundle, from its stored facts.
pub(crate) fn bundle_name(facts: &str) -> String {
    serde_json::from_str::<BundleFacts>(facts).unwrap_or_default().name
}

/// The profile a bundle was read by, from its stored facts.
pub(crate) fn profile_named(facts: &str) -> Profile {
    let facts: BundleFacts = serde_json::from_str(facts).unwrap_or_default();
    [Profile::AuditBundle1, Profile::FhirAuditEvent]
        .into_iter()
        .find(|profile| profile.name() == facts.profile)
        .unwrap_or(Profile::Unknown)
}
