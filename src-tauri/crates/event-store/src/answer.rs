//! What the store answers with: plain values that hold no trace of how they are kept.
//!
//! Rows, facets and lists of people name persons and come only for a `Witnessed`; summaries hold counts alone.

use model::{Action, BundleId, EventId, Instant, MappingNote, Outcome, PatientId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use timeline::{Integrity, Scale};

use crate::{EventRef, Mark};

/// At most so many rows are handed out at once.
pub const PAGE_ROWS_MAX: usize = 500;
/// Of a line of a file at most so many bytes are handed out: it may have been written to be long.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// One event as tables show it (`cli.md`, "Rows").
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Short name of the event.
    pub event_ref: EventRef,
    /// Unique within its stream.
    pub event_id: EventId,
    /// The producer's number of the record, where it has one.
    pub seq: Option<u64>,
    /// When it happened, as recorded.
    pub time: Instant,
    /// Who did it; empty where the source names nobody.
    pub user_id: UserId,
    /// A label beside the id.
    pub user_display_name: Option<String>,
    /// The role in force.
    pub role: Option<String>,
    /// Every patient whose record was touched.
    pub patient_ids: Vec<PatientId>,
    /// The verb.
    pub action: Action,
    /// The verb in the source's word.
    pub action_recorded: String,
    /// The category in the source's word.
    pub event_type: String,
    /// What kind of thing was touched.
    pub resource_type: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The sign-in it belongs to.
    pub session_id: Option<SessionId>,
    /// Network address.
    pub source_ip: Option<String>,
    /// Workstation or device.
    pub device: Option<String>,
    /// The system that wrote the record.
    pub source_system: Option<String>,
    /// The rule that allowed it.
    pub access_policy: Option<String>,
    /// Sensitivity labels.
    pub data_classification: Vec<String>,
    /// Whether emergency access was used, where the source says.
    pub break_glass: Option<bool>,
    /// What the mapping could not settle.
    pub notes: Vec<MappingNote>,
    /// What may be said of the record.
    pub mark: Mark,
    /// Where the record stands.
    pub place: Place,
    /// The records of other bundles that are this one, or have its name.
    pub twins: Vec<Twin>,
}

/// A record of another bundle that has the same stream and number, or the same system and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Its short name.
    pub event_ref: EventRef,
    /// The bundle it is in.
    pub bundle: BundleId,
    /// Whether it says the same; else it has the name of this one and says something else.
    pub same: bool,
    /// What may be said of it there.
    pub integrity: Integrity,
}

impl Row {
    /// The word for what may be said of the record.
    #[must_use]
    pub const fn integrity(&self) -> Integrity {
        self.mark.integrity()
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({})", self.event_ref)
    }
}

/// Where in the bundle a record stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// Index of the file in the import.
    pub file: u32,
    /// Path of the file within the bundle.
    pub path: String,
    /// Number of the record in its file, from 1.
    pub line: u64,
    /// Its first byte, from 0.
    pub byte_offset: u64,
    /// How many bytes it has.
    pub byte_length: u32,
}

/// A line of a kept file, whatever it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptLine {
    /// Path of the file within the bundle.
    pub path: String,
    /// Its number in the file, from 1.
    pub line: u64,
    /// Its first byte, from 0.
    pub byte_offset: u64,
    /// How many bytes it has, without the end of the line.
    pub byte_length: u64,
    /// Its bytes, at most [`LINE_BYTES_MAX`] of them.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for KeptLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptLine({}, {} bytes)", self.line, self.byte_length)
    }
}

/// Some rows of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many rows the whole answer has.
    pub total: u64,
    /// Which row of it comes first, from 0.
    pub offset: u64,
    /// At most [`PAGE_ROWS_MAX`].
    pub rows: Vec<Row>,
}

/// Exact counts of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Events; one with several patients counts once.
    pub events: u64,
    /// Different users; events without one add none.
    pub users: u64,
    /// Different patients.
    pub patients: u64,
    /// Events without a time.
    pub undated: u64,
    /// How many of the events another bundle holds as well, with the same content; `None` while not every bundle was compared.
    pub elsewhere: Option<u64>,
}

/// One person in a list: a patient with those who looked, or a user with what they opened.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The person's id as recorded.
    pub id: String,
    /// How many events.
    pub events: u64,
    /// Of a patient: different users. Of a user: different patients.
    pub others: u64,
    /// The first dated event.
    pub first: Option<Instant>,
    /// The last dated event.
    pub last: Option<Instant>,
}

