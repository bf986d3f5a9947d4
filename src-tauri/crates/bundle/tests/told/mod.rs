//! Writes an event down, one line per field that has a value.

use model::Event;

/// `field: value`, in the order of the event's fields. What is absent has no line.
pub(crate) fn tell(event: &Event) -> String {
    let mut lines = Vec::new();
    let mut say = |field: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            lines.push(format!("{field}: {value}"));
        }
    };
    let patients: Vec<&str> = event.patient_ids.iter().map(model::PatientId::as_str).collect();
    let notes: Vec<&str> = event.notes.iter().map(|note| note.code()).collect();
    say("stream_id", event.stream_id.as_ref().map(|id| id.as_str().to_owned()));
    say("seq", event.seq.map(|seq| seq.to_string()));
    say("event_id", Some(event.event_id.as_str().to_owned()));
    say("event_type", Some(event.event_type.clone()));
    say("action", Some(format!("{} ({})", event.action.word(), event.action_recorded)));
    say("occurred_at", Some(event.occurred_at.text().to_owned()));
    say("recorded_at", event.recorded_at.as_ref().map(|at| at.text().to_owned()));
    say("user_id", Some(event.user_id.as_str().to_owned()));
    say("user_display_name", event.user_display_name.clone());
    say("actor_type", event.actor_type.clone());
    say("role", event.role.clone());
    say("session_id", event.session_id.as_ref().map(|id| id.as_str().to_owned()));
    say("source_ip", event.source_ip.clone());
    say("device", event.device.clone());
    say("user_agent", event.user_agent.clone());
    say("source_system", event.source_system.clone());
    say("request_id", event.request_id.clone());
    say("correlation_id", event.correlation_id.clone());
    say("resource_type", event.resource_type.clone());
    say("resource_id", event.resource_id.clone());
    say("patient_ids", Some(patients.join(", ")));
    say("fields_accessed", Some(event.fields_accessed.join(", ")));
    say("outcome", Some(event.outcome.word().to_owned()));
    say("outcome_reason", event.outcome_reason.clone());
    say("access_reason", event.access_reason.clone());
    say("purpose", Some(event.purpose.join(", ")));
    say("access_policy", event.access_policy.clone());
    say("data_classification", Some(event.data_classification.join(", ")));
    say("break_glass", event.break_glass.map(|used| used.to_string()));
    if let Some(disclosure) = &event.disclosure {
        say("disclosure.recipient_name", disclosure.recipient_name.clone());
        say("disclosure.recipient_address", disclosure.recipient_address.clone());
        say("disclosure.purpose", disclosure.purpose.clone());
        say("disclosure.legal_basis", disclosure.legal_basis.clone());
        say("disclosure.description", disclosure.description.clone());
    }
    say("audit_log_version", event.audit_log_version.clone());
    say("previous_hash", event.previous_hash.clone());
    say("event_hash", event.event_hash.clone());
    say("notes", Some(notes.join(", ")));
    lines.join("\n")
}
