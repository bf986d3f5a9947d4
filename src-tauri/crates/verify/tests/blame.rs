//! What is said about who or what is wrong: never more than is shown.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use bag::signing::{Policy, Producer};
use bag::{Draft, OTHER_STREAM, STREAM, codes, parsed};
use integrity::Digest;
use serde_json::json;
use verify::{Anchor, Badge, CoverageState, Origin, Report};

const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn states(report: &Report) -> Vec<(u64, u64, CoverageState)> {
    report.coverage().iter().map(|span| (span.from_seq, span.to_seq, span.state)).collect()
}

/// A head of the first stream, with whatever hash and event id.
fn head(draft: &Draft, seq: u64, change: impl FnOnce(&mut Anchor)) -> Anchor {
    let (segment, line) = draft.place(seq);
    let record = parsed(&draft.segments[segment].lines[line]);
    let mut anchor = Anchor {
        stream_id: STREAM.to_owned(),
        last_seq: seq,
        last_hash: Digest::from_hex(record["hash"].as_str().unwrap()).unwrap(),
        last_event_id: Some(record["event"]["event_id"].as_str().unwrap().to_owned()),
        origin: Origin::File,
    };
    change(&mut anchor);
    anchor
}

#[test]
fn a_checkpoint_that_a_later_one_contradicts_accuses_nobody_alone() {
    let mut draft = Draft::new(40, 10);
    draft.recheckpoint(1, |checkpoint| checkpoint["last_hash"] = json!(NO_HASH));
    let report = draft.bag().check();
    assert_eq!(codes(&report), ["CHECKPOINT_MISMATCH"]);
    let finding = &report.findings()[0];
    assert!(finding.message.contains("either this checkpoint was changed, or"), "{}", finding.message);
    assert_eq!((finding.seq, finding.altered_within), (Some(20), None));
    assert_eq!(states(&report), [(1, 40, CoverageState::NotCovered)]);
    // With nothing later that speaks for the log, it is the log that was made anew.
    let mut draft = Draft::new(40, 10);
    draft.recheckpoint(3, |checkpoint| checkpoint["last_hash"] = json!(NO_HASH));
    let report = draft.bag().check();
    assert_eq!(report.findings()[0].altered_within, Some([31, 40]));
    assert_eq!(states(&report).last(), Some(&(31, 40, CoverageState::Altered)));
}

#[test]
fn a_checkpoint_that_names_the_right_hash_contradicts_itself() {
    for (member, value) in [
        ("merkle_root", json!(NO_HASH)),
        ("record_count", json!(7)),
        ("last_event_id", json!("b2b2b2b2-0000-4000-8000-000000000000")),
    ] {
        let mut draft = Draft::new(40, 10);
        draft.recheckpoint(1, |checkpoint| checkpoint[member] = value.clone());
        let report = draft.bag().check();
        assert_eq!(codes(&report), ["CHECKPOINT_MISMATCH"], "{member}");
        let finding = &report.findings()[0];
        assert!(finding.message.contains("contradicts itself"), "{member}: {}", finding.message);
        assert_eq!(finding.altered_within, None, "{member}");
        assert_eq!(states(&report), [(1, 40, CoverageState::NotCovered)], "{member}");
    }
}

#[test]
fn an_anchor_that_another_contradicts_accuses_nobody_alone() {
    let draft = Draft::new(40, 20);
    let check = |anchors: Vec<Anchor>| {
        let mut bag = draft.bag();
        bag.anchors = anchors;
        let report = bag.check();
        assert_eq!(codes(&report), ["ANCHOR_MISMATCH"]);
        report
    };
    let wrong = head(&draft, 10, |anchor| anchor.last_hash = Digest::of(b"another log"));
    let report = check(vec![wrong.clone(), head(&draft, 40, |_| ())]);
    assert!(report.findings()[0].message.contains("the two heads contradict each other"), "{:?}", report.findings());
    assert!(!states(&report).iter().any(|(_, _, state)| *state == CoverageState::Altered));
    let report = check(vec![wrong]);
    assert_eq!(states(&report)[0], (1, 10, CoverageState::Altered), "nothing later speaks for the log");
    let limits = report.does_not_prove().join(" ");
    assert!(limits.contains("nothing from outside the bundle agrees with it"), "{limits}");
    let noted = head(&draft, 40, |anchor| anchor.last_event_id = Some("another".to_owned()));
    let report = check(vec![noted]);
    assert!(report.findings()[0].message.contains("noted wrongly"), "{:?}", report.findings());
    assert_eq!(states(&report), [(1, 40, CoverageState::NotCovered)]);
}

#[test]
fn a_log_whose_beginning_is_elsewhere_says_so_in_its_first_words() {
    let producer = Producer::new(1);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    draft.segments.remove(0);
    draft.checkpoints.clear();
    draft.restate();
    draft.manifest["signature_policy"] = json!("per-event");
    let mut bag = draft.bag();
    bag.trust.keys = vec![producer.pin()];
    let report = bag.check();
    assert_eq!((codes(&report), report.badge().name()), (vec!["CHAIN_START_UNVERIFIED"], "verified"));
    let said = &report.summary()[1];
    assert!(said.contains("about what came before record 21, which this bundle begins with"), "{said}");
    assert!(report.does_not_prove().join(" ").contains("did not make the log anew"));
}

#[test]
fn of_two_streams_the_one_that_is_vouched_for_is_named() {
    let producer = Producer::new(1);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    draft.add_stream(OTHER_STREAM, 30, 20);
    draft.restate();
    let mut bag = draft.bag();
    bag.trust.keys = vec![producer.pin()];
    let report = bag.check();
    assert_eq!(report.badge(), Badge::NotVerified);
    assert_eq!(
        report.summary()[1],
        format!(
            "A pinned key has signed records 1 to 40 of stream {STREAM}; nobody vouches for records 1 to 30 of stream \
             {OTHER_STREAM}."
        )
    );
}

#[test]
fn records_of_a_file_that_is_gone_are_missing() {
    let mut bag = Draft::new(40, 20).bag();
    bag.remove("data/events/segment-000002.ndjson");
    let report = bag.check();
    assert_eq!(codes(&report), ["FILE_MISSING", "UNVERIFIABLE_SPAN"]);
    assert_eq!(states(&report), [(1, 20, CoverageState::NotCovered), (21, 40, CoverageState::Missing)]);
}

#[test]
fn what_the_audit_manifest_leaves_out_is_asked_for() {
    let without = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut draft = Draft::new(40, 20);
        change(&mut draft.manifest);
        let report = draft.bag().check();
        assert_eq!(codes(&report), ["AUDIT_MANIFEST_INVALID"]);
        report.findings()[0].field.clone().unwrap()
    };
    let remove = |json: &mut serde_json::Value, member: &str| drop(json.as_object_mut().unwrap().remove(member));
    for member in ["rows", "sha256", "first_seq", "last_seq", "first_prev_hash", "last_hash", "merkle_root"] {
        let field = without(&|manifest| remove(&mut manifest["segments"][1], member));
        assert_eq!(field, format!("segments[1].{member}"));
    }
    for member in ["first_seq", "last_seq", "last_hash", "record_count"] {
        assert_eq!(without(&|manifest| remove(&mut manifest["streams"][0], member)), format!("streams[0].{member}"));
    }
    assert_eq!(without(&|manifest| remove(manifest, "signature_policy")), "signature_policy");
}
