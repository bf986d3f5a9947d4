//! Records that several bundles hold: marked in each, counted once by who asks several, and never mixed up with records
//! that only have the same name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod desk;

use std::collections::BTreeSet;

use desk::{Desk, Dice, Traffic};
use event_store::{Asked, EventQuestions, RecordSpan, Row, Shared, Standing, StoreFault, StoredEvent, Together};
use model::{BundleId, EventId, UserId};
use timeline::{Filter, Integrity, Order, Question, Zone};

/// Some events of a log as another export writes them: other files, other lines. `alter` may change a record.
fn export(of: &Traffic, id: u8, order: &[usize], alter: impl Fn(usize, &mut StoredEvent, &mut Vec<u8>)) -> Traffic {
    let mut export = Traffic {
        id: BundleId::new(format!("{id:02x}").repeat(32)),
        events: Vec::new(),
        files: vec![b"a first line\n".to_vec(), Vec::new(), Vec::new()],
        standing: Standing { verified: true, ..Standing::default() },
    };
    for (position, at) in order.iter().enumerate() {
        let (mut stored, mut record) = (of.events[*at].clone(), of.record(&of.events[*at]).to_vec());
        alter(*at, &mut stored, &mut record);
        stored.file = u32::from(position > order.len() / 3);
        let file = &mut export.files[stored.file as usize];
        stored.line = file.split(|byte| *byte == b'\n').count() as u64;
        stored.byte_offset = file.len() as u64;
        stored.byte_length = u32::try_from(record.len()).unwrap();
        file.extend_from_slice(&record);
        file.push(b'\n');
        export.events.push(stored);
    }
    export
}

fn unaltered(_: usize, _: &mut StoredEvent, _: &mut Vec<u8>) {}

fn compare(desk: &Desk) {
    desk.store.compare_bundles(&|_| true).unwrap();
}

/// Asks all bundles the same, and gives the rows that are to be shown.
fn ask(desk: &Desk, exports: &[&Traffic], filter: &str) -> (Together, Vec<Row>) {
    let questions: Vec<Question> = exports.iter().map(|export| export.question(filter, Order::default())).collect();
    let tokens: Vec<_> = questions.iter().map(|question| desk.look(question)).collect();
    let asked: Vec<Asked<'_>> =
        questions.iter().zip(&tokens).map(|(question, seen)| Asked { seen, question }).collect();
    let together = desk.store.together(&asked).unwrap();
    let rows = questions.iter().enumerate().flat_map(|(at, question)| {
        let rows = desk.all_rows(question, 400);
        rows.into_iter().filter(|row| !together.is_repeat(at, row)).collect::<Vec<_>>()
    });
    let rows = rows.collect();
    (together, rows)
}

/// What tells records apart: their bytes, and what they are called.
type Identity<'t> = (Option<&'t str>, Option<u64>, &'t str, &'t [u8]);

fn identity<'t>(export: &'t Traffic, stored: &'t StoredEvent) -> Identity<'t> {
    let event = &stored.event;
    let stream = event.stream_id.as_ref().map(model::StreamId::as_str);
    (stream, event.seq, event.event_id.as_str(), export.record(stored))
}

/// Holds the answer of all bundles together against somebody who looks at every event.
#[track_caller]
fn check(desk: &Desk, exports: &[&Traffic], filter: &str) {
    let (together, rows) = ask(desk, exports, filter);
    let parsed = Filter::parse(filter, Zone::UTC).unwrap();
    let question =
        |export: &Traffic| Question { bundle: export.id.clone(), filter: parsed.clone(), order: Order::default() };
    let found: Vec<(&Traffic, &StoredEvent)> = exports
        .iter()
        .flat_map(|export| export.reference(&question(export)).into_iter().map(|stored| (*export, stored)))
        .collect();
    let different: BTreeSet<Identity<'_>> = found.iter().map(|(export, stored)| identity(export, stored)).collect();
    let events: Vec<&StoredEvent> = found.iter().map(|(_, stored)| *stored).collect();
    assert_eq!(together.events, different.len() as u64, "{filter}");
    assert_eq!(together.users, Traffic::users_of(&events).len() as u64, "{filter}");
    assert_eq!(together.patients, Traffic::patients_of(&events).len() as u64, "{filter}");
    assert_eq!(rows.len() as u64, together.events, "{filter}: every counted event is shown");
    let several = rows.iter().filter(|row| row.twins.iter().any(|twin| twin.same)).count();
    assert_eq!(together.elsewhere, several as u64, "{filter}");
}

