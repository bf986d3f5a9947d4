//! What a verdict rests on, as a stored report says it: the part that the page shows beside keys and anchors.

use serde::Deserialize;

/// What the verdict rests on, as far as the page shows it.
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
    /// `pinned`, `unpinned` or `revoked`.
    #[serde(default)]
    pub(crate) standing: String,
}

/// What became of an anchor.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AnchorOutcome {
    pub(crate) stream_id: String,
    pub(crate) last_seq: u64,
    pub(crate) origin: String,
    pub(crate) outcome: String,
}

/// Records in a row and who vouches for them.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reached {
    pub(crate) stream_id: String,
    pub(crate) from_seq: u64,
    pub(crate) to_seq: u64,
    /// `anchored`, `pinned`, `signed` or `nobody`.
    pub(crate) by: String,
}
