//! What is known of a bundle before it is damaged: its segments with their lines, its streams, checkpoints and lists.
//! Read from the bundle itself, once; nothing here depends on who made it.

use std::collections::{BTreeMap, BTreeSet};

use bundle::ReadFault;
use bundle::ab1::AUDIT_MANIFEST_NAME;
use bundle::limits::AUDIT_MANIFEST_BYTES_MAX;
use bundle::lines::{LineTrouble, runs};
use bundle::segment::Form;
use bundle::unpack::Packing;
use serde_json::Value;
use verify::{Finding, Report, Severity, Source};

use crate::fault::Halt;
use crate::gauge::Gauge;
use crate::lines::LINE_LIMITS;
use crate::overlay::unpacked;
use crate::record::Record;

/// Most bytes of a checkpoint file that is rewritten: one checkpoint a day for centuries.
pub(crate) const CHECKPOINTS_BYTES_MAX: u64 = 64 << 20;
const CHECKPOINTS_USUAL_PATH: &str = "data/checkpoints/checkpoints.ndjson";
const SIGNATURE_OF_TAGS: &str = "signatures/tagmanifest-sha256.txt.sig";

/// A segment whose lines can be damaged.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) path: String,
    pub(crate) packing: Option<Packing>,
    pub(crate) lines: u64,
    pub(crate) first_seq: u64,
}

/// A stream with its segments in order.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) id: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) lines: u64,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    /// Numbers at which checkpoints of the stream end, sorted.
    pub(crate) checkpoints: Vec<u64>,
}

impl Stream {
    /// Whether a segment begins with the record of this number.
    pub(crate) fn begins_segment(&self, seq: u64) -> bool {
        self.segments.iter().any(|segment| segment.first_seq == seq)
    }
}

/// What is signed, as far as the check of the undamaged bundle accepted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) events: bool,
    pub(crate) segments: bool,
    pub(crate) checkpoints: bool,
}

impl Signed {
    pub(crate) fn is_any(self) -> bool {
        self.events || self.segments || self.checkpoints
    }
}

/// What is known of a bundle.
pub(crate) struct Survey<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) manifest: Option<Value>,
    /// Streams all of whose segments are there and readable; the largest first.
    pub(crate) streams: Vec<Stream>,
    /// Whether records stand in tables: those streams are left alone.
    pub(crate) has_tables: bool,
    pub(crate) checkpoint_path: String,
    pub(crate) checkpoints: Vec<Vec<u8>>,
    pub(crate) signed: Signed,
    /// A signature over all of the bundle was accepted.
    pub(crate) is_sealed: bool,
    /// Somebody outside vouches for a key or a head.
    pub(crate) is_pinned: bool,
    /// What is wrong with the bundle already. Damage keeps away from there: one wound covers another.
    pub(crate) sore: Vec<Finding>,
    /// Heads that the bundle's author could not rewrite: stream and number.
    pub(crate) anchors: Vec<(String, u64)>,
}

impl<'a> Survey<'a> {
    /// Reads the bundle. `report` is of the undamaged bundle.
    pub(crate) fn of(
        source: &'a dyn Source,
        report: &Report,
        anchors: &[(String, u64)],
        gauge: &Gauge<'_>,
    ) -> Result<Self, Halt> {
        let manifest: Option<Value> = optional(source, AUDIT_MANIFEST_NAME, AUDIT_MANIFEST_BYTES_MAX)?
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let path = manifest.as_ref().and_then(|manifest| manifest["checkpoints"]["path"].as_str());
        let checkpoint_path = path.unwrap_or(CHECKPOINTS_USUAL_PATH).to_owned();
        let checkpoints: Vec<Vec<u8>> = optional(source, &checkpoint_path, CHECKPOINTS_BYTES_MAX)?
            .map(|bytes| {
                bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
            })
            .unwrap_or_default();
        let mut streams: BTreeMap<String, Stream> = BTreeMap::new();
        let mut unfit = BTreeSet::new();
        let mut has_tables = false;
        for stated in stated_segments(manifest.as_ref()) {
            has_tables |= stated.is_table;
            if !stated.is_lines || !take_segment(source, &stated, &mut streams, gauge)? {
                unfit.insert(stated.stream_id);
            }
        }
        let mut streams: Vec<_> = streams.into_values().filter(|stream| !unfit.contains(&stream.id)).collect();
        for stream in &mut streams {
            stream.segments.sort_by_key(|segment| segment.first_seq);
            let of_stream = checkpoints.iter().filter_map(|line| Record::read(line));
            let of_stream = of_stream.filter(|checkpoint| checkpoint.text("stream_id").as_ref() == Some(&stream.id));
            stream.checkpoints = of_stream.filter_map(|checkpoint| checkpoint.get("last_seq")?.as_u64()).collect();
            stream.checkpoints.sort_unstable();
        }
        streams.sort_by_key(|stream| std::cmp::Reverse(stream.lines));
        let assurance = report.assurance().map(verify::Assurance::word);
        let is_vouched = assurance.is_some_and(|word| !UNVOUCHED.contains(&word));
        let is_signed = |line: &Vec<u8>| Record::read(line).is_some_and(|record| record.get("sig").is_some());
        let segments = manifest.as_ref().and_then(|manifest| manifest["segments"].as_array());
        let signed = Signed {
            events: false,
            segments: is_vouched && segments.into_iter().flatten().any(|segment| segment["sig"].is_object()),
            checkpoints: is_vouched && checkpoints.iter().any(is_signed),
        };
        let is_sealed = is_vouched && source.entry(SIGNATURE_OF_TAGS).is_some();
        let is_pinned = assurance.is_some_and(|word| PINNED.contains(&word));
        let anchors = anchors.to_vec();
        let is_sore =
            |finding: &&Finding| finding.code.severity() == Severity::Error || GAPS.contains(&finding.code.name());
        let sore = report.findings().iter().filter(is_sore).cloned().collect();
        let mut survey = Self {
            source,
            manifest,
            streams,
            has_tables,
            checkpoint_path,
            checkpoints,
            signed,
            is_sealed,
            is_pinned,
            sore,
            anchors,
        };
        let first = survey.streams.first().and_then(|stream| stream.segments.first());
        if let Some(first) = first.filter(|_| is_vouched) {
            survey.signed.events = survey.lines(first, 1, 1)?.iter().any(is_signed);
        }
        Ok(survey)
    }

