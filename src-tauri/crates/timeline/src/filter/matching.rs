//! What a filter means: the reference that every faster way of finding events is tested against.

use model::{BundleId, Event, PatientId, SessionId};

use super::{Condition, Field, Filter, Pattern, Term};
use crate::Integrity;

/// What a filter can ask about an event besides the event.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// The record's own bytes.
    pub raw: &'a [u8],
    /// The bundle it came in.
    pub bundle: &'a BundleId,
    /// What may be said of the record.
    pub integrity: Integrity,
}

impl Filter {
    /// Whether the event is one of those asked for.
    #[must_use]
    pub fn matches(&self, event: &Event, circumstances: Circumstances<'_>) -> bool {
        self.terms.iter().all(|term| term.matches(event, circumstances))
    }
}

impl Term {
    fn matches(&self, event: &Event, circumstances: Circumstances<'_>) -> bool {
        let holds = match &self.condition {
            Condition::Field(field, patterns) => {
                patterns.values().iter().any(|pattern| field_matches(*field, pattern, event, circumstances.bundle))
            }
            Condition::Action(actions) => actions.values().contains(&event.action),
            Condition::Outcome(outcomes) => outcomes.values().contains(&event.outcome),
            Condition::Emergency => event.is_emergency(),
            Condition::Integrity(words) => words.values().contains(&circumstances.integrity),
            Condition::From(at) => event.occurred_at.utc_nanos().is_some_and(|nanos| nanos >= at.nanos()),
            Condition::To(at) => event.occurred_at.utc_nanos().is_some_and(|nanos| nanos <= at.nanos()),
            Condition::Text(words) => {
                words.values().iter().any(|word| contains_word(circumstances.raw, word.text().as_bytes()))
            }
        };
        holds != self.negated
    }
}

fn field_matches(field: Field, pattern: &Pattern, event: &Event, bundle: &BundleId) -> bool {
    let of = |value: Option<&str>| pattern.matches(field, value.unwrap_or(""));
    match field {
        Field::User => of(Some(event.user_id.as_str())),
        Field::Patient => pattern.matches_any(field, event.patient_ids.iter().map(PatientId::as_str)),
        Field::Type => of(Some(&event.event_type)),
        Field::Resource => pattern
            .matches_resource(event.resource_type.as_deref().unwrap_or(""), event.resource_id.as_deref().unwrap_or("")),
        Field::Session => of(event.session_id.as_ref().map(SessionId::as_str)),
        Field::Ip => of(event.source_ip.as_deref()),
        Field::System => of(event.source_system.as_deref()),
        Field::Role => of(event.role.as_deref()),
        Field::Policy => of(event.access_policy.as_deref()),
        Field::Class => pattern.matches_any(field, event.data_classification.iter().map(String::as_str)),
        Field::Bundle => pattern.matches_bundle(bundle),
    }
}

impl Pattern {
    /// Whether a value of this field matches; an absent value is empty. For `Resource` see
    /// [`matches_resource`](Self::matches_resource).
    #[must_use]
    pub fn matches(&self, field: Field, value: &str) -> bool {
        let (wanted, value) = (self.text.as_bytes(), value.as_bytes());
        let compared = if self.prefix { value.get(..wanted.len()) } else { Some(value) };
        let Some(compared) = compared else { return false };
        if self.prefix && value.is_empty() {
            return false;
        }
        if field.exact() { compared == wanted } else { compared.eq_ignore_ascii_case(wanted) }
    }

    /// Whether one of several values matches; no value at all is the empty one.
    pub fn matches_any<'v>(&self, field: Field, values: impl Iterator<Item = &'v str>) -> bool {
        let mut none = true;
        for value in values {
            none = false;
            if self.matches(field, value) {
                return true;
            }
        }
        none && self.matches(field, "")
    }

    /// Whether a bundle is meant, by its id or by the beginning that stands for it in references.
    #[must_use]
    pub fn matches_bundle(&self, bundle: &BundleId) -> bool {
        let short = self.text.len() == BundleId::SHORT_DIGITS && !self.prefix;
        self.matches(Field::Bundle, bundle.as_str())
            || short
                && bundle.as_str().get(..BundleId::SHORT_DIGITS).is_some_and(|id| self.text.eq_ignore_ascii_case(id))
    }

    /// Whether a resource matches, absent parts being empty: a text without `/` is compared with the type, one with
    /// `/` with `TYPE/ID`.
    #[must_use]
    pub fn matches_resource(&self, kind: &str, id: &str) -> bool {
        let wanted = self.text.as_str();
        if kind.is_empty() && id.is_empty() {
            return wanted.is_empty() && !self.prefix;
        }
        if !wanted.contains('/') {
            return if self.prefix { kind.starts_with(wanted) } else { kind == wanted };
        }
        match wanted.strip_prefix(kind) {
            // Nothing more was wanted than a type that holds a slash itself.
            Some("") => self.prefix || id.is_empty(),
            Some(rest) => match rest.strip_prefix('/') {
                Some(wanted_id) if self.prefix => !id.is_empty() && id.starts_with(wanted_id),
                Some(wanted_id) => id == wanted_id && !id.is_empty(),
                None => false,
            },
            None => self.prefix && kind.starts_with(wanted),
        }
    }
}

/// Whether the bytes contain the word, ignoring the case of ASCII letters. The empty word is in everything.
#[must_use]
pub fn contains_word(bytes: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == lower || *byte == upper) {
        let Some(here) = rest.get(at..) else { return false };
        match here.get(..word.len()) {
            Some(candidate) if candidate.eq_ignore_ascii_case(word) => return true,
            Some(_) => rest = here.get(1..).unwrap_or(b""),
            None => return false,
        }
    }
    false
}
