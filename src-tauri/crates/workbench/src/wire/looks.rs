//! Looks: a purpose, a question, its pages, bins, facets and events. Everything here may name a person, and every
//! command that answers with it has left a line in the access log first.

use super::{Badge, When};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why the person looks.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PurposeAsk {
    /// A written reason, at least 8 characters.
    pub text: String,
}

/// Why the person looks, as recorded.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Purpose {
    /// The reason.
    pub text: String,
}

/// A question about the events of a bundle.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LookAsk {
    /// The bundle.
    pub bundle: String,
    /// The filter in its text form; empty for every event.
    pub filter: String,
    /// Values taken from the table, to be added to the filter with "and". The program quotes them, so that no value can
    /// be mistaken for filter text.
    pub and: Vec<ValueAsk>,
    /// Column to sort by: `time`, `number`, `user`, `patient`, `action`, `resource`, `station`.
    pub sort: String,
    /// Latest or last first.
    pub descending: bool,
}

/// A value of the table turned into a term: is this, or is not this.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ValueAsk {
    /// The field's name in the filter's text form.
    pub field: String,
    /// The value exactly as it came in a row or a facet.
    pub value: String,
    /// Whether it is a "not".
    pub negated: bool,
}

/// An open look. Its entry in the access log is durable.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Look {
    /// Stands for the question until the purpose changes or the vault locks.
    pub look: u32,
    /// The filter as the program prints it.
    pub filter: String,
    /// Its terms, for chips.
    pub terms: Vec<FilterTerm>,
    /// Events that match; exact.
    pub total: u64,
    /// How many of them another bundle of the vault holds too, with the same content; `null` while that was not found out.
    pub also_elsewhere: Option<u64>,
    /// Events without a usable time that would match if the filter had no range of time: they are in none.
    pub outside_time: u64,
    /// Events in the bundle so far.
    pub whole: u64,
    /// Whether more may come because the import still runs.
    pub growing: bool,
    /// Whether names and other patients are uncovered.
    pub revealed: bool,
    /// Zone that days in the filter were read in.
    pub zone: String,
    /// Start of the filter's range of time, epoch milliseconds; `null` where it is open.
    pub from_ms: Option<i64>,
    /// End of the filter's range of time, epoch milliseconds, exclusive; `null` where it is open.
    pub to_ms: Option<i64>,
}

/// One term of a filter.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FilterTerm {
    /// The field's name in the text form: `user`, `patient`, `action`; empty for a bare word.
    pub field: String,
    /// The values joined by "or".
    pub values: Vec<String>,
    /// Whether it is a "not".
    pub negated: bool,
    /// The term alone in text form.
    pub text: String,
    /// The filter without this term.
    pub without: String,
    /// Events that match without this term; told only when nothing matches with it.
    pub total_without: Option<u64>,
}

/// Uncover display names and the other patients of multi-patient events. A look of its own.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RevealAsk {
    /// The look.
    pub look: u32,
}

/// A page of rows.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowsAsk {
    /// The look.
    pub look: u32,
    /// First row, from 0.
    pub offset: u64,
    /// Rows wanted, at most 500.
    pub limit: u32,
}

/// A page of rows.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Rows {
    /// First row, from 0.
    pub offset: u64,
    /// The rows.
    pub rows: Vec<Row>,
    /// Rows in all; exact.
    pub total: u64,
}

/// One event in a table.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Row {
    /// What it can be opened by.
    pub event_ref: String,
    /// The producer's number, or the line.
    pub number: u64,
    /// When it happened.
    pub time: When,
    /// Who.
    pub user_id: String,
    /// Their display name; `null` until revealed.
    pub user_name: Option<String>,
    /// Their role.
    pub role: Option<String>,
    /// The verb of the vocabulary.
    pub action: String,
    /// The category in the source's word.
    pub event_type: String,
    /// The patients of the look's scope.
    pub patient_ids: Vec<String>,
    /// How many other patients are covered.
    pub other_patients: u32,
    /// What kind of thing.
    pub resource_type: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// The sign-in.
    pub session_id: Option<String>,
    /// Device, else address.
    pub station: Option<String>,
    /// The system that wrote it.
    pub source_system: Option<String>,
    /// The word of the filter `integrity:`: `stands`, `altered` or `not_verified`.
    pub integrity: String,
    /// What may be said of the record.
    pub state: RowState,
    /// How many other bundles hold the same record.
    pub also_in: u32,
    /// How many other bundles have other content under its stream and number, or its system and id.
    pub contradicted_by: u32,
}

