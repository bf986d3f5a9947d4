//! One event: what it says in canonical names, its record as written, what was recomputed.
//!
//! Opening one is a look of its own. What the question's scope does not cover stays covered in the record's text too.

use access_log::{Entry, Witnessed};
use bundle::Profile;
use event_store::{EventQuestions, EventRef, Row as StoredRow, StoreFault};
use model::{Event, MappingNote};
use timeline::{Integrity, Pattern};

use crate::desk::Desk;
use crate::portion::{brief_facts, cut};
use crate::rows::{named, row_out};
use crate::session::Session;
use crate::verdicts;
use crate::wire::{Badge, EventAsk, EventDetail, Fault, RawLine, RecordAsk, RecordShown, Seal};
use crate::words::grouped;

/// Facts that the page shows from the row, in its own words.
const IN_THE_ROW: [&str; 8] = ["Time", "User", "Role", "Patients", "What", "Outcome", "Station", "System"];
/// Bytes of a record that the page shows; a record has a few thousand.
const RECORD_BYTES_MAX: usize = 128 << 10;
/// Stands for what is covered.
const COVERED: &str = "⟦covered⟧";

impl Desk {
    /// One event with its record as written.
    pub fn event(&self, ask: EventAsk) -> Result<EventDetail, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let scope = look.scope();
        let event = session.show_event(&parse_ref(&ask.event_ref)?, scope.as_deref(), look.revealed)?;
        Ok(beside_its_row(event))
    }

    /// The record a finding names; if it could not be read as an event, its bytes.
    pub fn record(&self, ask: RecordAsk) -> Result<RecordShown, Fault> {
        let session = self.session()?;
        let event_ref = parse_ref(&ask.event_ref)?;
        let seen = session.witness_event(&event_ref)?;
        match session.store.event(&seen, &event_ref) {
            Ok((row, bytes)) => {
                let event = session.detail(&event_ref, &row, &bytes, None, false)?;
                Ok(RecordShown::Event { event: Box::new(beside_its_row(event)) })
            }
            Err(StoreFault::EventUnknown(_)) => Ok(RecordShown::Line { line: session.raw_line(&seen, &event_ref)? }),
            Err(fault) => Err(fault.into()),
        }
    }

    /// One event by its reference, or by its id if that is unique in the vault.
    pub fn event_by_name(&self, name: &str) -> Result<EventDetail, Fault> {
        let session = self.session()?;
        if let Ok(event_ref) = name.parse::<EventRef>() {
            return session.show_event(&event_ref, None, true);
        }
        let found = session.store.find_event_id(name, 2)?;
        match found.as_slice() {
            [] => Err(Fault::not_found("There is no event with this reference or id.")),
            [only] => session.show_event(only, None, true),
            _ => Err(Fault::bad_input("Several events have this id. Use the event reference as printed in rows.")),
        }
    }
}

/// An event as one answer holds it. A record that is longer than anybody reads is cut, and says so.
fn shortened(mut event: EventDetail) -> EventDetail {
    if event.as_recorded.len() > RECORD_BYTES_MAX {
        let (all, shown) = (grouped(event.as_recorded.len() as u64), grouped(RECORD_BYTES_MAX as u64));
        event.notes.push(format!(
            "The record has {all} bytes; the first {shown} are shown. `chartproof event` prints it whole."
        ));
        event.as_recorded = cut(event.as_recorded, RECORD_BYTES_MAX);
    }
    event.facts = brief_facts(event.facts);
    event
}

/// Reads a reference that the page hands back.
pub(crate) fn parse_ref(text: &str) -> Result<EventRef, Fault> {
    text.parse().map_err(|_| Fault::not_found("This is no reference to an event."))
}

/// Without the facts that stand in the row already.
fn beside_its_row(mut event: EventDetail) -> EventDetail {
    event.facts.retain(|(label, _)| !IN_THE_ROW.contains(&label.as_str()));
    shortened(event)
}

impl Session {
    fn show_event(
        &self,
        event_ref: &EventRef,
        scope: Option<&[Pattern]>,
        revealed: bool,
    ) -> Result<EventDetail, Fault> {
        let seen = self.witness_event(event_ref)?;
        let (row, bytes) = self.store.event(&seen, event_ref)?;
        self.detail(event_ref, &row, &bytes, scope, revealed)
    }

    /// The line that says that this record is about to be shown.
    fn witness_event(&self, event_ref: &EventRef) -> Result<Witnessed, Fault> {
        self.witness(Entry::ViewEvent { event_ref: event_ref.to_string() })
    }

