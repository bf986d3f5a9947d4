//! `vault.json` as somebody else may have left it: cut short, from a newer program, doctored.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod desk;

use std::fs;

use desk::Desk;
use proptest::prelude::*;
use vault::{HeaderFault, KdfCost, KdfCostFault, Vault, VaultFault};

/// The header of a vault after `change`, opened.
#[track_caller]
fn check(change: impl FnOnce(String) -> Vec<u8>, expected: HeaderFault) {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    let path = desk.file("vault.json");
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    let found = |fault: VaultFault| match fault {
        VaultFault::Header(fault) => fault,
        other => panic!("{other}"),
    };
    assert_eq!(found(Vault::header(&desk.vault).unwrap_err()), expected);
    assert_eq!(found(desk.unlock().unwrap_err()), expected);
}

fn replaced(from: &'static str, to: &'static str) -> impl FnOnce(String) -> Vec<u8> {
    move |text| {
        assert!(text.contains(from), "{text}");
        text.replacen(from, to, 1).into_bytes()
    }
}

#[test]
fn what_it_says_can_be_read_without_a_key() {
    let (desk, vault, _) = Desk::with_vault();
    let header = Vault::header(&desk.vault).unwrap();
    assert_eq!(header.vault_id, vault.vault_id());
    assert_eq!(header.users, [desk::USER]);
    assert_eq!(header.kdf, KdfCost::FLOOR);
    assert_eq!(header.created, "2026-03-01T12:00:00Z");
}

#[test]
fn a_file_that_is_cut_short_is_called_so() {
    check(|text| text.as_bytes()[..text.len() / 2].to_vec(), HeaderFault::Truncated);
    check(|_| Vec::new(), HeaderFault::Truncated);
}

