//! What is judged: a container that was opened and listed. [`bundle::Bundle`] is one; a test can be another.

use std::io::Read;

use bundle::records::Records;
use bundle::segment::Files;
use bundle::{Bundle, Entry, Limits, Profile, ReadFault, Trouble};

/// A container's entries and their content. Several entries can be streamed at once from several threads.
pub trait Source: Sync {
    /// Which profile the content looks like.
    fn profile(&self) -> Profile;
    /// The regular files, sorted by name.
    fn entries(&self) -> &[Entry];
    /// What the container did wrong while it was listed.
    fn troubles(&self) -> &[Trouble];
    /// A reader over one entry; it ends without an error only if the content is whole.
    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault>;
    /// A whole entry of at most `max_bytes` bytes.
    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault>;

    /// What packed segments may unpack to.
    fn limits(&self) -> Limits {
        Limits::standard()
    }

    /// The records of an export without evidence of its own, where there is a way to take it apart.
    fn records(&self) -> Option<Records<'_>> {
        None
    }

    /// The order, as indices of the entries, in which reading all of them is cheapest; `None` where any order is.
    fn sequence(&self) -> Option<Vec<usize>> {
        None
    }

    /// The entry with this name.
    fn entry(&self, name: &str) -> Option<&Entry> {
        let index = self.entries().binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        self.entries().get(index)
    }
}

impl Files for dyn Source + '_ {
    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        Source::stream(self, name)
    }

    fn limits(&self) -> Limits {
        Source::limits(self)
    }
}

impl Source for Bundle {
    fn profile(&self) -> Profile {
        Bundle::profile(self)
    }

    fn entries(&self) -> &[Entry] {
        Bundle::entries(self)
    }

    fn troubles(&self) -> &[Trouble] {
        Bundle::troubles(self)
    }

    fn limits(&self) -> Limits {
        Bundle::limits(self).clone()
    }

    fn sequence(&self) -> Option<Vec<usize>> {
        Bundle::sequence(self)
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        Bundle::stream(self, name)
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        Bundle::read(self, name, max_bytes)
    }

    fn records(&self) -> Option<Records<'_>> {
        Some(bundle::records::records(self))
    }
}
