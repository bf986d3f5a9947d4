//! Judges bundles: findings, coverage, verdict.
//!
//! Input is a container that `bundle` has opened. Output is a [`Report`]. Nothing here reads a file, a clock, the
//! environment or randomness: bytes come through [`Source`], and what else is needed is handed in.
//!
//! # Invariants
//! * Bad evidence is a [`Finding`], never an `Err`. [`VerifyFault`] means that looking failed.
//! * A report's verdict follows from its findings; the weakest thing decides.
//! * A check that was stopped is no verdict, and its report says how far it came.
//! * *Verified* takes a [`Proof`], which takes a verified signature under a pinned key or an anchor that agrees.
//! * Who vouches for the record that is vouched for the least decides the assurance of all.
//! * Memory does not grow with the number of undamaged records, but for what the [`Spill`] keeps.

mod anchors;
mod archives;
mod chain;
mod check;
mod checkpoint;
mod claims;
mod compare;
mod conclude;
mod container;
mod fault;
mod finding;
mod foreign;
mod hands;
mod hashing;
mod interim;
mod listed;
mod loose;
mod pass;
mod proof;
mod reach;
mod record;
mod repeated;
mod report;
mod seals;
mod segments;
mod source;
mod spans;
mod spill;
mod streams;
mod sums;
mod trust;
mod words;
mod work;

pub use anchors::{Anchor, Origin, Remembered};
pub use check::check;
pub use compare::{
    COMPARE_FORMAT, Common, Comparison, Difference, DifferenceCounts, DifferenceKind, Export, ExportName, Obstacle,
    Order, Outcome, RecordPlace, SeqSpan, StreamComparison, compare, record_bytes,
};
pub use fault::VerifyFault;
pub use finding::{Code, FINDINGS_PER_CODE_MAX, Finding, Place, Severity, VersionSeen};
pub use hands::{
    HowFar, NoOnlooker, NoProgress, Onlooker, Options, Print, Proceed, Progress, RecordRun, SeenRecord, Spill, Standing,
};
pub use interim::{Interim, Stint, check_resumably};
pub use proof::Proof;
pub use report::{
    AnchorUsed, Assurance, Badge, BundleName, ClaimedKey, Counts, CoverageSpan, CoverageState, Done, Evidence, FORMAT,
    Head, Integrity, KeyStanding, Period, Reached, Report, SignedBy, Stamped,
};
pub use source::Source;
pub use spill::MemorySpill;
pub use trust::{PinnedKey, PinnedSshKey, PinnedTsa, Trust, Vouching};
