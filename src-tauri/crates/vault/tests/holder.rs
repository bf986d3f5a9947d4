//! One process at a time: who holds a vault is told, and a killed process holds nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test stops at the first surprise")]

mod desk;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use desk::Desk;
use vault::{Vault, VaultFault};

/// Names the vault that a second run of this file is to open.
const VAULT_TO_HOLD: &str = "CHARTPROOF_TEST_VAULT_TO_HOLD";

/// Not a test of its own: what the other process does. Run by itself it has nothing to do.
#[test]
fn the_other_process_opens_the_vault_and_waits() {
    let Ok(folder) = std::env::var(VAULT_TO_HOLD) else { return };
    let vault = Vault::unlock(folder.as_ref(), desk::USER, desk::PASSPHRASE).unwrap();
    println!("\nopen");
    std::io::stdout().flush().unwrap();
    // Until the parent lets go or kills it.
    drop(std::io::stdin().read_to_end(&mut Vec::new()));
    vault.lock();
}

/// Another process that has the vault open.
fn other_process(desk: &Desk) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_other_process_opens_the_vault_and_waits", "--nocapture"])
        .env(VAULT_TO_HOLD, &desk.vault)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "open"), "the other process did not open the vault");
    child
}

#[test]
fn a_second_process_is_told_who_holds_the_vault() {
    let (desk, vault, recovery) = Desk::with_vault();
    vault.lock();
    let mut child = other_process(&desk);
    for opened in [
        desk.unlock(),
        Vault::unlock(&desk.vault, "nobody", "not the passphrase at all"),
        Vault::unlock_with_recovery(&desk.vault, &recovery.text(), desk::USER, desk::OTHER_PASSPHRASE),
    ] {
        let Err(VaultFault::Held(holder)) = opened else { panic!("{opened:?}") };
        assert_eq!(holder.process_id, Some(child.id()));
        assert!(holder.since.is_some());
        assert!(holder.to_string().starts_with(&format!("by process {}", child.id())));
        assert_eq!(Vault::held_by(&desk.vault).unwrap(), Some(*holder));
    }
    // What can be said without a key can still be said.
    assert!(Vault::header(&desk.vault).is_ok());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(Vault::held_by(&desk.vault).unwrap(), None);
    assert!(desk.unlock().is_ok());
}

#[test]
fn asking_who_is_in_keeps_nobody_out() {
    let (desk, vault, _) = Desk::with_vault();
    assert_eq!(Vault::held_by(&desk.vault).unwrap().and_then(|holder| holder.process_id), Some(std::process::id()));
    vault.lock();
    // Somebody who looks for ever, in the middle of it.
    let looking = fs::File::open(desk.file("vault.open")).unwrap();
    looking.lock_shared().unwrap();
    assert!(desk.unlock().is_ok());
    let nowhere = desk.file("no such folder");
    assert_eq!(Vault::held_by(&nowhere).unwrap(), None);
    assert!(!nowhere.exists());
}

#[test]
fn a_killed_process_holds_nothing_and_what_it_wrote_is_kept() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    let mut child = other_process(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    let stale = fs::read_to_string(desk.file("vault.holder")).unwrap();
    assert!(stale.contains(&child.id().to_string()));
    assert_eq!(Vault::held_by(&desk.vault).unwrap(), None);
    let vault = desk.unlock().unwrap();
    assert_eq!(vault.holder().process_id, Some(std::process::id()));
    assert!(vault.check().unwrap().whole());
}

#[test]
fn a_second_opening_in_the_same_process_is_refused_too() {
    let (desk, _vault, _) = Desk::with_vault();
    let Err(VaultFault::Held(holder)) = desk.unlock() else { panic!("opened twice") };
    assert_eq!(holder.process_id, Some(std::process::id()));
}

#[test]
fn a_holder_file_that_makes_no_sense_changes_nothing() {
    let (desk, _vault, _) = Desk::with_vault();
    for content in ["", "{", "\u{1b}[2J", &"x".repeat(100_000), r#"{"host":"\u001b]0;pwned\u0007"}"#] {
        fs::write(desk.file("vault.holder"), content).unwrap();
        let Err(VaultFault::Held(holder)) = desk.unlock() else { panic!("opened twice") };
        assert!(!holder.to_string().contains(char::is_control), "{holder}");
    }
}
