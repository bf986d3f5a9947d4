//! Turns one `AuditEvent` into a canonical event, by the table of formats 2.1.

use integrity::Digest;
use model::{Action, Disclosure, Event, EventId, MappingNote, Outcome, UserId};

use super::agents::{self, Actor};
use super::entities;
use super::resource::{self, AuditEvent, Concept, Reference, Site};
use crate::fault::MapFault;
use crate::json::{self, Text};
use crate::limits::FOREIGN_DEPTH_MAX;
use crate::moment;

/// DICOM codes of what was executed, and FHIR's interactions that are searches.
const LOGIN_CODE: &str = "110122";
const LOGOUT_CODE: &str = "110123";
const QUERY_CODE: &str = "110112";
const EMERGENCY_CODES: [&str; 2] = ["110127", "110138"];
const SEARCH_CODES: [&str; 3] = ["search", "search-type", "search-system"];
/// Subtypes that make an event a disclosure (HL7's example and ISO 21089).
const DISCLOSURE_CODES: [&str; 2] = ["Disclosure", "disclose"];
/// v3-ActReason: break the glass.
const BREAK_GLASS_PURPOSE: &str = "BTG";

/// Makes the event of one resource, whose bytes are taken as they stand in the file.
///
/// R4 and R5 are told apart by the members they have. A resource without an id is named by the SHA-256 of its bytes.
pub fn event_of(raw: &[u8]) -> Result<Event, MapFault> {
    let text = json::utf8(raw)?;
    json::guard(text, FOREIGN_DEPTH_MAX)?;
    let resource: AuditEvent<'_> = match serde_json::from_str(text) {
        Ok(resource) => resource,
        // What is no AuditEvent may well have members of the same names and other shapes.
        Err(_) if resource_type(text).is_none_or(|kind| kind.as_str() != "AuditEvent") => {
            return Err(MapFault::NotAnAuditEvent);
        }
        Err(error) => return Err(json::trouble_of(text, &error).into()),
    };
    if resource.resource_type.as_ref().map(Text::as_str) != Some("AuditEvent") {
        return Err(MapFault::NotAnAuditEvent);
    }
    Ok(event_of_resource(&resource, raw))
}

/// The type that a resource states, whatever else it holds.
pub(super) fn resource_type(text: &str) -> Option<Text<'_>> {
    #[derive(Default, serde::Deserialize)]
    #[serde(remote = "Self", default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
    struct Typed<'a> {
        resource_type: Option<Text<'a>>,
    }
    json::objects_only!(Typed<'a>);
    serde_json::from_str::<Typed<'_>>(text).ok()?.resource_type
}

fn event_of_resource(resource: &AuditEvent<'_>, raw: &[u8]) -> Event {
    let mut notes = Vec::new();
    let codes = Codes::of(resource);
    let outcome = outcome_of(resource, &mut notes);
    let recorded_at = resource.recorded.as_ref().map(|text| moment::read(text.as_str(), &mut notes));
    let occurred_at = occurred(resource).map(|text| moment::read(text.as_str(), &mut notes));
    let nobody = resource::Agent::default();
    let actor = agents::actor(&resource.agent).unwrap_or(Actor { agent: &nobody, is_unclear: true });
    if actor.is_unclear {
        notes.push(MappingNote::ActorUnclear);
    }
    let action = action_of(resource, &codes, outcome, &mut notes);
    let place = agents::place_of(actor.agent, &resource.agent);
    let touched = entities::touched(resource);
    let purpose = purposes(resource, Concept::word);
    Event {
        stream_id: None,
        seq: None,
        event_id: event_id(resource, raw),
        event_type: codes.joined(),
        action,
        action_recorded: resource.action.as_ref().map_or_else(String::new, |text| text.as_str().to_owned()),
        occurred_at: occurred_at.or_else(|| recorded_at.clone()).unwrap_or_else(|| moment::read("", &mut notes)),
        recorded_at,
        user_id: UserId::new(agents::id_of(actor.agent)),
        user_display_name: agents::display_of(actor.agent),
        actor_type: actor.agent.kind.as_ref().and_then(Concept::word).map(str::to_owned),
        role: joined(actor.agent.role.iter().filter_map(Concept::word), ", "),
        session_id: None,
        source_ip: place.ip,
        device: place.device,
        user_agent: None,
        source_system: source_system(resource),
        request_id: None,
        correlation_id: entities::correlation_id(resource),
        resource_type: touched.kind,
        resource_id: touched.id,
        patient_ids: entities::patients(resource),
        fields_accessed: Vec::new(),
        outcome,
        outcome_reason: outcome_reason(resource),
        access_reason: joined(
            resource.purpose_of_event.iter().chain(&resource.authorization).filter_map(Concept::text),
            "; ",
        ),
        access_policy: policies(resource, &actor),
        data_classification: entities::labels(resource),
        break_glass: (codes.any(&EMERGENCY_CODES) || purpose.iter().any(|code| code == BREAK_GLASS_PURPOSE))
            .then_some(true),
        purpose,
        disclosure: disclosure(resource, &codes),
        audit_log_version: None,
        previous_hash: None,
        event_hash: None,
        notes,
    }
}

