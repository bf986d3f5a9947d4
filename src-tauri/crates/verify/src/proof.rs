//! The things that make a verdict better than *consistent*, as types that cannot be made without having happened.
//!
//! [`Fitting`] takes a signature that was verified; [`Pinned`] takes a signature that was verified and a pin that stands in the trust store; [`Agreed`] takes an anchor
//! and the hash that was found in its place, or a verified time stamp; a [`Proof`] takes one of the two. So a report
//! cannot say *Verified* because somebody set a flag. The first two can also be read back as part of an
//! [`Interim`](crate::Interim) state, which holds what the same check has verified before it stopped.

use integrity::Digest;
use integrity::signature::Checked;
use serde::{Deserialize, Serialize};

use crate::anchors::Anchor;
use crate::trust::Pin;

/// A verified signature, whoever's key it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fitting(());

impl From<Checked> for Fitting {
    fn from(_checked: Checked) -> Self {
        Self(())
    }
}

/// A verified signature under a pinned key that is not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned(());

impl Pinned {
    /// `None` if the pin is revoked and nothing shows that the signature is older than that. `known_at` is a time at
    /// which the bundle existed, in nanoseconds since 1970.
    pub(crate) fn by(_checked: Checked, pin: Pin<'_>, known_at: Option<i64>) -> Option<Self> {
        let is_good = pin.revoked_from.is_none_or(|from| known_at.is_some_and(|known| known < from));
        is_good.then_some(Self(()))
    }
}

/// Agreement with something that the bundle's author could not rewrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed(());

impl Agreed {
    /// `None` if the anchor names another hash than was found at its place.
    pub(crate) fn with(anchor: &Anchor, found: Digest) -> Option<Self> {
        (anchor.last_hash == found).then_some(Self(()))
    }

    /// `None` if the bundle that followed begins with another hash than was found at the end of this one.
    pub(crate) fn with_successor(anchor: &Anchor, found: Digest) -> Option<Self> {
        (anchor.first_prev_hash() == Some(found)).then_some(Self(()))
    }

    /// By a time stamp over the whole bundle that was verified under a pinned certificate.
    pub(crate) fn stamped(_checked: Checked, _pin: Pin<'_>) -> Self {
        Self(())
    }
}

/// That somebody outside the bundle vouches for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof(());

impl From<Pinned> for Proof {
    fn from(_pinned: Pinned) -> Self {
        Self(())
    }
}

impl From<Agreed> for Proof {
    fn from(_agreed: Agreed) -> Self {
        Self(())
    }
}
