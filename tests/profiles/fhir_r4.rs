//! Every R4 `AuditEvent` that is published as an example imports with the fields that its file states: those of the npm
//! package `hl7.fhir.r4.examples` (CC0), singly or in Bundles, and those of the conformance data.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::sample::files;
use serde_json::Value;

use crate::stated::{Fields, fields};

const PASSPHRASE: &str = "seven quiet harbors in march";
const REASON: &str = "what the examples became";
/// Fields that stand in a row under their own name; the others are facts of the event.
const ROW: [&str; 12] = [
    "event_id",
    "event_type",
    "time",
    "action",
    "outcome",
    "user_id",
    "role",
    "source_ip",
    "source_system",
    "resource_type",
    "resource_id",
    "patient_ids",
];
/// Facts that are compared, by their labels.
const FACTS: [&str; 8] = ["Recorded", "Why so", "Name", "Kind of actor", "Station", "Policy", "Purpose", "Sensitivity"];

/// A folder below the workspace; `None` and a word about it where it is not there.
fn folder(place: PathBuf, what: &str) -> Option<PathBuf> {
    if place.is_dir() {
        return Some(place);
    }
    println!("skipped: {what}");
    None
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The `AuditEvent`s in a text: the resource itself, the entries of a Bundle, or one on each line.
fn events_in(text: &str) -> Vec<Value> {
    let whole = serde_json::from_str::<Value>(text).map(|whole| vec![whole]);
    let resources = whole.unwrap_or_else(|_| text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect());
    let entries = |bundle: &Value| bundle["entry"].as_array().cloned().unwrap_or_default();
    let inner = resources.iter().flat_map(entries).map(|entry| entry["resource"].clone());
    let all = resources.iter().cloned().chain(inner);
    all.filter(|resource| resource["resourceType"] == "AuditEvent").collect()
}

/// Imports every file of `from` in which an `AuditEvent` stands, each as a bundle of its own, and compares.
#[track_caller]
fn check(from: &Path, at_least: usize) {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    fs::write(home.path("passphrase"), PASSPHRASE).unwrap();
    let account = ["--vault", "vault", "--user", "jordan", "--passphrase-file", "passphrase"];
    let call = |words: &[&str]| cli::done(&program, &home, words.iter().chain(&account));
    call(&["vault", "create", "vault"]);
    let mut compared = 0;
    for file in files(from) {
        // Most of a package's files speak of something else; no parser is needed to see that.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        if !text.contains("\"AuditEvent\"") {
            continue;
        }
        let expected = events_in(&text);
        if expected.is_empty() {
            continue;
        }
        let id = call(&["import", file.to_str().unwrap(), "--reason", REASON]);
        let rows = call(&["search", "", "--bundle", id.trim(), "--format", "json", "--reason", REASON]);
        let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
        let (totals, rows) = rows.split_last().expect("totals come last");
        assert_eq!(
            (totals["total"].as_u64(), rows.len()),
            (Some(expected.len() as u64), expected.len()),
            "{}",
            file.display()
        );
        for event in &expected {
            let stated = fields(event);
            let row = rows.iter().find(|row| row["event_id"] == stated["event_id"].as_str()).expect("it has a row");
            let event_ref = row["event_ref"].as_str().unwrap();
            let event = call(&["event", event_ref, "--reveal", "--format", "json", "--reason", REASON]);
            let shown = shown(row, &serde_json::from_str(&event).unwrap());
            assert_eq!(shown, stated, "{}", file.display());
            compared += 1;
        }
    }
    assert!(compared >= at_least, "{compared} AuditEvents in {}", from.display());
    println!("{compared} AuditEvents compared");
}

/// The same fields as the program shows them.
fn shown(row: &Value, event: &Value) -> Fields {
    let of_row = ROW.iter().map(|name| {
        let value = match &row[*name] {
            Value::Array(values) => Some(values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
            value => value.as_str().map(str::to_owned),
        };
        (*name, value)
    });
    let pair = |fact: &Value| Some((fact["label"].as_str()?.to_owned(), fact["value"].as_str()?.to_owned()));
    let facts: BTreeMap<String, String> = event["facts"].as_array().expect("facts").iter().filter_map(pair).collect();
    let of_facts = FACTS.iter().map(|label| (*label, facts.get(*label).cloned()));
    of_row.chain(of_facts).filter_map(|(name, value)| Some((name, value?))).collect()
}

#[test]
fn every_example_of_the_standard_imports_with_what_it_states() {
    let place = workspace().join("ui/node_modules/hl7.fhir.r4.examples");
    let what = "no FHIR examples (the npm package hl7.fhir.r4.examples; `cargo xtask test` installs it)";
    if let Some(package) = folder(place, what) {
        check(&package, 9);
    }
}

#[test]
fn every_example_of_the_conformance_data_imports_with_what_it_states() {
    let named = std::env::var_os("CHARTPROOF_VECTORS").map(PathBuf::from);
    let vectors = named.unwrap_or_else(|| workspace().join("../shared/data"));
    if let Some(examples) = folder(vectors.join("fhir-auditevent-r4"), "no conformance data (fhir-auditevent-r4)") {
        check(&examples, 5);
    }
}
