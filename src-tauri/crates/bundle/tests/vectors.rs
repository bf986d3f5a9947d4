//! The hostile containers and the bundles of the conformance data.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say what they skip"
)]

mod vectors_folder;

use bundle::lines::{LineLimits, LineTrouble};
use bundle::{Limits, Profile};
use vectors_folder::vectors;

#[test]
fn every_hostile_archive_gets_the_code_it_deserves() {
    let Some(hostile) = vectors("hostile") else { return };
    let expected = std::fs::read(hostile.join("expected.json")).unwrap();
    let expected: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let mut seen = 0;
    for (name, wanted) in &expected {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        if !["zip", "tar"].contains(&ending) {
            continue;
        }
        seen += 1;
        let opened = bundle::open(&hostile.join(name), &Limits::standard()).unwrap();
        let codes: Vec<&str> = opened.troubles().iter().map(|trouble| trouble.code.code()).collect();
        match wanted["code"].as_str() {
            None => assert!(codes.is_empty(), "{name}: {codes:?}"),
            Some(code) => {
                assert!(codes.iter().all(|found| *found == code) && !codes.is_empty(), "{name}: {codes:?}");
                assert_eq!(opened.is_refused(), code != "NAME_SUSPICIOUS", "{name}");
                assert_eq!(opened.entries().is_empty(), opened.is_refused(), "{name}");
            }
        }
    }
    assert_eq!(seen, 11);
}

#[test]
fn the_user_can_raise_the_limit_that_a_bomb_meets() {
    let Some(hostile) = vectors("hostile") else { return };
    let opened = bundle::open(&hostile.join("bomb-ratio.zip"), &Limits::large()).unwrap();
    assert!(!opened.is_refused());
    let mut stream = opened.stream("data/events/zeros.ndjson").unwrap();
    assert_eq!(std::io::copy(&mut stream, &mut std::io::sink()).unwrap(), 64 << 20);
}

#[test]
fn hostile_lines_are_told_apart_and_the_next_line_is_still_read() {
    let Some(hostile) = vectors("hostile") else { return };
    let troubles = |name: &str| -> Vec<(u64, Option<LineTrouble>)> {
        let file = std::fs::File::open(hostile.join(name)).unwrap();
        let runs = bundle::lines::runs(file, &LineLimits::audit_bundle());
        runs.flat_map(|run| run.unwrap().lines().map(|line| (line.number, line.trouble)).collect::<Vec<_>>()).collect()
    };
    assert_eq!(troubles("huge-line.ndjson"), [(1, Some(LineTrouble::TooLong)), (2, None)]);
    assert_eq!(troubles("deep.ndjson").first(), Some(&(1, None)));
    let deep = std::fs::read(hostile.join("deep.ndjson")).unwrap();
    let line = deep.split(|byte| *byte == b'\n').next().unwrap();
    assert_eq!(bundle::ab1::event_of(line).unwrap_err().code(), "RECORD_UNPARSEABLE");
    assert_eq!(troubles("no-newline.ndjson"), [(1, None), (2, Some(LineTrouble::LastLineIncomplete))]);
}

#[test]
fn the_bundles_of_the_vectors_open_and_their_manifests_read() {
    let Some(native) = vectors("native-bundle/dev") else { return };
    let mut seen = 0;
    for case in std::fs::read_dir(native).unwrap() {
        let case = case.unwrap().path();
        let opened = bundle::open(&case, &Limits::standard()).unwrap();
        assert_eq!(opened.profile(), Profile::AuditBundle1, "{}", case.display());
        assert!(opened.troubles().is_empty());
        assert!(opened.entry("bagit.txt").is_some());
        let manifest = opened.read(bundle::ab1::AUDIT_MANIFEST_NAME, 1 << 20).unwrap();
        let manifest: bundle::ab1::Manifest = serde_json::from_slice(&manifest).unwrap();
        assert_eq!(manifest.format, "audit-bundle/1.0");
        seen += 1;
    }
    assert!(seen > 30);
}
