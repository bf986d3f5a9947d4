//! What the FHIR profile does with resources that the published examples do not show.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say what they skip"
)]

mod told;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use bundle::records::{RecordCause, event_of, records};
use bundle::{Bundle, ContainerKind, Limits, MapFault, Profile, inspect};
use told::tell;

const LEAST: &str = r#""resourceType":"AuditEvent","recorded":"2026-01-01T00:00:00Z","outcome":"0","action":"R""#;

/// The fields of a resource with some members beside the least ones.
fn told(members: &str) -> Vec<String> {
    let raw = format!("{{{LEAST},{members}}}");
    tell(&event_of(Profile::FhirAuditEvent, raw.as_bytes()).unwrap()).lines().map(str::to_owned).collect()
}

#[track_caller]
fn check(members: &str, expected: &[&str]) {
    let told = told(members);
    for line in expected {
        assert!(told.iter().any(|told| told == line), "no `{line}` in {told:#?}");
    }
}

fn fault(raw: &[u8]) -> MapFault {
    event_of(Profile::FhirAuditEvent, raw).unwrap_err()
}

#[test]
fn of_several_requestors_the_first_person_wins() {
    check(
        r#""agent":[{"requestor":true,"who":{"reference":"Device/d"}},
            {"requestor":false,"who":{"reference":"Practitioner/no"}},
            {"requestor":true,"who":{"reference":"https://x.example/fhir/Practitioner/yes/_history/2"},"altId":"alt"},
            {"requestor":true,"who":{"reference":"Practitioner/late"}}]"#,
        &["user_id: https://x.example/fhir/Practitioner/yes/_history/2"],
    );
}

