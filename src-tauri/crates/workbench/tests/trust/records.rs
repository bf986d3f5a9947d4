//! What the badge of one record says is true of its signatures, its anchors, and of what is pinned today.

use workbench::wire::{EventAsk, EventDetail, LookAsk, RevokeAsk, RowState, RowsAsk, Seal};

use crate::anchors::{head, typed};
use crate::bench::bag::Draft;
use crate::bench::bag::signing::{Policy, Producer};
use crate::bench::{Bench, signed};

#[track_caller]
fn says(record: &EventDetail, seal: Seal, word: &str, what: &str) {
    assert_eq!((record.badge.seal, record.badge.word.as_str()), (seal, word), "{}", record.badge.reason);
    assert!(record.badge.reason.contains(what), "{}", record.badge.reason);
    let proof = record.proof.join(" ");
    assert!(proof.contains(what), "the reason stands under what was recomputed too: {proof}");
}

#[test]
fn a_record_without_a_signature_is_called_unsigned() {
    let bench = Bench::open();
    let bundle = bench.import_bag("april", &Draft::new(40, 20).bag());
    says(&bench.record(&bundle, 7), Seal::Unsigned, "Unsigned", "Nothing in its bundle is signed");
}

#[test]
fn a_signed_record_is_never_called_unsigned_and_says_whose_key_it_is() {
    for policy in [Policy::Event, Policy::Segment, Policy::Checkpoint] {
        let bench = Bench::open();
        let producer = Producer::new(7);
        let kid = producer.kid().to_string();
        let bundle = bench.import_bag("april", &Draft::signed(40, 20, policy, &producer).bag());
        let record = bench.record(&bundle, 7);
        says(&record, Seal::NotVerified, "Not verified", "the signature fits; but nobody has pinned the key");
        assert!(record.proof[0].starts_with("Its hash was recomputed"), "{:?}", record.proof);

        bench.pin(&kid, 8, Some(&bundle)).unwrap();
        let record = bench.record(&bundle, 7);
        says(&record, Seal::NotVerified, "Not verified", "check the bundle again");

        bench.check_well(&bundle);
        says(&bench.record(&bundle, 7), Seal::Verified, "Verified", "A key that this office has pinned vouches for it");

        let why = "the laptop with the key was stolen".to_owned();
        bench.desk.revoke_key(RevokeAsk { fingerprint: kid, from: "2026-01-01".to_owned(), why }).unwrap();
        bench.check_well(&bundle);
        says(&bench.record(&bundle, 7), Seal::NotVerified, "Not verified", "but the key is revoked");
    }
}

#[test]
fn a_record_that_an_anchor_reaches_is_verified_and_says_what_its_bundle_is() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    bench.desk.add_anchor(typed(25, head(&draft, 25))).unwrap();
    let bundle = bench.import_bag("april", &draft.bag());
    assert_eq!(bench.seal(&bundle), Seal::Unsigned);
    let part = "known from outside the bundle vouches for it. Not everything in its bundle is vouched for";
    says(&bench.record(&bundle, 25), Seal::Verified, "Verified", part);
    says(&bench.record(&bundle, 26), Seal::Unsigned, "Unsigned", "nothing shows who made it");

    bench.desk.add_anchor(typed(40, head(&draft, 40))).unwrap();
    bench.check_well(&bundle);
    says(&bench.record(&bundle, 26), Seal::Verified, "Verified", "known from outside the bundle");
}

#[test]
fn a_sound_record_of_an_altered_bundle_says_both() {
    let bench = Bench::open();
    let producer = Producer::new(7);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    draft.change(9, |record| record["event"]["action"] = "print".into());
    draft.restate();
    bench.pin(&producer.kid().to_string(), 64, None).unwrap();
    let bundle = bench.import_bag("april", &draft.bag());
    let both = "vouches for it: it signed this record, or a later one that leads to it. Elsewhere in its bundle";
    says(&bench.record(&bundle, 5), Seal::Verified, "Verified", both);
    says(&bench.record(&bundle, 9), Seal::Altered, "Altered or damaged", "does not match its own hash");
}

#[test]
fn a_signature_that_does_not_hold_is_not_passed_over() {
    let bench = Bench::open();
    let (mut bag, _) = signed();
    bag.remove("data/keys/keys.json");
    let bundle = bench.import_bag("april", &bag);
    assert!(bench.codes(&bundle).contains(&"KEY_UNKNOWN".to_owned()), "{:?}", bench.codes(&bundle));
    for seq in [1, 7, 40] {
        let record = bench.record(&bundle, seq);
        assert_ne!(record.badge.seal, Seal::Unsigned, "{}", record.badge.reason);
        assert_ne!(record.badge.seal, Seal::Verified, "{}", record.badge.reason);
    }
}