/// What may be said of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RowState {
    /// It stands, and somebody outside the bundle vouches for it.
    Proven,
    /// It stands: it agrees with its own hash and with its neighbors.
    Stands,
    /// It was not checked with what this office vouches for today, or nothing can be said of it.
    NotVerified,
    /// Records beside it are missing; it agrees with its own hash.
    Beside,
    /// A finding names it for where it stands, or it lies in a span in which something was altered.
    Misplaced,
    /// What it says is not what was recorded, or nobody can tell.
    Altered,
}

/// The histogram of a look.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BinsAsk {
    /// The look.
    pub look: u32,
    /// Bars at most, 10 to 400.
    pub bins_max: u32,
    /// Whether to fit the bars to the look's range instead of the whole bundle.
    pub fit: bool,
}

/// A histogram, aligned to the calendar of its zone.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Bins {
    /// IANA zone the bars are aligned in.
    pub zone: String,
    /// Width in words: "1 hour".
    pub step: String,
    /// Names of the bands, at most three, the last may be "other".
    pub bands: Vec<String>,
    /// The bars in order, without holes.
    pub bins: Vec<Bin>,
    /// Labels below.
    pub ticks: Vec<Tick>,
    /// A round number at or above the tallest bar (of the pale ones too).
    pub nice_max: u64,
    /// Matching events without a usable time.
    pub undated: u64,
}

/// One bar.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Bin {
    /// Start, epoch milliseconds.
    pub from_ms: i64,
    /// End, epoch milliseconds, exclusive.
    pub to_ms: i64,
    /// Matching events per band.
    pub counts: Vec<u64>,
    /// All events of the bundle in this bar.
    pub all: u64,
    /// Start as the filter's `from:` takes it.
    pub from: String,
    /// End as the filter's `to:` takes it.
    pub to: String,
}

/// A label below the bars.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Tick {
    /// Index of the bar it stands at.
    pub bin: u32,
    /// "14 Mar".
    pub label: String,
}

/// The most frequent values of a field within a look.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FacetAsk {
    /// The look.
    pub look: u32,
    /// The field's name in the filter's text form.
    pub field: String,
    /// Only values containing this.
    pub contains: String,
    /// Values wanted, at most 200.
    pub limit: u32,
}

/// The most frequent values of a field.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Facet {
    /// The values, most frequent first.
    pub values: Vec<FacetValue>,
    /// Distinct values in all.
    pub total: u64,
}

/// A value and how often it occurs.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FacetValue {
    /// The value as recorded.
    pub value: String,
    /// Events with it.
    pub events: u64,
    /// The term "is this", in text form.
    pub term: String,
}

/// One event.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventAsk {
    /// The look it is opened from.
    pub look: u32,
    /// The event.
    pub event_ref: String,
}

/// One event with its record as written.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EventDetail {
    /// Its row.
    pub row: Row,
    /// What the record says in canonical names beyond the row, as label and value.
    pub facts: Vec<(String, String)>,
    /// What the mapping had to leave open, in sentences.
    pub notes: Vec<String>,
    /// The record exactly as written; bytes that are not UTF-8 as `⟦0xNN⟧`, invisible characters as `⟦U+NNNN⟧`.
    pub as_recorded: String,
    /// Whether `as_recorded` hides the other patients of the event.
    pub covered: bool,
    /// Name of the file within the bundle.
    pub file: String,
    /// Line within the file; of a table the row, from 1, headings not counted.
    pub line: u64,
    /// Whether the file is a table.
    pub is_row: bool,
    /// What was recomputed, in sentences.
    pub proof: Vec<String>,
    /// Where else the vault has this record, or another one under its name, in sentences.
    pub elsewhere: Vec<String>,
    /// This record's own badge.
    pub badge: Badge,
}

/// One record by its reference alone, as a finding names it. A look of its own.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecordAsk {
    /// The record.
    pub event_ref: String,
}

