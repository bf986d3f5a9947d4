//! Imports: whole or not at all, once, from several threads, beside looks, and nothing readable on the disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod desk;

use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};

use access_log::{Entry, LogFault, NotWitnessed};
use desk::{Desk, Traffic, assert_same};
use event_store::{
    Begun, BundleState, EventQuestions, EventRef, Finished, LINE_BYTES_MAX, Mark, NewBundle, PeopleAsked, PeopleOrder,
    Side, Spot, StoreFault, log_question,
};
use model::BundleId;
use timeline::{Integrity, Order, OrderBy};
use vault::VaultFault;

#[test]
fn every_line_comes_back_whether_an_event_stands_there_or_not() {
    let desk = Desk::new();
    let mut traffic = Traffic::new(3000, 8);
    // Not every line is an event, and the last one has no end.
    let mut lines = [0; 3];
    for stored in &mut traffic.events {
        lines[stored.file as usize] += 1;
        stored.line = lines[stored.file as usize];
    }
    traffic.events.retain(|stored| stored.line % 7 != 3);
    traffic.files[2] = [&b"short\n\n"[..], &vec![b'x'; LINE_BYTES_MAX + 5]].concat();
    desk.import(&traffic);
    let line = |file: u32, line: u64| {
        let event_ref = EventRef::new(&traffic.id, Spot::Line { file, line });
        let seen = desk.witness(Entry::ViewEvent { event_ref: event_ref.to_string() });
        desk.store.line(&seen, &event_ref)
    };
    for (file, bytes) in (0..).zip(&traffic.files) {
        let mut byte_offset = 0;
        for (number, expected) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let last = byte_offset + expected.len() == bytes.len();
            if number % 7 == 3 || number < 4 || last {
                let found = line(file, number);
                if last && expected.is_empty() {
                    assert!(matches!(found, Err(StoreFault::EventUnknown(_))));
                } else {
                    let found = found.unwrap();
                    assert_eq!((found.byte_offset, found.byte_length), (byte_offset as u64, expected.len() as u64));
                    assert_eq!(found.bytes, &expected[..expected.len().min(LINE_BYTES_MAX)]);
                    assert_eq!(found.path, traffic.new_bundle().files[file as usize]);
                }
            }
            byte_offset += expected.len() + 1;
        }
        assert!(matches!(line(file, 1 << 30), Err(StoreFault::EventUnknown(_))));
    }
    assert!(matches!(line(3, 1), Err(StoreFault::EventUnknown(_))));

    let event_ref = EventRef::new(&traffic.id, Spot::Line { file: 0, line: 3 });
    let other = desk.witness(Entry::ViewEvent { event_ref: "000000000000:1".to_owned() });
    assert!(matches!(desk.store.line(&other, &event_ref), Err(StoreFault::Log(LogFault::NotWitnessed(_)))));
}

#[test]
fn every_record_comes_back_byte_for_byte() {
    let desk = Desk::new();
    let traffic = Traffic::new(7000, 21);
    desk.import(&traffic);
    for stored in traffic.events.iter().step_by(97).chain(traffic.events.last()) {
        let event_ref = EventRef::new(&traffic.id, Spot::Line { file: stored.file, line: stored.line });
        let seen = desk.witness(Entry::ViewEvent { event_ref: event_ref.to_string() });
        let (row, bytes) = desk.store.event(&seen, &event_ref).unwrap();
        assert_same(&row, stored, traffic.mark(stored, false));
        assert_eq!(bytes, traffic.record(stored));
    }
    let seen = desk.witness(Entry::Verify {
        bundle: traffic.id.as_str().to_owned(),
        integrity: String::new(),
        assurance: None,
        findings: 0,
        went_on_behind: None,
    });
    let files = desk.store.kept(&seen, &traffic.id).unwrap();
    for (file, expected) in (0..).zip(&traffic.files) {
        let mut read = Vec::new();
        files.reader(file).read_to_end(&mut read).unwrap();
        assert_eq!(&read, expected);
    }
    let kept = desk.store.files(&traffic.id).unwrap();
    let lengths: Vec<u64> = traffic.files.iter().map(|file| file.len() as u64).collect();
    assert_eq!(kept.iter().map(|file| file.bytes).collect::<Vec<_>>(), lengths);
}

