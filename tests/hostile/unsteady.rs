//! Bundles that do not stay what they were while they are read: appended to, cut, rewritten, replaced, taken away.
//!
//! The program is stopped (SIGSTOP) at a moment that can be seen from outside, the bundle is changed, the program goes on.
//! Whenever that was, the answer is one of three: it changed, and nothing of it is told or kept; or all of it is what it
//! was before, because it had been read to its end; or all of it is what it is now, because nothing of it had been read.
//! Never a mixture.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, FileTimes};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chartproof_tests::sample::files;
use chartproof_tests::{cli, wait_for};
use serde_json::Value;

use crate::office::{Ended, Office, REASON, account, import_words, verify_words};
use crate::parcel::SEGMENT;

/// How programs end that refuse a bundle which changed under them.
const REFUSED: i32 = 5;
/// Events of the bundle that changes: enough that reading it takes a while.
const EVENTS: &str = "8000";
/// How far the vault has grown when an import stores, in bytes.
const STORED_BYTES: u64 = 300_000;

type Change = (&'static str, fn(&Path, &Path));

/// What happens to the file; the second path is that of a file of another bundle.
const CHANGES: [Change; 5] = [
    ("appended to", |file, _| File::options().append(true).open(file).unwrap().write_all(b"{}\n").unwrap()),
    ("cut", |file, _| File::options().write(true).open(file).unwrap().set_len(100_000).unwrap()),
    ("rewritten, with its time set back", |file, _| rewrite(file)),
    ("replaced", |file, other| fs::rename(other, file).unwrap()),
    ("taken away", |file, _| fs::remove_file(file).unwrap()),
];

/// Changes a byte in the middle and sets the time of modification back.
fn rewrite(path: &Path) {
    let mut file = File::options().write(true).open(path).unwrap();
    let metadata = file.metadata().unwrap();
    file.seek(SeekFrom::Start(metadata.len() / 2)).unwrap();
    file.write_all(b"#").unwrap();
    file.set_times(FileTimes::new().set_modified(metadata.modified().unwrap())).unwrap();
}

/// When it happens.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The program has just opened the file.
    Opened,
    /// The vault has begun to grow.
    Storing,
}

/// A bundle that changes.
struct Changing {
    office: Office,
    /// What is given to the program.
    bundle: PathBuf,
    /// The file that changes: the bundle itself, or its segment.
    file: PathBuf,
    /// The same file of another bundle.
    other: PathBuf,
    /// Ids of its events.
    events: BTreeSet<String>,
    /// The report about it, while nothing changes.
    report: Value,
}

impl Changing {
    fn new(ending: &str) -> Option<Self> {
        let office = Office::new()?;
        let make = |name: &str, seed: &str| {
            office.run(["sample", name, "--events", EVENTS, "--seed", seed]).done();
            office.path(name)
        };
        let text = fs::read_to_string(make("read", "21").join(SEGMENT)).unwrap();
        let id = |line: &str| {
            let record: Value = serde_json::from_str(line).unwrap();
            record["event"]["event_id"].as_str().unwrap().to_owned()
        };
        let events = text.lines().map(id).collect();
        let (bundle, other) = (make(&format!("bundle{ending}"), "21"), make(&format!("other{ending}"), "22"));
        let file_of = |bundle: &Path| if ending.is_empty() { bundle.join(SEGMENT) } else { bundle.to_owned() };
        let (file, other) = (file_of(&bundle), file_of(&other));
        fs::copy(&file, office.path("former")).unwrap();
        let report = office.verify(&bundle).report(0);
        Some(Self { office, bundle, file, other, events, report })
    }

