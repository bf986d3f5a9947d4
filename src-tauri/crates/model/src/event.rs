//! The canonical event: what every import profile maps its source records to.
//!
//! Field names are those of `domain.md` 8.1. A field that a source does not record is `None` or empty, never a guess.
//! What has no field here stays in the record's own bytes, which are always kept.

use crate::{Action, EventId, Instant, Outcome, PatientId, SessionId, StreamId, UserId};

/// One thing somebody did, as the source recorded it.
///
/// An event may touch several patients and is still one event: it counts once in totals and once per patient in a
/// patient's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The chain the record belongs to, where it belongs to one.
    pub stream_id: Option<StreamId>,
    /// The producer's number of the record within its stream, from 1.
    pub seq: Option<u64>,
    /// Unique within the stream; for sources without ids, the SHA-256 of the record.
    pub event_id: EventId,
    /// The category in the source's word.
    pub event_type: String,
    /// The verb.
    pub action: Action,
    /// The verb in the source's word.
    pub action_recorded: String,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was written down.
    pub recorded_at: Option<Instant>,
    /// Who did it; empty where the source names nobody.
    pub user_id: UserId,
    /// A label beside the id; never an identifier.
    pub user_display_name: Option<String>,
    /// Person, system or interface, in the source's word.
    pub actor_type: Option<String>,
    /// The role in force at the time.
    pub role: Option<String>,
    /// The sign-in it belongs to.
    pub session_id: Option<SessionId>,
    /// Network address it came from.
    pub source_ip: Option<String>,
    /// Workstation or device.
    pub device: Option<String>,
    /// The client program.
    pub user_agent: Option<String>,
    /// The system that wrote the record.
    pub source_system: Option<String>,
    /// The request it was part of.
    pub request_id: Option<String>,
    /// Ties events of several services together.
    pub correlation_id: Option<String>,
    /// What kind of thing was touched.
    pub resource_type: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// Every patient whose record was touched, as recorded, without repeats.
    pub patient_ids: Vec<PatientId>,
    /// Data elements that were shown or changed.
    pub fields_accessed: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so.
    pub outcome_reason: Option<String>,
    /// The reason given for the access, as free text.
    pub access_reason: Option<String>,
    /// Codes for the purpose of use.
    pub purpose: Vec<String>,
    /// The rule that allowed it.
    pub access_policy: Option<String>,
    /// Sensitivity labels.
    pub data_classification: Vec<String>,
    /// Whether emergency access was used, where the source says.
    pub break_glass: Option<bool>,
    /// To whom and on what basis, for a disclosure.
    pub disclosure: Option<Disclosure>,
    /// Schema version of this record.
    pub audit_log_version: Option<String>,
    /// Hash of the record before it, lowercase hex.
    pub previous_hash: Option<String>,
    /// Hash of this record, lowercase hex.
    pub event_hash: Option<String>,
    /// What the mapping could not settle.
    pub notes: Vec<MappingNote>,
}

impl Event {
    /// Whether the record marks it as emergency access: by a flag of its own, or by what was done.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.break_glass == Some(true) || self.action == Action::BreakGlass
    }
}

/// To whom something was disclosed, and on what basis (45 CFR 164.528(b)(2)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disclosure {
    /// Who received it.
    pub recipient_name: Option<String>,
    /// Their address.
    pub recipient_address: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// The provision relied on.
    pub legal_basis: Option<String>,
    /// What was disclosed.
    pub description: Option<String>,
}

/// Something a mapping had to leave open. The record's own bytes say what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MappingNote {
    /// No agent is marked as the one who asked; the first person, else the first agent, was taken.
    ActorUnclear,
    /// The source's verb is in no vocabulary; `action` is `other`.
    ActionUnknown,
    /// The source's outcome is in no vocabulary; `outcome` is `unknown`.
    OutcomeUnknown,
    /// The time has no zone; the event is undated until one is chosen.
    TimestampNoZone,
    /// The time has no zone and was read in the one that somebody chose for the bundle.
    TimestampZoneChosen,
    /// The same, and the zone's clocks show that time twice on the day: the earlier instant was taken.
    TimestampTwice,
    /// The same, and the zone's clocks jump over that time: the instant of the jump was taken.
    TimestampNever,
    /// The time lies before 1900 or after 2199 and is kept as text.
    TimestampOutOfRange,
    /// The time cannot be read and is kept as text.
    TimestampUnreadable,
    /// The record's schema version is unknown; the event is shown as its raw record only.
    VersionUnknown,
}

impl MappingNote {
    /// The note's code in reports and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ActorUnclear => "ACTOR_UNCLEAR",
            Self::ActionUnknown => "ACTION_UNKNOWN",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::TimestampNoZone => "TIMESTAMP_NO_ZONE",
            Self::TimestampZoneChosen => "TIMESTAMP_ZONE_CHOSEN",
            Self::TimestampTwice => "TIMESTAMP_TWICE",
            Self::TimestampNever => "TIMESTAMP_NEVER",
            Self::TimestampOutOfRange => "TIMESTAMP_OUT_OF_RANGE",
            Self::TimestampUnreadable => "TIMESTAMP_UNREADABLE",
            Self::VersionUnknown => "VERSION_UNKNOWN",
        }
    }
}
