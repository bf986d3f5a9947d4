//! Rows for the command line: all that match, one after the other, with exact totals.

use bundle::Profile;
use event_store::{Asked, BundleState, EventQuestions, Row};
use model::BundleId;
use serde::Serialize;
use timeline::{Condition, Edge, Field, Filter, Moment, Order, Question, Term};

use crate::desk::Desk;
use crate::looks::{LOOKS_MAX, OpenLook, parse};
use crate::others::BUNDLE_DIGITS;
use crate::rows::{PlainRow, plain_out};
use crate::session::Session;
use crate::verdicts::profile_named;
use crate::wire::{Fault, FaultCode, Seal};

/// Which rows.
#[derive(Clone, Debug, Default)]
pub struct RowWish {
    /// The filter in its text form.
    pub filter: String,
    /// From this instant or day.
    pub from: Option<String>,
    /// To this instant or the end of this day.
    pub to: Option<String>,
    /// Only this bundle, by its id or how it begins; otherwise all.
    pub bundle: Option<String>,
    /// Hand over so many rows at most.
    pub limit: Option<u64>,
}

/// Exact counts of what matched. A record that several bundles hold counts once, and so does a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Events.
    pub total: u64,
    /// Distinct users.
    pub users: u64,
    /// Distinct patients.
    pub patients: u64,
    /// How many of the events more than one bundle of the vault holds.
    pub also_elsewhere: u64,
    /// How many of the events have the stream and number, or the system and id, of an event in another bundle that has
    /// other content. All of them are counted.
    pub contradicted: u64,
    /// Events without a usable time that would be among them if no range of time were asked for. Not counted above.
    pub outside_time: u64,
}

/// What was found, and how it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Exact counts.
    pub totals: Totals,
    /// The filter as it was asked, where that was not as it was typed: FHIR has several forms for one person.
    pub asked_as: Option<String>,
    /// Whether a FHIR export was asked, and the filter names a patient or a user.
    pub has_forms: bool,
    /// Bundles that were asked and are altered or damaged: the id, and a sentence that names it and says what fails.
    pub altered: Vec<(String, String)>,
}

/// The filter "this patient". An empty id would ask for every event that is about nobody.
pub fn patient_filter(id: &str) -> Result<String, Fault> {
    crate::looks::person_filter(Field::Patient, id).map(|filter| filter.to_string())
}

/// The filter "this user".
pub fn user_filter(id: &str) -> Result<String, Fault> {
    crate::looks::person_filter(Field::User, id).map(|filter| filter.to_string())
}

/// Whether a filter names patients: then the other patients of what it finds are covered, and not counted.
#[must_use]
pub fn names_patients(filter: &str) -> bool {
    Filter::parse(filter, chrono_tz::UTC).is_ok_and(|filter| crate::looks::scope_of(&filter).is_some())
}

impl Desk {
    /// The zone that days are read in.
    pub fn zone_name(&self) -> Result<String, Fault> {
        Ok(self.session()?.zone().name().to_owned())
    }

    /// Hands over every row that matches, in time order, bundle after bundle. A record that an earlier bundle answered
    /// with is not handed over again: its row says where else it is.
    pub fn each_row(
        &self,
        wish: &RowWish,
        each: &mut dyn FnMut(PlainRow) -> Result<(), Fault>,
    ) -> Result<Found, Fault> {
        let session = self.session()?;
        let filter = with_range(&session, parse(&session, &wish.filter)?, wish)?;
        let bundles = session.bundles_wished(wish.bundle.as_deref())?;
        if bundles.len() > LOOKS_MAX {
            return Err(Fault::bad_input(
                "There are more bundles here than can be asked at once. Name one with --bundle.",
            ));
        }
        let looks = bundles.into_iter().map(|bundle| {
            let question = Question { bundle, filter: filter.clone(), order: Order::default() };
            session.begin_look(question).map(|(_, look)| look)
        });
        let looks = looks.collect::<Result<Vec<_>, Fault>>()?;
        let asked = looks.iter().map(|look| Asked { seen: &look.seen, question: &look.question });
        let together = session.store.together(&asked.collect::<Vec<_>>())?;
        let outside = looks.iter().filter_map(|look| look.outside.as_deref());
        let outside = outside.map(|outside| Asked { seen: &outside.seen, question: &outside.question });
        let outside_time = session.store.together(&outside.collect::<Vec<_>>())?.undated;
        let mut left = wish.limit.unwrap_or(u64::MAX);
        for (at, look) in looks.iter().enumerate() {
            session.rows_of(look, &|row| together.is_repeat(at, row), &mut left, each)?;
        }
        let totals = Totals {
            total: together.events,
            users: together.users,
            patients: together.patients,
            also_elsewhere: together.elsewhere,
            contradicted: together.differing,
            outside_time,
        };
        let other = looks.iter().map(|look| &look.question.filter).find(|asked| **asked != filter);
        let mut asked = looks.iter().map(|look| &look.question.bundle);
        let has_fhir = asked.try_fold(false, |has, bundle| {
            let profile = profile_named(&session.summary(bundle)?.facts);
            Ok::<_, Fault>(has || profile == Profile::FhirAuditEvent)
        })?;
        let altered = looks.iter().map(|look| session.altered(&look.question.bundle));
        Ok(Found {
            totals,
            asked_as: other.map(Filter::to_string),
            has_forms: has_fhir && names_people(&filter),
            altered: altered.filter_map(Result::transpose).collect::<Result<_, Fault>>()?,
        })
    }
}

