//! The text form of filters: what it means, that it survives printing, and that its faults give nothing away.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use model::{Action, BundleId, Event, EventId, Instant, Outcome, PatientId, SessionId, UserId};
use proptest::prelude::*;
use timeline::{
    AnyOf, Circumstances, Condition, Edge, Field, Filter, Integrity, Moment, Pattern, Problem, Term, Word, Zone,
};

fn event() -> Event {
    Event {
        stream_id: None,
        seq: Some(7),
        event_id: EventId::new("e-7"),
        event_type: "phi_access".to_owned(),
        action: Action::Read,
        action_recorded: "read".to_owned(),
        occurred_at: Instant::parse("2026-03-14T02:19:41.120-04:00").unwrap(),
        recorded_at: None,
        user_id: UserId::new("m.lopez"),
        user_display_name: None,
        actor_type: None,
        role: Some("Nurse".to_owned()),
        session_id: Some(SessionId::new("S-1")),
        source_ip: Some("2001:DB8::1".to_owned()),
        device: None,
        user_agent: None,
        source_system: Some("ehr-core".to_owned()),
        request_id: None,
        correlation_id: None,
        resource_type: Some("Observation".to_owned()),
        resource_id: Some("77/1".to_owned()),
        patient_ids: vec![PatientId::new("MRN 55310"), PatientId::new("Ä-2")],
        fields_accessed: vec![],
        outcome: Outcome::Success,
        outcome_reason: None,
        access_reason: None,
        purpose: vec![],
        access_policy: None,
        data_classification: vec!["PHI".to_owned()],
        break_glass: None,
        disclosure: None,
        audit_log_version: None,
        previous_hash: None,
        event_hash: None,
        notes: vec![],
    }
}

const RAW: &[u8] = r#"{"event":{"ward":"ED \"east\"","name":"Jørgensen"}}"#.as_bytes();

#[track_caller]
fn check(text: &str, expected: bool) {
    let zone = timeline::zone("America/New_York").unwrap();
    let filter = Filter::parse(text, zone).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let bundle = BundleId::new("0a1b2c3d4e5f");
    let circumstances = Circumstances { raw: RAW, bundle: &bundle, integrity: Integrity::NotVerified };
    assert_eq!(filter.matches(&event(), circumstances), expected, "{text}");
    assert_eq!(Filter::parse(&filter.to_string(), zone).as_ref(), Ok(&filter), "{text} printed as {filter}");
    // In full it means the same in any zone.
    let elsewhere = Filter::parse(&filter.text_in_full(), Zone::UTC).unwrap();
    assert_eq!(elsewhere.period(), filter.period(), "{text}");
    assert_eq!(elsewhere.matches(&event(), circumstances), expected, "{text}");
}

#[test]
fn terms_are_and_commas_are_or_and_a_minus_turns_round() {
    check("", true);
    check("user:m.lopez action:read", true);
    check("user:m.lopez action:print", false);
    check("action:print,read", true);
    check("-action:print", true);
    check("-action:read,print", false);
    check("user:m.lopez -user:m.lopez", false);
}

#[test]
fn ids_are_exact_and_labels_ignore_case() {
    check("user:M.Lopez", false);
    check("session:s-1", false);
    check("role:nurse SYSTEM:EHR-core class:phi ip:2001:db8::1 type:PHI_access", true);
    check("bundle:0A1B*", true);
}

