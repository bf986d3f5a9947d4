//! Folders: links, pipes, several bundles in one, and what this account may not read.

use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use chartproof_tests::cli;
use chartproof_tests::sample::files;

use crate::office::{Office, account, import_words, refused, reported, verify_words};
use crate::parcel::{Parcel, SEGMENT};

/// Whom nothing belongs to on Debian.
const NOBODY: u32 = 65_534;

#[test]
fn a_folder_of_two_bundles_asks_for_one_of_them() {
    let Some(office) = Office::new() else { return };
    fs::create_dir(office.path("both")).unwrap();
    Parcel::new(&office, "both/one");
    Parcel::new(&office, "both/two");
    refused(&office, &office.path("both"), &["both", "the directory holds several bundles; open one of them"]);
}

#[test]
fn a_link_in_a_folder_is_refused_and_not_followed() {
    let Some(office) = Office::new() else { return };
    let parcel = Parcel::new(&office, "linked");
    fs::rename(parcel.file(SEGMENT), office.path("elsewhere.ndjson")).unwrap();
    symlink(office.path("elsewhere.ndjson"), parcel.file(SEGMENT)).unwrap();
    let errors = reported(&office, &parcel.path, &["LINK_FORBIDDEN"]);
    assert_eq!(errors[0]["file"], SEGMENT, "{errors:#?}");
}

#[test]
fn a_pipe_is_refused_and_never_waited_for() {
    let Some(office) = Office::new() else { return };
    let make = |path: &Path| Command::new("mkfifo").arg(path).status().is_ok_and(|status| status.success());
    if !make(&office.path("pipe.zip")) {
        println!("skipped: no mkfifo");
        return;
    }
    refused(&office, &office.path("pipe.zip"), &["pipe.zip", "it is a pipe, a device or a socket"]);
    let parcel = Parcel::new(&office, "piped");
    fs::remove_file(parcel.file(SEGMENT)).unwrap();
    assert!(make(&parcel.file(SEGMENT)));
    let errors = reported(&office, &parcel.path, &["ARCHIVE_ENTRY_TYPE"]);
    assert_eq!(errors[0]["file"], SEGMENT, "{errors:#?}");
}

/// Runs words as an account without rights, to whom the office's home belongs.
struct Nobody {
    office: Office,
}

impl Nobody {
    fn new() -> Option<Self> {
        let office = Office::new()?;
        let may = Command::new("setpriv").args(Self::RIGHTS).arg("true").status();
        if !may.is_ok_and(|status| status.success()) {
            println!("skipped: nobody can be made of this account (root and setpriv are needed)");
            return None;
        }
        // The program may lie where others have no way to.
        fs::copy(office.program(), office.path("chartproof")).unwrap();
        Self::give(office.home().root()).unwrap();
        Some(Self { office })
    }

    const RIGHTS: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];

    /// Gives a folder and all in it away.
    fn give(folder: &Path) -> io::Result<()> {
        chown(folder, Some(NOBODY), Some(NOBODY))?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { Self::give(&path)? } else { chown(&path, Some(NOBODY), Some(NOBODY))? }
        }
        Ok(())
    }

    fn run(&self, words: &[std::ffi::OsString]) -> crate::office::Ended {
        let rights = Self::RIGHTS.map(std::ffi::OsString::from);
        let program = self.office.path("chartproof").into_os_string();
        let words = rights.iter().chain([&program]).chain(words);
        self.office.ended(&cli::command("setpriv", self.office.home(), words).output().unwrap())
    }

    /// `path` cannot be read: told with its name, by whom to ask; the vault is as it was.
    #[track_caller]
    fn is_refused(&self, bundle: &Path, name: &str) {
        let told = [name, "cannot be read: permission denied", "Ask whoever looks after it"];
        self.run(&verify_words(bundle)).refused(5, &told);
        self.run(&import_words(bundle)).refused(5, &told);
        let bundles = self.run(&account(&["bundles", "--format", "json"])).done();
        assert_eq!(bundles.lines().count(), 1, "{bundles}");
        self.run(&account(&["vault", "check"])).done();
        self.run(&account(&["access-log", "verify"])).done();
    }
}

#[test]
fn what_may_not_be_read_is_named() {
    let Some(nobody) = Nobody::new() else { return };
    let parcel = Parcel::new(&nobody.office, "closed");
    Nobody::give(&parcel.path).unwrap();
    let forbid = |name: &str, mode| fs::set_permissions(parcel.file(name), fs::Permissions::from_mode(mode)).unwrap();
    for (name, told) in [("", "closed"), ("data/events", "events"), (SEGMENT, "segment-000001.ndjson")] {
        forbid(name, 0);
        nobody.is_refused(&parcel.path, told);
        forbid(name, 0o755);
    }
    let zip = nobody.office.path("closed.zip");
    parcel.packed(&zip);
    fs::set_permissions(&zip, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(files(&parcel.path).len() > 3, "and root could have read it all");
    nobody.is_refused(&zip, "closed.zip");
}
