//! Every FHIR `AuditEvent` of the conformance data maps to the fields of formats 2.1, as read from the files by hand.

#![allow(clippy::too_many_lines, reason = "flat tables of what the files state")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say what they skip"
)]

mod told;
mod vectors_folder;

use std::collections::BTreeMap;
use std::path::Path;

use bundle::records::{event_of, records};
use bundle::{Limits, MapFault, Profile};
use told::tell;
use vectors_folder::vectors;

/// All events of a folder by the name of their file, and the files that hold something else.
fn events(folder: &Path) -> (BTreeMap<String, String>, Vec<String>) {
    let opened = bundle::open(folder, &Limits::standard()).unwrap();
    assert_eq!(opened.profile(), Profile::FhirAuditEvent);
    let mut events = BTreeMap::new();
    let mut others = Vec::new();
    for run in records(&opened) {
        let run = run.unwrap();
        for record in run.records() {
            let record = record.unwrap();
            let file = record.place.file.to_string();
            match event_of(opened.profile(), record.bytes) {
                Ok(event) => drop(events.insert(file, tell(&event))),
                Err(MapFault::NotAnAuditEvent) => others.push(file),
                Err(fault) => panic!("{file}: {fault}"),
            }
        }
    }
    (events, others)
}

/// What both versions of an example state.
const SEARCH: &str = "
    event_id: example-search | event_type: rest/search | action: query (E) | occurred_at: 2015-08-22T23:42:24Z |
    recorded_at: 2015-08-22T23:42:24Z | user_id: 95 | user_display_name: Grahame Grieve |
    actor_type: humanuser | device: Workstation1.ehr.familyclinic.com |
    source_system: hl7connect.healthintersections.com.au | outcome: success
";

const DISCLOSURE: &str = "
    event_id: example-disclosure | event_type: 110106/Disclosure | action: read (R) |
    occurred_at: 2013-09-22T00:08:00Z | recorded_at: 2013-09-22T00:08:00Z | user_id: SomeIdiot@nowhere |
    user_display_name: That guy everyone wishes would be caught | actor_type: 110153 |
    device: custodian.net | source_system: Watchers Accounting of Disclosures Application |
    resource_type: Patient | resource_id: example | patient_ids: example | outcome: success |
    outcome_reason: Successful  Disclosure | purpose: HMARKT | access_policy: http://consent.com/yes |
    data_classification: V, STD, DELAU | disclosure.recipient_name: Where |
    disclosure.recipient_address: marketing.land | disclosure.purpose: healthcare marketing |
    disclosure.description: data about Everthing important
";

