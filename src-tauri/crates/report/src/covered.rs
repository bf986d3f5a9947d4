//! Leaves out of a check's document what could name a person or the machine it was made on.
//!
//! A finding names places and hashes. Two things in it are written by others: event ids, which a source system may build
//! from a patient's number, and the path of the bundle, which holds an account's name.

use serde_json::{Map, Value};

/// Members that hold an event id wherever they stand.
const EVENT_IDS: [&str; 3] = ["event_id", "last_event_id", "first_event_id"];

/// Leaves out event ids that are no UUIDs, and of the bundle's path all but its last part.
pub(crate) fn cover(document: &mut Value) {
    if let Some(Value::String(path)) = document.pointer_mut("/bundle/path") {
        let last = path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default().to_owned();
        *path = last;
    }
    cover_ids(document);
}

fn cover_ids(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(cover_ids),
        Value::Object(members) => {
            members.retain(|name, value| !(EVENT_IDS.contains(&name.as_str()) && is_telling(value)));
            if is_about_event_id(members) {
                members.retain(|name, value| !(matches!(name.as_str(), "expected" | "actual") && is_telling(value)));
            }
            members.values_mut().for_each(cover_ids);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A finding that compares two event ids has them as its values.
fn is_about_event_id(members: &Map<String, Value>) -> bool {
    members.get("field").and_then(Value::as_str).is_some_and(|field| EVENT_IDS.contains(&field))
}

fn is_telling(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !is_uuid(text))
}

/// Whether a text is a UUID (RFC 9562) in its usual spelling.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_ids_that_name_nobody_stay() {
        let uuid = "0b1e9c34-5d0f-4b53-9a0e-1c2d3e4f5a6b";
        let mut document = json!({
            "bundle": {"path": "/home/m.gomez/exports/march.zip"},
            "findings": [
                {"event_id": "MRN-5521-1", "seq": 1},
                {"event_id": uuid},
                {"field": "last_event_id", "expected": "MRN-5521-9", "actual": uuid},
                {"field": "last_hash", "expected": "ab", "actual": "cd"},
            ],
            "evidence": {"heads": [{"last_event_id": "Maria"}, {"last_event_id": uuid}]},
        });
        cover(&mut document);
        let expected = json!({
            "bundle": {"path": "march.zip"},
            "findings": [
                {"seq": 1},
                {"event_id": uuid},
                {"field": "last_event_id", "actual": uuid},
                {"field": "last_hash", "expected": "ab", "actual": "cd"},
            ],
            "evidence": {"heads": [{}, {"last_event_id": uuid}]},
        });
        assert_eq!(document, expected);
    }
}
