//! What lies on the disk after a day's work: no identifier of a person, nowhere, in no file of the vault or beside it.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise")]

#[cfg(unix)]
mod interrupting;
mod killing;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::sample::{Sample, files};

/// How many identifiers of each kind are looked for; each is one pass over every file.
const IDENTIFIERS: usize = 40;

/// Shorter ones turn up in random bytes by chance.
const BYTES_MIN: usize = 6;

const PASSPHRASE: &str = "seven quiet harbors in march\n";
const REASON: &str = "PO-2026-014 complaint of a patient";

/// How many of `identifiers` are found in files below `dir`.
fn found(dir: &Path, identifiers: &BTreeSet<String>) -> Vec<String> {
    let contents: Vec<Vec<u8>> = files(dir).iter().map(|file| fs::read(file).unwrap()).collect();
    let holds = |identifier: &&String| {
        contents.iter().any(|content| content.windows(identifier.len()).any(|window| window == identifier.as_bytes()))
    };
    identifiers.iter().filter(holds).cloned().collect()
}

#[test]
fn no_identifier_of_a_person_lies_on_the_disk() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let sample = Sample::make(&program, &home, "handed-over", 3_000, None);
    let (patient, touched) = sample.patient();
    let user = touched.users.first().unwrap();
    let identifiers: BTreeSet<String> = [patient, user.as_str(), REASON]
        .into_iter()
        .chain(sample.patients.keys().take(IDENTIFIERS).map(String::as_str))
        .chain(sample.users.keys().take(IDENTIFIERS).map(String::as_str))
        .filter(|identifier| identifier.len() >= BYTES_MIN)
        .map(str::to_owned)
        .collect();

    fs::write(home.path("passphrase"), PASSPHRASE).unwrap();
    let vault = home.path("vault");
    let account = ["--vault", "vault", "--user", "jordan", "--passphrase-file", "passphrase"];
    let call = |words: &[&str]| cli::done(&program, &home, words.iter().chain(&account));
    call(&["vault", "create", "vault"]);
    call(&["import", "handed-over", "--reason", REASON]);
    assert!(call(&["patient", patient, "--reason", REASON]).contains(user), "the look shows who it was");
    assert!(call(&["user-activity", user, "--reason", REASON]).contains(patient), "and the other way around");
    call(&["access-log", "verify"]);

    assert!(found(&sample.path, &identifiers).len() > 2, "the bundle itself names people, so they can be found");
    assert_eq!(found(&vault, &identifiers), Vec::<String>::new(), "in the vault");
    for folder in ["config", "data", "cache", "state", "run"] {
        assert_eq!(found(&home.path(folder), &identifiers), Vec::<String>::new(), "in the home's {folder}");
    }
}

#[test]
fn a_look_without_a_reason_is_refused_and_the_refusal_is_in_the_log() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let sample = Sample::make(&program, &home, "handed-over", 500, None);
    let patient = sample.patients.keys().next().unwrap();
    fs::write(home.path("passphrase"), PASSPHRASE).unwrap();
    let account = ["--vault", "vault", "--user", "jordan", "--passphrase-file", "passphrase"];
    let call = |words: &[&str]| cli::done(&program, &home, words.iter().chain(&account));
    call(&["vault", "create", "vault"]);
    call(&["import", "handed-over", "--reason", REASON]);

    let refused = cli::run(&program, &home, ["patient", patient].iter().chain(&account));
    assert_eq!(refused.status.code(), Some(4), "refused");
    assert!(refused.stdout.is_empty(), "nothing is shown");
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!complaint.contains(patient.as_str()), "the refusal names nobody");

    let log = call(&["access-log", "show", "--format", "json"]);
    let entries: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(entries.iter().any(|entry| entry.to_string().contains("refus")), "the log has it: {log}");
    call(&["access-log", "verify"]);
}
