//! One process at a time: a lock that the operating system holds and lets go of, whatever happens to the process.
//!
//! Who holds it is told by a second file. That file may be stale after a crash; it is only read when a lock says that
//! somebody is there. Whoever only wants to know looks at a third file, on which the holder has a lock as well: a look
//! can never be in the way of somebody who is about to open the vault.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::disk::{self, HOLDER_FILE, LOCK_FILE, OPEN_FILE};
use crate::{VaultFault, moment};

/// The longest holder file that is read, in bytes.
const HOLDER_BYTES_MAX: u64 = 4096;
/// The longest name that is shown from it, in characters.
const SHOWN_CHARACTERS_MAX: usize = 64;

/// Who has a vault open.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holder {
    /// Number of the process, where known.
    pub process_id: Option<u32>,
    /// Name of the machine, where known.
    pub host: Option<String>,
    /// Account at the operating system, as its environment says.
    pub account: Option<String>,
    /// Since when, as RFC 3339.
    pub since: Option<String>,
}

impl Holder {
    /// This process.
    #[must_use]
    pub fn this_process() -> Self {
        let account = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        Self {
            process_id: Some(std::process::id()),
            host: shown(&host),
            account: account.as_deref().and_then(shown),
            since: Some(moment::now().text().to_owned()),
        }
    }

    /// Who has the vault in this folder open, another process or this one; `None` if nobody, or no vault is there.
    ///
    /// Takes no lock that an opening needs. It may be outdated by the time it is read, so it is for telling, not for
    /// deciding: opening decides.
    pub(crate) fn at(folder: &Path) -> Result<Option<Self>, VaultFault> {
        let path = folder.join(OPEN_FILE);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| VaultFault::file(&path, &error))?,
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(Self::read(folder))),
            Err(TryLockError::Error(error)) => Err(VaultFault::file(&path, &error)),
        }
    }

    /// Whoever wrote the holder file; nothing known if it is absent or unreadable.
    fn read(folder: &Path) -> Self {
        let content = disk::read_small(&folder.join(HOLDER_FILE), HOLDER_BYTES_MAX).ok().flatten();
        let holder: Self = content.and_then(|content| serde_json::from_slice(&content).ok()).unwrap_or_default();
        Self {
            process_id: holder.process_id,
            host: holder.host.as_deref().and_then(shown),
            account: holder.account.as_deref().and_then(shown),
            since: holder.since.as_deref().and_then(shown),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process_id {
            Some(id) => write!(f, "by process {id}")?,
            None => f.write_str("by another process")?,
        }
        for (word, fact) in [("of", &self.account), ("on", &self.host), ("since", &self.since)] {
            if let Some(fact) = fact {
                write!(f, " {word} {fact}")?;
            }
        }
        Ok(())
    }
}

/// The lock, held until this is dropped or the process ends.
pub(crate) struct Held {
    _file: File,
    _open: Option<File>,
    holder: Holder,
}

impl Held {
    /// Takes the lock, or tells who has it.
    pub(crate) fn take(folder: &Path) -> Result<Self, VaultFault> {
        let path = folder.join(LOCK_FILE);
        let file = disk::private_file(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VaultFault::Held(Box::new(Holder::read(folder)))),
            Err(TryLockError::Error(error)) => return Err(VaultFault::file(&path, &error)),
        }
        let holder = Holder::this_process();
        let content = serde_json::to_vec(&holder).unwrap_or_default();
        // Only a courtesy to the next process: a full disk must not keep anybody from reading.
        drop(disk::replace(&folder.join(HOLDER_FILE), &content));
        Ok(Self { _file: file, _open: shown_as_open(folder), holder })
    }

    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }
}

/// The lock by which others see that somebody is in. A courtesy as well: without it they are told when they try to open.
fn shown_as_open(folder: &Path) -> Option<File> {
    let file = disk::private_file(&folder.join(OPEN_FILE)).ok()?;
    file.try_lock().is_ok().then_some(file)
}

/// A name from outside, fit to be shown: no control characters, not too long, not empty.
fn shown(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|letter| !letter.is_control()).take(SHOWN_CHARACTERS_MAX).collect();
    (!text.is_empty()).then_some(text)
}
