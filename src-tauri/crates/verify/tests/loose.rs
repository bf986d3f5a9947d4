//! Lists of checksums beside the files of a foreign export: what they name is compared, what they do not is told.

mod bag;

use std::collections::BTreeMap;

use bag::{Bag, codes};
use integrity::Digest;
use serde_json::json;
use verify::{Badge, Integrity, Report};

fn event(number: u64) -> Vec<u8> {
    let event = json!({
        "resourceType": "AuditEvent", "id": format!("e{number}"), "recorded": bag::time(0), "action": "R",
        "agent": [{"requestor": true, "who": {"display": "Zoë"}}],
    });
    format!("{event}\n").into_bytes()
}

fn sum(bytes: &[u8]) -> String {
    Digest::of(bytes).to_hex()
}

/// Two files with records and a list that is made of them.
fn export(list: &str, lines: impl Fn([&str; 2]) -> String) -> Bag {
    let [one, two] = [event(1), event(2)];
    let lines = lines([&sum(&one), &sum(&two)]);
    let files = [("a.ndjson", one), ("sub/b.ndjson", two), (list, lines.into_bytes())];
    let mut bag = Bag::new(files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect::<BTreeMap<_, _>>());
    bag.profile = bundle::Profile::FhirAuditEvent;
    bag
}

fn both([one, two]: [&str; 2]) -> String {
    format!("{one}  a.ndjson\n{two}  sub/b.ndjson\n")
}

fn assurance(report: &Report) -> Option<&'static str> {
    report.assurance().map(verify::Assurance::word)
}

#[test]
fn files_that_agree_are_consistent_and_never_more() {
    type Lines = fn([&str; 2]) -> String;
    let forms: [(&str, Lines); 5] = [
        ("SHA256SUMS", both),
        ("sha256sums.txt", |[one, two]| {
            format!("# made on Monday\r\n{one} *./a.ndjson\r\n\r\n{two} *sub/b.ndjson\r\n")
        }),
        ("SHA256SUMS", |[one, two]| {
            format!("SHA256 (a.ndjson) = {}\nSHA256 (sub/b.ndjson) = {two}\n", one.to_uppercase())
        }),
        ("SHA256SUMS", |[one, two]| format!("\\{one}  a.ndjson\n{two}  sub/b.ndjson\n{}  SHA256SUMS\n", sum(b""))),
        ("sub/SHA256SUMS", |[_, two]| format!("{two}  b.ndjson\n")),
    ];
    for (list, lines) in forms {
        let mut bag = export(list, lines);
        if list.starts_with("sub/") {
            bag.remove("a.ndjson");
        }
        let report = bag.check();
        assert_eq!((report.integrity(), report.badge()), (Integrity::Pass, Badge::Unsigned), "{list}: {report:?}");
        assert_eq!(assurance(&report), Some("CONSISTENT"));
        assert!(report.findings().is_empty() && report.done().files > 0);
        assert!(report.summary()[0].contains("lists of checksums"), "{:?}", report.summary());
        assert!(report.does_not_prove().iter().any(|said| said.contains("whoever could write them")));
    }
}

#[test]
fn a_file_that_differs_is_missing_or_is_listed_badly_is_found() {
    type Change = fn(&mut Bag);
    let cases: [(&str, Change); 5] = [
        ("FILE_HASH_MISMATCH", |bag| bag.set("a.ndjson", event(3))),
        ("FILE_MISSING", |bag| bag.remove("sub/b.ndjson")),
        ("MANIFEST_MALFORMED", |bag| bag.edit("SHA256SUMS", "  sub", " sub")),
        ("PATH_UNSAFE", |bag| bag.edit("SHA256SUMS", "sub/", "../")),
        ("MANIFEST_DUPLICATE_PATH", |bag| bag.edit("SHA256SUMS", "sub/b.ndjson", "a.ndjson")),
    ];
    for (code, change) in cases {
        let mut bag = export("SHA256SUMS", both);
        change(&mut bag);
        let report = bag.check();
        assert!(codes(&report).contains(&code), "{code}: {:?}", codes(&report));
        assert_eq!((report.integrity(), report.badge()), (Integrity::Fail, Badge::Altered), "{code}");
        let finding = report.findings().iter().find(|finding| finding.code.name() == code).unwrap();
        assert!(finding.file.is_some(), "{code} names its file");
        assert_eq!(finding.line.is_some(), !code.starts_with("FILE_"), "{code} names its line");
    }
}

#[test]
fn a_file_that_no_list_names_is_told_and_takes_the_evidence_away_if_it_holds_records() {
    let mut bag = export("SHA256SUMS", both);
    bag.set("readme.txt", "no records");
    bag.set("SHA256SUMS.asc", "a signature");
    let report = bag.check();
    assert_eq!(codes(&report), ["FILE_NOT_LISTED", "FILE_NOT_READ", "SIGNATURES_NOT_CHECKED"]);
    assert_eq!(report.badge(), Badge::NotVerified, "signatures that are not checked leave it open");
    bag.remove("SHA256SUMS.asc");
    let report = bag.check();
    assert_eq!((report.integrity(), report.badge()), (Integrity::PassWithNotes, Badge::Unsigned));
    assert!(report.does_not_prove().iter().any(|said| said.contains("no list names")));

    bag.set("c.ndjson", event(3));
    let report = bag.check();
    let finding = &report.findings()[0];
    assert_eq!((finding.code.name(), finding.count), ("FILE_NOT_LISTED", Some(2)));
    assert_eq!((report.integrity(), report.badge()), (Integrity::NotEvaluable, Badge::NotVerified));
    assert_eq!(assurance(&report), Some("NO_EVIDENCE"));
    assert!(report.summary()[0].contains("are in no list of checksums"), "{:?}", report.summary());
}

#[test]
fn a_list_in_a_weak_algorithm_says_so() {
    let mut bag = export("SHA256SUMS", both);
    bag.remove("SHA256SUMS");
    bag.remove("sub/b.ndjson");
    bag.set("a.ndjson", "");
    bag.set("MD5SUMS", "d41d8cd98f00b204e9800998ecf8427e  a.ndjson\n");
    let report = bag.check();
    assert_eq!(codes(&report), ["ALGORITHM_WEAK"]);
    assert!(report.does_not_prove().iter().any(|said| said.contains("MD5 or SHA-1")));
}
