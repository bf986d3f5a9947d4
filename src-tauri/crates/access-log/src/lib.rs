//! The meta-log: who looked at what, when and why. Append-only, chained, signed; fails closed.
//!
//! Every function of the program that returns anything about a person takes a [`Witnessed`], and only a durable entry
//! here yields one. This room writes entries, reads them back, checks the whole log and exports it. It never looks at
//! events itself.
//!
//! # Invariants
//! * An entry is written in the same transaction as the act it tells of, or before it; if it cannot be written, the act
//!   does not happen.
//! * Entries are never changed or removed; checking finds where somebody did so with other tools.
//! * Texts of entries may name people: they are never in an error, a `Debug` output or a file name.

mod body;
pub mod chain;
mod entry;
mod export;
mod fault;
mod listing;
mod log;
mod purpose;
mod report;
mod rows;
mod verify;
mod witnessed;

pub use body::{Body, TEXT_BYTES_MAX};
pub use entry::{Entry, Handover, LockCause, Question, TrustStep, Undone};
pub use fault::{LogFault, NotWitnessed};
pub use listing::{LogFilter, LogPage, LoggedEntry, PAGE_ENTRIES_MAX};
pub use log::{AccessLog, Head};
pub use purpose::{PURPOSE_CHARACTERS_MAX, Purpose};
pub use report::{Break, BreakKind, HeadFinding, LogReport};
pub use verify::Depth;
pub use witnessed::Witnessed;
