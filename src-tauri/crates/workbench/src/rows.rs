//! Rows and bars as the page and the command line get them. What is covered in them is decided in `covering`.

use chrono::TimeZone as _;
use event_store::{Mark, Row as StoredRow, Twin};
use model::MappingNote;
use serde::Serialize;
use timeline::{Band, Filter, Histogram, Pattern, Span, Step, Zone};

use crate::covering::{Cover, in_scope};
use crate::portion::brief;
use crate::wire::{Bin, Bins, Row, RowState, Tick};
use crate::words::when;

/// Patients that a row lists for the page; the others are counted.
const PATIENTS_MAX: usize = 50;

/// A row as the command line prints it (`cli.md`, "Rows").
#[derive(Clone, Debug, Serialize)]
pub struct PlainRow {
    /// Short name of the event.
    pub event_ref: String,
    /// Unique within its stream.
    pub event_id: String,
    /// When it happened, as recorded.
    pub time: String,
    /// The same in UTC; absent for an undated event.
    pub time_utc: Option<String>,
    /// Who.
    pub user_id: String,
    /// Their role.
    pub role: Option<String>,
    /// The patients in the question's scope.
    pub patient_ids: Vec<String>,
    /// How many other patients the event has.
    pub other_patients: u32,
    /// The verb.
    pub action: String,
    /// The category in the source's word.
    pub event_type: String,
    /// What kind of thing.
    pub resource_type: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// The sign-in.
    pub session_id: Option<String>,
    /// Network address.
    pub source_ip: Option<String>,
    /// The system that wrote it.
    pub source_system: Option<String>,
    /// `stands`, `altered` or `not_verified`.
    pub integrity: String,
    /// The bundle it is from.
    pub bundle: String,
    /// References to the same record in other bundles.
    pub also_in: Vec<String>,
    /// References to records of other bundles that have its stream and number, or its system and id, and other content.
    pub contradicted_by: Vec<String>,
    /// What the mapping of the record had to leave open.
    pub notes: Vec<Note>,
}

/// Something that a record leaves open, and so does everything that is told of its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The code: `ACTOR_UNCLEAR`.
    pub code: &'static str,
    /// What it means, in a sentence.
    pub sentence: &'static str,
}

impl From<MappingNote> for Note {
    fn from(note: MappingNote) -> Self {
        let sentence = match note {
            MappingNote::ActorUnclear => "The record does not say who asked; the first person named was taken.",
            MappingNote::ActionUnknown => "The record's word for the action is in no vocabulary.",
            MappingNote::OutcomeUnknown => "The record's word for the outcome is in no vocabulary.",
            MappingNote::TimestampNoZone => "The record's time has no zone; the event is shown without a time.",
            MappingNote::TimestampZoneChosen => {
                "The record's time has no zone; it was read in the zone that was chosen when the bundle was imported."
            }
            MappingNote::TimestampTwice => {
                "The record's time has no zone, and in the zone chosen at import the clocks showed it twice that day, \
                 when they were set back. The earlier instant was taken; it may have been the later one."
            }
            MappingNote::TimestampNever => {
                "The record's time has no zone, and in the zone chosen at import the clocks jumped over it. The instant \
                 of the jump was taken; the recording clock did not follow that zone."
            }
            MappingNote::TimestampOutOfRange => "The record's time lies before 1900 or after 2199 and is kept as text.",
            MappingNote::TimestampUnreadable => "The record's time cannot be read and is kept as text.",
            MappingNote::VersionUnknown => {
                "The record's schema version is unknown; only its raw text can be relied on."
            }
        };
        Self { code: note.code(), sentence }
    }
}

/// A row for the command line.
pub(crate) fn plain_out(row: &StoredRow, scope: Option<&[Pattern]>, bundle: &str) -> PlainRow {
    let (patient_ids, other_patients) = in_scope(&row.patient_ids, scope);
    let cover = Cover::of(row, scope, false);
    PlainRow {
        event_ref: row.event_ref.to_string(),
        event_id: row.event_id.as_str().to_owned(),
        time: row.time.text().to_owned(),
        time_utc: row.time.utc_text(),
        user_id: row.user_id.as_str().to_owned(),
        role: row.role.clone(),
        patient_ids,
        other_patients,
        action: row.action.word().to_owned(),
        event_type: row.event_type.clone(),
        resource_type: row.resource_type.clone(),
        resource_id: row.resource_id.clone().map(|id| cover.over(id)),
        outcome: row.outcome.word().to_owned(),
        session_id: row.session_id.as_ref().map(|id| id.as_str().to_owned()),
        source_ip: row.source_ip.clone(),
        source_system: row.source_system.clone(),
        integrity: row.integrity().word().to_owned(),
        bundle: bundle.to_owned(),
        also_in: twins(row, true).map(|twin| twin.event_ref.to_string()).collect(),
        contradicted_by: twins(row, false).map(|twin| twin.event_ref.to_string()).collect(),
        notes: row.notes.iter().map(|note| Note::from(*note)).collect(),
    }
}

/// The records of other bundles that are this one, or contradict it.
fn twins(row: &StoredRow, same: bool) -> impl Iterator<Item = &Twin> {
    row.twins.iter().filter(move |twin| twin.same == same)
}

