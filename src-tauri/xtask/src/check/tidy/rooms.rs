//! The top level holds what it should and nothing else, and every room says in a README what it is for.

use std::collections::BTreeSet;
use std::fs;

use super::{Breaks, Source};
use crate::place;
use crate::stop::Stop;

/// What lies at the top, besides dotfiles and what is built.
const TOP: &[&str] =
    &["Cargo.toml", "Cargo.lock", "README.md", "LICENSE", "src-tauri", "ui", "assets", "tests", "target"];

/// Looks at folders.
pub(super) fn look(sources: &[Source], breaks: &mut Breaks) -> Result<(), Stop> {
    let root = place::root();
    for entry in fs::read_dir(&root).map_err(Stop::file(&root))? {
        let name = entry.map_err(Stop::file(&root))?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !TOP.contains(&name.as_str()) {
            breaks.note(&name, "does not belong at the top level");
        }
    }
    for name in TOP.iter().filter(|name| **name != "target" && !root.join(name).exists()) {
        breaks.note(name, "is missing at the top level");
    }
    for room in rooms(sources) {
        if !sources.iter().any(|source| source.path == format!("{room}/README.md")) {
            breaks.note(&room, "has no README.md: a room says what it is for");
        }
    }
    Ok(())
}

/// The rooms: the top folders, each crate, and what is right below `ui/src`.
fn rooms(sources: &[Source]) -> BTreeSet<String> {
    let mut rooms: BTreeSet<String> =
        ["src-tauri", "ui", "assets", "tests", "src-tauri/xtask"].map(str::to_owned).into();
    for source in sources {
        for parent in ["src-tauri/crates/", "ui/src/"] {
            if let Some((room, _)) = source.path.strip_prefix(parent).and_then(|below| below.split_once('/')) {
                rooms.insert(format!("{parent}{room}"));
            }
        }
    }
    rooms
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::rooms;

    #[test]
    fn crates_and_folders_of_the_front_end_are_rooms() {
        let sources = [source("src-tauri/crates/vault/src/lib.rs", ""), source("ui/src/parts/Badge/Badge.svelte", "")];
        let rooms = rooms(&sources);
        assert!(rooms.contains("src-tauri/crates/vault") && rooms.contains("ui/src/parts"));
        assert!(!rooms.contains("ui/src/parts/Badge"));
    }
}