    /// The bytes of a line. Only where lines are records: elsewhere a number of a record is not one of a line.
    fn raw_line(&self, seen: &Witnessed, event_ref: &EventRef) -> Result<RawLine, Fault> {
        let unknown = || {
            let what = "The vault keeps no single record at this place. The finding says which file it is about.";
            Fault::not_found(what)
        };
        if self.profile_of(event_ref)? != Profile::AuditBundle1 {
            return Err(unknown());
        }
        let kept = self.store.line(seen, event_ref).map_err(|fault| match fault {
            StoreFault::EventUnknown(_) => unknown(),
            fault => fault.into(),
        })?;
        Ok(RawLine {
            event_ref: event_ref.to_string(),
            file: bundle::escape::visible(&kept.path).into_owned(),
            line: kept.line,
            as_recorded: bundle::escape::visible_bytes(&kept.bytes),
            bytes_shown: kept.bytes.len() as u64,
            bytes: kept.byte_length,
        })
    }

    fn detail(
        &self,
        event_ref: &EventRef,
        row: &StoredRow,
        bytes: &[u8],
        scope: Option<&[Pattern]>,
        revealed: bool,
    ) -> Result<EventDetail, Fault> {
        let profile = self.profile_of(event_ref)?;
        let event = bundle::records::event_of(profile, bytes).ok();
        let hidden = hidden_words(row, scope, revealed);
        let (as_recorded, covered) = cover(&bundle::escape::visible_bytes(bytes), &hidden);
        Ok(EventDetail {
            facts: event.as_ref().map(|event| facts_of(event, scope, revealed)).unwrap_or_default(),
            notes: row.notes.iter().map(|note| note_sentence(*note).to_owned()).collect(),
            as_recorded,
            covered,
            file: row.place.path.clone(),
            line: row.place.line,
            proof: proof_of(row, profile),
            badge: badge_of(row.integrity),
            row: row_out(row, scope, revealed),
        })
    }

    fn profile_of(&self, event_ref: &EventRef) -> Result<Profile, Fault> {
        let bundles = self.store.bundles()?;
        let found = bundles.iter().find(|bundle| bundle.id.as_str().starts_with(event_ref.bundle_digits()));
        Ok(found.map_or(Profile::Unknown, |bundle| verdicts::profile_named(&bundle.facts)))
    }
}

/// What has to be covered: the other patients' ids and the display name.
fn hidden_words(row: &StoredRow, scope: Option<&[Pattern]>, revealed: bool) -> Vec<String> {
    if revealed {
        return Vec::new();
    }
    let others = row.patient_ids.iter().map(model::PatientId::as_str);
    let others = others.filter(|id| scope.is_some_and(|scope| !named(id, scope))).map(str::to_owned);
    others.chain(row.user_display_name.clone()).filter(|word| !word.is_empty()).collect()
}

/// Puts a cover over words wherever they stand, as JSON writes them.
fn cover(text: &str, hidden: &[String]) -> (String, bool) {
    let mut covered = text.to_owned();
    for word in hidden {
        let escaped = serde_json::to_string(word).unwrap_or_default();
        let escaped = escaped.trim_start_matches('"').trim_end_matches('"').to_owned();
        for form in [escaped.as_str(), word.as_str()] {
            if !form.is_empty() {
                covered = covered.replace(form, COVERED);
            }
        }
    }
    let changed = covered != text;
    (covered, changed)
}

