//! The kept files of a bundle, to be read as files are: for holding a bundle against another or checking it again.
//!
//! Nothing here shows anything: whoever lets a byte of it out to a person has written the line for that.

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

use access_log::Witnessed;
use model::BundleId;
use vault::Vault;

use crate::{EventStore, StoreFault, StoredFile, shelf};

/// The files of one bundle as they were handed over. Several can be read at once from several threads.
pub struct KeptFiles {
    vault: Arc<Vault>,
    bundle: i64,
    files: Vec<StoredFile>,
}

impl EventStore {
    /// The kept files of a bundle. `seen` may be for whatever act reads them; it is asked once, because the reading may
    /// outlast the purpose under which it was begun.
    pub fn kept(&self, seen: &Witnessed, bundle: &BundleId) -> Result<KeptFiles, StoreFault> {
        seen.stands(self.vault())?;
        let files = self.files(bundle)?;
        let number = self.catalog(bundle)?.number;
        Ok(KeptFiles { vault: Arc::clone(self.vault()), bundle: number, files })
    }
}

impl KeptFiles {
    /// The files, by their index.
    #[must_use]
    pub fn files(&self) -> &[StoredFile] {
        &self.files
    }

    /// A reader over a file from its first byte. Its end is reached without an error only if all bytes were there.
    #[must_use]
    pub fn reader(&self, file: u32) -> KeptReader<'_> {
        let length = self.files.get(file as usize).map_or(0, |file| file.bytes);
        KeptReader { kept: self, file, length, at: 0, piece: Vec::new(), used: 0 }
    }
}

impl std::fmt::Debug for KeptFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptFiles({} files)", self.files.len())
    }
}

/// Reads one kept file.
#[derive(Debug)]
pub struct KeptReader<'k> {
    kept: &'k KeptFiles,
    file: u32,
    length: u64,
    /// The byte that comes next.
    at: u64,
    /// The piece that is being handed out, and how much of it has been.
    piece: Vec<u8>,
    used: usize,
}

impl KeptReader<'_> {
    /// Takes the next piece: one short read of the vault.
    fn take(&mut self) -> io::Result<()> {
        let at = i64::try_from(self.at).unwrap_or(i64::MAX);
        let found = self.kept.vault.read(|database| shelf::piece(database, self.kept.bundle, self.file, at));
        // A bundle that was removed meanwhile has no pieces any more.
        let missing = || io::Error::from(ErrorKind::UnexpectedEof);
        let piece = found.map_err(io::Error::other)?.ok_or_else(missing)?;
        self.used = usize::try_from(at - piece.first_byte).map_err(|_| missing())?;
        self.piece = piece.bytes;
        Ok(())
    }
}

impl Read for KeptReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.at >= self.length {
            return Ok(0);
        }
        if self.used >= self.piece.len() {
            self.take()?;
        }
        let rest = self.piece.get(self.used..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.used += count;
        self.at += count as u64;
        Ok(count)
    }
}
