//! Bundles whose records stand in tables: imported, shown with their rows, checked again, and honest about the self-test.

use workbench::wire::{CompareAsk, ExportChoice, JobAsk, JobState, RecordAsk, RecordShown, SelfTestAsk};

use crate::bench::bag::{Bag, Draft, parsed, table_bag};
use crate::bench::{Bench, ask};

/// Tables of two columns, of which the second row of the first says somebody else if `is_contradicted`.
fn tables(draft: &Draft, is_contradicted: bool) -> Bag {
    let write = |lines: &[Vec<u8>]| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["actor_id", "record"]).unwrap();
        for (row, line) in lines.iter().enumerate() {
            let id: &[u8] = if is_contradicted && row == 1 && parsed(line)["seq"] == 2 { b"u-7" } else { b"u-1041" };
            writer.write_record([id, line]).unwrap();
        }
        writer.into_inner().unwrap()
    };
    table_bag(draft, ".csv", "text/csv", &write)
}

#[test]
fn a_bundle_of_tables_is_imported_shown_and_checked_again_as_one_of_lines() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    let bundle = bench.import_bag("tables", &tables(&draft, false));
    assert_eq!(bench.codes(&bundle), [""; 0]);
    // Two exports of one log would speak for each other in one vault.
    let beside = Bench::open();
    let lines = beside.import_bag("lines", &draft.bag());
    assert_eq!(bench.covered(&bundle), beside.covered(&lines));
    assert_eq!(bench.marks(&bundle), beside.marks(&lines));

    let shown = bench.record(&bundle, 33);
    assert_eq!((shown.file.as_str(), shown.line, shown.is_row), ("data/events/segment-000002.csv", 13, true));
    let record = String::from_utf8(draft.segments[1].lines[12].clone()).unwrap();
    assert_eq!(shown.as_recorded, record.replace("Zoë", "⟦covered⟧"));
    let place = "Kept byte for byte as it came: data/events/segment-000002.csv, row 13, column record.";
    assert_eq!(shown.proof.last().map(String::as_str), Some(place));
    assert!(!beside.record(&lines, 33).is_row);

    let before = bench.verdict(&bundle);
    assert_eq!(bench.check_well(&bundle).seal, before.badge.seal);
    assert_eq!(bench.verdict(&bundle).sentence, before.sentence);
}

#[test]
fn a_column_that_says_something_else_marks_its_row_and_opens_its_record() {
    let bench = Bench::open();
    let bundle = bench.import_bag("tables", &tables(&Draft::new(40, 20), true));
    let findings = bench.desk.integrity(ask(&bundle)).unwrap().findings;
    let [mismatch] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(mismatch.code, "PROJECTION_MISMATCH");
    let places: Vec<_> = mismatch.places.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
    let expected = [("Row", "2"), ("Column", "actor_id"), ("Member", "event.actor.id")];
    assert!(expected.iter().all(|place| places.contains(place)), "{places:?}");
    let event_ref = mismatch.event_ref.clone().unwrap();
    let RecordShown::Event { event } = bench.desk.record(RecordAsk { event_ref }).unwrap() else { panic!("no event") };
    assert_eq!((event.row.number, event.line), (2, 2));
    assert_eq!(bench.marks(&bundle), ["altered", "stands"]);
}

#[test]
fn lines_and_tables_of_one_log_are_one_log() {
    let bench = Bench::open();
    let draft = Draft::new(40, 20);
    let (one, other) = (bench.import_bag("lines", &draft.bag()), bench.import_bag("tables", &tables(&draft, false)));
    let [earlier, later] = [one, other].map(|bundle| ExportChoice::Bundle { bundle });
    let started = bench.desk.compare(CompareAsk { earlier, later }).unwrap();
    let ended = bench.desk.wait_for(started.job).unwrap();
    assert_eq!(ended.state, JobState::Done, "{:?}", ended.fault);
    let compared = bench.desk.compared(JobAsk { job: started.job }).unwrap().compared.unwrap();
    let [stream] = compared.streams.as_slice() else { panic!("{:?}", compared.summary) };
    assert_eq!((stream.common, stream.new, stream.differing), (40, 0, 0), "{:?}", compared.summary);
}

#[test]
fn the_self_test_says_that_it_leaves_tables_alone() {
    let bench = Bench::open();
    let bundle = bench.import_bag("tables", &tables(&Draft::new(40, 20), false));
    let job = bench.desk.self_test(SelfTestAsk { bundle: bundle.clone(), rounds: 1 }).unwrap().job;
    assert_eq!(bench.desk.wait_for(job).unwrap().state, JobState::Done);
    let test = bench.desk.self_tested(ask(&bundle)).unwrap().test.unwrap();
    assert_eq!((test.copies, test.caught, test.missed), (0, 0, 0));
    assert!(test.kinds.iter().all(|kind| kind.reason.as_deref().unwrap().contains("tables (CSV, Parquet)")));
}
