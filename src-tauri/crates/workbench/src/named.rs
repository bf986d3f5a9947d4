//! One event for the command line, named by its reference or its id instead of a look.
//!
//! # Invariants
//! * There is no question that would say whom it is about: of an event with several patients none is shown until a
//!   reveal, which is a line of its own.

use access_log::Entry;
use event_store::{EventQuestions, EventRef};

use crate::covering::scope_without_question;
use crate::desk::Desk;
use crate::rows::{PlainRow, plain_out};
use crate::session::Session;
use crate::wire::{EventDetail, Fault};

/// One event as the command line prints it.
#[derive(Clone, Debug)]
pub struct PlainEvent {
    /// Its row.
    pub row: PlainRow,
    /// What is told of one event alone.
    pub detail: EventDetail,
    /// Whether names and other patients were uncovered.
    pub revealed: bool,
}

impl Desk {
    /// One event by its reference, or by its id if that is unique in the vault.
    pub fn event_by_name(&self, name: &str, reveal: bool) -> Result<PlainEvent, Fault> {
        let session = self.session()?;
        let event_ref = session.event_named(name)?;
        let seen = session.witness_event(&event_ref)?;
        let (row, bytes) = session.store.event(&seen, &event_ref)?;
        if reveal {
            session.witness(Entry::Reveal { object: format!("names and all patients of event {event_ref}") })?;
        }
        let scope = scope_without_question(&row);
        let bundle = session.summary_of(&event_ref)?.id;
        Ok(PlainEvent {
            row: plain_out(&row, scope.filter(|_| !reveal), bundle.as_str()),
            detail: session.detail(&event_ref, &row, &bytes, scope, reveal)?,
            revealed: reveal,
        })
    }
}

impl Session {
    fn event_named(&self, name: &str) -> Result<EventRef, Fault> {
        if name.trim().is_empty() {
            return Err(Fault::bad_input("Name the event by its reference or its id."));
        }
        if let Ok(event_ref) = name.parse() {
            return Ok(event_ref);
        }
        let seen = self.witness(Entry::EventSought { event_id: name.to_owned() })?;
        let mut found = self.store.find_event_id(&seen, name, 2)?;
        match (found.pop(), found.is_empty()) {
            (None, _) => Err(Fault::not_found("There is no event with this reference or id.")),
            (Some(only), true) => Ok(only),
            _ => Err(Fault::bad_input("Several events have this id. Use the event reference as printed in rows.")),
        }
    }
}
