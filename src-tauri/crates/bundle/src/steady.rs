//! A file that is read at positions, by several threads, and has to stay what it was.
//!
//! Every reader compares the file's size, times of change and identity with what they were when the container was
//! listed; a difference is [`ReadFault::Changed`], never a silent mixture of two versions.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::fault::ReadFault;

/// What tells one version of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) size_bytes: u64,
    modified: Option<SystemTime>,
    status_changed: (i64, i64),
    identity: (u64, u64),
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            size_bytes: metadata.len(),
            modified: metadata.modified().ok(),
            status_changed: status_changed(metadata),
            identity: identity(metadata),
        }
    }
}

/// When the system last noted a change of any kind, in seconds and nanoseconds. Nobody can set it back, as anybody can
/// the time of modification.
#[cfg(unix)]
fn status_changed(metadata: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ctime(), metadata.ctime_nsec())
}

/// Other systems do not tell it.
#[cfg(not(unix))]
fn status_changed(_: &Metadata) -> (i64, i64) {
    (0, 0)
}

/// Device and inode, where the system tells them without opening the file.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

/// On other systems the time of creation stands for it.
#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> (u64, u64) {
    let created = metadata.created().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    (created.map_or(0, |since| since.as_secs()), created.map_or(0, |since| u64::from(since.subsec_nanos())))
}

/// Opens a regular file for reading without following a link in its last component and without waiting for a pipe.
#[cfg(unix)]
pub(crate) fn open_no_follow(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC).open(path)
}

/// Opens a regular file for reading; a link is caught by its metadata just before.
#[cfg(not(unix))]
pub(crate) fn open_no_follow(path: &Path) -> io::Result<File> {
    if std::fs::symlink_metadata(path)?.file_type().is_symlink() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    File::open(path)
}

/// An open file with the stamp it had when it was opened.
#[derive(Debug)]
pub(crate) struct SteadyFile {
    file: File,
    stamp: Stamp,
}

impl SteadyFile {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let stamp = Stamp::of(&file.metadata()?);
        Ok(Self { file, stamp })
    }

    pub(crate) fn size_bytes(&self) -> u64 {
        self.stamp.size_bytes
    }

    /// Whether the file is still the one that was opened.
    pub(crate) fn unchanged(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| Stamp::of(&metadata) == self.stamp)
    }

    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }

    /// The bytes from `offset` on, as many as there are up to `count`.
    pub(crate) fn bytes_at(&self, offset: u64, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.section(offset, count).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A reader over a part of the file.
    pub(crate) fn section(&self, offset: u64, count: u64) -> Section<&Self> {
        Section::new(self, offset, count)
    }
}

/// Reads a part of a file without moving anything that another reader sees.
#[derive(Debug)]
pub(crate) struct Section<F> {
    file: F,
    at: u64,
    left: u64,
}

impl<F: AsRef<SteadyFile>> Section<F> {
    pub(crate) fn new(file: F, offset: u64, count: u64) -> Self {
        Self { file, at: offset, left: count }
    }
}

impl<F: AsRef<SteadyFile>> Read for Section<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(window) = buffer.get_mut(..wanted) else { return Ok(0) };
        if window.is_empty() {
            return Ok(0);
        }
        let count = self.file.as_ref().read_at(window, self.at)?;
        let moved = u64::try_from(count).unwrap_or(u64::MAX);
        self.at = self.at.saturating_add(moved);
        self.left = self.left.saturating_sub(moved);
        Ok(count)
    }
}

/// Reads a whole file and makes sure at its end that it is still the one that was listed.
pub(crate) struct WholeFile<'b, F> {
    file: F,
    name: &'b str,
    at: u64,
}

impl<'b, F: AsRef<SteadyFile>> WholeFile<'b, F> {
    pub(crate) fn new(file: F, name: &'b str) -> Self {
        Self { file, name, at: 0 }
    }
}

// Lets a reader own its file or borrow it.
impl AsRef<SteadyFile> for SteadyFile {
    fn as_ref(&self) -> &SteadyFile {
        self
    }
}

impl<F: AsRef<SteadyFile>> Read for WholeFile<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let file = self.file.as_ref();
        let changed = || ReadFault::Changed { name: self.name.to_owned() }.into_io();
        let count = match file.read_at(buffer, self.at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(ReadFault::from_io(self.name, error).into_io()),
            Ok(count) => count,
        };
        let end = self.at.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if end > file.size_bytes() || (count == 0 && (end < file.size_bytes() || !file.unchanged())) {
            return Err(changed());
        }
        self.at = end;
        Ok(count)
    }
}
