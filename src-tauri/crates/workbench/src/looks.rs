//! Looks: a purpose, a question with its line in the access log, and the pages, bars and facets that answer it.
//!
//! # Invariants
//! * A look is opened once, with one line, and serves its question until the purpose changes or the vault locks.
//! * What was shown is counted while it is shown, and written when the look ends.
//! * Display names, and patients outside the question's scope, leave this room only after a reveal, a line of its own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, MutexGuard, PoisonError};

use access_log::{Entry, Witnessed};
use event_store::{BinsAsked, EventQuestions, FacetAsked, PAGE_ROWS_MAX, StoreFault, Totals, log_question};
use model::BundleId;
use timeline::{Condition, FACET_VALUES_MAX, FacetField, Field, Filter, Order, OrderBy, Question, Term};

use crate::desk::Desk;
use crate::forms;
use crate::jobs::Gauge;
use crate::portion::{ANSWER_BYTES_MAX, fitting, json_bytes};
use crate::rows;
use crate::session::Session;
use crate::shown::Shown;
use crate::verdicts::profile_named;
use crate::wire::{
    Bins, BinsAsk, Counterpart, Facet, FacetAsk, FacetValue, Fault, FaultCode, FilterTerm, Look, LookAsk, Next,
    Nothing, PersonKind, PrintRowsAsk, Purpose, PurposeAsk, RevealAsk, Row, Rows, RowsAsk, ValueAsk,
};

/// Looks open at once; the oldest end first.
pub(crate) const LOOKS_MAX: usize = 200;
/// Persons' pages whose other side is kept; a page can have tens of thousands there.
const CIRCLES_MAX: usize = 4;
/// Terms that are left out one by one when nothing is found.
const REDUCED_MAX: usize = 6;
/// The longest value that can be chosen from a list; longer ones are only counted.
const CHOSEN_BYTES_MAX: usize = 4096;
/// What a look says of its filter at most, in bytes of JSON.
const FILTER_JSON_BYTES_MAX: usize = ANSWER_BYTES_MAX / 4;

/// The looks of a session.
#[derive(Default)]
pub(crate) struct Looks {
    next: u32,
    open: BTreeMap<u32, OpenLook>,
    /// Those on the other side of the latest persons' pages, so that turning their pages reads no rows again.
    circles: VecDeque<(u32, Circle)>,
    /// Lists of people, the oldest first.
    lists: Vec<OpenList>,
}

/// Everybody on the other side of a person's page, by id.
type Circle = Arc<Vec<Counterpart>>;

/// One open list of people.
#[derive(Clone)]
pub(crate) struct OpenList {
    pub(crate) seen: Arc<Witnessed>,
    pub(crate) shown: Shown,
}

/// One open look.
#[derive(Clone)]
pub(crate) struct OpenLook {
    pub(crate) question: Arc<Question>,
    pub(crate) seen: Arc<Witnessed>,
    pub(crate) revealed: bool,
    pub(crate) shown: Shown,
    /// Whose page opened it, if one did.
    pub(crate) about: Option<PersonKind>,
    total: u64,
    elsewhere: Option<u64>,
    /// The same question without its range of time, where that leaves out events without a time.
    pub(crate) outside: Option<Arc<Answer>>,
}

/// A question as it was asked, its line, and how much answers it.
pub(crate) struct Answer {
    pub(crate) question: Question,
    pub(crate) seen: Witnessed,
    totals: Totals,
}

impl Looks {
    /// Ends every look and gives the closing lines.
    pub(crate) fn end_all(&mut self) -> Vec<Entry> {
        self.circles.clear();
        let lists = std::mem::take(&mut self.lists).into_iter().map(|list| list.closing_line());
        let looks = std::mem::take(&mut self.open).into_values().map(|look| look.closing_line());
        looks.chain(lists).collect()
    }

    /// Keeps a list, and ends the oldest if there are too many.
    fn begin_list(&mut self, list: OpenList) -> Option<Entry> {
        self.lists.push(list);
        (self.lists.len() > LOOKS_MAX).then(|| self.lists.remove(0).closing_line())
    }

