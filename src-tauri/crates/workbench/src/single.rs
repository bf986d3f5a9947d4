//! One event: what it says in canonical names, its record as written, what was recomputed.
//!
//! Opening one is a look of its own. What the question's scope does not cover stays covered in the record's text too.

use access_log::{Entry, Witnessed};
use bundle::Profile;
use bundle::segment::Layout;
use bundle::table::RECORD_COLUMN;
use event_store::{BundleSummary, EventQuestions, EventRef, Row as StoredRow, StoreFault};
use model::Event;
use timeline::{Integrity, Pattern};

use crate::covering::{COVERED, Cover, in_scope, scope_without_question};
use crate::desk::Desk;
use crate::meaning::{self, Meaning, RecordAt};
use crate::portion::{brief_facts, cut};
use crate::record_seal::{Judged, Told};
use crate::rows::{Note, row_out};
use crate::session::Session;
use crate::verdicts::{self, Document};
use crate::wire::{EventAsk, EventDetail, Fault, RawLine, RecordAsk, RecordShown};
use crate::words::grouped;

/// Facts that the page shows from the row, in its own words.
const IN_THE_ROW: [&str; 8] = ["Time", "User", "Role", "Patients", "What", "Outcome", "Station", "System"];
/// Bytes of a record that the page shows; a record has a few thousand.
const RECORD_BYTES_MAX: usize = 128 << 10;

impl Desk {
    /// One event with its record as written.
    pub fn event(&self, ask: EventAsk) -> Result<EventDetail, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let scope = look.scope();
        let event = session.show_event(&parse_ref(&ask.event_ref)?, scope.as_deref(), look.revealed)?;
        look.count_people(&event.row.patient_ids, &event.row.user_id);
        Ok(beside_its_row(event))
    }

    /// The record a finding names; if it could not be read as an event, its bytes.
    pub fn record(&self, ask: RecordAsk) -> Result<RecordShown, Fault> {
        let session = self.session()?;
        let event_ref = parse_ref(&ask.event_ref)?;
        let seen = session.witness_event(&event_ref)?;
        match session.store.event(&seen, &event_ref) {
            Ok((row, bytes)) => {
                let event = session.detail(&event_ref, &row, &bytes, scope_without_question(&row), false)?;
                Ok(RecordShown::Event { event: Box::new(beside_its_row(event)) })
            }
            Err(StoreFault::EventUnknown(_)) => Ok(RecordShown::Line { line: session.raw_line(&seen, &event_ref)? }),
            Err(fault) => Err(fault.into()),
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
    pub(crate) fn witness_event(&self, event_ref: &EventRef) -> Result<Witnessed, Fault> {
        self.witness(Entry::ViewEvent { event_ref: event_ref.to_string() })
    }

    /// The bytes of a line. Only where lines are records: elsewhere a number of a record is not one of a line.
    fn raw_line(&self, seen: &Witnessed, event_ref: &EventRef) -> Result<RawLine, Fault> {
        let unknown = || {
            let what = "The vault keeps no single record at this place. The finding says which file it is about.";
            Fault::not_found(what)
        };
        if verdicts::profile_named(&self.summary_of(event_ref)?.facts) != Profile::AuditBundle1 {
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
            is_row: Layout::of_name(&kept.path).is_table(),
            as_recorded: bundle::escape::visible_bytes(&kept.bytes),
            bytes_shown: kept.bytes.len() as u64,
            bytes: kept.byte_length,
        })
    }

    pub(crate) fn detail(
        &self,
        event_ref: &EventRef,
        row: &StoredRow,
        bytes: &[u8],
        scope: Option<&[Pattern]>,
        revealed: bool,
    ) -> Result<EventDetail, Fault> {
        let summary = self.summary_of(event_ref)?;
        let profile = verdicts::profile_named(&summary.facts);
        let event = bundle::records::event_of(profile, bytes).ok();
        let cover = Cover::of(row, scope, revealed);
        let (as_recorded, covered) = cover.record(bytes);
        let document = self.document_today(&summary)?;
        let standing = match &document {
            Some(document) if row.integrity() != Integrity::Stands => {
                self.standing_of(&summary, document, row, event.as_ref(), bytes)?
            }
            _ => Vec::new(),
        };
        let judged = Judged {
            mark: row.mark,
            profile,
            document: document.as_ref(),
            standing: &standing,
            stream: stream_of(event.as_ref()),
            seq: row.seq,
        };
        let Told { badge, proof } = judged.told();
        let is_row = profile == Profile::AuditBundle1 && Layout::of_name(&row.place.path).is_table();
        Ok(EventDetail {
            facts: event.as_ref().map(|event| facts_of(event, &cover, scope, revealed)).unwrap_or_default(),
            notes: row.notes.iter().map(|note| Note::from(*note).sentence.to_owned()).collect(),
            as_recorded,
            covered,
            file: row.place.path.clone(),
            line: row.place.line,
            is_row,
            proof: proof.into_iter().chain([kept_at(row, is_row)]).collect(),
            elsewhere: self.elsewhere_of(row)?,
            badge,
            row: row_out(row, scope, revealed),
        })
    }

    /// The bundle that an event is from.
    pub(crate) fn summary_of(&self, event_ref: &EventRef) -> Result<BundleSummary, Fault> {
        let found =
            self.store.bundles()?.into_iter().find(|known| known.id.as_str().starts_with(event_ref.bundle_digits()));
        found.ok_or_else(|| Fault::not_found("There is no such bundle in this vault."))
    }

    /// What the report of the bundle says about this one record.
    fn standing_of(
        &self,
        summary: &BundleSummary,
        document: &Document,
        row: &StoredRow,
        event: Option<&Event>,
        bytes: &[u8],
    ) -> Result<Vec<Meaning>, Fault> {
        let files: Vec<String> = self.store.files(&summary.id)?.into_iter().map(|file| file.path).collect();
        let stream = stream_of(event);
        let record = RecordAt { file: row.place.file, line: row.place.line, seq: row.seq, stream, bytes };
        Ok(meaning::of(document, &files, &record))
    }
}

fn stream_of(event: Option<&Event>) -> Option<&str> {
    event.and_then(|event| event.stream_id.as_ref()).map(model::StreamId::as_str)
}

/// Where the vault keeps the record.
fn kept_at(row: &StoredRow, is_row: bool) -> String {
    let place = &row.place;
    if is_row {
        let row = grouped(place.line);
        return format!("Kept byte for byte as it came: {}, row {row}, column {RECORD_COLUMN}.", place.path);
    }
    let (line, byte) = (grouped(place.line), grouped(place.byte_offset));
    format!("Kept byte for byte as it came: {}, line {line}, byte {byte}.", place.path)
}

fn facts_of(event: &Event, cover: &Cover, scope: Option<&[Pattern]>, revealed: bool) -> Vec<(String, String)> {
    let text = |value: &Option<String>| value.clone();
    let listed = |values: &[String]| (!values.is_empty()).then(|| values.join(", "));
    let (patients, others) = in_scope(&event.patient_ids, if revealed { None } else { scope });
    let patients = match others {
        0 => patients.join(", "),
        others if patients.is_empty() => format!("{others} covered"),
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
    let present = present.filter(|(_, value)| !value.is_empty());
    present
        .map(|(label, value)| (label.to_owned(), if label == "Patients" { value } else { cover.over(value) }))
        .collect()
}

fn two(word: &str, recorded: &str) -> String {
    if word == recorded || recorded.is_empty() { word.to_owned() } else { format!("{word} (recorded as {recorded})") }
}
