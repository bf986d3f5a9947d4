//! Who acted, and from where (formats 2.1, rows *actor* and *source.ip / device*).

use std::net::IpAddr;

use super::resource::{Agent, Concept, Reference};
use crate::json::Text;

/// Codes of agents that are software or machines: DICOM's application, its launcher, destination and source roles, and
/// FHIR's own words for data processors and servers.
const MACHINE_CODES: [&str; 8] =
    ["110150", "110151", "110152", "110153", "110155", "dataprocessor", "authserver", "DEV"];
/// Codes of agents that are people: FHIR's word for it, and v3 participations that only people have.
const PERSON_CODES: [&str; 6] = ["humanuser", "UserSamlAgent", "UserOauthAgent", "IRCP", "AUT", "INF"];
/// Types of resources that are people.
const PERSON_TYPES: [&str; 5] = ["Practitioner", "PractitionerRole", "Patient", "RelatedPerson", "Person"];
/// Types of resources that are machines or bodies.
const MACHINE_TYPES: [&str; 5] = ["Device", "Organization", "HealthcareService", "Endpoint", "Location"];
/// Code of an agent that receives what leaves (DICOM 110152, destination role).
const DESTINATION_CODE: &str = "110152";

/// How sure it is that an agent is a person. Ordered: the surest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Nature {
    Machine,
    Unclear,
    Person,
}

fn nature(agent: &Agent<'_>) -> Nature {
    let codes: Vec<&str> = agent.kind.iter().flat_map(Concept::codes).collect();
    let kind = agent.who.as_ref().and_then(resource_type);
    let is_any = |known: &[&str]| codes.iter().any(|code| known.contains(code));
    if kind.is_some_and(|kind| PERSON_TYPES.contains(&kind)) || is_any(&PERSON_CODES) {
        Nature::Person
    } else if kind.is_some_and(|kind| MACHINE_TYPES.contains(&kind)) || is_any(&MACHINE_CODES) {
        Nature::Machine
    } else {
        Nature::Unclear
    }
}

/// The type that a reference names.
fn resource_type<'r>(who: &'r Reference<'_>) -> Option<&'r str> {
    let named = who.kind.as_ref().map(Text::as_str);
    let literal = || super::entities::Literal::of(who.reference()?).map(|literal| literal.kind);
    named.or_else(literal)
}

/// Which agent acted.
pub(super) struct Actor<'r, 'a> {
    pub(super) agent: &'r Agent<'a>,
    /// No agent was marked as the one who asked.
    pub(super) is_unclear: bool,
}

/// The requestor, a person before others; where none is marked, the first person, else the first agent.
pub(super) fn actor<'r, 'a>(agents: &'r [Agent<'a>]) -> Option<Actor<'r, 'a>> {
    let requestors: Vec<&Agent<'_>> = agents.iter().filter(|agent| agent.requestor == Some(true)).collect();
    if requestors.is_empty() {
        let everyone: Vec<&Agent<'_>> = agents.iter().collect();
        return likeliest_person(&everyone).map(|agent| Actor { agent, is_unclear: true });
    }
    likeliest_person(&requestors).map(|agent| Actor { agent, is_unclear: false })
}

/// The first of those that are most likely a person.
fn likeliest_person<'r, 'a>(agents: &[&'r Agent<'a>]) -> Option<&'r Agent<'a>> {
    let best = agents.iter().map(|agent| nature(agent)).max()?;
    agents.iter().copied().find(|agent| nature(agent) == best)
}

/// The identifier of an agent, never its display name. Empty where the resource names it by a label only.
pub(super) fn id_of(agent: &Agent<'_>) -> String {
    let who = agent.who.as_ref();
    who.and_then(Reference::identifier)
        .or_else(|| who.and_then(Reference::reference))
        .or_else(|| agent.alt_id.as_ref().map(Text::as_str))
        .unwrap_or_default()
        .to_owned()
}

/// The label of an agent.
pub(super) fn display_of(agent: &Agent<'_>) -> Option<String> {
    let name = agent.name.as_ref().map(Text::as_str);
    name.or_else(|| agent.who.as_ref()?.display()).map(str::to_owned)
}

/// Where an agent sat.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) ip: Option<String>,
    pub(super) device: Option<String>,
}

impl Place {
    fn is_nowhere(&self) -> bool {
        self.ip.is_none() && self.device.is_none()
    }

    fn of(agent: &Agent<'_>) -> Self {
        let mut place = Self::default();
        if let Some(network) = &agent.network
            && let Some(address) = network.address.as_ref().map(Text::as_str)
        {
            // Telephone, mail and URI (3, 4, 5) are neither an address of the network nor a machine.
            match network.kind.as_ref().map(Text::as_str) {
                Some("1") => place.device = Some(address.to_owned()),
                Some("2") => place.ip = Some(address.to_owned()),
                None => place.put(address),
                Some(_) => {}
            }
        } else if let Some(name) = agent.network_string.as_ref() {
            place.put(name.as_str());
        } else if let Some(reference) = &agent.network_reference {
            place.device = reference.display().or_else(|| reference.reference()).map(str::to_owned);
        }
        place
    }

    fn put(&mut self, address: &str) {
        let field = if address.parse::<IpAddr>().is_ok() { &mut self.ip } else { &mut self.device };
        *field = Some(address.to_owned());
    }
}

/// Where the actor sat: its own network, else that of the one other agent that has a host or an address.
///
/// BALP gives the client an agent of its own and the server a URI; which DICOM role the client has depends on the
/// operation, so roles do not tell. Where several agents have an address, none is taken.
pub(super) fn place_of(actor: &Agent<'_>, agents: &[Agent<'_>]) -> Place {
    let own = Place::of(actor);
    if !own.is_nowhere() || has_network(actor) {
        return own;
    }
    let mut others = agents.iter().map(Place::of).filter(|place| !place.is_nowhere());
    match (others.next(), others.next()) {
        (Some(place), None) => place,
        _ => own,
    }
}

fn has_network(agent: &Agent<'_>) -> bool {
    agent.network.is_some() || agent.network_uri.is_some()
}

/// The agent that receives what leaves.
pub(super) fn destination<'r, 'a>(agents: &'r [Agent<'a>]) -> Option<&'r Agent<'a>> {
    agents.iter().find(|agent| agent.kind.iter().flat_map(Concept::codes).any(|code| code == DESTINATION_CODE))
}

/// The address of an agent, of whatever kind.
pub(super) fn address_of(agent: &Agent<'_>) -> Option<String> {
    let network = agent.network.as_ref().and_then(|network| network.address.as_ref());
    network.or(agent.network_uri.as_ref()).or(agent.network_string.as_ref()).map(|text| text.as_str().to_owned())
}
