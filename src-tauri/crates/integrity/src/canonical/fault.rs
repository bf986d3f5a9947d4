//! Why some bytes are not canonical JSON. A fault names a place and a kind, never what stood there.

use std::fmt;

/// Where and why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct CanonicalFault {
    /// Offset in bytes, from the start of the text.
    pub offset: usize,
    /// What does not fit.
    pub kind: FaultKind,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// A byte that the JSON grammar does not allow here (a byte order mark, a control character, stray text).
    #[error("unexpected byte")]
    UnexpectedByte,
    /// The text ends in the middle.
    #[error("unexpected end")]
    UnexpectedEnd,
    /// Bytes that are not UTF-8.
    #[error("bytes that are not UTF-8")]
    BadUtf8,
    /// An escaped surrogate without its other half.
    #[error("lone surrogate")]
    LoneSurrogate,
    /// Nested deeper than [`DEPTH_MAX`](super::DEPTH_MAX).
    #[error("nested too deep")]
    TooDeep,
    /// The same member name twice in one object.
    #[error("duplicate member")]
    DuplicateMember {
        /// The name, for a finding's locator.
        name: MemberName,
    },
    /// A member name outside `[A-Za-z0-9_.-]{1,64}`.
    #[error("member name not allowed")]
    NameNotAllowed,
    /// A number with a fraction or an exponent.
    #[error("number that is not an integer")]
    NotAnInteger,
    /// Zero with a sign.
    #[error("negative zero")]
    NegativeZero,
    /// An integer beyond ±(2^53−1).
    #[error("integer out of range")]
    IntegerOutOfRange,
    /// A JSON value, but not an object.
    #[error("not an object")]
    NotAnObject,
    /// Longer than 4 GiB.
    #[error("text too long")]
    TooLong,
}

/// A member name that is within `[A-Za-z0-9_.-]{1,64}`. Its `Debug` hides it: producers put anything into names.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberName(Box<str>);

impl MemberName {
    pub(super) fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberName(…{} bytes)", self.0.len())
    }
}

/// Why a value of ours cannot be written canonically.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// It does not serialize to JSON at all.
    #[error("the value does not serialize to JSON")]
    Serialize(#[source] serde_json::Error),
    /// It serializes to something outside the limits.
    #[error("the value is outside the canonical form")]
    Canonical(#[from] CanonicalFault),
}
