//! What a verification relies on: the part of the trust store that can make a difference to one bundle, as a digest.
//!
//! Two verifications of a bundle with the same digest were reached with the same pins, revocations, anchors and
//! remembered heads, as far as they concern it. Who vouched, when and in which order is not part of it: that changes no
//! verdict.
//!
//! ```text
//! digest = SHA-256("TS1:" ‖ JCS{anchors, heads, pins})
//! pins     of every certificate ever pinned, and of every key that the bundle names: fingerprint, algorithm and, if it
//!          is revoked, from when on
//! anchors  the four facts of every anchor that stands, of the bundle's streams
//! heads    what other exports of the bundle's streams left here: before the bundle came, or within its records
//! ```
//!
//! An export that came later and goes further shows nothing about an earlier one: an older log ends earlier. So its head
//! is not held against the earlier one, and does not make its verdict history.

use std::collections::BTreeSet;

use integrity::Digest;
use integrity::canonical::to_canonical;
use model::{BundleId, StreamId};
use serde::{Deserialize, Serialize};

use crate::change::Material;
use crate::fault::TrustFault;
use crate::fingerprint::Fingerprint;
use crate::form;
use crate::head::{ImportedHead, StreamHead, check_bundle};
use crate::step::text_of;
use crate::text::Word;
use crate::trust::{Head, Trust};

/// What of a bundle the trust store can speak about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concern {
    /// The stored bundle.
    pub bundle: BundleId,
    /// Which export it is, whatever container it lies in; `None` for one without evidence of its own.
    #[serde(default, with = "form::maybe_hex", skip_serializing_if = "Option::is_none")]
    pub export: Option<Digest>,
    /// How many steps there were when the bundle first came here.
    pub arrived: u64,
    /// Its streams.
    pub streams: BTreeSet<StreamSpan>,
    /// The keys and signers that it names; `None` if it names too many to list them.
    pub keys: Option<BTreeSet<Fingerprint>>,
}

/// A stream of a bundle, and which of its records are there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamSpan {
    /// The stream.
    pub stream: StreamId,
    /// Number of its first record.
    pub first_seq: u64,
    /// Number of its last record.
    pub last_seq: u64,
}

impl Concern {
    fn span(&self, stream: &StreamId) -> Option<&StreamSpan> {
        self.streams.iter().find(|span| span.stream == *stream)
    }

    /// Whether a pin can make a difference. Which certificate a time stamp is under shows only when it is checked.
    fn names(&self, fingerprint: &Fingerprint) -> bool {
        let named = |keys: &BTreeSet<_>| keys.contains(fingerprint);
        matches!(fingerprint, Fingerprint::Certificate(_)) || self.keys.as_ref().is_none_or(named)
    }

    /// Whether a head of another bundle can make a difference.
    fn meets(&self, head: &Head) -> bool {
        let Some(span) = self.span(head.seen.head().stream_id()) else { return false };
        let ends = head.seen.head().last_seq();
        let is_within = ends.saturating_add(1) >= span.first_seq && ends <= span.last_seq;
        self.export != Some(*head.seen.export()) && (!head.came_after(self.arrived) || is_within)
    }
}

/// What a verification of one bundle relies on. Made by [`Trust::basis`] alone, of the very [`Trust`] that the
/// verification was given: one that is read afterwards may have changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    pub(crate) concern: Concern,
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
    /// What a verification of a stored bundle relies on.
    pub fn basis(&self, concern: Concern) -> Result<Basis, TrustFault> {
        check_bundle(&concern.bundle)?;
        let digest = self.digest(&concern)?;
        Ok(Basis { concern, digest })
    }

    pub(crate) fn digest(&self, concern: &Concern) -> Result<Digest, TrustFault> {
        let of_stream = |head: &StreamHead| concern.span(head.stream_id()).is_some();
        let anchors = self.anchors().filter(|anchor| of_stream(&anchor.head) && self.stands(anchor));
        let heads = self.other_heads(&concern.bundle).filter(|head| concern.meets(head));
        let pins = self.pins().filter(|(fingerprint, _)| concern.names(fingerprint));
        let pins = pins.map(|(fingerprint, pin)| PinFacts {
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
