//! What the verdict rests on, as data: which keys signed, which anchors were held against the log, how far both reach,
//! and the heads that a later export can be held against.

use integrity::Digest;
use serde::Serialize;

use crate::anchors::{Origin, Used};
use crate::chain::{Linked, Trace};
use crate::conclude::Outcome;
use crate::pass::SegmentTrace;
use crate::reach::{Reach, Vouched};
use crate::report::ClaimedKey;
use crate::seals::{Detached, Keyring, Seal, Seals};

/// What can be said of a key that signed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStanding {
    /// Somebody has pinned it.
    Pinned,
    /// It is what the bundle says it is, and nobody has compared it.
    Unpinned,
    /// It is revoked.
    Revoked,
}

/// A key with which something in the bundle is signed, and the signatures fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedBy {
    /// Its fingerprint: `sha256:…`, or `SHA256:…` for an SSH key.
    pub kid: String,
    /// The algorithm it is bound to.
    pub algorithm: String,
    /// How many signatures.
    pub signatures: u64,
    /// What can be said of it.
    pub standing: KeyStanding,
    /// Who pinned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned_by: Option<String>,
    /// When it was pinned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned_on: Option<String>,
}

/// An anchor and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnchorUsed {
    /// The stream.
    pub stream_id: String,
    /// The record it names.
    pub last_seq: u64,
    /// The hash that it names of that record.
    pub last_hash: String,
    /// The event id that it names of that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_event_id: Option<String>,
    /// `typed`, `file`, `token` or `remembered`.
    pub origin: &'static str,
    /// The import that left it behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// `agrees`, `goes_on`, `differs`, `beyond`, `elsewhere`, `same_export`, `agrees_only` or `not_compared`.
    pub outcome: &'static str,
}

/// Records in a row and who vouches for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// The stream.
    pub stream_id: String,
    /// The first record.
    pub from_seq: u64,
    /// The last record.
    pub to_seq: u64,
    /// `anchored`, `pinned`, `signed` or `nobody`.
    pub by: &'static str,
}

/// The head of a stream: what a later export can be held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The stream.
    pub stream_id: String,
    /// Its first record in this bundle.
    pub first_seq: u64,
    /// What that record names as its predecessor.
    pub first_prev_hash: String,
    /// Its last record.
    pub last_seq: u64,
    /// The hash of that record.
    pub last_hash: String,
    /// Its event id.
    pub last_event_id: String,
}

/// A time stamp over the whole bundle that was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stamped {
    /// When.
    pub at: String,
    /// The authority, as its pinned certificate names it.
    pub by: String,
}

/// What the verdict rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// SHA-256 of the list of payload files: which export this is.
    pub export: Option<String>,
    /// Keys that the bundle brings. They are claims.
    pub keys: Vec<ClaimedKey>,
    /// How many more it brings than are listed.
    pub keys_untold: u64,
    /// Keys that signed.
    pub signed_by: Vec<SignedBy>,
    /// Anchors that speak of a stream of the bundle, and given ones that do not.
    pub anchors: Vec<AnchorUsed>,
    /// The time stamp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamped: Option<Stamped>,
    /// How far signatures and anchors reach.
    pub reach: Vec<Reached>,
    /// The heads; none if the check failed or was not finished.
    pub heads: Vec<Head>,
}

impl Evidence {
    pub(crate) fn of(outcome: &Outcome<'_>, holds: bool) -> Self {
        let stamp = outcome.detached.stamp.as_ref();
        Self {
            export: outcome.export.map(|digest| digest.to_hex()),
            keys: outcome.claimed.keys.clone(),
            keys_untold: outcome.claimed.untold,
            signed_by: outcome.signed_by.clone(),
            anchors: outcome.anchors.iter().map(anchor_used).collect(),
            stamped: stamp.map(|stamp| Stamped { at: stamp.time.clone(), by: stamp.authority.clone() }),
            reach: outcome.reaches.iter().flat_map(reached).collect(),
            heads: if holds { outcome.heads.clone() } else { Vec::new() },
        }
    }
}

