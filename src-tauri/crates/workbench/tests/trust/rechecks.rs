//! Check again: from the kept source, whatever it came in, and never better than it came.

use std::fs;
use std::io::Write;

use workbench::wire::{FaultCode, JobAsk, JobState, Seal};
use workbench::{SampleWish, direct};

use crate::bench::{Bench, ask, signed};

fn wish(events: u64) -> SampleWish {
    SampleWish {
        events,
        seed: 4,
        days: None,
        scenario: None,
        tamper: None,
        sha512: true,
        compression: None,
        signing: Some("segment".to_owned()),
    }
}

/// Everything the integrity report says, but for when.
fn told(bench: &Bench, bundle: &str) -> String {
    let report = bench.desk.integrity(ask(bundle)).unwrap();
    format!("{:?} {:?} {:?}", report.verdict, report.findings, report.checks)
}

#[test]
fn a_check_of_the_kept_source_says_what_the_import_said() {
    let bench = Bench::open();
    let forms = [("folder", None), ("zip.zip", None), ("packed", Some("zstd")), ("gzipped.zip", Some("gzip"))];
    for (name, compression) in forms {
        for tamper in [None, Some("event-modified"), Some("file-missing"), Some("last-line-incomplete")] {
            let name = format!("{}-{name}", tamper.unwrap_or("whole"));
            let wish = SampleWish {
                tamper: tamper.map(str::to_owned),
                compression: compression.map(str::to_owned),
                ..wish(300)
            };
            // Not every damage can be done to every form.
            if direct::sample(&bench.path(&name), &wish).is_err() {
                continue;
            }
            let bundle = bench.import(&bench.path(&name));
            // Its source may go: what was kept is what is checked.
            let path = bench.path(&name);
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
            let before = told(&bench, &bundle);
            bench.check_well(&bundle);
            assert_eq!(told(&bench, &bundle), before, "{name}");
        }
    }
}

#[test]
fn what_was_wrong_with_a_container_that_is_gone_is_still_told() {
    let bench = Bench::open();
    // A folder whose names cannot be told apart on some systems, and a zip that is cut short.
    let suspicious = bench.path("suspicious");
    fs::create_dir(&suspicious).unwrap();
    let event = r#"{"resourceType":"AuditEvent","id":"a1","type":{"code":"rest"},"action":"R","recorded":"2026-03-02T10:00:00Z","outcome":"0","agent":[{"who":{"reference":"Practitioner/77"},"requestor":true}],"source":{"observer":{"display":"ehr"}}}"#;
    fs::write(suspicious.join("log\u{202e}.ndjson"), format!("{event}\n")).unwrap();
    direct::sample(&bench.path("whole.zip"), &wish(300)).unwrap();
    let whole = fs::read(bench.path("whole.zip")).unwrap();
    fs::write(bench.path("cut.zip"), &whole[..whole.len() / 2]).unwrap();
    // A byte of the packed content that only its checksum knows of.
    let mut flipped = Vec::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(&mut flipped));
    zip.start_file(
        "log.ndjson",
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
    )
    .unwrap();
    zip.write_all(format!("{event}\n").as_bytes()).unwrap();
    zip.finish().unwrap();
    let at = flipped.windows(4).position(|window| window == b"rest").unwrap();
    flipped[at] = b'b';
    fs::write(bench.path("flipped.zip"), flipped).unwrap();
    for (name, code) in
        [("suspicious", "NAME_SUSPICIOUS"), ("cut.zip", "ARCHIVE_LAYOUT"), ("flipped.zip", "ARCHIVE_LAYOUT")]
    {
        let bundle = bench.import(&bench.path(name));
        let before = told(&bench, &bundle);
        assert!(bench.codes(&bundle).iter().any(|found| found == code), "{name}: {:?}", bench.codes(&bundle));
        bench.check_well(&bundle);
        assert_eq!(told(&bench, &bundle), before, "{name}");
    }
}

#[test]
fn a_check_that_was_stopped_is_no_verdict_and_the_one_before_stays() {
    let bench = Bench::open();
    direct::sample(&bench.path("large.zip"), &wish(20_000)).unwrap();
    let bundle = bench.import(&bench.path("large.zip"));
    let before = told(&bench, &bundle);
    let job = bench.desk.check_again(ask(&bundle)).unwrap().job;
    bench.desk.cancel_job(JobAsk { job }).unwrap();
    let ended = bench.desk.wait_for(job).unwrap();
    assert_eq!(ended.state, JobState::Cancelled, "{:?}", ended.fault);
    assert_eq!((told(&bench, &bundle), bench.trust(&bundle).history.len()), (before, 1));
    let actions = bench.actions();
    let told: Vec<_> = actions.iter().map(String::as_str).collect();
    assert!(told.ends_with(&["verify_begun", "verify_undone"]), "{told:?}");
    bench.check_well(&bundle);
    assert_eq!(bench.trust(&bundle).history.len(), 2);
}

#[test]
fn one_bundle_is_not_checked_twice_at_once_and_none_that_is_not_there() {
    let bench = Bench::open();
    direct::sample(&bench.path("large.zip"), &wish(20_000)).unwrap();
    let bundle = bench.import(&bench.path("large.zip"));
    let first = bench.desk.check_again(ask(&bundle)).unwrap().job;
    let second = bench.desk.check_again(ask(&bundle));
    // The first may have ended already on a quick machine; then the second is a check of its own.
    if let Err(fault) = &second {
        assert!(fault.what.contains("being checked already"), "{}", fault.what);
    }
    assert_eq!(bench.desk.wait_for(first).unwrap().state, JobState::Done);
    if let Ok(second) = second {
        assert_eq!(bench.desk.wait_for(second.job).unwrap().state, JobState::Done);
    }
    assert_eq!(bench.desk.check_again(ask(&"0".repeat(64))).unwrap_err().code, FaultCode::NotFound);
}

#[test]
fn what_changes_while_a_bundle_is_imported_does_not_slip_into_its_verdict() {
    let bench = Bench::open();
    let (bag, kid) = signed();
    bench.pin(&kid, 64, None).unwrap();
    let bundle = bench.import_bag("april", &bag);
    assert_eq!(bench.seal(&bundle), Seal::Verified);
    // The same bytes once more: known already, and nothing is concluded anew.
    let folder = bench.path("april");
    let started = bench.desk.import_path(&folder, &workbench::ImportWish::default()).unwrap();
    assert_eq!(started.already.as_deref(), Some(&*bundle));
    assert_eq!(bench.trust(&bundle).history.len(), 1);
}
