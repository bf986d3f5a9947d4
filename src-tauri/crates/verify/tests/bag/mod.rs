//! A small bundle in memory that tests can damage: records, chain, segments, checkpoints, manifests.
//!
//! A [`Draft`] holds lines and statements apart, so that a test can change the one and restate the other, as an
//! attacker would. [`Draft::bag`] writes the bag around it and keeps the container consistent.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_collect,
    clippy::must_use_candidate,
    reason = "each test file uses its part, and tests may stop at the first surprise"
)]

pub mod signing;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

use bundle::{Entry, Limits, Profile, ReadFault, Trouble};
use integrity::canonical::{scan, to_canonical};
use integrity::{Digest, Digest512, chain, merkle};
use serde_json::{Value as Json, json};
use verify::{Anchor, MemorySpill, NoOnlooker, NoProgress, Options, Report, Source, Trust};

pub const STREAM: &str = "2fa91425-cb00-4853-9d2c-67eda13ffe79";
pub const OTHER_STREAM: &str = "11111111-2222-4333-8444-555555555555";
pub const DAY_SECONDS: i64 = 86_400;

/// Files in memory.
#[derive(Clone, Debug)]
pub struct Bag {
    entries: Vec<Entry>,
    files: BTreeMap<String, Vec<u8>>,
    pub troubles: Vec<Trouble>,
    pub profile: Profile,
    /// What it is checked with.
    pub trust: Trust,
    pub anchors: Vec<Anchor>,
    pub limits: Limits,
}

impl Bag {
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut bag = Self {
            entries: Vec::new(),
            files,
            troubles: Vec::new(),
            profile: Profile::AuditBundle1,
            trust: Trust::default(),
            anchors: Vec::new(),
            limits: Limits::standard(),
        };
        bag.list();
        bag
    }

    fn list(&mut self) {
        let size = |bytes: &Vec<u8>| u64::try_from(bytes.len()).unwrap();
        self.entries =
            self.files.iter().map(|(name, bytes)| Entry { name: name.clone(), size_bytes: size(bytes) }).collect();
    }

    pub fn set(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(name.to_owned(), bytes.into());
        self.list();
    }

    pub fn remove(&mut self, name: &str) {
        self.files.remove(name).unwrap();
        self.list();
    }

    pub fn get(&self, name: &str) -> &[u8] {
        &self.files[name]
    }

    pub fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// Replaces text in a file without refreshing anything.
    pub fn edit(&mut self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.get(name).to_vec()).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        self.set(name, text.replacen(from, to, 1));
    }

    pub fn check(&self) -> Report {
        let (trust, anchors) = (self.trust.clone(), self.anchors.clone());
        let options = Options { workers: 2, trust, anchors, ..Options::new([9; 16]) };
        verify::check(self, &options, &NoOnlooker, &NoProgress, &mut MemorySpill::new()).unwrap()
    }
}

impl Source for Bag {
    fn profile(&self) -> Profile {
        self.profile
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        match self.files.get(name) {
            Some(bytes) => Ok(Box::new(bytes.as_slice())),
            None => Err(ReadFault::NoSuchEntry { name: name.to_owned() }),
        }
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        let bytes = self.files.get(name).ok_or_else(|| ReadFault::NoSuchEntry { name: name.to_owned() })?;
        if u64::try_from(bytes.len()).unwrap() > max_bytes {
            return Err(ReadFault::TooLarge { name: name.to_owned(), limit_bytes: max_bytes });
        }
        Ok(bytes.clone())
    }
}

pub fn check(source: &dyn Source) -> Report {
    let options = Options { workers: 2, ..Options::new([9; 16]) };
    verify::check(source, &options, &NoOnlooker, &NoProgress, &mut MemorySpill::new()).unwrap()
}

