//! Anchors: typed from paper, read from a file, withdrawn.

use std::fs;

use workbench::AnchorWish;
use workbench::wire::{AnchorAsk, AnchorState, Fault, FaultCode, Seal, WithdrawAsk};

use crate::bench::bag::{Draft, STREAM, parsed};
use crate::bench::{Bench, rewritten};

/// The head of a log at one of its records: its event and its hash.
pub(crate) fn head(draft: &Draft, seq: u64) -> [String; 2] {
    let (segment, line) = draft.place(seq);
    let record = parsed(&draft.segments[segment].lines[line]);
    [&record["event"]["event_id"], &record["hash"]].map(|value| value.as_str().unwrap().to_owned())
}

pub(crate) fn typed(seq: u64, [event, hash]: [String; 2]) -> AnchorAsk {
    AnchorAsk {
        file: None,
        stamp: None,
        stream: STREAM.to_owned(),
        last_seq: seq.to_string(),
        last_event_id: event,
        last_hash: hash.to_uppercase(),
        from_whom: "R. Lindqvist".to_owned(),
        written_on: "2026-03-01".to_owned(),
        received_on: "2026-03-02".to_owned(),
    }
}

fn withdraw(bench: &Bench, number: u64) -> Result<(), Fault> {
    bench.desk.withdraw_anchor(WithdrawAsk { number, why: "typed from another page".to_owned() }).map(drop)
}

#[test]
fn a_head_typed_from_paper_anchors_the_log_until_it_is_withdrawn() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    let bundle = bench.import_bag("april", &draft.bag());
    assert_eq!(bench.seal(&bundle), Seal::Unsigned);
    bench.desk.add_anchor(typed(40, head(&draft, 40))).unwrap();
    assert_eq!(bench.seal(&bundle), Seal::NotVerified);
    assert_eq!(bench.check_well(&bundle).seal, Seal::Verified);
    assert_eq!(bench.verdict(&bundle).assurance.as_deref(), Some("ANCHORED"));
    let [card] = bench.trust(&bundle).anchors.try_into().unwrap();
    assert_eq!((card.outcome.as_deref(), card.here), (Some("agrees with the log"), true));
    assert_eq!((card.state, card.from_whom.as_deref()), (AnchorState::Stands, Some("R. Lindqvist")));

    withdraw(&bench, card.number).unwrap();
    assert_eq!(bench.seal(&bundle), Seal::NotVerified);
    assert_eq!(bench.check_well(&bundle).seal, Seal::Unsigned);
    let [card] = bench.trust(&bundle).anchors.try_into().unwrap();
    assert_eq!((card.state, card.why.as_deref()), (AnchorState::Withdrawn, Some("typed from another page")));
    assert_eq!(withdraw(&bench, card.number).unwrap_err().code, FaultCode::BadInput);
    assert_eq!(withdraw(&bench, 99).unwrap_err().code, FaultCode::BadInput);
}

#[test]
fn a_log_that_was_computed_anew_is_found_by_an_anchor() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    bench.desk.add_anchor(typed(25, head(&draft, 25))).unwrap();
    let bundle = bench.import_bag("forged", &rewritten(&draft, 9).bag());
    assert_eq!((bench.seal(&bundle), bench.codes(&bundle)), (Seal::Altered, vec!["ANCHOR_MISMATCH".to_owned()]));
    assert_eq!(bench.trust(&bundle).anchors[0].outcome.as_deref(), Some("the log says something else"));
    assert!(bench.trust(&bundle).heads.is_empty(), "what failed leaves no head behind");
}

#[test]
fn an_anchor_file_is_read_or_refused_with_its_line() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    let bundle = bench.import_bag("april", &draft.bag());
    let [event, hash] = head(&draft, 40);
    let file = bench.path("anchor.json");
    let wish = AnchorWish {
        file: file.clone(),
        stamp: None,
        from_whom: String::new(),
        written_on: String::new(),
        received_on: String::new(),
    };
    let text = format!(
        "{{\n\"stream_id\":\"{STREAM}\",\n\"last_seq\":40,\n\"last_event_id\":\"{event}\",\n\"last_hash\":\"{hash}\"\n}}"
    );
    for (from, to, line) in [
        ("40,", "\"40\",", "line 3: last_seq is not a whole number without quotes"),
        (&*hash, &*hash.to_uppercase(), "line 5: last_hash is not 64 lowercase hexadecimal digits"),
        ("last_event_id", "last_hash", "line 5: duplicate member"),
        ("\"last_seq\":40,\n", "", "last_seq is missing"),
    ] {
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let refused = bench.desk.add_anchor_from(&wish).unwrap_err();
        assert!(
            refused.what.starts_with("anchor.json is no anchor") && refused.what.contains(line),
            "{}",
            refused.what
        );
    }
    fs::write(bench.path("no.tsr"), "no time stamp").unwrap();
    let stamped = AnchorWish { stamp: Some(bench.path("no.tsr")), ..wish.clone() };
    fs::write(&file, &text).unwrap();
    let refused = bench.desk.add_anchor_from(&stamped).unwrap_err();
    assert!(refused.what.contains("no.tsr: the file is not a time stamp"), "{}", refused.what);
    assert!(bench.trust(&bundle).anchors.is_empty(), "nothing half-written");

    bench.desk.add_anchor_from(&wish).unwrap();
    assert!(bench.desk.add_anchor_from(&wish).unwrap_err().what.contains("there already"));
    assert_eq!(bench.check_well(&bundle).seal, Seal::Verified);
    assert_eq!(bench.trust(&bundle).anchors[0].origin, "From a file");
}
