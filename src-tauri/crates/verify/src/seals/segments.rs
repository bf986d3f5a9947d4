//! Signatures over the audit manifest's entries about segments.
//!
//! A signed entry speaks of a segment's bytes, its records and the hash of the last one. It reaches the records only if
//! that hash is the one that stands there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use integrity::Digest;
use integrity::canonical::{Scan, to_canonical};
use integrity::signature::Purpose;
use serde_json::{Map, Value as Json};

use super::Policy;
use super::gather::{Seals, Spot};
use super::keyring::{Keyring, Said, Signed, Wrong};
use crate::claims::{Claims, SegmentState};
use crate::pass::SegmentTrace;
use crate::record::clock;
use crate::work::Work;

/// For each path, the digest of its first entry without its signature.
#[derive(Debug, Default)]
pub(crate) struct Entries(BTreeMap<String, Digest>);

impl Entries {
    /// Reads the entries of a canonical audit manifest.
    pub(crate) fn read(manifest: &Scan<'_>) -> Self {
        let mut digests = BTreeMap::new();
        let segments = manifest.member("segments");
        for entry in segments.iter().flat_map(integrity::canonical::Value::elements) {
            let Ok(mut entry) = serde_json::from_slice::<Map<String, Json>>(entry.text()) else { continue };
            let path = entry.get("path").and_then(Json::as_str).unwrap_or_default().to_owned();
            entry.remove("sig");
            if let Ok(text) = to_canonical(&entry) {
                digests.entry(path).or_insert_with(|| Digest::of(&text));
            }
        }
        Self(digests)
    }
}

/// Checks the signature of every segment's entry.
pub(crate) fn check(
    work: &mut Work<'_>,
    claims: &Claims,
    keyring: &Keyring,
    traces: &[SegmentTrace],
    policy: Policy,
    seals: &mut Seals,
) {
    let trust = &work.options.trust;
    for (claim, trace) in claims.segments.iter().zip(traces) {
        let Some(stated) = &claim.stated else { continue };
        let spot = Spot {
            stream_id: stated.stream_id.clone(),
            file: claim.path.clone(),
            seq: stated.first_seq,
            field: Some("sig".to_owned()),
            ..Spot::default()
        };
        let Some(sig) = &stated.sig else {
            if policy == Policy::PerSegment {
                seals.wrong(Wrong::Missing, None, Purpose::Segment, spot);
            }
            continue;
        };
        let signed = Signed {
            algorithm: Cow::Borrowed(&sig.alg),
            kid: Cow::Borrowed(&sig.kid),
            value: Cow::Borrowed(&sig.value),
        };
        let Some(digest) = claims.entries.0.get(&claim.path) else { continue };
        match keyring.check(trust, Purpose::Segment, digest, &signed) {
            Said::Fits { key, seal } => {
                let time = stated.max_timestamp.as_deref().and_then(|text| clock::nanos(text).ok());
                let used = keyring.keys.get(key);
                let outside = time.filter(|time| used.is_some_and(|used| used.is_outside(*time)));
                seals.used(key, Purpose::Segment, spot, outside);
                let last = trace.last.as_ref().filter(|_| claim.state == SegmentState::Present);
                let reaches = last.filter(|last| {
                    stated.last_seq == Some(last.seq) && stated.last_hash.as_deref() == Some(&*last.hash.to_hex())
                });
                if let Some(last) = reaches {
                    seals.sealed(&stated.stream_id, last.seq, seal);
                }
            }
            Said::Wrong(wrong) => seals.wrong(wrong, Some(&signed), Purpose::Segment, spot),
        }
    }
}
