//! Looks: the caveats that go with what is shown, what stays covered, and the line each leaves.

use serde_json::json;

use crate::office::{Office, PATIENT, REASON};

const NOTE: &str = "The record does not say who asked; the first person named was taken.";

/// The reference of the event with two patients.
fn unclear(office: &Office) -> String {
    let rows = office.json(&["search", "patient:P-1001", "--reason", REASON]);
    rows[0]["event_ref"].as_str().unwrap().to_owned()
}

#[test]
fn an_event_is_told_with_its_caveats_in_every_form() {
    let office = Office::open();
    let event = unclear(&office);
    let look = ["event", &event, "--reason", REASON];
    for form in ["text", "csv"] {
        let told = office.done(&[&look[..], &["--format", form]].concat());
        assert!(told.contains(NOTE) && told.contains("ACTOR_UNCLEAR"), "{form}: {told}");
        assert!(told.contains("carry no evidence of their own"), "{form}: {told}");
    }
    let told = &office.json(&look)[0];
    assert_eq!(told["notes"], json!([{ "code": "ACTOR_UNCLEAR", "sentence": NOTE }]));
}

#[test]
fn rows_carry_their_notes() {
    let office = Office::open();
    let look = ["search", "patient:P-1001", "--reason", REASON];
    assert_eq!(office.json(&look)[0]["notes"][0]["code"], "ACTOR_UNCLEAR");
    let text = office.done(&look);
    assert!(text.lines().next().unwrap().ends_with("ACTOR_UNCLEAR") && text.contains(NOTE), "{text}");
    let table = office.done(&[&look[..], &["--format", "csv"]].concat());
    assert!(table.lines().nth(1).unwrap().ends_with("\"ACTOR_UNCLEAR\""), "{table}");
}

#[test]
fn names_and_other_patients_are_shown_only_after_a_reveal_of_their_own() {
    let office = Office::open();
    let event = unclear(&office);
    let look = ["event", &event, "--reason", REASON];
    let secrets = ["Whitfield", "Gomez", "P-1001", "P-2002"];
    for form in ["text", "csv", "json"] {
        let told = office.done(&[&look[..], &["--format", form]].concat());
        for secret in secrets {
            assert!(!told.contains(secret), "{form} shows {secret}: {told}");
        }
        assert!(told.contains("77"), "who asked is shown by id");
    }
    let text = office.done(&look);
    assert!(text.lines().any(|line| line.split_whitespace().eq(["Patients", "2", "covered"])), "{text}");
    let reveals = |office: &Office| office.log().iter().filter(|entry| entry["action"] == "reveal").count();
    assert_eq!(reveals(&office), 0);
    let told = office.json(&[&look[..], &["--reveal"]].concat());
    for secret in secrets {
        assert!(told[0].to_string().contains(secret), "{secret}");
    }
    assert_eq!(reveals(&office), 1);
}

#[test]
fn an_empty_or_too_short_reason_is_none_and_the_refusal_is_written() {
    let office = Office::open();
    let refusals = |office: &Office| office.log().iter().filter(|entry| entry["action"] == "refused").count();
    let reasons = ["", "   ", "x", "1234567", "\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}"];
    for (before, reason) in reasons.into_iter().enumerate() {
        let (code, complaint) = office.refused(&["patient", PATIENT, "--reason", reason]);
        assert_eq!(code, Some(4), "{reason:?}: {complaint}");
        assert!(complaint.contains("at least 8 characters"), "{complaint}");
        assert_eq!(refusals(&office), before + 1, "{reason:?}");
    }
    let (code, complaint) = office.refused(&["import", "sample", "--reason", " "]);
    assert_eq!(code, Some(4), "{complaint}");
    let log = office.log();
    let refused: Vec<_> = log.iter().filter(|entry| entry["action"] == "refused").collect();
    assert_eq!(
        (refused[0]["object"].as_str(), refused.last().unwrap()["object"].as_str()),
        (Some("look"), Some("import"))
    );
    assert!(log.iter().all(|entry| entry["action"] != "look"), "nothing was looked at");
}

#[test]
fn the_log_says_which_bundle() {
    let office = Office::open();
    let look = office.json(&["patient", PATIENT, "--reason", REASON]);
    let bundle = look[0]["bundle"].as_str().unwrap();
    let log = office.log();
    let about = |action: &str| log.iter().find(|entry| entry["action"] == action && entry["bundle"] == bundle).unwrap();
    for action in ["import", "verify", "look"] {
        let entry = about(action);
        let (name, object) = (entry["bundle_name"].as_str().unwrap(), entry["object"].as_str().unwrap());
        assert!(!name.is_empty() && object.starts_with(&format!("{name} ({})", &bundle[..12])), "{entry}");
    }
    let text = office.done(&["access-log", "show"]);
    assert!(text.contains(&bundle[..12]), "{text}");
    assert!(text.contains("Times are in UTC."), "{text}");
}

