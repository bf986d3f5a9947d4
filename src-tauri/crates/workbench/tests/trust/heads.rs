//! What imports remember: later exports are held against earlier ones, and none against itself.

use std::io::Write as _;

use workbench::wire::Seal;

use crate::bench::bag::{Draft, packed_bag};
use crate::bench::{Bench, part, rewritten};

#[test]
fn an_export_that_goes_on_extends_what_is_known_and_leaves_the_earlier_verdict() {
    let bench = Bench::open();
    let draft = Draft::new(60, 20);
    let april = bench.import_bag("april", &part(&draft, 1, 40).bag());
    let both = bench.import_bag("both", &draft.bag());
    assert_eq!((bench.seal(&both), bench.codes(&both).len()), (Seal::Unsigned, 0));
    let proves = bench.verdict(&both).proves.join(" ");
    assert!(proves.contains("Records 1 to 40 have not changed since our import on"), "{proves}");
    // The older one ends earlier, as it did when it came: nothing is wrong with it, now or when it is checked again.
    assert_eq!((bench.seal(&april), bench.verdict(&april).history), (Seal::Unsigned, None));
    assert_eq!(bench.check_well(&april).seal, Seal::Unsigned);
    assert!(bench.codes(&april).is_empty());
    assert_eq!(bench.trust(&both).heads.len(), 2);
}

#[test]
fn an_export_that_ends_before_what_is_known_is_a_rollback_however_often_it_is_checked() {
    let bench = Bench::open();
    let draft = Draft::new(60, 20);
    bench.import_bag("both", &draft.bag());
    let cut = bench.import_bag("cut", &part(&draft, 1, 40).bag());
    for _ in 0..2 {
        assert_eq!((bench.seal(&cut), bench.codes(&cut)), (Seal::Altered, vec!["BUNDLE_ROLLBACK".to_owned()]));
        bench.check_well(&cut);
    }
    assert!(bench.trust(&cut).heads.iter().all(|head| !head.own), "what failed is not remembered");
}

#[test]
fn a_history_that_was_rewritten_between_two_exports_is_found() {
    let bench = Bench::open();
    let draft = Draft::new(60, 20);
    bench.import_bag("april", &part(&draft, 1, 40).bag());
    let forged = bench.import_bag("forged", &rewritten(&draft, 9).bag());
    assert_eq!((bench.seal(&forged), bench.codes(&forged)), (Seal::Altered, vec!["ANCHOR_MISMATCH".to_owned()]));
}

#[test]
fn where_a_log_begins_is_proven_once_the_export_before_it_is_loaded() {
    let bench = Bench::open();
    let draft = Draft::new(60, 20);
    let may = bench.import_bag("may", &part(&draft, 41, 60).bag());
    assert_eq!(bench.codes(&may), ["CHAIN_START_UNVERIFIED"]);
    let april = bench.import_bag("april", &part(&draft, 1, 40).bag());
    // April, when it came, was held against what May names as its beginning: the two agree.
    assert_eq!(bench.seal(&april), Seal::Verified);
    assert!(bench.verdict(&may).history.is_some(), "something new is known of where it begins");
    assert!(bench.verdict(&may).badge.reason.contains("check again"));
    assert_eq!(bench.marks(&may), ["stands"], "the badge is history; hashes and links are what they were");
    bench.check_well(&may);
    assert!(bench.codes(&may).is_empty(), "{:?}", bench.codes(&may));
    let proves = bench.verdict(&may).proves.join(" ");
    assert!(proves.contains("goes on from the head"), "{proves}");
    // The other way round it needs no second check.
    let bench = Bench::open();
    bench.import_bag("april", &part(&draft, 1, 40).bag());
    let may = bench.import_bag("may", &part(&draft, 41, 60).bag());
    assert!(bench.codes(&may).is_empty());
}

#[test]
fn the_same_export_in_another_container_anchors_nothing() {
    let bench = Bench::open();
    let mut bag = Draft::new(40, 20).bag();
    bench.import_bag("april", &bag);
    bag.edit("bag-info.txt", "Clinic", "Hospital");
    crate::bench::bag::retag(&mut bag);
    let again = bench.import_bag("again", &bag);
    assert_eq!((bench.seal(&again), bench.verdict(&again).assurance.as_deref()), (Seal::Unsigned, Some("CONSISTENT")));
}

#[test]
fn a_head_of_an_import_that_was_not_genuine_is_withdrawn() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    let forged = bench.import_bag("forged", &rewritten(&draft, 9).bag());
    let genuine = bench.import_bag("genuine", &draft.bag());
    assert_eq!(bench.seal(&genuine), Seal::Altered, "the first to come is believed until somebody says otherwise");
    let head = bench.trust(&forged).heads.into_iter().find(|head| head.own).unwrap();
    let ask = workbench::wire::WithdrawAsk { number: head.number, why: "made by somebody else".to_owned() };
    bench.desk.withdraw_anchor(ask).unwrap();
    assert_eq!(bench.seal(&genuine), Seal::Altered, "until it is checked again");
    assert_eq!(bench.check_well(&genuine).seal, Seal::Unsigned);
    assert!(bench.trust(&genuine).heads.iter().any(|head| head.own));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn the_same_bundle_made_anew_vouches_for_neither() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    let first = bench.import_bag("first", &draft.bag());
    let packed = packed_bag(&draft, "gzip", &gzip, |_| {});
    let again = bench.import_bag("again", &packed);
    for id in [&again, &first] {
        assert_eq!(bench.codes(id), Vec::<String>::new());
        assert_eq!(bench.check_well(id).seal, Seal::Unsigned);
        assert_eq!(bench.verdict(id).assurance.as_deref(), Some("CONSISTENT"));
    }
}
