//! The seam: what can be asked of stored events. No SQL, path, chunk or column crosses it.
//!
//! # Who may ask
//! Whatever tells about a person takes a [`Witnessed`] that was given for the same question: a look at
//! [`log_question`], an entry of the access log that holds its filter, order and bundle. Counts of a whole bundle need
//! none.

use access_log::{Entry, Witnessed};
use model::BundleId;
use serde::Serialize;
use timeline::{AnyOf, Condition, Facet, FacetField, Field, Filter, Histogram, Pattern, Question, Span, Term, Zone};

use crate::{BundleSummary, EventRef, KeptLine, Overview, Page, People, PeopleOrder, Row, Side, StoreFault, Totals};

/// Bars that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct BinsAsked {
    /// Whose calendar.
    pub zone: Zone,
    /// At most so many.
    pub bins_max: usize,
    /// Over which time; the whole bundle's period if `None`, so that answers can be laid over each other.
    pub span: Option<Span>,
}

/// Facet values that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct FacetAsked<'a> {
    /// Of which field.
    pub field: FacetField,
    /// At most so many.
    pub limit: usize,
    /// Only values that contain this, in any case of ASCII letters; all if empty.
    pub containing: &'a str,
    /// Only values that one of these fits; all if there are none.
    pub within: &'a [Pattern],
}

/// People that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct PeopleAsked<'a> {
    /// Of which bundle.
    pub bundle: &'a BundleId,
    /// Patients or users.
    pub side: Side,
    /// Only those whose ids begin so; everybody if empty.
    pub beginning: &'a str,
    /// In which order.
    pub order: PeopleOrder,
    /// Which of them comes first, from 0.
    pub offset: u64,
    /// At most so many, and never more than [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    pub limit: usize,
}

/// What stored events answer.
pub trait EventQuestions {
    /// The bundles that are stored, those being imported included, in the order of their import.
    fn bundles(&self) -> Result<Vec<BundleSummary>, StoreFault>;

    /// What is inside one bundle, in counts.
    fn overview(&self, bundle: &BundleId) -> Result<Overview, StoreFault>;

    /// How many events, users and patients a question finds. Exact.
    fn count(&self, seen: &Witnessed, question: &Question) -> Result<Totals, StoreFault>;

    /// Some rows of the answer, from `offset`; at most [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX), whatever `limit` says.
    fn page(&self, seen: &Witnessed, question: &Question, offset: u64, limit: usize) -> Result<Page, StoreFault>;

    /// The answer as bars over time.
    fn bins(&self, seen: &Witnessed, question: &Question, asked: BinsAsked) -> Result<Histogram, StoreFault>;

    /// The most frequent values of a field in the answer.
    fn facets(&self, seen: &Witnessed, question: &Question, asked: FacetAsked<'_>) -> Result<Facet, StoreFault>;

    /// Which row of the answer an event is, from 0; `None` if it is not in it.
    fn position_of(&self, seen: &Witnessed, question: &Question, event: &EventRef) -> Result<Option<u64>, StoreFault>;

    /// Patients or users of a bundle with their counts. `seen` is for [`log_people`].
    fn people(&self, seen: &Witnessed, asked: PeopleAsked<'_>) -> Result<People, StoreFault>;

    /// One event with the bytes of its record. `seen` is for [`Entry::ViewEvent`] of the same reference.
    fn event(&self, seen: &Witnessed, event_ref: &EventRef) -> Result<(Row, Vec<u8>), StoreFault>;

    /// The line of a kept file that a reference of the second form names, whether an event stands there or not: for records
    /// that could not be read as events, and lines of other files. `seen` is as for [`event`](Self::event).
    fn line(&self, seen: &Witnessed, event_ref: &EventRef) -> Result<KeptLine, StoreFault>;

    /// The references of events with this id, at most `limit`: an id may occur in several bundles, or twice in one. Of one
    /// record that several bundles hold the first is given. `seen` is for [`Entry::EventSought`] with this id.
    fn find_event_id(&self, seen: &Witnessed, event_id: &str, limit: usize) -> Result<Vec<EventRef>, StoreFault>;
}

/// A question as the access log writes it: with every time in UTC, so that it can be read anywhere.
#[must_use]
pub fn log_question(question: &Question) -> access_log::Question {
    let query = question.filter.text_in_full();
    logged(query, question.order.by, question.order.descending, &question.bundle)
}

/// A list of patients or users of a bundle as the access log writes it; the query is empty for everybody.
#[must_use]
pub fn log_people(asked: &PeopleAsked<'_>) -> access_log::Question {
    let PeopleAsked { bundle, side, beginning, order, .. } = *asked;
    let field = match side {
        Side::Patients => Field::Patient,
        Side::Users => Field::User,
    };
    let begins = |beginning| Term::holds(Condition::Field(field, AnyOf::one(Pattern::prefix(beginning))));
    let query = Some(beginning).filter(|beginning| !beginning.is_empty());
    let query = query.map(|beginning| Filter::of(vec![begins(beginning)]).to_string());
    logged(query.unwrap_or_default(), order.by, order.descending, bundle)
}

/// The entry of the access log that a list of people is a look at.
#[must_use]
pub fn list_entry(asked: &PeopleAsked<'_>) -> Entry {
    let logged = log_people(asked);
    match asked.side {
        Side::Patients => Entry::PatientsList(logged),
        Side::Users => Entry::UsersList(logged),
    }
}

fn logged(query: String, by: impl Serialize, descending: bool, bundle: &BundleId) -> access_log::Question {
    let by = serde_json::to_value(by).ok();
    let by = by.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let order = format!("{by}{}", if descending { " descending" } else { "" });
    access_log::Question { query, order, bundle: Some(bundle.as_str().to_owned()) }
}