/// The codes of a report, each once, sorted by name.
pub fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<_> = report.findings().iter().map(|finding| finding.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[derive(Clone, Debug)]
pub struct Segment {
    pub path: String,
    pub stream_id: String,
    pub lines: Vec<Vec<u8>>,
}

/// Lines and statements of a bundle before it is put into a bag.
#[derive(Clone, Debug)]
pub struct Draft {
    pub segments: Vec<Segment>,
    pub checkpoints: Vec<Vec<u8>>,
    pub manifest: Json,
    /// The list of keys.
    pub keys: Json,
}

/// Makes ids that differ from each other and are the same in every run of one test.
fn id(number: u64) -> String {
    let digest = Digest::of(&number.to_le_bytes()).to_hex();
    format!("{}-{}-4{}-8{}-{}", &digest[..8], &digest[8..12], &digest[13..16], &digest[17..20], &digest[20..32])
}

/// A time `seconds` after 2026-03-02T00:00:00Z.
pub fn time(seconds: i64) -> String {
    model_time(1_772_409_600 + seconds)
}

fn model_time(epoch_seconds: i64) -> String {
    model::Instant::from_utc_nanos(epoch_seconds * 1_000_000_000).text().to_owned()
}

/// A record without its hash.
pub fn record(stream_id: &str, seq: u64, prev: &str, seconds: i64) -> Json {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    json!({
        "audit_log_version": "1.0",
        "stream_id": stream_id,
        "seq": seq,
        "prev_hash": prev,
        "nonce": "EYnWmUYEh18SF2QD0zxOog",
        "event": {
            "event_id": id(NEXT.fetch_add(1, Ordering::Relaxed)),
            "event_type": "phi_access",
            "timestamp": time(seconds),
            "action": "read",
            "outcome": "success",
            "actor": {"id": "u-1041", "display": "Zoë"},
            "patient_ids": ["MRN-1"],
        },
    })
}

/// The line of a record with its own hash.
pub fn hashed(mut record: Json) -> Vec<u8> {
    record.as_object_mut().unwrap().remove("hash");
    let text = to_canonical(&record).unwrap();
    record["hash"] = json!(chain::event_hash(&scan(&text).unwrap()).to_hex());
    to_canonical(&record).unwrap()
}

pub fn parsed(line: &[u8]) -> Json {
    serde_json::from_slice(line).unwrap()
}

fn hash_of(line: &[u8]) -> String {
    parsed(line)["hash"].as_str().unwrap().to_owned()
}

fn leaf(line: &[u8]) -> Digest {
    scan(line).unwrap().preimage().leaf_hash()
}

impl Draft {
    /// One stream of `count` records in segments of `per_segment`, with a checkpoint after each segment.
    pub fn new(count: u64, per_segment: usize) -> Self {
        let mut draft =
            Self { segments: Vec::new(), checkpoints: Vec::new(), manifest: Json::Null, keys: json!({"keys": []}) };
        draft.add_stream(STREAM, count, per_segment);
        draft.checkpoint_every(per_segment);
        draft.restate();
        draft
    }

    /// Adds a stream; a record every ten minutes.
    pub fn add_stream(&mut self, stream_id: &str, count: u64, per_segment: usize) {
        let mut prev = chain::genesis(stream_id).to_hex();
        let mut lines = Vec::new();
        for seq in 1..=count {
            let line = hashed(record(stream_id, seq, &prev, i64::try_from(seq).unwrap() * 600));
            prev = hash_of(&line);
            lines.push(line);
        }
        for lines in lines.chunks(per_segment) {
            let path = format!("data/events/segment-{:06}.ndjson", self.segments.len() + 1);
            self.segments.push(Segment { path, stream_id: stream_id.to_owned(), lines: lines.to_vec() });
        }
    }

    pub fn lines_of(&self, stream_id: &str) -> Vec<Vec<u8>> {
        let of_stream = self.segments.iter().filter(|segment| segment.stream_id == stream_id);
        of_stream.flat_map(|segment| segment.lines.clone()).collect()
    }

    /// Segment and index of the line that holds a record of the first stream.
    pub fn place(&self, seq: u64) -> (usize, usize) {
        for (segment, found) in self.segments.iter().enumerate() {
            for (line, bytes) in found.lines.iter().enumerate() {
                if serde_json::from_slice::<Json>(bytes).is_ok_and(|json| json["seq"] == seq) {
                    return (segment, line);
                }
            }
        }
        panic!("no record {seq}");
    }

    pub fn line_mut(&mut self, seq: u64) -> &mut Vec<u8> {
        let (segment, line) = self.place(seq);
        &mut self.segments[segment].lines[line]
    }

    /// Changes a record and leaves its hash as it was.
    pub fn change(&mut self, seq: u64, change: impl FnOnce(&mut Json)) {
        let line = self.line_mut(seq);
        let mut record = parsed(line);
        change(&mut record);
        *line = to_canonical(&record).unwrap();
    }

    /// Changes a record and gives it a new hash.
    pub fn rehash(&mut self, seq: u64, change: impl FnOnce(&mut Json)) {
        self.change(seq, change);
        let line = self.line_mut(seq);
        *line = hashed(parsed(line));
    }

    /// Takes records out.
    pub fn delete(&mut self, seqs: std::ops::RangeInclusive<u64>) {
        for seq in seqs {
            let (segment, line) = self.place(seq);
            self.segments[segment].lines.remove(line);
        }
    }

    /// Computes the chain of a stream anew, as it stands.
    pub fn rechain(&mut self, stream_id: &str) {
        let mut prev = None;
        for segment in self.segments.iter_mut().filter(|segment| segment.stream_id == stream_id) {
            for line in &mut segment.lines {
                let mut record = parsed(line);
                if let Some(prev) = prev {
                    record["prev_hash"] = Json::String(prev);
                }
                *line = hashed(record);
                prev = Some(hash_of(line));
            }
        }
    }

    /// Makes checkpoints for every stream anew: one after each `every` records and one at the end.
    pub fn checkpoint_every(&mut self, every: usize) {
        self.checkpoints.clear();
        let mut ids: Vec<_> = self.segments.iter().map(|segment| segment.stream_id.clone()).collect();
        ids.dedup();
        for stream_id in ids {
            let lines = self.lines_of(&stream_id);
            let mut prev = chain::checkpoint_genesis(&stream_id).to_hex();
            for end in (1..=lines.len()).filter(|end| end % every == 0 || *end == lines.len()) {
                let last = parsed(&lines[end - 1]);
                let leaves: Vec<_> = lines[..end].iter().map(|line| leaf(line)).collect();
                let timestamp = last["event"]["timestamp"].as_str().unwrap();
                let line = hashed(json!({
                    "type": "checkpoint", "checkpoint_version": "1.0", "checkpoint_id": id(u64::MAX - u64::try_from(end).unwrap()),
                    "stream_id": stream_id, "timestamp": format!("{}T23:59:59Z", &timestamp[..10]),
                    "from_seq": parsed(&lines[0])["seq"], "last_seq": last["seq"],
                    "last_event_id": last["event"]["event_id"], "last_hash": last["hash"],
                    "record_count": end, "merkle_root": merkle::root(&leaves).to_hex(), "result": "pass",
                    "verifier": {"name": "nightly", "version": "1"}, "prev_checkpoint_hash": prev,
                }));
                prev = hash_of(&line);
                self.checkpoints.push(line);
            }
        }
    }

    /// Changes a checkpoint and computes the hashes of it and the later ones anew.
    pub fn recheckpoint(&mut self, index: usize, change: impl FnOnce(&mut Json)) {
        let mut checkpoint = parsed(&self.checkpoints[index]);
        change(&mut checkpoint);
        self.checkpoints[index] = hashed(checkpoint);
        for at in index + 1..self.checkpoints.len() {
            let mut next = parsed(&self.checkpoints[at]);
            next["prev_checkpoint_hash"] = json!(hash_of(&self.checkpoints[at - 1]));
            self.checkpoints[at] = hashed(next);
        }
    }

    /// States everything as it is: what an attacker does who knows the format.
    pub fn restate(&mut self) {
        let mut ids: Vec<_> = self.segments.iter().map(|segment| segment.stream_id.clone()).collect();
        ids.dedup();
        let streams: Vec<_> = ids.iter().map(|stream_id| self.stream_entry(stream_id)).collect();
        self.manifest = json!({
            "format": "audit-bundle/1.0", "bundle_id": "244caf9c-4dab-4481-b253-edc618187993",
            "created": "2026-06-01T00:00:00Z", "producer": {"name": "test", "version": "1"},
            "source": {"organization": "Example Clinic", "system": "ehr-web", "timezone": "UTC"},
            "period": {"start": time(0), "end": time(DAY_SECONDS)}, "signature_policy": "none",
            "streams": streams, "segments": [],
            "checkpoints": {"path": "data/checkpoints/checkpoints.ndjson", "count": self.checkpoints.len()},
            "keys": {"path": "data/keys/keys.json"},
        });
        self.restate_segments();
    }

    fn stream_entry(&self, stream_id: &str) -> Json {
        let lines = self.lines_of(stream_id);
        let genesis = chain::genesis(stream_id).to_hex();
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return json!({"stream_id": stream_id, "genesis_hash": genesis, "record_count": 0});
        };
        let (first, last) = (parsed(first), parsed(last));
        json!({
            "stream_id": stream_id, "genesis_hash": genesis, "first_seq": first["seq"], "last_seq": last["seq"],
            "first_prev_hash": first["prev_hash"], "last_hash": last["hash"], "record_count": lines.len(),
        })
    }

    /// States the segments as they are and leaves the streams as they were stated.
    pub fn restate_segments(&mut self) {
        let entries: Vec<_> = self.segments.iter().map(segment_entry).collect();
        self.manifest["segments"] = Json::Array(entries);
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for segment in &self.segments {
            files.insert(segment.path.clone(), joined(&segment.lines));
        }
        files.insert("data/checkpoints/checkpoints.ndjson".to_owned(), joined(&self.checkpoints));
        files.insert("data/keys/keys.json".to_owned(), to_canonical(&self.keys).unwrap());
        files.insert("data/audit-manifest.json".to_owned(), to_canonical(&self.manifest).unwrap());
        files
    }

    pub fn bag(&self) -> Bag {
        wrapped(self.files())
    }
}