/// A row for the page.
pub(crate) fn row_out(row: &StoredRow, scope: Option<&[Pattern]>, revealed: bool) -> Row {
    let (mut patient_ids, other_patients) = in_scope(&row.patient_ids, if revealed { None } else { scope });
    let unlisted = u32::try_from(patient_ids.len().saturating_sub(PATIENTS_MAX)).unwrap_or(u32::MAX);
    patient_ids.truncate(PATIENTS_MAX);
    let some = |text: &Option<String>| text.clone().map(brief);
    let cover = Cover::of(row, scope, revealed);
    Row {
        event_ref: row.event_ref.to_string(),
        number: row.seq.unwrap_or(row.place.line),
        time: when(&row.time),
        user_id: brief(row.user_id.as_str()),
        user_name: if revealed { some(&row.user_display_name) } else { None },
        role: some(&row.role),
        action: row.action.word().to_owned(),
        event_type: brief(&*row.event_type),
        patient_ids: patient_ids.into_iter().map(brief).collect(),
        other_patients: other_patients.saturating_add(unlisted),
        resource_type: some(&row.resource_type),
        resource_id: row.resource_id.clone().map(|id| brief(cover.over(id))),
        outcome: row.outcome.word().to_owned(),
        session_id: row.session_id.as_ref().map(|id| brief(id.as_str())),
        station: some(&row.device).or_else(|| some(&row.source_ip)),
        source_system: some(&row.source_system),
        integrity: row.integrity().word().to_owned(),
        state: state_of(row.mark),
        also_in: number_of(twins(row, true)),
        contradicted_by: number_of(twins(row, false)),
    }
}

const fn state_of(mark: Mark) -> RowState {
    match mark {
        Mark::Proven => RowState::Proven,
        Mark::Stands => RowState::Stands,
        Mark::NotVerified => RowState::NotVerified,
        Mark::Beside => RowState::Beside,
        Mark::Misplaced => RowState::Misplaced,
        Mark::Altered => RowState::Altered,
    }
}

/// How a row is marked, in the word of its table.
pub(crate) const fn state_word(state: RowState) -> &'static str {
    match state {
        RowState::Proven => "Proven",
        RowState::Stands => "Stands",
        RowState::NotVerified => "Not verified",
        RowState::Beside => "Beside a gap",
        RowState::Misplaced => "In a finding",
        RowState::Altered => "Altered",
    }
}

fn number_of(twins: impl Iterator<Item = impl Sized>) -> u32 {
    u32::try_from(twins.count()).unwrap_or(u32::MAX)
}

/// The range of time a filter asks for, if it has both ends.
pub(crate) fn span_of(filter: &Filter) -> Option<Span> {
    match filter.period() {
        (Some(from), Some(to)) if from <= to => Some(Span { from, until: to.saturating_add(1) }),
        _ => None,
    }
}

/// Bars for the page: those that match, over those of the whole bundle.
pub(crate) fn bins_out(matching: &Histogram, whole: &Histogram, zone: Zone) -> Bins {
    let all_of = |from: i64| {
        let at = whole.bins.binary_search_by_key(&from, |bin| bin.from).ok();
        at.and_then(|at| whole.bins.get(at)).map_or(0, |bin| bin.events.iter().sum())
    };
    let bins: Vec<Bin> = matching
        .bins
        .iter()
        .map(|bin| Bin {
            from_ms: bin.from.div_euclid(1_000_000),
            to_ms: bin.until.div_euclid(1_000_000),
            counts: bin.events.clone(),
            all: all_of(bin.from).max(bin.events.iter().sum()),
            from: moment_text(bin.from, zone),
            // `to:` includes its instant, a bar does not include its end.
            to: moment_text(bin.until.saturating_sub(1_000_000), zone),
        })
        .collect();
    let ticks = matching.ticks.iter().filter_map(|tick| {
        let at = matching.bins.iter().position(|bin| bin.from <= tick.at && tick.at < bin.until)?;
        Some(Tick { bin: u32::try_from(at).ok()?, label: tick.label.clone() })
    });
    let highest = bins.iter().map(|bin| bin.all).max().unwrap_or(0);
    Bins {
        zone: matching.zone.clone(),
        step: step_words(matching.step).to_owned(),
        bands: matching.bands.iter().map(|band| band_name(*band).to_owned()).collect(),
        ticks: ticks.collect(),
        bins,
        nice_max: timeline::nice_maximum(highest),
        undated: matching.undated,
    }
}

const fn band_name(band: Band) -> &'static str {
    match band {
        Band::Action(action) => action.word(),
        Band::Other => "other",
    }
}

/// How long a bar is, in words.
pub(crate) const fn step_words(step: Step) -> &'static str {
    match step {
        Step::Minute => "1 minute",
        Step::FiveMinutes => "5 minutes",
        Step::QuarterHour => "15 minutes",
        Step::Hour => "1 hour",
        Step::ThreeHours => "3 hours",
        Step::SixHours => "6 hours",
        Step::HalfDay => "12 hours",
        Step::Day => "1 day",
        Step::Week => "1 week",
        Step::Month => "1 month",
        Step::Quarter => "3 months",
        Step::Year => "1 year",
        Step::Decade => "10 years",
    }
}

/// An instant as `from:` and `to:` take it, with the offset of its zone.
pub(crate) fn moment_text(nanos: i64, zone: Zone) -> String {
    zone.timestamp_nanos(nanos).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}