fn event_id(resource: &AuditEvent<'_>, raw: &[u8]) -> EventId {
    let version = resource.meta.as_ref().and_then(|meta| meta.version_id.as_ref());
    EventId::new(match (&resource.id, version) {
        (Some(id), Some(version)) => format!("{}/_history/{}", id.as_str(), version.as_str()),
        (Some(id), None) => id.as_str().to_owned(),
        (None, _) => Digest::of(raw).to_hex(),
    })
}

/// The codes that say what kind of event it is: R4 type and subtypes, R5 categories and code.
struct Codes<'r> {
    kinds: Vec<&'r str>,
    details: Vec<&'r str>,
}

impl<'r> Codes<'r> {
    fn of(resource: &'r AuditEvent<'_>) -> Self {
        Self {
            kinds: resource.kind.iter().chain(&resource.category).filter_map(Concept::word).collect(),
            details: resource.subtype.iter().chain(&resource.code).filter_map(Concept::word).collect(),
        }
    }

    fn any(&self, known: &[&str]) -> bool {
        self.kinds.iter().chain(&self.details).any(|code| known.contains(code))
    }

    /// `type/subtype,subtype`, in the source's words.
    fn joined(&self) -> String {
        let mut joined = self.kinds.join(",");
        if !self.details.is_empty() {
            joined.push('/');
            joined.push_str(&self.details.join(","));
        }
        joined
    }
}

/// `C`, `R`, `U` and `D` say what was done. `E` says that something was executed; its code then says what, where that is
/// a word of the vocabulary.
fn action_of(resource: &AuditEvent<'_>, codes: &Codes<'_>, outcome: Outcome, notes: &mut Vec<MappingNote>) -> Action {
    match resource.action.as_ref().map(Text::as_str) {
        Some("C") => Action::Create,
        Some("R") => Action::Read,
        Some("U") => Action::Update,
        Some("D") => Action::Delete,
        None => executed(codes, outcome).unwrap_or(Action::Other),
        Some("E") => executed(codes, outcome).unwrap_or(Action::Execute),
        Some(_) => {
            notes.push(MappingNote::ActionUnknown);
            Action::Other
        }
    }
}

fn executed(codes: &Codes<'_>, outcome: Outcome) -> Option<Action> {
    if codes.details.contains(&LOGIN_CODE) {
        Some(if outcome == Outcome::Failure { Action::LoginFailed } else { Action::Login })
    } else if codes.details.contains(&LOGOUT_CODE) {
        Some(Action::Logout)
    } else if codes.any(&SEARCH_CODES) || codes.any(&[QUERY_CODE]) {
        Some(Action::Query)
    } else if codes.any(&EMERGENCY_CODES) {
        Some(Action::BreakGlass)
    } else {
        None
    }
}