/// Holds the fields of one event against what its file states: `field: value`, with a bar between two of them.
#[track_caller]
fn check(events: &BTreeMap<String, String>, file: &str, expected: &str) {
    let Some(event) = events.get(file) else {
        println!("skipped: no conformance data ({file})");
        return;
    };
    let expected: Vec<&str> = expected.split(['|', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect();
    let told: Vec<&str> = event.lines().collect();
    assert_eq!(told, expected, "{file}");
}

#[test]
fn every_r4_example_has_the_fields_that_its_file_states() {
    let Some(folder) = vectors("fhir-auditevent-r4") else { return };
    let (events, others) = events(&folder);
    assert!(others.is_empty());
    check(
        &events,
        "audit-event-example-login.json",
        "
            event_id: example-login | event_type: 110114/110122 | action: login (E) |
            occurred_at: 2013-06-20T23:41:23Z | recorded_at: 2013-06-20T23:41:23Z | user_id: 95 |
            user_display_name: Grahame Grieve | actor_type: humanuser | source_ip: 127.0.0.1 |
            source_system: hl7connect.healthintersections.com.au | outcome: success
        ",
    );
    check(&events, "audit-event-example-search.json", SEARCH);
    check(
        &events,
        "audit-event-example-vread.json",
        "
            event_id: example-rest | event_type: rest/vread | action: read (R) |
            occurred_at: 2013-06-20T23:42:24Z | recorded_at: 2013-06-20T23:42:24Z | user_id: 95 |
            user_display_name: Grahame Grieve | actor_type: humanuser |
            device: Workstation1.ehr.familyclinic.com | source_system: hl7connect.healthintersections.com.au |
            resource_type: Patient | resource_id: example | patient_ids: example | outcome: success
        ",
    );
    check(&events, "auditevent-example-disclosure.json", DISCLOSURE);
    check(
        &events,
        "auditevent-example.json",
        "
            event_id: example | event_type: 110100/110120 | action: execute (E) |
            occurred_at: 2012-10-25T22:04:27+11:00 | recorded_at: 2012-10-25T22:04:27+11:00 | user_id: Grahame |
            actor_type: humanuser | role: Service User (Logon) | source_ip: 127.0.0.1 |
            source_system: Grahame's Laptop | resource_type: Other | resource_id: ABCDEF | outcome: success |
            notes: ACTOR_UNCLEAR
        ",
    );
    assert!(events.len() >= 5);
}

#[test]
fn every_r5_example_has_the_fields_that_its_file_states() {
    let Some(folder) = vectors("fhir-auditevent-r5") else { return };
    let (events, others) = events(&folder);
    assert!(others.is_empty());
    check(
        &events,
        "audit-event-example-create-traceID.json",
        "
            event_id: example-rest-create-traceID | event_type: rest/create | action: create (C) |
            occurred_at: 2019-12-04T11:59:28.646+00:00 | recorded_at: 2019-12-04T11:59:28.646+00:00 |
            user_id: 95 | actor_type: humanuser | device: Workstation1.ehr.familyclinic.com |
            source_system: hl7connect.healthintersections.com.au |
            correlation_id: 6b507ee2d716780372c255df69ece653 | patient_ids: example | outcome: success
        ",
    );
    check(
        &events,
        "audit-event-example-login.json",
        "
            event_id: example-login | event_type: 110114/110122 | action: login (E) |
            occurred_at: 2013-06-20T23:41:23Z | recorded_at: 2013-06-20T23:41:23Z | user_id: 95 |
            user_display_name: Grahame Grieve | actor_type: humanuser |
            device: Workstation1.ehr.familyclinic.com | source_system: hl7connect.healthintersections.com.au |
            outcome: success
        ",
    );
    check(&events, "audit-event-example-search.json", SEARCH);
    check(
        &events,
        "auditevent-example-breakglass-start.json",
        "
            event_id: example-breakglass-start | event_type: 110113/110127 | action: break_glass (E) |
            occurred_at: 2013-09-22T00:08:00Z | recorded_at: 2013-09-22T00:08:00Z | user_id: Practitioner/f001 |
            device: custodian.net | source_system: Watchers Accounting of Disclosures Application |
            patient_ids: example | outcome: success | outcome_reason: Successful  Start of Break-Glass |
            purpose: ETREAT | break_glass: true
        ",
    );
    // The two spaces of the older example have become one.
    let disclosure = DISCLOSURE.replace("Successful  ", "Successful ");
    check(&events, "auditevent-example-disclosure.json", &disclosure);
    check(
        &events,
        "auditevent-example.json",
        "
            event_id: example | event_type: 110100/110120 | action: execute (E) |
            occurred_at: 2012-10-25T22:04:27+11:00 | recorded_at: 2012-10-25T22:04:27+11:00 | user_id: Grahame |
            role: Service User (Logon) | device: Workstation1.ehr.familyclinic.com |
            source_system: Grahame's Laptop | resource_id: ABCDEF | outcome: success | notes: ACTOR_UNCLEAR
        ",
    );
    assert!(events.len() >= 6);
}

#[test]
fn balp_examples_name_the_client_the_request_and_the_recipient() {
    let Some(folder) = vectors("ihe-balp") else { return };
    let (events, others) = events(&folder);
    assert_eq!(others, ["package.json"]);
    assert!(events.len() >= 20);
    for (file, told) in &events {
        let line = |field: &str| told.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(": "));
        assert_eq!(line("event_id"), file.strip_prefix("AuditEvent-").and_then(|name| name.strip_suffix(".json")));
        let has_patient = !file.contains("NoPatient") && !file.contains("Poke");
        assert_eq!(line("patient_ids"), has_patient.then_some("ex-patient"), "{file}");
        let has_requestor = !file.contains("NoUser") && !file.contains("UpdateNoPatient");
        assert_eq!(line("notes"), (!has_requestor).then_some("ACTOR_UNCLEAR"), "{file}");
    }
    // The client reads: its role is *destination*, the server's is *source*. The address is still the client's.
    check(
        &events,
        "AuditEvent-ex-auditBasicReadOClient.json",
        "
            event_id: ex-auditBasicReadOClient | event_type: rest/read | action: read (R) |
            occurred_at: 2020-04-29T09:49:00.000Z | recorded_at: 2020-04-29T09:49:00.000Z |
            user_display_name: JohnSmith | actor_type: UserOauthAgent |
            source_ip: 2001:0db8:85a3:0000:0000:8a2e:0370:7334 | source_system: myMachine.example.org |
            correlation_id: 76d148b6-586d-11ec-bf63-0242ac130002 | resource_type: List | resource_id: ex-list |
            patient_ids: ex-patient | outcome: success | access_policy: C187CC480FAC40A0936902D8BC324F5F
        ",
    );
    check(
        &events,
        "AuditEvent-ex-auditAuthZconsent-deny.json",
        "
            event_id: ex-auditAuthZconsent-deny | event_type: 110113/AuthZ-Consent | action: execute (E) |
            occurred_at: 2021-12-27T09:49:00.000Z | recorded_at: 2021-12-27T09:49:00.000Z |
            user_id: Practitioner/ex-practitioner | actor_type: IRCP |
            source_ip: 2001:0db8:85a3:0000:0000:8a2e:0370:7334 | source_system: Device/ex-authz |
            resource_type: Consent | resource_id: ex-consent | patient_ids: ex-patient | outcome: failure |
            outcome_reason: Consent denied access to this user | purpose: PATRQT
        ",
    );
    check(
        &events,
        "AuditEvent-ex-auditBasicQueryPost.json",
        "
            event_id: ex-auditBasicQueryPost | event_type: rest/search-type | action: query (E) |
            occurred_at: 2020-04-29T09:49:00.000Z | recorded_at: 2020-04-29T09:49:00.000Z |
            user_display_name: John Smith | actor_type: IRCP |
            source_ip: 2001:0db8:85a3:0000:0000:8a2e:0370:7334 | source_system: Device/ex-device |
            patient_ids: ex-patient | outcome: success
        ",
    );
    check(
        &events,
        "AuditEvent-ex-auditPrivacyDisclosure-source.json",
        "
            event_id: ex-auditPrivacyDisclosure-source | event_type: 110106/disclose,read | action: read (R) |
            occurred_at: 2020-04-29T09:49:00.000Z | recorded_at: 2020-04-29T09:49:00.000Z |
            user_id: Patient/ex-patient | actor_type: 429577009 | device: myDevice.example.com |
            source_system: model number ABC, serial number 1234 | resource_type: DocumentReference |
            resource_id: ex-documentreference | patient_ids: ex-patient | outcome: success | purpose: PATRQT |
            disclosure.recipient_name: myMachine.example.org |
            disclosure.recipient_address: http://server.example.com/fhir | disclosure.purpose: patient requested
        ",
    );
}
