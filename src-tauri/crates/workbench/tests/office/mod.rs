//! A desk with an office's vault in a temporary folder, open, without a purpose.

use std::path::Path;

use tempfile::TempDir;
use workbench::wire::CreateVaultAsk;
use workbench::{Desk, NoWindow, Options, Outlets};

/// Of the vault's one account, `okafor`.
pub(crate) const PASSPHRASE: &str = "seven quiet herons wade";

pub(crate) fn open() -> (TempDir, Desk) {
    open_with(|_| Box::new(NoWindow))
}

/// The same with a window; `outlets` is given the folder.
pub(crate) fn open_with(outlets: impl FnOnce(&Path) -> Box<dyn Outlets>) -> (TempDir, Desk) {
    let dir = TempDir::new().unwrap();
    let mut options = Options::at(dir.path().join("vault"));
    options.cost = vault::KdfCost::FLOOR;
    let desk = Desk::new(options, outlets(dir.path()));
    desk.create_vault(CreateVaultAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
    (dir, desk)
}
