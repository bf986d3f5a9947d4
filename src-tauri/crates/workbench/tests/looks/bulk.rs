//! A packed bulk export of FHIR: stored, found, shown as it was written, and checked again.

use std::io::Write as _;

use workbench::wire::{BundleAsk, JobState};

use crate::bench::Bench;

fn line(number: usize) -> String {
    let patient = number % 3;
    format!(
        r#"{{"resourceType":"AuditEvent","id":"e{number}","recorded":"2026-03-02T08:00:00Z","action":"R","agent":[{{"requestor":true,"who":{{"reference":"Practitioner/p-1"}}}}],"entity":[{{"what":{{"reference":"Patient/pat-{patient}"}}}}]}}"#
    )
}

#[test]
fn a_packed_bulk_file_is_stored_and_shown_as_it_was_written() {
    let bench = Bench::open();
    let path = bench.path("AuditEvent.ndjson.gz");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for number in 0..900 {
        writeln!(packer, "{}", line(number)).unwrap();
    }
    std::fs::write(&path, packer.finish().unwrap()).unwrap();
    let bundle = bench.import(&path);
    let look = bench.look(&bundle, "patient:pat-1");
    assert_eq!((look.total, look.whole), (300, 900));
    let rows = bench.rows(&look);
    for row in [&rows[0], &rows[299]] {
        let event = bench.event(&look, row);
        assert_eq!(event.as_recorded, line(usize::try_from(event.line).unwrap() - 1));
        assert_eq!(event.file, "AuditEvent.ndjson.gz");
    }
    let job = bench.desk.check_again(BundleAsk { bundle: bundle.clone() }).unwrap().job;
    let job = bench.desk.wait_for(job).unwrap();
    assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
    assert_eq!(bench.desk.overview(BundleAsk { bundle: bundle.clone() }).unwrap().card.events, 900);
    // In its other form too, and by the id alone.
    assert_eq!(bench.look(&bundle, "patient:Patient/pat-1").total, 300);
    assert_eq!(bench.look(&bundle, "user:p-1").total, 900);
}
