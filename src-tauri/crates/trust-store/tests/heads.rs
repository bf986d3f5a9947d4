//! Heads as people type them and files hold them, and what imports leave here.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use std::path::PathBuf;

use desk::{Desk, bundle, head, seen, stream};
use model::{BundleId, EventId, StreamId};
use trust_store::{
    ANCHOR_FILE_BYTES_MAX, AnchorFileFault, HeadFault, ImportedHead, Refusal, StreamHead, TrustFault, read_anchor_file,
};

const HASH: &str = "b866c5c3acdcffbf3a65f671aedc64ae6aa6cb170dd5fb893b2193c8d26a7e54";

fn anchor_file() -> String {
    format!(
        "{{\n  \"stream_id\": \"2fa91425-cb00\",\n  \"last_seq\": 36,\n  \"last_hash\": \"{HASH}\",\n  \
         \"last_event_id\": \"48b988aa\"\n}}\n"
    )
}

#[test]
fn an_anchor_file_is_read_whatever_the_order_of_its_members() {
    let read = read_anchor_file(anchor_file().as_bytes()).unwrap();
    assert_eq!((read.stream_id().as_str(), read.last_seq()), ("2fa91425-cb00", 36));
    assert_eq!((read.last_event_id().as_str(), read.last_hash().to_hex().as_str()), ("48b988aa", HASH));
    let line =
        format!(r#"{{"last_event_id":"48b988aa","last_seq":36,"stream_id":"2fa91425-cb00","last_hash":"{HASH}"}}"#);
    assert_eq!(read_anchor_file(line.as_bytes()).unwrap(), read);
}

#[test]
fn the_anchors_of_the_development_bundles_are_read() {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data")), PathBuf::from);
    let Ok(cases) = std::fs::read_dir(root.join("native-bundle/dev")) else {
        return println!("skipped: no conformance data (native-bundle)");
    };
    let files = cases.map(|case| case.unwrap().path().join("anchor.json")).filter(|file| file.exists());
    let heads: Vec<_> = files.map(|file| read_anchor_file(&std::fs::read(file).unwrap()).unwrap()).collect();
    assert!(heads.len() >= 3 && heads.iter().all(|head| head.last_seq() == 36), "{heads:?}");
}

#[test]
fn a_file_that_is_no_anchor_is_refused_with_its_line() {
    let file = anchor_file();
    let with = |from: &str, to: &str| {
        assert!(file.contains(from));
        file.replacen(from, to, 1)
    };
    let hash_line = "line 4: last_hash is not 64 lowercase hexadecimal digits";
    let one_object = "; an anchor file holds one JSON object";
    for (text, expected) in [
        (with(HASH, &HASH.to_uppercase()), hash_line.to_owned()),
        (with(HASH, &HASH[1..]), hash_line.to_owned()),
        (with("36", "0"), "line 3: last_seq is a whole number from 1 to 9007199254740991".to_owned()),
        (with("36", "-36"), "line 3: last_seq is a whole number from 1 to 9007199254740991".to_owned()),
        (with("36", "\"36\""), "line 3: last_seq is not a whole number without quotes".to_owned()),
        (with("36", "null"), "line 3: last_seq is not a whole number without quotes".to_owned()),
        (with("36", "36.5"), format!("line 3: number that is not an integer{one_object}")),
        (with("36", "9007199254740992"), format!("line 3: integer out of range{one_object}")),
        (with("\"48b988aa\"", "48"), "line 5: last_event_id is not a text in quotes".to_owned()),
        (with("48b988aa", ""), "line 5: last_event_id has 1 to 1024 bytes and no control characters".to_owned()),
        (with("2fa91425", "a\\u0007"), "line 2: stream_id has 1 to 1024 bytes and no control characters".to_owned()),
        (with("last_event_id", "last_hash"), format!("line 5: duplicate member{one_object}")),
        (with("last_event_id", "l\\u0061st_hash"), format!("line 5: duplicate member{one_object}")),
        (
            with("\"last_seq\"", "\"until\": 1,\n  \"last_seq\""),
            "line 3: an anchor has stream_id, last_seq, last_event_id and last_hash, and no other member".to_owned(),
        ),
        (with("  \"last_seq\": 36,\n", ""), "last_seq is missing".to_owned()),
        (with("36,", "36"), format!("line 4: unexpected byte{one_object}")),
        (format!("{file}{file}"), format!("line 7: unexpected byte{one_object}")),
        (format!("\u{feff}{file}"), format!("line 1: unexpected byte{one_object}")),
        (format!("[{file}]"), format!("line 1: not an object{one_object}")),
        (String::new(), format!("line 1: unexpected end{one_object}")),
        ("[".repeat(20_000), format!("line 1: nested too deep{one_object}")),
    ] {
        let refusal = read_anchor_file(text.as_bytes()).unwrap_err();
        assert_eq!(refusal.to_string(), expected, "{text}");
    }
    assert_eq!(
        read_anchor_file(&[b'{', b'\n', 0xff]).unwrap_err().to_string(),
        format!("line 2: bytes that are not UTF-8{one_object}")
    );
    let bytes = ANCHOR_FILE_BYTES_MAX + 1;
    assert_eq!(read_anchor_file(&vec![b' '; bytes]), Err(AnchorFileFault::Large { bytes }));
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
        ("0", HASH, HeadFault::Seq { field: "last_seq" }),
        ("+36", HASH, HeadFault::Seq { field: "last_seq" }),
        ("", HASH, HeadFault::Seq { field: "last_seq" }),
        ("9007199254740992", HASH, HeadFault::Seq { field: "last_seq" }),
    ] {
        assert_eq!(StreamHead::typed("s", seq, "e", hash), Err(expected), "{seq} {hash}");
    }
    assert_eq!(StreamHead::typed(" ", "1", "e", HASH), Err(HeadFault::Id { field: "stream_id" }));
    assert_eq!(StreamHead::typed("s", "1", &"e".repeat(1_025), HASH), Err(HeadFault::Id { field: "last_event_id" }));
}

