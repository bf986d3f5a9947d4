//! How often opening the vault failed since it was last opened: a number and two times, no names.
//!
//! Whoever opens the vault next is told, and the access log with them. The count is a courtesy, not a defense: anybody
//! who can reach the folder can remove the file. What slows guessing down is the passphrase hash.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::disk::{self, ATTEMPTS_FILE};
use crate::{VaultFault, moment};

/// The longest file that is read, in bytes.
const ATTEMPTS_BYTES_MAX: u64 = 4096;

/// Attempts that failed since the vault was last opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedUnlocks {
    /// How many.
    pub count: u64,
    /// When the first of them was, as RFC 3339.
    pub first: String,
    /// When the last of them was, as RFC 3339.
    pub last: String,
}

/// What was counted so far. A file that cannot be read counts as none.
pub(crate) fn read(folder: &Path) -> Option<FailedUnlocks> {
    let content = disk::read_small(&folder.join(ATTEMPTS_FILE), ATTEMPTS_BYTES_MAX).ok().flatten()?;
    let failed: FailedUnlocks = serde_json::from_slice(&content).ok()?;
    // The texts end up in the access log, so they have to be what they claim.
    let is_time = |text: &str| model::Instant::parse(text).is_ok();
    (is_time(&failed.first) && is_time(&failed.last)).then_some(failed)
}

/// Counts one more. The caller holds the vault's lock. A full disk loses the count, never the answer.
pub(crate) fn count_one(folder: &Path) {
    let now = moment::now().text().to_owned();
    let failed = match read(folder) {
        Some(before) => FailedUnlocks { count: before.count.saturating_add(1), last: now, ..before },
        None => FailedUnlocks { count: 1, first: now.clone(), last: now },
    };
    if let Ok(content) = serde_json::to_vec(&failed) {
        drop(disk::replace(&folder.join(ATTEMPTS_FILE), &content));
    }
}

/// Begins again at none.
pub(crate) fn forget(folder: &Path) -> Result<(), VaultFault> {
    disk::remove(&folder.join(ATTEMPTS_FILE))
}