fn segment_entry(segment: &Segment) -> Json {
    let bytes = joined(&segment.lines);
    let (Some(first), Some(last)) = (segment.lines.first(), segment.lines.last()) else {
        return json!({"path": segment.path, "stream_id": segment.stream_id, "rows": 0, "bytes": 0, "sha256": Digest::of(b"").to_hex()});
    };
    let leaves: Option<Vec<_>> =
        segment.lines.iter().map(|line| scan(line).ok().map(|scan| scan.preimage().leaf_hash())).collect();
    let (first, last) = (parsed_or_null(first), parsed_or_null(last));
    let times =
        segment.lines.iter().filter_map(|line| Some(parsed_or_null(line)["event"]["timestamp"].as_str()?.to_owned()));
    json!({
        "path": segment.path, "stream_id": segment.stream_id, "media_type": "application/x-ndjson",
        "compression": "none", "rows": segment.lines.len(), "bytes": bytes.len(), "sha256": Digest::of(&bytes).to_hex(),
        "first_seq": first["seq"], "last_seq": last["seq"], "first_event_id": first["event"]["event_id"],
        "last_event_id": last["event"]["event_id"], "first_prev_hash": first["prev_hash"], "last_hash": last["hash"],
        "merkle_root": merkle::root(&leaves.unwrap_or_default()).to_hex(),
        "min_timestamp": times.clone().min(), "max_timestamp": times.max(),
    })
}

