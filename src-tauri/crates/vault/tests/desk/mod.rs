//! What every test of the vault needs: a folder, a user, a vault at the cheapest cost that is allowed.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};

use model::Instant;
use tempfile::TempDir;
use vault::{KdfCost, NewUser, RecoveryKey, Vault, VaultFault, VaultLabel};

pub(crate) const USER: &str = "J. Okafor";
pub(crate) const PASSPHRASE: &str = "gravel lantern ninety otter";
pub(crate) const OTHER_PASSPHRASE: &str = "velvet harbor sixteen plum";

/// A folder that goes away with the test, and the vault's folder in it.
pub(crate) struct Desk {
    _folder: TempDir,
    pub(crate) vault: PathBuf,
}

impl Desk {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("vault");
        Self { _folder: folder, vault }
    }

    pub(crate) fn with_vault() -> (Self, Vault, RecoveryKey) {
        let desk = Self::empty();
        let (vault, recovery) = desk.create().unwrap();
        (desk, vault, recovery)
    }

    pub(crate) fn create(&self) -> Result<(Vault, RecoveryKey), VaultFault> {
        let first = NewUser { name: USER, passphrase: PASSPHRASE };
        Vault::create(&self.vault, &first, KdfCost::FLOOR, VaultLabel::Office, &noon())
    }

    pub(crate) fn unlock(&self) -> Result<Vault, VaultFault> {
        Vault::unlock(&self.vault, USER, PASSPHRASE)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.vault.join(name)
    }
}

pub(crate) fn noon() -> Instant {
    Instant::parse("2026-03-01T12:00:00Z").unwrap()
}

/// Every file of a folder with its content.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect()
}
