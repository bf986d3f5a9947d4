//! The schema of `event` (formats 1.5): which members there must be and of which kind each one is.
//!
//! Hashing never depends on it. A record whose schema is not kept is still linked; the finding says what is wrong.

use std::borrow::Cow;

use integrity::canonical::{Kind, Value};
use model::InstantFault;

use super::clock;

/// Versions of the schema that are known.
pub(crate) const KNOWN_VERSIONS: [&str; 2] = ["1.0", "1.1"];

/// What the schema check read.
#[derive(Debug, Default)]
pub(crate) struct Event<'a> {
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) timestamp: Option<Result<i64, InstantFault>>,
    pub(crate) recorded_at: Option<Result<i64, InstantFault>>,
    /// The first member that is missing or of the wrong kind.
    pub(crate) wrong: Option<&'static str>,
    /// Members that the schema does not know.
    pub(crate) unknown: Vec<&'a str>,
}

/// Members that must be there, by their bit.
const REQUIRED: [&str; 7] = [
    "event.event_id",
    "event.event_type",
    "event.timestamp",
    "event.action",
    "event.outcome",
    "event.actor",
    "event.patient_ids",
];

/// Reads an event. For a version that is not known (`known` false) nothing can be wrong.
pub(crate) fn read(event: Value<'_>, known: bool) -> Event<'_> {
    let mut read = Event::default();
    let mut seen = 0_u8;
    for (name, value) in event.members() {
        let bit = match name {
            "event_id" => {
                read.id = value.string();
                read.require(read.id.as_deref().is_some_and(|id| !id.is_empty()), 0)
            }
            "event_type" => read.require(is_text(value), 1),
            "timestamp" => {
                read.timestamp = value.string().map(|text| clock::nanos(&text));
                read.require(!matches!(read.timestamp, None | Some(Err(InstantFault::Malformed))), 2)
            }
            "action" => read.require(is_text(value), 3),
            "outcome" => read.require(is_text(value), 4),
            "actor" => read.require(value.member("id").is_some_and(is_filled), 5),
            "patient_ids" => read.require(is_texts(value), 6),
            "recorded_at" => {
                read.recorded_at = value.string().map(|text| clock::nanos(&text));
                let is_no_text = read.recorded_at.is_none() && value.kind() != Kind::Null;
                if is_no_text || matches!(read.recorded_at, Some(Err(InstantFault::Malformed))) {
                    read.complain("event.recorded_at");
                }
                0
            }
            other => {
                match optional(other) {
                    Some((path, fits)) if !fits(value) && value.kind() != Kind::Null => read.complain(path),
                    Some(_) => {}
                    None => read.unknown.push(name),
                }
                0
            }
        };
        seen |= bit;
    }
    let missing = REQUIRED.iter().enumerate().find(|(bit, _)| seen & (1 << bit) == 0);
    if let Some((_, path)) = missing {
        read.complain(path);
    }
    if !known {
        read.wrong = None;
        read.unknown.clear();
    }
    read
}

impl Event<'_> {
    /// Notes that a required member is there, and whether it is of the right kind.
    fn require(&mut self, fits: bool, bit: u8) -> u8 {
        if !fits && let Some(path) = REQUIRED.get(usize::from(bit)) {
            self.complain(path);
        }
        1 << bit
    }

    fn complain(&mut self, path: &'static str) {
        self.wrong.get_or_insert(path);
    }
}

/// Whether the schema knows a member of an event.
pub(super) fn is_member(name: &str) -> bool {
    let is_required = REQUIRED.iter().any(|path| path.strip_prefix("event.") == Some(name));
    is_required || name == "recorded_at" || optional(name).is_some()
}

type Fits = fn(Value<'_>) -> bool;

/// The optional members and their kinds; `None` for a member that the schema does not know.
fn optional(name: &str) -> Option<(&'static str, Fits)> {
    Some(match name {
        "outcome_detail" => ("event.outcome_detail", is_text),
        "session_id" => ("event.session_id", is_text),
        "request_id" => ("event.request_id", is_text),
        "correlation_id" => ("event.correlation_id", is_text),
        "patient_id_system" => ("event.patient_id_system", is_text),
        "encounter_id" => ("event.encounter_id", is_text),
        "access_policy" => ("event.access_policy", is_text),
        "reason" => ("event.reason", is_text),
        "resource" => ("event.resource", is_object),
        "resources" => ("event.resources", is_objects),
        "fields_accessed" => ("event.fields_accessed", is_texts),
        "changes" => ("event.changes", is_objects),
        "source" => ("event.source", is_object),
        "purpose_of_use" => ("event.purpose_of_use", is_texts),
        "break_glass" => ("event.break_glass", |value| value.kind() == Kind::Boolean),
        "disclosure" => ("event.disclosure", is_object),
        "data_classification" => ("event.data_classification", is_texts),
        "hipaa_evidence_class" => ("event.hipaa_evidence_class", |value| is_text(value) || is_texts(value)),
        "ai" => ("event.ai", is_object),
        "ext" => ("event.ext", is_object),
        _ => return None,
    })
}

fn is_text(value: Value<'_>) -> bool {
    value.kind() == Kind::String
}

fn is_filled(value: Value<'_>) -> bool {
    value.string().is_some_and(|text| !text.is_empty())
}

fn is_object(value: Value<'_>) -> bool {
    value.kind() == Kind::Object
}

fn is_texts(value: Value<'_>) -> bool {
    value.kind() == Kind::Array && value.elements().all(is_text)
}

fn is_objects(value: Value<'_>) -> bool {
    value.kind() == Kind::Array && value.elements().all(is_object)
}

/// Whether a text is a UUID in its usual spelling.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