#[test]
fn a_machine_that_is_marked_as_requestor_is_the_actor_and_that_is_clear() {
    let told =
        told(r#""agent":[{"who":{"reference":"Practitioner/p"}},{"requestor":true,"who":{"reference":"Device/d"}}]"#);
    assert!(told.contains(&"user_id: Device/d".to_owned()));
    assert!(!told.iter().any(|line| line.starts_with("notes")));
}

#[test]
fn without_a_requestor_the_first_person_acts_and_that_is_noted() {
    check(
        r#""agent":[{"who":{"reference":"Device/d"}},{"who":{"identifier":{"value":"?"}}},
            {"type":{"coding":[{"code":"humanuser"}]},"altId":"p","name":"Pat"}]"#,
        &["user_id: p", "user_display_name: Pat", "notes: ACTOR_UNCLEAR"],
    );
    check(r#""agent":[{"who":{"reference":"Device/d"}},{"who":{"reference":"Device/e"}}]"#, &["user_id: Device/d"]);
    check(r#""agent":[]"#, &["notes: ACTOR_UNCLEAR"]);
}

#[test]
fn a_display_name_is_never_an_id() {
    let told = told(r#""agent":[{"requestor":true,"who":{"display":"Betty Jones"}}]"#);
    assert!(told.contains(&"user_display_name: Betty Jones".to_owned()));
    assert!(!told.iter().any(|line| line.starts_with("user_id")));
}

#[test]
fn the_agent_that_is_the_patient_is_not_a_patient_of_record() {
    let told = told(r#""agent":[{"requestor":true,"who":{"reference":"Patient/p"}}]"#);
    assert!(told.contains(&"user_id: Patient/p".to_owned()));
    assert!(!told.iter().any(|line| line.starts_with("patient_ids")));
}

#[test]
fn patients_are_named_once_and_a_patient_of_another_server_by_its_address() {
    check(
        r##""patient":{"reference":"Patient/a"},"entity":[
            {"what":{"reference":"Patient/a/_history/3"},"role":{"code":"1"}},
            {"what":{"reference":"https://x.example/Patient/b/_history/1"},"role":{"coding":[{"code":"1"}]}},
            {"what":{"identifier":{"value":"MRN-7"}},"type":{"code":"1"}},
            {"what":{"reference":"#p","identifier":{"value":"MRN-8"}},"role":{"code":"1"}},
            {"what":{"reference":"Practitioner/x"},"type":{"code":"1"}}]"##,
        &["patient_ids: a, https://x.example/Patient/b, MRN-7, MRN-8", "resource_type: Practitioner", "resource_id: x"],
    );
}

#[test]
fn outcomes_of_both_versions_are_read_and_unknown_ones_noted() {
    let outcome = |outcome: &str| {
        let raw = format!(
            r#"{{"resourceType":"AuditEvent","recorded":"2026-01-01T00:00:00Z","action":"R","outcome":{outcome},
            "agent":[{{"requestor":true,"altId":"u"}}]}}"#
        );
        let event = event_of(Profile::FhirAuditEvent, raw.as_bytes()).unwrap();
        (event.outcome.word(), event.notes.len())
    };
    for code in ["4", "8", "12"] {
        assert_eq!(outcome(&format!("\"{code}\"")), ("failure", 0));
        assert_eq!(outcome(&format!("{{\"code\":{{\"code\":\"{code}\"}}}}")), ("failure", 0));
    }
    for (code, word) in
        [("success", "success"), ("information", "success"), ("warning", "partial"), ("fatal", "failure")]
    {
        assert_eq!(outcome(&format!("{{\"code\":{{\"code\":\"{code}\"}}}}")), (word, 0));
    }
    assert_eq!(outcome("\"7\""), ("unknown", 1));
    assert_eq!(outcome("{}"), ("unknown", 1));
}

#[test]
fn the_time_of_the_event_goes_before_the_time_of_the_record() {
    let at = |members: &str| told(members).into_iter().find(|line| line.starts_with("occurred_at")).unwrap();
    assert_eq!(
        at(r#""period":{"start":"2025-12-31T23:00:00+01:00","end":"x"}"#),
        "occurred_at: 2025-12-31T23:00:00+01:00"
    );
    assert_eq!(at(r#""occurredPeriod":{"start":"2025-12-31T22:00:00Z"}"#), "occurred_at: 2025-12-31T22:00:00Z");
    assert_eq!(at(r#""occurredDateTime":"2025-12-31T21:00:00Z""#), "occurred_at: 2025-12-31T21:00:00Z");
    assert_eq!(at(r#""period":{"end":"x"}"#), "occurred_at: 2026-01-01T00:00:00Z");
    check(
        r#""occurredDateTime":"2025-12-31""#,
        &["occurred_at: 2025-12-31", "notes: TIMESTAMP_UNREADABLE, ACTOR_UNCLEAR"],
    );
}

#[test]
fn a_version_is_part_of_the_id_and_a_resource_without_an_id_is_named_by_its_hash() {
    check(r#""id":"e","meta":{"versionId":"3"}"#, &["event_id: e/_history/3"]);
    let raw = format!("{{{LEAST}}}");
    let event = event_of(Profile::FhirAuditEvent, raw.as_bytes()).unwrap();
    assert_eq!(event.event_id.as_str(), integrity::Digest::of(raw.as_bytes()).to_hex());
}

#[test]
fn emergency_access_and_purposes_are_seen_wherever_they_stand() {
    check(
        r#""purposeOfEvent":[{"text":"code blue","coding":[{"code":"ETREAT"}]}],
           "agent":[{"requestor":true,"altId":"u","purposeOfUse":[{"coding":[{"code":"BTG"},{"code":"X"}]},{"coding":[{"code":"ETREAT"}]}]}]"#,
        &["purpose: ETREAT, BTG", "break_glass: true", "access_reason: code blue"],
    );
}

#[test]
fn addresses_that_are_neither_host_nor_network_are_left_out() {
    let told = told(
        r#""agent":[{"requestor":true,"altId":"u","network":{"address":"tel:1","type":"3"}},
        {"network":{"address":"10.0.0.1","type":"2"}}]"#,
    );
    assert!(!told.iter().any(|line| line.starts_with("source_ip") || line.starts_with("device")));
    check(r#""agent":[{"requestor":true,"altId":"u","networkString":"10.0.0.9"}]"#, &["source_ip: 10.0.0.9"]);
}

#[test]
fn where_two_other_agents_have_an_address_none_is_taken() {
    let told = told(
        r#""agent":[{"requestor":true,"altId":"u"},{"network":{"address":"10.0.0.1","type":"2"}},
        {"network":{"address":"10.0.0.2","type":"2"}}]"#,
    );
    assert!(!told.iter().any(|line| line.starts_with("source_ip")));
}

#[test]
fn what_is_no_audit_event_is_told_apart_from_what_is_broken() {
    assert_eq!(fault(br#"{"resourceType":"Patient","agent":"x"}"#), MapFault::NotAnAuditEvent);
    assert_eq!(fault(br#"{"name":"a package","type":"IG"}"#), MapFault::NotAnAuditEvent);
    assert!(matches!(fault(br#"{"resourceType":"AuditEvent","agent":"x"}"#), MapFault::OtherShape { .. }));
    assert!(matches!(fault(br#"{"resourceType":"AuditEvent","agent":[["x"]]}"#), MapFault::OtherShape { .. }));
    assert_eq!(fault(br#"["AuditEvent"]"#), MapFault::NotAnAuditEvent);
    assert!(matches!(fault(br#"{"resourceType":"AuditEvent","id":"a","id":"b"}"#), MapFault::DuplicateMember { .. }));
    assert!(matches!(
        fault(b"{\"resourceType\":\"AuditEvent\",\"id\":\"\xc3\"}"),
        MapFault::NotUtf8 { byte_offset: 35 }
    ));
    let deep = format!(r#"{{"resourceType":"AuditEvent","extension":{}{}}}"#, "[".repeat(64), "]".repeat(64));
    assert!(matches!(fault(deep.as_bytes()), MapFault::TooComplex { .. }));
    let many = format!(r#"{{"resourceType":"AuditEvent","agent":[{}{{}}]}}"#, "{},".repeat(300_000));
    assert!(matches!(fault(many.as_bytes()), MapFault::TooComplex { .. }));
}

fn event(id: &str) -> String {
    format!(r#"{{"resourceType":"AuditEvent","id":"{id}","recorded":"2026-01-01T00:00:00Z"}}"#)
}

/// What the records of a bundle are: id, line, index and offset, or the code of what is wrong.
fn listed(bundle: &Bundle) -> Vec<String> {
    let mut lines = Vec::new();
    for run in records(bundle) {
        let run = match run {
            Ok(run) => run,
            Err(fault) => {
                lines.push(fault.to_string());
                continue;
            }
        };
        for record in run.records() {
            lines.push(match record {
                Err(trouble) => format!("{}: {}", trouble.place.file, trouble.cause.code()),
                Ok(record) => {
                    let place = &record.place;
                    let told = match event_of(bundle.profile(), record.bytes) {
                        Ok(event) => event.event_id.as_str().to_owned(),
                        Err(fault) => fault.code().to_owned(),
                    };
                    format!("{}: {told} {:?} {:?} {}", place.file, place.line, place.index, place.byte_offset)
                }
            });
        }
    }
    lines
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    fs::write(folder.join(name), content).unwrap();
}

#[test]
fn a_folder_of_all_three_shapes_is_read_and_what_is_bad_in_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "1.json", event("one"));
    write(
        folder.path(),
        "2.ndjson",
        format!("\u{feff}{}\r\n\n{{\"resourceType\":\"Patient\"}}\n{{\n{}", event("two"), event("three")),
    );
    let entries = format!(
        r#"{{"fullUrl":"u","resource":{}}}, {{}}, {{"resource":{{"resourceType":"AuditEvent","id":"x","id":"y"}}}}"#,
        event("four")
    );
    write(folder.path(), "3.json", format!(r#"{{"resourceType":"Bundle","signature":{{}},"entry":[{entries}]}}"#));
    write(folder.path(), "4.json", format!("{}\n{}\n", event("five"), event("six")));
    write(folder.path(), "5.json", "{\"resourceType\":\"AuditEvent\"");
    write(folder.path(), "6.json", b"{\"a\":\"\xff\"}");
    write(folder.path(), "7.ndjson", "");
    write(folder.path(), "readme.txt", "hello");
    let opened = bundle::open(folder.path(), &Limits::standard()).unwrap();
    assert_eq!(
        listed(&opened),
        [
            "1.json: one None None 0",
            "2.ndjson: two Some(1) None 3",
            "2.ndjson: RESOURCE_NOT_AUDIT_EVENT Some(3) None 80",
            "2.ndjson: RECORD_UNPARSEABLE Some(4) None 107",
            "2.ndjson: three Some(5) None 109",
            "3.json: four None Some(0) 75",
            "3.json: SCHEMA_INVALID",
            "3.json: DUPLICATE_MEMBER None Some(2) 169",
            "4.json: five Some(1) None 0",
            "4.json: six Some(2) None 76",
            "5.json: RECORD_UNPARSEABLE",
            "6.json: RECORD_UNPARSEABLE",
        ]
    );
    let inspection = inspect(&opened);
    assert_eq!(inspection.counts.records, Some(11));
    assert_eq!(inspection.counts.records_unreadable, 5);
    assert_eq!(inspection.counts.resources_of_other_types, 1);
    assert_eq!(inspection.counts.other_files, 1);
    assert_eq!(inspection.signatures_present, 1);
    assert_eq!(inspection.coverage.len(), 1);
    assert_eq!(inspection.problems.len(), 5);
}

#[test]
fn a_single_file_is_a_bundle_whatever_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "export", format!("{}\n{}", event("a"), event("b")));
    let opened = bundle::open(&folder.path().join("export"), &Limits::standard()).unwrap();
    assert_eq!((opened.container(), opened.profile()), (ContainerKind::File, Profile::FhirAuditEvent));
    assert_eq!(listed(&opened), ["export: a Some(1) None 0", "export: b Some(2) None 73"]);
}

#[test]
fn a_large_file_is_read_line_by_line_if_it_is_lines_and_refused_if_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let filler = format!("{}\n", event("a"));
    let lines = filler.repeat((64 << 20) / filler.len() + 2);
    write(folder.path(), "lines.json", &lines);
    let opened = bundle::open(&folder.path().join("lines.json"), &Limits::standard()).unwrap();
    let count: usize = records(&opened).map(|run| run.unwrap().records().map(Result::unwrap).count()).sum();
    assert_eq!(count, lines.len() / filler.len());

    write(folder.path(), "one.json", lines.replacen('\n', ",", 1).replace("{\"", "\n{\n\""));
    let opened = bundle::open(&folder.path().join("one.json"), &Limits::standard()).unwrap();
    let run = records(&opened).next().unwrap().unwrap();
    let trouble = run.records().next().unwrap().unwrap_err();
    assert_eq!(trouble.cause, RecordCause::FileTooLarge { limit_bytes: 64 << 20 });
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// So many resources, each on a line.
fn bulk(count: usize) -> String {
    let lines = (0..count).map(|number| format!("{{{LEAST},\"id\":\"e{number}\"}}\n"));
    lines.collect::<Vec<_>>().concat()
}

/// The places of the records of a bundle, and how reading each file that failed failed.
fn places(opened: &Bundle) -> (Vec<(String, u64, u64)>, Vec<String>) {
    let (mut places, mut failed) = (Vec::new(), Vec::new());
    for run in records(opened) {
        match run {
            Ok(run) => places.extend(run.records().map(|record| {
                let place = record.unwrap().place;
                (place.file.to_string(), place.line.unwrap(), place.byte_offset)
            })),
            Err(fault) => failed.push(fault.trouble().unwrap().code.code().to_owned()),
        }
    }
    (places, failed)
}

#[test]
fn a_packed_bulk_file_is_read_as_what_it_unpacks_to() {
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("AuditEvent.ndjson");
    fs::write(&plain, bulk(2_000)).unwrap();
    let (expected, _) = places(&bundle::open(&plain, &Limits::standard()).unwrap());
    assert_eq!(expected.len(), 2_000);

    // By itself its content tells, whatever it is called; among others its name does.
    let alone = dir.path().join("export");
    fs::write(&alone, gzip(&bulk(2_000))).unwrap();
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("AuditEvent.NDJSON.gz"), gzip(&bulk(2_000))).unwrap();
    fs::write(folder.join("notes.txt.gz"), gzip("nothing of ours")).unwrap();
    for path in [&alone, &folder] {
        let opened = bundle::open(path, &Limits::standard()).unwrap();
        assert_eq!(opened.profile(), Profile::FhirAuditEvent);
        let (found, failed) = places(&opened);
        let lines = |places: &[(String, u64, u64)]| places.iter().map(|(_, line, at)| (*line, *at)).collect::<Vec<_>>();
        assert_eq!((lines(&found), failed), (lines(&expected), Vec::new()), "{}", path.display());
        assert_eq!(inspect(&opened).counts.records, Some(2_000));
    }

    // What is no file of lines is not taken for one.
    let document = dir.path().join("bundle.json.gz");
    fs::write(&document, gzip("{\n\"resourceType\": \"Bundle\", \"type\": \"AuditEvent\"\n}")).unwrap();
    assert!(bundle::open(&document, &Limits::standard()).is_err());
}

#[test]
fn a_packed_bulk_file_that_is_damaged_or_a_trap_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("AuditEvent.ndjson.gz");
    let whole = gzip(&bulk(30_000));
    let reading = |bytes: &[u8], limits: &Limits| {
        fs::write(&path, bytes).unwrap();
        let (places, failed) = places(&bundle::open(&path, limits).unwrap());
        (places.len(), failed)
    };
    let standard = Limits::standard();
    let (read, failed) = reading(&whole[..whole.len() - 9], &standard);
    assert!(read > 0 && failed == ["ARCHIVE_LAYOUT"], "{read} {failed:?}");

    let few = Limits { entry_bytes_max: 1 << 20, ..Limits::standard() };
    let (read, failed) = reading(&whole, &few);
    assert!(read < 30_000 && failed == ["ARCHIVE_LIMIT_EXCEEDED"], "{read} {failed:?}");

    let blank = format!("{}\n", " ".repeat(4_000));
    let trap = gzip(&format!("{}{}", bulk(1), blank.repeat(5_200)));
    assert_eq!(reading(&trap, &standard).1, ["ARCHIVE_LIMIT_EXCEEDED"]);
}