/// How many records are marked in each way, after the badge of every one was held against its mark in the table.
#[track_caller]
fn marked(bench: &Bench, bundle: &str) -> Vec<(RowState, usize)> {
    let (bundle, filter, sort) = (bundle.to_owned(), String::new(), "number".to_owned());
    let look = bench.desk.look(LookAsk { bundle, filter, and: Vec::new(), sort, descending: false }).unwrap().look;
    let mut states: Vec<(RowState, usize)> = Vec::new();
    for row in bench.desk.rows(RowsAsk { look, offset: 0, limit: 500 }).unwrap().rows {
        let record = bench.desk.event(EventAsk { look, event_ref: row.event_ref }).unwrap();
        assert_eq!(record.row.state, row.state);
        let (seal, word, reason) = (record.badge.seal, record.badge.word.as_str(), record.badge.reason.as_str());
        let matches_hash = reason.starts_with("The record matches its hash.");
        let vouched = reason.contains("has pinned vouches for it") || reason.contains("outside the bundle vouches");
        let agree = match row.state {
            RowState::Proven => (seal, word) == (Seal::Verified, "Verified") && matches_hash && vouched,
            RowState::Stands => {
                let is_open = (seal, word) == (Seal::NotVerified, "Not verified");
                (is_open || (seal, word) == (Seal::Unsigned, "Unsigned")) && matches_hash && !vouched
            }
            RowState::NotVerified => (seal, word) == (Seal::NotVerified, "Not verified") && !matches_hash && !vouched,
            RowState::Beside | RowState::Misplaced => (seal, word) == (Seal::Altered, "Named in a finding"),
            RowState::Altered => (seal, word) == (Seal::Altered, "Altered or damaged") && !vouched,
        };
        assert!(agree, "record {}: {:?}, but {seal:?}, {word}: {reason}", row.number, row.state);
        match states.iter_mut().find(|(state, _)| *state == row.state) {
            Some((_, count)) => *count += 1,
            None => states.push((row.state, 1)),
        }
    }
    states
}

/// How the records of a log are marked before its key is pinned, before the check that follows, and after it. Each log
/// has a desk of its own: another version of the same log would anchor it.
#[track_caller]
fn marked_around_a_pin(draft: &Draft, producer: &Producer) -> [Vec<(RowState, usize)>; 3] {
    let bench = Bench::open();
    let bundle = bench.import_bag("april", &draft.bag());
    let before = marked(&bench, &bundle);
    bench.pin(&producer.kid().to_string(), 64, None).unwrap();
    let between = marked(&bench, &bundle);
    bench.check_well(&bundle);
    [before, between, marked(&bench, &bundle)]
}

#[test]
fn the_badge_of_a_record_says_what_its_row_says() {
    use RowState::{Altered, Beside, Misplaced, Proven, Stands};
    let producer = Producer::new(7);
    let unsigned = marked_around_a_pin(&Draft::new(40, 20), &producer);
    assert_eq!(unsigned, [[(Stands, 40)]; 3], "a pin says nothing of what is not signed");

    let sound = Draft::signed(40, 20, Policy::Event, &producer);
    let signed = marked_around_a_pin(&sound, &producer);
    assert_eq!(signed, [[(Stands, 40)], [(Stands, 40)], [(Proven, 40)]]);

    let mut altered = sound.clone();
    altered.change(9, |record| record["event"]["action"] = "print".into());
    altered.restate();
    let [before, between, after] = marked_around_a_pin(&altered, &producer);
    assert_eq!(before, [(Stands, 39), (Altered, 1)]);
    assert_eq!(between, [(Stands, 39), (Altered, 1)]);
    assert_eq!(after, [(Proven, 39), (Altered, 1)]);

    let mut short = sound.clone();
    short.segments[0].lines.remove(8);
    short.restate();
    let [.., after] = marked_around_a_pin(&short, &producer);
    assert_eq!(after, [(Proven, 37), (Beside, 2)]);

    let mut turned = sound;
    turned.segments[0].lines.swap(4, 6);
    turned.restate();
    let [.., after] = marked_around_a_pin(&turned, &producer);
    assert!(after.iter().any(|(state, _)| *state == Misplaced), "{after:?}");
    assert!(after.iter().all(|(state, _)| matches!(state, Proven | Misplaced)), "{after:?}");
}

#[test]
fn the_badge_agrees_with_the_row_where_an_anchor_reaches_a_part() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    bench.desk.add_anchor(typed(25, head(&draft, 25))).unwrap();
    let bundle = bench.import_bag("april", &draft.bag());
    assert_eq!(marked(&bench, &bundle), [(RowState::Proven, 25), (RowState::Stands, 15)]);
}
