//! Trust: keys, anchors, remembered heads and past verdicts of one bundle. Counts and fingerprints; of people only those of
//! this office and of the producer who vouched.

use super::{Seal, When};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What this office vouches for, beside what one bundle claims.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TrustPage {
    /// Keys and signers that the bundle names.
    pub claims: Vec<KeyClaim>,
    /// How many more keys it brings than are listed.
    pub claims_untold: u64,
    /// Everything that is or was pinned here.
    pub pins: Vec<PinCard>,
    /// Every anchor that was ever added, those of the bundle's streams first.
    pub anchors: Vec<AnchorCard>,
    /// What imports remember of the bundle's streams.
    pub heads: Vec<HeadCard>,
    /// Verdicts that were reached on the bundle, newest first.
    pub history: Vec<PastVerdict>,
}

/// What a fingerprint stands for here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PinState {
    /// Nobody has compared it: a claim.
    Claim,
    /// Somebody compared it and pinned it.
    Pinned,
    /// It was pinned, and revoked.
    Revoked,
}

/// A key or signer that a bundle names.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeyClaim {
    /// Its fingerprint, as the bundle states it.
    pub fingerprint: String,
    /// "Key", "SSH signer".
    pub kind: String,
    /// What the bundle says of it, as label and value.
    pub says: Vec<(String, String)>,
    /// How many signatures of the bundle fit it.
    pub signatures: u64,
    /// Why no signature can be checked with it.
    pub unfit: Option<String>,
    /// What it is here.
    pub state: PinState,
    /// Whether the key itself is at hand, so that typing a part of its fingerprint is enough.
    pub at_hand: bool,
}

/// Something that is or was pinned.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PinCard {
    /// Its fingerprint.
    pub fingerprint: String,
    /// "Key", "SSH signer", "Time stamp authority".
    pub kind: String,
    /// Whom a certificate names.
    pub subject: Option<String>,
    /// Who vouched for it.
    pub vouched_by: String,
    /// How they were reached.
    pub how: Option<String>,
    /// What else is worth knowing.
    pub note: Option<String>,
    /// How many characters of the fingerprint were typed.
    pub typed: u64,
    /// Who pinned it.
    pub pinned_by: String,
    /// When.
    pub pinned: When,
    /// That it was revoked.
    pub revoked: Option<Revoked>,
    /// Revocations that were set aside when it was pinned again, oldest first.
    pub overruled: Vec<Revoked>,
    /// Whether the bundle names it.
    pub named_here: bool,
}

/// That something pinned is not relied on any more.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Revoked {
    /// From when on.
    pub from: When,
    /// Why.
    pub why: String,
    /// Who revoked it.
    pub by: String,
}

/// What has become of an anchor or a remembered head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AnchorState {
    /// Bundles are held against it.
    Stands,
    /// The certificate behind its time stamp is not relied on.
    Unbacked,
    /// It was withdrawn.
    Withdrawn,
}

/// An anchor.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AnchorCard {
    /// Its number.
    pub number: u64,
    /// The stream.
    pub stream: String,
    /// Number of its last record then.
    pub last_seq: u64,
    /// The event in that record.
    pub last_event_id: String,
    /// The hash of that record.
    pub last_hash: String,
    /// "Typed", "From a file", "Time stamp of …".
    pub origin: String,
    /// Who gave it.
    pub from_whom: Option<String>,
    /// The day it was written, `YYYY-MM-DD`, if that was said.
    pub written_on: Option<String>,
    /// When it came to this office, `YYYY-MM-DD`.
    pub received_on: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added: When,
    /// What has become of it.
    pub state: AnchorState,
    /// Why it was withdrawn.
    pub why: Option<String>,
    /// Whether the bundle holds its stream.
    pub here: bool,
    /// What the newest check made of it, in a few words.
    pub outcome: Option<String>,
}

