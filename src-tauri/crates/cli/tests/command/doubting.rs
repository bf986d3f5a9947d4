//! What a bundle is checked against: keys, heads from elsewhere, another export, damage done on purpose.

use std::fs;

use serde_json::Value;

use crate::office::Office;

fn member<'v>(value: &'v Value, path: &str) -> &'v Value {
    value.pointer(path).unwrap_or(&Value::Null)
}

#[test]
fn who_vouches_decides_how_bold_the_verdict_is() {
    let office = Office::open();
    let made = office.json(&["sample", "signed", "--events", "400", "--sign", "segment"]).remove(0);
    let kid = made["kid"].as_str().unwrap();
    let head = &made["head"];
    fs::write(office.path("head.json"), head.to_string()).unwrap();
    let assurance = |words: &[&str]| office.json(&[&["verify", "signed"], words].concat())[0]["assurance"].clone();
    assert_eq!(assurance(&[]), "SIGNED_UNPINNED");
    assert_eq!(assurance(&["--trust", kid]), "SIGNED_PINNED");
    assert_eq!(assurance(&["--anchor", "head.json"]), "ANCHORED");
    let stranger = format!("sha256:{}", "ab".repeat(32));
    assert_eq!(assurance(&["--trust", &stranger]), "SIGNED_UNPINNED");

    // A head that the log does not reach: its end was cut off, whatever the bundle says of itself.
    let mut beyond = head.clone();
    beyond["last_seq"] = 401.into();
    fs::write(office.path("beyond.json"), beyond.to_string()).unwrap();
    let output = office.run(&["verify", "signed", "--anchor", "beyond.json", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let finding =
        report["findings"].as_array().unwrap().iter().find(|found| found["code"] == "TAIL_TRUNCATED").unwrap();
    assert_eq!((&finding["source"], &finding["missing_from"]), (&"anchor".into(), &401.into()));
}

#[test]
fn a_malformed_key_or_anchor_is_refused_with_its_place() {
    let office = Office::open();
    let (code, complaint) = office.refused(&["verify", "sample", "--trust", "sha256:ABC"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("64 lowercase hexadecimal digits"), "{complaint}");
    fs::write(
        office.path("bad.json"),
        "{\"stream_id\":\"s\",\n\"last_seq\":\"1\",\"last_event_id\":\"e\",\"last_hash\":\"x\"}",
    )
    .unwrap();
    let (code, complaint) = office.refused(&["verify", "sample", "--anchor", "bad.json"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("bad.json") && complaint.contains("line 2"), "{complaint}");
    let (code, complaint) = office.refused(&["verify", "sample", "--anchor", "none.json"]);
    assert_eq!(code, Some(5));
    assert!(complaint.contains("none.json"), "{complaint}");
}

#[test]
fn the_next_part_of_a_log_is_not_said_to_agree_with_the_part_before() {
    let office = Office::open();
    office.done(&["sample", "cut", "--events", "300", "--tamper", "chain-start-unverified"]);
    office.done(&["sample", "whole", "--events", "300"]);
    let output = office.run(&["compare", "whole", "cut"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("of the 300 records of the earlier one"), "{said}");
    assert!(said.contains("lie before the beginning of the later one"), "{said}");
    assert!(said.contains("nothing was changed in what both exports hold"), "{said}");
}

#[test]
fn two_exports_of_one_log_extend_or_contradict_each_other() {
    let office = Office::open();
    for (name, events, more) in [("march", "300", &[][..]), ("forged", "300", &["--tamper", "event-rehashed"][..])] {
        office.done(&[&["sample", name, "--events", events, "--seed", "9"], more].concat());
    }
    assert_eq!(office.json(&["compare", "march", "march"])[0]["outcome"], "extends");
    let output = office.run(&["compare", "march", "forged", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["outcome"], "rewritten");
    assert_eq!(member(&found, "/later/own_check"), "FAIL");
    let difference = member(&found, "/streams/0/differences/0");
    assert_ne!(member(difference, "/earlier/hash"), member(difference, "/later/hash"));
    let code = office.run(&["compare", "march", "log.ndjson"]).status.code();
    assert_eq!(code, Some(3), "a bundle and a FHIR log have nothing in common");
}

#[test]
fn a_self_test_misses_nothing_and_says_what_is_beyond_the_evidence() {
    let office = Office::open();
    let before = fs::read(office.path("sample/data/audit-manifest.json")).unwrap();
    let score = office.json(&["self-test", "sample", "--seed", "4"]).remove(0);
    assert_eq!(member(&score, "/counts/missed"), 0, "{}", score["summary"]);
    assert!(member(&score, "/counts/caught").as_u64() > Some(40), "{}", score["summary"]);
    assert!(
        member(&score, "/counts/cannot_be_caught").as_u64() > Some(0),
        "an unsigned log proves less than everything"
    );
    assert_eq!(score, office.json(&["self-test", "sample", "--seed", "4"]).remove(0), "the same seed, the same damage");
    assert_eq!(fs::read(office.path("sample/data/audit-manifest.json")).unwrap(), before, "the bundle is only read");
}
