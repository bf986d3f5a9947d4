//! States everything as it stands now: what somebody does who knows the format and rewrites the audit manifest and, if
//! he likes, the checkpoints. Signatures are left as they were, because he has no key.

use std::collections::BTreeMap;
use std::io::Read as _;

use bundle::ReadFault;
use bundle::ab1::AUDIT_MANIFEST_NAME;
use bundle::lines::runs;
use integrity::canonical::to_canonical;
use integrity::merkle::Tree;
use integrity::{Digest, Hasher};
use serde_json::{Value, json};
use verify::Source;

use crate::fault::Halt;
use crate::gauge::Gauge;
use crate::lines::LINE_LIMITS;
use crate::overlay::Overlay;
use crate::record::Record;
use crate::survey::{CHECKPOINTS_BYTES_MAX, Segment, Stream, Survey};

/// Bytes that are hashed at once.
const CHUNK_BYTES: u64 = 256 << 10;

/// What becomes of the checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checkpoints {
    /// They are left.
    Keep,
    /// They are made anew for the records there are; those beyond the end are dropped.
    Renew,
    /// All of the stream are dropped.
    Drop,
}

/// How much is stated anew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Restate {
    /// What segments hold, or only what their files come to.
    pub(crate) records: bool,
    /// The stream's totals.
    pub(crate) totals: bool,
    pub(crate) checkpoints: Checkpoints,
    /// From this number on, numbers have moved up by so many.
    pub(crate) shifted: Option<(u64, u64)>,
}

impl Restate {
    /// Only what the files come to: for lines that no longer are records.
    pub(crate) const FILES: Self =
        Self { records: false, totals: false, checkpoints: Checkpoints::Keep, shifted: None };
    /// The segments; totals and checkpoints still tell the truth.
    pub(crate) const SEGMENTS: Self = Self { records: true, ..Self::FILES };
    /// The whole audit manifest; checkpoints still tell the truth.
    pub(crate) const MANIFEST: Self = Self { totals: true, ..Self::SEGMENTS };
    /// Everything.
    pub(crate) const EVERYTHING: Self = Self { checkpoints: Checkpoints::Renew, ..Self::MANIFEST };
}

/// One end of a run of records.
#[derive(Clone, Debug)]
struct End {
    seq: u64,
    hash: Digest,
    prev: Option<Digest>,
    event_id: Option<String>,
}

/// What a file of records holds.
#[derive(Default)]
struct Facts {
    rows: u64,
    bytes: u64,
    /// Of the file as it is stored.
    sha256: Option<Digest>,
    /// Of what it unpacks to.
    content_sha256: Option<Digest>,
    first: Option<End>,
    last: Option<End>,
    tree: Tree,
    timestamps: Option<(String, String)>,
    /// Times are written in more than one way, so that their texts cannot be put in order.
    mixed_times: bool,
}

