//! Every way to damage a sample is found, named and placed; and what cannot be found is said to be beyond proof.
//!
//! What must be reported is computed by `specimen` while it writes; `verify` is held against it through the same door
//! that the command line uses.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::Value;
use tempfile::TempDir;
use workbench::direct::{self, VerifyWish};
use workbench::{Gauge, SampleWish};

/// Makes the sample and gives its report and what had to be in it.
fn report_of(tamper: Option<&str>, seed: u64, zipped: bool, compression: Option<&str>) -> (Value, Value) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(if zipped { "sample.zip" } else { "sample" });
    let wish = SampleWish {
        events: 400,
        seed,
        days: Some(5),
        scenario: None,
        tamper: tamper.map(str::to_owned),
        sha512: false,
        compression: compression.map(str::to_owned),
        signing: None,
    };
    let made = direct::sample(&path, &wish).unwrap();
    let verified = direct::verify(&path, &VerifyWish::default(), &Gauge::default()).unwrap();
    (verified.json, made.json["expected"].clone())
}

/// In what the report differs from what it must say; empty if it does not.
fn differences(report: &Value, expected: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    for member in ["integrity", "assurance"] {
        if report[member] != expected[member] {
            differences.push(format!("{member} is {}, not {}", report[member], expected[member]));
        }
    }
    let findings = report["findings"].as_array().unwrap();
    let must = expected["must_report"].as_array().unwrap();
    for wanted in must {
        let wanted = wanted.as_object().unwrap();
        let found = findings.iter().any(|finding| wanted.iter().all(|(name, value)| finding[name] == *value));
        if !found {
            differences.push(format!("not reported: {}", Value::Object(wanted.clone())));
        }
    }
    let also = expected["also_reported_by_reference"].as_array().unwrap();
    for finding in findings.iter().filter(|finding| finding["severity"] == "error") {
        let code = &finding["code"];
        let known = must.iter().any(|wanted| wanted["code"] == *code) || also.contains(code);
        if !known {
            differences.push(format!("reported beyond it: {code} {}", finding["message"]));
        }
    }
    differences
}

#[test]
fn every_kind_of_damage_is_reported_as_it_must_be() {
    let mut wrong = Vec::new();
    for (kind, _) in direct::tamper_kinds() {
        // What is done to single bytes of a record cannot be done in a packed segment.
        let packed = |form| Some(form).filter(|_| kind != "manifest-mismatch");
        for (seed, zipped, compression) in
            [(1, false, None), (2, true, None), (3, false, packed("zstd")), (4, true, packed("gzip"))]
        {
            let (report, expected) = report_of(Some(kind), seed, zipped, compression);
            wrong.extend(
                differences(&report, &expected).into_iter().map(|what| format!("{kind} (seed {seed}): {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_whole_sample_passes_and_does_not_claim_to_be_complete() {
    let (report, expected) = report_of(None, 9, true, None);
    assert_eq!(differences(&report, &expected), [""; 0]);
    let limits = report["does_not_prove"].to_string();
    assert!(limits.contains("complete"), "{limits}");
}
