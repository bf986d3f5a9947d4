//! What is said of a record that a finding names is true of this very record.

use workbench::wire::EventDetail;

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
        let marked = bench.look(&bundle, "integrity:not_verified");
        assert_eq!(marked.total, marked.whole, "{tamper}");
        let event = bench.event(&marked, &bench.rows(&marked)[0]);
        assert!(event.proof[0].ends_with(&format!("({code})")), "{tamper}: {:?}", event.proof);
        assert!(event.badge.reason.starts_with("This record agrees with its own hash."), "{}", event.badge.reason);
        assert!(event.badge.reason.ends_with("Nothing shows which of the records that concerns."));
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
