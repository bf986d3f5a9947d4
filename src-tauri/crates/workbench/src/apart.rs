//! Files whose records have other bytes than the file, segments for the most part, and how they are kept.
//!
//! The records of a packed file lie in what it unpacks to, and those of a table in one of its columns; they are shown
//! from there. So that is kept under the file's own name, and the file as it lies in the bundle besides, under a name
//! that says so.

use bundle::Bundle;
use bundle::records::files_apart;
use bundle::segment::Form;

/// What the name of such a file goes on with, where it is kept as it lies in the bundle.
const AS_STORED: &str = " (as stored)";

/// Those that are there.
pub(crate) struct Apart(Vec<(String, Form)>);

impl Apart {
    pub(crate) fn of(bundle: &Bundle) -> Self {
        let mut files = files_apart(bundle);
        files.retain(|(name, _)| bundle.entry(name).is_some());
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        files.dedup_by(|(one, _), (other, _)| one == other);
        Self(files)
    }

    /// What they are called as they lie in the bundle. They come behind the files of the bundle, in this order.
    pub(crate) fn stored_names(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, _)| format!("{name}{AS_STORED}"))
    }

    /// Of one of them its place among the files as it lies in the bundle, of which there are `files` others.
    pub(crate) fn find(&self, name: &str, files: usize) -> Option<(u32, Form)> {
        let index = self.0.iter().position(|(apart, _)| apart == name)?;
        let (_, form) = self.0.get(index)?;
        Some((u32::try_from(files.checked_add(index)?).ok()?, *form))
    }
}
