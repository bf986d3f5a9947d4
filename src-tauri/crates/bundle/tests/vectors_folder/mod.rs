//! Finds the conformance data outside of the repository.

use std::path::PathBuf;

/// A folder of the conformance data, or `None` with a line that says what was skipped.
pub(crate) fn vectors(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data")), PathBuf::from);
    let path = root.join(what);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no conformance data ({what})");
    None
}
