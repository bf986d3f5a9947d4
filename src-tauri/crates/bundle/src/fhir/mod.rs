//! The profile of FHIR `AuditEvent`s, R4 and R5, recognized per resource (formats 2.1, with the BALP slices of 2.2 that
//! name the transaction and the recipient of a disclosure).
//!
//! Resources come singly, in Bundles and as bulk NDJSON. Their exact bytes are kept; signatures are not looked at.

mod agents;
mod document;
mod entities;
mod event;
mod identity;
mod pages;
mod resource;

pub use document::{Document, Found, split};
pub use event::event_of;
pub use identity::{Identity, identity_of};
pub use pages::{MissingPages, Page, Pages};

use std::io::Read as _;

use crate::bundle::Bundle;
use crate::unpack::Packing;

/// Endings of files that hold a resource, or a Bundle of them, as a whole.
const WHOLE_EXTENSIONS: [&str; 1] = ["json"];
/// Endings of files that hold a resource on each line. Only these are read packed: line by line, in bounded memory.
const LINE_EXTENSIONS: [&str; 2] = ["ndjson", "jsonl"];
/// Bytes that tell whether a file is packed.
const MAGIC_BYTES: u64 = 4;

/// Whether a file's name is one that FHIR resources come under.
#[must_use]
pub fn is_resource_file(name: &str) -> bool {
    has_extension(name, &WHOLE_EXTENSIONS) || is_line_file(name)
}

/// Whether a file's name is one that FHIR resources come under line by line, packed or not.
#[must_use]
pub fn is_line_file(name: &str) -> bool {
    has_extension(name, &LINE_EXTENSIONS) || packing_of_name(name).is_some()
}

/// How a file of lines is packed, by its name: `AuditEvent.ndjson.gz`.
pub(crate) fn packing_of_name(name: &str) -> Option<Packing> {
    let (inner, extension) = name.rsplit_once('.')?;
    let packing = Packing::of_name(&format!(".{}", extension.to_ascii_lowercase()))?;
    has_extension(inner, &LINE_EXTENSIONS).then_some(packing)
}

fn has_extension(name: &str, known: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    known.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The files of a bundle that may hold resources, with how they are packed, in the order of their names; those of a
/// packed tar archive in its own order, in which they can be read in one pass.
pub(crate) fn resource_files(bundle: &Bundle) -> impl Iterator<Item = (&str, Option<Packing>)> {
    // A single file was chosen by the user and recognized by content; its name says nothing more.
    let is_single = bundle.container() == crate::ContainerKind::File;
    let sequence = bundle.sequence().unwrap_or_else(|| (0..bundle.entries().len()).collect());
    let names = sequence.into_iter().filter_map(|index| Some(bundle.entries().get(index)?.name.as_str()));
    names.filter(move |name| is_single || is_resource_file(name)).map(move |name| {
        let packing = if is_single { packing_of_content(bundle, name) } else { packing_of_name(name) };
        (name, packing)
    })
}

/// How a file is packed, by its first bytes. No resource begins with those of a packing.
fn packing_of_content(bundle: &Bundle, name: &str) -> Option<Packing> {
    let mut head = Vec::new();
    // What cannot be read is told when the file is.
    bundle.stream(name).ok()?.take(MAGIC_BYTES).read_to_end(&mut head).ok()?;
    Packing::of(&head)
}
