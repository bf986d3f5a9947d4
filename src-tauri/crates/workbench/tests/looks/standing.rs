//! What is said of a record is true of this very record: one that a finding names, and one without evidence of its own.

use workbench::wire::{BundleAsk, EventDetail, RowState};

use crate::bench::Bench;

/// The records that are marked in a sample with this damage, in order.
fn marked(tamper: &str) -> Vec<EventDetail> {
    let bench = Bench::open();
    let bundle = bench.sample(Some(tamper));
    let look = bench.look(&bundle, "integrity:altered");
    let mut rows = bench.rows(&look);
    rows.sort_by_key(|row| row.number);
    let events: Vec<_> = rows.iter().map(|row| bench.event(&look, row)).collect();
    for event in &events {
        assert!(!event.badge.reason.contains("does not match what was sealed"), "{}", event.badge.reason);
        assert!(event.proof[0].starts_with(&event.badge.reason), "{:?}", event.proof);
    }
    events
}

#[track_caller]
fn sound(event: &EventDetail, what: &str, code: &str) {
    let reason = &event.badge.reason;
    assert!(reason.starts_with("This record agrees with its own hash") && reason.contains(what), "{reason}");
    assert!(event.proof[0].ends_with(&format!("({code})")), "{:?}", event.proof);
    assert_eq!(event.badge.word, "Named in a finding");
}

#[test]
fn a_record_beside_a_gap_is_not_called_altered() {
    for tamper in ["tail-truncated-vs-manifest", "tail-truncated-vs-checkpoint"] {
        let events = marked(tamper);
        assert_eq!(events.len(), 1, "{tamper}");
        sound(&events[0], " after it were removed.", "TAIL_TRUNCATED");
    }
    let events = marked("head-truncated");
    assert_eq!(events.len(), 1);
    sound(&events[0], "2 records (1 to 2) before it were removed.", "HEAD_TRUNCATED");
    let events = marked("events-deleted");
    assert_eq!(events.len(), 2);
    sound(&events[0], " after it were removed.", "EVENTS_DELETED");
    sound(&events[1], " before it were removed.", "EVENTS_DELETED");
}

#[test]
fn a_record_with_a_new_hash_is_told_from_the_one_that_names_the_old() {
    let events = marked("event-rehashed");
    assert_eq!(events.len(), 2);
    let reasons: Vec<&str> = events.iter().map(|event| event.badge.reason.as_str()).collect();
    assert!(reasons[0].contains("was changed and given a new hash"), "{reasons:?}");
    assert!(reasons[1].contains("it names another hash for record"), "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.starts_with("This record agrees with its own hash")), "{reasons:?}");
}

#[test]
fn a_record_that_was_changed_is_called_altered() {
    let events = marked("event-modified");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].badge.reason, "Its content does not match its own hash.");
    assert_eq!(events[0].badge.word, "Altered or damaged");
}

#[test]
fn no_record_stands_in_a_segment_that_is_not_what_the_manifest_states() {
    let cases = [
        ("segment-count", "SEGMENT_COUNT_MISMATCH"),
        ("segment-boundary", "SEGMENT_BOUNDARY_MISMATCH"),
        ("merkle-root", "MERKLE_ROOT_MISMATCH"),
    ];
    for (tamper, code) in cases {
        let bench = Bench::open();
        let bundle = bench.sample(Some(tamper));
        let standing = bench.look(&bundle, "integrity:stands");
        assert_eq!(standing.total, 0, "{tamper}: nothing shows which record it is");
        let marked = bench.look(&bundle, "integrity:altered");
        assert_eq!(marked.total, marked.whole, "{tamper}");
        assert!(bench.rows(&marked).iter().all(|row| row.state == RowState::Misplaced), "{tamper}");
        let event = bench.event(&marked, &bench.rows(&marked)[0]);
        assert!(event.proof[0].ends_with(&format!("({code})")), "{tamper}: {:?}", event.proof);
        assert!(event.badge.reason.starts_with("This record agrees with its own hash."), "{}", event.badge.reason);
        assert!(event.badge.reason.ends_with("Nothing shows which of the records that concerns."));
    }
}

#[test]
fn a_record_of_a_checked_log_is_not_verified_only_within_a_span_that_nothing_can_be_said_of() {
    let bench = Bench::open();
    let tampers = ["events-deleted", "manifest-mismatch", "segment-count", "checkpoint-modified", "record-unparseable"];
    for tamper in tampers {
        let bundle = bench.sample(Some(tamper));
        let report = bench.desk.integrity(BundleAsk { bundle: bundle.clone() }).unwrap();
        let is_open = report.findings.iter().any(|finding| finding.code == "UNVERIFIABLE_SPAN");
        let total = bench.look(&bundle, "integrity:not_verified").total;
        assert!(is_open || total == 0, "{tamper}: {total}");
    }
}

#[test]
fn where_a_record_is_named_the_others_of_its_segment_stand() {
    let bench = Bench::open();
    let bundle = bench.sample(Some("event-modified"));
    let standing = bench.look(&bundle, "integrity:stands");
    assert_eq!(standing.total, standing.whole - 1, "the fingerprint of the segment differs because of the one");
}

#[test]
fn every_mark_has_its_sentence() {
    for tamper in ["event-inserted", "event-duplicated", "events-reordered", "genesis-mismatch", "event-id-duplicate"] {
        let events = marked(tamper);
        assert!(!events.is_empty(), "{tamper}");
        for event in &events {
            let code = event.proof[0].rsplit('(').next().unwrap();
            assert!(code.ends_with(')') && code.len() > 8, "{tamper}: {:?}", event.proof);
        }
    }
}

const FHIR: &str = r#"{"resourceType":"AuditEvent","id":"e1","recorded":"2026-03-02T08:00:00Z","action":"R",
"agent":[{"requestor":true,"who":{"reference":"Practitioner/p-1"}}]}"#;

/// The only record of a bundle.
fn only(bench: &Bench, bundle: &str) -> EventDetail {
    let look = bench.look(bundle, "");
    bench.event(&look, &bench.rows(&look)[0])
}

#[test]
fn a_record_without_evidence_is_not_called_unchecked() {
    let bench = Bench::open();
    let plain = bench.path("plain.json");
    std::fs::write(&plain, FHIR).unwrap();
    let resource: serde_json::Value = serde_json::from_str(FHIR).unwrap();
    let signed = serde_json::json!({
        "resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}],
        "signature": {"when": "2026-03-03T00:00:00Z", "who": {"display": "EHR"}, "type": [{"code": "1"}]},
    });
    let bundle_signed = bench.path("signed.json");
    std::fs::write(&bundle_signed, signed.to_string()).unwrap();
    let detached = bench.path("detached");
    std::fs::create_dir(&detached).unwrap();
    std::fs::write(detached.join("events.json"), FHIR).unwrap();
    std::fs::write(detached.join("events.json.sig"), "not read").unwrap();
    let cases = [
        (plain, "Only that it has not changed since the import is known."),
        (bundle_signed, "The export holds a signature of a kind that is not checked"),
        (detached, "The export holds a signature of a kind that is not checked"),
    ];
    for (path, what) in cases {
        let record = only(&bench, &bench.import(&path));
        let reason = &record.badge.reason;
        assert_eq!(record.badge.word, "Not verified");
        assert!(reason.starts_with("Records of this kind carry no evidence of their own"), "{reason}");
        assert!(reason.contains(what), "{reason}");
        assert_eq!(&record.proof[0], reason);
    }
}
