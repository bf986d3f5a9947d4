//! The vault's files: readable by their owner alone, and replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::VaultFault;

/// The key wraps; no PHI.
pub(crate) const HEADER_FILE: &str = "vault.json";
/// The encrypted database.
pub(crate) const DATABASE_FILE: &str = "vault.db";
/// What the database leaves beside itself after a crash.
pub(crate) const DATABASE_SIDE_FILES: [&str; 3] = ["vault.db-wal", "vault.db-shm", "vault.db-journal"];
/// The file the holder's lock lies on; always empty.
pub(crate) const LOCK_FILE: &str = "vault.lock";
/// A second lock of the holder's, on a file of its own: to look whether somebody is in, nobody has to touch the first.
pub(crate) const OPEN_FILE: &str = "vault.open";
/// Who holds the lock.
pub(crate) const HOLDER_FILE: &str = "vault.holder";
/// How many attempts to open the vault failed since it was last opened.
pub(crate) const ATTEMPTS_FILE: &str = "vault.attempts";
/// Stands in the folder while a vault is being made: what lies beside it was never a vault.
pub(crate) const MAKING_FILE: &str = "vault.making";

/// Bytes that the disk of this folder has left for this account; `None` where the system does not say.
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    fs4::available_space(folder).ok()
}

/// Opens a file for the owner alone, making it if it is absent.
pub(crate) fn private_file(path: &Path) -> Result<File, VaultFault> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| VaultFault::file(path, &error))
}

/// Makes the folder for the owner alone, with whatever folders lead to it.
pub(crate) fn private_folder(path: &Path) -> Result<(), VaultFault> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| VaultFault::file(path, &error))?;
    // A folder that was there before, empty, may be open to others.
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(|error| VaultFault::file(path, &error))?;
    Ok(())
}

/// Replaces a file so that, whatever happens, either the old content or the new one is there.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), VaultFault> {
    let beside = beside(path);
    let written = write_through(&beside, content).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // What was written so far is of no use to anybody; if it cannot be removed, the next write overwrites it.
        drop(fs::remove_file(&beside));
        return Err(VaultFault::file(path, &error));
    }
    path.parent().map_or(Ok(()), settle)
}

/// Waits until the names in a folder are on the disk.
pub(crate) fn settle(folder: &Path) -> Result<(), VaultFault> {
    // Windows has no such call for folders; NTFS journals names by itself.
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| VaultFault::file(folder, &error))?;
    }
    Ok(())
}

/// Reads a small file; one that is longer than `bytes_max` gives `None` without being read to its end.
pub(crate) fn read_small(path: &Path, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut content)?;
    Ok((content.len() as u64 <= bytes_max).then_some(content))
}

/// Removes a file that may be absent.
pub(crate) fn remove(path: &Path) -> Result<(), VaultFault> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(VaultFault::file(path, &error)),
        _ => Ok(()),
    }
}

fn write_through(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}
