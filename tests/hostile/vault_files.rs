//! What a vault is opened with: a passphrase that is absent or wrong, and a `vault.json` that is damaged or of a newer
//! program. The right files back in place, everything is as before.

use std::fs;

use crate::office::Office;

/// Commands that open the vault.
const COMMANDS: [&[&str]; 4] = [
    &["bundles"],
    &["vault", "check"],
    &["access-log", "show"],
    &["patient", "nobody", "--reason", "what the vault holds"],
];

#[track_caller]
fn all_refuse(office: &Office, code: i32, words: &[&str]) {
    for command in COMMANDS {
        office.call(command).refused(code, words);
    }
    office.import(&office.sample().path).refused(code, words);
}

/// While `vault.json` is changed like this every command refuses; without the change, nothing is lost.
#[track_caller]
fn with_header(change: impl Fn(&str) -> String, words: &[&str]) {
    let Some(office) = Office::new() else { return };
    let path = office.path("vault").join("vault.json");
    let whole = fs::read_to_string(&path).unwrap();
    let changed = change(&whole);
    assert_ne!(changed, whole);
    fs::write(&path, &changed).unwrap();
    all_refuse(&office, 5, words);
    assert_eq!(fs::read_to_string(&path).unwrap(), changed, "it is left as it was found");
    fs::write(&path, whole).unwrap();
    office.is_as_before();
}

#[test]
fn a_passphrase_file_that_is_not_there_is_named() {
    let Some(office) = Office::new() else { return };
    fs::rename(office.path("passphrase"), office.path("elsewhere")).unwrap();
    all_refuse(&office, 5, &["There is no passphrase file passphrase.", "--passphrase-file"]);
    fs::rename(office.path("elsewhere"), office.path("passphrase")).unwrap();
    office.is_as_before();
}

#[test]
fn a_wrong_passphrase_is_refused_without_a_word_about_it() {
    let Some(office) = Office::new() else { return };
    let right = fs::read(office.path("passphrase")).unwrap();
    fs::write(office.path("passphrase"), "eight quiet harbors in march").unwrap();
    all_refuse(&office, 4, &["The name or the passphrase is not right"]);
    fs::write(office.path("passphrase"), right).unwrap();
    office.is_as_before();
}

#[test]
fn a_header_that_was_cut_short_is_said_to_be() {
    let half = |whole: &str| whole[..whole.len() / 2].to_owned();
    with_header(half, &["vault.json cannot be used: it is cut short", "Put back vault.json from a backup"]);
}

#[test]
fn an_empty_header_is_said_to_be_damaged() {
    with_header(|_| String::new(), &["vault.json cannot be used", "Put back vault.json from a backup"]);
}

#[test]
fn a_header_of_a_newer_program_is_left_to_it() {
    let newer = |whole: &str| whole.replace("chartproof-vault/1", "chartproof-vault/2");
    with_header(newer, &["vault.json was written by a newer version of Chartproof", "Open it with that version"]);
}
