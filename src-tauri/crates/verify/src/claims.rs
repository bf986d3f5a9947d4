//! What the audit manifest claims (formats 1.6): streams, segments, archives, policy. Claims, not facts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use bundle::ab1::{AUDIT_MANIFEST_NAME, Archive, Manifest, Segment, Stream};
use bundle::escape::visible;
use bundle::limits::AUDIT_MANIFEST_BYTES_MAX;
use bundle::segment::{self, Form};
use bundle::{Entry, ReadFault};
use integrity::{canonical, chain};

use crate::archives::ArchiveState;
use crate::container::{BagInfo, Payload};
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::record::clock;
use crate::seals::Entries;
use crate::source::Source;
use crate::work::Work;

/// Where segments lie, for bundles whose audit manifest cannot tell.
pub(crate) const EVENTS: &str = "data/events/";
const POLICIES: [&str; 4] = ["none", "per-event", "per-segment", "per-checkpoint"];

/// A segment that is to be read.
#[derive(Debug)]
pub(crate) struct SegmentClaim {
    pub(crate) path: String,
    /// What the audit manifest says of it; `None` if there is none that can be read.
    pub(crate) stated: Option<Segment>,
    pub(crate) state: SegmentState,
    /// How its records lie there.
    pub(crate) form: Form,
}

impl SegmentClaim {
    /// A reader over its records as lines.
    pub(crate) fn content<'s>(&self, source: &'s dyn Source) -> Result<Box<dyn Read + Send + 's>, ReadFault> {
        segment::text(source, &self.path, self.form)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SegmentState {
    Present,
    Missing,
    /// Of a kind, or packed in a way, that is not known; or called otherwise than it is stated.
    OtherForm,
}

#[derive(Debug, Default)]
pub(crate) struct Claims {
    pub(crate) manifest: Option<Manifest>,
    pub(crate) segments: Vec<SegmentClaim>,
    /// When the bundle was made: nanoseconds since 1970.
    pub(crate) sealed_at: Option<i64>,
    /// Place of each stream in the manifest.
    stream_places: BTreeMap<String, usize>,
    /// What signatures over segments are taken over.
    pub(crate) entries: Entries,
    /// What is known of the archives that lie in the bundle, by their places.
    pub(crate) archive_states: BTreeMap<usize, ArchiveState>,
}

impl Claims {
    pub(crate) fn streams(&self) -> &[Stream] {
        self.manifest.as_ref().map_or(&[], |manifest| &manifest.streams)
    }

    pub(crate) fn stream(&self, id: &str) -> Option<&Stream> {
        self.streams().get(*self.stream_places.get(id)?)
    }

    pub(crate) fn archives(&self) -> &[Archive] {
        self.manifest.as_ref().map_or(&[], |manifest| &manifest.archives)
    }

    pub(crate) fn path(&self, segment: u32) -> &str {
        self.segments.get(segment as usize).map_or("", |segment| &segment.path)
    }

    /// Reads the audit manifest and settles which segments are read, in which order.
    pub(crate) fn read(work: &mut Work<'_>, payload: &Payload, info: &BagInfo) -> Result<Self, Halt> {
        let mut claims = match read_manifest(work, payload)? {
            Some((manifest, entries)) => {
                check_manifest(work, &manifest, info);
                let places = manifest.streams.iter().enumerate().rev();
                let stream_places = places.map(|(place, stream)| (stream.stream_id.clone(), place)).collect();
                let segments = stated_segments(work, &manifest);
                Self { segments, manifest: Some(manifest), stream_places, entries, ..Self::default() }
            }
            None => Self { segments: found_segments(work), ..Self::default() },
        };
        let created = claims.manifest.as_ref().and_then(|manifest| manifest.created.as_deref());
        claims.sealed_at = created.and_then(|text| clock::nanos(text).ok());
        Ok(claims)
    }
}

