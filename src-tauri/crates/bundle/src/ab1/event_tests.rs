//! What an audit bundle's record becomes: every member by hand, unknown words, odd but valid records.

use super::*;

const FULL: &str = r#"{"audit_log_version":"1.1","event":{"access_policy":"treatment-v3","action":"search",
"actor":{"display":"RN Amy \"A\" Okafor","id":"u-1041","role":"nurse","type":"human"},"break_glass":true,
"changes":[{"field":"status","new":"completed","old":"active"},{"field":"note"}],"correlation_id":"c-1",
"data_classification":["PHI"],"disclosure":{"description":"summary","legal_basis":"45 CFR 164.506(c)",
"purpose":"payment","recipient":"Example Health Plan","recipient_address":"1 Main St"},"event_id":"e-1",
"event_type":"phi_access","fields_accessed":["status"],"outcome":"success","outcome_detail":"ok",
"patient_ids":["MRN-2","MRN-1","MRN-2"],"purpose_of_use":["TREAT"],"reason":"rounds","recorded_at":
"2026-03-02T07:12:43Z","request_id":"r-1","resources":[{"id":"obs-1","type":"Observation"},{"id":"x"}],
"session_id":"s-1","source":{"device":"WS-7","ip":"10.0.0.7","system":"ehr-web","user_agent":"UA"},
"timestamp":"2026-03-02T07:12:42.564861Z","unheard_of":{"a":[1,2]}},"hash":"aa","nonce":"n","prev_hash":"bb",
"seq":7,"stream_id":"st"}"#;

fn full() -> Event {
    event_of(FULL.replace('\n', "").as_bytes()).unwrap()
}

fn with(from: &str, to: &str) -> Event {
    let line = FULL.replace('\n', "");
    assert!(line.contains(from), "{from}");
    event_of(line.replace(from, to).as_bytes()).unwrap()
}

#[test]
fn every_member_finds_its_field() {
    let some = |text: &str| Some(text.to_owned());
    let event = full();
    assert_eq!(event.stream_id, Some(StreamId::new("st")));
    assert_eq!(event.seq, Some(7));
    assert_eq!(event.event_id.as_str(), "e-1");
    assert_eq!(event.event_type, "phi_access");
    assert_eq!((event.action, event.action_recorded.as_str()), (Action::Query, "search"));
    assert_eq!(event.occurred_at.text(), "2026-03-02T07:12:42.564861Z");
    assert_eq!(event.recorded_at.unwrap().text(), "2026-03-02T07:12:43Z");
    assert_eq!(event.user_id.as_str(), "u-1041");
    assert_eq!(event.user_display_name, some("RN Amy \"A\" Okafor"));
    assert_eq!(event.actor_type, some("human"));
    assert_eq!(event.role, some("nurse"));
    assert_eq!(event.session_id.unwrap().as_str(), "s-1");
    assert_eq!(event.source_ip, some("10.0.0.7"));
    assert_eq!(event.device, some("WS-7"));
    assert_eq!(event.user_agent, some("UA"));
    assert_eq!(event.source_system, some("ehr-web"));
    assert_eq!(event.request_id, some("r-1"));
    assert_eq!(event.correlation_id, some("c-1"));
    assert_eq!(event.resource_type, some("Observation"));
    assert_eq!(event.resource_id, some("obs-1"));
    assert_eq!(event.patient_ids, [PatientId::new("MRN-2"), PatientId::new("MRN-1")]);
    assert_eq!(event.fields_accessed, ["status", "note"]);
    assert_eq!(event.outcome, Outcome::Success);
    assert_eq!(event.outcome_reason, some("ok"));
    assert_eq!(event.access_reason, some("rounds"));
    assert_eq!(event.purpose, ["TREAT"]);
    assert_eq!(event.access_policy, some("treatment-v3"));
    assert_eq!(event.data_classification, ["PHI"]);
    assert_eq!(event.break_glass, Some(true));
    let disclosure = event.disclosure.unwrap();
    assert_eq!(disclosure.recipient_name, some("Example Health Plan"));
    assert_eq!(disclosure.recipient_address, some("1 Main St"));
    assert_eq!(disclosure.purpose, some("payment"));
    assert_eq!(disclosure.legal_basis, some("45 CFR 164.506(c)"));
    assert_eq!(disclosure.description, some("summary"));
    assert_eq!(event.audit_log_version, some("1.1"));
    assert_eq!(event.previous_hash, some("bb"));
    assert_eq!(event.event_hash, some("aa"));
    assert!(event.notes.is_empty());
}

