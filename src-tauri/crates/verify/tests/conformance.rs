//! The published development bundles: every required finding with its locators, the same integrity and assurance, and
//! no error beyond those that the reference reports too.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise, and say what they skip"
)]

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use verify::{MemorySpill, NoOnlooker, NoProgress, Options, Report};

/// Bundles whose every mechanism is checked already, by the number their names begin with.
const IN_SCOPE: [&str; 25] = [
    "03", "10", "12", "13", "14", "15", "16", "17", "18", "20", "21", "30", "31", "32", "33", "34", "35", "40", "41",
    "42", "43", "44", "45", "46", "47",
];
const ALSO_IN_SCOPE: [&str; 5] = ["48", "49", "50", "51", "52"];

fn bundles() -> Vec<PathBuf> {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(root.join("native-bundle/dev")) else {
        println!("skipped: no conformance data (native-bundle/dev)");
        return Vec::new();
    };
    let mut bundles: Vec<_> = folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    bundles.sort();
    bundles
}

fn check(path: &Path, workers: usize) -> Report {
    let bundle = bundle::open(path, &bundle::Limits::standard()).unwrap();
    let options = Options { workers, ..Options::new([7; 16]) };
    verify::check(&bundle, &options, &NoOnlooker, &NoProgress, &mut MemorySpill::new()).unwrap()
}

/// What the report lacks or has too much, in words.
fn differences(report: &Json, expected: &Json) -> Vec<String> {
    let mut differences = Vec::new();
    for member in ["integrity", "assurance"] {
        if report[member] != expected[member] {
            differences.push(format!("{member} is {} instead of {}", report[member], expected[member]));
        }
    }
    let findings = report["findings"].as_array().unwrap();
    let required = expected["must_report"].as_array().unwrap();
    for wanted in required {
        let wanted_members = wanted.as_object().unwrap();
        let matches = |finding: &&Json| wanted_members.iter().all(|(name, value)| finding[name] == *value);
        if !findings.iter().any(|finding| matches(&finding)) {
            differences.push(format!("{wanted} is not reported"));
        }
    }
    let allowed = required.iter().map(|wanted| &wanted["code"]);
    let allowed: Vec<_> = allowed.chain(expected["also_reported_by_reference"].as_array().unwrap()).collect();
    for finding in findings.iter().filter(|finding| finding["severity"] == "error") {
        if !allowed.contains(&&finding["code"]) {
            differences.push(format!("{finding} is too much"));
        }
    }
    differences
}

#[test]
fn development_bundles_are_judged_as_expected() {
    let mut wrong = Vec::new();
    for path in bundles() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let expected: Json = serde_json::from_slice(&std::fs::read(path.join("expected.json")).unwrap()).unwrap();
        let number = &name[..2];
        let report = check(&path.join("bag"), 2);
        let json = serde_json::to_value(&report).unwrap();
        let differences = differences(&json, &expected);
        if IN_SCOPE.contains(&number) || ALSO_IN_SCOPE.contains(&number) {
            wrong.extend(differences.iter().map(|difference| format!("{name}: {difference}")));
            let caveat = json["does_not_prove"][0].as_str().unwrap();
            assert!(caveat.starts_with("That the log is complete"), "{name}: {caveat}");
        } else {
            let why = if expected["anchor"].is_null() {
                "signatures are not checked yet"
            } else {
                "anchors are not checked yet"
            };
            println!("waits: {name} ({why})");
            assert!(!matches!(json["badge"].as_str(), Some("verified")), "{name}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_number_of_workers_changes_nothing() {
    for path in bundles() {
        let reports = [1, 2, 5].map(|workers| serde_json::to_string(&check(&path.join("bag"), workers)).unwrap());
        assert_eq!(reports[0], reports[1]);
        assert_eq!(reports[0], reports[2]);
    }
}
