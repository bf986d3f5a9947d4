//! Verdicts as the page and the command line show them.
//!
//! A report is kept as the JSON document that `verify --format json` prints, and every word shown is read from it: what
//! is on the screen is what was stored. Nothing here judges; `verify` did.

use bundle::Profile;
use event_store::{EventRef, RecordSpan, Spot, Standing};
use model::BundleId;
use serde::{Deserialize, Serialize};
use verify::{Code, HowFar, Onlooker, Options, Proceed, Report, Severity, Source};

use crate::evidence::{CoveredSpan, Evidence, SpanState};
use crate::faults::sentence;
use crate::jobs::Gauge;
use crate::meaning::{Concerns, RecordAt, concerns};
use crate::wire::{Badge, Fault, FaultCode, Finding, Next, Seal, Verdict};
use crate::words::{counted, grouped};

/// Facts of a bundle as the vault keeps them beside its events.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct BundleFacts {
    pub(crate) profile: String,
    pub(crate) name: String,
    pub(crate) period: String,
    pub(crate) source_zone: Option<String>,
    pub(crate) container: String,
    pub(crate) imported_at: String,
    pub(crate) imported_by: String,
    /// How many of the kept files are the bundle's own; behind them packed segments lie as they came.
    #[serde(default)]
    pub(crate) own_files: Option<u64>,
}

