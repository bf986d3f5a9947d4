//! Canonical JSON: what is accepted, what is refused and where, and agreement with a writer built on `serde_json`.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

use integrity::canonical::{self, DEPTH_MAX, FaultKind};
use integrity::{Digest, chain};
use proptest::prelude::*;
use serde_json::Value as Json;

/// The canonical form by another route: `serde_json` for strings and numbers, sorting by hand.
fn reference(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let mut names: Vec<_> = members.keys().collect();
            names.sort();
            let written: Vec<_> = names
                .iter()
                .map(|name| format!("{}:{}", serde_json::to_string(name).unwrap(), reference(&members[*name])))
                .collect();
            format!("{{{}}}", written.join(","))
        }
        Json::Array(elements) => {
            let written: Vec<_> = elements.iter().map(reference).collect();
            format!("[{}]", written.join(","))
        }
        scalar => serde_json::to_string(scalar).unwrap(),
    }
}

fn fault(text: &[u8]) -> (FaultKind, usize) {
    let fault = canonical::scan(text).unwrap_err();
    (fault.kind, fault.offset)
}

#[test]
fn a_canonical_line_is_taken_as_it_is() {
    let line = br#"{"-":-1,".":{},"A":[],"a":{"b":[1,"\u001f\n\"\\x",null,true]},"seq":9007199254740991}"#;
    let scan = canonical::scan(line).unwrap();
    assert!(scan.was_canonical());
    assert_eq!(scan.text(), line);
    assert_eq!(scan.member("seq").unwrap().integer(), Some(9_007_199_254_740_991));
    assert_eq!(scan.members().count(), 5);
}

