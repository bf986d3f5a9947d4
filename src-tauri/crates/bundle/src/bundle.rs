//! The open bundle: a list of names and a way to read each.

use std::io::Read;

use crate::directory::Directory;
use crate::fault::{Damage, ReadFault};
use crate::kept::Kepts;
use crate::limits::Limits;
use crate::lone::LoneFile;
use crate::steady::Stamp;
use crate::tar::{self, Placed};
use crate::trouble::Trouble;
use crate::unpack::Packing;
use crate::zip::{Archive, Packed};

/// What a bundle lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerKind {
    /// A directory.
    Directory,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A tar archive packed with gzip.
    TarGzip,
    /// A tar archive packed with Zstandard.
    TarZstd,
    /// One file that is not packed.
    File,
}

impl ContainerKind {
    /// The word for reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::TarGzip => "tar.gz",
            Self::TarZstd => "tar.zst",
            Self::File => "file",
        }
    }

    /// The kind with exactly this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Directory, Self::Zip, Self::Tar, Self::TarGzip, Self::TarZstd, Self::File]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// Which import profile reads the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Audit Bundle 1.0 (formats 1).
    AuditBundle1,
    /// FHIR R4 and R5 `AuditEvent` (formats 2.1).
    FhirAuditEvent,
    /// A known container without a known profile.
    Unknown,
}

impl Profile {
    /// The name of the profile in reports and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuditBundle1 => "audit-bundle/1.0",
            Self::FhirAuditEvent => "fhir-auditevent",
            Self::Unknown => "unknown",
        }
    }
}

/// A regular file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path relative to the bundle's root, components separated by `/`.
    pub name: String,
    /// Size of its content in bytes, unpacked, as listed.
    pub size_bytes: u64,
}

/// What it takes to read one entry again.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    /// A file of a directory as it was listed.
    Listed(Stamp, String),
    /// A member of a zip archive.
    Packed(Packed),
    /// A member of a tar archive.
    Placed(Placed),
    /// The one file itself.
    Lone,
    /// A file on a shelf, by its index there, and how its content was damaged when it was put there.
    Kept { index: usize, damage: Option<Damage> },
}

#[derive(Debug)]
pub(crate) enum Container {
    Directory(Directory),
    Zip(Archive),
    Tar(tar::Archive),
    Lone(LoneFile),
    Kept(Kepts),
}

/// A bundle that was opened and listed. Nothing in it has been judged.
///
/// Entries can be streamed from several threads at once.
#[derive(Debug)]
pub struct Bundle {
    container: Container,
    profile: Profile,
    entries: Vec<Entry>,
    /// Stands beside `entries`, in the same order.
    slots: Vec<Slot>,
    troubles: Vec<Trouble>,
    limits: Limits,
    top: Option<String>,
}

impl Bundle {
    /// Puts a bundle together. Of a refused container no entry is kept, so that nothing of it can be read.
    pub(crate) fn new(
        container: Container,
        profile: Profile,
        mut files: Vec<(Entry, Slot)>,
        troubles: Vec<Trouble>,
        limits: &Limits,
    ) -> Self {
        if troubles.iter().any(|trouble| trouble.code.refuses()) {
            files.clear();
        }
        files.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        let (entries, slots) = files.into_iter().unzip();
        Self { container, profile, entries, slots, troubles, limits: limits.clone(), top: None }
    }

