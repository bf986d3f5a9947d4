//! Events at rest, and the answers to timeline questions about them.
//!
//! A bundle comes in once, as events with the places of their records and as the untouched bytes of its files. It is
//! kept in the vault as immutable columns in several orders; questions read the few chunks that can hold an answer.
//! What is asked comes as values of `timeline` and goes through one trait, [`EventQuestions`].
//!
//! # Invariants
//! * Nothing about a person leaves without a [`Witnessed`](access_log::Witnessed) for exactly that question.
//! * What was handed over comes back byte for byte. Columns can be made again from it and are never the evidence.
//! * A bundle's rows are written once and removed only with the bundle.
//! * An answer is exact: whatever way it is found, it is what [`Filter::matches`](timeline::Filter::matches) says.
//! * No SQL, path, chunk or column type is part of this interface.

mod answer;
mod catalog;
mod chunk;
mod columns;
mod event_id;
mod event_ref;
mod fault;
mod import;
mod interim;
mod kept;
mod look;
mod people;
mod questions;
mod repeats;
mod shelf;
mod standing;
mod store;
mod sweep;
mod time_form;
mod words;

pub use answer::{
    BundleState, BundleSummary, DayCount, KeptLine, LINE_BYTES_MAX, Overview, PAGE_ROWS_MAX, Page, People, PeopleBy,
    PeopleOrder, PersonRow, Place, Row, SourceBins, SourceCounts, StandingCounts, Totals, Twin,
};
pub use chunk::Sizes;
pub use event_ref::{EventRef, EventRefFault, Spot};
pub use fault::StoreFault;
pub use import::{Begun, Finished, Import, Intake, NewBundle, StoredEvent};
pub use interim::KeptInterim;
pub use kept::{KeptFiles, KeptReader};
pub use people::Side;
pub use questions::{BinsAsked, EventQuestions, FacetAsked, PeopleAsked, list_entry, log_people, log_question};
pub use repeats::{Asked, Shared, Together};
pub use standing::{Mark, RecordSpan, SPANS_MAX, Standing};
pub use store::{EventStore, StoredFile, Told};