/// States a stream anew and puts the audit manifest and the checkpoints into the overlay.
pub(crate) fn restate(
    survey: &Survey<'_>,
    overlay: &mut Overlay<'_>,
    stream: &Stream,
    how: Restate,
    gauge: &Gauge<'_>,
) -> Result<(), Halt> {
    let mut checkpoints = Marks::of(survey, stream, how);
    let mut facts: BTreeMap<String, Facts> = BTreeMap::new();
    let mut last_hash = None;
    for segment in &stream.segments {
        let path = &segment.path;
        if overlay.entry(path).is_none() {
            continue;
        }
        let is_touched = overlay.edits(path).is_some();
        if !is_touched && checkpoints.is_done() && !how.totals {
            continue;
        }
        if let Some(reseal) = overlay.edits(path).and_then(|edits| edits.reseal.as_ref())
            && reseal.from_line == 1
            && reseal.prev.is_none()
            && last_hash.is_some()
        {
            let reseal = reseal.clone();
            overlay.lines_mut(segment).reseal = Some(crate::lines::Reseal { prev: last_hash, ..reseal });
        }
        let found = walk(overlay, segment, &mut checkpoints, gauge)?;
        last_hash = found.last.as_ref().map(|end| end.hash).or(last_hash);
        overlay_size(overlay, path, &found, is_touched);
        facts.insert(path.clone(), found);
    }
    let emptied: Vec<_> = facts.iter().filter(|(_, facts)| facts.rows == 0).map(|(path, _)| path.clone()).collect();
    for path in emptied.iter().filter(|_| how.records) {
        overlay.remove(path);
    }
    if let Some(lines) = checkpoints.lines(&current_checkpoints(survey, overlay)) {
        write_checkpoints(survey, overlay, &lines);
    }
    let Some(mut manifest) = current_manifest(survey, overlay) else { return Ok(()) };
    if let Some(segments) = manifest["segments"].as_array_mut() {
        segments.retain(|segment| {
            let path = segment["path"].as_str().unwrap_or_default();
            overlay.entry(path).is_some() || !stream.segments.iter().any(|known| known.path == path)
        });
        for segment in segments {
            let found = segment["path"].as_str().and_then(|path| facts.get(path));
            if let Some(found) =
                found.filter(|_| segment["path"].as_str().is_some_and(|path| overlay.edits(path).is_some()))
            {
                state_segment(segment, found, how.records);
            }
        }
    }
    if how.totals {
        state_totals(&mut manifest, stream, &facts);
    }
    put_manifest(overlay, &manifest);
    Ok(())
}

fn overlay_size(overlay: &mut Overlay<'_>, path: &str, facts: &Facts, is_touched: bool) {
    if is_touched {
        overlay.set_size(path, facts.bytes);
    }
}

/// The audit manifest as it stands in the overlay.
pub(crate) fn current_manifest(survey: &Survey<'_>, overlay: &Overlay<'_>) -> Option<Value> {
    survey.manifest.as_ref()?;
    let bytes = overlay.small(AUDIT_MANIFEST_NAME, bundle::limits::AUDIT_MANIFEST_BYTES_MAX)?;
    serde_json::from_slice(&bytes).ok()
}

/// Writes the audit manifest in canonical form.
pub(crate) fn put_manifest(overlay: &mut Overlay<'_>, manifest: &Value) {
    if let Ok(bytes) = to_canonical(manifest) {
        overlay.put(AUDIT_MANIFEST_NAME, bytes);
    }
}

/// The lines of the checkpoint file as they stand in the overlay.
pub(crate) fn current_checkpoints(survey: &Survey<'_>, overlay: &Overlay<'_>) -> Vec<Vec<u8>> {
    let text = overlay.small(&survey.checkpoint_path, CHECKPOINTS_BYTES_MAX).unwrap_or_default();
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

/// Writes the checkpoint file and states how many lines it has.
pub(crate) fn write_checkpoints(survey: &Survey<'_>, overlay: &mut Overlay<'_>, lines: &[Vec<u8>]) {
    let text = lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect();
    overlay.put(&survey.checkpoint_path, text);
    if let Some(mut manifest) = current_manifest(survey, overlay) {
        set(&mut manifest["checkpoints"], "count", json!(lines.len()));
        put_manifest(overlay, &manifest);
    }
}

/// Reads a file of records as it stands now.
fn walk(overlay: &Overlay<'_>, segment: &Segment, marks: &mut Marks, gauge: &Gauge<'_>) -> Result<Facts, Halt> {
    let mut facts = Facts::default();
    let mut hasher = Hasher::new();
    for run in runs(overlay.content(segment)?, &LINE_LIMITS) {
        let run = run?;
        gauge.pulse()?;
        hasher.update(run.bytes());
        facts.bytes += u64::try_from(run.bytes().len()).unwrap_or(u64::MAX);
        for line in run.lines().filter(|line| !line.bytes.is_empty()) {
            facts.rows += 1;
            if let Some(record) = Record::read(line.bytes) {
                facts.take(&record, marks);
            }
        }
    }
    facts.content_sha256 = Some(hasher.finish());
    facts.sha256 = facts.content_sha256;
    if segment.packing.is_some() && overlay.edits(&segment.path).is_some() {
        (facts.sha256, facts.bytes) = as_stored(overlay, &segment.path, gauge)?;
    }
    Ok(facts)
}

/// What a packed file comes to as it is stored: its digest and its size.
fn as_stored(overlay: &Overlay<'_>, path: &str, gauge: &Gauge<'_>) -> Result<(Option<Digest>, u64), Halt> {
    let (mut hasher, mut bytes) = (Hasher::new(), 0);
    let mut stored = overlay.stream(path)?;
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        let count = stored.by_ref().take(CHUNK_BYTES).read_to_end(&mut chunk).map_err(ReadFault::of)?;
        if count == 0 {
            return Ok((Some(hasher.finish()), bytes));
        }
        gauge.pulse()?;
        hasher.update(&chunk);
        bytes += u64::try_from(count).unwrap_or(u64::MAX);
    }
}

