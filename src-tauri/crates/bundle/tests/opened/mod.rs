//! Opens the bytes of an archive as a file would be opened.

use std::cell::Cell;
use std::fs;

use bundle::{Bundle, Limits, OpenFault};

thread_local! {
    /// Where this test's archives lie: one that vanishes while it is read has changed.
    static FOLDER: tempfile::TempDir = tempfile::tempdir().unwrap();
    static OPENED: Cell<u32> = const { Cell::new(0) };
}

/// Opens bytes as a file whose name ends so.
pub(crate) fn open_as(name: &str, bytes: &[u8], limits: &Limits) -> Result<Bundle, OpenFault> {
    let number = OPENED.replace(OPENED.get() + 1);
    let path = FOLDER.with(|folder| folder.path().join(format!("{number}-{name}")));
    fs::write(&path, bytes).unwrap();
    bundle::open(&path, limits)
}

/// Opens bytes with the limits that every command uses.
pub(crate) fn open(bytes: &[u8]) -> Result<Bundle, OpenFault> {
    open_as("bundle", bytes, &Limits::standard())
}

/// The codes of what the container did wrong, neighbors that are equal told once.
pub(crate) fn codes(opened: &Bundle) -> Vec<&'static str> {
    let mut codes: Vec<&str> = opened.troubles().iter().map(|trouble| trouble.code.code()).collect();
    codes.dedup();
    codes
}
