//! Everyone on the other side of a person's page can be reached, in any order, and is counted where shown.

use std::collections::BTreeSet;

use workbench::wire::{Counterpart, CounterpartsAsk, FaultCode, PersonAsk, PersonKind, PersonPage};

use crate::bench::Bench;

/// Users who opened the busy chart once; more than one answer lists.
const ONCE: usize = 430;
/// What those who opened it often did.
const OFTEN: usize = 3;

fn opened(minute: usize, user: &str) -> String {
    let (hour, minute) = (minute / 60, minute % 60);
    format!(
        r#"{{"resourceType":"AuditEvent","type":{{"code":"rest"}},"action":"R","recorded":"2026-03-02T{hour:02}:{minute:02}:00Z","outcome":"0","agent":[{{"who":{{"identifier":{{"value":"{user}"}}}},"requestor":true}}],"source":{{"observer":{{"display":"EHR"}}}},"entity":[{{"what":{{"reference":"Patient/P-1"}}}}]}}"#
    )
}

/// A chart that many users opened: each once, but for one in two, who came back.
fn busy_chart(bench: &Bench) -> PersonPage {
    let mut lines = Vec::new();
    for round in 0..OFTEN {
        for user in 0..ONCE {
            if round == 0 || user % 2 == 0 {
                lines.push(opened(round * ONCE + user, &format!("u-{user:03}")));
            }
        }
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let bundle = bench.log(&lines);
    bench.desk.person(PersonAsk { bundle, kind: PersonKind::Patient, id: "P-1".into() }).unwrap()
}

fn all(bench: &Bench, look: u32, sort: &str, descending: bool) -> Vec<Counterpart> {
    let mut found = Vec::new();
    loop {
        let ask = CounterpartsAsk { look, sort: sort.into(), descending, offset: found.len() as u64, limit: u32::MAX };
        let answer = bench.desk.counterparts(ask).unwrap();
        assert_eq!(answer.total, ONCE as u64);
        if answer.counterparts.is_empty() {
            return found;
        }
        found.extend(answer.counterparts);
    }
}

#[test]
fn whoever_looked_once_at_a_busy_chart_is_on_its_list() {
    let bench = Bench::open();
    let page = busy_chart(&bench);
    assert_eq!((page.counterparts.len(), page.counterparts_total), (200, ONCE as u64));
    assert!(page.counterparts.iter().all(|user| user.events == OFTEN as u64), "the first page has who came often");

    let rarest = all(&bench, page.look.look, "events", false);
    let ids: BTreeSet<&str> = rarest.iter().map(|user| user.id.as_str()).collect();
    assert_eq!((rarest.len(), ids.len()), (ONCE, ONCE), "everyone comes, and once");
    assert!(rarest[..ONCE / 2].iter().all(|user| user.events == 1), "the rarest come first of all, not of 200");
    assert_eq!(rarest[0].id, "u-001");

    let latest = all(&bench, page.look.look, "last", true);
    assert_eq!(latest[0].id, format!("u-{:03}", ONCE - 2));
    let by_id = all(&bench, page.look.look, "id", false);
    assert!(by_id.is_sorted_by(|a, b| a.id < b.id));
}

#[test]
fn those_who_were_shown_are_counted_and_no_others() {
    let bench = Bench::open();
    let page = busy_chart(&bench);
    let entry = bench.last("look").seq;
    let ask = CounterpartsAsk { look: page.look.look, sort: "events".into(), descending: true, offset: 200, limit: 50 };
    assert_eq!(bench.desk.counterparts(ask.clone()).unwrap().counterparts.len(), 50);
    assert_eq!(bench.last("look").seq, entry, "turning a page is no new look");
    bench.turn_to_something_else();
    assert!(bench.closing(entry).ends_with(" 1 patient, 0 rows, 250 users"), "{}", bench.closing(entry));
    assert_eq!(bench.desk.counterparts(ask).unwrap_err().code, FaultCode::PurposeNeeded);
}

#[test]
fn a_page_that_was_put_aside_is_read_again_as_it_was() {
    let bench = Bench::open();
    let page = busy_chart(&bench);
    let first = all(&bench, page.look.look, "id", false);
    let bundle = bench.sample(None);
    for user in ["u-rn-204", "u-rn-101", "u-rn-102", "u-rn-103", "u-rn-104"] {
        bench.desk.person(PersonAsk { bundle: bundle.clone(), kind: PersonKind::User, id: user.into() }).unwrap();
    }
    let again = all(&bench, page.look.look, "id", false);
    let ids = |list: &[Counterpart]| list.iter().map(|user| (user.id.clone(), user.events)).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&again));
}

#[test]
fn a_look_of_no_single_person_has_no_other_side() {
    let bench = Bench::open();
    let bundle = bench.sample(None);
    let look = bench.look(&bundle, "patient:P-5521").look;
    let ask = CounterpartsAsk { look, sort: "id".into(), descending: false, offset: 0, limit: 10 };
    assert_eq!(bench.desk.counterparts(ask).unwrap_err().code, FaultCode::BadInput);
}
