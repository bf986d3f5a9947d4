//! What may be said about a bundle, in three words of rising boldness: integrity, assurance, badge.
//!
//! The boldest values take things that cannot be made by saying so: *signed* takes a signature that was verified,
//! *pinned*, *anchored* and *Verified* take a [`Proof`] (see `proof`).

use serde::{Serialize, Serializer};

use crate::finding::Severity;
use crate::proof::{Fitting, Proof};
use crate::reach::Vouched;

/// Whether the evidence holds together. Ordered from least to most reliance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Integrity {
    /// Something is damaged or contradicts itself.
    Fail,
    /// There is no evidence, or it was not looked at to its end.
    NotEvaluable,
    /// It holds together, and something is worth a warning.
    PassWithNotes,
    /// It holds together.
    Pass,
}

impl Integrity {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fail => "FAIL",
            Self::NotEvaluable => "NOT_EVALUABLE",
            Self::PassWithNotes => "PASS_WITH_NOTES",
            Self::Pass => "PASS",
        }
    }
}

/// Who vouches for evidence that holds together. From lowest to highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// Nobody, and there is nothing to check.
    NoEvidence,
    /// Nobody outside the bundle: its parts agree with each other.
    Consistent,
    /// The holder of some key signed all of it; nobody has vouched for the key.
    SignedUnpinned(Fitting),
    /// The holder of a pinned key signed all of it.
    SignedPinned(Proof),
    /// All of it agrees with a head that the bundle's author could not rewrite.
    Anchored(Proof),
}

impl Assurance {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoEvidence => "NO_EVIDENCE",
            Self::Consistent => "CONSISTENT",
            Self::SignedUnpinned(_) => "SIGNED_UNPINNED",
            Self::SignedPinned(_) => "SIGNED_PINNED",
            Self::Anchored(_) => "ANCHORED",
        }
    }
}

/// The one mark that is shown for a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Something is damaged or contradicts itself.
    Altered,
    /// No verdict: nothing to check, not checked to the end, signed by nobody that is known, or with a part that
    /// nobody has seen.
    NotVerified,
    /// Its parts agree with each other; nobody vouches for them.
    Unsigned,
    /// It holds together and somebody vouches for it.
    Verified(Proof),
}

impl Badge {
    /// The words that stand on the badge.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Altered => "Altered or damaged",
            Self::NotVerified => "Not verified",
            Self::Unsigned => "Unsigned",
            Self::Verified(_) => "Verified",
        }
    }

    /// The name in data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::NotVerified => "not_verified",
            Self::Unsigned => "unsigned",
            Self::Verified(_) => "verified",
        }
    }
}

impl Serialize for Integrity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Serialize for Assurance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Serialize for Badge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What a verdict rests on.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grounds {
    pub(crate) worst: Option<Severity>,
    /// The check was stopped.
    pub(crate) stopped: bool,
    /// There was evidence, and all of it was looked at.
    pub(crate) evaluable: bool,
    /// Something is signed in a way that was not checked.
    pub(crate) signatures_open: bool,
    /// Who vouches for the record that is vouched for the least.
    pub(crate) vouched: Vouched,
    /// Some signature fits, whatever it reaches.
    pub(crate) has_signatures: bool,
    /// A part of the log lies in an archive that nobody has looked into.
    pub(crate) has_unseen: bool,
}

/// The weakest thing that was found decides; nothing outvotes it.
pub(crate) fn conclude(grounds: Grounds) -> (Integrity, Option<Assurance>, Badge) {
    let integrity = match grounds.worst {
        _ if grounds.stopped => Integrity::NotEvaluable,
        Some(Severity::Error) => Integrity::Fail,
        _ if !grounds.evaluable => Integrity::NotEvaluable,
        Some(Severity::Warning) => Integrity::PassWithNotes,
        Some(Severity::Info) | None => Integrity::Pass,
    };
    match integrity {
        Integrity::Fail => (integrity, None, Badge::Altered),
        Integrity::NotEvaluable => (integrity, Some(Assurance::NoEvidence), Badge::NotVerified),
        Integrity::Pass | Integrity::PassWithNotes => {
            let (assurance, badge) = standing(grounds);
            (integrity, Some(assurance), badge)
        }
    }
}

/// Who vouches for evidence that holds together, and what that makes the badge.
fn standing(grounds: Grounds) -> (Assurance, Badge) {
    let verified = |proof: Proof| if grounds.has_unseen { Badge::NotVerified } else { Badge::Verified(proof) };
    match grounds.vouched {
        _ if grounds.signatures_open => (Assurance::Consistent, Badge::NotVerified),
        Vouched::Nobody if grounds.has_signatures => (Assurance::Consistent, Badge::NotVerified),
        Vouched::Nobody => (Assurance::Consistent, Badge::Unsigned),
        Vouched::Signed(checked) => (Assurance::SignedUnpinned(checked), Badge::NotVerified),
        Vouched::Pinned(pinned) => (Assurance::SignedPinned(pinned.into()), verified(pinned.into())),
        Vouched::Anchored(agreed) => (Assurance::Anchored(agreed.into()), verified(agreed.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Grounds = Grounds {
        worst: None,
        stopped: false,
        evaluable: true,
        signatures_open: false,
        vouched: Vouched::Nobody,
        has_signatures: false,
        has_unseen: false,
    };

    #[test]
    fn the_weakest_ground_decides() {
        assert_eq!(conclude(WHOLE), (Integrity::Pass, Some(Assurance::Consistent), Badge::Unsigned));
        let failed = Grounds { worst: Some(Severity::Error), evaluable: false, signatures_open: true, ..WHOLE };
        assert_eq!(conclude(failed), (Integrity::Fail, None, Badge::Altered));
        let open = Grounds { worst: Some(Severity::Warning), signatures_open: true, ..WHOLE };
        assert_eq!(conclude(open), (Integrity::PassWithNotes, Some(Assurance::Consistent), Badge::NotVerified));
        let partly = Grounds { has_signatures: true, ..WHOLE };
        assert_eq!(conclude(partly), (Integrity::Pass, Some(Assurance::Consistent), Badge::NotVerified));
        let empty = Grounds { evaluable: false, ..WHOLE };
        assert_eq!(conclude(empty), (Integrity::NotEvaluable, Some(Assurance::NoEvidence), Badge::NotVerified));
    }

    #[test]
    fn a_stopped_check_is_no_verdict_whatever_it_found() {
        for worst in [None, Some(Severity::Error)] {
            let stopped = Grounds { worst, stopped: true, ..WHOLE };
            assert_eq!(conclude(stopped).2, Badge::NotVerified);
        }
    }
}
