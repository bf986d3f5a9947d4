//! Where an input lies that has to be a file: in memory, if the system has a place for that.

use std::path::Path;

use tempfile::TempDir;

pub(crate) fn folder() -> TempDir {
    let shared = Path::new("/dev/shm");
    let within = tempfile::Builder::new().prefix("chartproof-fuzz-").tempdir_in(shared);
    within.or_else(|_| tempfile::tempdir()).unwrap()
}