/// What stands where a finding points.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum RecordShown {
    /// An event.
    Event {
        /// The event, with display names covered.
        event: Box<EventDetail>,
    },
    /// A line that could not be read as an event, or is none.
    Line {
        /// The line.
        line: RawLine,
    },
}

/// A line of a file as it was handed over.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RawLine {
    /// What it can be opened by.
    pub event_ref: String,
    /// Name of the file within the bundle.
    pub file: String,
    /// Line within the file, from 1; of a table the row, headings not counted.
    pub line: u64,
    /// Whether the file is a table: then the line is the record of a row.
    pub is_row: bool,
    /// Its bytes as text; bytes that are not UTF-8 as `⟦0xNN⟧`, invisible characters as `⟦U+NNNN⟧`.
    pub as_recorded: String,
    /// How many bytes are in `as_recorded`.
    pub bytes_shown: u64,
    /// How many bytes the line has.
    pub bytes: u64,
}

/// Patients or users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PersonKind {
    /// Whose records were touched.
    Patient,
    /// Who touched them.
    User,
}

/// A list of patients or users with counts.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PeopleAsk {
    /// The bundle.
    pub bundle: String,
    /// Patients or users.
    pub kind: PersonKind,
    /// Only ids that begin with this; it goes into the access log, so it is asked for on Enter and not while typing.
    pub prefix: String,
    /// `events`, `id`, `first`, `last`, `others`.
    pub sort: String,
    /// Largest or last first.
    pub descending: bool,
    /// First row, from 0.
    pub offset: u64,
    /// Rows wanted, at most 500.
    pub limit: u32,
}

/// A list of patients or users.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct People {
    /// The people.
    pub people: Vec<PersonRow>,
    /// How many in all; exact.
    pub total: u64,
}

/// A patient or a user with counts.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PersonRow {
    /// The id as recorded.
    pub id: String,
    /// Events.
    pub events: u64,
    /// Users who opened this chart, or patients this user touched.
    pub others: u64,
    /// First event.
    pub first: Option<When>,
    /// Last event.
    pub last: Option<When>,
}

/// Everything about one patient or one user: opens a look of its own.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PersonAsk {
    /// The bundle.
    pub bundle: String,
    /// Patient or user.
    pub kind: PersonKind,
    /// The id as recorded.
    pub id: String,
}

/// Who opened this chart; or what this person opened.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PersonPage {
    /// The look; `rows` and `bins` go on from here.
    pub look: Look,
    /// The person with counts; zero events when the id does not occur.
    pub person: PersonRow,
    /// Users (for a patient) or patients (for a user), most events first: as many as one answer holds, at most 200.
    /// `counterparts` goes on from there.
    pub counterparts: Vec<Counterpart>,
    /// How many counterparts in all; exact.
    pub counterparts_total: u64,
    /// Events by hour of the week in the shown zone: Monday 0 h first, 168 numbers.
    pub week: Vec<u64>,
    /// Roles, stations, systems seen, as label and values.
    pub seen: Vec<(String, Vec<String>)>,
}

/// More of those on the other side of a person's page.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CounterpartsAsk {
    /// The look that the person's page opened.
    pub look: u32,
    /// `events`, `id`, `first`, `last`.
    pub sort: String,
    /// Largest or last first; those without a time come last where the latest are first.
    pub descending: bool,
    /// First counterpart, from 0.
    pub offset: u64,
    /// Counterparts wanted, at most 200.
    pub limit: u32,
}

/// Some of those on the other side of a person's page: as many of those wanted as one answer holds, and never none of
/// those there are.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Counterparts {
    /// First counterpart, from 0.
    pub offset: u64,
    /// The counterparts.
    pub counterparts: Vec<Counterpart>,
    /// How many in all; exact.
    pub total: u64,
}

/// One counterpart of a person.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Counterpart {
    /// The id as recorded.
    pub id: String,
    /// Role, for a user.
    pub role: Option<String>,
    /// Events.
    pub events: u64,
    /// First event.
    pub first: Option<When>,
    /// Last event.
    pub last: Option<When>,
    /// Verbs used, most frequent first.
    pub actions: Vec<String>,
    /// Instants of the events, epoch milliseconds, at most 200, spread evenly.
    pub dots_ms: Vec<i64>,
}