const FILTERS: [&str; 6] =
    ["", "user:user-7", "patient:PATIENT-012", "-action:login from:2026-03-03", "integrity:altered", "Straße"];

#[test]
fn an_event_in_two_exports_of_a_log_counts_once() {
    let desk = Desk::new();
    let log = Traffic::new(6000, 11);
    let march = export(&log, 0xa1, &(0..3600).collect::<Vec<_>>(), unaltered);
    let mut spring = export(&log, 0xb2, &(1800..6000).collect::<Vec<_>>(), unaltered);
    // In the later one some records are marked, so that not every answer holds both copies of a record.
    spring.standing.altered = vec![RecordSpan::Lines { file: 0, from: 1, to: 500 }];
    desk.import(&march);
    desk.import(&spring);
    let question = spring.question("", Order::default());
    let count = |desk: &Desk| desk.store.count(&desk.look(&question), &question).unwrap();
    assert_eq!(count(&desk).elsewhere, None, "nobody has compared them");
    assert_eq!(desk.store.shared(&march.id).unwrap(), None);
    compare(&desk);
    assert_eq!(count(&desk).elsewhere, Some(1800));
    for (one, other) in [(&march, &spring), (&spring, &march)] {
        let shared = Shared { other: other.id.clone(), same: 1800, differing: 0 };
        assert_eq!(desk.store.shared(&one.id).unwrap(), Some(vec![shared]));
    }
    for filter in FILTERS {
        check(&desk, &[&march, &spring], filter);
    }

    // A row says where else it is, and what is said of it there.
    let row = desk
        .all_rows(&march.question("", Order::default()), 400)
        .into_iter()
        .find(|row| !row.twins.is_empty())
        .unwrap();
    let twin = &row.twins[0];
    assert_eq!((twin.bundle.as_str(), twin.same, twin.integrity), (spring.id.as_str(), true, Integrity::Altered));
    let seen = desk.witness(access_log::Entry::ViewEvent { event_ref: twin.event_ref.to_string() });
    let (there, bytes) = desk.store.event(&seen, &twin.event_ref).unwrap();
    assert_eq!((there.event_id.as_str(), there.seq), (row.event_id.as_str(), row.seq));
    assert_eq!(there.twins[0].bundle.as_str(), march.id.as_str());
    assert!(log.events.iter().any(|stored| log.record(stored) == bytes));

    desk.store.remove_bundle(&march.id).unwrap();
    assert_eq!((count(&desk).elsewhere, desk.store.shared(&spring.id).unwrap()), (Some(0), Some(vec![])));
    while desk.store.tidy().unwrap() {}
    let desk = desk.reopened();
    desk.import(&march);
    compare(&desk);
    assert_eq!(count(&desk).elsewhere, Some(1800), "and again");
}

#[test]
fn a_record_with_another_content_is_shown_beside_the_one_it_contradicts() {
    let desk = Desk::new();
    let log = Traffic::new(2000, 12);
    let all: Vec<usize> = (0..2000).collect();
    let kept = export(&log, 0xa1, &all, unaltered);
    let rewritten = export(&log, 0xb2, &all, |at, stored, record| {
        if at % 400 == 7 {
            stored.event.user_id = UserId::new("somebody-else");
            record.push(b'x');
        }
    });
    desk.import(&kept);
    desk.import(&rewritten);
    for filter in ["", "user:somebody-else", "-action:login"] {
        check(&desk, &[&kept, &rewritten], filter);
    }
    let (together, rows) = ask(&desk, &[&kept, &rewritten], "");
    assert_eq!((together.events, together.elsewhere, together.differing), (2005, 1995, 10));
    let contradicted = rows.iter().filter(|row| row.twins.iter().any(|twin| !twin.same)).count();
    assert_eq!(contradicted, 10, "on both sides");
    let shared = Shared { other: kept.id.clone(), same: 1995, differing: 5 };
    assert_eq!(desk.store.shared(&rewritten.id).unwrap(), Some(vec![shared]));
}