    fn begin(&mut self, look: OpenLook) -> (u32, Vec<Entry>) {
        self.next += 1;
        self.open.insert(self.next, look);
        let mut ended = Vec::new();
        while self.open.len() > LOOKS_MAX
            && let Some((_, oldest)) = self.open.pop_first()
        {
            ended.push(oldest.closing_line());
        }
        (self.next, ended)
    }
}

impl OpenList {
    fn closing_line(&self) -> Entry {
        self.shown.closing_line(self.seen.seq())
    }
}

impl OpenLook {
    fn closing_line(&self) -> Entry {
        self.shown.closing_line(self.seen.seq())
    }

    /// Counts a page of rows.
    pub(crate) fn count_rows(&self, offset: u64, rows: &[Row]) {
        self.shown.rows(offset..offset.saturating_add(rows.len() as u64));
        for row in rows {
            self.count_people(&row.patient_ids, &row.user_id);
        }
    }

    /// Counts the people of an event.
    pub(crate) fn count_people(&self, patients: &[String], user: &str) {
        self.shown.people(PersonKind::Patient, patients.iter().map(String::as_str));
        self.shown.people(PersonKind::User, [user]);
    }

    /// The patients that the question names; the others of an event are covered.
    pub(crate) fn scope(&self) -> Option<Vec<timeline::Pattern>> {
        scope_of(&self.question.filter)
    }
}

/// The patients that a filter names, if it names any.
pub(crate) fn scope_of(filter: &Filter) -> Option<Vec<timeline::Pattern>> {
    let named = filter.terms().iter().filter(|term| !term.negated);
    let patterns = named.filter_map(|term| match &term.condition {
        Condition::Field(Field::Patient, patterns) => Some(patterns.values().to_vec()),
        _ => None,
    });
    let patterns: Vec<_> = patterns.flatten().collect();
    (!patterns.is_empty()).then_some(patterns)
}

/// The filter "this person". An empty id is nobody's: it would find the events that are about no one.
pub(crate) fn person_filter(field: Field, id: &str) -> Result<Filter, Fault> {
    if id.trim().is_empty() {
        return Err(Fault::bad_input("Write the id of the person."));
    }
    Ok(Filter::is(field, id))
}

