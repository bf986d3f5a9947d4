//! The nouns everyone else speaks in: ids, instants, the canonical event.
//!
//! This room never reads a file, a clock or randomness, and depends on no other room. Names follow the field
//! vocabulary of the design (`domain.md` 8.1): the union of what audit logs of hospitals record.
//!
//! # Invariants
//! * What a source wrote is kept as it wrote it: an [`Instant`] keeps its text, an [`Action`] its word.
//! * Nothing here implements `Display` for a person's identifier, so that none slips into a message.

mod action;
mod event;
mod id;
mod instant;

pub use action::{Action, Outcome};
pub use event::{Disclosure, Event, MappingNote};
pub use id::{BundleId, EventId, PatientId, SessionId, StreamId, UserId};
pub use instant::{Instant, InstantFault};
