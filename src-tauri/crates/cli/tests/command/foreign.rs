//! What is told of FHIR exports that are not whole: pages of a search, events that repeat, files that were not read.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::office::Office;

const PAGE: &str = r#"{"resourceType":"Bundle","type":"searchset","total":5,"link":[{"relation":"next","url":"http://ehr.example/?patient=P-1001&page=2"}],"entry":[
{"resource":{"resourceType":"AuditEvent","id":"e1","recorded":"2026-03-02T08:00:00Z","action":"R"},"search":{"mode":"match"}},
{"resource":{"resourceType":"AuditEvent","id":"e2","recorded":"2026-03-02T08:01:00Z","action":"R"}},
{"resource":{"resourceType":"AuditEvent","id":"e1","recorded":"2026-03-02T08:00:00Z","action":"R"}}]}"#;

/// The report of a bundle, and the exit code.
fn verified(office: &Office, bundle: &Path) -> (Value, Option<i32>) {
    let output = office.run(&["verify", bundle.to_str().unwrap(), "--format", "json"]);
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

fn told<'r>(report: &'r Value, code: &str) -> &'r Value {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["code"] == code).unwrap_or(&Value::Null)
}

#[test]
fn one_page_of_a_search_result_is_not_taken_for_the_whole() {
    let office = Office::open();
    let page = office.path("page.json");
    fs::write(&page, PAGE).unwrap();
    let (report, code) = verified(&office, &page);
    let finding = told(&report, "SEARCH_PAGES_MISSING");
    assert_eq!((code, &finding["severity"], &finding["count"]), (Some(3), &Value::from("warning"), &Value::from(2)));
    assert_eq!((&finding["expected"], &finding["actual"]), (&Value::from("5"), &Value::from("3")));
    let inspected = office.done(&["inspect", "page.json"]);
    let sentence = "page.json is one page of a search result: it holds 3 of the 5 resources that were found.";
    assert!(inspected.contains(sentence), "{inspected}");
    assert!(!inspected.contains("P-1001") && !report.to_string().contains("P-1001"), "a search names people");
}

#[test]
fn an_event_that_is_there_twice_is_told_with_both_places() {
    let office = Office::open();
    let page = office.path("page.json");
    fs::write(&page, PAGE).unwrap();
    let (report, _) = verified(&office, &page);
    let finding = told(&report, "RESOURCE_DUPLICATE");
    let said = "Entry 3 of page.json is the event of Entry 1 of page.json once more: its id and version are the same.";
    assert_eq!((&finding["message"], &finding["count"]), (&Value::from(said), &Value::from(1)));
    assert_eq!(finding["severity"], "warning");
}

#[test]
fn where_broken_json_stops_being_json_is_told() {
    let office = Office::open();
    for mark in ["", "\u{feff}"] {
        let text = format!("{mark}{PAGE}").replace("\"e2\",", "\"e2\",,");
        let file = office.path("broken.json");
        fs::write(&file, &text).unwrap();
        let (report, code) = verified(&office, &file);
        let finding = told(&report, "RECORD_UNPARSEABLE");
        let at = text.find(",,").unwrap() + 1;
        assert_eq!((code, finding["byte_offset"].as_u64()), (Some(1), Some(at as u64)), "{report}");
    }
}

#[test]
fn a_file_in_a_folder_that_is_not_read_is_told() {
    let office = Office::open();
    let folder = office.path("export");
    fs::create_dir(&folder).unwrap();
    fs::copy(office.path("log.ndjson"), folder.join("log.ndjson")).unwrap();
    let (report, _) = verified(&office, &folder);
    assert!(told(&report, "FILE_NOT_READ").is_null(), "{report}");
    fs::copy(office.path("log.ndjson"), folder.join("more.txt")).unwrap();
    let (report, code) = verified(&office, &folder);
    let finding = told(&report, "FILE_NOT_READ");
    assert_eq!((&finding["file"], &finding["severity"]), (&Value::from("more.txt"), &Value::from("warning")));
    assert_eq!((code, &report["counts"]["events"]), (Some(3), &Value::from(1)));
    assert!(office.done(&["import", "export", "--reason", crate::office::REASON]).len() > 60);
}
