//! The published development bundles: every required finding with its locators, the same integrity and assurance, and
//! no error beyond those that the reference reports too.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise, and say what they skip"
)]

use std::path::{Path, PathBuf};

use integrity::head::read_anchor_file;
use integrity::keys::Kid;
use serde_json::Value as Json;
use verify::{Anchor, MemorySpill, NoOnlooker, NoProgress, Options, PinnedKey, Report, Trust};

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

/// Checks a bundle as its `expected.json` wants it: with the keys that are pinned and the anchor that is known.
fn check(case: &Path, workers: usize) -> Report {
    let expected = expected(case);
    let bundle = bundle::open(&case.join("bag"), &bundle::Limits::standard()).unwrap();
    let pins = expected["pins"].as_array().unwrap().iter();
    let keys = pins.map(|kid| PinnedKey::by_kid(Kid::from_text(kid.as_str().unwrap()).unwrap())).collect();
    let anchor = expected["anchor"].as_str().map(|name| std::fs::read(case.join(name)).unwrap());
    let options = Options {
        workers,
        trust: Trust { keys, ..Trust::default() },
        anchors: anchor.iter().map(|text| Anchor::from_file(read_anchor_file(text).unwrap())).collect(),
        ..Options::new([7; 16])
    };
    verify::check(&bundle, &options, &NoOnlooker, &NoProgress, &mut MemorySpill::new()).unwrap()
}

fn expected(case: &Path) -> Json {
    serde_json::from_slice(&std::fs::read(case.join("expected.json")).unwrap()).unwrap()
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
        let json = serde_json::to_value(check(&path, 2)).unwrap();
        wrong.extend(differences(&json, &expected(&path)).iter().map(|difference| format!("{name}: {difference}")));
        let caveat = json["does_not_prove"][0].as_str().unwrap();
        assert!(caveat.starts_with("That the log is complete"), "{name}: {caveat}");
        let is_vouched = ["SIGNED_PINNED", "ANCHORED"].iter().any(|word| json["assurance"] == *word);
        assert_eq!(json["badge"] == "verified", is_vouched, "{name}");
        let proven = json["coverage"].as_array().unwrap().iter().any(|span| span["state"] == "proven");
        assert!(proven || !is_vouched, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_number_of_workers_changes_nothing() {
    for path in bundles() {
        let reports = [1, 2, 5].map(|workers| serde_json::to_string(&check(&path, workers)).unwrap());
        assert_eq!(reports[0], reports[1]);
        assert_eq!(reports[0], reports[2]);
    }
}
