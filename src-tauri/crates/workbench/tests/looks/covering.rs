//! Other patients and names stay covered in everything that a look shows, until a reveal.

use workbench::wire::RevealAsk;

use crate::bench::Bench;

/// Two patients in one event; the other one is named in every way a record can.
const SHARED: &str = r#"{"resourceType":"AuditEvent","id":"a","type":{"code":"rest"},"action":"R","recorded":"2026-03-02T10:00:00Z","outcome":"0","agent":[{"who":{"reference":"Practitioner/77"},"name":"Jos\u00e9 D\u00edaz","requestor":true}],"source":{"observer":{"display":"ehr"}},"entity":[{"what":{"reference":"Patient/P-2002"},"name":"Maria Gomez","description":"Chart of JOSE\u0301 DI\u0301AZ"},{"what":{"reference":"Patient/P-1001"},"role":{"code":"1"}},{"what":{"reference":"Patient/9","identifier":{"value":"MRN-778"}},"role":{"code":"1"}}]}"#;
/// What gives the other patients or a name away.
const SECRETS: [&str; 6] = ["P-2002", "Gomez", "José", "Jos\\u00e9", "MRN-778", "Patient/9"];

#[test]
fn the_record_and_the_facts_are_covered_by_what_they_say() {
    let bench = Bench::open();
    let bundle = bench.log(&[SHARED]);
    let look = bench.look(&bundle, "patient:P-1001");
    let row = bench.rows(&look).remove(0);
    assert_eq!((row.patient_ids.as_slice(), row.other_patients), (&["P-1001".to_owned()][..], 2));
    assert_eq!(row.resource_id.as_deref(), Some("⟦covered⟧"), "the first thing touched is another patient");
    let event = bench.event(&look, &row);
    let told = format!("{} {:?}", event.as_recorded, event.facts);
    for secret in SECRETS {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    assert!(event.covered && told.contains("Patient/P-1001") && told.contains("Practitioner/77"), "{told}");
    assert!(told.contains(r#""recorded":"2026-03-02T10:00:00Z","outcome":"0""#), "the rest is as it was: {told}");

    bench.desk.reveal(RevealAsk { look: look.look }).unwrap();
    let event = bench.event(&look, &row);
    assert!(!event.covered);
    assert_eq!(event.as_recorded, SHARED);
}

#[test]
fn a_facet_lists_no_other_patient() {
    let bench = Bench::open();
    let bundle = bench.log(&[SHARED]);
    let look = bench.look(&bundle, "patient:P-10*");
    assert_eq!(bench.facet(&look, "patient"), ["P-1001"]);
    bench.desk.reveal(RevealAsk { look: look.look }).unwrap();
    assert_eq!(bench.facet(&look, "patient").len(), 3);
    let whole = bench.look(&bundle, "");
    assert_eq!(bench.facet(&whole, "patient").len(), 3, "without a scope nobody is another");
}
