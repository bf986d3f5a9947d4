//! What a check of the log found: whether it stands, and if not, the first place where it does not, in words.

use std::fmt;

use vault::SchemaDifference;

use crate::Head;

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogReport {
    /// How many entries were checked, up to the first break.
    pub entries: u64,
    /// The last entry that was checked.
    pub head: Option<Head>,
    /// How many signatures were checked.
    pub signatures: u64,
    /// How many Merkle roots, written when the vault was locked, were computed again.
    pub roots: u64,
    /// The first place where the log does not stand.
    pub first_break: Option<Break>,
    /// What the heads that were handed in say.
    pub heads: Vec<HeadFinding>,
}

/// Where the log does not stand, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Number of the first entry that cannot be relied on.
    pub seq: u64,
    /// What is wrong.
    pub kind: BreakKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BreakKind {
    /// The next number is missing; the entry found has `found`.
    NumberMissing {
        /// The number found instead.
        found: u64,
    },
    /// The entry does not name the one before it (entry 1: this vault).
    LinkBroken,
    /// The text of the entry is not the one that was hashed.
    BodyChanged,
    /// The entry's hash is not the one of its number, link and text.
    HashWrong,
    /// Signed with a key that nobody of this vault has.
    KeyUnknown,
    /// Signed with a key that no entry before has introduced.
    KeyNotIntroduced,
    /// Signed by somebody else than the text says.
    SignedByAnother,
    /// The signature is not one of that key over this entry.
    SignatureWrong,
    /// The text cannot be read.
    BodyUnreadable,
    /// A root that was written when the vault was locked is not the one of the entries before it.
    RootWrong,
    /// The table or its triggers were changed.
    Schema(SchemaDifference),
}

/// What a head that was kept elsewhere says about this log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadFinding {
    /// The entry is there, with that hash: everything up to it is as it was.
    OnChain {
        /// Its number.
        seq: u64,
    },
    /// The log ends before that entry: the vault was set back to an earlier state, or its last entries were removed.
    RolledBack {
        /// Number of the entry that was there.
        known: u64,
        /// Where the log ends now.
        ends: u64,
    },
    /// An entry with that number is there with another hash: the log took another way.
    Forked {
        /// Its number.
        seq: u64,
    },
    /// It was written by another vault.
    OtherVault,
}

impl LogReport {
    /// Whether the log stands, as far as it can tell by itself.
    #[must_use]
    pub fn intact(&self) -> bool {
        self.first_break.is_none()
    }

    /// Whether a head from elsewhere contradicts the log.
    #[must_use]
    pub fn contradicted(&self) -> bool {
        self.heads.iter().any(|head| matches!(head, HeadFinding::RolledBack { .. } | HeadFinding::Forked { .. }))
    }
}

impl Break {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self.kind {
            BreakKind::Schema(_) => {
                "Keep a copy of the vault's folder as it is. Somebody changed the database with other software: find \
                 out who had the passphrase and when. Go on with a backup from before, or with a new vault."
            }
            _ => {
                "Keep a copy of the vault's folder as it is: it is evidence. Entries before this one stand; this one \
                 and those after it prove nothing. Compare with heads of the log that were kept elsewhere, and go on \
                 with a backup from before, or with a new vault."
            }
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match &self.kind {
            BreakKind::NumberMissing { found } => {
                write!(f, "Entry {seq} of the access log is missing: entry {found} stands in its place.")
            }
            BreakKind::LinkBroken if seq == 1 => f.write_str("The access log does not begin as this vault's must."),
            BreakKind::LinkBroken => {
                write!(
                    f,
                    "Entry {seq} of the access log does not follow the one before it: something was removed, inserted or changed there."
                )
            }
            BreakKind::BodyChanged => write!(f, "Entry {seq} of the access log was changed after it was written."),
            BreakKind::HashWrong => write!(f, "The hash of entry {seq} of the access log is not the right one."),
            BreakKind::KeyUnknown => {
                write!(f, "Entry {seq} of the access log is signed with a key that no user of this vault has.")
            }
            BreakKind::KeyNotIntroduced => {
                write!(f, "Entry {seq} of the access log is signed with a key that no entry before it introduced.")
            }
            BreakKind::SignedByAnother => {
                write!(f, "Entry {seq} of the access log was not signed by the user it names.")
            }
            BreakKind::SignatureWrong => write!(f, "The signature of entry {seq} of the access log is not valid."),
            BreakKind::BodyUnreadable => write!(f, "Entry {seq} of the access log cannot be read."),
            BreakKind::RootWrong => {
                write!(
                    f,
                    "Entries before entry {seq} of the access log are not those that were there when the vault was locked."
                )
            }
            BreakKind::Schema(difference) => write!(f, "The access log's table was changed: {difference}."),
        }
    }
}

impl fmt::Display for HeadFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnChain { seq } => write!(f, "The log holds entry {seq} as it was noted elsewhere."),
            Self::RolledBack { known, ends } => {
                write!(
                    f,
                    "The log ends at entry {ends}, but entry {known} was noted elsewhere: the vault was set back, or entries were removed."
                )
            }
            Self::Forked { seq } => {
                write!(
                    f,
                    "Entry {seq} is not the one that was noted elsewhere: the log was written anew from there or before."
                )
            }
            Self::OtherVault => f.write_str("The note is from another vault."),
        }
    }
}
