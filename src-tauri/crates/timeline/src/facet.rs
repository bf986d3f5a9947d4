//! Facets: the most frequent values of a field among the events of a question.
//!
//! Facet values name people, so asking for them is a look like any other.

use serde::{Deserialize, Serialize};

use crate::Field;

/// What can be counted by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetField {
    /// A field with free values. Of `Resource`, the type.
    Field(Field),
    /// The word of the vocabulary.
    Action,
    /// The word of the vocabulary.
    Outcome,
    /// What may be said of the record.
    Integrity,
}

/// At most so many values are handed out at once; a search inside narrows them.
pub const FACET_VALUES_MAX: usize = 500;

/// The most frequent values of one field.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// Which field.
    pub field: FacetField,
    /// Most frequent first, equals by their text.
    pub values: Vec<FacetValue>,
    /// How many different values there are in all, including those not listed.
    pub distinct: u64,
    /// Events without any value.
    pub absent: u64,
}

/// One value and how many events have it. An event with several patients counts once for each.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FacetValue {
    /// The value as recorded, or the word of the vocabulary.
    pub value: String,
    /// How many events.
    pub events: u64,
}

impl Facet {
    /// Puts counted values in order and cuts the list.
    #[must_use]
    pub fn of(field: FacetField, mut values: Vec<FacetValue>, absent: u64, limit: usize) -> Self {
        let distinct = values.len() as u64;
        values.sort_unstable_by(|a, b| b.events.cmp(&a.events).then_with(|| a.value.cmp(&b.value)));
        values.truncate(limit.min(FACET_VALUES_MAX));
        Self { field, values, distinct, absent }
    }
}

impl std::fmt::Debug for Facet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Facet({:?}, {} of {} values)", self.field, self.values.len(), self.distinct)
    }
}