#[test]
fn a_newer_format_is_named_even_if_nothing_else_of_it_is_understood() {
    check(|_| br#"{"format": "chartproof-vault/7", "wraps": 3}"#.to_vec(), HeaderFault::Newer { version: 7 });
    check(replaced("chartproof-vault/1", "chartproof-vault/2"), HeaderFault::Newer { version: 2 });
}

#[test]
fn a_cheaper_or_dearer_passphrase_hash_is_refused() {
    check(replaced(r#""passes": 2"#, r#""passes": 1"#), HeaderFault::Kdf(KdfCostFault::BelowFloor));
    check(replaced("19456", "19455"), HeaderFault::Kdf(KdfCostFault::BelowFloor));
    check(replaced("19456", "4294967295"), HeaderFault::Kdf(KdfCostFault::AboveCeiling));
    check(replaced(r#""lanes": 1"#, r#""lanes": 9"#), HeaderFault::Kdf(KdfCostFault::AboveCeiling));
    check(replaced("argon2id", "argon2i"), HeaderFault::Kdf(KdfCostFault::UnknownAlgorithm));
    check(replaced(r#""version": 19"#, r#""version": 16"#), HeaderFault::Kdf(KdfCostFault::UnknownAlgorithm));
}

#[test]
fn a_cost_within_the_limits_that_is_not_the_vaults_own_opens_nothing() {
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    let path = desk.file("vault.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen(r#""passes": 2"#, r#""passes": 3"#, 1)).unwrap();
    assert!(matches!(desk.unlock(), Err(VaultFault::NotOpened)));
}

#[test]
fn members_that_are_unknown_or_missing_are_placed() {
    check(
        replaced(r#"  "label": "office","#, "  \"label\": \"office\",\n  \"backdoor\": true,"),
        HeaderFault::Content { line: 5, column: 12 },
    );
    check(replaced(r#""label": "office""#, r#""label": "home""#), HeaderFault::Content { line: 4, column: 17 });
    let without = |text: String| text.replacen(r#"  "label": "office","#, "", 1).into_bytes();
    let (desk, vault, _) = Desk::with_vault();
    vault.lock();
    fs::write(desk.file("vault.json"), without(fs::read_to_string(desk.file("vault.json")).unwrap())).unwrap();
    assert!(matches!(desk.unlock(), Err(VaultFault::Header(HeaderFault::Content { .. }))));
}

#[test]
fn a_member_given_twice_is_refused() {
    check(
        replaced(r#"  "label": "office","#, "  \"label\": \"office\",\n  \"label\": \"sample\","),
        HeaderFault::Content { line: 5, column: 9 },
    );
}

#[test]
fn another_file_is_not_taken_for_a_header() {
    check(|_| b"{}".to_vec(), HeaderFault::Foreign);
    check(|_| b"[]".to_vec(), HeaderFault::Foreign);
    check(|_| br#"{"format": "audit-bundle/1.0"}"#.to_vec(), HeaderFault::Foreign);
    check(|_| b"PK\x03\x04".to_vec(), HeaderFault::Malformed { line: 1, column: 1 });
}

#[test]
fn a_file_beyond_the_limit_is_not_read_to_its_end() {
    check(|_| vec![b' '; 300 * 1024], HeaderFault::TooLong);
}

#[test]
fn users_without_names_or_with_the_same_one_are_refused() {
    check(replaced("J. Okafor", ""), HeaderFault::Users);
    check(replaced("J. Okafor", "J.\\u0007Okafor"), HeaderFault::Users);
    check(
        |text| {
            let begin = text.find("\"users\": [").unwrap() + 10;
            let end = begin + text[begin..].find(']').unwrap();
            let user = text[begin..end].to_owned();
            format!("{}{user},{}{}", &text[..begin], user, &text[end..]).into_bytes()
        },
        HeaderFault::Users,
    );
}

#[test]
fn a_header_that_lies_about_the_vault_is_found_out_by_the_database() {
    for (from, to) in [("office", "sample"), ("J. Okafor", "A. Lindqvist")] {
        let (desk, vault, _) = Desk::with_vault();
        vault.lock();
        let path = desk.file("vault.json");
        fs::write(&path, fs::read_to_string(&path).unwrap().replacen(from, to, 1)).unwrap();
        let user = if to.contains("Lindqvist") { to } else { desk::USER };
        let opened = Vault::unlock(&desk.vault, user, desk::PASSPHRASE);
        assert!(matches!(opened, Err(VaultFault::Mismatch)), "{opened:?}");
    }
}

#[test]
fn the_header_of_another_vault_does_not_open_this_one() {
    let (desk, vault, _) = Desk::with_vault();
    let (other, other_vault, _) = Desk::with_vault();
    vault.lock();
    other_vault.lock();
    fs::copy(other.file("vault.json"), desk.file("vault.json")).unwrap();
    assert!(matches!(desk.unlock(), Err(VaultFault::DatabaseDamaged)));
}

#[test]
fn without_a_header_there_is_no_vault() {
    let desk = Desk::empty();
    assert!(matches!(Vault::header(&desk.vault), Err(VaultFault::Missing)));
    assert!(matches!(desk.unlock(), Err(VaultFault::Missing)));
    assert!(!desk.vault.exists());
}

/// One header for all cases: making one takes a passphrase hash.
fn sample() -> &'static str {
    static SAMPLE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    SAMPLE.get_or_init(|| {
        let (desk, _vault, _) = Desk::with_vault();
        fs::read_to_string(desk.file("vault.json")).unwrap()
    })
}

fn read(content: &[u8]) -> Result<vault::Header, VaultFault> {
    let desk = Desk::empty();
    fs::create_dir(&desk.vault).unwrap();
    fs::write(desk.file("vault.json"), content).unwrap();
    Vault::header(&desk.vault)
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(content in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(read(&content).is_err());
    }

    #[test]
    fn no_changed_byte_makes_it_panic(place: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
        let mut content = sample().as_bytes().to_vec();
        let place = place.index(content.len());
        content[place] = byte;
        drop(read(&content));
        content.truncate(cut.index(content.len()));
        drop(read(&content));
    }
}
