//! Whether what is generated is what would be generated now.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::stop::Stop;
use crate::{bindings, place, stamp};

/// Generates again and compares. What was stale is up to date afterwards.
pub(crate) fn bound() -> Result<(), Stop> {
    let before = contents()?;
    bindings::bindings()?;
    let after = contents()?;
    let mut stale: Vec<String> = after
        .iter()
        .filter(|(path, content)| before.get(*path) != Some(content))
        .map(|(path, _)| format!("{} was stale and has been written", place::shown(path)))
        .collect();
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    stale.extend(gone.map(|path| format!("{} follows from nothing and has been removed", place::shown(path))));
    if stale.is_empty() { Ok(()) } else { Err(Stop::NotGreen { what: stale }) }
}

fn contents() -> Result<BTreeMap<PathBuf, Vec<u8>>, Stop> {
    let mut contents = BTreeMap::new();
    for dir in [bindings::types(), bindings::capabilities()] {
        if dir.is_dir() {
            for file in stamp::files(&dir, &[])? {
                let content = fs::read(&file).map_err(Stop::file(&file))?;
                contents.insert(file, content);
            }
        }
    }
    Ok(contents)
}
