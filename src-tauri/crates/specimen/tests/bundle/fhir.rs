//! The same traffic as FHIR.

use serde_json::Value;
use specimen::{MemorySink, Options};

use crate::{events, made};

#[test]
fn fhir_tells_the_same_story() {
    let options = Options { events: 1_500, ..Options::default() };
    let mut sink = MemorySink::new();
    assert_eq!(options.plan().unwrap().write_fhir(&mut sink), Ok(1_500));
    let text = String::from_utf8(sink.files()["AuditEvent.ndjson"].clone()).unwrap();
    let native = events(&made(&options).1);
    for (line, event) in text.lines().zip(native) {
        let resource: Value = serde_json::from_str(line).unwrap();
        assert_eq!(resource["resourceType"], "AuditEvent");
        assert_eq!(resource["id"], event["event_id"]);
        assert_eq!(resource["recorded"], event["timestamp"]);
        assert_eq!(resource["agent"][0]["who"]["identifier"]["value"], event["actor"]["id"]);
        assert_eq!(resource["outcome"] == "8", event["outcome"] == "failure");
        let entities = resource["entity"].as_array().cloned().unwrap_or_default();
        let patients: Vec<&str> = entities
            .iter()
            .filter_map(|entity| entity["what"]["reference"].as_str()?.strip_prefix("Patient/"))
            .collect();
        assert_eq!(Value::from(patients), event["patient_ids"]);
    }
}
