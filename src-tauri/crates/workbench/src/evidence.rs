//! What a stored report says it rests on: spans, keys, anchors, reach. Read from its document and never written.
//!
//! Members that a report of an older version lacks are empty: nothing is claimed from their absence.

use event_store::RecordSpan;
use serde::Deserialize;

/// A span of one stream in the report.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CoveredSpan {
    pub(crate) source: String,
    pub(crate) stream_id: String,
    /// RFC 3339 in UTC; empty where no time is known.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) from_seq: u64,
    pub(crate) to_seq: u64,
    pub(crate) state: SpanState,
}

impl CoveredSpan {
    /// Its records, for marking rows.
    pub(crate) fn records(&self) -> RecordSpan {
        RecordSpan::Seqs { stream: Some(self.stream_id.clone()), from: self.from_seq, to: self.to_seq }
    }
}

/// What the report says of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SpanState {
    Proven,
    Altered,
    Missing,
    NotCovered,
}

/// What the verdict rests on, as the report keeps it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Evidence {
    #[serde(default)]
    pub(crate) keys: Vec<ClaimedKey>,
    #[serde(default)]
    pub(crate) keys_untold: u64,
    #[serde(default)]
    pub(crate) signed_by: Vec<Signer>,
    #[serde(default)]
    pub(crate) anchors: Vec<AnchorOutcome>,
    #[serde(default)]
    pub(crate) stamped: Option<Stamped>,
    #[serde(default)]
    pub(crate) reach: Vec<Reached>,
}

/// A key that the bundle brings.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ClaimedKey {
    pub(crate) kid: String,
    pub(crate) algorithm: Option<String>,
    #[serde(default)]
    pub(crate) usage: Vec<String>,
    pub(crate) valid: [String; 2],
    pub(crate) revoked_at: Option<String>,
    pub(crate) spki: Option<String>,
    pub(crate) unfit: Option<String>,
}

/// A key with which something is signed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Signer {
    pub(crate) kid: String,
    pub(crate) algorithm: String,
    pub(crate) signatures: u64,
    /// `pinned`, `unpinned` or `revoked`, when the verdict was reached.
    #[serde(default)]
    pub(crate) standing: String,
    #[serde(default)]
    pub(crate) pinned_by: Option<String>,
    #[serde(default)]
    pub(crate) pinned_on: Option<String>,
}

/// An anchor and what became of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AnchorOutcome {
    pub(crate) stream_id: String,
    pub(crate) last_seq: u64,
    /// `typed`, `file`, `token` or `remembered`.
    pub(crate) origin: String,
    pub(crate) outcome: String,
}

/// A time stamp over the whole bundle.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Stamped {
    pub(crate) at: String,
    pub(crate) by: String,
}

/// Records in a row and who vouches for them.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reached {
    pub(crate) stream_id: String,
    #[serde(default)]
    pub(crate) from_seq: u64,
    #[serde(default)]
    pub(crate) to_seq: u64,
    /// `anchored`, `pinned`, `signed` or `nobody`, when the verdict was reached.
    #[serde(default)]
    pub(crate) by: String,
}