fn anchor_used(used: &Used<'_>) -> AnchorUsed {
    let anchor = used.anchor;
    AnchorUsed {
        stream_id: bundle::escape::visible(&anchor.stream_id).into_owned(),
        last_seq: anchor.last_seq,
        last_hash: anchor.last_hash.to_hex(),
        last_event_id: anchor.last_event_id.as_deref().map(|id| bundle::escape::visible(id).into_owned()),
        origin: anchor.origin_word(),
        since: match &anchor.origin {
            Origin::Remembered(remembered) => Some(bundle::escape::visible(&remembered.on).into_owned()),
            Origin::Typed | Origin::File | Origin::Stamped { .. } => None,
        },
        outcome: used.outcome.word(),
    }
}

fn reached(reach: &Reach) -> impl Iterator<Item = Reached> {
    reach.stretches.iter().map(|stretch| Reached {
        stream_id: reach.stream_id.clone(),
        from_seq: stretch.from,
        to_seq: stretch.to,
        by: match stretch.vouched {
            Vouched::Anchored(_) => "anchored",
            Vouched::Pinned(_) => "pinned",
            Vouched::Signed(_) => "signed",
            Vouched::Nobody => "nobody",
        },
    })
}

/// The head of a stream that holds records.
pub(crate) fn head_of(trace: &Trace, linked: &Linked, segments: &[SegmentTrace]) -> Option<Head> {
    let (first, last) = (linked.kept.first()?, linked.kept.last()?);
    let hash: Digest = last.last_hash?;
    let mut ends = segments.iter().filter_map(|segment| segment.last.as_ref());
    let end = ends.rfind(|end| end.seq == last.last_seq && end.hash == hash);
    Some(Head {
        stream_id: trace.id.clone(),
        first_seq: first.first_seq,
        first_prev_hash: first.first_prev?.to_hex(),
        last_seq: last.last_seq,
        last_hash: hash.to_hex(),
        last_event_id: bundle::escape::visible(&end?.event_id).into_owned(),
    })
}

/// The keys with which something is signed, those of the bundle first.
pub(crate) fn signed_by(keyring: &Keyring, seals: &Seals, detached: &Detached) -> Vec<SignedBy> {
    let shown = |text: &Option<String>| text.as_deref().map(|text| bundle::escape::visible(text).into_owned());
    let used = seals.uses.iter().filter_map(|(index, used)| Some((keyring.keys.get(*index)?, used)));
    let mut signed: Vec<_> = used
        .map(|(key, used)| {
            let is_pinned = key.is_pinned && used.purposes.iter().all(|purpose| key.is_for(*purpose));
            SignedBy {
                kid: key.kid.clone(),
                algorithm: key.algorithm().map(|algorithm| algorithm.name().to_owned()).unwrap_or_default(),
                signatures: used.count,
                standing: match (keyring.is_revoked(key), is_pinned) {
                    (true, _) => KeyStanding::Revoked,
                    (false, true) => KeyStanding::Pinned,
                    (false, false) => KeyStanding::Unpinned,
                },
                pinned_by: shown(&key.vouching.by),
                pinned_on: shown(&key.vouching.on),
            }
        })
        .collect();
    signed.extend(detached.ssh.as_ref().map(|ssh| SignedBy {
        kid: ssh.fingerprint.clone(),
        algorithm: "sshsig".to_owned(),
        signatures: 1,
        standing: match ssh.seal {
            Seal::Pinned(_) => KeyStanding::Pinned,
            Seal::Unpinned(_) if ssh.is_revoked => KeyStanding::Revoked,
            Seal::Unpinned(_) => KeyStanding::Unpinned,
        },
        pinned_by: shown(&ssh.vouching.by),
        pinned_on: shown(&ssh.vouching.on),
    }));
    signed
}
