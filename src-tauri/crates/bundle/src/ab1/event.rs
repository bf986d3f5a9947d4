//! Turns a line of an audit bundle into a canonical event, in the one vocabulary of formats 2.

use integrity::Digest;
use model::{Action, Event, EventId, MappingNote, Outcome, PatientId, SessionId, StreamId, UserId};

use super::record::{Actor, Body, Change, Disclosure, Record, Resource, Source};
use crate::fault::MapFault;
use crate::json::{JsonTrouble, Text};
use crate::moment;
use crate::patients;

/// Schema versions whose events are understood.
const KNOWN_VERSIONS: [&str; 2] = ["1.0", "1.1"];

/// Makes the event of one line (without its LF).
///
/// Whatever can be read is taken; unknown words are kept beside `other` and `unknown` and noted. A record without an
/// id gets the SHA-256 of its bytes. What is not JSON, repeats a member or has no `event` is no event.
pub fn event_of(line: &[u8]) -> Result<Event, MapFault> {
    let record = Record::read(line)?;
    let mut notes = Vec::new();
    let body = record.event.ok_or(JsonTrouble::OtherShape { byte_offset: 0 })?;
    if !record.audit_log_version.as_ref().is_some_and(|version| KNOWN_VERSIONS.contains(&version.as_str())) {
        notes.push(MappingNote::VersionUnknown);
    }
    let mut event = event_of_body(body, line, notes);
    event.stream_id = record.stream_id.map(|id| StreamId::new(id.into_string()));
    event.seq = record.seq;
    event.audit_log_version = owned(record.audit_log_version);
    event.previous_hash = owned(record.prev_hash);
    event.event_hash = owned(record.hash);
    Ok(event)
}

fn event_of_body(body: Body<'_>, line: &[u8], mut notes: Vec<MappingNote>) -> Event {
    let action_recorded = text(body.action);
    let event_type = text(body.event_type);
    let recorded_outcome = outcome_of(body.outcome.as_ref(), &mut notes);
    let action = action_of(&action_recorded, recorded_outcome, &mut notes);
    let actor = body.actor.unwrap_or_default();
    let source = body.source.unwrap_or_default();
    let resource = body.resource.or_else(|| body.resources.into_iter().next()).unwrap_or_default();
    let Actor { id, display, role, kind: actor_type } = actor;
    let Resource { kind: resource_type, id: resource_id } = resource;
    let Source { system, ip, device, user_agent } = source;
    Event {
        stream_id: None,
        seq: None,
        event_id: EventId::new(body.event_id.map_or_else(|| Digest::of(line).to_hex(), Text::into_string)),
        outcome: match recorded_outcome {
            Outcome::Failure if event_type == "authorization" => Outcome::Denied,
            outcome => outcome,
        },
        event_type,
        action,
        action_recorded,
        occurred_at: moment::read(body.timestamp.as_ref().map_or("", Text::as_str), &mut notes),
        recorded_at: body.recorded_at.map(|recorded_at| moment::read(recorded_at.as_str(), &mut notes)),
        user_id: UserId::new(text(id)),
        user_display_name: owned(display),
        actor_type: owned(actor_type),
        role: owned(role),
        session_id: body.session_id.map(|id| SessionId::new(id.into_string())),
        source_ip: owned(ip),
        device: owned(device),
        user_agent: owned(user_agent),
        source_system: owned(system),
        request_id: owned(body.request_id),
        correlation_id: owned(body.correlation_id),
        resource_type: owned(resource_type),
        resource_id: owned(resource_id),
        patient_ids: patients::distinct(body.patient_ids.into_iter().map(|id| PatientId::new(id.into_string()))),
        fields_accessed: fields_of(body.fields_accessed, body.changes),
        outcome_reason: owned(body.outcome_detail),
        access_reason: owned(body.reason),
        purpose: all_owned(body.purpose_of_use),
        access_policy: owned(body.access_policy),
        data_classification: all_owned(body.data_classification),
        break_glass: body.break_glass,
        disclosure: body.disclosure.map(disclosure_of),
        audit_log_version: None,
        previous_hash: None,
        event_hash: None,
        notes,
    }
}

fn outcome_of(word: Option<&Text<'_>>, notes: &mut Vec<MappingNote>) -> Outcome {
    let Some(word) = word else { return Outcome::Unknown };
    Outcome::from_word(word.as_str()).unwrap_or_else(|| {
        notes.push(MappingNote::OutcomeUnknown);
        Outcome::Unknown
    })
}

fn action_of(word: &str, outcome: Outcome, notes: &mut Vec<MappingNote>) -> Action {
    match word {
        "search" => Action::Query,
        "login" if outcome == Outcome::Failure => Action::LoginFailed,
        _ => Action::from_word(word).unwrap_or_else(|| {
            notes.push(MappingNote::ActionUnknown);
            Action::Other
        }),
    }
}

/// The fields that were shown, then those that were changed, each once.
fn fields_of(accessed: Vec<Text<'_>>, changes: Vec<Change<'_>>) -> Vec<String> {
    let mut fields = all_owned(accessed);
    for field in changes.into_iter().filter_map(|change| change.field) {
        if !fields.iter().any(|known| known == field.as_str()) {
            fields.push(field.into_string());
        }
    }
    fields
}

fn disclosure_of(disclosure: Disclosure<'_>) -> model::Disclosure {
    model::Disclosure {
        recipient_name: owned(disclosure.recipient),
        recipient_address: owned(disclosure.recipient_address),
        purpose: owned(disclosure.purpose),
        legal_basis: owned(disclosure.legal_basis),
        description: owned(disclosure.description),
    }
}

fn owned(word: Option<Text<'_>>) -> Option<String> {
    word.map(Text::into_string)
}

fn all_owned(words: Vec<Text<'_>>) -> Vec<String> {
    words.into_iter().map(Text::into_string).collect()
}

fn text(word: Option<Text<'_>>) -> String {
    owned(word).unwrap_or_default()
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
