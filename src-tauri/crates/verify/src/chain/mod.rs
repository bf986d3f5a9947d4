//! The chain of each stream: which records follow which, what is missing, what was added (formats 1.11).
//!
//! While records stream by, a stream is only a list of stretches: runs of records with consecutive numbers, each
//! linked to the one before, on consecutive lines. An undamaged log is one stretch per file, whatever its length.
//! Everything that is off begins a new stretch, and what is off is worked out from the stretches afterwards. Where that
//! needs a record from the middle of a stretch, its line is read again.

mod detail;
mod gap;
mod heads;
mod ids;
mod link;
mod order;
mod pieces;
mod resolve;
mod trace;
mod trees;

pub(crate) use heads::totals;
pub(crate) use ids::duplicate_ids;
pub(crate) use link::{Elsewhere, Linked, link};
pub(crate) use pieces::Piece;
pub(crate) use trace::{Mark, Spot, Trace, VersionTotal};
