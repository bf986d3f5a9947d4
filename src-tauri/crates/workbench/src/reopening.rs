//! Reading a stored bundle again from its kept source, as it came.
//!
//! What cannot be seen from the kept bytes was noted when they were kept: how large the container said a file is, how its
//! content was damaged, what was wrong with the container itself.
//!
//! # Invariants
//! * A file that is read to its end has the digest it was kept under, or reading it fails: what is checked again is what
//!   was imported.
//! * Nothing looks better than it did when it came.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use access_log::Witnessed;
use bundle::{Bundle, ContainerKind, Damage, Entry, Kept, KeptFile, Shelf};
use event_store::{BundleSummary, KeptFiles, StoreFault};
use integrity::{Digest, Hasher};
use serde::{Deserialize, Serialize};

use crate::direct::limits;
use crate::keeping::KeptEntry;
use crate::session::Session;
use crate::verdicts::{BundleFacts, profile_named};
use crate::wire::{Fault, FaultCode};

/// What is noted of a file.
#[derive(Serialize, Deserialize)]
struct Note {
    /// Its size as the container listed it.
    bytes: u64,
    /// Under which index its bytes lie.
    file: u32,
    /// SHA-256 of what is kept of it.
    sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    damage: Option<Damage>,
}

/// The notes on the files of a bundle that was just kept, with their indexes.
pub(crate) fn notes_of(bundle: &Bundle, kept: &[KeptEntry]) -> Result<Vec<(u32, String)>, Fault> {
    let noted = (0..).zip(bundle.entries()).zip(kept).map(|((index, entry), kept)| {
        let KeptEntry { digest, damage, file } = *kept;
        let note = Note { bytes: entry.size_bytes, file, sha256: digest.to_hex(), damage };
        Ok((index, serde_json::to_string(&note).map_err(|_| Fault::internal("A file cannot be noted."))?))
    });
    noted.collect()
}

/// A stored bundle that is read again, and why reading it failed, if it did.
pub(crate) struct Reopened {
    pub(crate) bundle: Bundle,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

/// Why the vault could not give a file as it was kept.
enum Trouble {
    Store(StoreFault),
    /// Its bytes are not those that were kept.
    Other,
}

impl Session {
    /// Opens the kept source of a bundle, for the act that `seen` tells of.
    pub(crate) fn reopen(&self, seen: &Witnessed, summary: &BundleSummary) -> Result<Reopened, Fault> {
        let damaged = || Fault::new(FaultCode::VaultDamaged, "What is noted of this bundle's files cannot be read.");
        let facts: BundleFacts = serde_json::from_str(&summary.facts).map_err(|_| damaged())?;
        let mut files = Vec::new();
        let mut places = Vec::new();
        let stored = self.store.files(&summary.id)?;
        if !stored.is_empty() && stored.iter().all(|file| file.note.is_none()) {
            let what = "An earlier version of Chartproof stored this bundle and did not note how its files came, so it \
                        cannot be checked again. Its verdict from then is history.";
            return Err(Fault::new(FaultCode::Unreadable, what));
        }
        // Behind the bundle's own files stand packed segments and tables as they came; those are not noted.
        for file in stored.into_iter().filter_map(|file| Some((file.path, file.note?))) {
            let note: Note = serde_json::from_str(&file.1).map_err(|_| damaged())?;
            let digest = Digest::from_hex(&note.sha256).ok_or_else(damaged)?;
            files.push(KeptFile { entry: Entry { name: file.0, size_bytes: note.bytes }, damage: note.damage });
            places.push((note.file, digest));
        }
        let trouble = Arc::default();
        let source = VaultShelf { files: self.store.kept(seen, &summary.id)?, places, trouble: Arc::clone(&trouble) };
        let kept = Kept {
            container: ContainerKind::named(&facts.container).ok_or_else(damaged)?,
            profile: profile_named(&summary.facts),
            files,
            troubles: facts.troubles,
            limits: limits(facts.allow_large),
        };
        Ok(Reopened { bundle: Bundle::kept(kept, Box::new(source)), trouble })
    }
}

impl Reopened {
    /// Why reading failed, in the vault's own words; `fault` if the vault had no part in it.
    pub(crate) fn why(&self, fault: Fault) -> Fault {
        match self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(Trouble::Store(fault)) => fault.into(),
            Some(Trouble::Other) => {
                let what = "A kept file of this bundle is not what was imported: the vault was changed with other \
                            tools. Put back a backup of the vault.";
                Fault::new(FaultCode::VaultDamaged, what)
            }
            None => fault,
        }
    }
}

/// The kept files of one bundle.
#[derive(Debug)]
struct VaultShelf {
    files: KeptFiles,
    /// Index in the vault and digest, in the order of the bundle's files.
    places: Vec<(u32, Digest)>,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

impl std::fmt::Debug for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trouble")
    }
}

impl Shelf for VaultShelf {
    fn read(&self, index: usize) -> io::Result<Box<dyn Read + Send + '_>> {
        let (file, digest) = self.places.get(index).ok_or(io::ErrorKind::NotFound)?;
        let reader = self.files.reader(*file);
        Ok(Box::new(Compared { reader, hasher: Some(Hasher::new()), digest: *digest, shelf: self }))
    }
}

impl VaultShelf {
    fn note(&self, trouble: Trouble) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(trouble);
    }
}

/// Hashes what is read and compares it at the end.
struct Compared<'s> {
    reader: event_store::KeptReader<'s>,
    /// `None` once the end was reached.
    hasher: Option<Hasher>,
    digest: Digest,
    shelf: &'s VaultShelf,
}

impl Read for Compared<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.reader.read(buffer) {
            Ok(count) => count,
            Err(error) => {
                if let Ok(fault) = error.downcast::<StoreFault>() {
                    self.shelf.note(Trouble::Store(fault));
                }
                return Err(io::ErrorKind::Other.into());
            }
        };
        if count > 0 {
            if let Some(hasher) = &mut self.hasher {
                hasher.update(buffer.get(..count).unwrap_or_default());
            }
        } else if !buffer.is_empty()
            && let Some(hasher) = self.hasher.take()
            && hasher.finish() != self.digest
        {
            self.shelf.note(Trouble::Other);
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(count)
    }
}
