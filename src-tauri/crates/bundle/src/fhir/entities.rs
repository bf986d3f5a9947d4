//! What was touched: patients, the resource, and the transaction it was part of (formats 2.1 and 2.2).

use model::PatientId;

use super::resource::{AuditEvent, Concept, Entity, Reference};
use crate::json::Text;
use crate::patients;

/// Object role 1 and object type 1: a patient, a person.
const PATIENT_ROLE: &str = "1";
const PERSON_TYPE: &str = "1";
/// BALP's type of an entity that names a request.
const REQUEST_ID_TYPE: &str = "XrequestId";
/// How the R5 examples mark an identifier of a trace.
const TRACE_ID_TYPE: &str = "TraceID";

/// A literal reference taken apart: `[base/]Type/id[/_history/version]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Literal<'r> {
    pub(super) kind: &'r str,
    pub(super) id: &'r str,
    /// Whether it names a server: then the id alone would not be the same thing.
    pub(super) is_absolute: bool,
    /// The reference without its version.
    pub(super) unversioned: &'r str,
}

impl<'r> Literal<'r> {
    pub(super) fn of(reference: &'r str) -> Option<Self> {
        let unversioned = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
        let (before, id) = unversioned.rsplit_once('/')?;
        let (base, kind) = before.rsplit_once('/').map_or(("", before), |(base, kind)| (base, kind));
        let is_type =
            kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphanumeric());
        (is_type && !id.is_empty()).then_some(Self { kind, id, is_absolute: !base.is_empty(), unversioned })
    }
}

/// Every patient whose record was touched. An agent that is the patient is not one of them.
pub(super) fn patients(resource: &AuditEvent<'_>) -> Vec<PatientId> {
    let named = resource.patient.as_ref().and_then(patient_id);
    let entities = resource.entity.iter().filter(|entity| is_patient(entity));
    let of_entities = entities.filter_map(|entity| entity.what.as_ref()).filter_map(patient_id);
    patients::distinct(named.into_iter().chain(of_entities).map(PatientId::new))
}

/// A patient by its role, a person by its type, or a reference to a `Patient`: reading that resource touches its record,
/// whatever role the source gave it.
fn is_patient(entity: &Entity<'_>) -> bool {
    let has_role = entity.role.iter().flat_map(Concept::codes).any(|code| code == PATIENT_ROLE);
    has_role
        || (entity.what.as_ref().is_some_and(refers_to_patient))
        || (is_person(entity) && entity.what.as_ref().is_some_and(|what| what.reference().is_none()))
}

fn is_person(entity: &Entity<'_>) -> bool {
    entity.kind.iter().flat_map(Concept::codes).any(|code| code == PERSON_TYPE)
}

fn refers_to_patient(what: &Reference<'_>) -> bool {
    what.reference().and_then(Literal::of).is_some_and(|literal| literal.kind == "Patient")
}

/// `Patient/123` is the patient 123; a reference to another server is kept whole, an identifier is taken where there is
/// no reference.
fn patient_id(what: &Reference<'_>) -> Option<String> {
    let by_reference = what.reference().map(|reference| match Literal::of(reference) {
        Some(literal) if literal.kind == "Patient" && !literal.is_absolute => literal.id,
        Some(literal) => literal.unversioned,
        None => reference,
    });
    // A reference into the resource itself means nothing outside of it.
    let by_reference = by_reference.filter(|reference| !reference.starts_with('#'));
    by_reference.or_else(|| what.identifier()).map(str::to_owned)
}

/// Type and id of what was touched.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) kind: Option<String>,
    pub(super) id: Option<String>,
}

/// The first entity that is neither the patient by role nor the name of a request.
pub(super) fn touched(resource: &AuditEvent<'_>) -> Touched {
    let others = resource.entity.iter().filter(|entity| !stands_for_patient(entity) && request_id_of(entity).is_none());
    let mut others = others.filter_map(|entity| Some((entity, entity.what.as_ref()?)));
    let Some((entity, what)) = others.next() else { return Touched::default() };
    let stated = || what.kind.as_ref().map(Text::as_str).map(str::to_owned);
    match what.reference().map(|reference| (reference, Literal::of(reference))) {
        Some((_, Some(literal))) => Touched { kind: Some(literal.kind.to_owned()), id: Some(literal.id.to_owned()) },
        Some((reference, None)) => Touched { kind: stated(), id: Some(reference.to_owned()) },
        None => {
            let by_type = || entity.kind.as_ref().and_then(Concept::label).map(str::to_owned);
            Touched { kind: stated().or_else(by_type), id: what.identifier().map(str::to_owned) }
        }
    }
}

fn stands_for_patient(entity: &Entity<'_>) -> bool {
    entity.role.iter().flat_map(Concept::codes).any(|code| code == PATIENT_ROLE)
        || (is_person(entity) && is_patient(entity))
}

/// The id of the request or trace that the event was part of.
pub(super) fn correlation_id(resource: &AuditEvent<'_>) -> Option<String> {
    resource.entity.iter().find_map(request_id_of).map(str::to_owned)
}

fn request_id_of<'e>(entity: &'e Entity<'_>) -> Option<&'e str> {
    let what = entity.what.as_ref()?;
    let is_request = entity.kind.iter().flat_map(Concept::codes).any(|code| code == REQUEST_ID_TYPE);
    let kind = what.identifier.as_ref().and_then(|identifier| identifier.kind.as_ref());
    let is_trace = kind.and_then(Concept::text).is_some_and(|text| text == TRACE_ID_TYPE);
    if is_request || is_trace { what.identifier() } else { None }
}

/// The sensitivity labels of everything that was touched, each once.
pub(super) fn labels(resource: &AuditEvent<'_>) -> Vec<String> {
    let labels = resource.entity.iter().flat_map(|entity| &entity.security_label).filter_map(Concept::word);
    let mut kept: Vec<String> = Vec::new();
    for label in labels {
        if !kept.iter().any(|known| known == label) {
            kept.push(label.to_owned());
        }
    }
    kept
}

/// What a disclosure says it disclosed: the description, label or name of the first thing that is not the patient.
pub(super) fn description(resource: &AuditEvent<'_>) -> Option<String> {
    let others = resource.entity.iter().filter(|entity| !stands_for_patient(entity));
    let words = others.filter_map(|entity| {
        let label = || entity.what.as_ref().and_then(Reference::display);
        entity.description.as_ref().map(Text::as_str).or_else(label).or(entity.name.as_ref().map(Text::as_str))
    });
    words.map(str::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_taken_apart() {
        let literal = |reference| Literal::of(reference).map(|literal| (literal.kind, literal.id, literal.is_absolute));
        assert_eq!(literal("Patient/1"), Some(("Patient", "1", false)));
        assert_eq!(literal("Patient/1/_history/7"), Some(("Patient", "1", false)));
        assert_eq!(literal("https://a.example/fhir/Patient/1"), Some(("Patient", "1", true)));
        assert_eq!(literal("urn:uuid:6b507ee2"), None);
        assert_eq!(literal("#contained"), None);
        assert_eq!(literal("Patient/"), None);
        assert_eq!(literal("/1"), None);
    }
}
