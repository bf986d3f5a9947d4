//! The kept files of a bundle as streams: for verifying them again or writing them elsewhere.

use std::io::{self, Read};
use std::sync::Arc;

use access_log::Witnessed;
use model::BundleId;
use vault::Vault;

use crate::{EventStore, StoreFault, shelf};

/// The kept files of one bundle. Holds the vault; from the time the bundle is removed, reading fails.
pub struct KeptFiles {
    vault: Arc<Vault>,
    bundle: i64,
}

impl std::fmt::Debug for KeptFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptFiles({})", self.bundle)
    }
}

impl EventStore {
    /// The files of a bundle as they were handed over, for whatever act `seen` tells of.
    pub fn kept(&self, seen: &Witnessed, bundle: &BundleId) -> Result<KeptFiles, StoreFault> {
        seen.stands(self.vault())?;
        Ok(KeptFiles { vault: Arc::clone(self.vault()), bundle: self.number_of(bundle)? })
    }
}

impl KeptFiles {
    /// A reader over a file from its first byte. Its errors carry a [`StoreFault`].
    #[must_use]
    pub fn reader(&self, file: u32) -> KeptReader<'_> {
        KeptReader { kept: self, file, at: 0, piece: Vec::new(), taken: 0 }
    }
}

/// Reads a kept file piece by piece. One short read of the vault for each: it may take as long as the other side likes.
pub struct KeptReader<'k> {
    kept: &'k KeptFiles,
    file: u32,
    /// Where the next piece begins.
    at: i64,
    piece: Vec<u8>,
    taken: usize,
}

impl Read for KeptReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken >= self.piece.len() {
            let KeptFiles { vault, bundle } = self.kept;
            let next = vault.read(|database| shelf::piece(database, *bundle, self.file, self.at));
            let Some(piece) = next.map_err(io::Error::other)? else { return Ok(0) };
            self.at = piece.first_byte.saturating_add(i64::try_from(piece.bytes.len()).unwrap_or(i64::MAX));
            (self.piece, self.taken) = (piece.bytes, 0);
        }
        let rest = self.piece.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.taken += count;
        Ok(count)
    }
}
