//! An office: a folder with a vault, bundles and the program to call.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const REASON: &str = "Complaint of 12 March";
/// A patient and a user of the sample with scenario S02.
pub(crate) const PATIENT: &str = "P-5521";

/// An event without anybody marked as the one who asked, and with two patients.
const UNCLEAR: &str = r#"{"resourceType":"AuditEvent","id":"a1","type":{"code":"rest"},"action":"R","recorded":"2026-03-02T10:00:00Z","outcome":"0","agent":[{"who":{"reference":"Practitioner/77","display":"Dana Whitfield"}}],"source":{"observer":{"display":"ehr"}},"entity":[{"what":{"reference":"Patient/P-1001"},"name":"Maria Gomez"},{"what":{"reference":"Patient/P-2002"}}]}"#;

/// Made once: a passphrase, a vault with the sample and the FHIR log in it, and a damaged sample beside it.
static READY: LazyLock<TempDir> = LazyLock::new(|| {
    let office = Office { dir: tempfile::tempdir().unwrap() };
    fs::write(office.path("passphrase"), "seven quiet herons wade\n").unwrap();
    fs::write(office.path("log.ndjson"), format!("{UNCLEAR}\n")).unwrap();
    office.done(&["vault", "create", "vault"]);
    office.done(&["sample", "sample", "--events", "600", "--scenario", "s02"]);
    office.done(&["sample", "damaged", "--events", "300", "--tamper", "event-modified"]);
    office.done(&["import", "sample", "--reason", REASON]);
    office.done(&["import", "log.ndjson", "--reason", REASON]);
    office.dir
});

pub(crate) struct Office {
    dir: TempDir,
}

impl Office {
    /// A copy of its own for each test.
    pub(crate) fn open() -> Self {
        let office = Self { dir: tempfile::tempdir().unwrap() };
        copy(READY.path(), office.dir.path());
        office
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// The program, about to be run with these words at the office's vault.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        // What looks into no vault refuses one.
        let is_direct = matches!(words.first(), Some(&("verify" | "compare" | "self-test" | "inspect")));
        let account = ["--vault", "vault", "--user", "okafor", "--passphrase-file", "passphrase"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartproof"));
        command.args(account.iter().filter(|_| !is_direct)).args(words);
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        command
    }

    /// Standard output of a run that has to end well.
    #[track_caller]
    pub(crate) fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?} ended with {:?}: {complaint}", output.status.code());
        String::from_utf8(output.stdout).unwrap()
    }

    /// The exit code of a run that must not print a result, and its complaint.
    #[track_caller]
    pub(crate) fn refused(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = self.run(words);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{words:?} prints no result");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// The lines of a run in JSON.
    #[track_caller]
    pub(crate) fn json(&self, words: &[&str]) -> Vec<Value> {
        let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
        self.done(&words).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The entries of the access log.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.json(&["access-log", "show"])
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
