//! Files that are damaged, and what can be read from them without a key.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use std::fs;

use desk::Desk;
use vault::rusqlite::params;
use vault::{Migration, VaultFault};

const PAGE_BYTES: usize = 16_384;
const NOTES: &[Migration] =
    &[Migration { room: "notes", number: 1, sql: "CREATE TABLE note (number INTEGER PRIMARY KEY, text TEXT) STRICT" }];

/// A locked vault with some hundred kilobytes in it.
fn filled() -> Desk {
    let (desk, vault, _) = Desk::with_vault();
    vault.migrate(NOTES).unwrap();
    vault
        .write(|database| -> Result<(), VaultFault> {
            for number in 0..100 {
                let text = format!("patient MRN-0004711 {}", "secret words ".repeat(200));
                database.execute("INSERT INTO note VALUES (?1, ?2)", params![number, text])?;
            }
            Ok(())
        })
        .unwrap();
    vault.lock();
    desk
}

#[test]
fn a_whole_vault_is_called_whole() {
    let desk = filled();
    let vault = desk.unlock().unwrap();
    vault.migrate(NOTES).unwrap();
    let report = vault.check().unwrap();
    assert!(report.whole(), "{report:?}");
    assert_eq!(u64::from(report.pages) * PAGE_BYTES as u64, fs::metadata(desk.file("vault.db")).unwrap().len());
}

#[test]
fn a_flipped_bit_is_found_and_its_page_named() {
    let desk = filled();
    let path = desk.file("vault.db");
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / PAGE_BYTES;
    assert!(pages > 12);
    for page in [pages - 4, pages - 1, pages] {
        let mut broken = whole.clone();
        broken[(page - 1) * PAGE_BYTES + 4_711] ^= 1;
        fs::write(&path, broken).unwrap();
        let vault = desk.unlock().unwrap();
        let report = vault.check().unwrap();
        assert_eq!(report.damaged_pages, [u32::try_from(page).unwrap()]);
        assert!(!report.whole());
    }
}

#[test]
fn damage_where_the_vault_begins_keeps_it_shut_and_is_not_taken_for_a_wrong_passphrase() {
    let desk = filled();
    let path = desk.file("vault.db");
    let whole = fs::read(&path).unwrap();
    for place in [0, 15, 16, 100, PAGE_BYTES - 1] {
        let mut broken = whole.clone();
        broken[place] ^= 0x80;
        fs::write(&path, broken).unwrap();
        let opened = desk.unlock();
        // The first 16 bytes are the salt, which is kept in vault.json as well and not read here.
        assert!(matches!(opened, Err(VaultFault::DatabaseDamaged)) || place < 16, "byte {place}: {opened:?}");
    }
    fs::write(&path, whole).unwrap();
    assert!(desk.unlock().is_ok());
}

#[test]
fn a_database_that_is_absent_empty_or_cut_is_told_apart() {
    let desk = filled();
    let path = desk.file("vault.db");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, b"").unwrap();
    assert!(matches!(desk.unlock(), Err(VaultFault::DatabaseDamaged)));
    fs::write(&path, &whole[..PAGE_BYTES + 100]).unwrap();
    let cut = desk.unlock().and_then(|vault| vault.check().map(|report| report.whole()));
    assert!(!matches!(cut, Ok(true)), "{cut:?}");
    fs::remove_file(&path).unwrap();
    assert!(matches!(desk.unlock(), Err(VaultFault::DatabaseMissing)));
    assert!(!path.exists());
}

#[test]
fn nothing_of_the_content_can_be_read_in_any_file_open_or_locked() {
    let desk = filled();
    let search = |when: &str| {
        for (path, content) in desk::files(&desk.vault) {
            for word in ["MRN-0004711", "secret words", "CREATE TABLE", "SQLite format", desk::PASSPHRASE] {
                let found = content.windows(word.len()).any(|window| window == word.as_bytes());
                assert!(!found, "{word} in {} while {when}", path.display());
            }
        }
    };
    search("locked");
    let vault = desk.unlock().unwrap();
    vault.migrate(NOTES).unwrap();
    vault
        .write(|database| -> Result<_, VaultFault> {
            Ok(database.execute("INSERT INTO note VALUES (1000, 'patient MRN-0004711')", [])?)
        })
        .unwrap();
    search("open");
}
