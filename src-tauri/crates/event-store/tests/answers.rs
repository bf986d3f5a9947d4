//! Answers are those of somebody who looks at every event one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod desk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use desk::{Desk, Dice, Traffic, assert_same};
use event_store::{
    BinsAsked, EventQuestions, FacetAsked, Mark, PeopleAsked, PeopleBy, PeopleOrder, Side, StoreFault, StoredEvent,
    Totals, list_entry, log_people,
};
use model::Action;
use timeline::{Band, FacetField, Field, Order, OrderBy, Pattern, Question, Zone};

const ORDERS: [OrderBy; 10] = [
    OrderBy::Time,
    OrderBy::Place,
    OrderBy::User,
    OrderBy::Patient,
    OrderBy::Action,
    OrderBy::Type,
    OrderBy::Resource,
    OrderBy::Outcome,
    OrderBy::Device,
    OrderBy::System,
];

/// Filters that take every way of finding events.
fn filters(dice: &mut Dice) -> Vec<String> {
    let mut filters: Vec<String> = [
        "",
        "action:login",
        "emergency:yes",
        "-emergency:yes user:user-3",
        "-action:read outcome:denied",
        "patient:PATIENT-00*",
        "patient:*",
        r#"patient:"""#,
        r#"user:"""#,
        "user:nobody",
        "user:user-1*",
        "-user:user-1*",
        "role:role3 policy:POLICY-1",
        "class:phi,psychiatry -class:vip",
        r#"class:"""#,
        "session:S-1*",
        r#"session:"" action:export"#,
        "ip:10.0.0.7,10.0.0.8",
        "type:authentication",
        "system:ehr-1",
        "resource:Observation/x1",
        "resource:Observation/x1/r-1*",
        "-resource:*",
        r#"resource:"""#,
        "from:2026-03-05 to:2026-03-09",
        "-from:2026-03-05",
        "integrity:altered",
        "integrity:not_verified,stands -integrity:stands",
        "bundle:e* action:print",
        "-bundle:e*",
        "STRASSE",
        "straße",
        r#"PATIENT-007 -"PATIENT-008""#,
    ]
    .iter()
    .map(|filter| (*filter).to_owned())
    .collect();
    for _ in 0..5 {
        let (patient, other, user) = (dice.roll(300), dice.roll(300), dice.roll(40));
        filters.push(format!("patient:PATIENT-{patient:03}"));
        filters.push(format!("patient:PATIENT-{patient:03},PATIENT-{other:03} -user:user-{user}"));
        filters.push(format!("user:user-{user} -action:read to:2026-03-0{}", 1 + dice.roll(9)));
        filters.push(format!("resource:Observation/x{}/r-{}", dice.roll(3), dice.roll(2000)));
    }
    filters
}

#[track_caller]
fn check(desk: &Desk, traffic: &Traffic, question: &Question, dice: &mut Dice) {
    let what = format!("{} by {:?}", question.filter, question.order);
    let expected = traffic.reference(question);
    let seen = desk.look(question);
    let totals = desk.store.count(&seen, question).unwrap();
    let wanted = Totals {
        events: expected.len() as u64,
        users: Traffic::users_of(&expected).len() as u64,
        patients: Traffic::patients_of(&expected).len() as u64,
        undated: expected.iter().filter(|stored| stored.event.occurred_at.utc_nanos().is_none()).count() as u64,
        elsewhere: Some(0),
    };
    assert_eq!(totals, wanted, "{what}");
    let offsets = [0, dice.roll(wanted.events + 1), wanted.events.saturating_sub(3), wanted.events + 5];
    for offset in offsets {
        let limit = 1 + usize::try_from(dice.roll(40)).unwrap();
        let page = desk.store.page(&seen, question, offset, limit).unwrap();
        let start = usize::try_from(offset).unwrap().min(expected.len());
        let slice = &expected[start..(start + limit).min(expected.len())];
        assert_eq!((page.total, page.rows.len()), (wanted.events, slice.len()), "{what}, from {offset}");
        for (row, stored) in page.rows.iter().zip(slice) {
            assert_same(row, stored, traffic.mark(stored, false));
        }
        if let (Some(row), true) = (page.rows.first(), start < expected.len()) {
            let position = desk.store.position_of(&seen, question, &row.event_ref).unwrap();
            assert_eq!(position, Some(offset), "{what}");
        }
    }
}