fn facts_of(event: &Event, scope: Option<&[Pattern]>, revealed: bool) -> Vec<(String, String)> {
    let text = |value: &Option<String>| value.clone();
    let listed = |values: &[String]| (!values.is_empty()).then(|| values.join(", "));
    let (patients, others) = crate::rows::in_scope(&event.patient_ids, if revealed { None } else { scope });
    let patients = match others {
        0 => patients.join(", "),
        others => format!("{} and {others} covered", patients.join(", ")),
    };
    let resource = [text(&event.resource_type), text(&event.resource_id)];
    let disclosure = event.disclosure.as_ref();
    let facts = [
        ("Time", Some(event.occurred_at.text().to_owned())),
        ("Recorded", event.recorded_at.as_ref().map(|instant| instant.text().to_owned())),
        ("User", Some(event.user_id.as_str().to_owned())),
        ("Name", event.user_display_name.clone().map(|name| if revealed { name } else { COVERED.to_owned() })),
        ("Role", text(&event.role)),
        ("Kind of actor", text(&event.actor_type)),
        ("Patients", Some(patients)),
        ("Action", Some(two(event.action.word(), &event.action_recorded))),
        ("Type", Some(event.event_type.clone())),
        ("What", Some(resource.into_iter().flatten().collect::<Vec<_>>().join(" "))),
        ("Fields", listed(&event.fields_accessed)),
        ("Outcome", Some(event.outcome.word().to_owned())),
        ("Why so", text(&event.outcome_reason)),
        ("Session", event.session_id.as_ref().map(|id| id.as_str().to_owned())),
        ("Station", text(&event.device)),
        ("Address", text(&event.source_ip)),
        ("Program", text(&event.user_agent)),
        ("System", text(&event.source_system)),
        ("Policy", text(&event.access_policy)),
        ("Reason given", text(&event.access_reason)),
        ("Purpose", listed(&event.purpose)),
        ("Emergency access", event.break_glass.map(|used| if used { "yes" } else { "no" }.to_owned())),
        ("Sensitivity", listed(&event.data_classification)),
        ("Recipient", disclosure.and_then(|disclosure| disclosure.recipient_name.clone())),
        ("Legal basis", disclosure.and_then(|disclosure| disclosure.legal_basis.clone())),
        ("Request", text(&event.request_id)),
        ("Event id", Some(event.event_id.as_str().to_owned())),
        ("Record", event.seq.map(grouped)),
        ("Stream", event.stream_id.as_ref().map(|id| id.as_str().to_owned())),
        ("Hash", text(&event.event_hash)),
        ("Hash before", text(&event.previous_hash)),
    ];
    let present = facts.into_iter().filter_map(|(label, value)| Some((label, value?)));
    present.filter(|(_, value)| !value.is_empty()).map(|(label, value)| (label.to_owned(), value)).collect()
}

fn two(word: &str, recorded: &str) -> String {
    if word == recorded || recorded.is_empty() { word.to_owned() } else { format!("{word} (recorded as {recorded})") }
}

const fn note_sentence(note: MappingNote) -> &'static str {
    match note {
        MappingNote::ActorUnclear => "The record does not say who asked; the first person named was taken.",
        MappingNote::ActionUnknown => "The record's word for the action is in no vocabulary.",
        MappingNote::OutcomeUnknown => "The record's word for the outcome is in no vocabulary.",
        MappingNote::TimestampNoZone => "The record's time has no zone; the event is shown without a time.",
        MappingNote::TimestampOutOfRange => "The record's time lies outside 1900 to 2200 and is kept as text.",
        MappingNote::TimestampUnreadable => "The record's time cannot be read and is kept as text.",
        MappingNote::VersionUnknown => "The record's schema version is unknown; only its raw text can be relied on.",
    }
}

fn proof_of(row: &StoredRow, profile: Profile) -> Vec<String> {
    let place =
        format!("{}, line {}, byte {}", row.place.path, grouped(row.place.line), grouped(row.place.byte_offset));
    let stands = match (row.integrity, profile) {
        (Integrity::Stands, Profile::AuditBundle1) => {
            "Its hash was recomputed at import and agrees with the record and with its neighbors."
        }
        (Integrity::Altered, _) => "A finding says that it, or its place in the log, is not as it was made.",
        (_, Profile::AuditBundle1) => "It has not been checked, or nothing in the bundle can show whether it stands.",
        _ => "This kind of record carries no evidence of its own: only that it has not changed since import is known.",
    };
    vec![stands.to_owned(), format!("Kept byte for byte as it came: {place}.")]
}

fn badge_of(integrity: Integrity) -> Badge {
    let (seal, word, reason) = match integrity {
        Integrity::Stands => (Seal::Unsigned, "Unsigned", "The record matches its hash; nothing shows who made it."),
        Integrity::Altered => (Seal::Altered, "Altered or damaged", "The record does not match what was sealed."),
        Integrity::NotVerified => (Seal::NotVerified, "Not verified", "The record has not been checked."),
    };
    Badge { seal, word: word.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covered_words_are_gone_in_every_form_they_are_written_in() {
        let text = r#"{"a":"M-1","b":"J. \"Jo\" Diaz","c":"M-2"}"#;
        let (covered, changed) = cover(text, &["M-2".to_owned(), "J. \"Jo\" Diaz".to_owned()]);
        assert!(changed);
        assert_eq!(covered, r#"{"a":"M-1","b":"⟦covered⟧","c":"⟦covered⟧"}"#);
        assert_eq!(cover(text, &[]), (text.to_owned(), false));
    }
}
