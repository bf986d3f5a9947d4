//! Heads as people type them and files hold them, and what imports leave here.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use desk::{Desk, bundle, head, seen, stream};
use model::{BundleId, EventId, StreamId};
use trust_store::{HeadFault, ImportedHead, Refusal, StreamHead, TrustFault};

const HASH: &str = "b866c5c3acdcffbf3a65f671aedc64ae6aa6cb170dd5fb893b2193c8d26a7e54";

fn no_number(field: &'static str) -> HeadFault {
    HeadFault::Facts(integrity::head::HeadFault::Seq { field })
}

fn no_id(field: &'static str) -> HeadFault {
    HeadFault::Facts(integrity::head::HeadFault::Id { field })
}

#[test]
fn a_head_from_paper_is_read_as_people_write() {
    let spaced = format!("{} {}:{}", &HASH[..20].to_uppercase(), &HASH[20..40], &HASH[40..]);
    let typed = StreamHead::typed(" 2fa91425-cb00 ", "1,036", "48b988aa", &spaced).unwrap();
    assert_eq!((typed.last_seq(), typed.last_hash().to_hex().as_str()), (1_036, HASH));
    assert_eq!(typed.stream_id().as_str(), "2fa91425-cb00");
    for (seq, hash, expected) in [
        ("36", &HASH[1..], HeadFault::Hash { digits: 63 }),
        ("36", "O866", HeadFault::Hash { digits: 4 }),
        ("0", HASH, no_number("last_seq")),
        ("+36", HASH, no_number("last_seq")),
        ("", HASH, no_number("last_seq")),
        ("9007199254740992", HASH, no_number("last_seq")),
    ] {
        assert_eq!(StreamHead::typed("s", seq, "e", hash), Err(expected), "{seq} {hash}");
    }
    assert_eq!(StreamHead::typed(" ", "1", "e", HASH), Err(no_id("stream_id")));
    assert_eq!(StreamHead::typed("s", "1", &"e".repeat(1_025), HASH), Err(no_id("last_event_id")));
}

#[test]
fn an_imported_head_is_of_a_stored_bundle_and_has_a_beginning() {
    let before = *head("s", 4).last_hash();
    let new = |bundle, first| ImportedHead::new(bundle, before, head("s", 9), first, before);
    assert!(new(bundle("one"), 5).is_ok() && new(bundle("one"), 9).is_ok());
    assert_eq!(new(bundle("one"), 10), Err(HeadFault::Backwards));
    assert_eq!(new(bundle("one"), 0), Err(no_number("first_seq")));
    assert_eq!(new(BundleId::new("export of May"), 5), Err(HeadFault::BundleId));
    let none = StreamHead::new(StreamId::new("s"), 0, EventId::new("e"), before);
    assert_eq!(none, Err(no_number("last_seq")));
}

#[test]
fn a_bundle_is_remembered_once_and_anchors_only_others() {
    let desk = Desk::new();
    let first = [seen("s", "one", 1, 36), seen("t", "one", 1, 9)];
    assert_eq!(desk.remember("PASS", &first).unwrap(), 2);
    assert_eq!(desk.remember("PASS_WITH_NOTES", &first).unwrap(), 0);
    // The same stream twice in one act is one head as well.
    let second_export = seen("s", "two", 37, 50);
    assert_eq!(desk.remember("PASS", &[second_export.clone(), second_export]).unwrap(), 1);
    let trust = desk.store.trust().unwrap();
    let others = |of: &str, but: &str| -> Vec<u64> {
        let but = bundle(but);
        let heads = trust.other_heads(&but).filter(|head| *head.seen.head().stream_id() == stream(of));
        let mut ends: Vec<u64> = heads.map(|head| head.seen.head().last_seq()).collect();
        ends.sort_unstable();
        ends
    };
    assert_eq!(others("s", "one"), [50]);
    assert_eq!(others("s", "two"), [36]);
    assert_eq!(others("s", "three"), [36, 50]);
    assert_eq!(others("t", "two"), [9]);
    assert_eq!(others("t", "one"), [0; 0]);
    assert_eq!(others("u", "three"), [0; 0]);
}

#[test]
fn an_import_that_failed_is_not_remembered() {
    let desk = Desk::new();
    for integrity in ["FAIL", "NOT_EVALUABLE", "pass", ""] {
        let refused = desk.remember(integrity, &[seen("s", "one", 1, 36)]);
        assert!(matches!(refused, Err(TrustFault::Refused(Refusal::NotPassed))), "{integrity}");
    }
    assert_eq!((desk.store.trust().unwrap().heads().count(), desk.logged("verify").len()), (0, 0));
}

#[test]
fn a_head_of_an_import_that_was_not_genuine_is_withdrawn_for_good() {
    let desk = Desk::new();
    desk.remember("PASS", &[seen("s", "forged", 1, 99), seen("s", "genuine", 1, 36)]).unwrap();
    desk.withdraw(1).unwrap();
    // Its import is known still, and does not come back by being repeated.
    assert_eq!(desk.remember("PASS", &[seen("s", "forged", 1, 99)]).unwrap(), 0);
    let trust = desk.store.trust().unwrap();
    let next = bundle("next");
    let heads = trust.other_heads(&next);
    assert_eq!(heads.map(|head| head.mark.number).collect::<Vec<_>>(), [2]);
    assert_eq!(trust.heads().count(), 2);
    assert_eq!(desk.logged("anchor_withdrawn")[0].results["anchor"], 1);
}
