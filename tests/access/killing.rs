//! An import that is killed at any moment leaves a vault that opens, a log that stands, and all of the bundle or nothing.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::sample::{Sample, files};

use crate::{PASSPHRASE, REASON};

/// How often an import is killed.
const KILLS: u32 = 20;

#[test]
fn an_import_killed_at_any_moment_leaves_all_or_nothing() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let sample = Sample::make(&program, &home, "handed-over", 6_000, None);
    fs::write(home.path("passphrase"), PASSPHRASE).unwrap();
    cli::done(&program, &home, words(&["vault", "create", "vault"], "vault"));

    copy_vault(&home, "measured");
    let started = Instant::now();
    cli::done(&program, &home, import("measured"));
    let whole = started.elapsed();

    let mut kept = 0;
    for kill in 0..KILLS {
        copy_vault(&home, "killed");
        kill_after(&program, &home, whole * kill / KILLS);
        let bundles = cli::done(&program, &home, words(&["bundles", "--format", "json"], "killed"));
        for bundle in bundles.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
            assert_eq!(bundle["events"], sample.events, "a bundle that can be seen is whole");
            assert_eq!(bundle["importing"], false);
            kept += 1;
        }
        cli::done(&program, &home, words(&["vault", "check"], "killed"));
    }
    println!("{kept} of {KILLS} imports had ended before they were killed");
    cli::done(&program, &home, import("killed"));
    let bundles = cli::done(&program, &home, words(&["bundles", "--format", "json"], "killed"));
    assert_eq!(bundles.lines().count(), 1, "after the last kill the bundle can still be imported");
}

fn words<'a>(words: &[&'a str], vault: &'a str) -> Vec<&'a str> {
    let account = ["--vault", vault, "--user", "jordan", "--passphrase-file", "passphrase"];
    words.iter().copied().chain(account).collect()
}

fn import(vault: &str) -> Vec<&str> {
    words(&["import", "handed-over", "--reason", REASON], vault)
}

/// Starts an import and kills it (SIGKILL) after a while. The moment is the point here, so this waits for a time.
fn kill_after(program: &std::path::Path, home: &Home, moment: Duration) {
    let mut child = Command::new(program)
        .args(import("killed"))
        .envs(home.environment())
        .current_dir(home.root())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(moment);
    // It may have ended by itself.
    drop(child.kill());
    child.wait().unwrap();
}

/// A new copy of the empty vault under another name.
fn copy_vault(home: &Home, name: &str) {
    let copy = home.path(name);
    if copy.exists() {
        fs::remove_dir_all(&copy).unwrap();
    }
    fs::create_dir(&copy).unwrap();
    for file in files(&home.path("vault")) {
        fs::copy(&file, copy.join(file.file_name().unwrap())).unwrap();
    }
}