#[test]
fn what_was_noted_of_a_file_is_kept_beside_it() {
    let desk = Desk::new();
    let traffic = Traffic::new(20, 24);
    let Begun::New(mut import) = desk.store.begin_import(&traffic.new_bundle()).unwrap() else { panic!("it is new") };
    traffic.hand_over(&import).unwrap();
    import.note_files(&[(0, "cut short".to_owned())]).unwrap();
    import.finish(&desk.store, &traffic.finished(), |_, _| Ok(())).unwrap();
    let notes: Vec<_> = desk.store.files(&traffic.id).unwrap().into_iter().map(|file| file.note).collect();
    assert_eq!(notes[0].as_deref(), Some("cut short"));
    assert!(notes[1..].iter().all(Option::is_none));
}

/// What is kept of a bundle's check: when, and the bytes.
fn interim(desk: &Desk, traffic: &Traffic) -> Option<(String, Vec<u8>)> {
    let mut kept = desk.store.interim(&traffic.id).unwrap()?;
    let mut bytes = Vec::new();
    kept.read_to_end(&mut bytes).unwrap();
    Some((kept.at().to_owned(), bytes))
}

#[test]
fn what_a_check_had_come_to_is_kept_whole_or_not_at_all() {
    let mut desk = Desk::new();
    let (traffic, other) = (Traffic::new(20, 26), Traffic::new(20, 27));
    desk.import(&traffic);
    desk.import(&other);
    assert_eq!(interim(&desk, &traffic), None);
    let long: Vec<u8> = (0..2_500_000_u32).map(|number| (number % 251) as u8).collect();
    let keep = |desk: &Desk, at: &str, bytes: &[u8]| {
        desk.store.keep_interim(&traffic.id, at, |to| bytes.chunks(70_001).try_for_each(|chunk| to.write_all(chunk)))
    };
    keep(&desk, "then", &long).unwrap();
    desk = desk.reopened();
    assert_eq!(interim(&desk, &traffic), Some(("then".to_owned(), long.clone())));
    keep(&desk, "later", b"short").unwrap();
    assert_eq!(interim(&desk, &traffic), Some(("later".to_owned(), b"short".to_vec())));
    // What breaks off leaves neither the new nor a part of it.
    let broken_off = desk.store.keep_interim(&traffic.id, "never", |to| {
        to.write_all(&long)?;
        Err(std::io::ErrorKind::BrokenPipe.into())
    });
    assert!(broken_off.is_err());
    assert_eq!(interim(&desk, &traffic), None);
    keep(&desk, "again", &long).unwrap();
    assert_eq!(interim(&desk, &other), None);
    desk.store.forget_interim(&traffic.id).unwrap();
    desk.store.forget_interim(&traffic.id).unwrap();
    assert_eq!(interim(&desk, &traffic), None);
    keep(&desk, "again", &long).unwrap();
    desk.store.remove_bundle(&traffic.id).unwrap();
    assert!(matches!(desk.store.interim(&traffic.id), Err(StoreFault::BundleUnknown)));
    while desk.store.tidy().unwrap() {}
    desk.import(&traffic);
    assert_eq!(interim(&desk, &traffic), None);
}

#[test]
fn marks_of_records_follow_the_newest_verification_and_lose_only_proof_when_it_is_history() {
    let desk = Desk::new();
    let traffic = Traffic::new(200, 25);
    desk.import(&traffic);
    let marks = |desk: &Desk| {
        let rows = desk.all_rows(&traffic.question("", Order::default()), 500);
        rows.iter().map(|row| row.mark).collect::<Vec<_>>()
    };
    let outdated = |desk: &Desk| desk.store.bundle(&traffic.id).unwrap().outdated;
    let before = marks(&desk);
    assert!(before.contains(&Mark::Proven) && !outdated(&desk));
    desk.store.set_outdated(&traffic.id, true).unwrap();
    let without_proof = |mark: &Mark| if *mark == Mark::Proven { Mark::Stands } else { *mark };
    assert_eq!((marks(&desk), outdated(&desk)), (before.iter().map(without_proof).collect(), true));
    desk.store.set_outdated(&traffic.id, false).unwrap();
    assert_eq!((marks(&desk), outdated(&desk)), (before, false));
    let finished = Finished { report: Some("{}".to_owned()), ..traffic.finished() };
    let refused = desk.store.set_report(&traffic.id, &finished, |_| Err(StoreFault::Encoding));
    assert!(matches!(refused, Err(StoreFault::Encoding)));
    assert_ne!(desk.store.bundle(&traffic.id).unwrap().report, finished.report, "kept without its entry");
    desk.store.set_report(&traffic.id, &finished, |_| Ok(())).unwrap();
    assert_eq!(desk.store.bundle(&traffic.id).unwrap().report, finished.report);
}

