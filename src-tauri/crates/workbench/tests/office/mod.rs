//! A desk with an office's vault in a temporary folder, open, without a purpose.

use tempfile::TempDir;
use workbench::wire::CreateVaultAsk;
use workbench::{Desk, NoWindow, Options};

/// Of the vault's one account, `okafor`.
pub(crate) const PASSPHRASE: &str = "seven quiet herons wade";

pub(crate) fn open() -> (TempDir, Desk) {
    let dir = TempDir::new().unwrap();
    let mut options = Options::at(dir.path().join("vault"));
    options.cost = vault::KdfCost::FLOOR;
    let desk = Desk::new(options, Box::new(NoWindow));
    desk.create_vault(CreateVaultAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
    (dir, desk)
}
