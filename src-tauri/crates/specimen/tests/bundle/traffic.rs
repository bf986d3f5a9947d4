//! The traffic looks like a hospital's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{DateTime, Datelike, Timelike, Weekday};
use chrono_tz::America::New_York;
use serde_json::Value;
use specimen::{Options, Refusal};

use crate::{events, made};

/// One ordinary week, made once for all tests.
fn week() -> &'static [Value] {
    static WEEK: OnceLock<Vec<Value>> = OnceLock::new();
    WEEK.get_or_init(|| events(&made(&Options { events: 30_000, ..Options::default() }).1))
}

fn text<'e>(event: &'e Value, pointer: &str) -> &'e str {
    event.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn nights_and_weekends_are_thinner_than_days() {
    let (mut day, mut night, mut wednesday, mut saturday) = (0, 0, 0, 0);
    for event in week() {
        let time = DateTime::parse_from_rfc3339(text(event, "/timestamp")).unwrap().with_timezone(&New_York);
        day += u32::from((8..20).contains(&time.hour()));
        night += u32::from(!(8..20).contains(&time.hour()));
        wednesday += u32::from(time.weekday() == Weekday::Wed);
        saturday += u32::from(time.weekday() == Weekday::Sat);
    }
    assert!(day > 2 * night, "{day} by day, {night} by night");
    assert!(wednesday * 4 > saturday * 5 && saturday > 0, "{wednesday} and {saturday}");
}

#[test]
fn offices_are_dark_at_night_on_both_sides_of_the_clock_change() {
    for start in ["2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"] {
        let start = DateTime::parse_from_rfc3339(start).unwrap().timestamp_micros();
        let options = Options { events: 30_000, start_micros: Some(start), ..Options::default() };
        let mut billing = 0;
        for event in events(&made(&options).1).iter().filter(|event| text(event, "/actor/role") == "billing") {
            let time = DateTime::parse_from_rfc3339(text(event, "/timestamp")).unwrap().with_timezone(&New_York);
            billing += 1;
            assert!((7..19).contains(&time.hour()), "{time}");
            assert!(!matches!(time.weekday(), Weekday::Sat | Weekday::Sun), "{time}");
        }
        assert!(billing > 100);
    }
}

#[test]
fn times_never_go_back_and_stay_in_the_period() {
    let events = week();
    let times: Vec<&str> = events.iter().map(|event| text(event, "/timestamp")).collect();
    assert!(times.is_sorted());
    assert!(times[0] >= "2026-03-02T00:00:00" && times[times.len() - 1] < "2026-03-09T00:00:00");
    assert!(times.iter().all(|time| time.len() == 27 && time.ends_with('Z')));
}

#[test]
fn a_session_is_one_persons_at_one_workstation() {
    let mut sessions: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for event in week() {
        if let Some(id) = event["session_id"].as_str() {
            sessions.entry(id.to_owned()).or_default().push(event);
        }
    }
    let mut signed_out = 0;
    for events in sessions.values() {
        assert!(events.iter().all(|event| event["actor"] == events[0]["actor"]));
        assert!(events.iter().all(|event| event["source"]["ip"] == events[0]["source"]["ip"]));
        assert_eq!(events[0]["action"], "login");
        signed_out += usize::from(events[events.len() - 1]["action"] == "logout");
    }
    assert!(sessions.len() > 1_000 && signed_out * 4 > sessions.len() * 3);
}

#[test]
fn nobody_sits_at_two_workstations_at_once() {
    let mut sessions: BTreeMap<String, (String, String, String)> = BTreeMap::new();
    for event in week() {
        if let Some(id) = event["session_id"].as_str() {
            let time = text(event, "/timestamp").to_owned();
            let who = text(event, "/actor/id").to_owned();
            sessions.entry(id.to_owned()).or_insert_with(|| (who, time.clone(), String::new())).2.clone_from(&time);
        }
    }
    let mut spans: Vec<_> = sessions.into_values().collect();
    spans.sort();
    let overlaps: Vec<_> = spans.windows(2).filter(|pair| pair[0].0 == pair[1].0 && pair[1].1 < pair[0].2).collect();
    assert!(overlaps.is_empty(), "{} of {}: {:?}", overlaps.len(), spans.len(), overlaps.first());
}

#[test]
fn everything_a_reader_has_to_cope_with_is_there() {
    let events = week();
    let some = |what: &str, test: &dyn Fn(&Value) -> bool| {
        assert!(events.iter().any(test), "nothing has {what}");
    };
    some("several patients", &|e| e["patient_ids"].as_array().unwrap().len() > 3);
    some("no patient", &|e| e["patient_ids"].as_array().unwrap().is_empty());
    some("a failed sign-in", &|e| e["action"] == "login" && e["outcome"] == "failure");
    some("a refusal", &|e| e["event_type"] == "authorization" && e["outcome"] == "failure");
    some("emergency access", &|e| e["break_glass"] == true && e["purpose_of_use"][0] == "BTG");
    some("a disclosure", &|e| e["action"] == "disclose" && e["disclosure"]["recipient"].is_string());
    some("an export of several", &|e| e["action"] == "export" && e["patient_ids"].as_array().unwrap().len() > 3);
    some("a print", &|e| e["action"] == "print");
    some("a model's answer about several", &|e| {
        e["event_type"] == "inference" && e["patient_ids"].as_array().unwrap().len() > 1
    });
    some("an override", &|e| e["event_type"] == "override" && e["ai"]["inference_event_id"].is_string());
    some("a system event", &|e| e["event_type"] == "system" && e["actor"]["type"] == "system");
    some("changes", &|e| e["changes"][0]["new"].is_string());
    some("an idle timeout", &|e| e["outcome_detail"] == "idle timeout");
    some("a sensitive note", &|e| e["data_classification"][0] == "mental_health");
    some("a name outside ASCII", &|e| !text(e, "/actor/display").is_ascii());
    some("a name with quotes", &|e| text(e, "/actor/display").contains('"'));
}

#[test]
fn what_is_required_is_always_there_and_patients_are_sorted() {
    for event in week() {
        for member in ["/event_id", "/event_type", "/timestamp", "/action", "/outcome", "/actor/id", "/source/system"] {
            assert!(!text(event, member).is_empty(), "{member}");
        }
        let patients: Vec<&str> = event["patient_ids"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(patients.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

#[test]
fn a_busier_hospital_has_more_people_and_patients() {
    let count = |events: u64| {
        let list = events_of(events);
        let users: BTreeSet<&str> = list.iter().map(|event| text(event, "/actor/id")).collect();
        users.len()
    };
    assert!(count(60_000) > count(3_000));
}

fn events_of(count: u64) -> Vec<Value> {
    events(&made(&Options { events: count, days: Some(1), ..Options::default() }).1)
}

#[test]
fn impossible_wishes_are_refused() {
    let refusal = |options: Options| options.plan().unwrap_err();
    let base = Options::default;
    assert!(matches!(refusal(Options { events: 0, ..base() }), Refusal::Events { .. }));
    assert!(matches!(refusal(Options { events: u64::MAX, ..base() }), Refusal::Events { .. }));
    assert_eq!(refusal(Options { days: Some(0), ..base() }), Refusal::Days);
    assert_eq!(refusal(Options { days: Some(9_999), ..base() }), Refusal::Days);
    assert_eq!(refusal(Options { start_micros: Some(0), ..base() }), Refusal::Start);
    assert_eq!(refusal(Options { start_micros: Some(i64::MAX), ..base() }), Refusal::Start);
    assert_eq!(refusal(Options { rows_per_segment: 0, ..base() }), Refusal::RowsPerSegment);
}