impl Facts {
    fn take(&mut self, record: &Record, marks: &mut Marks) {
        let (Some(seq), Some(hash)) = (record.seq(), record.digest("hash")) else { return };
        let leaf = record.leaf();
        self.tree.push_leaf_hash(leaf);
        let end = End { seq, hash, prev: record.digest("prev_hash"), event_id: record.event_text("event_id") };
        marks.take(&end, leaf);
        if let Some(time) = record.event_text("timestamp") {
            let (low, high) = self.timestamps.get_or_insert_with(|| (time.clone(), time.clone()));
            self.mixed_times |= low.len() != time.len() || !time.ends_with('Z');
            if time < *low {
                *low = time;
            } else if time > *high {
                *high = time;
            }
        }
        if self.first.is_none() {
            self.first = Some(end.clone());
        }
        self.last = Some(end);
    }
}

/// Sets a member that is there already: what a producer leaves out stays out.
fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(member) = object.get_mut(name) {
        *member = value;
    }
}

fn state_segment(segment: &mut Value, facts: &Facts, records: bool) {
    set(segment, "bytes", json!(facts.bytes));
    set(segment, "sha256", json!(facts.sha256.map(|digest| digest.to_hex())));
    set(segment, "content_sha256", json!(facts.content_sha256.map(|digest| digest.to_hex())));
    if !records {
        return;
    }
    set(segment, "rows", json!(facts.rows));
    set(segment, "merkle_root", json!(facts.tree.root().to_hex()));
    if let (Some(first), Some(last)) = (&facts.first, &facts.last) {
        set(segment, "first_seq", json!(first.seq));
        set(segment, "last_seq", json!(last.seq));
        set(segment, "first_prev_hash", json!(first.prev.map(|digest| digest.to_hex())));
        set(segment, "last_hash", json!(last.hash.to_hex()));
        set(segment, "first_event_id", json!(first.event_id));
        set(segment, "last_event_id", json!(last.event_id));
    }
    match (&facts.timestamps, segment.as_object_mut()) {
        (Some((low, high)), _) if !facts.mixed_times => {
            set(segment, "min_timestamp", json!(low));
            set(segment, "max_timestamp", json!(high));
        }
        // What he cannot state rightly he does not state.
        (_, Some(members)) => {
            members.remove("min_timestamp");
            members.remove("max_timestamp");
        }
        _ => {}
    }
}

fn state_totals(manifest: &mut Value, stream: &Stream, facts: &BTreeMap<String, Facts>) {
    let present = || stream.segments.iter().filter_map(|segment| facts.get(&segment.path));
    let rows: u64 = present().map(|facts| facts.rows).sum();
    let first = present().find_map(|facts| facts.first.clone());
    let last = present().filter_map(|facts| facts.last.clone()).next_back();
    let Some(streams) = manifest["streams"].as_array_mut() else { return };
    for entry in streams.iter_mut().filter(|entry| entry["stream_id"].as_str() == Some(&stream.id)) {
        set(entry, "record_count", json!(rows));
        if let (Some(first), Some(last)) = (&first, &last) {
            set(entry, "first_seq", json!(first.seq));
            set(entry, "last_seq", json!(last.seq));
            set(entry, "first_prev_hash", json!(first.prev.map(|digest| digest.to_hex())));
            set(entry, "last_hash", json!(last.hash.to_hex()));
        }
    }
}