#[test]
fn a_failed_login_and_a_refused_authorization_have_their_own_words() {
    let login = with(r#""action":"search""#, r#""action":"login""#);
    assert_eq!(login.action, Action::Login);
    let line = FULL.replace('\n', "").replace(r#""outcome":"success""#, r#""outcome":"failure""#);
    let failed = event_of(line.replace(r#""action":"search""#, r#""action":"login""#).as_bytes()).unwrap();
    assert_eq!((failed.action, failed.outcome), (Action::LoginFailed, Outcome::Failure));
    let denied = event_of(line.replace("\"phi_access\"", "\"authorization\"").as_bytes()).unwrap();
    assert_eq!(denied.outcome, Outcome::Denied);
}

#[test]
fn unknown_words_are_kept_and_noted() {
    let event = with(r#""action":"search""#, r#""action":"peek""#);
    assert_eq!((event.action, event.action_recorded.as_str()), (Action::Other, "peek"));
    assert_eq!(event.notes, [MappingNote::ActionUnknown]);
    let event = with(r#""outcome":"success""#, r#""outcome":"fine""#);
    assert_eq!((event.outcome, event.notes.as_slice()), (Outcome::Unknown, &[MappingNote::OutcomeUnknown][..]));
}

#[test]
fn a_time_that_names_no_instant_is_kept_as_text() {
    for (text, note) in [
        ("2026-03-02T07:12:42", MappingNote::TimestampNoZone),
        ("0001-01-01T00:00:00Z", MappingNote::TimestampOutOfRange),
        ("yesterday", MappingNote::TimestampUnreadable),
    ] {
        let event = with("2026-03-02T07:12:42.564861Z", text);
        assert_eq!((event.occurred_at.text(), event.occurred_at.utc_nanos()), (text, None));
        assert_eq!(event.notes, [note]);
    }
}

#[test]
fn of_an_unknown_version_what_can_be_read_is_taken() {
    let event = with("\"1.1\"", "\"9.0\"");
    assert_eq!(event.notes, [MappingNote::VersionUnknown]);
    assert_eq!(event.user_id.as_str(), "u-1041");
    let line = br#"{"audit_log_version":"9.0","seq":3,"event":{"event_id":12,"actor":"u-1","patient_ids":"MRN-1","action":["read"]}}"#;
    let event = event_of(line).unwrap();
    assert_eq!((event.event_id.as_str(), event.seq), ("12", Some(3)));
    assert_eq!(event.patient_ids, [PatientId::new("MRN-1")]);
    assert!(event.notes.contains(&MappingNote::VersionUnknown));
}

#[test]
fn an_array_is_never_read_as_an_object() {
    let event = event_of(br#"{"audit_log_version":"1.0","event":{"event_id":"e","actor":["u-1"]}}"#).unwrap();
    assert_eq!((event.event_id.as_str(), event.user_id.as_str()), ("e", ""));
    assert_eq!(event_of(br#"["1.0","s",1,"a","b",{"event_id":"e"}]"#).unwrap_err().code(), "SCHEMA_INVALID");
    assert_eq!(event_of(br#"{"event":["e"]}"#).unwrap_err().code(), "SCHEMA_INVALID");
}

#[test]
fn a_record_without_an_id_is_named_by_its_hash() {
    let event = event_of(br#"{"audit_log_version":"1.0","event":{}}"#).unwrap();
    assert_eq!(event.event_id.as_str().len(), 64);
}

#[test]
fn what_is_no_record_is_told_apart() {
    let fault = |line: &[u8]| event_of(line).unwrap_err();
    assert_eq!(fault(b"{\"event\":{\"a\":\"\xff\"}}"), MapFault::NotUtf8 { byte_offset: 15 });
    assert!(matches!(fault(b"{\"event\":"), MapFault::Malformed { .. }));
    assert!(matches!(fault(b""), MapFault::Malformed { .. }));
    assert_eq!(fault(br#"{"event":{"action":"a","action":"b"}}"#).code(), "DUPLICATE_MEMBER");
    assert_eq!(fault(br#"{"seq":1}"#).code(), "SCHEMA_INVALID");
    assert_eq!(fault(b"[]").code(), "SCHEMA_INVALID");
    assert_eq!(fault(br#"{"event":"text"}"#).code(), "SCHEMA_INVALID");
    let deep = format!("{{\"event\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(fault(deep.as_bytes()).code(), "RECORD_UNPARSEABLE");
}

#[test]
fn no_text_of_a_record_reaches_an_error() {
    let fault = event_of(br#"{"event":{"actor":{"id":"MRN-SECRET","id":"MRN-SECRET"}}}"#).unwrap_err();
    assert!(!format!("{fault} {fault:?}").contains("SECRET"));
}
