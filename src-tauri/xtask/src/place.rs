//! Where things lie in this tree.

use std::path::{Path, PathBuf};

/// The workspace: the folder with `Cargo.lock`.
pub(crate) fn root() -> PathBuf {
    // Two folders above this crate; known when compiled, and an xtask is never moved away from its tree.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The front-end.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The folder cargo builds into: the one this very program lies in, whatever decided that.
pub(crate) fn target() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|program| program.ancestors().nth(2).map(Path::to_path_buf))
        .unwrap_or_else(|| root().join("target"))
}

/// A path within the workspace as it is shown to people.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
