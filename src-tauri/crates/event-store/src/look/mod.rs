//! Answering questions. Every answer is found from the columns; what was found out about a question is kept for the
//! next page of the same look.
//!
//! # Invariants
//! * The token is looked at first, before anything is read.
//! * What is kept is bounded, belongs to one revision of a bundle, and leaves memory with the store.

mod answers;
mod counting;
mod events;
mod lines;
mod lists;
mod matcher;
mod order;
mod plan;
mod rows;
mod sources;
mod words_in_records;

use access_log::{Entry, Witnessed};
use model::BundleId;
use timeline::{Facet, Filter, Histogram, Order, Question};

pub(crate) use self::answers::{Answer, Looks};
pub(crate) use self::counting::{Matches, mark};
pub(crate) use self::matcher::at;
use crate::questions::list_entry;
use crate::{
    BinsAsked, BundleSummary, EventQuestions, EventRef, EventStore, FacetAsked, KeptLine, Overview, PAGE_ROWS_MAX,
    Page, People, PeopleAsked, Row, StoreFault, Totals, log_question,
};

impl EventStore {
    /// Looks through the records for the words of a question, and keeps what was found for what is asked next. Nothing to
    /// do for a question without words.
    ///
    /// That takes as long as unpacking the bundle. `go_on` is told how many records and bytes were looked through; if it
    /// says no, this ends with [`StoreFault::Stopped`].
    pub fn search(
        &self,
        seen: &Witnessed,
        question: &Question,
        go_on: &(dyn Fn(u64, u64) -> bool + Sync),
    ) -> Result<(), StoreFault> {
        seen.admits_question(self.vault(), &log_question(question))?;
        self.answer_while(question, go_on).map(drop)
    }

    /// All events of a bundle as bars over time: what a question's bars are laid over. Counts of a whole bundle name
    /// nobody, so this needs no entry of the access log.
    pub fn whole_bins(&self, bundle: &BundleId, asked: BinsAsked) -> Result<Histogram, StoreFault> {
        let all = Question { bundle: bundle.clone(), filter: Filter::default(), order: Order::default() };
        self.answer(&all)?.matches(self.vault(), |matches| matches.bins(asked))
    }
}

impl EventQuestions for EventStore {
    fn bundles(&self) -> Result<Vec<BundleSummary>, StoreFault> {
        self.summaries()
    }

    fn overview(&self, bundle: &BundleId) -> Result<Overview, StoreFault> {
        let catalog = self.catalog(bundle)?;
        let source_bytes = self.files(bundle)?.iter().map(|file| file.bytes).sum();
        Ok(catalog.overview(source_bytes))
    }

    fn count(&self, seen: &Witnessed, question: &Question) -> Result<Totals, StoreFault> {
        seen.admits_question(self.vault(), &log_question(question))?;
        self.answer(question)?.totals(self.vault())
    }

    fn page(&self, seen: &Witnessed, question: &Question, offset: u64, limit: usize) -> Result<Page, StoreFault> {
        seen.admits_question(self.vault(), &log_question(question))?;
        self.answer(question)?.page(self.vault(), offset, limit.min(PAGE_ROWS_MAX))
    }

    fn bins(&self, seen: &Witnessed, question: &Question, asked: BinsAsked) -> Result<Histogram, StoreFault> {
        seen.admits_question(self.vault(), &log_question(question))?;
        self.answer(question)?.matches(self.vault(), |matches| matches.bins(asked))
    }

    fn facets(&self, seen: &Witnessed, question: &Question, asked: FacetAsked<'_>) -> Result<Facet, StoreFault> {
        seen.admits_question(self.vault(), &log_question(question))?;
        self.answer(question)?.matches(self.vault(), |matches| matches.facets(asked))
    }

    fn position_of(&self, seen: &Witnessed, question: &Question, event: &EventRef) -> Result<Option<u64>, StoreFault> {
        seen.admits_question(self.vault(), &log_question(question))?;
        if !question.bundle.as_str().starts_with(event.bundle_digits()) {
            return Ok(None);
        }
        self.answer(question)?.position_of(self.vault(), event)
    }

    fn people(&self, seen: &Witnessed, asked: PeopleAsked<'_>) -> Result<People, StoreFault> {
        seen.admits(self.vault(), &list_entry(&asked))?;
        self.list(asked)
    }

    fn event(&self, seen: &Witnessed, event_ref: &EventRef) -> Result<(Row, Vec<u8>), StoreFault> {
        seen.admits(self.vault(), &Entry::ViewEvent { event_ref: event_ref.to_string() })?;
        self.record(event_ref)
    }

    fn line(&self, seen: &Witnessed, event_ref: &EventRef) -> Result<KeptLine, StoreFault> {
        seen.admits(self.vault(), &Entry::ViewEvent { event_ref: event_ref.to_string() })?;
        self.kept_line(event_ref)
    }

    fn find_event_id(&self, seen: &Witnessed, event_id: &str, limit: usize) -> Result<Vec<EventRef>, StoreFault> {
        seen.admits(self.vault(), &Entry::EventSought { event_id: event_id.to_owned() })?;
        self.references(event_id, limit)
    }
}