    pub(crate) fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
    }

    pub(crate) fn set_top(&mut self, top: Option<String>) {
        self.top = top;
    }

    /// Refuses the container after all: nothing of it can be read from now on.
    pub(crate) fn refuse(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
        self.entries.clear();
        self.slots.clear();
    }

    /// What the bundle lies in.
    #[must_use]
    pub fn container(&self) -> ContainerKind {
        match &self.container {
            Container::Directory(_) => ContainerKind::Directory,
            Container::Zip(_) => ContainerKind::Zip,
            Container::Tar(archive) => match archive.packing() {
                None => ContainerKind::Tar,
                Some(Packing::Gzip) => ContainerKind::TarGzip,
                Some(Packing::Zstd) => ContainerKind::TarZstd,
            },
            Container::Lone(_) => ContainerKind::File,
            Container::Kept(kept) => kept.kind(),
        }
    }

    /// Which profile the content looks like; the user confirms it.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The regular files, sorted by name. Empty if the container was [refused](Self::is_refused).
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The folder in which the bundle lies inside the archive, or inside the folder that was opened; `None` where it
    /// lies there itself. Names of entries begin below it.
    #[must_use]
    pub fn top(&self) -> Option<&str> {
        self.top.as_deref()
    }

    /// What the container did wrong while it was listed.
    #[must_use]
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// Whether the container was refused: hostile, damaged or over a limit. Then nothing in it can be read.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.troubles.iter().any(|trouble| trouble.code.refuses())
    }

    /// The limits that the container was opened with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The order, as indices of [`entries`](Self::entries), in which reading all of them is cheapest; `None` where any
    /// order is.
    ///
    /// A packed tar archive can only be unpacked from its beginning: in its own order all entries cost one pass, in any
    /// other order up to one pass each.
    #[must_use]
    pub fn sequence(&self) -> Option<Vec<usize>> {
        if !matches!(&self.container, Container::Tar(archive) if archive.packing().is_some()) {
            return None;
        }
        let offset = |slot: &Slot| if let Slot::Placed(placed) = slot { placed.offset } else { 0 };
        let mut sequence: Vec<_> = self.slots.iter().map(offset).enumerate().collect();
        sequence.sort_unstable_by_key(|(_, offset)| *offset);
        Some(sequence.into_iter().map(|(index, _)| index).collect())
    }

    /// The entry with this name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.find(name).map(|(entry, _)| entry)
    }

    fn find(&self, name: &str) -> Option<(&Entry, &Slot)> {
        let index = self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        Some((self.entries.get(index)?, self.slots.get(index)?))
    }

    /// Reads a whole entry of at most `max_bytes` bytes.
    pub fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        let too_large = || ReadFault::TooLarge { name: name.to_owned(), limit_bytes: max_bytes };
        if self.entry(name).is_some_and(|entry| entry.size_bytes > max_bytes) {
            return Err(too_large());
        }
        let mut content = Vec::new();
        self.stream(name)?.take(max_bytes.saturating_add(1)).read_to_end(&mut content).map_err(ReadFault::of)?;
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > max_bytes {
            return Err(too_large());
        }
        Ok(content)
    }

    /// A reader over the container's own file, packed as it is; `None` for a directory, which is no file, and for a kept
    /// bundle, whose container is gone.
    ///
    /// It reads the very file that the entries are read from, whatever lies at its path by now. Errors and end are as
    /// those of [`stream`](Self::stream).
    #[must_use]
    pub fn container_file(&self) -> Option<Box<dyn Read + Send + '_>> {
        match &self.container {
            Container::Directory(_) | Container::Kept(_) => None,
            Container::Zip(archive) => Some(archive.whole()),
            Container::Tar(archive) => Some(archive.whole()),
            Container::Lone(file) => Some(file.stream(self.entries.first().map_or("the file", |entry| &entry.name))),
        }
    }

    /// How many bytes lie in the container as it is: of a directory and of a kept bundle those of the entries.
    #[must_use]
    pub fn container_bytes(&self) -> u64 {
        match &self.container {
            Container::Zip(archive) => archive.size_bytes(),
            Container::Tar(archive) => archive.size_bytes(),
            Container::Directory(_) | Container::Kept(_) | Container::Lone(_) => self.unpacked_bytes(),
        }
    }

    /// How many bytes the entries have in all, as the container says.
    #[must_use]
    pub fn unpacked_bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size_bytes).fold(0, u64::saturating_add)
    }

    /// A reader over one entry from its beginning.
    ///
    /// Its errors carry a [`ReadFault`]; take it out with [`ReadFault::of`]. The end of the stream is reached without an
    /// error only if the content is whole: unchanged since it was listed, of the stated size and checksum.
    pub fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        let Some((entry, slot)) = self.find(name) else {
            let name = name.to_owned();
            return Err(if self.is_refused() { ReadFault::Refused { name } } else { ReadFault::NoSuchEntry { name } });
        };
        match (&self.container, slot) {
            (Container::Directory(directory), Slot::Listed(stamp, path)) => directory.stream(path, &entry.name, *stamp),
            (Container::Zip(archive), Slot::Packed(packed)) => {
                archive.check_unchanged(&entry.name)?;
                Ok(archive.stream(&entry.name, entry.size_bytes, *packed))
            }
            (Container::Tar(archive), Slot::Placed(placed)) => archive.stream(&entry.name, entry.size_bytes, placed),
            (Container::Lone(file), _) => Ok(file.stream(&entry.name)),
            (Container::Kept(kept), Slot::Kept { index, damage }) => kept.stream(entry, *index, *damage),
            _ => Err(ReadFault::NoSuchEntry { name: entry.name.clone() }),
        }
    }
}