fn read_manifest(work: &mut Work<'_>, payload: &Payload) -> Result<Option<(Manifest, Entries)>, Halt> {
    let Some(text) = work.small_file(AUDIT_MANIFEST_NAME, AUDIT_MANIFEST_BYTES_MAX)? else {
        if work.source.entry(AUDIT_MANIFEST_NAME).is_none() {
            let message = "The audit manifest is missing: nothing says which records the bundle ought to hold.";
            work.find(Finding::new(Code::AuditManifestMissing, message).at_file(AUDIT_MANIFEST_NAME));
        }
        return Ok(None);
    };
    if let Some(sum) = work.sum_of(AUDIT_MANIFEST_NAME, payload.wants(AUDIT_MANIFEST_NAME))? {
        payload.compare_sum(work, AUDIT_MANIFEST_NAME, &sum);
    }
    let scan = match canonical::scan(&text) {
        Ok(scan) => scan,
        Err(fault) => {
            let offset = u64::try_from(fault.offset).unwrap_or(u64::MAX);
            work.find(invalid("The audit manifest cannot be read.").byte_offset(offset));
            return Ok(None);
        }
    };
    if !scan.was_canonical() {
        let message = "The audit manifest is not written in canonical form. Its content is unaffected.";
        work.find(Finding::new(Code::RecordNotCanonical, message).at_file(AUDIT_MANIFEST_NAME));
    }
    let manifest = serde_json::from_slice(scan.text());
    if manifest.is_err() {
        work.find(invalid("The audit manifest lacks a required member or has one of another kind."));
    }
    Ok(manifest.ok().map(|manifest| (manifest, Entries::read(&scan))))
}

fn invalid(message: &str) -> Finding {
    Finding::new(Code::AuditManifestInvalid, message).at_file(AUDIT_MANIFEST_NAME)
}

/// Checks what the audit manifest says against itself.
fn check_manifest(work: &mut Work<'_>, manifest: &Manifest, info: &BagInfo) {
    let mut wrong = |field: &str, what: &str| {
        work.find(invalid(&format!("In the audit manifest, {what}.")).field(field));
    };
    if manifest.format != "audit-bundle/1.0" {
        wrong("format", "the format is not audit-bundle/1.0");
    }
    match manifest.signature_policy.as_deref() {
        None => wrong("signature_policy", "nothing says what ought to be signed"),
        Some(policy) if !POLICIES.contains(&policy) => {
            wrong("signature_policy", "the signature policy is none that is known");
        }
        Some(_) => {}
    }
    if manifest.created.as_deref().is_some_and(|text| clock::nanos(text).is_err()) {
        wrong("created", "the time of sealing is not a time");
    }
    let mut streams = BTreeSet::new();
    for stream in &manifest.streams {
        if !streams.insert(stream.stream_id.as_str()) {
            wrong("streams", "one stream stands twice");
        }
        let genesis = chain::genesis(&stream.stream_id).to_hex();
        if stream.genesis_hash.as_ref().is_some_and(|stated| *stated != genesis) {
            wrong("streams.genesis_hash", "the beginning of a stream does not follow from its id");
        }
    }
    for (place, stream) in manifest.streams.iter().enumerate() {
        if let Some(member) = unstated_of_stream(stream) {
            wrong(&format!("streams[{place}].{member}"), &format!("a stream does not state its {member}"));
        }
    }
    let mut paths = BTreeSet::new();
    for (place, segment) in manifest.segments.iter().enumerate() {
        if let Some(member) = unstated_of_segment(segment) {
            wrong(&format!("segments[{place}].{member}"), &format!("a segment does not state its {member}"));
        }
        if !paths.insert(segment.path.as_str()) {
            wrong("segments.path", "one file stands twice among the segments");
        }
        if !streams.contains(segment.stream_id.as_str()) {
            wrong("segments.stream_id", "a segment belongs to a stream that is not listed");
        }
    }
    let identifier = format!("urn:uuid:{}", manifest.bundle_id);
    // A bag-info.txt that was altered has its own finding.
    if info.identifier.as_ref().is_some_and(|stated| !stated.eq_ignore_ascii_case(&identifier))
        && !work.tally.has(Code::TagFileHashMismatch)
    {
        let finding = invalid("The audit manifest and bag-info.txt name different bundles.").field("bundle_id");
        work.find(finding.expected(visible(&identifier)));
    }
    if manifest.row_checksum.is_some() {
        let message = "The bundle declares checksums for its rows. They are not checked yet.";
        work.find(Finding::new(Code::ChecksumNotChecked, message).at_file(AUDIT_MANIFEST_NAME));
    }
}

/// The first member without which a stream cannot be held against its records (formats 1.6). One without records has
/// neither beginning nor end.
fn unstated_of_stream(stream: &Stream) -> Option<&'static str> {
    let Stream { first_seq, last_seq, last_hash, record_count, .. } = stream;
    let is_empty = *record_count == Some(0);
    first_unstated(&[
        ("record_count", record_count.is_some()),
        ("first_seq", is_empty || first_seq.is_some()),
        ("last_seq", is_empty || last_seq.is_some()),
        ("last_hash", is_empty || last_hash.is_some()),
    ])
}