fn parsed_or_null(line: &[u8]) -> Json {
    serde_json::from_slice(line).unwrap_or(Json::Null)
}

pub fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect()
}

/// The bag of a draft whose segments are packed; `change` may bend the packed files before they are stated.
pub fn packed_bag(draft: &Draft, word: &str, pack: &dyn Fn(&[u8]) -> Vec<u8>, change: impl Fn(&mut Vec<u8>)) -> Bag {
    let ending = if word == "gzip" { ".gz" } else { ".zst" };
    let mut files = draft.files();
    let mut manifest = draft.manifest.clone();
    for segment in manifest["segments"].as_array_mut().unwrap() {
        let path = segment["path"].as_str().unwrap().to_owned();
        let content = files.remove(&path).unwrap();
        let mut packed = pack(&content);
        change(&mut packed);
        segment["path"] = json!(format!("{path}{ending}"));
        segment["compression"] = json!(word);
        segment["content_sha256"] = json!(Digest::of(&content).to_hex());
        segment["sha256"] = json!(Digest::of(&packed).to_hex());
        segment["bytes"] = json!(packed.len());
        files.insert(format!("{path}{ending}"), packed);
    }
    files.insert("data/audit-manifest.json".to_owned(), to_canonical(&manifest).unwrap());
    wrapped(files)
}