impl Session {
    fn looks(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a look.
    pub(crate) fn begin_look(&self, question: Question) -> Result<(u32, OpenLook), Fault> {
        self.begin(question, None)
    }

    /// The same for the page of a person of this kind.
    pub(crate) fn begin_look_at(&self, about: PersonKind, question: Question) -> Result<(u32, OpenLook), Fault> {
        self.begin(question, Some(about))
    }

    fn begin(&self, question: Question, about: Option<PersonKind>) -> Result<(u32, OpenLook), Fault> {
        let Answer { question, seen, totals: Totals { events: total, elsewhere, .. } } = self.ask(question)?;
        let outside = self.outside_time(&question)?.map(Arc::new);
        let (question, seen, shown) = (Arc::new(question), Arc::new(seen), Shown::default());
        let look = OpenLook { question, seen, revealed: false, shown, about, total, elsewhere, outside };
        let (number, ended) = self.looks().begin(look.clone());
        ended.into_iter().try_for_each(|entry| self.note(entry))?;
        Ok((number, look))
    }

    /// Asks a question in the forms in which whoever it names may be recorded. Each question asked has its own line.
    fn ask(&self, question: Question) -> Result<Answer, Fault> {
        let profile = profile_named(&self.summary(&question.bundle)?.facts);
        let first = self.answer(Question { filter: forms::widened(profile, question.filter), ..question })?;
        let Some(user) = forms::bare_user(profile, &first.question.filter).filter(|_| first.totals.events == 0) else {
            return Ok(first);
        };
        let with = |filter| Question { filter, ..first.question.clone() };
        let is_alone = first.question.filter.terms().len() == 1;
        if !is_alone && self.probe(with(user.alone))?.totals.events > 0 {
            return Ok(first);
        }
        for other in user.others {
            let other = self.answer(with(other))?;
            let empty = if other.totals.events > 0 { &first } else { &other };
            self.note(Shown::default().closing_line(empty.seen.seq()))?;
            if other.totals.events > 0 {
                return Ok(other);
            }
        }
        Ok(first)
    }

    /// Asks only to count: the look is over with its answer, and showed no row.
    fn probe(&self, question: Question) -> Result<Answer, Fault> {
        let answer = self.answer(question)?;
        self.note(Shown::default().closing_line(answer.seen.seq()))?;
        Ok(answer)
    }

    /// Asks exactly this: the line is durable before anything is counted.
    fn answer(&self, question: Question) -> Result<Answer, Fault> {
        let seen = self.witness(Entry::Look(log_question(&question)))?;
        self.search(&seen, &question)?;
        let totals = self.store.count(&seen, &question)?;
        Ok(Answer { question, seen, totals })
    }

    /// The question without its range of time, if that leaves out events without a time: no range can say whether they
    /// belong to it. It is a question of its own, with its own line.
    fn outside_time(&self, question: &Question) -> Result<Option<Answer>, Fault> {
        let is_range = |term: &Term| !term.negated && matches!(term.condition, Condition::From(_) | Condition::To(_));
        let terms = question.filter.terms();
        if !terms.iter().any(is_range) || self.store.overview(&question.bundle)?.undated == 0 {
            return Ok(None);
        }
        let at_any_time = terms.iter().filter(|term| !is_range(term)).cloned().fold(Filter::default(), Filter::and);
        self.probe(Question { filter: at_any_time, ..question.clone() }).map(Some)
    }

    /// Looks through the records for the words of a question, as work that can be stopped. A look that was stopped has
    /// shown nothing, and its line is followed by one that says so.
    fn search(&self, seen: &Witnessed, question: &Question) -> Result<(), Fault> {
        let has_words = question.filter.terms().iter().any(|term| matches!(term.condition, Condition::Text(_)));
        if !has_words {
            return Ok(());
        }
        let gauge = Gauge::default();
        gauge.expect_bytes(self.store.overview(&question.bundle)?.source_bytes);
        let number = self.jobs.begin_search("Searching the records", &gauge);
        let searched = self.store.search(seen, question, &|records, bytes| {
            gauge.advance(records, bytes);
            !gauge.stopped()
        });
        self.jobs.leave(number);
        match searched {
            Err(StoreFault::Stopped) => {
                self.note(Shown::default().closing_line(seen.seq()))?;
                let what = "The search was stopped before all records were looked through. Nothing was found yet.";
                Err(Fault::new(FaultCode::Cancelled, what).with(Next::Retry))
            }
            searched => Ok(searched?),
        }
    }

    /// An open look. While the log does not stand, or after the purpose changed, there is none.
    pub(crate) fn open_look(&self, number: u32) -> Result<OpenLook, Fault> {
        self.may_look()?;
        let found = self.looks().open.get(&number).cloned();
        found.ok_or_else(|| {
            let what = "This view has ended because the purpose changed. Open it again.";
            Fault::new(FaultCode::PurposeNeeded, what).with(Next::Retry)
        })
    }

    /// Those on the other side of the page that opened this look, if they are still known.
    pub(crate) fn circle(&self, number: u32) -> Option<Circle> {
        self.looks().circles.iter().find(|(look, _)| *look == number).map(|(_, circle)| Arc::clone(circle))
    }

    /// Keeps them for a while; the one not asked for longest goes first.
    pub(crate) fn keep_circle(&self, number: u32, circle: &Circle) {
        let mut looks = self.looks();
        looks.circles.retain(|(look, _)| *look != number);
        looks.circles.push_back((number, Arc::clone(circle)));
        while looks.circles.len() > CIRCLES_MAX {
            looks.circles.pop_front();
        }
    }

    /// The list that this entry opens; one line for each list, order and beginning.
    pub(crate) fn open_list(&self, entry: Entry) -> Result<OpenList, Fault> {
        self.may_look()?;
        if let Some(list) = self.looks().lists.iter().find(|list| list.seen.entry() == &entry) {
            return Ok(list.clone());
        }
        let list = OpenList { seen: Arc::new(self.witness(entry)?), shown: Shown::default() };
        let ended = self.looks().begin_list(list.clone());
        ended.into_iter().try_for_each(|entry| self.note(entry))?;
        Ok(list)
    }

    /// What would be found without each term, for a filter that finds nothing. Each is a question with its own line.
    fn without_each_term(&self, question: &Question) -> Result<Vec<u64>, Fault> {
        let terms = question.filter.terms();
        let reduced = (0..terms.len().min(REDUCED_MAX)).map(|skipped| {
            let filter = without(terms, skipped);
            let question = Question { filter, ..question.clone() };
            let seen = self.witness(Entry::Look(log_question(&question)))?;
            let events = self.store.count(&seen, &question)?.events;
            self.note(Shown::default().closing_line(seen.seq()))?;
            Ok(events)
        });
        reduced.collect()
    }

    /// What the page gets of a look.
    pub(crate) fn look_out(&self, number: u32, look: &OpenLook) -> Result<Look, Fault> {
        let question = &look.question;
        let overview = self.store.overview(&question.bundle)?;
        let several = question.filter.terms().len() > 1;
        let reduced = if look.total == 0 && several { self.without_each_term(question)? } else { Vec::new() };
        let (from, to) = question.filter.period();
        Ok(Look {
            look: number,
            filter: question.filter.to_string(),
            terms: terms_of(&question.filter, &reduced),
            total: look.total,
            also_elsewhere: look.elsewhere,
            outside_time: look.outside.as_ref().map_or(0, |outside| outside.totals.undated),
            whole: overview.events,
            growing: overview.state == event_store::BundleState::Coming,
            revealed: look.revealed,
            zone: self.zone().name().to_owned(),
            from_ms: from.map(|nanos| nanos.div_euclid(1_000_000)),
            to_ms: to.map(|nanos| nanos.div_euclid(1_000_000).saturating_add(1)),
        })
    }
}

impl Desk {
    /// Says why the person looks. Every look so far ends.
    pub fn give_purpose(&self, ask: PurposeAsk) -> Result<Purpose, Fault> {
        let purpose = self.session()?.give_purpose("purpose_given", &ask.text)?;
        Ok(Purpose { text: purpose.text().to_owned() })
    }

