//! A first look at a bundle: what it says it is and how much of it there is. Nothing is verified.
//!
//! Of an audit bundle the manifest is read and its numbers are given *as stated*. FHIR states nothing, so its records
//! are *counted*, which reads all of it. No identifier of a person is in the answer.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ab1::{self, AUDIT_MANIFEST_NAME, Manifest};
use crate::bundle::{Bundle, Profile};
use crate::fhir;
use crate::limits::AUDIT_MANIFEST_BYTES_MAX;
use crate::records::{event_of, records};

/// Most spans of time that are told.
const COVERAGE_SPANS_MAX: usize = 10_000;
/// Most problems with reading that are told one by one.
const PROBLEMS_MAX: usize = 50;

/// What a bundle says it is and how much of it there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// `chartproof-inspect/1`.
    pub format: &'static str,
    /// Name of the import profile.
    pub profile: &'static str,
    /// `directory`, `zip`, `tar`, `tar.gz`, `tar.zst` or `file`.
    pub container: &'static str,
    /// Whether the container was refused; then nothing in it was read.
    pub refused: bool,
    /// UUID of the bundle, as stated.
    pub bundle_id: Option<String>,
    /// When it was made, as stated.
    pub created: Option<String>,
    /// Name and version of the program that made it, as stated.
    pub producer: Option<String>,
    /// The organization whose log it is, as stated.
    pub organization: Option<String>,
    /// The system whose log it is, as stated.
    pub system: Option<String>,
    /// The source's time zone, as stated.
    pub time_zone: Option<String>,
    /// The time it covers.
    pub period: Option<Span>,
    /// What is signed, as stated: `none`, `per-event`, `per-segment` or `per-checkpoint`.
    pub signature_policy: Option<String>,
    /// Signatures that are present; none was checked.
    pub signatures_present: u64,
    /// The hash chains, as stated.
    pub streams: Vec<StreamFacts>,
    /// Checkpoints, as stated.
    pub checkpoints: Option<u64>,
    /// Batches that are said to be archived elsewhere.
    pub archives_absent: u64,
    /// How much there is.
    pub counts: Counts,
    /// When things happened: a span per segment as stated, or a day each as counted.
    pub coverage: Vec<Span>,
    /// What the container did wrong.
    pub troubles: Vec<ToldTrouble>,
    /// What could not be read, in sentences.
    pub problems: Vec<String>,
    /// That this was a look and no check.
    pub remark: &'static str,
}

/// One hash chain, as stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamFacts {
    /// UUID of the stream.
    pub stream_id: String,
    /// Records of it in the bundle.
    pub records: Option<u64>,
    /// Number of its first record here.
    pub first_seq: Option<u64>,
    /// Number of its last record here.
    pub last_seq: Option<u64>,
}

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files in the container.
    pub files: u64,
    /// Their size in bytes, unpacked.
    pub bytes: u64,
    /// Records; `None` where nothing states them.
    pub records: Option<u64>,
    /// `as_stated` by the manifest, or `counted`.
    pub records_basis: Option<&'static str>,
    /// Of the counted records, those that could not be read as events.
    pub records_unreadable: u64,
    /// Counted resources that are no `AuditEvent`.
    pub resources_of_other_types: u64,
    /// Files that are no records by their name, outside of a bag.
    pub other_files: u64,
}

/// A span of time, with the records in it where they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Its beginning: RFC 3339 or a date.
    pub from: Option<String>,
    /// Its end.
    pub to: Option<String>,
    /// Records in it.
    pub records: Option<u64>,
}

/// A trouble in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldTrouble {
    /// Finding code.
    pub code: &'static str,
    /// The entry, with hidden characters made visible.
    pub file: Option<String>,
    /// A sentence for people.
    pub message: String,
}

/// Looks at a bundle. FHIR resources are all read to count them; of an audit bundle only the manifest is.
#[must_use]
pub fn inspect(bundle: &Bundle) -> Inspection {
    inspect_while(bundle, &|_| true).unwrap_or_default()
}

/// The same as long as `goes_on` says so, which is asked with the bytes of each run of resources that was read. `None`
/// if it was stopped: a count that is not whole is none.
pub fn inspect_while(bundle: &Bundle, goes_on: &dyn Fn(u64) -> bool) -> Option<Inspection> {
    let sizes = bundle.entries().iter().map(|entry| entry.size_bytes);
    let mut inspection = Inspection {
        format: "chartproof-inspect/1",
        profile: bundle.profile().name(),
        container: bundle.container().word(),
        refused: bundle.is_refused(),
        counts: Counts {
            files: u64::try_from(bundle.entries().len()).unwrap_or(u64::MAX),
            bytes: sizes.fold(0, u64::saturating_add),
            ..Counts::default()
        },
        troubles: bundle.troubles().iter().map(told).collect(),
        remark: "This is a look at the bundle. Nothing was verified.",
        ..Inspection::default()
    };
    if !bundle.is_refused() {
        match bundle.profile() {
            Profile::AuditBundle1 => inspection.take_manifest(bundle),
            Profile::FhirAuditEvent => inspection.count_resources(bundle, goes_on)?,
            Profile::Unknown => {}
        }
    }
    Some(inspection)
}

fn told(trouble: &crate::Trouble) -> ToldTrouble {
    ToldTrouble { code: trouble.code.code(), file: trouble.file.clone(), message: trouble.message.clone() }
}