impl Desk {
    /// The whole id of the one bundle whose id begins so.
    pub fn bundle_named(&self, begins: &str) -> Result<String, Fault> {
        let found = self.session()?.bundles_wished(Some(begins))?;
        found
            .first()
            .map(|id| id.as_str().to_owned())
            .ok_or_else(|| Fault::not_found("There is no such bundle in this vault."))
    }
}

impl Session {
    fn rows_of(
        &self,
        look: &OpenLook,
        is_repeat: &dyn Fn(&Row) -> bool,
        left: &mut u64,
        each: &mut dyn FnMut(PlainRow) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let bundle = look.question.bundle.as_str();
        let scope = look.scope();
        let mut offset = 0;
        while *left > 0 {
            let page = self.store.page(&look.seen, &look.question, offset, event_store::PAGE_ROWS_MAX)?;
            for row in &page.rows {
                if *left > 0 && !is_repeat(row) {
                    let plain = plain_out(row, scope.as_deref(), bundle);
                    look.shown.rows(offset..offset + 1);
                    look.count_people(&plain.patient_ids, &plain.user_id);
                    *left -= 1;
                    each(plain)?;
                }
                offset += 1;
            }
            if page.rows.is_empty() || offset >= page.total {
                break;
            }
        }
        Ok(())
    }

    /// The bundles that are here, or the one that is wished.
    fn bundles_wished(&self, wished: Option<&str>) -> Result<Vec<BundleId>, Fault> {
        let here = self.store.bundles()?.into_iter().filter(|summary| summary.state == BundleState::Here);
        let found =
            here.map(|summary| summary.id).filter(|id| wished.is_none_or(|wished| id.as_str().starts_with(wished)));
        let found: Vec<BundleId> = found.collect();
        match (wished, found.len()) {
            (Some(_), 0) => Err(Fault::new(FaultCode::NotFound, "There is no such bundle in this vault.")),
            (Some(_), 2..) => Err(Fault::bad_input("Several bundles begin so. Write more of the id.")),
            _ => Ok(found),
        }
    }
}

impl Session {
    /// What is to be said of a bundle that is altered or damaged, beside whatever it answers.
    fn altered(&self, id: &BundleId) -> Result<Option<(String, String)>, Fault> {
        let card = self.stored(id)?.card;
        let is_altered = card.badge.seal == Seal::Altered;
        Ok(is_altered.then(|| {
            let sentence = format!("{} ({}): {}. {}", card.name, brief_id(id), card.badge.word, card.badge.reason);
            (card.bundle, sentence)
        }))
    }
}

/// As many digits of an id as tell bundles apart.
fn brief_id(id: &BundleId) -> &str {
    id.as_str().get(..BUNDLE_DIGITS).unwrap_or(id.as_str())
}

fn names_people(filter: &Filter) -> bool {
    let names = |term: &Term| matches!(term.condition, Condition::Field(Field::Patient | Field::User, _));
    filter.terms().iter().any(names)
}

fn with_range(session: &Session, filter: Filter, wish: &RowWish) -> Result<Filter, Fault> {
    let moment = |text: &str, edge| {
        Moment::parse(text, session.zone(), edge)
            .map_err(|_| Fault::bad_input("A time is written as RFC 3339 or as YYYY-MM-DD."))
    };
    let from = wish.from.as_deref().map(|text| moment(text, Edge::From)).transpose()?;
    let to = wish.to.as_deref().map(|text| moment(text, Edge::To)).transpose()?;
    if let (Some(from), Some(to)) = (&from, &to)
        && from.nanos() > to.nanos()
    {
        return Err(Fault::bad_input("The range of time ends before it begins. Exchange --from and --to."));
    }
    let from = from.map(|from| Term::holds(Condition::From(from)));
    let to = to.map(|to| Term::holds(Condition::To(to)));
    Ok(from.into_iter().chain(to).fold(filter, Filter::and))
}
