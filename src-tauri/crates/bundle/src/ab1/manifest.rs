//! A table: the shape of `data/audit-manifest.json` (formats 1.6).
//!
//! Unknown members are tolerated; what an empty segment or a sparse producer can leave out is optional. Duplicate
//! members, canonical form and the truth of every number are `verify`'s business. Nothing here is a person's
//! identifier; event ids are kept as text.

use serde::Deserialize;

use crate::json::objects_only;

/// Where the manifest lies in a bundle.
pub const AUDIT_MANIFEST_NAME: &str = "data/audit-manifest.json";

/// The audit manifest: what the producer states about the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Manifest {
    /// `audit-bundle/1.0`.
    pub format: String,
    /// UUID of the bundle.
    pub bundle_id: String,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// The program that made it.
    pub producer: Option<Producer>,
    /// The system whose log it is.
    pub source: Option<Source>,
    /// The time it covers.
    pub period: Option<Period>,
    /// `none`, `per-event`, `per-segment` or `per-checkpoint`.
    pub signature_policy: Option<String>,
    /// The hash chains.
    pub streams: Vec<Stream>,
    /// The files with records.
    pub segments: Vec<Segment>,
    /// The checkpoint file.
    pub checkpoints: Option<Checkpoints>,
    /// The file with the producer's public keys.
    pub keys: Option<Keys>,
    /// Batches that were archived elsewhere.
    #[serde(default)]
    pub archives: Vec<Archive>,
    /// How row checksums are made (formats 1.10), as it stands.
    pub row_checksum: Option<serde_json::Value>,
}

/// The program that made a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Producer {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// The system whose log it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Source {
    /// The organization that runs it.
    pub organization: Option<String>,
    /// Its name.
    pub system: Option<String>,
    /// Its time zone, an IANA name.
    pub timezone: Option<String>,
}

/// A span of time, RFC 3339 texts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Period {
    /// Its beginning.
    pub start: Option<String>,
    /// Its end.
    pub end: Option<String>,
}

/// One hash chain.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Stream {
    /// UUID of the stream.
    pub stream_id: String,
    /// The value that stands before seq 1.
    pub genesis_hash: Option<String>,
    /// Number of its first record here.
    pub first_seq: Option<u64>,
    /// Number of its last record here.
    pub last_seq: Option<u64>,
    /// `prev_hash` of its first record here.
    pub first_prev_hash: Option<String>,
    /// `hash` of its last record here.
    pub last_hash: Option<String>,
    /// Records in this bundle.
    pub record_count: Option<u64>,
    /// The bundle that holds the part before.
    pub previous_bundle_id: Option<String>,
}

/// One file with records.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Segment {
    /// Path in the bundle.
    pub path: String,
    /// The chain its records belong to.
    pub stream_id: String,
    /// `application/x-ndjson`, `text/csv` or `application/vnd.apache.parquet`.
    pub media_type: Option<String>,
    /// `none`, `zstd` or `gzip`.
    pub compression: Option<String>,
    /// Records in it.
    pub rows: Option<u64>,
    /// Size of the file as stored.
    pub bytes: Option<u64>,
    /// SHA-256 of the file as stored, hex.
    pub sha256: Option<String>,
    /// SHA-256 of the unpacked bytes, hex; stated where it is compressed.
    pub content_sha256: Option<String>,
    /// Number of its first record.
    pub first_seq: Option<u64>,
    /// Number of its last record.
    pub last_seq: Option<u64>,
    /// Id of its first event.
    pub first_event_id: Option<String>,
    /// Id of its last event.
    pub last_event_id: Option<String>,
    /// `prev_hash` of its first record.
    pub first_prev_hash: Option<String>,
    /// `hash` of its last record.
    pub last_hash: Option<String>,
    /// Root of the RFC 9162 tree over its records.
    pub merkle_root: Option<String>,
    /// Earliest `timestamp` in it.
    pub min_timestamp: Option<String>,
    /// Latest `timestamp` in it.
    pub max_timestamp: Option<String>,
    /// Signature over this entry.
    pub sig: Option<Signature>,
}

/// The checkpoint file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Checkpoints {
    /// Path in the bundle.
    pub path: String,
    /// Checkpoints in it.
    pub count: Option<u64>,
}

/// The file with the producer's public keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Keys {
    /// Path in the bundle.
    pub path: String,
}

/// A batch that was archived elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Archive {
    /// UUID of the archive.
    pub archive_id: Option<String>,
    /// The chain its records belong to.
    pub stream_id: String,
    /// Where it is said to lie. Opaque: it is shown and never opened.
    pub location: Option<String>,
    /// Path in the bundle, where it is present.
    pub path: Option<String>,
    /// SHA-256 of the file, hex.
    pub sha256: Option<String>,
    /// Records in it.
    pub rows: Option<u64>,
    /// Number of its first record.
    pub first_seq: Option<u64>,
    /// Number of its last record.
    pub last_seq: Option<u64>,
    /// `prev_hash` of its first record.
    pub first_prev_hash: Option<String>,
    /// `hash` of its last record.
    pub last_hash: Option<String>,
    /// Root of the RFC 9162 tree over its records.
    pub merkle_root: Option<String>,
    /// What kind of file it is.
    pub media_type: Option<String>,
    /// When it was archived.
    pub archived_at: Option<String>,
    /// How long it is kept.
    pub retention_until: Option<String>,
    /// Whether it lies in this bundle.
    pub present: Option<bool>,
}

/// A signature with the key it names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct Signature {
    /// Algorithm.
    pub alg: String,
    /// Fingerprint of the key.
    pub kid: String,
    /// The signature, base64.
    pub value: String,
}

objects_only!(Manifest, Producer, Source, Period, Stream, Segment, Checkpoints, Keys, Archive, Signature);
