//! The forms in which FHIR writes who is meant, and the one in which a person is recorded.
//!
//! A patient is recorded by the id of the reference (`abc` of `Patient/abc`), a user by an identifier or, where there is
//! none, by the whole reference (`Practitioner/abc`). People copy either form out of a resource, so both are asked for.
//!
//! # Invariants
//! * Only in FHIR exports: elsewhere an id is compared exactly as recorded.
//! * What was typed is always asked for too, and what is asked for in all stands in the question, and so in its line of
//!   the access log and on the screen.
//! * Another form of a user's id is tried only where the typed one occurs nowhere: identifiers and references are
//!   numbered by different offices, and one may look like the other.

use bundle::Profile;
use timeline::{AnyOf, Condition, Field, Filter, Pattern, Term};

/// How a reference to a patient on the same server begins.
const PATIENT: &str = "Patient/";
/// What parts the version from a reference.
const HISTORY: &str = "/_history/";
/// Types of resources that a bare id of a user may be one of.
const USER_TYPES: [&str; 2] = ["Practitioner", "PractitionerRole"];

/// The filter with every form in which a patient it names may be recorded.
pub(crate) fn widened(profile: Profile, filter: Filter) -> Filter {
    if profile != Profile::FhirAuditEvent {
        return filter;
    }
    let terms = filter.terms().iter().cloned().map(|term| match term.condition {
        Condition::Field(Field::Patient, patterns) => {
            let forms = patterns.values().iter().flat_map(|pattern| [Some(pattern.clone()), patient_form(pattern)]);
            let condition = AnyOf::of(forms.flatten().collect()).unwrap_or(patterns);
            Term { condition: Condition::Field(Field::Patient, condition), ..term }
        }
        _ => term,
    });
    Filter::of(terms.collect())
}

/// How a beginning of a patient's id is recorded.
pub(crate) fn patient_beginning(profile: Profile, beginning: &str) -> &str {
    let is_fhir = profile == Profile::FhirAuditEvent;
    beginning.strip_prefix(PATIENT).filter(|_| is_fhir).unwrap_or(beginning)
}

/// The id of a reference to a patient on the same server.
fn patient_form(pattern: &Pattern) -> Option<Pattern> {
    let unversioned = pattern.text().split(HISTORY).next()?;
    let id = unversioned.strip_prefix(PATIENT).filter(|id| !id.is_empty() && !id.contains('/'))?;
    Some(if pattern.is_prefix() { Pattern::prefix(id) } else { Pattern::whole(id) })
}

/// A question about one user by a bare id, which may be that of a reference.
pub(crate) struct BareUser {
    /// The question about this user alone.
    pub(crate) alone: Filter,
    /// The whole question with each form of the id that is worth trying.
    pub(crate) others: Vec<Filter>,
}

/// The other forms of the one user that a filter asks for.
pub(crate) fn bare_user(profile: Profile, filter: &Filter) -> Option<BareUser> {
    if profile != Profile::FhirAuditEvent {
        return None;
    }
    let (at, id) = filter.terms().iter().enumerate().find_map(|(at, term)| match &term.condition {
        Condition::Field(Field::User, patterns) if !term.negated => match patterns.values() {
            [only] if !only.is_prefix() && !only.text().is_empty() => Some((at, only.text())),
            _ => None,
        },
        _ => None,
    })?;
    if id.contains(['/', ':']) {
        return None;
    }
    let with = |form: &str| {
        let mut terms = filter.terms().to_vec();
        terms.splice(at..=at, [Term::field(Field::User, form)]);
        Filter::of(terms)
    };
    let others = USER_TYPES.map(|kind| with(&format!("{kind}/{id}")));
    Some(BareUser { alone: Filter::is(Field::User, id), others: others.to_vec() })
}

/// The id under which the person that a filter was made of is recorded: the last of its forms.
pub(crate) fn recorded_id(filter: &Filter, field: Field) -> Option<&str> {
    filter.terms().iter().find_map(|term| match &term.condition {
        Condition::Field(of, patterns) if *of == field && !term.negated => patterns.values().last().map(Pattern::text),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widened_text(profile: Profile, filter: &str) -> String {
        widened(profile, Filter::parse(filter, chrono_tz::UTC).unwrap()).to_string()
    }

    #[test]
    fn a_reference_to_a_patient_is_asked_for_by_its_id_too() {
        let fhir = |filter| widened_text(Profile::FhirAuditEvent, filter);
        for (typed, asked) in [
            ("patient:Patient/abc", "patient:Patient/abc,abc"),
            ("-patient:Patient/abc,x", "-patient:Patient/abc,abc,x"),
            ("patient:Patient/abc/_history/3", "patient:Patient/abc/_history/3,abc"),
            ("patient:Patient/ab*", "patient:Patient/ab*,ab*"),
            ("patient:Patient/", "patient:Patient/"),
            ("patient:https://a.example/Patient/abc", "patient:https://a.example/Patient/abc"),
            ("patient:abc user:Patient/abc", "patient:abc user:Patient/abc"),
        ] {
            assert_eq!(fhir(typed), fhir(asked), "{typed}");
            assert_eq!(fhir(typed), Filter::parse(asked, chrono_tz::UTC).unwrap().to_string(), "{typed}");
        }
        let elsewhere = widened_text(Profile::AuditBundle1, "patient:Patient/abc");
        assert_eq!(elsewhere, Filter::is(Field::Patient, "Patient/abc").to_string());
    }

    #[test]
    fn only_a_bare_id_of_one_user_has_other_forms() {
        let of = |profile, filter| bare_user(profile, &Filter::parse(filter, chrono_tz::UTC).unwrap());
        let forms = of(Profile::FhirAuditEvent, "action:read user:p-1").unwrap();
        assert_eq!(forms.alone, Filter::is(Field::User, "p-1"));
        assert_eq!(recorded_id(&forms.others[0], Field::User), Some("Practitioner/p-1"));
        assert_eq!(forms.others[0].terms().len(), 2);
        for none in ["user:Practitioner/p-1", "-user:p-1", "user:p*", "user:a,b", "user:\"\"", "action:read"] {
            assert!(of(Profile::FhirAuditEvent, none).is_none(), "{none}");
        }
        assert!(of(Profile::AuditBundle1, "user:p-1").is_none());
    }
}
