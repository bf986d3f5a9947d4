//! A bundle that is read from where its files are kept, long after its container was opened.
//!
//! The container itself is gone: what it was, what was wrong with it and where a packed entry was damaged is handed in as
//! it was noted when the bundle was opened, so that nothing looks better than it was. Where the bytes come from is a
//! [`Shelf`]; this module only sees to it that an entry ends where it ended then, and in the same way.

use std::fmt;
use std::io::{self, Read};

use crate::bundle::{Bundle, Container, ContainerKind, Entry, Profile, Slot};
use crate::fault::{Damage, ReadFault};
use crate::limits::Limits;
use crate::trouble::Trouble;

/// Where the files of a bundle are kept.
pub trait Shelf: fmt::Debug + Send + Sync {
    /// A reader over the bytes that are kept of a file, from the first; `index` is its place in [`Kept::files`].
    fn read(&self, index: usize) -> io::Result<Box<dyn Read + Send + '_>>;
}

/// A file as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// Its name and its size as the container listed it.
    pub entry: Entry,
    /// How its packed content was damaged; then the bytes that could be read are kept.
    pub damage: Option<Damage>,
}

/// What is known of a bundle whose files are kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What it lay in.
    pub container: ContainerKind,
    /// Which profile it was read by.
    pub profile: Profile,
    /// Its files, in the order of their indexes on the shelf.
    pub files: Vec<KeptFile>,
    /// What was wrong with the container.
    pub troubles: Vec<Trouble>,
    /// The limits that it was opened with.
    pub limits: Limits,
}

/// The container of a kept bundle.
#[derive(Debug)]
pub(crate) struct Kepts {
    kind: ContainerKind,
    shelf: Box<dyn Shelf>,
}

impl Bundle {
    /// A bundle whose files are kept on a shelf.
    #[must_use]
    pub fn kept(kept: Kept, shelf: Box<dyn Shelf>) -> Self {
        let Kept { container, profile, files, troubles, limits } = kept;
        let slots = files.into_iter().enumerate();
        let slots = slots.map(|(index, file)| (file.entry, Slot::Kept { index, damage: file.damage })).collect();
        Self::new(Container::Kept(Kepts { kind: container, shelf }), profile, slots, troubles, &limits)
    }
}

impl Kepts {
    pub(crate) const fn kind(&self) -> ContainerKind {
        self.kind
    }

    pub(crate) fn stream(
        &self,
        entry: &Entry,
        index: usize,
        damage: Option<Damage>,
    ) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        let bytes = self.shelf.read(index).map_err(ReadFault::of)?;
        Ok(Box::new(Ending { bytes, name: entry.name.clone(), size_bytes: entry.size_bytes, read: 0, damage }))
    }
}

/// Ends as the entry ended when it was kept.
struct Ending<'s> {
    bytes: Box<dyn Read + Send + 's>,
    name: String,
    size_bytes: u64,
    read: u64,
    damage: Option<Damage>,
}

impl Read for Ending<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.read = self.read.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        let name = || self.name.clone();
        match self.damage {
            Some(damage) => Err(ReadFault::Damaged { name: name(), damage }.into_io()),
            None if self.read != self.size_bytes => Err(ReadFault::Changed { name: name() }.into_io()),
            None => Ok(0),
        }
    }
}
