//! One event: what it says in canonical names, its record as written, what was recomputed.
//!
//! Opening one is a look of its own. What the question's scope does not cover stays covered in the record's text too.

use access_log::{Entry, Witnessed};
use bundle::Profile;
use event_store::{BundleSummary, EventQuestions, EventRef, Mark, Row as StoredRow, StoreFault};
use model::Event;
use timeline::{Integrity, Pattern};

use crate::covering::{COVERED, Cover, in_scope, scope_without_question};
use crate::desk::Desk;
use crate::meaning::{self, Concerns, Meaning, RecordAt};
use crate::portion::{brief_facts, cut};
use crate::rows::{Note, row_out};
use crate::session::Session;
use crate::verdicts::{self, Document};
use crate::wire::{Badge, EventAsk, EventDetail, Fault, RawLine, RecordAsk, RecordShown, Seal};
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
        let standing = self.standing_of(&summary, row, event.as_ref(), bytes)?;
        Ok(EventDetail {
            facts: event.as_ref().map(|event| facts_of(event, &cover, scope, revealed)).unwrap_or_default(),
            notes: row.notes.iter().map(|note| Note::from(*note).sentence.to_owned()).collect(),
            as_recorded,
            covered,
            file: row.place.path.clone(),
            line: row.place.line,
            proof: proof_of(row, profile, &standing),
            elsewhere: self.elsewhere_of(row)?,
            badge: badge_of(row.mark, &standing, is_signed(&summary, event.as_ref())?),
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
        row: &StoredRow,
        event: Option<&Event>,
        bytes: &[u8],
    ) -> Result<Vec<Meaning>, Fault> {
        let Some(report) = summary.report.as_deref().filter(|_| row.integrity() != Integrity::Stands) else {
            return Ok(Vec::new());
        };
        let files: Vec<String> = self.store.files(&summary.id)?.into_iter().map(|file| file.path).collect();
        let stream = event.and_then(|event| event.stream_id.as_ref()).map(model::StreamId::as_str);
        let record = RecordAt { file: row.place.file, line: row.place.line, seq: row.seq, stream, bytes };
        Ok(meaning::of(&Document::read(report)?, &files, &record))
    }
}

fn facts_of(event: &Event, cover: &Cover, scope: Option<&[Pattern]>, revealed: bool) -> Vec<(String, String)> {
    let text = |value: &Option<String>| value.clone();
    let listed = |values: &[String]| (!values.is_empty()).then(|| values.join(", "));
    let (patients, others) = in_scope(&event.patient_ids, if revealed { None } else { scope });
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
    let present = present.filter(|(_, value)| !value.is_empty());
    present
        .map(|(label, value)| (label.to_owned(), if label == "Patients" { value } else { cover.over(value) }))
        .collect()
}

fn two(word: &str, recorded: &str) -> String {
    if word == recorded || recorded.is_empty() { word.to_owned() } else { format!("{word} (recorded as {recorded})") }
}

fn proof_of(row: &StoredRow, profile: Profile, standing: &[Meaning]) -> Vec<String> {
    let place =
        format!("{}, line {}, byte {}", row.place.path, grouped(row.place.line), grouped(row.place.byte_offset));
    let stands = match (row.integrity(), profile) {
        (Integrity::Stands, Profile::AuditBundle1) => {
            "Its hash was recomputed when the bundle was checked and agrees with the record and with its neighbors."
        }
        (Integrity::Altered, _) => "A finding names this record.",
        (_, Profile::AuditBundle1) => {
            "It has not been checked with what this office vouches for today, or nothing in the bundle can show whether \
             it stands."
        }
        _ => "This kind of record carries no evidence of its own: only that it has not changed since import is known.",
    };
    let told = if standing.is_empty() { vec![stands.to_owned()] } else { standing.iter().map(Meaning::told).collect() };
    let vouched = (row.mark == Mark::Proven).then(|| "A pinned key or an anchor vouches for it.".to_owned());
    told.into_iter().chain(vouched).chain([format!("Kept byte for byte as it came: {place}.")]).collect()
}

/// Whether a record is signed by a key that nobody here has compared.
fn is_signed(summary: &BundleSummary, event: Option<&Event>) -> Result<bool, Fault> {
    let known = event.and_then(|event| Some((event.stream_id.as_ref()?, event.seq?))).zip(summary.report.as_deref());
    let Some(((stream, seq), report)) = known else { return Ok(false) };
    let reach = Document::read(report)?.evidence.reach;
    let here = |reached: &crate::evidence::Reached| {
        reached.stream_id == stream.as_str() && (reached.from_seq..=reached.to_seq).contains(&seq)
    };
    Ok(reach.iter().any(|reached| reached.by == "signed" && here(reached)))
}

fn badge_of(mark: Mark, standing: &[Meaning], is_signed: bool) -> Badge {
    let badge = |seal, word: &str, reason: &str| Badge { seal, word: word.to_owned(), reason: reason.to_owned() };
    match mark {
        Mark::Proven => badge(
            Seal::Verified,
            "Verified",
            "The record matches its hash, and a pinned key or an anchor vouches for it.",
        ),
        Mark::Stands if is_signed => {
            let reason = "The record matches its hash and is signed, by a key that nobody here has compared.";
            badge(Seal::NotVerified, "Not verified", reason)
        }
        Mark::Stands => badge(Seal::Unsigned, "Unsigned", "The record matches its hash; nothing shows who made it."),
        Mark::NotVerified => {
            let worst = standing.iter().min_by_key(|meaning| meaning.concerns);
            let reason = worst
                .map_or("The record has not been checked, or not with what this office vouches for today.", |worst| {
                    worst.sentence.as_str()
                });
            badge(Seal::NotVerified, "Not verified", reason)
        }
        Mark::Altered | Mark::Misplaced | Mark::Beside => {
            // What is wrong with the record itself says more than what is wrong beside it.
            let worst = standing.iter().min_by_key(|meaning| meaning.concerns);
            let word = match worst.map(|meaning| meaning.concerns) {
                Some(Concerns::Record) | None => "Altered or damaged",
                Some(Concerns::Place | Concerns::Neighborhood) => "Named in a finding",
            };
            let reason =
                worst.map_or_else(|| "A finding names this record.".to_owned(), |worst| worst.sentence.clone());
            badge(Seal::Altered, word, &reason)
        }
    }
}