impl Inspection {
    fn take_manifest(&mut self, bundle: &Bundle) {
        let bytes = match bundle.read(AUDIT_MANIFEST_NAME, AUDIT_MANIFEST_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(fault) => return self.problem(fault.to_string()),
        };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes) else {
            return self.problem(format!("{AUDIT_MANIFEST_NAME} does not have the shape of an audit manifest."));
        };
        let mut stated = manifest.segments.iter().map(|segment| segment.rows);
        self.counts.records = stated.try_fold(0_u64, |sum, rows| Some(sum.saturating_add(rows?)));
        self.counts.records_basis = self.counts.records.map(|_| "as_stated");
        self.coverage = manifest.segments.iter().take(COVERAGE_SPANS_MAX).map(span_of).collect();
        let signed = manifest.segments.iter().filter(|segment| segment.sig.is_some()).count();
        let loose = bundle.entries().iter().filter(|entry| entry.name.starts_with("signatures/")).count();
        self.signatures_present = u64::try_from(signed.saturating_add(loose)).unwrap_or(u64::MAX);
        self.archives_absent = manifest.archives.iter().map(|archive| u64::from(archive.present != Some(true))).sum();
        self.bundle_id = Some(manifest.bundle_id);
        self.created = manifest.created;
        self.producer = manifest
            .producer
            .map(|producer| [producer.name, producer.version].into_iter().flatten().collect::<Vec<_>>().join(" "));
        if let Some(source) = manifest.source {
            self.organization = source.organization;
            self.system = source.system;
            self.time_zone = source.timezone;
        }
        self.period = manifest.period.map(|period| Span { from: period.start, to: period.end, records: None });
        self.signature_policy = manifest.signature_policy;
        self.checkpoints = manifest.checkpoints.and_then(|checkpoints| checkpoints.count);
        self.streams = manifest.streams.into_iter().map(facts_of).collect();
    }

    /// `None` if it was stopped.
    fn count_resources(&mut self, bundle: &Bundle, goes_on: &dyn Fn(u64) -> bool) -> Option<()> {
        let mut days: BTreeMap<String, u64> = BTreeMap::new();
        let mut earliest_and_latest: Option<(i64, i64)> = None;
        let mut count = 0_u64;
        let mut pages = fhir::Pages::default();
        for run in records(bundle) {
            let run = match run {
                Ok(run) => run,
                Err(fault) => {
                    self.problem(fault.to_string());
                    continue;
                }
            };
            self.signatures_present = self.signatures_present.saturating_add(u64::from(run.is_signed()));
            if let Some(page) = run.page() {
                pages.add(run.file(), page);
            }
            let mut read = 0_u64;
            for record in run.records() {
                count = count.saturating_add(1);
                let length = record.as_ref().map_or(0, |record| record.bytes.len());
                read = read.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
                let Some(event) = self.look_at(record) else { continue };
                let Some(nanos) = event.occurred_at.utc_nanos() else { continue };
                let (earliest, latest) = earliest_and_latest.unwrap_or((nanos, nanos));
                earliest_and_latest = Some((earliest.min(nanos), latest.max(nanos)));
                let day = event.occurred_at.utc_text().and_then(|text| text.get(..10).map(str::to_owned));
                if let Some(day) = day
                    && (days.len() < COVERAGE_SPANS_MAX || days.contains_key(&day))
                {
                    let of_day = days.entry(day).or_default();
                    *of_day = of_day.saturating_add(1);
                }
            }
            if !goes_on(if run.is_apart() { 0 } else { read }) {
                return None;
            }
        }
        self.counts.records = Some(count.saturating_sub(self.counts.resources_of_other_types));
        self.counts.records_basis = Some("counted");
        for missing in pages.missing() {
            self.problem(missing.sentence());
        }
        let files = fhir::resource_files(bundle).count();
        self.counts.other_files = self.counts.files.saturating_sub(u64::try_from(files).unwrap_or(u64::MAX));
        self.period = earliest_and_latest.map(|(earliest, latest)| {
            let text = |nanos| Some(model::Instant::from_utc_nanos(nanos).text().to_owned());
            Span { from: text(earliest), to: text(latest), records: None }
        });
        let spans = days.into_iter().map(|(day, records)| Span {
            from: Some(day.clone()),
            to: Some(day),
            records: Some(records),
        });
        self.coverage = spans.collect();
        Some(())
    }

    /// The event of one record; what is none is counted and told.
    fn look_at(
        &mut self,
        record: Result<crate::records::Record<'_>, crate::records::RecordTrouble>,
    ) -> Option<model::Event> {
        let (place, code) = match record {
            Err(trouble) => (trouble.place, trouble.cause.code()),
            Ok(record) => match event_of(Profile::FhirAuditEvent, record.bytes) {
                Ok(event) => return Some(event),
                Err(crate::MapFault::NotAnAuditEvent) => {
                    self.counts.resources_of_other_types = self.counts.resources_of_other_types.saturating_add(1);
                    return None;
                }
                Err(fault) => (record.place, fault.code()),
            },
        };
        self.counts.records_unreadable = self.counts.records_unreadable.saturating_add(1);
        let file = crate::escape::visible(&place.file);
        let at = place.line.map(|line| format!(", line {line}"));
        let at = at.or_else(|| place.index.map(|index| format!(", entry {index}"))).unwrap_or_default();
        self.problem(format!("{file}{at}: {code}."));
        None
    }

    fn problem(&mut self, sentence: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(sentence);
        }
    }
}

fn span_of(segment: &ab1::Segment) -> Span {
    Span { from: segment.min_timestamp.clone(), to: segment.max_timestamp.clone(), records: segment.rows }
}

fn facts_of(stream: ab1::Stream) -> StreamFacts {
    let ab1::Stream { stream_id, record_count, first_seq, last_seq, .. } = stream;
    StreamFacts { stream_id, records: record_count, first_seq, last_seq }
}
