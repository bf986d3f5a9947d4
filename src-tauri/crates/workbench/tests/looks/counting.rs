//! The line that ends a look says how many rows and people were shown, whatever showed them.

use workbench::wire::{BundleAsk, PersonAsk, PersonKind, Settings};

use crate::bench::{Bench, NURSE, PATIENT};

#[test]
fn a_persons_page_counts_those_it_lists() {
    let bench = Bench::open();
    let bundle = bench.sample(None);
    let ask = |kind, id: &str| PersonAsk { bundle: bundle.clone(), kind, id: id.into() };
    let user = bench.desk.person(ask(PersonKind::User, NURSE)).unwrap();
    let of_user = bench.last("look").seq;
    let patient = bench.desk.person(ask(PersonKind::Patient, PATIENT)).unwrap();
    let of_patient = bench.last("look").seq;
    let (patients, users) = (user.counterparts.len(), patient.counterparts.len());
    assert!(patients > 1 && users > 1);
    bench.turn_to_something_else();
    assert!(
        bench.closing(of_user).ends_with(&format!(" {patients} patients, 0 rows, 1 user")),
        "{}",
        bench.closing(of_user)
    );
    assert!(
        bench.closing(of_patient).ends_with(&format!(" 1 patient, 0 rows, {users} users")),
        "{}",
        bench.closing(of_patient)
    );
}

#[test]
fn a_facet_counts_the_people_it_lists() {
    let bench = Bench::open();
    let bundle = bench.sample(None);
    let look = bench.look(&bundle, "");
    let entry = bench.last("look").seq;
    let (patients, users) = (bench.facet(&look, "patient").len(), bench.facet(&look, "user").len());
    assert!(patients > 1 && users > 1);
    bench.turn_to_something_else();
    assert!(
        bench.closing(entry).ends_with(&format!(" {patients} patients, 0 rows, {users} users")),
        "{}",
        bench.closing(entry)
    );
}

#[test]
fn a_list_of_people_ends_with_a_line_of_its_own() {
    let bench = Bench::open();
    let bundle = bench.sample(None);
    bench.people(&bundle, PersonKind::Patient, "", 0, 20);
    bench.people(&bundle, PersonKind::Patient, "", 10, 20);
    let entry = bench.last("patients_list").seq;
    bench.turn_to_something_else();
    assert!(bench.closing(entry).ends_with(" 30 patients, 30 rows, 0 users"), "{}", bench.closing(entry));
}

#[test]
fn what_was_typed_to_find_people_is_in_the_log() {
    let bench = Bench::open();
    let bundle = bench.sample(None);
    let all = bench.people(&bundle, PersonKind::User, "", 0, 500);
    assert_eq!(bench.last("users_list").object.rsplit(" · ").next(), Some("everybody"));
    let found = bench.people(&bundle, PersonKind::User, "u-rn", 0, 500);
    assert!(
        found.total > 0 && found.total < all.total && found.people.iter().all(|person| person.id.starts_with("u-rn"))
    );
    assert_eq!(bench.last("users_list").object.rsplit(" · ").next(), Some("user:u-rn*"));
    bench.people(&bundle, PersonKind::User, "u-rn", 0, 500);
    let lists = bench.entries().iter().filter(|entry| entry.action == "users_list").count();
    assert_eq!(lists, 2, "the same list again is the same look");
}

#[test]
fn an_empty_id_is_nobody() {
    let bench = Bench::open();
    let bundle = bench.sample(None);
    let ask = PersonAsk { bundle, kind: PersonKind::Patient, id: " ".into() };
    assert!(bench.desk.person(ask).is_err());
    assert!(bench.entries().iter().all(|entry| entry.action != "look"));
}

#[test]
fn days_of_the_overview_are_those_of_the_shown_zone() {
    let bench = Bench::open();
    let event = |at: &str| {
        format!(
            r#"{{"resourceType":"AuditEvent","type":{{"code":"rest"}},"action":"R","recorded":"{at}","outcome":"0","agent":[{{"who":{{"reference":"Practitioner/77"}},"requestor":true}}],"source":{{"observer":{{"display":"ehr"}}}}}}"#
        )
    };
    // One evening in New York, on both sides of midnight in UTC; and one event long before, so that stretches are days.
    let times = ["2026-01-15T17:00:00Z", "2026-03-02T23:30:00Z", "2026-03-03T01:30:00Z"];
    let lines = times.map(event);
    let bundle = bench.log(&lines.each_ref().map(String::as_str));
    let days = |zone: &str| {
        bench.desk.change_settings(Settings { zone: zone.into(), ..Settings::default() }).unwrap();
        let coverage = bench.desk.overview(BundleAsk { bundle: bundle.clone() }).unwrap().coverage;
        assert_eq!(coverage.step, "1 day");
        let full =
            coverage.bins.iter().zip(&coverage.sources[0].cells).filter(|(_, cell)| cell.counts.not_verified > 0);
        full.map(|(bin, cell)| (bin.from[..10].to_owned(), cell.counts.not_verified)).collect::<Vec<_>>()
    };
    let day = |day: &str, count| (day.to_owned(), count);
    assert_eq!(days("UTC"), [day("2026-01-15", 1), day("2026-03-02", 1), day("2026-03-03", 1)]);
    assert_eq!(days("America/New_York"), [day("2026-01-15", 1), day("2026-03-02", 2)]);
}
