//! Texts and numbers that break a rule, wherever they stand: in records, in lists of keys, in questions.

use std::fs;

use serde_json::Value;

use crate::office::{Office, REASON, account, codes};
use crate::parcel::{Parcel, SEGMENT};
use crate::records::{LINE, with_member};

const KEYS: &str = "data/keys/keys.json";

/// A way to break a line.
type Change<'c> = &'c dyn Fn(&str) -> Vec<u8>;

/// Breaks one line in each of these ways, with the manifests renewed: the line cannot be read, and is named.
#[track_caller]
fn unreadable_lines(changes: &[Change<'_>]) {
    let Some(office) = Office::new() else { return };
    for (number, change) in changes.iter().enumerate() {
        let parcel = Parcel::new(&office, &format!("broken-{number}"));
        parcel.change_line(LINE, change);
        let errors = office.verify(&parcel.path).errors();
        assert_eq!(codes(&errors), ["RECORD_UNPARSEABLE"], "change {number}: {errors:#?}");
        assert_eq!((&errors[0]["file"], &errors[0]["line"]), (&SEGMENT.into(), &LINE.into()), "change {number}");
    }
    office.is_as_before();
}

#[test]
fn marks_zeros_and_returns_in_a_line_are_found_where_they_are() {
    let with = |raw: &'static str| {
        move |line: &str| line.replacen("\"action\":\"", &format!("\"action\":\"{raw}"), 1).into_bytes()
    };
    let mark = |line: &str| format!("\u{feff}{line}").into_bytes();
    unreadable_lines(&[&mark, &with("\0"), &with("\r"), &with("\u{7}")]);
}

#[test]
fn a_return_before_the_end_of_a_line_is_noted() {
    let Some(office) = Office::new() else { return };
    let parcel = Parcel::new(&office, "returns");
    parcel.change_line(LINE, |line| format!("{line}\r").into_bytes());
    // The Merkle root is over the value: only the spelling differs.
    let report = office.verify(&parcel.path).report(0);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(codes(findings), ["RECORD_NOT_CANONICAL"]);
    assert_eq!((&report["integrity"], &findings[0]["line"]), (&"PASS_WITH_NOTES".into(), &LINE.into()));
}

#[test]
fn numbers_that_no_two_programs_read_alike_are_found() {
    let with = |value: &'static str| move |line: &str| with_member(line, &format!("\"a\":{value}"));
    let lone_surrogate = with(r#""\ud800""#);
    unreadable_lines(&[
        &with("9007199254740993"),
        &with("1e400"),
        &with("NaN"),
        &with("-0"),
        &with("01"),
        &with("Infinity"),
        &lone_surrogate,
    ]);
}

#[test]
fn times_beyond_all_calendars_are_noted_and_kept() {
    let Some(office) = Office::new() else { return };
    for (name, time) in [("late", "9999-12-31T23:59:59Z"), ("early", "0001-01-01T00:00:00Z")] {
        let parcel = Parcel::new(&office, name);
        parcel.change_line(LINE, |line| {
            let (before, rest) = line.split_once("\"timestamp\":\"").unwrap();
            let (_, after) = rest.split_once('"').unwrap();
            format!("{before}\"timestamp\":\"{time}\"{after}").into_bytes()
        });
        let report = office.verify(&parcel.path).report(1);
        let noted =
            report["findings"].as_array().unwrap().iter().find(|found| found["code"] == "TIMESTAMP_OUT_OF_RANGE");
        let noted = noted.unwrap();
        assert_eq!((&noted["severity"], &noted["line"]), (&"warning".into(), &LINE.into()), "{noted:#}");
        office.import(&parcel.path).done();
        let words = ["search", "", "--format", "json", "--reason", REASON];
        assert!(office.look(account(&words)).contains(time), "the text is kept");
    }
}

#[test]
fn a_mark_is_tolerated_at_the_beginning_of_a_foreign_file_and_nowhere_else() {
    let Some(office) = Office::new() else { return };
    let event = r#"{"resourceType":"AuditEvent","id":"a","recorded":"2026-03-02T08:00:00Z","action":"R"}"#;
    let path = office.path("marks.ndjson");
    let another = event.replace(r#""id":"a""#, r#""id":"b""#);
    fs::write(&path, format!("\u{feff}{event}\n\u{feff}{event}\n{another}\n")).unwrap();
    let report = office.verify(&path).report(1);
    let findings = report["findings"].as_array().unwrap();
    let places: Vec<_> = findings.iter().map(|found| (found["code"].as_str(), found["line"].as_u64())).collect();
    assert_eq!(places, [(Some("RECORD_UNPARSEABLE"), Some(2))]);
    assert_eq!(report["counts"]["events"], 2);
}

#[test]
fn a_list_of_keys_that_is_off_is_a_finding_and_never_a_better_verdict() {
    let with = |member: &str, value: Value| {
        let mut key = serde_json::json!({
            "kid": format!("sha256:{}", "ab".repeat(32)), "alg": "ed25519", "usage": ["event"],
            "public_key_pem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        });
        key[member] = value;
        serde_json::json!({"keys": [key]}).to_string()
    };
    // A point of low order (RFC 8032): the neutral element, as SubjectPublicKeyInfo.
    let low = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----\n";
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let lists = [
        "not JSON".to_owned(),
        "[]".to_owned(),
        r#"{"keys":{}}"#.to_owned(),
        with("alg", "none".into()),
        with("public_key_pem", low.into()),
        with("public_key_pem", low.repeat(2).into()),
        with("public_key_pem", certificate.into()),
        with("kid", "sha256:short".into()),
    ];
    let Some(office) = Office::new() else { return };
    for (number, list) in lists.into_iter().enumerate() {
        let parcel = Parcel::new(&office, &format!("keys-{number}"));
        parcel.change(KEYS, |bytes| *bytes = list.clone().into_bytes());
        parcel.renew();
        let ended = office.verify(&parcel.path);
        let report: Value = serde_json::from_str(&ended.out).unwrap();
        let badge = report["badge"].as_str().unwrap();
        // The log is not signed: a list of keys can only take something away.
        assert!(["altered", "unsigned"].contains(&badge), "{list}: {badge}");
    }
}

#[test]
fn a_filter_is_a_question_and_never_a_statement() {
    let Some(office) = Office::new() else { return };
    let terms = [
        ("user", "x' OR '1'='1"),
        ("patient", "x\"; DROP TABLE bundles; --"),
        ("system", "%"),
        ("session", "_"),
        ("user", "x') UNION SELECT 1 --"),
    ];
    for (term, value) in terms {
        let filter = format!("{term}:\"{}\"", value.replace('"', "\\\""));
        let words = ["search", &filter, "--format", "json", "--reason", REASON];
        let rows = office.look(account(&words));
        let last = rows.lines().last().unwrap_or_default();
        assert!(last.contains("\"total\":0"), "{filter}: {rows}");
    }
    office.stands();
}
