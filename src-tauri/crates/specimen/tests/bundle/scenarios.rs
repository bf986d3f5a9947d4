//! The incidents are exactly as the acceptance scenarios have them.

use serde_json::Value;
use specimen::{Options, Refusal, Scenario};

use crate::reading::disagreements;
use crate::{events, made};

const NURSE: &str = "u-rn-204";

fn incident(scenario: Scenario, count: u64) -> Vec<Value> {
    let (_, files) = made(&Options { seed: 11, events: count, scenario, ..Options::default() });
    assert_eq!(disagreements(&files), Vec::<String>::new());
    events(&files)
}

fn names(event: &Value, patient: &str) -> bool {
    event["patient_ids"].as_array().unwrap().iter().any(|id| id == patient)
}

/// Time, action, patient of what the nurse did in the session.
fn session(events: &[Value]) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    events
        .iter()
        .filter(|event| event["session_id"] == "S-881")
        .map(|event| (text(&event["timestamp"]), text(&event["action"]), text(&event["patient_ids"][0])))
        .collect()
}

#[test]
fn s01_is_nine_seconds_in_the_wrong_chart() {
    let events = incident(Scenario::S01, 4_000);
    let hers: Vec<&Value> = events.iter().filter(|e| e["actor"]["id"] == NURSE && names(e, "P-5521")).collect();
    let times: Vec<&str> = hers.iter().map(|e| e["timestamp"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-03-10T18:02:11.120000Z", "2026-03-10T18:02:20.300000Z"]);
    assert_eq!(hers[0]["fields_accessed"], serde_json::json!(["name", "dob", "mrn", "allergies"]));
    assert_eq!(hers[0]["resource"]["type"], "patient_summary");
    assert_eq!(hers[1]["outcome_detail"], "chart_close");
    let next = session(&events).into_iter().find(|(time, ..)| time.as_str() > times[1]).unwrap();
    assert_eq!(next, ("2026-03-10T18:02:24.000000Z".to_owned(), "read".to_owned(), "P-5512".to_owned()));
}

#[test]
fn s02_is_twelve_minutes_in_the_wrong_chart() {
    let events = incident(Scenario::S02, 4_000);
    let hers: Vec<&Value> = events.iter().filter(|e| e["actor"]["id"] == NURSE && names(e, "P-5521")).collect();
    let what: Vec<(&str, &str)> = hers
        .iter()
        .map(|e| (&e["timestamp"].as_str().unwrap()[11..19], e["resource"]["type"].as_str().unwrap()))
        .collect();
    assert_eq!(
        what,
        [("18:02:11", "patient_summary"), ("18:05:00", "DiagnosticReport"), ("18:09:40", "DocumentReference")]
    );
    assert_eq!(hers[2]["data_classification"], serde_json::json!(["mental_health"]));
    let next = session(&events).into_iter().find(|(time, ..)| time.as_str() > "2026-03-10T18:10").unwrap();
    assert_eq!((next.0.as_str(), next.2.as_str()), ("2026-03-10T18:14:11.000000Z", "P-5512"));
}

#[test]
fn nobody_else_is_in_her_session_and_she_takes_nothing_away() {
    for scenario in [Scenario::S01, Scenario::S02] {
        for count in [200, 9_000] {
            let events = incident(scenario, count);
            for event in &events {
                let hers = event["actor"]["id"] == NURSE;
                assert!(event["session_id"] != "S-881" || hers);
                assert!(!hers || !["print", "export", "disclose"].contains(&event["action"].as_str().unwrap()));
            }
            assert!(events.iter().any(|event| names(event, "P-5521") && event["actor"]["id"] != NURSE));
            let period =
                (events[0]["timestamp"].as_str().unwrap(), events[events.len() - 1]["timestamp"].as_str().unwrap());
            assert!(period.0 < "2025-12-02" || count < 1_000, "{period:?}");
            assert!(period.1 > "2026-03-12", "{period:?}");
        }
    }
}

#[test]
fn she_works_on_other_days_too() {
    let events = incident(Scenario::S01, 9_000);
    let mut days: Vec<&str> = events
        .iter()
        .filter(|event| event["actor"]["id"] == NURSE)
        .map(|event| &event["timestamp"].as_str().unwrap()[..10])
        .collect();
    days.dedup();
    assert!(days.len() > 5, "{days:?}");
}

#[test]
fn ordinary_traffic_knows_none_of_the_ids() {
    let (_, files) = made(&Options { events: 20_000, ..Options::default() });
    for event in events(&files) {
        assert_ne!(event["actor"]["id"], NURSE);
        assert_ne!(event["session_id"], "S-881");
        assert!(!names(&event, "P-5521") && !names(&event, "P-5512"));
    }
}

#[test]
fn a_period_without_the_incident_is_refused() {
    let options = Options { scenario: Scenario::S01, days: Some(30), ..Options::default() };
    assert_eq!(options.plan().unwrap_err(), Refusal::ScenarioPeriod);
    let options = Options { scenario: Scenario::S01, events: 20, ..Options::default() };
    assert!(matches!(options.plan().unwrap_err(), Refusal::Events { least: 200, .. }));
}

#[test]
fn words_lead_back_to_their_scenarios() {
    for scenario in Scenario::ALL {
        assert_eq!(Scenario::from_word(scenario.word()), Some(*scenario));
        assert!(scenario.sentence().ends_with('.'));
    }
    assert_eq!(Scenario::from_word("s02"), Some(Scenario::S02));
    assert_eq!(Scenario::from_word("S99"), None);
}