    /// Opens a look.
    pub fn look(&self, ask: LookAsk) -> Result<Look, Fault> {
        let session = self.session()?;
        let question = Question {
            bundle: BundleId::new(ask.bundle),
            filter: with_values(&session, parse(&session, &ask.filter)?, &ask.and)?,
            order: order_of(&ask.sort, ask.descending)?,
        };
        refuse_long(&question.filter)?;
        let (number, look) = session.begin_look(question)?;
        session.look_out(number, &look)
    }

    /// Uncovers display names and other patients in an open look.
    pub fn reveal(&self, ask: RevealAsk) -> Result<Look, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let object = format!("names and other patients of the look in entry {}", look.seen.seq());
        session.witness(Entry::Reveal { object })?;
        if let Some(look) = session.looks().open.get_mut(&ask.look) {
            look.revealed = true;
        }
        session.look_out(ask.look, &session.open_look(ask.look)?)
    }

    /// A page of rows: as many of those asked for as one answer holds, and never none.
    pub fn rows(&self, ask: RowsAsk) -> Result<Rows, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let limit = (ask.limit as usize).min(PAGE_ROWS_MAX);
        let page = session.store.page(&look.seen, &look.question, ask.offset, limit)?;
        let scope = look.scope();
        let rows = fitting(page.rows.iter().map(|row| rows::row_out(row, scope.as_deref(), look.revealed)));
        look.count_rows(ask.offset, &rows);
        Ok(Rows { offset: page.offset, rows, total: page.total })
    }

    /// The histogram.
    pub fn bins(&self, ask: BinsAsk) -> Result<Bins, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let bins_max = ask.bins_max.clamp(10, 400) as usize;
        let span = if ask.fit { rows::span_of(&look.question.filter) } else { None };
        let asked = BinsAsked { zone: session.zone(), bins_max, span };
        let matching = session.store.bins(&look.seen, &look.question, asked)?;
        let whole = session.store.whole_bins(&look.question.bundle, asked)?;
        let overview = session.store.overview(&look.question.bundle)?;
        let bins = rows::bins_out(&matching, &whole, session.zone());
        // An axis over nothing would begin somewhere that nobody recorded.
        let is_timed = overview.undated < overview.events;
        Ok(if is_timed { bins } else { Bins { bins: Vec::new(), ticks: Vec::new(), ..bins } })
    }

    /// The most frequent values of a field.
    pub fn facet(&self, ask: FacetAsk) -> Result<Facet, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let field = facet_field(&ask.field)?;
        let limit = (ask.limit as usize).min(FACET_VALUES_MAX);
        // The other patients of an event are covered here too.
        let scope = look.scope().filter(|_| field == FacetField::Field(Field::Patient) && !look.revealed);
        let within = scope.as_deref().unwrap_or_default();
        let asked = FacetAsked { field, limit, containing: &ask.contains, within };
        let facet = session.store.facets(&look.seen, &look.question, asked)?;
        let chosen = facet.values.into_iter().filter(|value| value.value.len() <= CHOSEN_BYTES_MAX);
        let values = chosen.map(|value| FacetValue {
            term: term_text(&ask.field, &value.value),
            value: value.value,
            events: value.events,
        });
        let values = fitting(values);
        let ids = values.iter().map(|value| value.value.as_str());
        match field {
            FacetField::Field(Field::Patient) => look.shown.people(PersonKind::Patient, ids),
            FacetField::Field(Field::User) => look.shown.people(PersonKind::User, ids),
            _ => {}
        }
        Ok(Facet { values, total: facet.distinct })
    }

    /// Prints rows that the page has made ready, after their line is written.
    pub fn print_rows(&self, ask: PrintRowsAsk) -> Result<Nothing, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let object = format!("the look in entry {}", look.seen.seq());
        session.witness(Entry::Print { object, rows: u64::from(ask.rows) })?;
        self.print()
    }

    /// Opens the system's print dialog.
    pub(crate) fn print(&self) -> Result<Nothing, Fault> {
        if self.outlets.print() {
            return Ok(Nothing {});
        }
        Err(Fault::new(FaultCode::Internal, "The system did not open its print dialog.").with(Next::Retry))
    }
}

