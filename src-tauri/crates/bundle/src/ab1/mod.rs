//! The profile of audit bundles, format id `audit-bundle/1.0` (formats 1).
//!
//! Reads what the producer states and what a record says. Hashes, chains, signatures and the schema are not looked at:
//! that is `verify`'s business.

mod event;
mod manifest;
mod record;

pub use event::event_of;
pub use manifest::{
    AUDIT_MANIFEST_NAME, Archive, Checkpoints, Keys, Manifest, Period, Producer, Segment, Signature, Source, Stream,
};
