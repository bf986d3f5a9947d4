//! What a verification relies on: the part of the trust store that can make a difference to one bundle, as a digest.
//!
//! Two verifications of a bundle with the same digest were reached with the same pins, revocations, anchors and
//! remembered heads. Who vouched, when and in which order is not part of it: that changes no verdict.
//!
//! ```text
//! digest = SHA-256("TS1:" ‖ JCS{anchors, heads, pins})
//! pins     every pin ever made: its fingerprint, algorithm and, if it is revoked, from when on
//! anchors  the four facts of every anchor that stands, of the bundle's streams
//! heads    what other exports of the bundle's streams left here
//! ```

use std::collections::BTreeSet;

use integrity::Digest;
use integrity::canonical::to_canonical;
use model::{BundleId, StreamId};
use serde::Serialize;

use crate::change::Material;
use crate::fault::TrustFault;
use crate::fingerprint::Fingerprint;
use crate::head::{ImportedHead, StreamHead, check_bundle};
use crate::step::text_of;
use crate::text::Word;
use crate::trust::Trust;

/// What a verification of one bundle relies on. Made by [`Trust::basis`] alone, of the very [`Trust`] that the
/// verification was given: one that is read afterwards may have changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    pub(crate) bundle: BundleId,
    pub(crate) streams: BTreeSet<StreamId>,
    pub(crate) digest: Digest,
}

impl Basis {
    /// The digest.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }
}

/// What is hashed.
#[derive(Serialize)]
struct Facts<'a> {
    anchors: Vec<&'a StreamHead>,
    heads: Vec<&'a ImportedHead>,
    pins: Vec<PinFacts<'a>>,
}

#[derive(Serialize)]
struct PinFacts<'a> {
    fingerprint: &'a Fingerprint,
    alg: Option<&'a Word>,
    revoked_from: Option<String>,
}

impl Trust {
    /// What a verification of a stored bundle with these streams relies on.
    pub fn basis(&self, bundle: &BundleId, streams: impl IntoIterator<Item = StreamId>) -> Result<Basis, TrustFault> {
        check_bundle(bundle)?;
        let streams: BTreeSet<_> = streams.into_iter().collect();
        let digest = self.digest(bundle, &streams)?;
        Ok(Basis { bundle: bundle.clone(), streams, digest })
    }

    pub(crate) fn digest(&self, bundle: &BundleId, streams: &BTreeSet<StreamId>) -> Result<Digest, TrustFault> {
        let anchors = self.anchors().filter(|anchor| streams.contains(anchor.head.stream_id()) && self.stands(anchor));
        let heads = streams.iter().flat_map(|stream| self.other_heads(stream, bundle));
        let pins = self.pins().map(|(fingerprint, pin)| PinFacts {
            fingerprint,
            alg: match &pin.material {
                Some(Material::Key { alg, .. }) => Some(alg),
                _ => None,
            },
            revoked_from: pin.revoked.as_ref().and_then(|revoked| revoked.from.utc_text()),
        });
        let facts = Facts {
            anchors: in_one_order(anchors.map(|anchor| &anchor.head))?,
            heads: in_one_order(heads.map(|head| &head.seen))?,
            pins: pins.collect(),
        };
        let text = to_canonical(&facts).map_err(|_| TrustFault::Unwritable)?;
        Ok(Digest::of_parts(&[b"TS1:", &text]))
    }
}

/// By their canonical text, each once: the order in which they came makes no difference.
fn in_one_order<'a, T: Serialize>(facts: impl Iterator<Item = &'a T>) -> Result<Vec<&'a T>, TrustFault> {
    let mut with_text: Vec<(String, &T)> =
        facts.map(|fact| Ok((text_of(fact)?, fact))).collect::<Result<_, TrustFault>>()?;
    with_text.sort_by(|a, b| a.0.cmp(&b.0));
    with_text.dedup_by(|a, b| a.0 == b.0);
    Ok(with_text.into_iter().map(|(_, fact)| fact).collect())
}
