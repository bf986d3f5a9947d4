//! Two exports of one log: each bundle says what it shares with the other, and all of them together count once.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use workbench::RowWish;
use workbench::wire::{BundleAsk, Nothing, OtherExport, PersonAsk, PersonKind, UnlockAsk};

use crate::bench::{Bench, NURSE, PATIENT};

const SEGMENT: &str = "data/events/segment-000001.ndjson";

/// A folder with some lines of the sample's log. `alter` changes one of them.
fn export(bench: &Bench, name: &str, lines: Range<usize>, alter: impl Fn(usize, &str) -> String) -> String {
    let (from, to) = (bench.path("whole"), bench.path(name));
    copy(&from, &to);
    let text = std::fs::read_to_string(from.join(SEGMENT)).unwrap();
    let kept = text.lines().enumerate().filter(|(number, _)| lines.contains(number));
    let kept: Vec<String> = kept.map(|(number, line)| alter(number, line)).collect();
    std::fs::write(to.join(SEGMENT), format!("{}\n", kept.join("\n"))).unwrap();
    bench.import(&to)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn others(bench: &Bench, bundle: &str) -> Option<Vec<OtherExport>> {
    bench.desk.overview(BundleAsk { bundle: bundle.to_owned() }).unwrap().others
}

#[test]
fn what_two_exports_share_is_said_and_counted_once() {
    let bench = Bench::open();
    bench.make("whole", None);
    let march = export(&bench, "march", 0..600, |_, line| line.to_owned());
    assert_eq!(others(&bench, &march), Some(Vec::new()));
    // Record 311 was changed meanwhile.
    let spring = export(&bench, "spring", 300..900, |number, line| {
        if number == 310 { line.replace("\"nonce\":\"", "\"nonce\":\"x") } else { line.to_owned() }
    });
    let told = bench.desk.status(workbench::wire::StatusAsk { active: true }).unwrap().jobs;
    let told = told.last().unwrap().sentence.clone().unwrap();
    for expected in ["It states the same bundle id as", "299 events are also in", "1 event has other content in"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    for (one, other) in [(&march, &spring), (&spring, &march)] {
        let others = others(&bench, one).unwrap();
        assert_eq!(others.len(), 1);
        assert_eq!((&others[0].bundle, others[0].same, others[0].contradicted), (other, 299, 1));
        assert!(others[0].same_stated_id && others[0].sentences.len() == 3, "{:?}", others[0].sentences);
    }

    let look = bench.look(&spring, "");
    assert_eq!((look.total, look.also_elsewhere), (600, Some(299)));
    let rows = bench.rows(&look);
    let marked = |row: &&workbench::wire::Row| row.also_in == 1;
    assert_eq!(rows.iter().filter(marked).count(), 299);
    assert_eq!(rows.iter().filter(|row| row.contradicted_by == 1).map(|row| row.number).collect::<Vec<_>>(), [311]);
    let event = bench.event(&look, rows.iter().find(marked).unwrap());
    assert!(event.elsewhere[0].starts_with("The same record is in "), "{:?}", event.elsewhere);
    let event = bench.event(&look, rows.iter().find(|row| row.number == 311).unwrap());
    assert!(event.elsewhere[0].contains(" has another content for this record: "), "{:?}", event.elsewhere);

    // All of them together.
    let mut rows = Vec::new();
    let totals = bench.desk.each_row(&RowWish::default(), &mut |row| {
        rows.push(row);
        Ok(())
    });
    let totals = totals.unwrap().totals;
    assert_eq!((totals.total, totals.also_elsewhere, totals.contradicted), (901, 299, 2));
    assert_eq!(rows.len(), 901);
    let users: BTreeSet<&str> = rows.iter().map(|row| row.user_id.as_str()).collect();
    let patients: BTreeSet<&str> = rows.iter().flat_map(|row| row.patient_ids.iter().map(String::as_str)).collect();
    assert_eq!((totals.users, totals.patients), (users.len() as u64, patients.len() as u64));
    // The closing lines count what was handed over, and no repeat.
    bench.turn_to_something_else();
    let closed = bench.entries().into_iter().filter(|entry| entry.action == "look_closed");
    let rows: u64 = closed.map(|entry| rows_in(&entry.result.unwrap())).sum();
    assert_eq!(rows, 901 + 500, "and the page of the look before");
}

/// How many rows the line that ends a look tells of.
fn rows_in(result: &str) -> u64 {
    let rows = result.split(", ").find_map(|part| part.strip_suffix(" rows").or(part.strip_suffix(" row")));
    rows.unwrap().replace(',', "").parse().unwrap()
}

#[test]
fn a_persons_page_says_how_much_of_it_another_export_holds() {
    let bench = Bench::open();
    let bundle = bench.sample(None);
    let again = export(
        &bench,
        "again",
        0..900,
        |number, line| if number == 0 { line.replace(':', ": ") } else { line.to_owned() },
    );
    for (kind, id) in [(PersonKind::Patient, PATIENT), (PersonKind::User, NURSE)] {
        for bundle in [&bundle, &again] {
            let page = bench.desk.person(PersonAsk { bundle: bundle.clone(), kind, id: id.into() }).unwrap();
            assert_eq!(page.look.also_elsewhere, Some(page.person.events), "{id}");
        }
    }
    // What was found out is kept.
    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: "seven quiet herons wade".into() }).unwrap();
    assert_eq!(others(&bench, &bundle).unwrap()[0].same, 899);
}
