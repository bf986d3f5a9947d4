//! Stamps: a number for the content of files, kept beside what was made from them, so that it is made again only when
//! something changed. Modification times are not looked at: a checkout sets them all.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::stop::Stop;

/// Sums up files and folders with everything in them, except entries named in `without`.
pub(crate) fn of(paths: &[PathBuf], without: &[&str]) -> Result<String, Stop> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        for file in files(path, without)? {
            file.hash(&mut hasher);
            fs::read(&file).map_err(Stop::file(&file))?.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether `file` says that its work was done for `stamp`.
pub(crate) fn stands(file: &Path, stamp: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text == stamp)
}

/// Notes that the work was done for `stamp`.
pub(crate) fn set(file: &Path, stamp: &str) -> Result<(), Stop> {
    if let Some(dir) = file.parent() {
        fs::create_dir_all(dir).map_err(Stop::file(dir))?;
    }
    fs::write(file, stamp).map_err(Stop::file(file))
}

/// Every file at or below `path`, in order of name, except below entries named in `without`. Links are not followed.
pub(crate) fn files(path: &Path, without: &[&str]) -> Result<Vec<PathBuf>, Stop> {
    let mut found = Vec::new();
    let mut waiting = vec![path.to_path_buf()];
    while let Some(next) = waiting.pop() {
        let kind = fs::symlink_metadata(&next).map_err(Stop::file(&next))?;
        if kind.is_file() {
            found.push(next);
        } else if kind.is_dir() {
            for entry in fs::read_dir(&next).map_err(Stop::file(&next))? {
                let entry = entry.map_err(Stop::file(&next))?;
                if !without.iter().any(|name| entry.file_name() == *name) {
                    waiting.push(entry.path());
                }
            }
        }
    }
    found.sort();
    Ok(found)
}