    /// Puts everything back, runs `words`, and changes the file at that moment.
    fn run(&self, words: &[OsString], moment: Moment, change: Change) -> Ended {
        self.office.renew_vault();
        drop(fs::remove_file(&self.file));
        fs::copy(self.office.path("former"), &self.file).unwrap();
        let other = self.office.path("another");
        fs::copy(&self.other, &other).unwrap();
        let mut command = cli::command(self.office.program(), self.office.home(), words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stored = self.office.vault_bytes() + STORED_BYTES;
        let has_come = |child: &Child| match moment {
            Moment::Opened => has_open(child, &self.file),
            Moment::Storing => self.office.vault_bytes() > stored,
        };
        while child.try_wait().unwrap().is_none() && !has_come(&child) {
            std::thread::yield_now();
        }
        signal(&child, "STOP");
        (change.1)(&self.file, &other);
        signal(&child, "CONT");
        self.office.ended(&child.wait_with_output().unwrap())
    }

    /// Everything that happens to it, at every moment; tells how often it was noticed.
    fn check(&self) {
        let mut noticed = 0;
        for change in CHANGES {
            noticed += u32::from(self.check_verify(change));
            for moment in [Moment::Opened, Moment::Storing] {
                noticed += u32::from(self.check_import(moment, change));
            }
        }
        println!("{noticed} of {} changes were noticed", CHANGES.len() * 3);
    }

    /// Tells whether it was noticed.
    fn check_verify(&self, change: Change) -> bool {
        let words = verify_words(&self.bundle);
        let ended = self.run(&words, Moment::Opened, change);
        if is_refused(&ended, change.0) {
            return true;
        }
        if ended.code == Some(0) && serde_json::from_str::<Value>(&ended.out).unwrap() == self.report {
            return false;
        }
        let after = self.office.run(&words);
        assert_eq!(
            (ended.code, ended.out),
            (after.code, after.out),
            "{}: neither what it was nor what it is",
            change.0
        );
        false
    }

    /// Tells whether it was noticed.
    fn check_import(&self, moment: Moment, change: Change) -> bool {
        let words = import_words(&self.bundle);
        let ended = self.run(&words, moment, change);
        if is_refused(&ended, change.0) {
            self.office.is_as_before();
            return true;
        }
        ended.done();
        if self.is_whole(change.0) {
            return false;
        }
        let kept = self.office.has_one_more();
        self.office.renew_vault();
        self.office.run(&words).done();
        let after = self.office.has_one_more();
        for field in ["bundle", "badge", "events"] {
            assert!(!kept[field].is_null(), "{field} is told");
            assert_eq!(kept[field], after[field], "{}: neither what it was nor what it is", change.0);
        }
        false
    }

    /// Whether the vault has the bundle as it was, all of it.
    #[track_caller]
    fn is_whole(&self, change: &str) -> bool {
        let stored = self.office.has_one_more();
        let id = stored["bundle"].as_str().unwrap();
        if self.bundle == self.file {
            let sum = Command::new("sha256sum").arg(self.office.path("former")).output().unwrap().stdout;
            if id.as_bytes() != &sum[..64] {
                return false;
            }
        }
        let words = ["search", "", "--bundle", id, "--format", "json", "--reason", REASON];
        let rows = self.office.look(account(&words));
        let ids = rows.lines().filter_map(|row| {
            let row: Value = serde_json::from_str(row).unwrap();
            row["event_id"].as_str().map(str::to_owned)
        });
        let whole = stored["badge"]["word"] != "Altered or damaged";
        if whole {
            assert_eq!(ids.collect::<BTreeSet<_>>(), self.events, "{change}");
        }
        whole
    }
}

/// Whether it was refused because it changed, without a result.
#[track_caller]
fn is_refused(ended: &Ended, change: &str) -> bool {
    if ended.code != Some(REFUSED) {
        return false;
    }
    assert_eq!(ended.out, "", "{change}: {}", ended.err);
    let told = ["changed while", "vanished while", "is nothing at"].iter().any(|told| ended.err.contains(told));
    assert!(told, "{change}: {}", ended.err);
    true
}

/// Whether a process has this file open.
fn has_open(child: &Child, file: &Path) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{}/fd", child.id())) else { return false };
    open.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == file))
}

/// Stops a process, or lets it go on; it may have ended by itself.
fn signal(child: &Child, name: &str) {
    drop(Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).stderr(Stdio::null()).status());
    wait_for("the process to stop or go on", || {
        let state = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
        let state = state.rsplit(") ").next()?.chars().next()?;
        (state == 'Z' || (state == 'T') == (name == "STOP")).then_some(())
    });
}

#[test]
fn a_folder_that_changes_is_refused_or_whole() {
    if let Some(changing) = Changing::new("") {
        assert!(!files(&changing.bundle).is_empty());
        changing.check();
    }
}

#[test]
fn a_zip_that_changes_is_refused_or_whole() {
    if let Some(changing) = Changing::new(".zip") {
        changing.check();
    }
}