/// The bag of a draft whose segments are tables, stated as they are.
pub fn table_bag(draft: &Draft, ending: &str, media_type: &str, write: &dyn Fn(&[Vec<u8>]) -> Vec<u8>) -> Bag {
    let mut files = draft.files();
    let mut manifest = draft.manifest.clone();
    for (segment, entry) in draft.segments.iter().zip(manifest["segments"].as_array_mut().unwrap()) {
        files.remove(&segment.path).unwrap();
        let (path, content) = (segment.path.replace(".ndjson", ending), write(&segment.lines));
        entry["path"] = json!(path);
        entry["media_type"] = json!(media_type);
        entry["sha256"] = json!(Digest::of(&content).to_hex());
        entry["bytes"] = json!(content.len());
        files.insert(path, content);
    }
    files.insert("data/audit-manifest.json".to_owned(), to_canonical(&manifest).unwrap());
    wrapped(files)
}

/// Puts payload files into a bag with fresh manifests.
pub fn wrapped(mut files: BTreeMap<String, Vec<u8>>) -> Bag {
    let bytes: usize = files.values().map(Vec::len).sum();
    let list = |hex: &dyn Fn(&[u8]) -> String, files: &BTreeMap<String, Vec<u8>>, payload: bool| {
        let listed = files.iter().filter(|(name, _)| name.starts_with("data/") == payload);
        listed.map(|(name, bytes)| format!("{}  {name}\n", hex(bytes))).collect::<String>()
    };
    let sha256 = |bytes: &[u8]| Digest::of(bytes).to_hex();
    let info = format!(
        "Source-Organization: Example Clinic\nExternal-Identifier: urn:uuid:244caf9c-4dab-4481-b253-edc618187993\n\
         Bagging-Date: 2026-06-01\nPayload-Oxum: {bytes}.{}\nBag-Software-Agent: test\n\
         Audit-Bundle-Format: audit-bundle/1.0\n",
        files.len()
    );
    let manifest = list(&sha256, &files, true);
    let manifest_512 = list(&|bytes| Digest512::of(bytes).to_hex(), &files, true);
    files.insert("bagit.txt".to_owned(), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec());
    files.insert("bag-info.txt".to_owned(), info.into_bytes());
    files.insert("manifest-sha256.txt".to_owned(), manifest.into_bytes());
    files.insert("manifest-sha512.txt".to_owned(), manifest_512.into_bytes());
    let tags = list(&sha256, &files, false);
    files.insert("tagmanifest-sha256.txt".to_owned(), tags.into_bytes());
    Bag::new(files)
}

/// Refreshes the tag manifest after a tag file was changed.
pub fn retag(bag: &mut Bag) {
    let tags: String = bag
        .names()
        .iter()
        .filter(|name| {
            !name.starts_with("data/") && !name.starts_with("signatures/") && !name.starts_with("tagmanifest")
        })
        .map(|name| format!("{}  {name}\n", Digest::of(bag.get(name)).to_hex()))
        .collect();
    bag.set("tagmanifest-sha256.txt", tags);
}
