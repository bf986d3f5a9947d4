//! A bundle as a directory: walked once without following links, opened again file by file.
//!
//! # Invariants
//! * A link, a pipe, a socket or a device inside refuses the directory; none is ever opened.
//! * A file is opened without following, its parent must still lie under the root, and it must still be the file that
//!   was listed: same identity, size and time of change.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::escape::visible_bytes;
use crate::fault::{OpenFault, ReadFault};
use crate::limits::Limits;
use crate::roster::{Kind, Roster};
use crate::steady::{Stamp, SteadyFile, WholeFile, open_no_follow};
use crate::trouble::{TroubleCode, Troubles};

/// A directory that was listed.
#[derive(Debug)]
pub(crate) struct Directory {
    /// The root, with all links on the way to it resolved.
    root: PathBuf,
}

/// One regular file of a listed directory.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) stamp: Stamp,
}

impl Directory {
    /// Walks the directory and lists its regular files, unsorted.
    pub(crate) fn list(path: &Path, limits: &Limits) -> Result<(Self, Vec<Listed>, Troubles), OpenFault> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenFault::Unreadable { path, source }
        };
        let root = fs::canonicalize(path).map_err(unreadable(path))?;
        let mut roster = Roster::new(limits);
        let mut files = Vec::new();
        let mut waiting = vec![(root.clone(), String::new())];
        while let Some((directory, prefix)) = waiting.pop() {
            for child in fs::read_dir(&directory).map_err(unreadable(&directory))? {
                let child = child.map_err(unreadable(&directory))?;
                let path = child.path();
                let metadata = fs::symlink_metadata(&path).map_err(unreadable(&path))?;
                let raw = [prefix.as_bytes(), child.file_name().as_encoded_bytes()].concat();
                match admit(&mut roster, &raw, &metadata) {
                    Some((Kind::Directory, name)) => waiting.push((path, name + "/")),
                    Some((Kind::File, name)) => files.push(Listed { name, stamp: Stamp::of(&metadata) }),
                    None => {}
                }
                if roster.exhausted() {
                    return Ok((Self { root }, Vec::new(), roster.troubles));
                }
            }
        }
        Ok((Self { root }, files, roster.troubles))
    }

    /// Opens a listed file again and makes sure that it is still that file. `path` is relative to the root that was
    /// listed, `name` is what the entry is called in messages.
    pub(crate) fn stream<'b>(
        &self,
        path: &str,
        name: &'b str,
        stamp: Stamp,
    ) -> Result<Box<dyn Read + Send + 'b>, ReadFault> {
        let path = path.split('/').fold(self.root.clone(), |path, component| path.join(component));
        let changed = || ReadFault::Changed { name: name.to_owned() };
        if let Some(parent) = path.parent() {
            let now = fs::canonicalize(parent).map_err(|source| ReadFault::from_io(name, source))?;
            if now != parent {
                return Err(changed());
            }
        }
        let file = open_no_follow(&path).map_err(|source| {
            let is_link_now = fs::symlink_metadata(&path).is_ok_and(|now| now.file_type().is_symlink());
            if is_link_now { changed() } else { ReadFault::from_io(name, source) }
        })?;
        let file = SteadyFile::new(file).map_err(|source| ReadFault::from_io(name, source))?;
        if file.stamp() != stamp {
            return Err(changed());
        }
        Ok(Box::new(WholeFile::new(file, name)))
    }
}

/// Notes what a child of a directory is, and names it if it may be used.
fn admit(roster: &mut Roster<'_>, raw: &[u8], metadata: &fs::Metadata) -> Option<(Kind, String)> {
    let file_type = metadata.file_type();
    if file_type.is_symlink() {
        let message = "The entry is a symbolic link; links are never followed.";
        roster.troubles.add(TroubleCode::LinkForbidden, Some(visible_bytes(raw)), message);
        None
    } else if file_type.is_dir() {
        roster.admit(raw, Kind::Directory, 0).map(|name| (Kind::Directory, name))
    } else if file_type.is_file() {
        roster.admit(raw, Kind::File, metadata.len()).map(|name| (Kind::File, name))
    } else {
        let message = "The entry is a pipe, a socket or a device.";
        roster.troubles.add(TroubleCode::ArchiveEntryType, Some(visible_bytes(raw)), message);
        None
    }
}
