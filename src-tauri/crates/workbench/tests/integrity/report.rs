//! The report as a tree: what was checked, how much of it, and what the first failing line means.

use workbench::wire::CheckResult;

use crate::bench::{Bench, EVENTS, line};

#[test]
fn a_line_says_how_much_was_compared_and_why_where_nothing_was() {
    let bench = Bench::open();
    let report = bench.report(&bench.import(&bench.make("whole", |_| ())));
    let names: Vec<&str> = report.checks.iter().map(|check| check.what.as_str()).collect();
    assert_eq!(
        names,
        [
            "Container",
            "Manifests",
            "Keys and signatures",
            "Audit manifest and segments",
            "Records",
            "Hash chain",
            "Checkpoints",
            "Anchors"
        ]
    );
    assert_eq!(line(&report, "Records").done, format!("{EVENTS} records compared with their own hash"));
    assert_eq!(line(&report, "Records").result, CheckResult::Agrees);
    let unsigned = line(&report, "Keys and signatures");
    assert_eq!((unsigned.result, unsigned.done.as_str()), (CheckResult::NotChecked, ""));
    assert_eq!(unsigned.how, "No signature was there to be checked.");
    let chain = line(&report, "Hash chain");
    assert_eq!(chain.parts.len(), 1);
    assert!(chain.parts[0].told.ends_with("nobody outside the bundle vouches for them"), "{:?}", chain.parts);
    assert!(report.failure.is_none());
}

#[test]
fn a_signed_log_names_its_key_and_does_not_call_it_trusted() {
    let bench = Bench::open();
    let path = bench.make("signed", |wish| wish.signing = Some("event".to_owned()));
    let report = bench.report(&bench.import(&path));
    let keys = line(&report, "Keys and signatures");
    assert_eq!(keys.result, CheckResult::Notes);
    assert!(keys.done.starts_with(&format!("{EVENTS} signatures")) || !keys.done.is_empty());
    assert_eq!(keys.parts.len(), 1);
    let key = &keys.parts[0];
    assert!(key.what.starts_with("sha256:") && key.told.ends_with("nobody here has compared its fingerprint"));
    assert_eq!(key.result, CheckResult::Notes);
}

#[test]
fn the_first_failing_line_leads_to_its_finding_and_says_what_it_means() {
    let bench = Bench::open();
    let report = bench.report(&bench.tampered("event-modified"));
    let failure = report.failure.as_ref().unwrap();
    let check = &report.checks[failure.check as usize];
    assert_eq!((check.what.as_str(), check.result), ("Records", CheckResult::Differs));
    let finding = &report.findings[failure.finding.unwrap() as usize];
    assert_eq!(finding.code, "EVENT_MODIFIED");
    assert!(finding.expected.is_some() && finding.actual.is_some() && finding.expected != finding.actual);
    assert!(check.findings.contains(&failure.finding.unwrap()));
    let expected = format!("{} records agree with their own hash and neighbors.", EVENTS - 1);
    assert!(failure.stands[0].starts_with(&expected), "{:?}", failure.stands);
    assert!(failure.rests[0].starts_with("Whatever that record says."), "{:?}", failure.rests);
    assert!(failure.rests[1].starts_with("1 record is marked"), "{:?}", failure.rests);
    assert!(failure.not_verifiable.iter().any(|line| line.starts_with("Anchors. Nothing from outside")));
}

#[test]
fn what_cannot_be_read_from_a_file_without_evidence_is_not_called_checked() {
    let bench = Bench::open();
    let path = bench.dir.path().join("log.ndjson");
    std::fs::write(
        &path,
        "{\"resourceType\":\"AuditEvent\",\"type\":{\"code\":\"rest\"},\"recorded\":\"2026-03-01T00:00:00Z\",\
         \"agent\":[{\"requestor\":true}],\"source\":{\"observer\":{\"display\":\"ehr\"}}}\n",
    )
    .unwrap();
    let report = bench.report(&bench.import(&path));
    for check in &report.checks {
        assert!(check.what == "Container" || check.result == CheckResult::NotChecked, "{check:?}");
        assert!(check.result != CheckResult::NotChecked || check.done.is_empty(), "{check:?}");
    }
    assert_eq!(report.coverage.totals.not_verified, 1);
}
