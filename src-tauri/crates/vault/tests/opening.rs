//! Making a vault, opening it by passphrase and by recovery key, changing the passphrase.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use std::fs;

use desk::{Desk, OTHER_PASSPHRASE, PASSPHRASE, USER};
use vault::{KdfCost, KeyCause, NewUser, RecoveryKeyFault, Role, Vault, VaultFault, VaultLabel};

#[test]
fn a_vault_that_was_made_opens_with_its_passphrase() {
    let (desk, made, _) = Desk::with_vault();
    let (vault_id, public_key) = (made.vault_id().to_owned(), made.user_public_key());
    assert_eq!((made.user(), made.role(), made.label()), (USER, Role::PrivacyOfficer, VaultLabel::Office));
    made.lock();
    let opened = desk.unlock().unwrap();
    assert_eq!(opened.vault_id(), vault_id);
    assert_eq!(opened.user_public_key(), public_key);
    assert_eq!(opened.created(), "2026-03-01T12:00:00Z");
    let signature = opened.sign(b"message");
    assert!(public_key.verify_strict(b"message", &signature).is_ok());
    assert!(public_key.verify_strict(b"massage", &signature).is_err());
}

#[test]
fn what_was_written_is_there_after_locking() {
    const STEPS: &[vault::Migration] =
        &[vault::Migration { room: "notes", number: 1, sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT" }];
    let (desk, vault, _) = Desk::with_vault();
    vault.migrate(STEPS).unwrap();
    let write = |vault: &Vault, text: &str| {
        vault.write(|database| -> Result<_, VaultFault> {
            Ok(database.execute("INSERT INTO note VALUES (?1)", [text])?)
        })
    };
    write(&vault, "kept").unwrap();
    vault.lock();
    let vault = desk.unlock().unwrap();
    vault.migrate(STEPS).unwrap();
    let text: String = vault
        .read(|database| -> Result<_, VaultFault> {
            Ok(database.query_row("SELECT text FROM note", [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(text, "kept");
}

#[test]
fn names_may_be_capitalized_differently() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    assert_eq!(Vault::unlock(&desk.vault, " j. OKAFOR ", PASSPHRASE).unwrap().user(), USER);
}

#[test]
fn wrong_name_wrong_passphrase_and_damaged_wrap_get_the_same_answer() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    let answers = [
        Vault::unlock(&desk.vault, USER, "not the passphrase at all"),
        Vault::unlock(&desk.vault, "nobody", PASSPHRASE),
        Vault::unlock(&desk.vault, USER, ""),
        Vault::unlock(&desk.vault, USER, &"x".repeat(100_000)),
        {
            damage_wrap(&desk);
            desk.unlock()
        },
    ];
    let texts: Vec<String> = answers.map(|answer| answer.unwrap_err().to_string()).into();
    assert!(texts.iter().all(|text| *text == VaultFault::NotOpened.to_string()), "{texts:?}");
}

#[test]
fn failed_attempts_are_counted_without_names_until_they_are_logged() {
    let (desk, vault, _) = Desk::with_vault();
    assert_eq!(vault.failed_unlocks(), None);
    vault.lock();
    for user in [USER, "nobody", "somebody"] {
        assert!(Vault::unlock(&desk.vault, user, "not the passphrase at all").is_err());
    }
    let content = fs::read_to_string(desk.file("vault.attempts")).unwrap();
    assert!(!content.contains("body") && !content.contains("Okafor"), "{content}");
    let vault = desk.unlock().unwrap();
    assert_eq!(vault.failed_unlocks().unwrap().count, 3);
    vault.lock();
    // Nobody logged them, so they are told again.
    let vault = desk.unlock().unwrap();
    assert_eq!(vault.failed_unlocks().unwrap().count, 3);
    vault.forget_failed_unlocks().unwrap();
    vault.lock();
    assert_eq!(desk.unlock().unwrap().failed_unlocks(), None);
}

#[test]
fn a_count_of_attempts_that_makes_no_sense_is_no_count() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    for content in ["", "{", r#"{"count":3,"first":"J. Okafor","last":"x"}"#, &"[".repeat(100_000)] {
        fs::write(desk.file("vault.attempts"), content).unwrap();
        assert_eq!(desk.unlock().unwrap().failed_unlocks(), None);
    }
}

#[test]
fn changing_the_passphrase_rewrites_one_wrap_and_leaves_the_database_alone() {
    let (desk, vault, _) = Desk::with_vault();
    let public_key = vault.user_public_key();
    vault.lock();
    let vault = desk.unlock().unwrap();
    let before = fs::read(desk.file("vault.db")).unwrap();
    assert!(matches!(vault.change_passphrase("wrong wrong wrong", OTHER_PASSPHRASE), Err(VaultFault::NotOpened)));
    assert!(matches!(vault.change_passphrase(PASSPHRASE, "short"), Err(VaultFault::PassphraseShort)));
    vault.change_passphrase(PASSPHRASE, OTHER_PASSPHRASE).unwrap();
    assert_eq!(fs::read(desk.file("vault.db")).unwrap(), before);
    vault.lock();
    assert!(matches!(desk.unlock(), Err(VaultFault::NotOpened)));
    let vault = Vault::unlock(&desk.vault, USER, OTHER_PASSPHRASE).unwrap();
    assert_eq!(vault.user_public_key(), public_key);
}

#[test]
fn the_recovery_key_gives_a_new_passphrase_and_a_new_signing_key() {
    let (desk, vault, recovery) = Desk::with_vault();
    let old_key = vault.user_public_key().to_bytes();
    vault.lock();
    let typed = recovery.text().to_lowercase().replace('-', " ");
    let vault = Vault::unlock_with_recovery(&desk.vault, &typed, USER, OTHER_PASSPHRASE).unwrap();
    let new_key = vault.user_public_key().to_bytes();
    assert_ne!(new_key, old_key);
    let people = vault.people().unwrap();
    let keys: Vec<_> = people[0].keys.iter().map(|key| (key.public_key, key.cause)).collect();
    assert_eq!(keys, [(old_key, KeyCause::Created), (new_key, KeyCause::Recovered)]);
    vault.lock();
    assert!(matches!(desk.unlock(), Err(VaultFault::NotOpened)));
    assert_eq!(Vault::unlock(&desk.vault, USER, OTHER_PASSPHRASE).unwrap().user_public_key().to_bytes(), new_key);
}

#[test]
fn a_mistyped_recovery_key_is_told_from_a_wrong_one() {
    let (desk, vault, recovery) = Desk::with_vault();
    vault.lock();
    let mut typed = recovery.text().to_string();
    typed.pop();
    let unlock = |key: &str, user: &str| Vault::unlock_with_recovery(&desk.vault, key, user, OTHER_PASSPHRASE);
    assert!(matches!(unlock(&typed, USER), Err(VaultFault::RecoveryKey(RecoveryKeyFault::Length { typed: 55 }))));
    let (_elsewhere, _vault, other) = Desk::with_vault();
    assert!(matches!(unlock(&other.text(), USER), Err(VaultFault::NotOpened)));
    assert!(matches!(unlock(&recovery.text(), "nobody"), Err(VaultFault::NotOpened)));
    assert_eq!(desk.unlock().unwrap().failed_unlocks().unwrap().count, 2);
}

#[test]
fn a_folder_with_something_in_it_takes_no_vault() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    assert!(matches!(desk.create(), Err(VaultFault::Occupied)));
    assert!(desk.unlock().is_ok());
    let desk = Desk::empty();
    fs::create_dir(&desk.vault).unwrap();
    fs::write(desk.file("holiday.jpg"), b"x").unwrap();
    assert!(matches!(desk.create(), Err(VaultFault::Occupied)));
}

#[test]
fn a_vault_whose_header_was_lost_is_not_made_anew() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    fs::remove_file(desk.file("vault.json")).unwrap();
    assert!(matches!(desk.unlock(), Err(VaultFault::Missing)));
    assert!(matches!(desk.create(), Err(VaultFault::Occupied)));
}

#[test]
fn what_a_killed_attempt_to_make_a_vault_left_is_cleared_away() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    fs::remove_file(desk.file("vault.json")).unwrap();
    fs::write(desk.file("vault.making"), b"").unwrap();
    let (vault, _) = desk.create().unwrap();
    vault.lock();
    assert!(desk.unlock().is_ok());
    assert!(!desk.file("vault.making").exists());
}

#[test]
fn names_and_passphrases_outside_the_limits_make_no_vault() {
    let desk = Desk::empty();
    let create = |name: &str, passphrase: &str| {
        let first = NewUser { name, passphrase };
        Vault::create(&desk.vault, &first, KdfCost::FLOOR, VaultLabel::Sample, &desk::noon()).map(drop)
    };
    assert!(matches!(create("", PASSPHRASE), Err(VaultFault::UserName)));
    assert!(matches!(create(USER, "eleven char"), Err(VaultFault::PassphraseShort)));
    assert!(matches!(create(USER, &"long".repeat(300)), Err(VaultFault::PassphraseLong)));
    assert!(!desk.vault.exists());
    create(USER, PASSPHRASE).unwrap();
    assert_eq!(Vault::header(&desk.vault).unwrap().label, VaultLabel::Sample);
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (desk, vault, _) = Desk::with_vault();
    vault.read(|database| -> Result<_, VaultFault> { Ok(database.query_row("SELECT 1", [], |_| Ok(()))?) }).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.vault), 0o700);
    for (path, _) in desk::files(&desk.vault) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn subkeys_are_the_same_at_every_opening() {
    let (desk, vault, _) = Desk::with_vault();
    let subkey = vault.subkey("ep-salt/1");
    assert_ne!(*subkey, *vault.subkey("ep-salt/2"));
    vault.lock();
    assert_eq!(*desk.unlock().unwrap().subkey("ep-salt/1"), *subkey);
}

/// Changes one digit in the sealed master key; what is left is a valid file.
fn damage_wrap(desk: &Desk) {
    let path = desk.file("vault.json");
    let text = fs::read_to_string(&path).unwrap();
    let place = text.find(r#""sealed": ""#).unwrap() + 20;
    let mut bytes = text.into_bytes();
    bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
    fs::write(path, bytes).unwrap();
}
