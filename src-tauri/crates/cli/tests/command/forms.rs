//! The form of what is printed: one JSON document for each command, in one style, and tables that stay tables.

use serde_json::Value;

use crate::office::{Office, PATIENT, REASON};

/// Every member name in a value.
fn names<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            into.push(name);
            names(value, into);
        }),
        Value::Array(elements) => elements.iter().for_each(|element| names(element, into)),
        _ => {}
    }
}

/// The fingerprint of some key.
const KID: &str = "sha256:1f5fbf1f5fbf1f5fbf1f5fbf1f5fbf1f5fbf1f5fbf1f5fbf1f5fbf1f5fbf1f5f";

#[test]
fn every_command_prints_json_and_nothing_else() {
    let office = Office::open();
    std::fs::write(office.path("two"), "seven quiet herons wade\nnine loud herons wade off\n").unwrap();
    let row = &office.json(&["patient", PATIENT, "--reason", REASON])[0];
    let event = row["event_ref"].as_str().unwrap();
    let bundles = office.json(&["bundles"]);
    let bundle = bundles.iter().find(|card| card["badge"]["seal"] == "unsigned").unwrap()["bundle"].as_str().unwrap();
    office.done(&["bundle", "check", bundle]);
    let made = office.json(&["sample", "headed", "--events", "100"]).remove(0);
    std::fs::write(office.path("head.json"), made["head"].to_string()).unwrap();
    office.done(&["anchor", "add", "head.json"]);
    let one: &[&[&str]] = &[
        &["verify", "sample"],
        &["inspect", "sample"],
        &["compare", "sample", "sample"],
        &["sample", "another", "--events", "100"],
        &["sample-vault", "samples"],
        &["vault", "create", "second"],
        &["vault", "info"],
        &["vault", "check"],
        &["import", "sample", "--reason", REASON],
        &["trust", "pin", KID, "--by", "R. Lindqvist"],
        &["trust", "list"],
        &["bundle", "check", bundle],
        &["event", event, "--reason", REASON],
        &["access-log", "verify"],
        &["access-log", "export", "log.out"],
        &["vault", "passwd", "--passphrase-file", "two"],
    ];
    let many: &[&[&str]] = &[
        &["sample", "x", "--tamper", "list"],
        &["bundles"],
        &["anchor", "list"],
        &["bundle", "history", bundle],
        &["patient", PATIENT, "--reason", REASON],
        &["user-activity", "u-rn-204", "--reason", REASON],
        &["search", "action:login", "--reason", REASON],
        &["access-log", "show"],
    ];
    for words in many.iter().chain(one) {
        let lines = office.json(words);
        let is_one = one.contains(words);
        assert!(if is_one { lines.len() == 1 } else { lines.len() > 1 }, "{words:?}: {} lines", lines.len());
        for line in &lines {
            assert!(line.is_object(), "{words:?}");
            let mut found = Vec::new();
            names(line, &mut found);
            let is_snake = |name: &str| name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            let odd: Vec<_> = found.into_iter().filter(|name| !is_snake(name)).collect();
            assert_eq!(odd, [""; 0], "{words:?}");
        }
    }
}

#[test]
fn an_event_has_the_members_of_its_row() {
    let office = Office::open();
    let row = &office.json(&["patient", PATIENT, "--reason", REASON])[0];
    let event = &office.json(&["event", row["event_ref"].as_str().unwrap(), "--reason", REASON])[0];
    for member in ["event_ref", "event_id", "time", "time_utc", "user_id", "action", "integrity", "bundle", "notes"] {
        assert_eq!(event[member], row[member], "{member}");
    }
}

#[test]
fn a_table_cannot_drive_a_terminal() {
    let office = Office::open();
    let event = r#"{"resourceType":"AuditEvent","type":{"code":"rest"},"action":"R","recorded":"2026-03-02T10:00:00Z","outcome":"0","agent":[{"who":{"reference":"P/\u001b[31m\u009b7"},"requestor":true}],"source":{"observer":{"display":"=cmd\u001b"}},"entity":[{"what":{"reference":"Patient/P-77"}}]}"#;
    std::fs::write(office.path("odd.ndjson"), format!("{event}\n")).unwrap();
    office.done(&["import", "odd.ndjson", "--reason", REASON]);
    let table = office.done(&["patient", "P-77", "--reason", REASON, "--format", "csv"]);
    assert!(!table.contains(['\u{1b}', '\u{9b}']), "{table:?}");
    assert!(table.contains("P/⟦U+001B⟧[31m⟦U+009B⟧7") && table.contains("\"'=cmd"), "{table}");
}

#[test]
fn a_finding_is_printed_with_both_hashes() {
    let office = Office::open();
    let report = office.run(&["verify", "damaged", "--format", "json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["code"] == "EVENT_MODIFIED").unwrap();
    for form in ["text", "csv"] {
        let told = String::from_utf8(office.run(&["verify", "damaged", "--format", form]).stdout).unwrap();
        for member in ["expected", "actual"] {
            assert!(told.contains(finding[member].as_str().unwrap()), "{form} lacks {member}: {told}");
        }
    }
}

/// The cells of a table whose cells hold no line feeds.
fn cells(table: &str) -> Vec<Vec<&str>> {
    let lines = table.lines().map(|line| line.strip_prefix('"').unwrap().strip_suffix('"').unwrap());
    lines.map(|line| line.split("\",\"").collect()).collect()
}

#[test]
fn a_table_of_a_check_ends_with_the_verdict_whatever_was_found() {
    let office = Office::open();
    for (bundle, verdict, word) in [("sample", "PASS", "Unsigned"), ("damaged", "FAIL", "Altered or damaged")] {
        let table = office.run(&["verify", bundle, "--format", "csv"]).stdout;
        let table = String::from_utf8(table).unwrap();
        let rows = cells(&table);
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{table}");
        let last = rows.last().unwrap();
        assert_eq!(last[..2], ["VERDICT", verdict], "{table}");
        assert!(last[2].starts_with(&format!("{word}: ")), "{table}");
        assert_eq!(rows.len() > 2, verdict == "FAIL", "{table}");
    }
}

#[test]
fn the_checks_of_log_and_vault_are_tables_too() {
    let office = Office::open();
    for (command, fact) in [("access-log verify", "stands"), ("vault check", "whole")] {
        let words: Vec<&str> = command.split(' ').chain(["--format", "csv"]).collect();
        let table = office.done(&words);
        let rows = cells(&table);
        assert_eq!((rows[0].as_slice(), rows[1].as_slice()), (&["fact", "value"][..], &[fact, "yes"][..]));
        assert!(rows.len() > 4 && rows.iter().all(|row| row.len() == 2), "{table}");
    }
}