#[test]
fn the_same_bundle_twice_is_one_bundle() {
    let desk = Desk::new();
    let traffic = Traffic::new(3500, 22);
    desk.import(&traffic);
    let before = desk.store.bundles().unwrap();
    let Begun::Already(summary) = desk.store.begin_import(&traffic.new_bundle()).unwrap() else {
        panic!("it was taken a second time");
    };
    assert_eq!(Some(&*summary), before.first());
    assert_eq!(desk.store.bundles().unwrap(), before);
    assert_eq!(before.first().unwrap().report.as_deref(), Some(r#"{"integrity":"FAIL"}"#));
}

#[test]
fn a_bundle_that_is_coming_is_not_taken_twice_at_once() {
    let desk = Desk::new();
    let traffic = Traffic::new(10, 23);
    let _import = desk.begin(&traffic);
    assert!(matches!(desk.store.begin_import(&traffic.new_bundle()), Err(StoreFault::ImportUnderWay)));
    assert!(matches!(desk.store.remove_bundle(&traffic.id), Err(StoreFault::ImportUnderWay)));
}

#[test]
fn a_killed_import_leaves_nothing_and_can_be_begun_again() {
    let desk = Desk::new();
    let traffic = Traffic::new(9000, 24);
    let import = desk.begin(&traffic);
    traffic.hand_over(&import).unwrap();
    // As if killed: nobody says that it is over.
    drop(import);
    assert_eq!(desk.store.bundles().unwrap(), [], "out of sight at once");
    let desk = desk.reopened();
    assert_eq!(desk.store.bundles().unwrap(), []);
    assert!(matches!(desk.store.overview(&traffic.id), Err(StoreFault::BundleUnknown)));
    while desk.store.tidy().unwrap() {}
    desk.vault
        .read(|database| -> Result<(), StoreFault> {
            for table in ["bundle", "file", "piece", "chunk", "run", "words", "people"] {
                let sql = format!("SELECT count(*) FROM stored_{table}");
                let rows: i64 = database.query_row(&sql, [], |row| row.get(0))?;
                assert_eq!(rows, 0, "{table}");
            }
            Ok(())
        })
        .unwrap();
    desk.import(&traffic);
    assert_eq!(desk.store.bundle(&traffic.id).unwrap().events, 9000);
}

#[test]
fn an_abandoned_or_removed_bundle_is_gone() {
    let desk = Desk::new();
    let kept = Traffic::new(3200, 25);
    desk.import(&kept);
    let gone = Traffic::new(6500, 26);
    let import = desk.begin(&gone);
    gone.hand_over(&import).unwrap();
    import.abandon(&desk.store, |_, _| Ok(()));
    assert_eq!(desk.store.bundles().unwrap().len(), 1);
    desk.import(&gone);
    assert_eq!(desk.store.bundles().unwrap().len(), 2);
    desk.store.remove_bundle(&gone.id).unwrap();
    assert_eq!(desk.store.bundles().unwrap().len(), 1);
    // It may come again before the rest of it is gone.
    desk.import(&gone);
    while desk.store.tidy().unwrap() {}
    let question = gone.question("user:user-3", Order::default());
    assert_eq!(desk.all_rows(&question, 100).len(), gone.reference(&question).len());
    let question = kept.question("user:user-3", Order::default());
    assert_eq!(desk.all_rows(&question, 100).len(), kept.reference(&question).len());
}

#[test]
fn a_full_disk_is_said_and_harms_nothing_else() {
    let desk = Desk::new();
    let kept = Traffic::new(3200, 27);
    desk.import(&kept);
    let pages: u64 = desk
        .vault
        .read(|database| -> Result<i64, StoreFault> {
            Ok(database.query_row("PRAGMA page_count", [], |row| row.get(0))?)
        })
        .unwrap()
        .unsigned_abs();
    desk.vault.limit_size((pages + 20) * 16_384).unwrap();
    let large = Traffic::new(20_000, 28);
    let import = desk.begin(&large);
    let handed = large.hand_over(&import);
    let finished = desk.finish(import, &large);
    let full = |fault: &StoreFault| matches!(fault, StoreFault::Vault(VaultFault::Full));
    assert!(handed.is_ok() || handed.as_ref().is_err_and(full), "{handed:?}");
    assert!(finished.as_ref().is_err_and(full), "{finished:?}");
    assert_eq!(desk.store.bundles().unwrap().len(), 1);
    let question = kept.question("", Order::default());
    assert_eq!(desk.all_rows(&question, 500).len(), 3200);
    // With room again, it comes in.
    desk.vault.limit_size(1 << 40).unwrap();
    desk.import(&large);
    assert_eq!(desk.store.bundle(&large.id).unwrap().events, 20_000);
}

#[test]
fn what_is_wrong_with_what_is_handed_over_is_said() {
    let desk = Desk::new();
    let traffic = Traffic::new(200, 29);

    let import = desk.begin(&traffic);
    let mut elsewhere = traffic.events[0].clone();
    elsewhere.file = 3;
    let unknown = |fault: &StoreFault| matches!(fault.cause(), StoreFault::PlaceUnknown { file: 3, .. });
    assert!(import.intake().events(&[elsewhere]).is_err_and(|fault| unknown(&fault)));
    assert!(import.intake().bytes(0, 0, b"0").is_err_and(|fault| unknown(&fault)), "the reason is given again");
    assert!(desk.finish(import, &traffic).is_err_and(|fault| unknown(&fault)));

    let import = desk.begin(&traffic);
    import.intake().events(&traffic.events).unwrap();
    import.intake().events(&traffic.events[7..8]).unwrap();
    let line = traffic.events[7].line;
    let repeated = desk.finish(import, &traffic);
    assert!(matches!(repeated, Err(StoreFault::PlaceRepeated { file: 0, line: at }) if at == line), "{repeated:?}");

    let import = desk.begin(&traffic);
    import.intake().bytes(0, 0, b"0123").unwrap();
    import.intake().bytes(0, 5, b"5678").unwrap();
    let gap = desk.finish(import, &traffic);
    assert!(matches!(gap, Err(StoreFault::SourceIncomplete { file: 0, first_byte: 4 })), "{gap:?}");

    let short = NewBundle { id: BundleId::new("abc"), ..traffic.new_bundle() };
    assert!(matches!(desk.store.begin_import(&short), Err(StoreFault::BundleIdMalformed)));
    assert_eq!(desk.store.bundles().unwrap(), []);
}

#[test]
fn rows_are_seen_while_the_bundle_comes_and_none_is_verified_before() {
    let desk = Desk::new();
    let traffic = Traffic::new(20_000, 30);
    let import = desk.begin(&traffic);
    let done = AtomicBool::new(false);
    let question = traffic.question("action:read", Order { by: OrderBy::Time, descending: true });
    let seen = desk.look(&question);
    let looks = std::thread::scope(|scope| {
        let coming = scope.spawn(|| {
            let handed = traffic.hand_over(&import);
            done.store(true, Ordering::SeqCst);
            handed
        });
        let (mut looks, mut before) = (0, 0);
        while !done.load(Ordering::SeqCst) || looks == 0 {
            let overview = desk.store.overview(&traffic.id).unwrap();
            assert_eq!(overview.state, BundleState::Coming);
            assert!(overview.events >= before, "what was seen stays");
            before = overview.events;
            let page = desk.store.page(&seen, &question, 0, 50).unwrap();
            assert!(page.rows.iter().all(|row| row.integrity() == Integrity::NotVerified));
            assert!(page.rows.iter().all(|row| matches!(row.event_ref.spot(), Spot::Line { .. })));
            looks += 1;
        }
        coming.join().unwrap().unwrap();
        looks
    });
    assert!(looks > 0);
    let order = PeopleOrder::default();
    let people = desk.people(Side::Patients, &traffic.id, order, 10);
    assert!(people.total > 0, "people are counted from what can be seen");
    desk.finish(import, &traffic).unwrap();
    let page = desk.store.page(&seen, &question, 0, 500).unwrap();
    assert_eq!(page.total, traffic.reference(&question).len() as u64);
    assert!(page.rows.iter().any(|row| row.integrity() == Integrity::Stands));
}

#[test]
fn numbers_name_events_only_where_they_are_unique() {
    let desk = Desk::new();
    let mut one_stream = Traffic::new(900, 31);
    for (seq, stored) in (1000..).zip(&mut one_stream.events) {
        stored.event.stream_id = Some(model::StreamId::new("only"));
        stored.event.seq = Some(seq);
    }
    one_stream.standing = event_store::Standing::default();
    desk.import(&one_stream);
    let question = one_stream.question("", Order { by: OrderBy::Place, descending: false });
    let rows = desk.all_rows(&question, 300);
    assert_eq!(rows[0].event_ref.spot(), Spot::Seq(1000));
    // Both forms name the same event.
    for spot in [Spot::Seq(1007), Spot::Line { file: rows[7].place.file, line: rows[7].place.line }] {
        let event_ref = EventRef::new(&one_stream.id, spot);
        let seen = desk.witness(Entry::ViewEvent { event_ref: event_ref.to_string() });
        assert_eq!(desk.store.event(&seen, &event_ref).unwrap().0, rows[7]);
    }
    let sought = rows[7].event_id.as_str();
    let seen = desk.witness(Entry::EventSought { event_id: sought.to_owned() });
    let found = desk.store.find_event_id(&seen, sought, 2).unwrap();
    assert!(desk.store.find_event_id(&seen, "another", 2).is_err());
    assert_eq!(found, [rows[7].event_ref.clone()]);

    let several = Traffic::new(900, 32);
    desk.import(&several);
    let rows = desk.all_rows(&several.question("", Order::default()), 500);
    assert!(rows.iter().all(|row| matches!(row.event_ref.spot(), Spot::Line { .. })));
    // Both streams have a record 20.
    let ambiguous = EventRef::new(&several.id, Spot::Seq(20));
    let seen = desk.witness(Entry::ViewEvent { event_ref: ambiguous.to_string() });
    assert!(matches!(
        desk.store.event(&seen, &ambiguous),
        Err(StoreFault::EventAmbiguous(_) | StoreFault::EventUnknown(_))
    ));
    let unknown = EventRef::new(&several.id, Spot::Seq(5_000_000));
    let seen = desk.witness(Entry::ViewEvent { event_ref: unknown.to_string() });
    assert!(matches!(desk.store.event(&seen, &unknown), Err(StoreFault::EventUnknown(_))));
}

#[test]
fn only_a_token_for_the_same_question_in_this_opening_opens_anything() {
    let desk = Desk::new();
    let traffic = Traffic::new(300, 33);
    desk.import(&traffic);
    let question = traffic.question("user:user-1", Order::default());
    let other = traffic.question("user:user-2", Order::default());
    let seen = desk.look(&question);
    let refused = |fault: StoreFault, why: NotWitnessed| {
        assert!(matches!(fault, StoreFault::Log(LogFault::NotWitnessed(found)) if found == why), "{fault:?}");
    };
    refused(desk.store.page(&seen, &other, 0, 1).unwrap_err(), NotWitnessed::OtherQuestion);
    refused(desk.store.count(&seen, &other).unwrap_err(), NotWitnessed::OtherQuestion);
    let (side, order) = (Side::Patients, PeopleOrder::default());
    let asked = PeopleAsked { bundle: &traffic.id, side, beginning: "", order, offset: 0, limit: 1 };
    refused(desk.store.people(&seen, asked).unwrap_err(), NotWitnessed::OtherQuestion);
    let users = desk.people_look(Side::Users, &traffic.id, order);
    refused(desk.store.people(&users, asked).unwrap_err(), NotWitnessed::OtherQuestion);

    // The same question, witnessed in another vault.
    let stranger = Desk::new();
    let foreign = stranger.witness(Entry::Look(log_question(&question)));
    refused(desk.store.page(&foreign, &question, 0, 1).unwrap_err(), NotWitnessed::OtherOpening);

    // A new purpose ends the look.
    drop(desk.witness(Entry::PurposeGiven));
    refused(desk.store.page(&seen, &question, 0, 1).unwrap_err(), NotWitnessed::Over);
}

#[test]
fn nobody_can_be_read_in_the_files_of_the_vault() {
    let desk = Desk::new();
    let traffic = Traffic::new(4000, 34);
    desk.import(&traffic);
    let question = traffic.question("patient:PATIENT-007", Order::default());
    assert!(!desk.all_rows(&question, 100).is_empty());
    for bytes in desk::files_below(&desk.folder) {
        for secret in [&b"PATIENT-0"[..], b"user-1", b"Observation", b"data/a.ndjson", b"stream-0"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }
}
