//! The same traffic as FHIR R4 `AuditEvent` resources in bulk NDJSON: for what carries no evidence of integrity.
//!
//! Built as values, one at a time: small sets for tests and demonstrations, not for millions. What FHIR has no place
//! for (sessions, requests, fields) is left out, as real servers do.

use serde_json::{Value, json};

use crate::bundle::Plan;
use crate::calendar::rfc3339;
use crate::deeds::Deed;
use crate::draft::Draft;
use crate::record::id_text;
use crate::sink::Sink;

/// The file that the resources are written to.
const PATH: &str = "AuditEvent.ndjson";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const REST: &str = "http://hl7.org/fhir/restful-interaction";
const PURPOSE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ENTITY_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

impl Plan {
    /// Writes the plan's traffic as one file, `AuditEvent.ndjson`; says how many resources. Tampering is not for this:
    /// there is nothing in the file that could tell.
    pub fn write_fhir<S: Sink>(&self, sink: &mut S) -> Result<u64, S::Fault> {
        let mut traffic = self.traffic();
        let mut count = 0;
        sink.create(PATH)?;
        while let Some(draft) = traffic.next() {
            let mut line = resource(&draft).to_string().into_bytes();
            line.push(b'\n');
            sink.write(&line)?;
            count += 1;
        }
        sink.finish()?;
        Ok(count)
    }
}

fn resource(draft: &Draft<'_>) -> Value {
    let form = draft.deed.form();
    let actor: Value = serde_json::from_slice(draft.actor).unwrap_or_default();
    let source = [b"{", draft.source, b"}"].concat();
    let source: Value = serde_json::from_slice(&source).unwrap_or_default();
    let failed = draft.extras.outcome == Some("failure");
    let (code, display) = event_type(draft.deed);
    let time = String::from_utf8_lossy(&rfc3339(draft.time)).into_owned();
    let purpose = draft.extras.purpose.unwrap_or(draft.purpose);
    let mut resource = json!({
        "resourceType": "AuditEvent",
        "id": id_text(&draft.event_id),
        "type": {"system": DICOM, "code": code, "display": display},
        "subtype": [subtype(draft.deed)],
        "action": action(draft.deed),
        "recorded": time,
        "outcome": if failed { "8" } else { "0" },
        "purposeOfEvent": [{"coding": [{"system": PURPOSE, "code": purpose}]}],
        "agent": [{
            "who": {"identifier": {"value": actor["id"]}},
            "name": actor["display"],
            "requestor": true,
            "role": [{"text": actor["role"]}],
            "policy": [format!("urn:example:policy:{}", draft.policy)],
            "network": {"address": source["ip"], "type": "2"},
        }],
        "source": {"site": source["device"], "observer": {"display": draft.system}},
        "entity": entities(draft),
    });
    if let Some(detail) = draft.extras.detail {
        resource["outcomeDesc"] = detail.into();
    }
    let nothing = form.resource.0.is_empty() && draft.patients.numbers().is_empty();
    if let (true, Value::Object(members)) = (nothing, &mut resource) {
        members.remove("entity");
    }
    resource
}

fn entities(draft: &Draft<'_>) -> Vec<Value> {
    let form = draft.deed.form();
    let mut list: Vec<Value> = draft
        .patients
        .numbers()
        .iter()
        .map(|patient| {
            json!({
                "what": {"reference": format!("Patient/P-{patient}")},
                "type": {"system": ENTITY_TYPE, "code": "1", "display": "Person"},
                "role": {"system": ENTITY_ROLE, "code": "1", "display": "Patient"},
            })
        })
        .collect();
    let (kind, prefix) = form.resource;
    if !kind.is_empty() && kind != "Patient" {
        // FHIR has no resource type for a summary screen: it is what was composed for the reader.
        let kind = if kind == "patient_summary" { "Composition" } else { kind };
        let mut entity = json!({
            "what": {"reference": format!("{kind}/{prefix}{}", draft.resource_number())},
            "type": {"system": ENTITY_TYPE, "code": "2", "display": "System Object"},
            "role": {"system": ENTITY_ROLE, "code": "4", "display": "Domain Resource"},
        });
        if let Some(label) = draft.extras.label {
            entity["securityLabel"] = json!([{"system": "urn:example:sensitivity", "code": label}]);
        }
        list.push(entity);
    }
    list
}

const fn event_type(deed: Deed) -> (&'static str, &'static str) {
    match deed {
        Deed::Login | Deed::LoginFailed | Deed::Logout | Deed::Timeout => ("110114", "User Authentication"),
        Deed::Search => ("110112", "Query"),
        Deed::ClaimBatch | Deed::ReleaseRecords => ("110106", "Export"),
        Deed::GrantRole => ("110136", "Security Roles Changed"),
        Deed::ChangeSetting => ("110129", "Security Configuration"),
        Deed::BreakGlass => ("110127", "Emergency Override Started"),
        Deed::Backup => ("110100", "Application Activity"),
        _ => ("110110", "Patient Record"),
    }
}

fn subtype(deed: Deed) -> Value {
    match deed {
        Deed::Login | Deed::LoginFailed => json!({"system": DICOM, "code": "110122", "display": "Login"}),
        Deed::Logout | Deed::Timeout => json!({"system": DICOM, "code": "110123", "display": "Logout"}),
        Deed::Search => json!({"system": REST, "code": "search", "display": "search"}),
        _ => {
            let word = match action(deed) {
                "C" => "create",
                "U" => "update",
                "R" => "read",
                _ => "operation",
            };
            json!({"system": REST, "code": word, "display": word})
        }
    }
}

fn action(deed: Deed) -> &'static str {
    match deed.form().action {
        "create" => "C",
        "read" | "print" | "export" | "disclose" => "R",
        "update" => "U",
        _ => "E",
    }
}
