//! The members of an AB1 record that an event is made of (formats 1.3 and 1.5), borrowed from the line.
//!
//! The good path parses straight into these structs. A record of an unknown version, or one that breaks its schema, is
//! read member by member instead: what has the expected type is taken, the rest is left to the raw record.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::json::{self, JsonTrouble, Text, objects_only};
use crate::limits::FOREIGN_DEPTH_MAX;

type Word<'a> = Option<Text<'a>>;

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Record<'a> {
    pub(super) audit_log_version: Word<'a>,
    pub(super) stream_id: Word<'a>,
    pub(super) seq: Option<u64>,
    pub(super) prev_hash: Word<'a>,
    pub(super) hash: Word<'a>,
    pub(super) event: Option<Body<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Body<'a> {
    pub(super) event_id: Word<'a>,
    pub(super) event_type: Word<'a>,
    pub(super) timestamp: Word<'a>,
    pub(super) recorded_at: Word<'a>,
    pub(super) action: Word<'a>,
    pub(super) outcome: Word<'a>,
    pub(super) outcome_detail: Word<'a>,
    pub(super) actor: Option<Actor<'a>>,
    pub(super) session_id: Word<'a>,
    pub(super) request_id: Word<'a>,
    pub(super) correlation_id: Word<'a>,
    pub(super) patient_ids: Vec<Text<'a>>,
    pub(super) resource: Option<Resource<'a>>,
    pub(super) resources: Vec<Resource<'a>>,
    pub(super) fields_accessed: Vec<Text<'a>>,
    pub(super) changes: Vec<Change<'a>>,
    pub(super) source: Option<Source<'a>>,
    pub(super) access_policy: Word<'a>,
    pub(super) reason: Word<'a>,
    pub(super) purpose_of_use: Vec<Text<'a>>,
    pub(super) break_glass: Option<bool>,
    pub(super) disclosure: Option<Disclosure<'a>>,
    pub(super) data_classification: Vec<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Actor<'a> {
    pub(super) id: Word<'a>,
    pub(super) display: Word<'a>,
    pub(super) role: Word<'a>,
    #[serde(rename = "type")]
    pub(super) kind: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Resource<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Word<'a>,
    pub(super) id: Word<'a>,
}

/// Of a change only the field is taken: old and new values stay in the raw record.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Change<'a> {
    pub(super) field: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Source<'a> {
    pub(super) system: Word<'a>,
    pub(super) ip: Word<'a>,
    pub(super) device: Word<'a>,
    pub(super) user_agent: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Disclosure<'a> {
    pub(super) recipient: Word<'a>,
    pub(super) recipient_address: Word<'a>,
    pub(super) purpose: Word<'a>,
    pub(super) legal_basis: Word<'a>,
    pub(super) description: Word<'a>,
}

objects_only!(Record<'a>, Body<'a>, Actor<'a>, Resource<'a>, Change<'a>, Source<'a>, Disclosure<'a>);

impl<'a> Record<'a> {
    /// Reads a line, strictly if it has the shape of its schema, member by member if not.
    pub(super) fn read(line: &'a [u8]) -> Result<Self, JsonTrouble> {
        let text = json::utf8(line)?;
        match serde_json::from_str::<Self>(text) {
            Ok(record) => Ok(record),
            // The library calls a duplicate of a known member a wrong shape; the guard tells the two apart.
            Err(error) if error.is_data() => {
                json::guard(text, FOREIGN_DEPTH_MAX)?;
                let value: Value = serde_json::from_str(text).map_err(|error| json::trouble_of(text, &error))?;
                Self::pick(&value).ok_or(JsonTrouble::OtherShape { byte_offset: 0 })
            }
            Err(error) => Err(json::trouble_of(text, &error)),
        }
    }

    fn pick(value: &Value) -> Option<Self> {
        let value = value.as_object().map(|_| Picked(value))?;
        Some(Self {
            audit_log_version: value.word("audit_log_version"),
            stream_id: value.word("stream_id"),
            seq: value.0.get("seq").and_then(Value::as_u64),
            prev_hash: value.word("prev_hash"),
            hash: value.word("hash"),
            event: value.inner("event").map(pick_body),
        })
    }
}

fn pick_body<'a>(event: Picked<'_>) -> Body<'a> {
    Body {
        event_id: event.word("event_id"),
        event_type: event.word("event_type"),
        timestamp: event.word("timestamp"),
        recorded_at: event.word("recorded_at"),
        action: event.word("action"),
        outcome: event.word("outcome"),
        outcome_detail: event.word("outcome_detail"),
        actor: event.inner("actor").map(|actor| Actor {
            id: actor.word("id"),
            display: actor.word("display"),
            role: actor.word("role"),
            kind: actor.word("type"),
        }),
        session_id: event.word("session_id"),
        request_id: event.word("request_id"),
        correlation_id: event.word("correlation_id"),
        patient_ids: event.words("patient_ids"),
        resource: event.inner("resource").map(pick_resource),
        resources: event.list("resources").map(pick_resource).collect(),
        fields_accessed: event.words("fields_accessed"),
        changes: event.list("changes").map(|change| Change { field: change.word("field") }).collect(),
        source: event.inner("source").map(|source| Source {
            system: source.word("system"),
            ip: source.word("ip"),
            device: source.word("device"),
            user_agent: source.word("user_agent"),
        }),
        access_policy: event.word("access_policy"),
        reason: event.word("reason"),
        purpose_of_use: event.words("purpose_of_use"),
        break_glass: event.0.get("break_glass").and_then(Value::as_bool),
        disclosure: event.inner("disclosure").map(|disclosure| Disclosure {
            recipient: disclosure.word("recipient"),
            recipient_address: disclosure.word("recipient_address"),
            purpose: disclosure.word("purpose"),
            legal_basis: disclosure.word("legal_basis"),
            description: disclosure.word("description"),
        }),
        data_classification: event.words("data_classification"),
    }
}

fn pick_resource<'a>(resource: Picked<'_>) -> Resource<'a> {
    Resource { kind: resource.word("type"), id: resource.word("id") }
}

/// An object of which only members of the expected type are taken.
#[derive(Clone, Copy)]
struct Picked<'v>(&'v Value);

impl<'v> Picked<'v> {
    fn word<'a>(self, name: &str) -> Word<'a> {
        self.0.get(name).and_then(text_of)
    }

    fn words<'a>(self, name: &str) -> Vec<Text<'a>> {
        match self.0.get(name) {
            Some(Value::Array(elements)) => elements.iter().filter_map(text_of).collect(),
            Some(single) => text_of(single).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn inner(self, name: &str) -> Option<Self> {
        self.0.get(name).filter(|value| value.is_object()).map(Picked)
    }

    fn list(self, name: &str) -> impl Iterator<Item = Picked<'v>> {
        let elements = self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        elements.iter().filter(|value| value.is_object()).map(Picked)
    }
}

/// A text, or a number as it is written, since some producers write ids as numbers.
fn text_of<'a>(value: &Value) -> Option<Text<'a>> {
    match value {
        Value::String(text) => Some(Text(Cow::Owned(text.clone()))),
        Value::Number(number) => Some(Text(Cow::Owned(number.to_string()))),
        _ => None,
    }
}