#[test]
fn other_spellings_of_a_value_are_rewritten() {
    for line in [
        r#"{"b":1,"a":"x"}"#,
        r#" {"a":"x","b":1}"#,
        r#"{"a": "x","b":1}"#,
        "{\"a\":\"x\",\"b\":1}\r",
        r#"{"a":"\u0078","b":1}"#,
        r#"{"\u0061":"x","b":1}"#,
    ] {
        let scan = canonical::scan(line.as_bytes()).unwrap();
        assert!(!scan.was_canonical(), "{line}");
        assert_eq!(scan.text(), br#"{"a":"x","b":1}"#, "{line}");
        assert_eq!(scan.member("a").unwrap().string().as_deref(), Some("x"));
    }
    let scan = canonical::scan(br#"{"a":"\/\u000A\u001F\u0008\ud83d\ude02"}"#).unwrap();
    assert_eq!(scan.text(), "{\"a\":\"/\\n\\u001f\\b\u{1f602}\"}".as_bytes());
}

#[test]
fn what_is_ambiguous_is_refused_with_its_place() {
    for (text, kind, offset) in [
        (r#"{"a":1.0}"#, FaultKind::NotAnInteger, 5),
        (r#"{"a":1e2}"#, FaultKind::NotAnInteger, 5),
        (r#"{"a":-0}"#, FaultKind::NegativeZero, 5),
        (r#"{"a":9007199254740992}"#, FaultKind::IntegerOutOfRange, 5),
        (r#"{"a":-9007199254740992}"#, FaultKind::IntegerOutOfRange, 5),
        (r#"{"a":99999999999999999999999999}"#, FaultKind::IntegerOutOfRange, 5),
        (r#"{"a":01}"#, FaultKind::UnexpectedByte, 5),
        (r#"{"a":-}"#, FaultKind::UnexpectedByte, 6),
        (r#"{"a":NaN}"#, FaultKind::UnexpectedByte, 5),
        (r#"{"a":"\ud800"}"#, FaultKind::LoneSurrogate, 6),
        (r#"{"a":"\ud800\u0041"}"#, FaultKind::LoneSurrogate, 6),
        (r#"{"a":"\udc00\ud800"}"#, FaultKind::LoneSurrogate, 6),
        (r#"{"a":"\x"}"#, FaultKind::UnexpectedByte, 6),
        (r#"{"a b":1}"#, FaultKind::NameNotAllowed, 1),
        (r#"{"":1}"#, FaultKind::NameNotAllowed, 1),
        (r#"{"a\n":1}"#, FaultKind::NameNotAllowed, 1),
        (r#"{"b":1,"\u00e9":1}"#, FaultKind::NameNotAllowed, 7),
        (r#"{"a":1,}"#, FaultKind::UnexpectedByte, 7),
        (r#"{"a":1]"#, FaultKind::UnexpectedByte, 6),
        (r#"{"a":1}{"#, FaultKind::UnexpectedByte, 7),
        (r#"{"a":tru}"#, FaultKind::UnexpectedByte, 8),
        (r#"{"a":[1,2"#, FaultKind::UnexpectedEnd, 9),
        (r#"{"a":"x"#, FaultKind::UnexpectedEnd, 7),
        ("", FaultKind::UnexpectedEnd, 0),
        ("[]", FaultKind::NotAnObject, 0),
        ("\u{feff}{}", FaultKind::UnexpectedByte, 0),
        ("{\"a\":\"\u{0}\"}", FaultKind::UnexpectedByte, 6),
        ("{\"a\":\"\t\"}", FaultKind::UnexpectedByte, 6),
    ] {
        assert_eq!(fault(text.as_bytes()), (kind, offset), "{text}");
    }
    assert_eq!(fault(b"{\"a\":\"\xff\"}"), (FaultKind::BadUtf8, 6));
    let long = format!(r#"{{"{}":1}}"#, "n".repeat(65));
    assert_eq!(fault(long.as_bytes()), (FaultKind::NameNotAllowed, 1));
}

#[test]
fn a_duplicate_member_is_refused_wherever_it_stands() {
    for (text, name, offset) in [
        (r#"{"a":1,"a":1}"#, "a", 7),
        (r#"{"a":1,"b":1,"a":2}"#, "a", 0),
        (r#"{"x":{"b":1,"a":1,"b":2}}"#, "b", 0),
        (r#"{"x":[{"b":1,"\u0062":2}]}"#, "b", 0),
    ] {
        match fault(text.as_bytes()) {
            (FaultKind::DuplicateMember { name: found }, at) => {
                assert_eq!(found.as_str(), name, "{text}");
                assert!(offset == 0 || at == offset, "{text}: {at}");
                assert!(!format!("{found:?}").contains(name) || name.len() == 1);
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn depth_is_bounded_and_never_overflows_the_stack() {
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert!(canonical::scan(nested(DEPTH_MAX).as_bytes()).is_ok());
    assert!(canonical::scan(nested(DEPTH_MAX).replace(':', ": ").as_bytes()).is_ok());
    assert_eq!(fault(nested(DEPTH_MAX + 1).as_bytes()), (FaultKind::TooDeep, 5 * DEPTH_MAX));
    assert_eq!(fault(nested(100_000).as_bytes()).0, FaultKind::TooDeep);
    assert_eq!(fault("[".repeat(100_000).as_bytes()).0, FaultKind::TooDeep);
}

#[test]
fn the_preimage_leaves_out_hash_and_signature_wherever_they_stand() {
    for (line, preimage) in [
        (r#"{"a":1,"hash":"h","n":2,"sig":{"k":1},"z":3}"#, r#"{"a":1,"n":2,"z":3}"#),
        (r#"{"hash":"h","n":2,"sig":"s"}"#, r#"{"n":2}"#),
        (r#"{"hash":"h","sig":"s"}"#, "{}"),
        (r#"{"hash":"h","sig":"s","t":1}"#, r#"{"t":1}"#),
        (r#"{"a":{"hash":1},"hash":"h"}"#, r#"{"a":{"hash":1}}"#),
        (r#"{"a":1}"#, r#"{"a":1}"#),
        ("{}", "{}"),
        (r#"{"sig":"s","hash":"h","n":2}"#, r#"{"n":2}"#),
    ] {
        let scan = canonical::scan(line.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(scan.preimage().to_vec()).unwrap(), preimage, "{line}");
        assert_eq!(chain::event_hash(&scan), Digest::of(preimage.as_bytes()));
        let leaf = integrity::merkle::leaf_hash(preimage.as_bytes());
        assert_eq!(scan.preimage().leaf_hash(), leaf);
    }
}

#[test]
fn values_are_walked_without_a_tree() {
    let line = r#"{"a":{"b":["x",{"y":"z"},[],-5,"q\"]"]},"c":false}"#;
    let scan = canonical::scan(line.as_bytes()).unwrap();
    let list = scan.member("a").unwrap().member("b").unwrap();
    let texts: Vec<_> = list.elements().map(|element| element.text()).collect();
    assert_eq!(texts, [&br#""x""#[..], br#"{"y":"z"}"#, b"[]", b"-5", br#""q\"]""#]);
    assert_eq!(list.elements().last().unwrap().string().as_deref(), Some("q\"]"));
    assert_eq!(scan.member("c").unwrap().boolean(), Some(false));
    assert!(scan.member("hash").is_none());
}

#[test]
fn our_own_values_are_written_canonically_or_not_at_all() {
    let value = serde_json::json!({"b": [1, "é\u{7f}"], "a": null});
    let text = canonical::to_canonical(&value).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "{\"a\":null,\"b\":[1,\"é\u{7f}\"]}");
    assert!(canonical::to_canonical(&1.5).is_err());
    assert!(canonical::to_canonical(&serde_json::json!({"a b": 1})).is_err());
}

fn names() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_.-]{1,12}"
}

fn values() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    scalar.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map(names(), inner, 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

fn objects() -> impl Strategy<Value = Json> {
    let name = prop_oneof![names(), Just("hash".to_owned()), Just("sig".to_owned())];
    prop::collection::btree_map(name, values(), 0..30).prop_map(|members| Json::Object(members.into_iter().collect()))
}

proptest! {
    #[test]
    fn the_scan_agrees_with_a_writer_built_on_serde_json(value in objects()) {
        let expected = reference(&value);
        let scan = canonical::scan(expected.as_bytes()).unwrap();
        prop_assert!(scan.was_canonical());

        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let rescanned = canonical::scan(pretty.as_bytes()).unwrap();
        prop_assert_eq!(rescanned.text(), expected.as_bytes());
        prop_assert_eq!(canonical::canonicalize(pretty.as_bytes()).unwrap(), expected.as_bytes());
        prop_assert_eq!(canonical::to_canonical(&value).unwrap(), expected.as_bytes());

        let mut without = value.clone();
        let members = without.as_object_mut().unwrap();
        members.remove("hash");
        members.remove("sig");
        prop_assert_eq!(scan.preimage().digest(), Digest::of(reference(&without).as_bytes()));
        prop_assert_eq!(rescanned.preimage().digest(), scan.preimage().digest());
    }

    #[test]
    fn the_canonical_form_of_a_canonical_form_is_itself(value in values()) {
        let once = canonical::to_canonical(&value).unwrap();
        prop_assert_eq!(canonical::canonicalize(&once).unwrap(), once);
    }

    #[test]
    fn a_scan_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _outcome = canonical::scan(&bytes).is_ok();
    }

    #[test]
    fn a_scan_of_nearly_json_never_panics_and_never_believes_too_much(
        text in r#"[{}\[\]:,"\\a-cu0-9 .eE-]{0,60}"#,
    ) {
        if let Ok(text) = canonical::canonicalize(text.as_bytes()) {
            let value: Json = serde_json::from_slice(&text).unwrap();
            prop_assert_eq!(reference(&value).into_bytes(), text);
        } else if let Ok(value) = serde_json::from_str::<Json>(&text) {
            // What we refuse and serde_json takes: decimals, big or signed-zero numbers, odd names, duplicates.
            let again = reference(&value);
            let doubtful = text.contains(['.', 'e', 'E', ' ', '\\', ':', '-'])
                || text.len() >= 16 || again.len() != text.len();
            prop_assert!(doubtful, "{text}");
        }
    }
}
