//! A check of a stored bundle that is interrupted or killed at any moment: the next one says what one says that was not,
//! and goes on where the interrupted one said it would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use chartproof_tests::app::Home;
use chartproof_tests::cli;
use serde_json::Value;
use specimen::{MemorySink, Options, Signing};

use crate::{PASSPHRASE, REASON};

/// Into how many parts the time of a check is divided.
const MOMENTS: u32 = 8;
/// How often a check is interrupted at most. A machine that has become slower since the check was measured takes more.
const INTERRUPTS_MAX: u32 = 60;

/// A log of 24 segments, each of whose records is signed.
fn write_log(folder: &Path) {
    let options =
        Options { events: 6_000, rows_per_segment: 250, days: Some(9), signing: Signing::Event, ..Options::default() };
    let mut sink = MemorySink::new();
    options.plan().unwrap().write(&mut sink).unwrap();
    for (name, bytes) in sink.into_files() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn words<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let account = ["--vault", "vault", "--user", "jordan", "--passphrase-file", "passphrase", "--format", "json"];
    words.iter().copied().chain(account).collect()
}

/// The one line of JSON that a run prints.
fn json(program: &PathBuf, home: &Home, line: &[&str]) -> Value {
    serde_json::from_str(cli::done(program, home, words(line)).lines().last().unwrap()).unwrap()
}

/// Begins a check and sends it a signal after a while. The moment is the point here, so this waits for a time.
fn stopped(program: &PathBuf, home: &Home, bundle: &str, signal: &str, moment: Duration) -> Output {
    let mut check = cli::command(program, home, words(&["bundle", "check", bundle]));
    let child = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(moment);
    // It may have ended by itself.
    let pid = child.id().to_string();
    Command::new("kill").args([signal, &pid]).stderr(Stdio::null()).status().unwrap();
    child.wait_with_output().unwrap()
}

/// Behind which record a message says that the next check goes on.
fn promised(output: &Output) -> Option<u64> {
    let said = String::from_utf8_lossy(&output.stderr);
    let (_, rest) = said.split_once("goes on behind the first ")?;
    Some(rest.split_once(" record").unwrap().0.replace(',', "").parse().unwrap())
}

/// Behind which record the newest verdict says that its check went on.
fn went_on(program: &PathBuf, home: &Home) -> Option<u64> {
    let log = cli::done(program, home, words(&["access-log", "show"]));
    let mut entries = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let newest = entries.rfind(|entry| entry["action"] == "verify").unwrap();
    let result = newest["result"].as_str().unwrap();
    let (_, rest) = result.split_once("went on behind record ")?;
    Some(rest.split(", ").next().unwrap().replace(',', "").parse().unwrap())
}

#[test]
fn a_check_that_is_interrupted_is_gone_on_with_and_one_that_is_killed_begins_again() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    write_log(&home.path("handed-over"));
    fs::write(home.path("passphrase"), PASSPHRASE).unwrap();
    cli::done(&program, &home, words(&["vault", "create", "vault"]));
    let bundle = json(&program, &home, &["import", "handed-over", "--reason", REASON]);
    let bundle = bundle["bundle"].as_str().unwrap();
    let check = || json(&program, &home, &["bundle", "check", bundle]);
    let started = Instant::now();
    let whole = check();
    let moment = started.elapsed() / MOMENTS;

    // Killed, it has no time to keep anything.
    for part in 1..MOMENTS {
        stopped(&program, &home, bundle, "-KILL", moment * part);
        assert_eq!(check(), whole);
        assert_eq!(went_on(&program, &home), None);
    }
    let mut part = 0;
    for _ in 0..INTERRUPTS_MAX {
        part += 1;
        let output = stopped(&program, &home, bundle, "-INT", moment * part);
        let behind = promised(&output);
        if behind.is_some() {
            assert_eq!((output.status.code(), &*output.stdout), (Some(5), &b""[..]));
        }
        if output.status.success() {
            part = 0;
            continue;
        }
        assert_eq!(check(), whole);
        assert_eq!(went_on(&program, &home), behind, "{}", String::from_utf8_lossy(&output.stderr));
        if behind.is_some() {
            cli::done(&program, &home, words(&["vault", "check"]));
            return;
        }
    }
    unreachable!("no interrupt came in the middle of a check");
}
