//! What this office vouches for: the fold over all steps.
//!
//! # Invariants
//! * A step changes a [`Trust`] only if [`admit`](Trust::admit) lets it; the same question is asked before a step is
//!   written and whenever it is read.
//! * What was revoked or withdrawn stays, marked as such. Only a pin made again replaces the one before, and names the
//!   revocations that it sets aside.

use std::collections::BTreeMap;

use model::{BundleId, Instant, StreamId};

use crate::change::{Change, Material, Origin, Vouched, check_pin};
use crate::fault::{Flaw, Refusal, TrustFault};
use crate::fingerprint::Fingerprint;
use crate::head::{ImportedHead, StreamHead};
use crate::step::{Mark, Step};
use crate::text::{Day, Text};

/// What this office vouches for, as the steps so far make it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    pub(crate) pins: BTreeMap<Fingerprint, Pin>,
    pub(crate) anchors: BTreeMap<u64, Anchor>,
    heads: BTreeMap<(StreamId, BundleId), Head>,
    steps: u64,
}

/// Something that is or was vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The newest step that pinned it.
    pub mark: Mark,
    /// How much of the fingerprint a person typed, in characters.
    pub typed_characters: u64,
    /// The thing itself, if it was at hand.
    pub material: Option<Material>,
    /// Who vouched for it.
    pub vouched: Vouched,
    /// Since when it is not relied on, if it was revoked after that.
    pub revoked: Option<Revocation>,
    /// Revocations before that, which it set aside; oldest first.
    pub overruled: Vec<Revocation>,
}

/// That something pinned is not relied on from a time on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The step.
    pub mark: Mark,
    /// From when on.
    pub from: Instant,
    /// Why.
    pub why: Text,
}

/// An anchor. Its number is that of its step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The step that added it.
    pub mark: Mark,
    /// Where the stream ended.
    pub head: StreamHead,
    /// Who says so, and how.
    pub origin: Origin,
    /// When it came to this office.
    pub received_on: Day,
    /// That it was withdrawn.
    pub withdrawn: Option<Withdrawal>,
}

/// What an import saw of a stream. Its number is that of its step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The step that remembers it; its time is the time of the import.
    pub mark: Mark,
    /// What was seen.
    pub seen: ImportedHead,
    /// That it was withdrawn.
    pub withdrawn: Option<Withdrawal>,
}

impl Head {
    /// Whether it was remembered when there were already more than so many steps.
    #[must_use]
    pub const fn came_after(&self, steps: u64) -> bool {
        self.mark.number > steps
    }
}

/// That an anchor or a remembered head is not held against bundles any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The step.
    pub mark: Mark,
    /// Why.
    pub why: Text,
}

impl Trust {
    /// How many steps made it.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// Everything that is or was pinned, by fingerprint.
    pub fn pins(&self) -> impl Iterator<Item = (&Fingerprint, &Pin)> {
        self.pins.iter()
    }

    /// What is known of one fingerprint; `None` if it was never pinned. Whether it was revoked is in the pin.
    #[must_use]
    pub fn pin(&self, fingerprint: &Fingerprint) -> Option<&Pin> {
        self.pins.get(fingerprint)
    }

    /// Every anchor that was ever added, oldest first.
    pub fn anchors(&self) -> impl Iterator<Item = &Anchor> {
        self.anchors.values()
    }

    /// The anchors that bundles of a stream are held against, oldest first.
    pub fn standing_anchors(&self, stream: &StreamId) -> impl Iterator<Item = &Anchor> {
        self.anchors.values().filter(move |anchor| anchor.head.stream_id() == stream && self.stands(anchor))
    }

    /// Whether bundles are held against an anchor: it was not withdrawn, and the certificate behind a time stamp is
    /// pinned and was not revoked before the time that the stamp states.
    #[must_use]
    pub fn stands(&self, anchor: &Anchor) -> bool {
        anchor.withdrawn.is_none() && self.origin_stands(&anchor.origin)
    }

    /// Every head that was ever remembered, by stream and bundle.
    pub fn heads(&self) -> impl Iterator<Item = &Head> {
        self.heads.values()
    }

    /// The heads that imports of other bundles left here and that stand. A bundle anchors nothing for itself.
    pub fn other_heads<'a>(&'a self, but: &'a BundleId) -> impl Iterator<Item = &'a Head> {
        self.heads.values().filter(move |head| head.seen.bundle_id() != but && head.withdrawn.is_none())
    }

    /// The step that remembered a stream of a bundle.
    pub(crate) fn remembered(&self, seen: &ImportedHead) -> Option<u64> {
        let key = (seen.head().stream_id().clone(), seen.bundle_id().clone());
        self.heads.get(&key).map(|head| head.mark.number)
    }

