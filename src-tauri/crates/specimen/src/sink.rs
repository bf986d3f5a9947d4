//! Where a specimen goes: one file after the other, each once, written from front to back.

use std::collections::BTreeMap;
use std::convert::Infallible;

/// Takes the files of a specimen.
///
/// For each file: one [`create`](Sink::create), any number of [`write`](Sink::write)s, one [`finish`](Sink::finish).
/// Paths are relative to the top of the bundle, use `/`, and never leave it. A sink that packs (zip) puts its one
/// top-level directory in front.
pub trait Sink {
    /// Why a file could not be written.
    type Fault;

    /// Begins a file that does not exist yet.
    fn create(&mut self, path: &str) -> Result<(), Self::Fault>;

    /// Adds bytes to the file that was begun last.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Fault>;

    /// Ends the file that was begun last.
    fn finish(&mut self) -> Result<(), Self::Fault>;
}

/// Keeps everything in memory: for tests and for small specimens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemorySink {
    files: BTreeMap<String, Vec<u8>>,
    open: String,
}

impl MemorySink {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The files by path.
    #[must_use]
    pub const fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// Gives the files away.
    #[must_use]
    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.files
    }
}

impl Sink for MemorySink {
    type Fault = Infallible;

    fn create(&mut self, path: &str) -> Result<(), Infallible> {
        path.clone_into(&mut self.open);
        self.files.insert(path.to_owned(), Vec::new());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        if let Some(file) = self.files.get_mut(&self.open) {
            file.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Infallible> {
        self.open.clear();
        Ok(())
    }
}

/// Counts and keeps nothing: for measurements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountingSink {
    /// How many files were begun.
    pub files: u64,
    /// How many bytes were written.
    pub bytes: u64,
}

impl Sink for CountingSink {
    type Fault = Infallible;

    fn create(&mut self, _path: &str) -> Result<(), Infallible> {
        self.files += 1;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