/// Reads a filter that a person typed.
pub(crate) fn parse(session: &Session, text: &str) -> Result<Filter, Fault> {
    Filter::parse(text, session.zone())
        .map_err(|fault| Fault::bad_input(crate::faults::sentence(&fault.to_string(), "")))
}

/// Adds values taken from the table. They become terms without passing through text that could be misread.
fn with_values(session: &Session, filter: Filter, values: &[ValueAsk]) -> Result<Filter, Fault> {
    values.iter().try_fold(filter, |filter, ask| {
        let free = Field::ALL.iter().find(|field| field.name() == ask.field);
        let mut terms = match free {
            Some(field) => vec![Term::field(*field, &ask.value)],
            // Words of the vocabulary and instants: plain text that the parser knows or refuses.
            None => parse(session, &format!("{}:{}", ask.field, ask.value))?.terms().to_vec(),
        };
        for term in &mut terms {
            term.negated = ask.negated;
        }
        Ok(filter.and_all(Filter::of(terms)))
    })
}

/// A filter that the page could not be told about is refused before its line is written: each of its terms is told with
/// the filter that would be left without it.
pub(crate) fn refuse_long(filter: &Filter) -> Result<(), Fault> {
    if json_bytes(&(filter.to_string(), terms_of(filter, &[]))) <= FILTER_JSON_BYTES_MAX {
        return Ok(());
    }
    Err(Fault::bad_input("This filter is too long for one view. Use fewer or shorter terms."))
}