    /// Takes a step that was read.
    pub(crate) fn take(&mut self, step: Step) -> Result<(), TrustFault> {
        let number = step.mark.number;
        self.admit(&step.change)
            .map_err(|why| TrustFault::StepFlawed { step: number, flaw: Flaw::Contradiction(why) })?;
        self.apply(step);
        Ok(())
    }

    /// Whether a change fits what is there.
    pub(crate) fn admit(&self, change: &Change) -> Result<(), Refusal> {
        match change {
            Change::Pin { fingerprint, typed_characters, material, .. } => {
                check_pin(fingerprint, *typed_characters, material.as_ref())?;
                match self.pins.get(fingerprint) {
                    Some(pin) if pin.revoked.is_none() => Err(Refusal::PinnedAlready { step: pin.mark.number }),
                    _ => Ok(()),
                }
            }
            Change::Revoke { fingerprint, from, .. } => {
                let pin = self.pins.get(fingerprint).ok_or(Refusal::NotPinned)?;
                match &pin.revoked {
                    // A leak that turns out to be older reaches further back; nothing makes it reach less far.
                    Some(before) if from.utc_nanos() >= before.from.utc_nanos() => {
                        Err(Refusal::RevokedAlready { step: before.mark.number })
                    }
                    _ => Ok(()),
                }
            }
            Change::AddAnchor { head, origin, .. } => self.admit_anchor(head, origin),
            Change::Withdraw { number, .. } => match self.withdrawal(*number).ok_or(Refusal::AnchorUnknown)? {
                Some(before) => Err(Refusal::WithdrawnAlready { step: before.mark.number }),
                None => Ok(()),
            },
            Change::Remember { seen } => match self.remembered(seen) {
                Some(step) => Err(Refusal::HeadKnown { step }),
                None => Ok(()),
            },
        }
    }

    fn admit_anchor(&self, head: &StreamHead, origin: &Origin) -> Result<(), Refusal> {
        if !self.origin_stands(origin) {
            return Err(Refusal::AuthorityNotPinned);
        }
        let same = |anchor: &&Anchor| anchor.head == *head && anchor.origin == *origin && anchor.withdrawn.is_none();
        match self.anchors.values().find(same) {
            Some(anchor) => Err(Refusal::AnchorKnown { number: anchor.mark.number }),
            None => Ok(()),
        }
    }

    fn origin_stands(&self, origin: &Origin) -> bool {
        let Origin::Token { authority, gen_time, .. } = origin else { return true };
        matches!(authority, Fingerprint::Certificate(_))
            && self.pins.get(authority).is_some_and(|pin| {
                pin.revoked.as_ref().is_none_or(|revoked| gen_time.utc_nanos() < revoked.from.utc_nanos())
            })
    }

    /// Whether an anchor or head was withdrawn; `None` if there is none with this number.
    fn withdrawal(&self, number: u64) -> Option<&Option<Withdrawal>> {
        let anchor = self.anchors.get(&number).map(|anchor| &anchor.withdrawn);
        anchor.or_else(|| self.heads.values().find(|head| head.mark.number == number).map(|head| &head.withdrawn))
    }

    /// Applies a step that was admitted.
    pub(crate) fn apply(&mut self, Step { mark, change }: Step) {
        self.steps = mark.number;
        match change {
            Change::Pin { fingerprint, typed_characters, material, vouched } => {
                let before = self.pins.remove(&fingerprint);
                let overruled = before.map(|pin| pin.overruled.into_iter().chain(pin.revoked).collect());
                let overruled = overruled.unwrap_or_default();
                let pin = Pin { mark, typed_characters, material, vouched, revoked: None, overruled };
                self.pins.insert(fingerprint, pin);
            }
            Change::Revoke { fingerprint, from, why } => {
                if let Some(pin) = self.pins.get_mut(&fingerprint) {
                    pin.revoked = Some(Revocation { mark, from, why });
                }
            }
            Change::AddAnchor { head, origin, received_on } => {
                let number = mark.number;
                self.anchors.insert(number, Anchor { mark, head, origin, received_on, withdrawn: None });
            }
            Change::Withdraw { number, why } => {
                let withdrawn = Some(Withdrawal { mark, why });
                if let Some(anchor) = self.anchors.get_mut(&number) {
                    anchor.withdrawn = withdrawn;
                } else if let Some(head) = self.heads.values_mut().find(|head| head.mark.number == number) {
                    head.withdrawn = withdrawn;
                }
            }
            Change::Remember { seen } => {
                let key = (seen.head().stream_id().clone(), seen.bundle_id().clone());
                self.heads.insert(key, Head { mark, seen, withdrawn: None });
            }
        }
    }
}
