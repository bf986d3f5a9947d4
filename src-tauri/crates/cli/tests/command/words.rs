//! The words of the command line, and the counts and zones beside what is printed.

use crate::office::{Office, PATIENT, REASON};

/// Kinds of damage without an error, with one, with two and with more.
const TAMPERS: [&str; 4] = ["sequence-gap", "event-modified", "event-duplicated", "manifest-mismatch"];

#[test]
fn a_filter_may_begin_with_a_hyphen_and_a_misspelt_option_is_none() {
    let office = Office::open();
    let all = office.json(&["search", "", "--reason", REASON]);
    let found = office.json(&["search", "-action:login", "--reason", REASON]);
    assert!(found.len() > 1 && found.len() < all.len(), "{} of {}", found.len(), all.len());
    assert!(found.iter().all(|row| row["action"] != "login"));
    assert_eq!(office.json(&["patient", "-7", "--reason", REASON])[0]["total"], 0);
    assert_eq!(office.refused(&["search", "--limt=1", "--reason", REASON]).0, Some(2));
    assert_eq!(office.refused(&["patient", "--limt=1", "--reason", REASON]).0, Some(2));
}

#[test]
fn an_empty_id_asks_for_nobody() {
    let office = Office::open();
    for command in ["patient", "user-activity", "event"] {
        for id in ["", "  "] {
            let (code, complaint) = office.refused(&[command, id, "--reason", REASON]);
            assert_eq!(code, Some(2), "{command} {id:?}: {complaint}");
        }
    }
    assert_eq!(office.refused(&["patient", PATIENT, "--bundle", "", "--reason", REASON]).0, Some(2));
    assert!(office.log().iter().all(|entry| entry["action"] != "look"));
}

#[test]
fn totals_count_what_is_shown_and_stand_with_the_rows() {
    let office = Office::open();
    let lines = office.json(&["patient", "P-1001", "--reason", REASON]);
    let totals = lines.last().unwrap();
    assert_eq!((&totals["total"], &totals["users"], totals.get("patients")), (&1.into(), &1.into(), None));
    let text = office.done(&["patient", "P-1001", "--reason", REASON]);
    assert!(text.contains("\n1 event, 1 user\n"), "{text}");
    let text = office.done(&["search", "patient:P-1001", "--reason", REASON]);
    assert!(!text.contains("patients"), "the covered one is not counted: {text}");
    let text = office.done(&["user-activity", "u-rn-204", "--reason", REASON]);
    assert!(text.contains(" events, 1 user, ") && text.contains(" patient"), "{text}");
}

#[test]
fn text_says_in_which_zone() {
    let office = Office::open();
    for words in [&["patient", PATIENT][..], &["user-activity", "u-rn-204"], &["search", "action:login"]] {
        let text = office.done(&[words, &["--reason", REASON]].concat());
        assert!(text.contains("Days are read in America/New_York; times are shown as recorded."), "{text}");
    }
    assert!(office.done(&["bundles"]).contains("Days of periods are read in America/New_York; times are in UTC."));
}

#[test]
fn where_no_vault_is_the_folder_is_named() {
    let office = Office::open();
    std::fs::create_dir(office.path("elsewhere")).unwrap();
    let complaint = || {
        let words = ["bundles", "--vault", "elsewhere", "--passphrase-file", "passphrase"];
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chartproof"));
        let output = command.args(words).current_dir(office.path("")).output().unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(5), Vec::new()));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = complaint();
    assert!(said.contains("no vault in elsewhere") && said.contains("vault create"), "{said}");
    std::fs::copy(office.path("vault/vault.db"), office.path("elsewhere/vault.db")).unwrap();
    let said = complaint();
    assert!(said.contains("Put back vault.json"), "{said}");
}

#[test]
fn what_a_stopped_run_left_behind_is_in_nobodys_way() {
    let office = Office::open();
    std::fs::write(office.path(".made.zip.partial"), "").unwrap();
    office.done(&["sample", "made.zip", "--events", "50"]);
    assert!(office.path("made.zip").exists());
}

#[test]
fn a_file_is_called_by_its_name() {
    let office = Office::open();
    std::fs::write(office.path("notabundle"), "").unwrap();
    let (code, complaint) = office.refused(&["verify", "notabundle"]);
    assert_eq!(code, Some(5));
    assert!(complaint.contains("chartproof: notabundle is not an audit bundle"), "{complaint}");
}

#[test]
fn the_findings_beyond_the_first_are_counted_in_good_grammar() {
    let office = Office::open();
    let mut told = std::collections::BTreeSet::new();
    for tamper in TAMPERS {
        office.done(&["sample", tamper, "--events", "120", "--tamper", tamper]);
        let report: serde_json::Value =
            serde_json::from_slice(&office.run(&["verify", tamper, "--format", "json"]).stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let errors = findings.iter().filter(|finding| finding["severity"] == "error").count();
        let said = report["summary"][0].as_str().unwrap();
        match errors {
            0 | 1 => assert!(!said.contains(" more "), "{tamper}: {said}"),
            2 => assert!(said.ends_with(" (1 more finding.)"), "{tamper}: {said}"),
            _ => assert!(said.ends_with(&format!(" ({} more findings.)", errors - 1)), "{tamper}: {said}"),
        }
        told.insert(errors.min(3));
    }
    assert!([1, 2, 3].iter().all(|errors| told.contains(errors)), "each of the three forms was seen: {told:?}");
}
