//! What one FHIR R4 `AuditEvent` states (HL7 FHIR 4.0.1, `AuditEvent`), field by field, read from its JSON.

use std::collections::BTreeMap;

use serde_json::Value;

/// DICOM audit codes (PS3.16) that say what was executed, and FHIR's interactions that are searches.
const EXECUTED: [(&str, &str); 6] = [
    ("110122", "login"),
    ("110123", "logout"),
    ("110112", "query"),
    ("search", "query"),
    ("search-type", "query"),
    ("search-system", "query"),
];

/// Field and value; absent where the resource does not state it.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// The fields of a row and of an event's facts.
pub(crate) fn fields(event: &Value) -> Fields {
    let actor = actor(event);
    let outcome = if text(&event["outcome"]) == Some("0") { "success" } else { "failure" };
    let recorded = text(&event["recorded"]).unwrap();
    let (resource_type, resource_id) = resource(event);
    let (ip, device) = place(actor, event);
    let fields = [
        ("event_id", Some(event_id(event))),
        ("event_type", Some(event_type(event))),
        ("time", Some(text(&event["period"]["start"]).unwrap_or(recorded).to_owned())),
        ("Recorded", Some(recorded.to_owned())),
        ("action", Some(action(event).to_owned())),
        ("outcome", Some(outcome.to_owned())),
        ("Why so", text(&event["outcomeDesc"]).map(str::to_owned)),
        ("user_id", Some(who(actor).unwrap_or_default())),
        ("Name", text(&actor["name"]).or_else(|| text(&actor["who"]["display"])).map(str::to_owned)),
        ("role", joined(&codes(&actor["role"]), ", ")),
        ("Kind of actor", code(&actor["type"])),
        ("source_ip", ip),
        ("Station", device),
        ("source_system", source_system(event)),
        ("resource_type", resource_type),
        ("resource_id", resource_id),
        ("patient_ids", Some(patients(event).join(" "))),
        ("Policy", joined(&list(&actor["policy"]).filter_map(text).map(str::to_owned).collect::<Vec<_>>(), " ")),
        ("Purpose", joined(&purposes(event), ", ")),
        (
            "Sensitivity",
            joined(
                &list(&event["entity"]).flat_map(|entity| codes(&entity["securityLabel"])).collect::<Vec<_>>(),
                ", ",
            ),
        ),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn joined(texts: &[String], between: &str) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join(between))
}

/// The code of a `Coding`, or the first code of a `CodeableConcept`, or its text.
fn code(concept: &Value) -> Option<String> {
    let first = list(&concept["coding"]).find_map(|coding| text(&coding["code"]));
    text(&concept["code"]).or(first).or_else(|| text(&concept["text"])).map(str::to_owned)
}

fn codes(concepts: &Value) -> Vec<String> {
    list(concepts).filter_map(code).collect()
}

fn event_id(event: &Value) -> String {
    let id = text(&event["id"]).expect("the examples have ids").to_owned();
    text(&event["meta"]["versionId"]).map_or(id.clone(), |version| format!("{id}/_history/{version}"))
}

fn event_type(event: &Value) -> String {
    let details = codes(&event["subtype"]);
    let kind = code(&event["type"]).unwrap();
    if details.is_empty() { kind } else { format!("{kind}/{}", details.join(",")) }
}

fn action(event: &Value) -> &'static str {
    let all = [codes(&event["subtype"]), code(&event["type"]).into_iter().collect()].concat();
    match text(&event["action"]).unwrap() {
        "C" => "create",
        "R" => "read",
        "U" => "update",
        "D" => "delete",
        _ => EXECUTED.iter().find(|(code, _)| all.iter().any(|of| of == code)).map_or("execute", |(_, word)| word),
    }
}

/// The requestor, or where none is marked the first person.
fn actor(event: &Value) -> &Value {
    let requestor = list(&event["agent"]).find(|agent| agent["requestor"] == true);
    let person = || list(&event["agent"]).find(|agent| code(&agent["type"]).as_deref() == Some("humanuser"));
    requestor.or_else(person).expect("the examples name somebody")
}

fn who(agent: &Value) -> Option<String> {
    let who = &agent["who"];
    let named = text(&who["identifier"]["value"]).or_else(|| text(&who["reference"]));
    named.or_else(|| text(&agent["altId"])).map(str::to_owned)
}

/// Network address (type 2) and machine (type 1): the actor's own, else those of the one other agent that has any.
fn place(actor: &Value, event: &Value) -> (Option<String>, Option<String>) {
    let of = |agent: &Value, kind: &str| {
        let network = &agent["network"];
        (text(&network["type"]) == Some(kind)).then(|| text(&network["address"]).unwrap().to_owned())
    };
    let both = |agent: &Value| (of(agent, "2"), of(agent, "1"));
    if !actor["network"].is_null() {
        return both(actor);
    }
    let others: Vec<_> = list(&event["agent"]).map(both).filter(|place| *place != (None, None)).collect();
    if let [only] = others.as_slice() { only.clone() } else { (None, None) }
}

fn source_system(event: &Value) -> Option<String> {
    let observer = &event["source"]["observer"];
    let named = text(&observer["identifier"]["value"]).or_else(|| text(&observer["reference"]));
    named.or_else(|| text(&observer["display"])).or_else(|| text(&event["source"]["site"])).map(str::to_owned)
}

/// A reference taken apart into type and id, without its version.
fn literal(reference: &str) -> Option<(&str, &str)> {
    reference.split("/_history/").next()?.split_once('/')
}

fn is_patient(entity: &Value) -> bool {
    code(&entity["role"]).as_deref() == Some("1")
}

/// Patients by role, and whatever else refers to one; each once.
fn patients(event: &Value) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for entity in list(&event["entity"]) {
        let what = &entity["what"];
        let referred = text(&what["reference"]).and_then(literal).filter(|(kind, _)| *kind == "Patient");
        let id = match referred {
            Some((_, id)) => Some(id),
            None if is_patient(entity) => text(&what["reference"]).or_else(|| text(&what["identifier"]["value"])),
            None => None,
        };
        found.extend(id.map(str::to_owned).filter(|id| !found.contains(id)));
    }
    found
}

/// Type and id of the first thing that is not the patient.
fn resource(event: &Value) -> (Option<String>, Option<String>) {
    let mut others = list(&event["entity"]).filter(|entity| !is_patient(entity) && !entity["what"].is_null());
    let Some(entity) = others.next() else { return (None, None) };
    let what = &entity["what"];
    let stated = text(&what["type"]).map(str::to_owned);
    let Some(reference) = text(&what["reference"]) else {
        let kind = stated.or_else(|| text(&entity["type"]["display"]).map(str::to_owned));
        return (kind, text(&what["identifier"]["value"]).map(str::to_owned));
    };
    let (kind, id) = literal(reference).map_or((stated, reference), |(kind, id)| (Some(kind.to_owned()), id));
    (kind, Some(id.to_owned()))
}

fn purposes(event: &Value) -> Vec<String> {
    let of_agents = list(&event["agent"]).flat_map(|agent| codes(&agent["purposeOfUse"]));
    let mut found: Vec<String> = Vec::new();
    for purpose in codes(&event["purposeOfEvent"]).into_iter().chain(of_agents) {
        if !found.contains(&purpose) {
            found.push(purpose);
        }
    }
    found
}
