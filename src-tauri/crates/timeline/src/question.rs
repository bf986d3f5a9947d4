//! A question: of which bundle, which events, in which order.

use model::BundleId;
use serde::{Deserialize, Serialize};

use crate::Filter;

/// What is asked of one bundle's events. One look is one question (`architecture.md`, invariant 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The bundle, by the hash of its content.
    pub bundle: BundleId,
    /// Which of its events.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
}

/// The order of rows.
///
/// Events that are alike in what is sorted by follow each other in time, then by file and line. An event that lacks
/// it comes last in both directions: an undated event never stands between dated ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// What is sorted by.
    pub by: OrderBy,
    /// Greatest first. Only what is sorted by turns round; among equals time still ascends, except by time itself.
    pub descending: bool,
}

/// What rows can be sorted by. Texts are compared by their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderBy {
    /// When it happened; undated events last, as recorded.
    #[default]
    Time,
    /// As recorded: by file and line.
    Place,
    /// The user's id.
    User,
    /// The least of the patients' ids.
    Patient,
    /// The word of the vocabulary.
    Action,
    /// Category in the source's word.
    Type,
    /// Kind of resource, then which one.
    Resource,
    /// The word of the vocabulary.
    Outcome,
    /// Workstation or device.
    Device,
    /// The system that wrote the record.
    System,
}

/// What may be said of one record's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Integrity {
    /// Checked, and nothing speaks against it.
    Stands,
    /// A finding says that it, or its place in the log, is not as it was made.
    Altered,
    /// Not checked, not yet checked, or nothing in this kind of bundle can show it.
    NotVerified,
}

impl Integrity {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::Stands, Self::Altered, Self::NotVerified];

    /// The word in rows and filters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::Altered => "altered",
            Self::NotVerified => "not_verified",
        }
    }
}