    /// Whether something is wrong already whose code begins like this.
    pub(crate) fn has_trouble(&self, code: &str) -> bool {
        self.sore.iter().any(|finding| finding.code.name().starts_with(code))
    }

    /// Whether a head from outside covers a record.
    pub(crate) fn is_anchored(&self, stream: &str, seq: u64) -> bool {
        self.anchors.iter().any(|(id, head)| id == stream && *head >= seq)
    }

    /// The bytes of some lines of a segment, one behind the other, without their ends.
    pub(crate) fn lines(&self, segment: &Segment, from: u64, count: u64) -> Result<Vec<Vec<u8>>, Halt> {
        let mut found = Vec::new();
        for run in runs(unpacked(self.source, &segment.path, segment.packing)?, &LINE_LIMITS) {
            let run = run?;
            for line in run.lines().filter(|line| (from..from.saturating_add(count)).contains(&line.number)) {
                found.push(line.bytes.to_vec());
            }
            if u64::try_from(found.len()).unwrap_or(u64::MAX) >= count {
                break;
            }
        }
        Ok(found)
    }
}

/// Findings that are no errors and make a place where numbers are missing.
const GAPS: [&str; 3] = ["UNVERIFIABLE_SPAN", "SEQUENCE_GAP", "ARCHIVE_ABSENT"];
/// Assurances that somebody outside the bundle stands behind.
const PINNED: [&str; 2] = ["SIGNED_PINNED", "ANCHORED"];
/// Assurances that no key and no anchor stands behind.
const UNVOUCHED: [&str; 2] = ["NO_EVIDENCE", "CONSISTENT"];

/// A segment as the audit manifest names it.
struct Stated {
    path: String,
    stream_id: String,
    packing: Option<Packing>,
    /// Its lines can be read.
    is_lines: bool,
    /// It is a table, of which no copy is damaged.
    is_table: bool,
}

fn stated_segments(manifest: Option<&Value>) -> Vec<Stated> {
    let segments = manifest.and_then(|manifest| manifest["segments"].as_array());
    let stated = |segment: &Value| {
        let (path, stream_id) = (segment["path"].as_str()?.to_owned(), segment["stream_id"].as_str()?.to_owned());
        let form = Form::stated(&path, segment["media_type"].as_str(), segment["compression"].as_str());
        let lines = form.filter(|form| !form.layout.is_table());
        let packing = form.and_then(|form| form.packing);
        Some(Stated {
            path,
            stream_id,
            packing,
            is_lines: lines.is_some(),
            is_table: form.is_some() && lines.is_none(),
        })
    };
    segments.map(|segments| segments.iter().filter_map(stated).collect()).unwrap_or_default()
}

/// Counts the lines of a segment. Says whether it is there and whole; if not, it is damaged enough.
fn take_segment(
    source: &dyn Source,
    stated: &Stated,
    streams: &mut BTreeMap<String, Stream>,
    gauge: &Gauge<'_>,
) -> Result<bool, Halt> {
    if source.entry(&stated.path).is_none() {
        return Ok(false);
    }
    let (mut lines, mut ends): (u64, Option<(u64, u64)>) = (0, None);
    for run in runs(unpacked(source, &stated.path, stated.packing)?, &LINE_LIMITS) {
        let run = match run {
            Ok(run) => run,
            Err(fault) if fault.trouble().is_some() => return Ok(false),
            Err(fault) => return Err(fault.into()),
        };
        gauge.pulse()?;
        let mut last = None;
        for line in run.lines() {
            if line.trouble == Some(LineTrouble::TooLong) {
                return Ok(false);
            }
            lines += 1;
            if ends.is_none() {
                ends = Record::read(line.bytes).and_then(|record| record.seq()).map(|seq| (seq, seq));
            }
            last = Some(line);
        }
        let seq = last.and_then(|line| Record::read(line.bytes)?.seq());
        if let (Some((_, end)), Some(seq)) = (&mut ends, seq) {
            *end = seq.max(*end);
        }
    }
    // A segment without any record is no place to do damage.
    let Some((first_seq, last_seq)) = ends else { return Ok(true) };
    let stream = streams.entry(stated.stream_id.clone()).or_insert_with(|| Stream {
        id: stated.stream_id.clone(),
        segments: Vec::new(),
        lines: 0,
        first_seq,
        last_seq,
        checkpoints: Vec::new(),
    });
    stream.lines += lines;
    stream.first_seq = stream.first_seq.min(first_seq);
    stream.last_seq = stream.last_seq.max(last_seq);
    stream.segments.push(Segment { path: stated.path.clone(), packing: stated.packing, lines, first_seq });
    Ok(true)
}

/// A whole small file; nothing if it is not there, damaged or too large.
fn optional(source: &dyn Source, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, Halt> {
    if source.entry(name).is_none() {
        return Ok(None);
    }
    match source.read(name, max_bytes) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(fault) if fault.trouble().is_some() || matches!(fault, ReadFault::TooLarge { .. }) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}
