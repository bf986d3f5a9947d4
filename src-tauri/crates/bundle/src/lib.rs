//! Opens containers that may be hostile, and turns source records into canonical events.
//!
//! A bundle is a map from names to streams. It is read in place: nothing is extracted, nothing is written, nothing
//! inside is followed, opened by path or run. This room never judges: what a container did wrong is kept as
//! [`Trouble`]s for `verify`, what a record lacks as notes on its event.
//!
//! # Invariants
//! * Every reader has limits in bytes, count, depth and time ([`Limits`], [`LineLimits`](lines::LineLimits)).
//! * Of a refused container nothing can be read.
//! * A stream reaches its end without an error only if the content is whole and unchanged since it was listed.
//! * No input makes this room panic.

#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

pub mod ab1;
mod bundle;
mod directory;
pub mod escape;
mod fault;
pub mod fhir;
mod inspect;
mod json;
mod kept;
pub mod limits;
pub mod lines;
mod lone;
mod moment;
mod name;
mod open;
mod patients;
pub mod records;
mod roster;
pub mod segment;
mod sniff;
mod steady;
pub mod table;
mod tar;
mod trouble;
pub mod unpack;
mod zip;

pub use bundle::{Bundle, ContainerKind, Entry, Profile};
pub use fault::{Damage, LooksLike, MapFault, OpenFault, ReadFault};
pub use inspect::{Counts, Inspection, Span, StreamFacts, ToldTrouble, inspect, inspect_while};
pub use kept::{Kept, KeptFile, Shelf};
pub use limits::Limits;
pub use open::open;
pub use trouble::{Trouble, TroubleCode};