/// The same of a segment. What it leaves out would pass without having been compared.
fn unstated_of_segment(segment: &Segment) -> Option<&'static str> {
    let Segment { rows, sha256, first_seq, last_seq, first_prev_hash, last_hash, merkle_root, .. } = segment;
    let is_empty = *rows == Some(0);
    first_unstated(&[
        ("rows", rows.is_some()),
        ("sha256", sha256.is_some()),
        ("first_seq", is_empty || first_seq.is_some()),
        ("last_seq", is_empty || last_seq.is_some()),
        ("first_prev_hash", is_empty || first_prev_hash.is_some()),
        ("last_hash", is_empty || last_hash.is_some()),
        ("merkle_root", is_empty || merkle_root.is_some()),
    ])
}

fn first_unstated(members: &[(&'static str, bool)]) -> Option<&'static str> {
    members.iter().find_map(|(member, is_stated)| (!is_stated).then_some(*member))
}

/// The segments of the manifest in the order of their streams and numbers.
fn stated_segments(work: &mut Work<'_>, manifest: &Manifest) -> Vec<SegmentClaim> {
    let streams: BTreeMap<_, _> =
        manifest.streams.iter().enumerate().map(|(index, stream)| (stream.stream_id.as_str(), index)).collect();
    let mut seen = BTreeSet::new();
    let mut segments = Vec::new();
    for segment in manifest.segments.iter().filter(|segment| seen.insert(segment.path.as_str())) {
        let form = form_of(segment);
        let state = if work.source.entry(&segment.path).is_none() {
            missing_segment(work, &segment.path);
            SegmentState::Missing
        } else if form.is_some() {
            SegmentState::Present
        } else {
            SegmentState::OtherForm
        };
        let form = form.unwrap_or_default();
        if form.packing.is_some() && segment.content_sha256.is_none() {
            let message = "In the audit manifest, a packed segment does not state the checksum of its content.";
            let finding = invalid(message).field("segments.content_sha256").stream_id(segment.stream_id.as_str());
            work.find(finding);
        }
        segments.push(SegmentClaim { path: segment.path.clone(), stated: Some(segment.clone()), state, form });
    }
    // A segment that does not say where it begins stays behind the one before it.
    let mut first_seq = None;
    let mut keyed: Vec<_> = segments
        .into_iter()
        .map(|segment| {
            let stated = segment.stated.as_ref();
            let stream = stated.and_then(|stated| streams.get(stated.stream_id.as_str())).copied();
            first_seq = stated.and_then(|stated| stated.first_seq).or(first_seq);
            ((stream, first_seq), segment)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    let segments = keyed.into_iter().map(|(_, segment)| segment).collect();
    for entry in work.source.entries() {
        if entry.name.starts_with(EVENTS) && !seen.contains(entry.name.as_str()) && !already_told(work, &entry.name) {
            let message =
                format!("{} lies among the events, but the audit manifest does not name it.", visible(&entry.name));
            work.find(Finding::new(Code::FileExtra, message).at_file(&entry.name));
        }
    }
    segments
}

/// A segment that the bag's own lists do not miss is still missing.
fn missing_segment(work: &mut Work<'_>, path: &str) {
    if !already_told(work, path) {
        let message = format!("{} is missing: the audit manifest names it as a part of the log.", visible(path));
        work.find(Finding::new(Code::FileMissing, message).at_file(path));
    }
}

/// Whether a finding has told that a file is missing or extra.
pub(crate) fn already_told(work: &Work<'_>, path: &str) -> bool {
    let told =
        |code| move |finding: &&Finding| finding.code == code && finding.file.as_deref() == Some(&*visible(path));
    let findings = work.tally.told();
    findings.iter().any(|finding| told(Code::FileExtra)(&finding) || told(Code::FileMissing)(&finding))
}

/// In what form a segment lies there; `None` if that is none that is read.
pub(crate) fn form_of(segment: &Segment) -> Option<Form> {
    Form::stated(&segment.path, segment.media_type.as_deref(), segment.compression.as_deref())
}

/// Without an audit manifest, the files that look like segments.
fn found_segments(work: &Work<'_>) -> Vec<SegmentClaim> {
    let claim = |entry: &Entry| {
        let form = Form::of_name(&entry.name).filter(|_| entry.name.starts_with(EVENTS))?;
        Some(SegmentClaim { path: entry.name.clone(), stated: None, state: SegmentState::Present, form })
    };
    work.source.entries().iter().filter_map(claim).collect()
}
