//! Two exports of FHIR `AuditEvent`s: what is the same although it is written otherwise, and what is not.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use std::collections::BTreeMap;

use bag::Bag;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use verify::{Comparison, DifferenceKind, Export, NoProgress, Obstacle, Options, Outcome};

fn event(number: u64) -> Json {
    json!({
        "resourceType": "AuditEvent", "id": format!("e{number}"), "meta": {"versionId": "1"},
        "recorded": bag::time(i64::try_from(number).unwrap() * 60), "action": "R",
        "agent": [{"requestor": true, "who": {"display": "Zoë"}}],
    })
}

fn events(numbers: impl IntoIterator<Item = u64>) -> Vec<Json> {
    numbers.into_iter().map(event).collect()
}

fn source(files: &[(&str, String)]) -> Bag {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes()));
    let mut source = Bag::new(files.collect::<BTreeMap<_, _>>());
    source.profile = bundle::Profile::FhirAuditEvent;
    source
}

fn joined(events: &[Json]) -> String {
    events.iter().map(Json::to_string).map(|line| line + "\n").collect()
}

fn lines(events: &[Json]) -> Bag {
    source(&[("AuditEvent.ndjson", joined(events))])
}

/// The same events in Bundles, written with blanks.
fn bundles(events: &[Json]) -> Bag {
    let page = |events: &[Json]| {
        let entries: Vec<_> = events.iter().map(|event| json!({"resource": event})).collect();
        serde_json::to_string_pretty(&json!({"resourceType": "Bundle", "type": "searchset", "entry": entries})).unwrap()
    };
    let (one, other) = events.split_at(events.len() / 2);
    source(&[("a.json", page(one)), ("b.json", page(other))])
}

fn compare(earlier: &Bag, later: &Bag) -> Comparison {
    let of = |source| Export { source, path: None, own_check: None };
    verify::compare(&of(earlier), &of(later), &Options::new([3; 16]), &NoProgress).unwrap()
}

#[test]
fn the_same_events_in_another_spelling_and_container_are_the_same() {
    let comparison = compare(&lines(&events(0..30)), &bundles(&events((0..50).rev())));
    assert_eq!(comparison.outcome, Outcome::Extends, "{comparison:#?}");
    let stream = &comparison.streams[0];
    assert_eq!((stream.common.count, stream.new.unwrap().count), (30, 20));
}

#[test]
fn a_rewritten_event_is_named_with_both_places_and_what_differs() {
    let mut changed = events(0..50);
    changed[17]["agent"][0]["who"]["display"] = json!("Ann");
    let (earlier, later) = (lines(&events(0..30)), bundles(&changed));
    let comparison = compare(&earlier, &later);
    assert_eq!(comparison.outcome, Outcome::Rewritten);
    let told = comparison.streams[0].first_difference().unwrap();
    assert_eq!((told.kind, told.event_id.as_deref()), (DifferenceKind::Rewritten, Some("e17/_history/1")));
    assert_eq!(told.members, ["agent"]);
    let was = verify::record_bytes(&earlier, told.earlier.as_ref().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Json>(&was).unwrap(), event(17));
    let is = verify::record_bytes(&later, told.later.as_ref().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Json>(&is).unwrap(), changed[17]);
}

#[test]
fn an_event_that_is_missing_is_named_unless_the_later_export_begins_behind_it() {
    let later = events((10..19).chain(22..50));
    let comparison = compare(&lines(&events(0..30)), &lines(&later));
    let stream = &comparison.streams[0];
    assert_eq!(comparison.outcome, Outcome::Rewritten);
    assert_eq!(stream.only_in_earlier.unwrap().count, 10);
    assert_eq!(stream.counts.removed, 3);
    let named: Vec<_> = stream.differences.iter().filter_map(|told| told.event_id.as_deref()).collect();
    assert_eq!(named, ["e19/_history/1", "e20/_history/1", "e21/_history/1"]);

    let comparison = compare(&lines(&events(0..30)), &lines(&events(0..25)));
    assert_eq!(comparison.streams[0].counts.removed, 5, "a cut end is no earlier end");
}

#[test]
fn another_version_of_an_event_does_not_stand_for_it() {
    let mut later = events(0..30);
    later[4]["meta"]["versionId"] = json!("2");
    let comparison = compare(&lines(&events(0..30)), &lines(&later));
    let told = comparison.streams[0].first_difference().unwrap();
    assert_eq!((told.kind, told.event_id.as_deref()), (DifferenceKind::Removed, Some("e4/_history/1")));
}

#[test]
fn events_without_an_id_are_known_by_their_content() {
    let mut nameless = events(0..5);
    nameless[2].as_object_mut().unwrap().remove("id");
    assert_eq!(compare(&lines(&nameless), &bundles(&nameless)).outcome, Outcome::Extends);
    let mut changed = nameless.clone();
    changed[2]["action"] = json!("D");
    assert_eq!(compare(&lines(&nameless), &lines(&changed)).outcome, Outcome::Rewritten);
}

#[test]
fn what_cannot_be_read_is_never_passed_over() {
    let text = joined(&events(0..5));
    let broken = source(&[("AuditEvent.ndjson", format!("{text}{{\"resourceType\":\n"))]);
    let comparison = compare(&lines(&events(0..5)), &broken);
    assert_eq!(comparison.outcome, Outcome::NotComparable);
    assert_eq!(comparison.streams[0].obstacle, Some(Obstacle::Damaged));
    let cut = source(&[("a.json", "{\"resourceType\":\"Bundle\",\"entry\":[".to_owned()), ("b.ndjson", text)]);
    assert_eq!(compare(&lines(&events(0..5)), &cut).outcome, Outcome::NotComparable);
}

#[test]
fn exports_of_different_kinds_are_not_compared() {
    let comparison = compare(&lines(&events(0..5)), &bag::Draft::new(5, 5).bag());
    assert_eq!((comparison.outcome, comparison.obstacle), (Outcome::NotComparable, Some(Obstacle::OtherProfile)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_prefix_is_extended_and_any_edit_names_its_event(
        count in 2_u64..60, cut in 1_u64..60, at in 0_u64..60, deleted in any::<bool>(), shapes in any::<(bool, bool)>(),
    ) {
        let shape = |events: &[Json], bundled| if bundled { bundles(events) } else { lines(events) };
        let cut = cut.min(count);
        let earlier = shape(&events(0..cut), shapes.0);
        let comparison = compare(&earlier, &shape(&events(0..count), shapes.1));
        prop_assert_eq!(comparison.outcome, Outcome::Extends, "{:#?}", comparison);
        // Not the first event, which a later beginning of the export explains.
        let at = at % cut;
        prop_assume!(at > 0);
        let mut later = events(0..count);
        let index = usize::try_from(at).unwrap();
        if deleted {
            later.remove(index);
        } else {
            later[index]["outcome"] = json!("8");
        }
        let comparison = compare(&earlier, &shape(&later, shapes.1));
        prop_assert_eq!(comparison.outcome, Outcome::Rewritten);
        let told = comparison.streams[0].first_difference().unwrap();
        let name = format!("e{at}/_history/1");
        prop_assert_eq!(told.event_id.as_deref(), Some(name.as_str()));
    }
}