#[test]
fn a_person_of_a_fhir_export_is_found_in_the_form_it_writes_them_in_and_as_recorded() {
    let office = Office::open();
    let asked = |words: &[&str]| {
        let lines = office.json(&[words, &["--reason", REASON]].concat());
        let (counts, rows) = lines.split_last().unwrap();
        (rows.to_vec(), counts.clone())
    };
    for form in ["P-1001", "Patient/P-1001", "Patient/P-1001/_history/2"] {
        let (rows, counts) = asked(&["patient", form]);
        assert_eq!((rows.len(), &counts["total"]), (1, &json!(1)), "{form}");
        assert_eq!(rows[0]["patient_ids"], json!(["P-1001"]), "{form}: the other patient stays covered");
    }
    for form in ["77", "Practitioner/77"] {
        let (rows, _) = asked(&["user-activity", form]);
        assert_eq!(rows[0]["user_id"], "Practitioner/77", "{form}");
        assert_eq!(rows.len(), 1, "{form}");
    }
    let (_, counts) = asked(&["search", "-patient:Patient/P-1001 user:Practitioner/77"]);
    assert_eq!(counts["total"], 0, "who is left out is left out in both forms");
    // What was asked for in all stands in the answer and in the log.
    let (_, counts) = asked(&["patient", "Patient/P-1001"]);
    assert_eq!(counts["asked_as"], "patient:Patient/P-1001,P-1001");
    assert_eq!(asked(&["patient", PATIENT]).1.get("asked_as"), None);
    let looks: Vec<_> = office.log().into_iter().filter(|entry| entry["action"] == "look").collect();
    let said = |query: &str| looks.iter().any(|look| look["object"].as_str().unwrap().ends_with(query));
    assert!(said("patient:Patient/P-1001,P-1001") && said("user:Practitioner/77"), "{looks:?}");
    // In another export an id is what it is.
    assert!(said("patient:Patient/P-1001") && said("user:77"), "{looks:?}");
}

#[test]
fn a_look_into_a_damaged_bundle_says_that_it_is_damaged() {
    let office = Office::open();
    let whole = office.json(&["search", "action:login", "--reason", REASON]).pop().unwrap();
    assert_eq!(whole.get("altered_bundles"), None);
    let bundle = office.json(&["import", "damaged", "--reason", REASON]).remove(0)["bundle"].clone();
    let id = bundle.as_str().unwrap();
    let words = ["search", "", "--bundle", id, "--reason", REASON];
    assert_eq!(office.json(&words).pop().unwrap()["altered_bundles"], json!([id]));
    let told = office.done(&words);
    assert!(told.contains(&format!("({}): Altered or damaged. ", &id[..12])), "{told}");
    let output = office.run(&["search", "", "--reason", REASON, "--format", "csv"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains(": Altered or damaged. "));
}

#[test]
fn a_range_that_ends_before_it_begins_is_refused() {
    let office = Office::open();
    let words = ["patient", PATIENT, "--from", "2026-03-09", "--to", "2026-03-02", "--reason", REASON];
    let (code, complaint) = office.refused(&words);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("ends before it begins"), "{complaint}");
}

#[test]
fn events_without_a_time_are_in_no_range_and_are_told() {
    let office = Office::open();
    let event = |id: &str, recorded: &str| {
        json!({
            "resourceType": "AuditEvent", "id": id, "type": {"code": "rest"}, "action": "R", "recorded": recorded,
            "outcome": "0", "agent": [{"who": {"reference": "Practitioner/9"}, "requestor": true}],
            "source": {"observer": {"display": "ehr"}}, "entity": [{"what": {"reference": "Patient/P-7"}}]
        })
    };
    let lines = ["2026-03-02T10:00:00", "2026-03-02T10:05:00", "2026-03-03T11:00:00Z"];
    let lines: Vec<_> = lines.iter().enumerate().map(|(at, time)| event(&format!("e{at}"), time).to_string()).collect();
    std::fs::write(office.path("bare.ndjson"), lines.join("\n") + "\n").unwrap();
    office.done(&["import", "bare.ndjson", "--reason", REASON]);
    let within = ["patient", "P-7", "--from", "2026-03-01", "--to", "2026-03-31", "--reason", REASON];
    let counts = office.json(&within).pop().unwrap();
    assert_eq!((&counts["total"], &counts["outside_time"]), (&json!(1), &json!(2)));
    let told = office.done(&within);
    assert!(told.contains("1 event, 1 user; 2 more have no usable time and can be in no range"), "{told}");
    let counts = office.json(&["patient", "P-7", "--reason", REASON]).pop().unwrap();
    assert_eq!((&counts["total"], &counts["outside_time"]), (&json!(3), &json!(0)));
    // Another export with two of the three, and one more without a time: an event that both hold counts once.
    let more = [lines[0].clone(), lines[2].clone(), event("e9", "2026-03-04T09:00:00").to_string()];
    std::fs::write(office.path("more.ndjson"), more.join("\n") + "\n").unwrap();
    office.done(&["import", "more.ndjson", "--reason", REASON]);
    let counts = office.json(&within).pop().unwrap();
    assert_eq!((&counts["total"], &counts["outside_time"]), (&json!(1), &json!(3)));
}

#[test]
fn every_question_that_was_tried_is_closed_in_the_log() {
    let office = Office::open();
    office.done(&["user-activity", "nobody-9", "--reason", REASON]);
    office.done(&["search", "user:nobody-9 action:read", "--reason", REASON]);
    office.done(&["search", "user:77 action:read", "--from", "2026-03-01", "--reason", REASON]);
    let log = office.log();
    let count = |action: &str| log.iter().filter(|entry| entry["action"] == action).count();
    assert!(count("look") > 10, "other forms were tried: {}", count("look"));
    assert_eq!(count("look_closed"), count("look"));
}

#[test]
fn who_is_not_found_in_a_fhir_export_is_followed_by_the_forms_it_records() {
    let office = Office::open();
    let output = office.run(&["user-activity", "Practitioner/78", "--reason", REASON]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("a user by an identifier") && !said.contains("78"), "{said}");
}