/// Where a stream ended when a bundle was imported.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HeadCard {
    /// Its number.
    pub number: u64,
    /// The bundle.
    pub bundle: String,
    /// Its name, while it is in the vault.
    pub bundle_name: Option<String>,
    /// Whether it is the bundle that is shown: a bundle is no anchor for itself.
    pub own: bool,
    /// The stream.
    pub stream: String,
    /// Its first record there.
    pub first_seq: u64,
    /// Its last record there.
    pub last_seq: u64,
    /// The hash of the last record.
    pub last_hash: String,
    /// When it was remembered.
    pub remembered: When,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// Why.
    pub why: Option<String>,
}

/// A verdict that was reached.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PastVerdict {
    /// Its number.
    pub number: u64,
    /// When it was reached.
    pub reached: When,
    /// Who was signed in.
    pub by: String,
    /// The seal it had then.
    pub seal: Seal,
    /// The word of that seal.
    pub word: String,
    /// `PASS`, …
    pub integrity: String,
    /// `SIGNED_PINNED`, …; `null` when it failed.
    pub assurance: Option<String>,
    /// Name and version of the program.
    pub program: String,
    /// Fingerprints of pinned keys that made a difference.
    pub keys: Vec<String>,
    /// Numbers of the anchors and heads it was held against.
    pub anchors: Vec<u64>,
    /// Whether it was reached with what is vouched for today.
    pub current: bool,
}

/// A check runs.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CheckStarted {
    /// Its job.
    pub job: u32,
}

/// What a chosen file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TrustFileKind {
    /// A public key, PEM.
    Key,
    /// The certificate of a time stamp authority, PEM.
    Certificate,
    /// An anchor, JSON.
    Anchor,
    /// A time stamp, `.tsr`.
    Token,
}

/// Open the system's chooser for a file of this kind.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TrustFileAsk {
    /// What it is to hold.
    pub kind: TrustFileKind,
}

/// What was chosen, if anything.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MaybeTrustFile {
    /// The file; `null` when the chooser was closed.
    pub file: Option<TrustFile>,
}

/// A file that was read. Its path stays on the program's side.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TrustFile {
    /// Stands for what was read.
    pub token: u32,
    /// The last part of the path.
    pub name: String,
    /// The fingerprint of a key or a certificate.
    pub fingerprint: Option<String>,
    /// What the file says, as label and value.
    pub says: Vec<(String, String)>,
}

/// Pin a key, a signer or a certificate.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PinAsk {
    /// Its whole fingerprint, as it was shown or typed.
    pub fingerprint: String,
    /// What a person typed of it: at least its last 8 characters; all of it if the key is not at hand.
    pub typed: String,
    /// Who vouched for it.
    pub vouched_by: String,
    /// How they were reached; may be empty.
    pub how: String,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// The bundle that brings the key, if one does.
    pub bundle: Option<String>,
    /// The chosen file that holds it, if one does.
    pub file: Option<u32>,
}

/// Revoke what is pinned.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RevokeAsk {
    /// Its fingerprint.
    pub fingerprint: String,
    /// From when on: RFC 3339, or a day in the zone that times are shown in.
    pub from: String,
    /// Why.
    pub why: String,
}

/// Add an anchor: from a chosen file, or as it was typed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AnchorAsk {
    /// The chosen anchor file; then what was typed of the head is not read.
    pub file: Option<u32>,
    /// The chosen time stamp over that file.
    pub stamp: Option<u32>,
    /// The stream.
    pub stream: String,
    /// Number of its last record.
    pub last_seq: String,
    /// The event in that record.
    pub last_event_id: String,
    /// The hash of that record.
    pub last_hash: String,
    /// Who gave it; may be empty.
    pub from_whom: String,
    /// The day it was written, `YYYY-MM-DD`; may be empty.
    pub written_on: String,
    /// The day it came to this office, `YYYY-MM-DD`.
    pub received_on: String,
}

/// Withdraw an anchor or a remembered head.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WithdrawAsk {
    /// Its number.
    pub number: u64,
    /// Why.
    pub why: String,
}