#[test]
fn pages_and_counts_are_those_of_every_single_event() {
    let desk = Desk::new();
    let traffic = Traffic::new(20_000, 7);
    desk.import(&traffic);
    let mut dice = Dice(99);
    for (number, filter) in filters(&mut dice).iter().enumerate() {
        // Time order both ways for all, and every other order for some.
        for descending in [false, true] {
            check(&desk, &traffic, &traffic.question(filter, Order { by: OrderBy::Time, descending }), &mut dice);
        }
        let order = Order { by: ORDERS[number % ORDERS.len()], descending: dice.happens(50) };
        check(&desk, &traffic, &traffic.question(filter, order), &mut dice);
    }
    for by in ORDERS {
        for descending in [false, true] {
            for filter in ["", "patient:PATIENT-011,PATIENT-012", "user:user-3", "action:export"] {
                check(&desk, &traffic, &traffic.question(filter, Order { by, descending }), &mut dice);
            }
        }
    }
}

#[test]
fn all_pages_together_are_the_whole_answer() {
    let desk = Desk::new();
    let traffic = Traffic::new(4000, 8);
    desk.import(&traffic);
    for (filter, descending) in [("", false), ("", true), ("action:read", true), ("patient:PATIENT-01*", false)] {
        let question = traffic.question(filter, Order { by: OrderBy::Time, descending });
        let rows = desk.all_rows(&question, 333);
        let expected = traffic.reference(&question);
        assert_eq!(rows.len(), expected.len());
        rows.iter().zip(&expected).for_each(|(row, stored)| assert_same(row, stored, traffic.mark(stored, false)));
    }
}

#[test]
fn bars_count_every_event_once_in_days_as_long_as_they_were() {
    let desk = Desk::new();
    let traffic = Traffic::new(8000, 9);
    desk.import(&traffic);
    let zone = timeline::zone("America/New_York").unwrap();
    for filter in ["", "action:export", "patient:PATIENT-011", "user:user-3"] {
        let question = traffic.question(filter, Order::default());
        let seen = desk.look(&question);
        let histogram = desk.store.bins(&seen, &question, BinsAsked { zone, bins_max: 60, span: None }).unwrap();
        let expected = traffic.reference(&question);
        let dated = |stored: &&&StoredEvent| stored.event.occurred_at.utc_nanos().is_some();
        assert_eq!(histogram.undated, (expected.len() - expected.iter().filter(dated).count()) as u64);
        assert_eq!(histogram.outside, 0);
        for bin in &histogram.bins {
            for (band, counted) in histogram.bands.iter().zip(&bin.events) {
                let named = |action: Action| histogram.bands.contains(&Band::Action(action));
                let inside = expected.iter().filter(|stored| {
                    let time = stored.event.occurred_at.utc_nanos();
                    let action = stored.event.action;
                    let same = *band == Band::Action(action) || (*band == Band::Other && !named(action));
                    same && time.is_some_and(|time| (bin.from..bin.until).contains(&time))
                });
                assert_eq!(inside.count() as u64, *counted, "{filter}");
            }
        }
        // 8 March 2026 has 23 hours in New York.
        if histogram.step == timeline::Step::Day {
            assert!(histogram.bins.iter().any(|bin| bin.until - bin.from == 23 * 3_600_000_000_000));
        }
    }
}

#[test]
fn a_facet_keeps_within_the_values_that_are_wished() {
    let desk = Desk::new();
    let traffic = Traffic::new(3000, 6);
    desk.import(&traffic);
    let question = traffic.question("", Order::default());
    let seen = desk.look(&question);
    let field = FacetField::Field(Field::Patient);
    let facet = |within: &[Pattern]| {
        let asked = FacetAsked { field, limit: 500, containing: "", within };
        desk.store.facets(&seen, &question, asked).unwrap()
    };
    let all = facet(&[]);
    let some = all.values.iter().map(|value| value.value.as_str()).min().unwrap();
    let found = facet(&[Pattern::whole(some)]);
    assert_eq!((found.values.len(), found.distinct), (1, 1));
    assert_eq!(found.values[0].value, some);
    assert!(all.distinct > 1);
}

#[test]
fn a_list_of_those_whose_ids_begin_alike_has_an_entry_of_its_own() {
    let desk = Desk::new();
    let traffic = Traffic::new(3000, 7);
    desk.import(&traffic);
    let (side, order) = (Side::Users, PeopleOrder::default());
    let asked = |beginning| PeopleAsked { bundle: &traffic.id, side, beginning, order, offset: 0, limit: 500 };
    let all = desk.people(side, &traffic.id, order, 500);
    let seen = desk.witness(list_entry(&asked("user-1")));
    let some = desk.store.people(&seen, asked("user-1")).unwrap();
    let expected = all.people.iter().filter(|person| person.id.starts_with("user-1")).count();
    assert_eq!((some.people.len(), some.total), (expected, expected as u64));
    assert!(some.total > 0 && some.total < all.total);
    assert!(desk.store.people(&seen, asked("")).is_err(), "the entry of a few is no entry of all");
    assert_eq!(log_people(&asked("user-1")).query, "user:user-1*");
}

