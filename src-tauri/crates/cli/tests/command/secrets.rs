//! Passphrases and the recovery key: from files alone, and what is said where a file is not there.

use std::fs;

use crate::office::{Office, REASON};

#[test]
fn a_missing_file_is_named_with_what_to_do() {
    let office = Office::open();
    fs::remove_file(office.path("passphrase")).unwrap();
    let (code, said) = office.refused(&["bundles"]);
    assert_eq!(code, Some(5), "{said}");
    let wanted = "There is no passphrase file passphrase. Name another one with --passphrase-file";
    assert!(said.contains(wanted), "{said}");
    fs::create_dir(office.path("passphrase")).unwrap();
    let (code, said) = office.refused(&["bundles"]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("passphrase is a folder"), "{said}");
    let (code, said) = office.refused(&["vault", "passwd", "--recovery-file", "nowhere"]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("There is no recovery file nowhere. Name another one with --recovery-file"), "{said}");
}

#[test]
fn the_recovery_key_sets_a_new_passphrase_and_its_use_is_written() {
    let office = Office::open();
    let made = office.json(&["vault", "create", "second"]).remove(0);
    let second = |words: &[&str]| -> Vec<String> {
        ["--vault", "second"].into_iter().chain(words.iter().copied()).map(str::to_owned).collect()
    };
    // The last of an option that is given twice does not count: each run names its own vault.
    let run = |words: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_chartproof"))
            .args(second(words))
            .args(["--user", "okafor"])
            .current_dir(office.path(""))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    };
    let key = made["recovery_key"].as_str().unwrap();
    fs::write(office.path("key"), format!("{key}\n")).unwrap();
    fs::write(office.path("new"), "nine loud herons wade off\n").unwrap();
    fs::write(office.path("wrong"), "AAAA-BBBB\n").unwrap();
    let wrong = run(&["vault", "passwd", "--recovery-file", "wrong", "--passphrase-file", "new"]);
    assert!(!wrong.status.success() && wrong.stdout.is_empty());
    let set = run(&["vault", "passwd", "--recovery-file", "key", "--passphrase-file", "new"]);
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    assert!(run(&["bundles", "--passphrase-file", "new"]).status.success());
    let old = run(&["bundles", "--passphrase-file", "passphrase", "--reason", REASON]);
    assert_eq!(old.status.code(), Some(4), "the old passphrase is none any more");
    let log = run(&["access-log", "show", "--passphrase-file", "new", "--format", "json"]);
    assert!(String::from_utf8(log.stdout).unwrap().contains("recovery_used"));
}