#[test]
fn quotes_and_stars() {
    check(r#"patient:"MRN 55310""#, true);
    check("patient:MRN", false);
    check("patient:MRN*", true);
    check(r#"patient:"MRN 5"*"#, true);
    check(r#"patient:"MRN*""#, false);
    check("patient:Ä*", true);
    check("user:m.l*", true);
    check("action:re*", true);
    check("action:log*", false);
}

#[test]
fn a_field_without_a_value_is_empty() {
    check(r#"policy:"""#, true);
    check("policy:*", false);
    check("-policy:*", true);
    check("patient:*", true);
    check(r#"patient:"""#, false);
}

#[test]
fn a_resource_is_its_type_or_type_and_id() {
    check("resource:Observation", true);
    check("resource:Obs", false);
    check("resource:Obs*", true);
    check("resource:Observation/77/1", true);
    check("resource:Observation/77", false);
    check("resource:Observation/77*", true);
    check("resource:Observation/*", true);
    check("resource:observation", false);
}

#[test]
fn times_include_what_they_name() {
    check("from:2026-03-14 to:2026-03-14", true);
    check("to:2026-03-13", false);
    check("to:2026-03-14T02:19", true);
    check("to:2026-03-14T02:18", false);
    check("from:2026-03-14T06:19:41Z", true);
    check("to:2026-03-14T06:19:41Z", true);
    check("to:2026-03-14T06:19:41.119Z", false);
    check(r#"from:"2026-03-14 02:19""#, true);
}

#[test]
fn an_undated_event_is_in_no_range() {
    let mut undated = event();
    undated.occurred_at = Instant::undated("yesterday");
    let bundle = BundleId::new("b");
    let circumstances = Circumstances { raw: RAW, bundle: &bundle, integrity: Integrity::Stands };
    for (text, expected) in [("from:2026-01-01", false), ("to:2026-12-31", false), ("-to:2026-12-31", true)] {
        assert_eq!(Filter::parse(text, Zone::UTC).unwrap().matches(&undated, circumstances), expected, "{text}");
    }
}

#[test]
fn a_bare_word_is_looked_for_in_the_record_as_written() {
    check("ward", true);
    check("WARD jørgensen", true);
    check(r#""ED \\\"east""#, true);
    check("-west", true);
    check("west,east", true);
    check("integrity:not_verified", true);
    check("integrity:STANDS", false);
    check("outcome:succ*", true);
    check("action:search", false);
}

#[track_caller]
fn refuses(text: &str, character: usize, problem: Problem) {
    let fault = Filter::parse(text, Zone::UTC).unwrap_err();
    assert_eq!((fault.character, fault.problem), (character, problem), "{text}");
    assert!(text.get(fault.span.clone()).is_some(), "{text}: {:?}", fault.span);
}

#[test]
fn faults_name_the_place_and_the_way_out() {
    refuses("usr:x", 1, Problem::TermUnknown);
    refuses("user:x http://y", 8, Problem::TermUnknown);
    refuses("user:", 6, Problem::ValueMissing);
    refuses("user:a,,b", 8, Problem::ValueMissing);
    refuses("é user:\"x", 8, Problem::QuoteOpen);
    refuses("a\"b", 2, Problem::QuoteInside);
    refuses("\"a\"b", 3, Problem::AfterQuote);
    refuses("\"a\\n\"", 3, Problem::Escape);
    refuses("user:a*b", 7, Problem::StarInside);
    refuses("user:a -", 8, Problem::TermMissing);
    refuses("action:raed", 8, Problem::ActionUnknown);
    refuses("outcome:ok", 9, Problem::OutcomeUnknown);
    refuses("integrity:good", 11, Problem::IntegrityUnknown);
    refuses("from:2026-01-01,2026-01-02", 6, Problem::TimeNotOne);
    refuses("from:2026*", 6, Problem::TimeNotOne);
    refuses(&"x ".repeat(101), 201, Problem::TooManyTerms);
    refuses(&format!("user:{}", vec!["x"; 1001].join(",")), 2006, Problem::TooManyValues);
    refuses(&"x".repeat(70_000), 1, Problem::TooLong);
}

#[test]
fn nothing_typed_appears_in_faults_or_debug_output() {
    for text in ["patient:geheim*x", "geheim:1", "from:geheim", "action:geheim", "patient:\"geheim", "geheim\"geheim"] {
        let fault = Filter::parse(text, Zone::UTC).unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains("geheim"), "{text}");
    }
    let filter = Filter::parse("patient:geheim geheim user:geheim*", Zone::UTC).unwrap();
    assert!(!format!("{filter:?}").contains("geheim"));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9.:/-]{0,8}", r#"[a"\\*,: -]{0,6}"#, any::<String>()]
}

fn any_pattern() -> impl Strategy<Value = Pattern> {
    (any_text(), any::<bool>())
        .prop_map(|(text, prefix)| if prefix { Pattern::prefix(text) } else { Pattern::whole(text) })
}

fn some<T: std::fmt::Debug + Clone + PartialEq>(each: impl Strategy<Value = T>) -> impl Strategy<Value = AnyOf<T>> {
    proptest::collection::vec(each, 1..4).prop_map(|values| AnyOf::of(values).unwrap())
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let moment = (-2_000_000_000_000_000_000_i64..4_000_000_000_000_000_000).prop_map(Moment::at);
    prop_oneof![
        (proptest::sample::select(Field::ALL), some(any_pattern())).prop_map(|(field, of)| Condition::Field(field, of)),
        some(proptest::sample::select(Action::ALL)).prop_map(Condition::Action),
        some(proptest::sample::select(Outcome::ALL)).prop_map(Condition::Outcome),
        Just(Condition::Emergency),
        some(proptest::sample::select(Integrity::ALL)).prop_map(Condition::Integrity),
        moment.clone().prop_map(Condition::From),
        moment.prop_map(Condition::To),
        some(any_text().prop_map(Word::new)).prop_map(Condition::Text),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_parsed_to_the_same_filter(
        terms in proptest::collection::vec((any::<bool>(), any_condition()), 0..6)
    ) {
        let filter = Filter::of(terms.into_iter().map(|(negated, condition)| Term { negated, condition }).collect());
        prop_assert_eq!(Filter::parse(&filter.to_string(), Zone::UTC), Ok(filter));
    }

    #[test]
    fn no_text_makes_the_parser_stumble(text in any::<String>()) {
        if let Ok(filter) = Filter::parse(&text, Zone::UTC) {
            prop_assert_eq!(Filter::parse(&filter.to_string(), Zone::UTC), Ok(filter));
        }
    }

    #[test]
    fn no_text_is_both_a_time_and_a_stumble(text in "[0-9TZ:. +-]{0,30}") {
        for edge in [Edge::From, Edge::To] {
            let _read = Moment::parse(&text, timeline::zone("America/New_York").unwrap(), edge);
        }
    }
}
