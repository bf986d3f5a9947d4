//! What an office vouches for, from the command line: pins, anchors, and checking again with them.

use std::fs;

use serde_json::Value;

use crate::office::{Office, REASON};

/// A signed sample in the vault: its id there, its key, and its head in a file.
fn signed(office: &Office, more: &[&str]) -> (String, String) {
    let words = [&["sample", "signed", "--events", "400", "--sign", "segment"], more].concat();
    let made = office.json(&words).remove(0);
    fs::write(office.path("head.json"), made["head"].to_string()).unwrap();
    let bundle = office.json(&["import", "signed", "--reason", REASON]).remove(0);
    (bundle["bundle"].as_str().unwrap().to_owned(), made["kid"].as_str().unwrap().to_owned())
}

fn badge(office: &Office, bundle: &str) -> Value {
    let bundles = office.json(&["bundles"]);
    bundles.into_iter().find(|card| card["bundle"] == bundle).unwrap()["badge"].clone()
}

fn checked(office: &Office, bundle: &str) -> (Option<i32>, Value) {
    let output = office.run(&["bundle", "check", &bundle[..12], "--format", "json"]);
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn a_pin_a_check_and_a_revocation_are_told_in_the_list_the_history_and_the_log() {
    let office = Office::open();
    let (bundle, kid) = signed(&office, &[]);
    assert_eq!(badge(&office, &bundle)["word"], "Not verified");
    office.done(&["trust", "pin", &kid, "--by", "R. Lindqvist", "--how", "by telephone"]);
    let (code, verdict) = checked(&office, &bundle);
    assert_eq!(
        (code, &verdict["assurance"], &verdict["badge"]["seal"]),
        (Some(0), &"SIGNED_PINNED".into(), &"verified".into())
    );
    let pins = office.json(&["trust", "list"]);
    assert_eq!((&pins[0]["fingerprint"], &pins[0]["vouched_by"]), (&kid.as_str().into(), &"R. Lindqvist".into()));
    assert_eq!(pins[0]["revoked_from"], Value::Null);

    office.done(&["trust", "revoke", &kid, "--from", "2026-01-01", "--why", "stolen"]);
    let reason = badge(&office, &bundle)["reason"].as_str().unwrap().to_owned();
    assert!(reason.starts_with("Verified on ") && reason.ends_with("check again."), "{reason}");
    let history = office.json(&["bundle", "history", &bundle]);
    let told: Vec<_> = history.iter().map(|past| (&past["badge"], &past["current"])).collect();
    assert_eq!(told, [(&"Verified".into(), &false.into()), (&"Not verified".into(), &false.into())]);
    let (code, verdict) = checked(&office, &bundle);
    assert_eq!((code, &verdict["assurance"]), (Some(0), &"SIGNED_UNPINNED".into()));
    assert!(office.done(&["trust", "list"]).contains("REVOKED from 2026-01-01T05:00:00Z: stolen"));
    // Pinned again, it is relied on, and nobody is left in the dark about what was said of it.
    office.done(&["trust", "pin", &kid, "--by", "Z. Adeyemi"]);
    let list = office.done(&["trust", "list"]);
    assert!(list.contains("was revoked from 2026-01-01T05:00:00Z: stolen (by okafor); pinned again"), "{list}");
    let pin = &office.json(&["trust", "list"])[0];
    assert_eq!((&pin["revoked_from"], &pin["overruled"][0]["why"]), (&Value::Null, &"stolen".into()));
    let log: Vec<Value> = office.log();
    let actions: Vec<_> = log.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    for action in ["key_pinned", "key_revoked", "verify_begun"] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
}

#[test]
fn an_anchor_that_would_come_before_it_was_written_is_refused() {
    let office = Office::open();
    signed(&office, &[]);
    let before = office.json(&["anchor", "list"]);
    for (days, said) in [
        (&["--written-on", "2199-01-01"][..], "lies ahead"),
        (&["--received-on", "2199-01-01"], "lies ahead"),
        (&["--written-on", "2026-03-10", "--received-on", "2026-03-09"], "before the day it was written"),
    ] {
        let (code, complaint) = office.refused(&[&["anchor", "add", "head.json"], days].concat());
        assert_eq!(code, Some(2), "{days:?}");
        assert!(complaint.contains(said), "{complaint}");
    }
    assert_eq!(office.json(&["anchor", "list"]), before, "nothing was added");
    office.done(&["anchor", "add", "head.json", "--written-on", "2026-03-09", "--received-on", "2026-03-10"]);
}

#[test]
fn an_import_pins_the_keys_that_it_is_to_rely_on() {
    let office = Office::open();
    let made = office.json(&["sample", "signed", "--events", "400", "--sign", "event"]).remove(0);
    let kid = made["kid"].as_str().unwrap();
    let words = ["import", "signed", "--trust", kid, "--vouched-by", "R. Lindqvist", "--reason", REASON];
    let bundle = office.json(&words).remove(0);
    assert_eq!(badge(&office, bundle["bundle"].as_str().unwrap())["word"], "Verified");
    assert_eq!(office.json(&["trust", "list"])[0]["vouched_by"], "R. Lindqvist");
    let (code, complaint) = office.refused(&["import", "sample", "--trust", "sha256:AB", "--reason", REASON]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("64 lowercase hexadecimal digits"), "{complaint}");
}

#[test]
fn an_anchor_is_added_listed_and_withdrawn() {
    let office = Office::open();
    let (bundle, _) = signed(&office, &[]);
    office.done(&["anchor", "add", "head.json", "--by", "R. Lindqvist", "--received-on", "2026-03-02"]);
    let (code, verdict) = checked(&office, &bundle);
    assert_eq!((code, &verdict["assurance"]), (Some(0), &"ANCHORED".into()));
    let anchors = office.json(&["anchor", "list"]);
    let anchor = anchors.iter().find(|anchor| anchor["kind"] == "anchor").unwrap();
    assert_eq!((&anchor["from_whom"], &anchor["state"]), (&"R. Lindqvist".into(), &"stands".into()));
    assert!(anchors.iter().any(|anchor| anchor["kind"] == "remembered" && anchor["bundle"] == bundle.as_str()));
    office.done(&["anchor", "withdraw", &anchor["number"].to_string(), "--why", "another log"]);
    let (code, verdict) = checked(&office, &bundle);
    assert_eq!((code, &verdict["assurance"]), (Some(0), &"SIGNED_UNPINNED".into()));
    assert!(office.done(&["anchor", "list"]).contains("(withdrawn)"));
    let (code, _) = office.refused(&["anchor", "withdraw", "999", "--why", "none"]);
    assert_eq!(code, Some(2));
}

#[test]
fn a_rewritten_or_older_export_is_held_against_the_one_that_is_known() {
    let office = Office::open();
    office.done(&["sample", "march", "--events", "300", "--seed", "9"]);
    office.done(&["import", "march", "--reason", REASON]);
    for (tamper, code) in [("older-export", "BUNDLE_ROLLBACK"), ("history-recomputed-undetectable", "ANCHOR_MISMATCH")]
    {
        office.done(&["sample", tamper, "--events", "300", "--seed", "9", "--tamper", tamper]);
        assert_eq!(office.run(&["verify", tamper]).status.code(), Some(0), "nothing in the bundle itself can tell");
        let bundle = office.json(&["import", tamper, "--reason", REASON]).remove(0);
        let bundle = bundle["bundle"].as_str().unwrap();
        assert_eq!(badge(&office, bundle)["seal"], "altered", "{code}");
        let (exit, verdict) = checked(&office, bundle);
        assert_eq!((exit, &verdict["integrity"]), (Some(1), &"FAIL".into()), "{code}");
    }
}

#[test]
fn what_is_no_key_is_refused_with_its_line_and_nothing_is_pinned() {
    let office = Office::open();
    let kid = format!("sha256:{}", "ab".repeat(32));
    let block = |label: &str| format!("-----BEGIN {label}-----\nMCowBQYDK2VwAyEA\n-----END {label}-----\n");
    for (name, text, said) in [
        ("cert.pem", block("CERTIFICATE"), "line 1 begins a certificate"),
        ("private.pem", block("PRIVATE KEY"), "line 1 begins a private key"),
        ("two.pem", block("PUBLIC KEY").repeat(2), "a second block begins in line 4"),
        ("words.pem", format!("hello\n{}", block("PUBLIC KEY")), "line 1"),
        ("base64.pem", block("PUBLIC KEY").replace("MCow", "M*ow"), "line 2 is not base64"),
        ("short.pem", block("PUBLIC KEY"), "not a public key"),
        ("empty.pem", String::new(), "no line begins with -----BEGIN"),
    ] {
        fs::write(office.path(name), text).unwrap();
        let (code, complaint) = office.refused(&["trust", "pin", &kid, "--by", "R. Lindqvist", "--file", name]);
        assert_eq!(code, Some(2), "{complaint}");
        assert!(complaint.contains(name) && complaint.contains(said), "{complaint}");
    }
    let (code, complaint) = office.refused(&["trust", "pin", &kid, "--by", "R. Lindqvist", "--file", "none.pem"]);
    assert_eq!(code, Some(5), "{complaint}");
    let certificate = format!("certificate-{kid}");
    let (code, complaint) = office.refused(&["trust", "pin", &certificate, "--by", "R. Lindqvist"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("with its certificate"), "{complaint}");
    let (code, _) = office.refused(&["trust", "pin", &kid, "--by", "  "]);
    assert_eq!(code, Some(2));
    let (code, complaint) = office.refused(&["trust", "revoke", &kid, "--from", "2026-01-01", "--why", "w"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("not pinned"), "{complaint}");
    assert_eq!(office.json(&["trust", "list"]).len(), 0);
}
