//! The same log exported twice: who opened the chart is answered once, and nothing is left out without a word.

use std::fs;

use serde_json::{Value, json};

use crate::office::{Office, PATIENT, REASON};

/// The sample of the office once more, as a zip: other bytes around the same records.
fn second_export(office: &Office) -> Value {
    office.done(&["sample", "again.zip", "--events", "600", "--scenario", "s02"]);
    office.json(&["import", "again.zip", "--reason", REASON]).remove(0)
}

#[test]
fn a_log_that_was_exported_twice_answers_once() {
    let office = Office::open();
    let look = ["patient", PATIENT, "--reason", REASON];
    let before = office.json(&look);
    let imported = second_export(&office);
    let other = &imported["others"][0];
    assert_eq!((&other["same"], &other["contradicted"]), (&600.into(), &0.into()), "{imported}");
    assert_eq!(other["same_stated_id"], true, "{imported}");

    let after = office.json(&look);
    assert_eq!(after.len(), before.len(), "every event is told once");
    let (rows, totals) = after.split_at(after.len() - 1);
    let total = totals[0]["total"].as_u64().unwrap();
    assert_eq!(
        (totals[0]["total"].clone(), totals[0]["users"].clone()),
        (before.last().unwrap()["total"].clone(), before.last().unwrap()["users"].clone())
    );
    assert_eq!(totals[0]["also_elsewhere"].as_u64(), Some(total));
    let second = &imported["bundle"].as_str().unwrap()[..12];
    for row in rows {
        let there = row["also_in"][0].as_str().unwrap();
        assert!(there.starts_with(second), "{row}");
        let twin = &office.json(&["event", there, "--reason", REASON])[0];
        assert_eq!(twin["event_id"], row["event_id"]);
        assert_eq!(twin["also_in"][0], row["event_ref"]);
    }
    let text = office.done(&look);
    assert!(text.contains(&format!("{total} of them in more than one bundle, counted once")), "{text}");
    assert!(text.lines().next().unwrap().contains(&format!("also in {second}:")), "{text}");

    // Both bundles were asked, each with a line of its own; and one of them alone tells of the other.
    let looks = office.log().iter().filter(|entry| entry["action"] == "look").count();
    assert_eq!(looks, 8, "two bundles once, three bundles twice");
    let alone = office.json(&[&look[..], &["--bundle", second]].concat());
    assert_eq!(alone.last().unwrap(), &totals[0]);
    let id = rows[0]["event_id"].as_str().unwrap();
    let event = &office.json(&["event", id, "--reason", REASON])[0];
    assert_eq!(event["event_ref"], rows[0]["event_ref"], "an id that two exports of one record have is unique");
    assert!(event["elsewhere"][0].as_str().unwrap().starts_with("The same record is in "));
}

#[test]
fn a_record_that_was_changed_between_two_exports_is_told_beside_its_other_version() {
    let office = Office::open();
    office.done(&["sample", "again", "--events", "600", "--scenario", "s02"]);
    let segment = office.path("again/data/events/segment-000001.ndjson");
    let text = fs::read_to_string(&segment).unwrap();
    let at = text.lines().position(|line| line.contains(&format!("\"{PATIENT}\""))).unwrap();
    let changed = |(number, line): (usize, &str)| {
        if number == at { line.replace("\"outcome\":\"success\"", "\"outcome\":\"unknown\"") } else { line.to_owned() }
    };
    let lines: Vec<String> = text.lines().enumerate().map(changed).collect();
    fs::write(&segment, format!("{}\n", lines.join("\n"))).unwrap();
    let before = office.json(&["patient", PATIENT, "--reason", REASON]);
    let imported = office.json(&["import", "again", "--reason", REASON]).remove(0);
    assert_eq!((&imported["others"][0]["same"], &imported["others"][0]["contradicted"]), (&599.into(), &1.into()));
    let after = office.json(&["patient", PATIENT, "--reason", REASON]);
    assert_eq!(after.len(), before.len() + 1, "both versions are told");
    let totals = after.last().unwrap();
    assert_eq!(
        (&totals["contradicted"], totals["also_elsewhere"].as_u64()),
        (&2.into(), Some(before.len() as u64 - 2))
    );
    let versions: Vec<_> = after.iter().filter(|row| row["contradicted_by"][0].is_string()).collect();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0]["contradicted_by"][0], versions[1]["event_ref"]);
    assert_eq!(versions[0]["event_id"], versions[1]["event_id"]);
}

#[test]
fn spaces_and_the_order_of_members_make_no_other_record() {
    let office = Office::open();
    let event = json!({
        "resourceType": "AuditEvent", "id": "same", "type": {"code": "rest"}, "action": "R",
        "recorded": "2026-03-02T10:00:00Z", "outcome": "0",
        "agent": [{"who": {"reference": "Practitioner/9"}, "requestor": true}],
        "source": {"observer": {"display": "ehr"}}, "entity": [{"what": {"reference": "Patient/P-7"}}]
    });
    let mut other = event.clone();
    other["outcome"] = "8".into();
    std::fs::write(office.path("compact.ndjson"), format!("{event}\n")).unwrap();
    std::fs::write(office.path("pretty.json"), serde_json::to_string_pretty(&event).unwrap()).unwrap();
    std::fs::write(office.path("other.json"), serde_json::to_string_pretty(&other).unwrap()).unwrap();
    let counts = |file: &str| {
        office.done(&["import", file, "--reason", REASON]);
        let counts = office.json(&["patient", "P-7", "--reason", REASON]).pop().unwrap();
        ["total", "also_elsewhere", "contradicted"].map(|member| counts[member].as_u64().unwrap())
    };
    assert_eq!(counts("compact.ndjson"), [1, 0, 0]);
    assert_eq!(counts("pretty.json"), [1, 1, 0]);
    assert_eq!(counts("other.json"), [2, 1, 2]);
}
