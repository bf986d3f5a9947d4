//! Where output goes: a reader that leaves, a disk that is full, a place that is taken or not there.

use std::fs;
use std::process::{Command, Stdio};

use crate::office::{Office, REASON};

/// The office's program with its standard output somewhere else.
fn to(office: &Office, words: &[&str], stdout: Stdio) -> Command {
    let mut command = office.command(words);
    command.stdout(stdout).stderr(Stdio::piped());
    command
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault_and_the_look_is_closed() {
    let office = Office::open();
    for words in [&["search", "action:read,login,update", "--reason", REASON][..], &["verify", "sample"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        // Nobody reads: the first thing that is handed to the system finds no reader.
        drop(reader);
        let output = to(&office, words, writer.into()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(141), "{said}");
        assert!(!said.contains("chartproof:") && !said.contains("written"), "{said}");
    }
    let log = office.log();
    let count = |action: &str| log.iter().filter(|entry| entry["action"] == action).count();
    assert!(count("look") > 0);
    assert_eq!(count("look"), count("look_closed"));
}

#[test]
fn a_vault_whose_recovery_key_nobody_saw_is_removed_again() {
    let office = Office::open();
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    for stdout in [full(), closed()] {
        let output = to(&office, &["vault", "create", "second"], stdout).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{said}");
        assert!(said.contains("nobody has seen the recovery key, and the vault was removed again"), "{said}");
        assert!(!office.path("second").exists());
    }
    office.done(&["vault", "create", "second"]);
}

#[test]
fn a_place_that_is_taken_is_refused_in_one_way() {
    let office = Office::open();
    fs::write(office.path("taken.html"), "mine").unwrap();
    let cases: [&[&str]; 4] = [
        &["sample", "taken.html"],
        &["vault", "create", "sample"],
        &["access-log", "export", "taken.html"],
        &["verify", "sample", "--report", "taken.html"],
    ];
    for words in cases {
        let (code, said) = office.refused(words);
        assert_eq!(code, Some(2), "{words:?}: {said}");
        assert!(said.contains("exists already") && said.contains("Choose another name."), "{words:?}: {said}");
    }
    assert_eq!(fs::read_to_string(office.path("taken.html")).unwrap(), "mine");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let office = Office::open();
    let cases: [&[&str]; 4] = [
        &["sample", "nowhere/out"],
        &["sample", "nowhere/out.zip"],
        &["access-log", "export", "nowhere/log"],
        &["verify", "sample", "--report", "nowhere/report.html"],
    ];
    for words in cases {
        let (code, said) = office.refused(words);
        assert_eq!(code, Some(5), "{words:?}: {said}");
        assert!(said.contains("there is no folder nowhere. Make it first"), "{words:?}: {said}");
        assert!(!said.contains("partial") && !said.contains("entity"), "{words:?}: {said}");
    }
}

#[test]
fn a_file_that_may_not_grow_ends_a_zip_with_one_sentence() {
    let office = Office::open();
    // Files of this shell may have 8 blocks of 512 bytes; the signal that goes with it is ignored.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" sample small.zip --events 2000";
    let program = env!("CARGO_BIN_EXE_chartproof");
    let output = Command::new("sh").args(["-c", script, program]).current_dir(office.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("chartproof: small.zip cannot be written"), "{said}");
    let left = fs::read_dir(office.path(""))
        .unwrap()
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().contains("small.zip")));
    assert_eq!(left.count(), 0, "nothing half-made");
}

#[test]
fn a_day_of_handover_that_is_still_to_come_is_refused() {
    let office = Office::open();
    office.done(&["sample", "more", "--events", "100", "--seed", "4"]);
    let words = |day| ["import", "more", "--reason", REASON, "--received-on", day];
    let (code, said) = office.refused(&words("2199-01-01"));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("The day it was handed over, 2199-01-01, lies in the future: today is 2"), "{said}");
    assert!(office.json(&["bundles"]).len() == 2, "nothing was imported");
    office.done(&words("2026-03-12"));
}
