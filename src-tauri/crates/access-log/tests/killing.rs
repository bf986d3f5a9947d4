//! A process that is killed while it writes entries: what it was told is durable is there, and the log stands.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise")]
mod desk;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use access_log::{AccessLog, Depth, Entry};
use desk::{PASSPHRASE, USER, complaint, question, second};
use vault::{KdfCost, NewUser, Vault, VaultLabel};

/// Names the vault that a second run of this file is to write to.
const VAULT_TO_WRITE: &str = "CHARTPROOF_TEST_VAULT_TO_WRITE";
/// More entries than any of the killed processes gets to write.
const ENTRIES: i64 = 100_000;

/// Not a test of its own: what the other process does. Run by itself it has nothing to do.
#[test]
fn the_other_process_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(VAULT_TO_WRITE) else { return };
    let vault = Vault::unlock(folder.as_ref(), USER, PASSPHRASE).unwrap();
    let log = AccessLog::open(&vault).unwrap();
    println!();
    for number in 0..ENTRIES {
        let seen = log.append(&vault, Entry::Look(question(number)), Some(&complaint()), &second(number)).unwrap();
        println!("written {}", seen.seq());
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn what_was_durable_is_there_after_kill_9_and_the_log_stands() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("vault");
    let first = NewUser { name: USER, passphrase: PASSPHRASE };
    let made = Vault::create(&folder, &first, KdfCost::FLOOR, VaultLabel::Sample, &second(0));
    made.unwrap().0.lock();
    for lines in [1, 2, 7, 40, 133] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_other_process_writes_until_it_is_killed", "--nocapture"])
            .env(VAULT_TO_WRITE, &folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut told = told.filter_map(|line| line.strip_prefix("written ").map(|seq| seq.parse::<u64>().unwrap()));
        let last = told.nth(lines - 1).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();

        let vault = Vault::unlock(&folder, USER, PASSPHRASE).unwrap();
        let log = AccessLog::open(&vault).unwrap();
        let report = log.verify(&vault, Depth::Full, &[]).unwrap();
        assert!(report.intact(), "{report:?}");
        assert!(report.entries >= last, "{} entries, {last} were durable", report.entries);
        assert!(vault.check().unwrap().whole());
    }
}
