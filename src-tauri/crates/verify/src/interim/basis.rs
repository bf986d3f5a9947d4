//! What an interim state was reached with, as one digest: the program, the inputs, and the bundle as far as it is read
//! before its records.
//!
//! Whatever can change what the pass over the records makes of them belongs in here. The segments themselves are named
//! by path and size; that their bytes are the same is what the caller vouches for.

use std::collections::BTreeMap;

use bundle::Trouble;
use integrity::Digest;
use integrity::keys::{Algorithm, PublicKey};
use serde::Serialize;

use crate::anchors::{Anchor, Origin};
use crate::claims::Claims;
use crate::hands::Options;
use crate::pass::Taken;
use crate::record::Judge;
use crate::sums::FileSum;
use crate::trust::{Trust, Vouching};
use crate::work::Work;

#[derive(Serialize)]
struct Basis<'a> {
    program: &'a str,
    profile: &'a str,
    entries: Vec<(&'a str, u64)>,
    troubles: &'a [Trouble],
    /// Every limit, in words.
    limits: String,
    /// Digests of the files that were read whole, the audit manifest and the list of keys among them.
    sums: &'a BTreeMap<String, FileSum>,
    /// The segments in the order in which they are read, and what is done with each.
    segments: Vec<(&'a str, String)>,
    fingerprint_key: [u8; 16],
    clock_tolerance_nanos: i64,
    pins: Pins<'a>,
    anchors: Vec<Held<'a>>,
    /// What the signatures of records are checked for.
    is_signature_required: bool,
    known_at: Option<i64>,
    /// What of the records is kept for checkpoints, anchors and trees.
    marked: &'a BTreeMap<String, Vec<u64>>,
    leaves: bool,
    /// What checkpoints and archives came to.
    start: &'a Taken,
}

/// Kid, key, algorithm, revocation, who vouches.
type PinnedKey<'a> = (String, Option<&'a [u8]>, Option<&'static str>, Option<i64>, Vouched<'a>);
/// By whom and on which day.
type Vouched<'a> = (Option<&'a str>, Option<&'a str>);

#[derive(Serialize)]
struct Pins<'a> {
    keys: Vec<PinnedKey<'a>>,
    ssh_keys: Vec<(&'a str, Option<i64>, Vouched<'a>)>,
    authorities: Vec<(&'a [u8], Option<i64>, Vouched<'a>)>,
}

#[derive(Serialize)]
struct Held<'a> {
    stream_id: &'a str,
    last_seq: u64,
    last_hash: Digest,
    last_event_id: Option<&'a str>,
    origin: &'static str,
    stamped_at: Option<&'a str>,
    remembered: Option<Remembered<'a>>,
}

/// Day, export, id, first record, whether it came later.
type Remembered<'a> = (&'a str, Digest, Option<&'a str>, Option<(u64, Digest)>, bool);

/// The digest; `None` only if it cannot be written down, and then nothing is gone on from.
pub(super) fn digest(
    program: &str,
    work: &Work<'_>,
    claims: &Claims,
    judge: &Judge<'_>,
    known_at: Option<i64>,
    start: &Taken,
) -> Option<Digest> {
    let Options { trust, anchors, .. } = work.options;
    let source = work.source;
    let segments = claims.segments.iter();
    let basis = Basis {
        program,
        profile: source.profile().name(),
        entries: source.entries().iter().map(|entry| (entry.name.as_str(), entry.size_bytes)).collect(),
        troubles: source.troubles(),
        limits: format!("{:?}", source.limits()),
        sums: work.sums(),
        segments: segments.map(|claim| (claim.path.as_str(), format!("{:?} {:?}", claim.state, claim.form))).collect(),
        fingerprint_key: judge.fingerprint_key,
        clock_tolerance_nanos: work.options.clock_tolerance_nanos(),
        pins: pins(trust),
        anchors: anchors.iter().map(held).collect(),
        is_signature_required: judge.seal.is_required,
        known_at,
        marked: judge.marked,
        leaves: judge.leaves,
        start,
    };
    postcard::to_stdvec(&basis).ok().map(|bytes| Digest::of(&bytes))
}

fn pins(trust: &Trust) -> Pins<'_> {
    let keys = trust.keys.iter().map(|pinned| {
        let (key, algorithm) = (pinned.key.as_ref().map(PublicKey::spki), pinned.algorithm.map(Algorithm::name));
        (pinned.kid.to_string(), key, algorithm, pinned.revoked_from, vouched(&pinned.vouching))
    });
    let ssh_keys = trust.ssh_keys.iter();
    let authorities = trust.authorities.iter();
    Pins {
        keys: keys.collect(),
        ssh_keys: ssh_keys
            .map(|pinned| (pinned.fingerprint.as_str(), pinned.revoked_from, vouched(&pinned.vouching)))
            .collect(),
        authorities: authorities
            .map(|pinned| (pinned.certificate.der(), pinned.revoked_from, vouched(&pinned.vouching)))
            .collect(),
    }
}

fn vouched(vouching: &Vouching) -> Vouched<'_> {
    (vouching.by.as_deref(), vouching.on.as_deref())
}

fn held(anchor: &Anchor) -> Held<'_> {
    let (stamped_at, remembered) = match &anchor.origin {
        Origin::Typed | Origin::File => (None, None),
        Origin::Stamped { at } => (Some(at.as_str()), None),
        Origin::Remembered(head) => {
            (None, Some((head.on.as_str(), head.export, head.bundle_id.as_deref(), head.first, head.came_later)))
        }
    };
    Held {
        stream_id: &anchor.stream_id,
        last_seq: anchor.last_seq,
        last_hash: anchor.last_hash,
        last_event_id: anchor.last_event_id.as_deref(),
        origin: anchor.origin_word(),
        stamped_at,
        remembered,
    }
}
