//! What may be said about a bundle, in three words of rising boldness: integrity, assurance, badge.
//!
//! The boldest values cannot be built. *Verified* takes a [`Proof`], and there is no way to make one until signatures
//! and anchors are checked; a `match` on it is how the compiler knows.

use serde::{Serialize, Serializer};

use crate::finding::Severity;

/// That a signature of a pinned key or an independent anchor was checked. Nothing makes one yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {}

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
    /// A key that nobody has vouched for.
    SignedUnpinned(Proof),
    /// A key that the user has pinned.
    SignedPinned(Proof),
    /// A head that the bundle's author could not rewrite.
    Anchored(Proof),
}

impl Assurance {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoEvidence => "NO_EVIDENCE",
            Self::Consistent => "CONSISTENT",
            Self::SignedUnpinned(proof) | Self::SignedPinned(proof) | Self::Anchored(proof) => match proof {},
        }
    }
}

/// The one mark that is shown for a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Something is damaged or contradicts itself.
    Altered,
    /// No verdict: nothing to check, not checked to the end, or not yet checkable.
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
            Self::Verified(proof) => match proof {},
        }
    }

    /// The name in data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::NotVerified => "not_verified",
            Self::Unsigned => "unsigned",
            Self::Verified(proof) => match proof {},
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grounds {
    pub(crate) worst: Option<Severity>,
    /// The check was stopped.
    pub(crate) stopped: bool,
    /// There was evidence, and all of it was looked at.
    pub(crate) evaluable: bool,
    /// Something is signed, or ought to be, and was not checked.
    pub(crate) signatures_open: bool,
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
            let badge = if grounds.signatures_open { Badge::NotVerified } else { Badge::Unsigned };
            (integrity, Some(Assurance::Consistent), badge)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Grounds = Grounds { worst: None, stopped: false, evaluable: true, signatures_open: false };

    #[test]
    fn the_weakest_ground_decides() {
        assert_eq!(conclude(WHOLE), (Integrity::Pass, Some(Assurance::Consistent), Badge::Unsigned));
        let failed = Grounds { worst: Some(Severity::Error), evaluable: false, signatures_open: true, ..WHOLE };
        assert_eq!(conclude(failed), (Integrity::Fail, None, Badge::Altered));
        let open = Grounds { worst: Some(Severity::Warning), signatures_open: true, ..WHOLE };
        assert_eq!(conclude(open), (Integrity::PassWithNotes, Some(Assurance::Consistent), Badge::NotVerified));
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
