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
fn an_anchor_of_another_stream_is_said_to_have_been_held_against_nothing() {
    let office = Office::open();
    let head = office.json(&["sample", "grown", "--events", "60"]).remove(0)["head"].clone();
    let verified = |head: &Value| {
        fs::write(office.path("head.json"), head.to_string()).unwrap();
        office.json(&["verify", "grown", "--anchor", "head.json"]).remove(0)
    };
    let mut other = head.clone();
    other["stream_id"] = "11111111-2222-4333-8444-555555555555".into();
    let report = verified(&other);
    assert_eq!(report["assurance"], "CONSISTENT");
    let second = report["summary"][1].as_str().unwrap();
    assert!(second.contains("11111111-2222-4333-8444-555555555555, which is not in this bundle"), "{second}");
    assert!(report["does_not_prove"].to_string().contains("held against nothing"));
    // Capitals make no difference in a UUID.
    let mut loud = head.clone();
    loud["stream_id"] = head["stream_id"].as_str().unwrap().to_uppercase().into();
    assert_ne!(loud["stream_id"], head["stream_id"]);
    assert_eq!(verified(&loud)["assurance"], "ANCHORED");
}

#[test]
fn what_looks_into_no_vault_refuses_one() {
    let office = Office::open();
    for command in
        [&["verify", "sample"][..], &["compare", "sample", "sample"], &["self-test", "sample"], &["inspect", "sample"]]
    {
        for words in [["--vault", "vault"], ["--user", "okafor"], ["--passphrase-file", "passphrase"]] {
            let (code, complaint) = office.refused(&[command, &words].concat());
            assert_eq!(code, Some(2), "{command:?} {words:?}");
            assert!(complaint.contains("needs no vault and looks into none"), "{complaint}");
        }
    }
}

/// Waits until a process has a handler for a signal, sends it, and gives what came of it.
#[cfg(target_os = "linux")]
fn interrupted(office: &Office, words: &[&str], signal: u32) -> std::process::Output {
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartproof"));
    let command = command.args(words).current_dir(office.path(".")).stdin(Stdio::null());
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let caught = || {
        let status = fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0").trim();
        u64::from_str_radix(mask, 16).unwrap() & (1 << (signal - 1)) != 0
    };
    while !caught() {
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args([format!("-{signal}"), run.id().to_string()]).status().unwrap();
    assert!(sent.success());
    run.wait_with_output().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_check_that_is_interrupted_says_how_far_it_came_and_is_no_verdict() {
    let office = Office::open();
    // So long that no machine is through with it before the signal is there.
    office.done(&["sample", "long", "--events", "30000"]);
    let output = interrupted(&office, &["verify", "long"], 2);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.starts_with("Not verified: The check was stopped after "), "{said}");
    let words = ["verify", "long", "--format", "json", "--report", "report.html"];
    let output = interrupted(&office, &words, 15);
    assert_eq!(output.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["integrity"], &report["badge"]), (&"NOT_EVALUABLE".into(), &"not_verified".into()));
    assert!(report["stopped"]["bytes_total"].as_u64() > report["stopped"]["bytes"].as_u64());
    let left = fs::read_dir(office.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("report")), "no half of a report is left");
}

#[test]
fn a_self_test_with_a_pinned_key_catches_what_nothing_else_can() {
    let office = Office::open();
    let made = office.json(&["sample", "signed", "--events", "200", "--sign", "event"]).remove(0);
    let fate = |words: &[&str], kind: &str| {
        let score = office.json(&[&["self-test", "signed"], words].concat()).remove(0);
        assert_eq!(member(&score, "/counts/missed"), 0, "{}", score["summary"]);
        let kind = score["kinds"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap().clone();
        kind["runs"][0]["fate"].as_str().unwrap().to_owned()
    };
    assert_eq!(fate(&[], "resigned"), "cannot_be_caught");
    assert_eq!(fate(&["--trust", made["kid"].as_str().unwrap()], "resigned"), "caught");
    fs::write(office.path("head.json"), made["head"].to_string()).unwrap();
    assert_eq!(fate(&["--anchor", "head.json"], "tail-truncated-undetectable"), "caught");
    assert_eq!(office.refused(&["self-test", "signed", "--trust", "abc"]).0, Some(2));
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
    // What is no damage is told and not counted among the damage that was caught.
    let kinds = score["kinds"].as_array().unwrap();
    let of = |is_damage: bool, fate: &str| {
        let kinds = kinds.iter().filter(|kind| kind["is_damage"] == is_damage);
        kinds.flat_map(|kind| kind["runs"].as_array().unwrap()).filter(|run| run["fate"] == fate).count() as u64
    };
    assert_eq!(member(&score, "/counts/caught"), of(true, "caught"));
    assert_eq!((member(&score, "/counts/harmless"), of(false, "caught")), (&Value::from(4), 4));
    assert!(score["summary"].as_str().unwrap().contains("4 more copies were changed in a way that is no damage"));
    assert_eq!(score, office.json(&["self-test", "sample", "--seed", "4"]).remove(0), "the same seed, the same damage");
    assert_eq!(fs::read(office.path("sample/data/audit-manifest.json")).unwrap(), before, "the bundle is only read");
}