fn order_of(sort: &str, descending: bool) -> Result<Order, Fault> {
    let by = match sort {
        "time" | "" => OrderBy::Time,
        "number" => OrderBy::Place,
        "user" => OrderBy::User,
        "patient" => OrderBy::Patient,
        "action" => OrderBy::Action,
        "resource" => OrderBy::Resource,
        "station" => OrderBy::Device,
        "system" => OrderBy::System,
        "outcome" => OrderBy::Outcome,
        _ => return Err(Fault::bad_input("Rows cannot be sorted by that.")),
    };
    Ok(Order { by, descending })
}

fn facet_field(name: &str) -> Result<FacetField, Fault> {
    let free = Field::ALL.iter().find(|field| field.name() == name).map(|field| FacetField::Field(*field));
    let closed = match name {
        "action" => Some(FacetField::Action),
        "outcome" => Some(FacetField::Outcome),
        "integrity" => Some(FacetField::Integrity),
        _ => None,
    };
    free.or(closed).ok_or_else(|| Fault::bad_input("There is no such field."))
}

/// The term "this field is this value" in text form.
pub(crate) fn term_text(field: &str, value: &str) -> String {
    Field::ALL
        .iter()
        .find(|known| known.name() == field)
        .map_or_else(|| format!("{field}:{value}"), |field| Filter::is(*field, value).to_string())
}

fn without(terms: &[timeline::Term], skipped: usize) -> Filter {
    let kept = terms.iter().enumerate().filter(|(index, _)| *index != skipped).map(|(_, term)| term.clone());
    Filter::of(kept.collect())
}

/// A filter's terms for chips. `reduced` says what would be found without each of them, where that was asked.
fn terms_of(filter: &Filter, reduced: &[u64]) -> Vec<FilterTerm> {
    let terms = filter.terms();
    let shown = terms.iter().enumerate().map(|(index, term)| {
        let text = Filter::of(vec![term.clone()]).to_string();
        let (field, values) = words_of(&term.condition);
        FilterTerm {
            field,
            values,
            negated: term.negated,
            text,
            without: without(terms, index).to_string(),
            total_without: reduced.get(index).copied(),
        }
    });
    shown.collect()
}

fn words_of(condition: &Condition) -> (String, Vec<String>) {
    let (field, values): (&str, Vec<String>) = match condition {
        Condition::Field(field, patterns) => (field.name(), patterns.values().iter().map(pattern_text).collect()),
        Condition::Action(words) => ("action", words.values().iter().map(|word| word.word().to_owned()).collect()),
        Condition::Outcome(words) => ("outcome", words.values().iter().map(|word| word.word().to_owned()).collect()),
        Condition::Emergency => ("emergency", vec!["yes".to_owned()]),
        Condition::Integrity(words) => {
            ("integrity", words.values().iter().map(|word| word.word().to_owned()).collect())
        }
        Condition::From(moment) => ("from", vec![moment.text().to_owned()]),
        Condition::To(moment) => ("to", vec![moment.text().to_owned()]),
        Condition::Text(words) => ("", words.values().iter().map(|word| word.text().to_owned()).collect()),
    };
    (field.to_owned(), values)
}

fn pattern_text(pattern: &timeline::Pattern) -> String {
    if pattern.is_prefix() { format!("{}*", pattern.text()) } else { pattern.text().to_owned() }
}

impl From<StoreFault> for Fault {
    fn from(fault: StoreFault) -> Self {
        let said = crate::faults::sentence(&fault.to_string(), "");
        match fault {
            StoreFault::Vault(fault) => fault.into(),
            StoreFault::Log(fault) => fault.into(),
            StoreFault::BundleUnknown | StoreFault::BundleIdMalformed | StoreFault::EventUnknown(_) => {
                Self::not_found(said)
            }
            StoreFault::EventAmbiguous(_) | StoreFault::TooManyToSort { .. } => Self::bad_input(said),
            StoreFault::Damaged { .. } => Self::new(FaultCode::VaultDamaged, said),
            _ => Self::internal(said),
        }
    }
}