#[test]
fn every_event_counts_once_at_its_source_its_time_and_its_standing() {
    let desk = Desk::new();
    let traffic = Traffic::new(3000, 9);
    desk.import(&traffic);
    for zone in ["America/New_York", "UTC"].map(|name| timeline::zone(name).unwrap()) {
        let found = desk.store.sources(&traffic.id, zone, 60).unwrap();
        let mut scale = found.scale.clone().unwrap();
        assert!(scale.bins() <= 60 && scale.zone() == zone);
        let mut counted = BTreeMap::<(String, Option<usize>), [u64; 4]>::new();
        for source in &found.sources {
            let system = source.system.clone().unwrap_or_default();
            let bins = source.bins.iter().enumerate().map(|(bin, counts)| (Some(bin), counts));
            for (bin, counts) in bins.chain([(None, &source.undated)]).filter(|(_, counts)| counts.total() > 0) {
                let sums = counted.entry((system.clone(), bin)).or_default();
                let counts = [counts.proven, counts.stands, counts.altered, counts.not_verified];
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        let mut expected = BTreeMap::<(String, Option<usize>), [u64; 4]>::new();
        for stored in &traffic.events {
            let bin = stored.event.occurred_at.utc_nanos().and_then(|nanos| scale.bin(nanos));
            let system = stored.event.source_system.clone().unwrap_or_default();
            let kind = match traffic.mark(stored, true) {
                Mark::Proven => 0,
                Mark::Stands | Mark::Beside => 1,
                Mark::Altered | Mark::Misplaced => 2,
                Mark::NotVerified => 3,
            };
            expected.entry((system, bin)).or_default()[kind] += 1;
        }
        assert!((0..4).all(|kind| expected.values().any(|counts| counts[kind] > 0)), "all that can be said is said");
        assert_eq!(counted, expected);
        assert_eq!(desk.store.sources(&traffic.id, zone, 60).unwrap(), found);
    }
}

#[test]
fn facets_count_what_the_same_filter_would_find() {
    let desk = Desk::new();
    let traffic = Traffic::new(6000, 10);
    desk.import(&traffic);
    let fields = Field::ALL.iter().map(|field| FacetField::Field(*field));
    for field in fields.chain([FacetField::Action, FacetField::Outcome, FacetField::Integrity]) {
        for filter in ["", "action:read", "user:user-5"] {
            let question = traffic.question(filter, Order::default());
            let seen = desk.look(&question);
            let asked = FacetAsked { field, limit: 1000, containing: "", within: &[] };
            let facet = desk.store.facets(&seen, &question, asked).unwrap();
            assert!(!facet.values.is_empty(), "{field:?}");
            assert!(facet.values.windows(2).all(|pair| pair[0].events >= pair[1].events));
            for value in facet.values.iter().take(3) {
                let name = match field {
                    FacetField::Field(field) => field.name(),
                    FacetField::Action => "action",
                    FacetField::Outcome => "outcome",
                    FacetField::Integrity => "integrity",
                };
                // A type that holds a slash needs the star, or it would be read as type and id.
                let star = if name == "resource" { "*" } else { "" };
                let narrower =
                    traffic.question(&format!("{filter} {name}:\"{}\"{star}", value.value), Order::default());
                assert_eq!(traffic.reference(&narrower).len() as u64, value.events, "{field:?} {filter}");
            }
        }
    }
    let question = traffic.question("", Order::default());
    let seen = desk.look(&question);
    let asked = FacetAsked { field: FacetField::Field(Field::User), limit: 5, containing: "USER-1", within: &[] };
    let facet = desk.store.facets(&seen, &question, asked).unwrap();
    assert_eq!((facet.values.len(), facet.distinct), (5, 11), "user-1 and user-10 to user-19");
}

/// Events, people on the other side, first and last time.
type Numbers = (u64, BTreeSet<String>, Option<i64>, Option<i64>);

#[test]
fn people_are_counted_exactly() {
    let desk = Desk::new();
    let traffic = Traffic::new(9000, 11);
    desk.import(&traffic);
    let mut patients: BTreeMap<String, Numbers> = BTreeMap::new();
    let mut users: BTreeMap<String, Numbers> = BTreeMap::new();
    for stored in &traffic.events {
        let event = &stored.event;
        let (user, time) = (event.user_id.as_str(), event.occurred_at.utc_nanos());
        let add = |numbers: &mut Numbers, others: Vec<&str>| {
            numbers.0 += 1;
            numbers.1.extend(others.into_iter().filter(|other| !other.is_empty()).map(str::to_owned));
            numbers.2 = [numbers.2, time].into_iter().flatten().min();
            numbers.3 = [numbers.3, time].into_iter().flatten().max();
        };
        for patient in &event.patient_ids {
            add(patients.entry(patient.as_str().to_owned()).or_default(), vec![user]);
        }
        if !user.is_empty() {
            let others = event.patient_ids.iter().map(model::PatientId::as_str).collect();
            add(users.entry(user.to_owned()).or_default(), others);
        }
    }
    for (expected, side) in [(patients, Side::Patients), (users, Side::Users)] {
        let order = PeopleOrder { by: PeopleBy::Id, descending: false };
        let list = desk.people(side, &traffic.id, order, 500);
        assert_eq!((list.total, list.people.len()), (expected.len() as u64, expected.len()));
        for (person, (id, numbers)) in list.people.iter().zip(&expected) {
            assert_eq!(&person.id, id);
            assert_eq!((person.events, person.others), (numbers.0, numbers.1.len() as u64));
            let time = |instant: &Option<model::Instant>| instant.as_ref().and_then(model::Instant::utc_nanos);
            assert_eq!((time(&person.first), time(&person.last)), (numbers.2, numbers.3));
        }
    }
    let order = PeopleOrder { by: PeopleBy::Events, descending: true };
    let busiest = desk.people(Side::Users, &traffic.id, order, 3);
    assert!(busiest.people.windows(2).all(|pair| pair[0].events >= pair[1].events));
}

#[test]
fn an_overview_has_counts_by_day_and_system_and_names_nobody() {
    let desk = Desk::new();
    let traffic = Traffic::new(5000, 12);
    desk.import(&traffic);
    let overview = desk.store.overview(&traffic.id).unwrap();
    let everything: Vec<&StoredEvent> = traffic.events.iter().collect();
    assert_eq!(overview.events, 5000);
    assert_eq!(overview.users, Traffic::users_of(&everything).len() as u64);
    assert_eq!(overview.patients, Traffic::patients_of(&everything).len() as u64);
    assert_eq!(overview.days.iter().map(|day| day.events).sum::<u64>(), 5000);
    let undated: u64 = overview.days.iter().filter(|day| day.day.is_none()).map(|day| day.events).sum();
    assert_eq!(undated, overview.undated);
    let times = || traffic.events.iter().filter_map(|stored| stored.event.occurred_at.utc_nanos());
    assert_eq!(overview.period, times().min().zip(times().max()));
    assert_eq!(overview.source_bytes, traffic.files.iter().map(|file| file.len() as u64).sum::<u64>());
    assert_eq!(desk.store.bundles().unwrap().first().map(|summary| summary.events), Some(5000));
}

#[test]
fn a_search_can_be_stopped_and_is_kept_when_it_was_not() {
    let desk = Desk::new();
    let traffic = Traffic::new(5000, 31);
    desk.import(&traffic);
    let question = traffic.question("Straße", Order::default());
    let seen = desk.look(&question);
    let chunks = AtomicU64::new(0);
    let stopped = desk.store.search(&seen, &question, &|records, bytes| {
        chunks.fetch_add(1, Ordering::SeqCst);
        assert!(records > 0 && bytes > 10 * records);
        false
    });
    assert!(matches!(stopped, Err(StoreFault::Stopped)));
    let at_most = 2;
    assert!((1..=at_most).contains(&chunks.load(Ordering::SeqCst)), "each thread stops after its chunk");
    let read = AtomicU64::new(0);
    let go_on = |records: u64, _: u64| {
        read.fetch_max(records, Ordering::SeqCst);
        true
    };
    desk.store.search(&seen, &question, &go_on).unwrap();
    assert_eq!(read.load(Ordering::SeqCst), 5000);
    let known = |_: u64, _: u64| -> bool { panic!("it was found out before") };
    desk.store.search(&seen, &question, &known).unwrap();
    assert_eq!(desk.store.count(&seen, &question).unwrap().events, 5000);
    let other = traffic.question("other", Order::default());
    assert!(matches!(desk.store.search(&seen, &other, &go_on), Err(StoreFault::Log(_))), "no look without a line");
}

#[test]
fn an_empty_bundle_has_empty_answers() {
    let desk = Desk::new();
    let mut traffic = Traffic::new(0, 13);
    traffic.files = vec![Vec::new(), Vec::new(), Vec::new()];
    desk.import(&traffic);
    let question = traffic.question("", Order::default());
    let seen = desk.look(&question);
    let nothing = Totals { elsewhere: Some(0), ..Totals::default() };
    assert_eq!(desk.store.count(&seen, &question).unwrap(), nothing);
    assert_eq!(desk.store.page(&seen, &question, 0, 10).unwrap().total, 0);
    let asked = BinsAsked { zone: Zone::UTC, bins_max: 60, span: None };
    assert!(desk.store.bins(&seen, &question, asked).unwrap().bins.len() <= 60);
    assert_eq!(desk.store.overview(&traffic.id).unwrap().period, None);
}