#[test]
fn a_record_says_the_same_whether_or_not_it_is_signed() {
    let desk = Desk::new();
    let log = Traffic::new(60, 12);
    let all: Vec<usize> = (0..60).collect();
    let written = |hash: &str, sig: &str| {
        let (hash, sig) = (hash.to_owned(), sig.to_owned());
        move |at: usize, _: &mut StoredEvent, record: &mut Vec<u8>| {
            let hash = if at == 7 { &hash } else { "ab" };
            *record = format!(r#"{{"event":{{"n":{at}}},"hash":"{hash}"{sig}}}"#).into_bytes();
        }
    };
    let unsigned = export(&log, 0xa1, &all, written("ab", ""));
    let signed = export(&log, 0xb2, &all, written("cd", r#","sig":{"alg":"ed25519"}"#));
    desk.import(&unsigned);
    desk.import(&signed);
    compare(&desk);
    let shared = Shared { other: unsigned.id.clone(), same: 59, differing: 1 };
    assert_eq!(desk.store.shared(&signed.id).unwrap(), Some(vec![shared]), "only the other hash contradicts");
}

#[test]
fn records_without_numbers_are_known_by_system_and_id_in_any_order() {
    let desk = Desk::new();
    let mut log = Traffic::new(3000, 13);
    for stored in &mut log.events {
        (stored.event.stream_id, stored.event.seq) = (None, None);
    }
    let mut dice = Dice(77);
    let mut shuffled: Vec<usize> = (500..3000).collect();
    for at in (1..shuffled.len()).rev() {
        shuffled.swap(at, usize::try_from(dice.roll(at as u64 + 1)).unwrap());
    }
    let first = export(&log, 0xa1, &(0..2500).collect::<Vec<_>>(), unaltered);
    let second = export(&log, 0xb2, &shuffled, unaltered);
    // Another server gives the same ids to other events.
    let stranger = export(&log, 0xc3, &[0, 1, 2], |_, stored, record| {
        stored.event.source_system = Some("another server".to_owned());
        record.push(b'x');
    });
    for export in [&first, &second, &stranger] {
        desk.import(export);
    }
    for filter in FILTERS {
        check(&desk, &[&first, &second, &stranger], filter);
    }
    let shared = Shared { other: second.id.clone(), same: 2000, differing: 0 };
    assert_eq!(desk.store.shared(&first.id).unwrap(), Some(vec![shared]));
    assert_eq!(desk.store.shared(&stranger.id).unwrap(), Some(vec![]));
}

#[test]
fn a_record_that_one_bundle_holds_twice_is_not_lost() {
    let desk = Desk::new();
    let log = Traffic::new(300, 14);
    let order: Vec<usize> = (0..300).chain([10, 11]).collect();
    let once = export(&log, 0xa1, &(0..300).collect::<Vec<_>>(), unaltered);
    let twice = export(&log, 0xb2, &order, unaltered);
    let changed_id = export(&log, 0xc3, &[0], |_, stored, record| {
        stored.event.event_id = EventId::new("another id");
        record.push(b'!');
    });
    for export in [&once, &twice, &changed_id] {
        desk.import(export);
    }
    let (together, rows) = ask(&desk, &[&once, &twice], "");
    assert_eq!((together.events, rows.len()), (302, 302), "the added copies are rows of their own");
    let (turned, _) = ask(&desk, &[&twice, &once], "");
    assert_eq!(turned.events, 302, "whatever the order");
    assert_eq!(together.differing, 1, "the number, not the id, is the name of a numbered record");
}

#[test]
fn comparing_can_be_stopped_and_taken_up_again() {
    let desk = Desk::new();
    let log = Traffic::new(900, 15);
    let all: Vec<usize> = (0..900).collect();
    let (one, other) = (export(&log, 0xa1, &all, unaltered), export(&log, 0xb2, &all, unaltered));
    desk.import(&one);
    desk.import(&other);
    assert!(matches!(desk.store.compare_bundles(&|_| false), Err(StoreFault::Stopped)));
    assert_eq!(desk.store.shared(&one.id).unwrap(), None);
    compare(&desk);
    assert_eq!(desk.store.shared(&one.id).unwrap().unwrap()[0].same, 900);
}