/// The checkpoints of a stream while they are made anew.
struct Marks {
    how: Checkpoints,
    stream_id: String,
    shifted: Option<(u64, u64)>,
    /// By the number they end at: the numbers they begin at.
    wanted: BTreeMap<u64, Vec<u64>>,
    /// Trees that are growing, by the number they began at.
    trees: BTreeMap<u64, Tree>,
    found: BTreeMap<(u64, u64), (End, Digest)>,
}

impl Marks {
    fn of(survey: &Survey<'_>, stream: &Stream, how: Restate) -> Self {
        let mut marks = Self {
            how: how.checkpoints,
            stream_id: stream.id.clone(),
            shifted: how.shifted,
            wanted: BTreeMap::new(),
            trees: BTreeMap::new(),
            found: BTreeMap::new(),
        };
        if how.checkpoints == Checkpoints::Renew {
            for checkpoint in survey.checkpoints.iter().filter_map(|line| Record::read(line)) {
                if let Some((from, last)) = marks.span(&checkpoint) {
                    marks.wanted.entry(last).or_default().push(from);
                    marks.trees.entry(from).or_default();
                }
            }
        }
        marks
    }

    fn is_done(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The numbers of a checkpoint of this stream, as they are now.
    fn span(&self, checkpoint: &Record) -> Option<(u64, u64)> {
        let now = |seq: u64| match self.shifted {
            Some((from, shift)) if seq >= from => seq.saturating_add(shift),
            _ => seq,
        };
        let number = |name| checkpoint.get(name)?.as_u64().map(now);
        checkpoint.text("stream_id").filter(|id| *id == self.stream_id)?;
        Some((number("from_seq")?, number("last_seq")?))
    }

    fn take(&mut self, end: &End, leaf: Digest) {
        for (from, tree) in &mut self.trees {
            if *from <= end.seq {
                tree.push_leaf_hash(leaf);
            }
        }
        if let Some(begins) = self.wanted.remove(&end.seq) {
            for from in begins {
                let root = self.trees.get(&from).map_or_else(|| Tree::new().root(), Tree::root);
                self.found.insert((from, end.seq), (end.clone(), root));
                if !self.wanted.values().flatten().any(|open| *open == from) {
                    self.trees.remove(&from);
                }
            }
        }
    }

    /// The lines of the checkpoint file as they are now; nothing if they are left as they were.
    fn lines(&self, current: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
        if self.how == Checkpoints::Keep || current.is_empty() {
            return None;
        }
        // The first one goes on from wherever it went on from.
        let mut prev: Option<Digest> = None;
        let mut lines = Vec::new();
        for line in current {
            let Some((mut checkpoint, (from, last))) =
                Record::read(line).and_then(|checkpoint| Some((checkpoint.clone(), self.span(&checkpoint)?)))
            else {
                lines.push(line.clone());
                continue;
            };
            let Some((end, root)) = self.found.get(&(from, last)).filter(|_| self.how == Checkpoints::Renew) else {
                continue;
            };
            checkpoint.set("from_seq", &json!(from));
            checkpoint.set("last_seq", &json!(last));
            checkpoint.set_text("last_hash", &end.hash.to_hex());
            let stated = [
                ("last_event_id", json!(end.event_id)),
                ("record_count", json!(last - from + 1)),
                ("merkle_root", json!(root.to_hex())),
            ];
            if let Some(prev) = prev {
                checkpoint.set_text("prev_checkpoint_hash", &prev.to_hex());
            }
            for (name, value) in stated {
                if checkpoint.get(name).is_some() {
                    checkpoint.set(name, &value);
                }
            }
            prev = Some(checkpoint.seal());
            lines.push(checkpoint.line());
        }
        Some(lines)
    }
}