fn occurred<'r, 'a>(resource: &'r AuditEvent<'a>) -> Option<&'r Text<'a>> {
    let of_period = |period: &'r Option<resource::Period<'a>>| period.as_ref().and_then(|period| period.start.as_ref());
    of_period(&resource.period)
        .or_else(|| of_period(&resource.occurred_period))
        .or(resource.occurred_date_time.as_ref())
}

fn outcome_of(resource: &AuditEvent<'_>, notes: &mut Vec<MappingNote>) -> Outcome {
    let code = match &resource.outcome {
        None => return Outcome::Unknown,
        Some(resource::Outcome::Text(code)) => Some(code.as_str()),
        Some(resource::Outcome::Object(details)) => details.code.as_ref().and_then(Concept::word),
    };
    match code {
        Some("0" | "success" | "information") => Outcome::Success,
        Some("warning") => Outcome::Partial,
        Some("4" | "8" | "12" | "error" | "fatal") => Outcome::Failure,
        _ => {
            notes.push(MappingNote::OutcomeUnknown);
            Outcome::Unknown
        }
    }
}

fn outcome_reason(resource: &AuditEvent<'_>) -> Option<String> {
    let details = match &resource.outcome {
        Some(resource::Outcome::Object(details)) => details.detail.as_slice(),
        _ => &[],
    };
    let described = resource.outcome_desc.as_ref().map(Text::as_str);
    joined(described.into_iter().chain(details.iter().filter_map(Concept::label)), "; ")
}

/// What the event and its agents state as purpose, each once.
fn purposes<'r>(resource: &'r AuditEvent<'_>, say: impl Fn(&'r Concept<'r>) -> Option<&'r str>) -> Vec<String> {
    let of_event = resource.purpose_of_event.iter().chain(&resource.authorization);
    let of_agents = resource.agent.iter().flat_map(|agent| agent.purpose_of_use.iter().chain(&agent.authorization));
    let mut kept: Vec<String> = Vec::new();
    for purpose in of_event.chain(of_agents).filter_map(say) {
        if !kept.iter().any(|known| known == purpose) {
            kept.push(purpose.to_owned());
        }
    }
    kept
}

/// The policies of the one who acted, else those of all agents.
fn policies(resource: &AuditEvent<'_>, actor: &Actor<'_, '_>) -> Option<String> {
    let own = joined(actor.agent.policy.iter().flatten().map(Text::as_str), " ");
    own.or_else(|| joined(resource.agent.iter().flat_map(|agent| &agent.policy).flatten().map(Text::as_str), " "))
}

/// The observer, which every resource has to name; else the site.
fn source_system(resource: &AuditEvent<'_>) -> Option<String> {
    let name = |reference: &Reference<'_>| {
        reference.identifier().or_else(|| reference.reference()).or_else(|| reference.display()).map(str::to_owned)
    };
    let source = resource.source.as_ref()?;
    source.observer.as_ref().and_then(name).or_else(|| match source.site.as_ref()? {
        Site::Text(site) => Some(site.as_str().to_owned()),
        Site::Object(site) => name(site),
    })
}

fn disclosure(resource: &AuditEvent<'_>, codes: &Codes<'_>) -> Option<Disclosure> {
    let profiles = resource.meta.iter().flat_map(|meta| &meta.profile).flatten();
    let is_balp = profiles.map(Text::as_str).any(|profile| profile.contains("IHE.BasicAudit.PrivacyDisclosure"));
    if !is_balp && !codes.any(&DISCLOSURE_CODES) {
        return None;
    }
    let recipient = agents::destination(&resource.agent);
    Some(Disclosure {
        recipient_name: recipient.and_then(|agent| {
            agents::display_of(agent).or_else(|| Some(agents::id_of(agent)).filter(|id| !id.is_empty()))
        }),
        recipient_address: recipient.and_then(agents::address_of),
        purpose: joined(purposes(resource, Concept::label).iter().map(String::as_str), "; "),
        legal_basis: None,
        description: entities::description(resource),
    })
}

fn joined<'t>(texts: impl Iterator<Item = &'t str>, between: &str) -> Option<String> {
    let texts: Vec<&str> = texts.collect();
    if texts.is_empty() { None } else { Some(texts.join(between)) }
}