#[test]
fn an_imported_head_is_of_a_stored_bundle_and_has_a_beginning() {
    let before = *head("s", 4).last_hash();
    let new = |bundle, first| ImportedHead::new(bundle, head("s", 9), first, before);
    assert!(new(bundle("one"), 5).is_ok() && new(bundle("one"), 9).is_ok());
    assert_eq!(new(bundle("one"), 10), Err(HeadFault::Backwards));
    assert_eq!(new(bundle("one"), 0), Err(HeadFault::Seq { field: "first_seq" }));
    assert_eq!(new(BundleId::new("export of May"), 5), Err(HeadFault::BundleId));
    let none = StreamHead::new(StreamId::new("s"), 0, EventId::new("e"), before);
    assert_eq!(none, Err(HeadFault::Seq { field: "last_seq" }));
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
        trust.other_heads(&stream(of), &bundle(but)).iter().map(|head| head.seen.head().last_seq()).collect()
    };
    assert_eq!(others("s", "one"), [50]);
    assert_eq!(others("s", "two"), [36]);
    assert_eq!(others("s", "three"), [36, 50]);
    assert_eq!(others("t", "two"), [9]);
    assert_eq!(others("t", "one"), [0; 0]);
    assert_eq!(others("u", "three"), [0; 0]);
}

#[test]
fn the_head_that_a_bundle_goes_on_from_is_found() {
    let desk = Desk::new();
    desk.remember("PASS", &[seen("s", "one", 1, 36)]).unwrap();
    desk.remember("PASS", &[seen("s", "another", 20, 36)]).unwrap();
    desk.remember("PASS", &[seen("s", "two", 37, 50)]).unwrap();
    let trust = desk.store.trust().unwrap();
    let before = |first_seq, but: &str| -> Vec<BundleId> {
        let heads = trust.heads_before(&stream("s"), first_seq, &bundle(but));
        heads.iter().map(|head| head.seen.bundle_id().clone()).collect()
    };
    assert_eq!(before(37, "two"), [bundle("one"), bundle("another")]);
    assert_eq!(before(37, "one"), [bundle("another")]);
    assert_eq!(before(51, "three"), [bundle("two")]);
    assert_eq!(before(36, "three"), []);
    assert_eq!(before(1, "three"), []);
    let goes_on = trust.heads_before(&stream("s"), 37, &bundle("two"))[0].seen.head();
    assert_eq!(goes_on.last_hash(), seen("s", "two", 37, 50).first_prev_hash());
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
    let heads = trust.other_heads(&stream("s"), &bundle("next"));
    assert_eq!(heads.iter().map(|head| head.mark.number).collect::<Vec<_>>(), [2]);
    assert_eq!(trust.heads().count(), 2);
    assert_eq!(desk.logged("anchor_withdrawn")[0].results["anchor"], 1);
}