/// The stored document of a report. Members that this version does not show are left where they are.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Document {
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
    /// When it was reached; added by the import.
    #[serde(default)]
    pub(crate) checked_at: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Counts {
    pub(crate) files: u64,
    pub(crate) records: u64,
    pub(crate) events: u64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Done {
    pub(crate) files: u64,
    pub(crate) segments: u64,
    pub(crate) records: u64,
    pub(crate) links: u64,
    pub(crate) checkpoints: u64,
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
    let options = options(vouching)?;
    let mut spill = verify::MemorySpill::new();
    let report = verify::check(source, &options, onlooker, &Watch { gauge }, &mut spill)?;
    if report.stopped().is_some() {
        return Err(Fault::cancelled());
    }
    Ok(report)
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

    /// Whether the evidence held together.
    pub(crate) fn integrity(&self) -> verify::Integrity {
        use verify::Integrity::{Fail, NotEvaluable, Pass, PassWithNotes};
        let known = [Fail, NotEvaluable, PassWithNotes, Pass];
        known.into_iter().find(|integrity| integrity.word() == self.integrity).unwrap_or(NotEvaluable)
    }

    pub(crate) fn badge(&self) -> Badge {
        let (seal, word) = match self.badge.as_str() {
            "altered" => (Seal::Altered, "Altered or damaged"),
            "unsigned" => (Seal::Unsigned, "Unsigned"),
            "verified" => (Seal::Verified, "Verified"),
            _ => (Seal::NotVerified, "Not verified"),
        };
        Badge { seal, word: word.to_owned(), reason: self.summary[0].clone() }
    }

    /// The verdict in words.
    pub(crate) fn verdict(&self) -> Verdict {
        let severe = |severity| {
            let findings = self.findings.iter().filter(|finding| finding.severity == severity);
            u32::try_from(findings.count()).unwrap_or(u32::MAX)
        };
        Verdict {
            badge: self.badge(),
            sentence: self.summary.join(" "),
            integrity: Some(self.integrity.clone()),
            assurance: self.assurance.clone(),
            checked: self.checked(),
            proves: self.proves.clone(),
            does_not_prove: self.does_not_prove.clone(),
            errors: severe(Severity::Error),
            warnings: severe(Severity::Warning),
        }
    }

    /// What was checked, with how many.
    fn checked(&self) -> Vec<String> {
        if self.stopped.is_some() {
            return Vec::new();
        }
        let Done { files, segments, records, links, checkpoints, signatures, anchors } = self.done;
        let lines = [
            (files, "file", "against the lists of the bag"),
            (segments, "segment", "against the audit manifest"),
            (records, "record", "against their own hashes"),
            (links, "record", "against the hash of the record before"),
            (checkpoints, "checkpoint", "against the records they name"),
            (signatures, "signature", "against the keys that made them"),
            (anchors, "anchor", "from outside the bundle"),
        ];
        let done = lines.into_iter().filter(|(count, _, _)| *count > 0);
        let mut checked: Vec<String> =
            done.map(|(count, what, how)| format!("{} {how}", counted(count, what))).collect();
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

    /// What the report says about single records.
    pub(crate) fn standing(&self, files: &[String]) -> Standing {
        let mut standing = Standing { verified: self.done.links > 0, ..Standing::default() };
        for finding in &self.findings {
            match (finding.code, finding.severity) {
                (Code::UnverifiableSpan, _) => standing.unverified.extend(span_missing(finding)),
                (_, Severity::Error) => match concerns(finding) {
                    Concerns::Record => standing.altered.extend(spans_of(finding, files)),
                    Concerns::Place => standing.misplaced.extend(spans_of(finding, files)),
                    Concerns::Neighborhood => standing.beside.extend(spans_of(finding, files)),
                },
                _ => {}
            }
        }
        if self.is_cut() {
            // Findings of one kind that are not listed one by one may be about any record.
            standing.altered.push(RecordSpan::All);
        }
        let proven = self.coverage.iter().filter(|span| span.state == SpanState::Proven);
        standing.proven = proven.map(CoveredSpan::records).collect();
        standing
    }
}

impl Document {
    /// Whether some error was found more often than it is listed.
    fn is_cut(&self) -> bool {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let mut listed = std::collections::BTreeMap::<Code, u64>::new();
        errors.for_each(|finding| *listed.entry(finding.code).or_default() += 1);
        listed.values().any(|listed| *listed >= verify::FINDINGS_PER_CODE_MAX)
    }
}

fn finding_out(finding: &verify::Finding, bundle: Option<(&BundleId, &[String])>) -> Finding {
    let range = |from: Option<u64>, to: Option<u64>| {
        let (from, to) = (from?, to?);
        Some(if from == to { grouped(from) } else { format!("{} to {}", grouped(from), grouped(to)) })
    };
    let pair = |pair: Option<[u64; 2]>| pair.and_then(|[from, to]| range(Some(from), Some(to)));
    let places = [
        ("File", finding.file.clone()),
        ("Line", finding.line.map(grouped)),
        ("Byte", finding.byte_offset.map(grouped)),
        ("Record", finding.seq.map(grouped)),
        ("Event id", finding.event_id.clone()),
        ("Between records", pair(finding.between)),
        ("Missing", range(finding.missing_from, finding.missing_to)),
        ("How many", finding.count.map(grouped)),
        ("According to", finding.source.clone()),
        ("Altered within", pair(finding.altered_within)),
        ("Numbers skipped", range(finding.skipped_from, finding.skipped_to)),
        ("Member", finding.member.clone()),
        ("Key", finding.kid.clone()),
        ("Field", finding.field.clone()),
        ("Times", finding.times.as_ref().map(|times| times.join(", "))),
        ("Days", finding.days.as_ref().map(|days| days.join(", "))),
        ("Stream", finding.stream_id.clone()),
    ];
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
        places: places.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect(),
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

fn place_of(finding: &verify::Finding, files: &[String]) -> Option<(u32, u64)> {
    let name = finding.file.as_deref()?;
    let file = files.iter().position(|file| *bundle::escape::visible(file) == *name)?;
    Some((u32::try_from(file).ok()?, finding.line?))
}

/// Whether an error speaks about this record.
pub(crate) fn holds(finding: &verify::Finding, files: &[String], record: &RecordAt<'_>) -> bool {
    spans_of(finding, files).iter().any(|span| match span {
        RecordSpan::All => true,
        RecordSpan::Lines { file, from, to } => *file == record.file && (*from..=*to).contains(&record.line),
        RecordSpan::Seqs { stream, from, to } => {
            let is_stream = stream.is_none() || stream.as_deref() == record.stream;
            is_stream && record.seq.is_some_and(|seq| (*from..=*to).contains(&seq))
        }
    })
}

/// The records that an error speaks about. An error about a whole segment marks all of its records.
fn spans_of(finding: &verify::Finding, files: &[String]) -> Vec<RecordSpan> {
    let stream = finding.stream_id.clone();
    if let Some([from, to]) = finding.altered_within {
        return vec![RecordSpan::Seqs { stream, from, to }];
    }
    if let Some([from, to]) = finding.between {
        return vec![
            RecordSpan::Seqs { stream: stream.clone(), from, to: from },
            RecordSpan::Seqs { stream, from: to, to },
        ];
    }
    let places = finding.moved.iter().chain(&finding.places).flatten();
    let mut spans: Vec<RecordSpan> = places
        .filter_map(|place| {
            let file = files.iter().position(|file| *bundle::escape::visible(file) == place.file)?;
            Some(RecordSpan::Lines { file: u32::try_from(file).ok()?, from: place.line, to: place.line })
        })
        .collect();
    if let Some((file, line)) = place_of(finding, files) {
        // Records that were added stand in a row, and the finding names the first.
        let is_run = matches!(finding.code, Code::EventInserted | Code::EventDuplicated);
        let more = finding.count.filter(|_| is_run).unwrap_or(1).saturating_sub(1);
        spans.push(RecordSpan::Lines { file, from: line, to: line.saturating_add(more) });
    }
    spans
}

fn span_missing(finding: &verify::Finding) -> Option<RecordSpan> {
    Some(RecordSpan::Seqs { stream: finding.stream_id.clone(), from: finding.missing_from?, to: finding.missing_to? })
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