impl std::fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonRow({} events)", self.events)
    }
}

/// Some people of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    /// How many there are in all.
    pub total: u64,
    /// At most [`PAGE_ROWS_MAX`].
    pub people: Vec<PersonRow>,
}

/// How lists of people are sorted; equals by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PeopleOrder {
    /// What by.
    pub by: PeopleBy,
    /// Greatest first.
    pub descending: bool,
}

/// What lists of people are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleBy {
    /// The bytes of the id.
    #[default]
    Id,
    /// How many events.
    Events,
    /// How many people on the other side.
    Others,
    /// The first dated event; those without one last.
    First,
    /// The last dated event; those without one last.
    Last,
}

/// Whether a bundle is all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleState {
    /// It is being imported: what can be seen is not all, and nothing of it is verified.
    Coming,
    /// It was imported whole.
    Here,
}

/// A stored bundle: facts and counts, nothing about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleSummary {
    /// SHA-256 of its content, in hexadecimal digits.
    pub id: BundleId,
    /// Whether it is all there.
    pub state: BundleState,
    /// Facts of the bundle, as the importer wrote them (JSON).
    pub facts: String,
    /// How it came: who handed it over, when, by which channel, which hash was quoted (JSON).
    pub handover: String,
    /// The report of its verification (JSON), once there is one.
    pub report: Option<String>,
    /// How many events can be seen.
    pub events: u64,
    /// Whether its records are marked by a verdict that is history: see [`Standing`](crate::Standing).
    pub outdated: bool,
}

/// What is inside a bundle, in counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Whether it is all there.
    pub state: BundleState,
    /// Events.
    pub events: u64,
    /// Different users.
    pub users: u64,
    /// Different patients.
    pub patients: u64,
    /// Events without a time.
    pub undated: u64,
    /// Events that their records mark as emergency access.
    pub emergencies: u64,
    /// First and last dated event, in nanoseconds since 1970-01-01T00:00:00Z.
    pub period: Option<(i64, i64)>,
    /// Events by day, system and action, in that order.
    pub days: Vec<DayCount>,
    /// Bytes of the bundle's files.
    pub source_bytes: u64,
}

/// How many events of one kind a system recorded in one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// Days since 1970-01-01 in UTC; `None` for undated events.
    pub day: Option<i64>,
    /// The system that recorded them, if the source names one.
    pub system: Option<String>,
    /// What was done.
    pub action: Action,
    /// How many.
    pub events: u64,
}

/// Events of a bundle over time, by source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceBins {
    /// How time is cut; `None` where no event has a time.
    pub scale: Option<Scale>,
    /// In the order they were met.
    pub sources: Vec<SourceCounts>,
}

/// What one system recorded in one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCounts {
    /// The stream, if the source has streams.
    pub stream: Option<String>,
    /// The system, if the source names one.
    pub system: Option<String>,
    /// Whether these are all the sources that are too many to be counted apart.
    pub is_rest: bool,
    /// One for each bin.
    pub bins: Vec<StandingCounts>,
    /// Events without a time.
    pub undated: StandingCounts,
}

/// Events, counted by what may be said of their records themselves. Each counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandingCounts {
    /// They stand, and somebody outside the bundle vouches for them.
    pub proven: u64,
    /// They stand, and nobody outside the bundle vouches for them.
    pub stands: u64,
    /// A finding names them, and not only because others are missing beside them.
    pub altered: u64,
    /// Nothing is known.
    pub not_verified: u64,
}

impl StandingCounts {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.proven + self.stands + self.altered + self.not_verified
    }

    /// Counts one more.
    pub(crate) const fn add(&mut self, own_mark: Mark) {
        match own_mark {
            Mark::Proven => self.proven += 1,
            Mark::Stands | Mark::Beside => self.stands += 1,
            Mark::NotVerified => self.not_verified += 1,
            Mark::Altered | Mark::Misplaced => self.altered += 1,
        }
    }
}

impl std::ops::AddAssign for StandingCounts {
    fn add_assign(&mut self, other: Self) {
        self.proven += other.proven;
        self.stands += other.stands;
        self.altered += other.altered;
        self.not_verified += other.not_verified;
    }
}
