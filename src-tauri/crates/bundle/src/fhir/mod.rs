//! The profile of FHIR `AuditEvent`s, R4 and R5, recognized per resource (formats 2.1, with the BALP slices of 2.2 that
//! name the transaction and the recipient of a disclosure).
//!
//! Resources come singly, in Bundles and as bulk NDJSON. Their exact bytes are kept; signatures are not looked at.

mod agents;
mod document;
mod entities;
mod event;
mod identity;
mod resource;

pub use document::{Document, Found, split};
pub use event::event_of;
pub use identity::{Identity, identity_of};

use crate::bundle::Bundle;

/// Endings of files that hold resources.
const RESOURCE_EXTENSIONS: [&str; 3] = ["json", "ndjson", "jsonl"];

/// Whether a file's name is one that FHIR resources come under.
#[must_use]
pub fn is_resource_file(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    RESOURCE_EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The files of a bundle that may hold resources, in the order of their names; those of a packed tar archive in its own
/// order, in which they can be read in one pass.
pub(crate) fn resource_files(bundle: &Bundle) -> impl Iterator<Item = &str> {
    // A single file was chosen by the user and recognized by content; its name says nothing more.
    let is_single = bundle.container() == crate::ContainerKind::File;
    let sequence = bundle.sequence().unwrap_or_else(|| (0..bundle.entries().len()).collect());
    let names = sequence.into_iter().filter_map(|index| Some(bundle.entries().get(index)?.name.as_str()));
    names.filter(move |name| is_single || is_resource_file(name))
}
