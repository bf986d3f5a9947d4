//! Signatures in a bundle (formats 1.4, 1.8, 1.11): over records, over segments, over checkpoints, over all of it.
//!
//! Each signature is verified where its subject is judged; what comes of it is gathered here: which records it reaches,
//! which keys were used, and what is wrong, folded so that one cause gives one finding. A signature says that the holder
//! of a key signed some bytes. Who that is takes a pin.
//!
//! What a signature reaches is told by the chain, later (`reach`): a record's hash stands for every record before it.

mod detached;
mod gather;
mod keyring;
mod record;
mod segments;
mod tell;

use crate::proof::{Fitting, Pinned};

pub(crate) use detached::{Detached, Stamp, check as check_detached};
pub(crate) use gather::{RunSeals, Sealed, Seals, Spot, Subject};
pub(crate) use keyring::{Keyring, Said, Signed, Wrong};
pub(crate) use record::RecordSeal;
pub(crate) use segments::{Entries, check as check_segments};
pub(crate) use tell::tell;

/// A signature that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seal {
    /// By a key that nobody has vouched for.
    Unpinned(Fitting),
    /// By a pinned key.
    Pinned(Pinned),
}

/// What a bundle's policy asks to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    None,
    PerEvent,
    PerSegment,
    PerCheckpoint,
}

impl Policy {
    /// What the audit manifest states; a policy that is not known has a finding of its own.
    pub(crate) fn of(stated: Option<&str>) -> Self {
        match stated {
            Some("per-event") => Self::PerEvent,
            Some("per-segment") => Self::PerSegment,
            Some("per-checkpoint") => Self::PerCheckpoint,
            _ => Self::None,
        }
    }
}
