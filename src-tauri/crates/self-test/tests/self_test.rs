//! The self-test on bundles of our own making: what is caught, what cannot be, and that a blind check is found out.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise, and say what they skip"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use bundle::{Entry, Profile, ReadFault, Trouble};
use integrity::head::read_anchor_file;
use integrity::keys::Kid;
use self_test::{Ask, Fate, Score};
use specimen::{Compression, MemorySink, Options, Signing};
use verify::{HowFar, MemorySpill, NoOnlooker, NoProgress, Proceed, Progress, Report, Source, VerifyFault};

/// Files in memory.
struct Files {
    entries: Vec<Entry>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Files {
    fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let entry = |(name, bytes): (&String, &Vec<u8>)| Entry {
            name: name.clone(),
            size_bytes: u64::try_from(bytes.len()).unwrap(),
        };
        Self { entries: files.iter().map(entry).collect(), files }
    }
}

impl Source for Files {
    fn profile(&self) -> Profile {
        Profile::AuditBundle1
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn troubles(&self) -> &[Trouble] {
        &[]
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        match self.files.get(name) {
            Some(bytes) => Ok(Box::new(bytes.as_slice())),
            None => Err(ReadFault::NoSuchEntry { name: name.to_owned() }),
        }
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        let mut bytes = Vec::new();
        self.stream(name)?.take(max_bytes).read_to_end(&mut bytes).map_err(ReadFault::of)?;
        Ok(bytes)
    }
}

fn sample(events: u64, rows_per_segment: u64) -> Files {
    packed_sample(events, rows_per_segment, Compression::None)
}

fn packed_sample(events: u64, rows_per_segment: u64, compression: Compression) -> Files {
    let options = Options { seed: 5, events, rows_per_segment, sha512: true, compression, ..Options::default() };
    let mut sink = MemorySink::new();
    options.plan().unwrap().write(&mut sink).unwrap();
    Files::new(sink.into_files())
}

/// What cannot be done to a bundle without signatures.
const SIGNED_ONLY: [&str; 10] = [
    "key-not-valid",
    "key-revoked",
    "key-swapped",
    "key-unknown",
    "resigned",
    "signature-algorithm",
    "signature-invalid",
    "signature-missing",
    "signatures-removed",
    "signatures-stripped",
];

fn check(source: &dyn Source, progress: &dyn Progress) -> Result<Report, VerifyFault> {
    let options = verify::Options { workers: 2, ..verify::Options::new([9; 16]) };
    verify::check(source, &options, &NoOnlooker, progress, &mut MemorySpill::new())
}

fn ask(runs: u32) -> Ask {
    Ask { runs, seed: 1, anchors: Vec::new() }
}

fn tested(source: &dyn Source, ask: &Ask) -> Score {
    self_test::run(source, ask, &check, &NoProgress).unwrap()
}

/// The kinds with a run of some fate.
fn kinds(score: &Score, fate: Fate) -> BTreeSet<&'static str> {
    let of_fate = score.kinds.iter().filter(|kind| kind.runs.iter().any(|run| run.fate == fate));
    of_fate.map(|kind| kind.kind).collect()
}

#[track_caller]
fn none_missed(score: &Score) {
    let missed: Vec<_> = score
        .kinds
        .iter()
        .flat_map(|kind| kind.runs.iter().filter(|run| run.fate == Fate::Missed).map(|run| (kind.kind, run)))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(score.counts.missed, 0);
}

#[test]
fn nothing_is_missed_in_a_sample_and_only_the_unprovable_is_excused() {
    // A check without optimization takes its time.
    let (events, rows) = if cfg!(debug_assertions) { (2_000, 300) } else { (100_000, 12_000) };
    let score = tested(&sample(events, rows), &ask(2));
    none_missed(&score);
    let excused =
        ["history-recomputed-undetectable", "last-segments-deleted", "older-export", "tail-truncated-undetectable"];
    assert_eq!(kinds(&score, Fate::CannotBeCaught), excused.into());
    assert_eq!(kinds(&score, Fate::NotApplicable), SIGNED_ONLY.into());
    assert_eq!(score.counts.copies, score.counts.caught + score.counts.cannot_be_caught);
    assert_eq!(score.counts.cannot_be_caught, 8);
    assert!(!score.stopped);
    let json = serde_json::to_value(&score).unwrap();
    assert_eq!(json["format"], "chartproof-self-test/1");
    assert_eq!(json["counts"]["missed"], 0);
}

#[test]
fn other_seeds_and_odd_sizes_miss_nothing_either() {
    for (seed, events, rows) in [(1, 12, 50_000), (2, 40, 7), (3, 150, 1), (4, 90, 45)] {
        let score = tested(&sample(events, rows), &Ask { seed, ..ask(2) });
        none_missed(&score);
        assert!(score.counts.caught > 80, "{}", score.summary);
    }
}

#[test]
fn nothing_is_missed_in_a_signed_sample_whatever_is_signed_and_pinned() {
    for signing in [Signing::Event, Signing::Segment, Signing::Checkpoint] {
        for is_pinned in [false, true] {
            let (events, rows_per_segment) = match (cfg!(debug_assertions), is_pinned) {
                (true, true) => (2_000, 300),
                (false, true) => (100_000, 12_000),
                (_, false) => (400, 60),
            };
            let options = Options { seed: 5, events, rows_per_segment, signing, ..Options::default() };
            let mut sink = MemorySink::new();
            let specimen = options.plan().unwrap().write(&mut sink).unwrap();
            let source = Files::new(sink.into_files());
            let mut options = verify::Options { workers: 2, ..verify::Options::new([9; 16]) };
            if is_pinned {
                let kid = Kid::from_text(specimen.kid.as_deref().unwrap()).unwrap();
                options.trust.keys.push(verify::PinnedKey::by_kid(kid));
            }
            let check = |source: &dyn Source, progress: &dyn Progress| {
                verify::check(source, &options, &NoOnlooker, progress, &mut MemorySpill::new())
            };
            let score = self_test::run(&source, &ask(1), &check, &NoProgress).unwrap();
            assert_eq!(score.assurance, Some(if is_pinned { "SIGNED_PINNED" } else { "SIGNED_UNPINNED" }));
            none_missed(&score);
            let excused = kinds(&score, Fate::CannotBeCaught);
            assert_eq!(excused.contains("resigned"), !is_pinned, "{signing:?}");
            assert!(!excused.contains("history-recomputed-undetectable"), "{signing:?}");
            let idle = kinds(&score, Fate::NotApplicable);
            assert_eq!(idle, ["manifest-incomplete"].into(), "{signing:?}");
        }
    }
}

#[test]
fn compressed_segments_are_damaged_as_well_as_plain_ones() {
    for compression in [Compression::Gzip, Compression::Zstd] {
        let score = tested(&packed_sample(120, 30, compression), &ask(2));
        none_missed(&score);
        assert_eq!(kinds(&score, Fate::NotApplicable), SIGNED_ONLY.into());
        assert_eq!(score.counts.cannot_be_caught, 8);
    }
}

#[test]
fn a_check_that_always_says_the_same_is_found_out() {
    let source = sample(60, 20);
    let blind = |_: &dyn Source, progress: &dyn Progress| check(&source, progress);
    let score = self_test::run(&source, &ask(1), &blind, &NoProgress).unwrap();
    assert_eq!(score.counts.caught, 0);
    assert_eq!(score.counts.cannot_be_caught, 4);
    assert!(score.counts.missed > 50, "{}", score.summary);
    assert!(score.summary.contains(&format!("{} were missed", score.counts.missed)));
}

#[test]
fn a_check_that_overlooks_one_thing_is_found_out_by_that() {
    // It reads the records from the undamaged bundle, whatever stands in the copy.
    struct Half<'a>(&'a dyn Source, &'a dyn Source);
    impl Source for Half<'_> {
        fn profile(&self) -> Profile {
            self.0.profile()
        }
        fn entries(&self) -> &[Entry] {
            self.0.entries()
        }
        fn troubles(&self) -> &[Trouble] {
            self.0.troubles()
        }
        fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
            let is_record = name.starts_with("data/events/") && self.1.entry(name).is_some();
            if is_record { self.1.stream(name) } else { self.0.stream(name) }
        }
        fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
            self.0.read(name, max_bytes)
        }
    }
    let source = sample(60, 20);
    let lazy = |copy: &dyn Source, progress: &dyn Progress| check(&Half(copy, &source), progress);
    let score = self_test::run(&source, &ask(2), &lazy, &NoProgress).unwrap();
    let missed = kinds(&score, Fate::Missed);
    assert!(missed.contains("manifest-mismatch"), "{missed:?}");
    assert!(!missed.contains("file-missing") && !missed.contains("bag-info-altered"), "{missed:?}");
}

#[test]
fn the_same_seed_damages_the_same_places() {
    let source = sample(60, 20);
    let json = |seed| serde_json::to_string(&tested(&source, &Ask { seed, ..ask(1) })).unwrap();
    assert_eq!(json(7), json(7));
    assert_ne!(json(7), json(8));
}

#[test]
fn an_anchor_makes_a_cut_tail_something_that_must_be_found() {
    let source = sample(60, 20);
    let report = check(&source, &NoProgress).unwrap();
    let stream = report.findings().first().and_then(|finding| finding.stream_id.clone());
    assert_eq!(stream, None);
    let manifest: serde_json::Value = serde_json::from_slice(&source.files["data/audit-manifest.json"]).unwrap();
    let id = manifest["streams"][0]["stream_id"].as_str().unwrap().to_owned();
    // The check is not handed the anchor, so that it cannot find what it is told it must.
    let score = tested(&source, &Ask { anchors: vec![(id, 60)], ..ask(1) });
    let missed = kinds(&score, Fate::Missed);
    assert_eq!(
        missed,
        ["history-recomputed-undetectable", "last-segments-deleted", "older-export", "tail-truncated-undetectable",]
            .into()
    );
}

#[test]
fn a_small_or_bare_bundle_says_what_cannot_be_done_to_it() {
    let score = tested(&sample(1, 10), &ask(1));
    none_missed(&score);
    let deleted = score.kinds.iter().find(|kind| kind.kind == "events-deleted").unwrap();
    assert_eq!(deleted.runs[0].fate, Fate::NotApplicable);
    assert!(deleted.runs[0].reason.unwrap().starts_with("There are too few records"));

    let empty = Files::new([("bagit.txt".to_owned(), b"BagIt-Version: 1.0\n".to_vec())].into());
    let score = tested(&empty, &ask(1));
    assert_eq!((score.counts.copies, score.counts.missed), (0, 0));
    assert!(score.summary.contains("Nothing in this bundle"));
}

#[test]
fn a_bundle_that_fails_already_is_tested_by_what_comes_on_top() {
    let mut files = sample(60, 20).files;
    let segment = files.get_mut("data/events/segment-000002.ndjson").unwrap();
    let at = segment.windows(10).position(|window| window == b"\"outcome\":").unwrap();
    segment[at + 12] ^= 1;
    let score = tested(&Files::new(files), &ask(1));
    assert_eq!(score.integrity, verify::Integrity::Fail);
    none_missed(&score);
}

/// Stops after so many reports of progress, and remembers the last.
struct Stopping {
    left: AtomicU32,
    last: Mutex<HowFar>,
}

impl Stopping {
    fn after(count: u32) -> Self {
        Self { left: AtomicU32::new(count), last: Mutex::new(HowFar::default()) }
    }

    fn last(&self) -> HowFar {
        *self.last.lock().unwrap()
    }
}

impl Progress for Stopping {
    fn came(&self, how_far: HowFar) -> Proceed {
        let mut last = self.last.lock().unwrap();
        assert!(how_far.bytes >= last.bytes || how_far.bytes_total == 0, "{last:?} {how_far:?}");
        *last = how_far;
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        if left == 0 { Proceed::Stop } else { Proceed::GoOn }
    }
}

#[test]
fn a_stopped_test_says_so() {
    let source = sample(60, 20);
    let stop = Stopping::after(200);
    let score = self_test::run(&source, &ask(1), &check, &stop).unwrap();
    assert!(score.stopped);
    assert!(score.summary.starts_with("Stopped before its end."));
    assert!(score.counts.copies < 50);
}

#[test]
fn progress_rises_to_its_end() {
    let source = sample(60, 20);
    let seen = Stopping::after(u32::MAX);
    self_test::run(&source, &ask(1), &check, &seen).unwrap();
    let last = seen.last();
    assert!(last.bytes <= last.bytes_total && last.bytes > last.bytes_total / 2);
}

/// The published development bundles, with what is to be pinned and the anchor for each.
fn published() -> Vec<(PathBuf, verify::Options)> {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"), Into::into);
    let Ok(folder) = std::fs::read_dir(root.join("native-bundle/dev")) else {
        println!("skipped: no conformance data (native-bundle/dev)");
        return Vec::new();
    };
    let mut cases: Vec<_> = folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    let with_options = |case: PathBuf| {
        let expected: serde_json::Value =
            serde_json::from_slice(&std::fs::read(case.join("expected.json")).unwrap()).unwrap();
        let mut options = verify::Options { workers: 2, ..verify::Options::new([9; 16]) };
        for pin in expected["pins"].as_array().unwrap() {
            let kid = Kid::from_text(pin.as_str().unwrap()).unwrap();
            options.trust.keys.push(verify::PinnedKey::by_kid(kid));
        }
        if let Some(anchor) = expected["anchor"].as_str() {
            options
                .anchors
                .push(verify::Anchor::from_file(read_anchor_file(&std::fs::read(case.join(anchor)).unwrap()).unwrap()));
        }
        (case, options)
    };
    cases.into_iter().map(with_options).collect()
}

#[test]
fn the_published_bundles_miss_nothing() {
    let mut missed = Vec::new();
    for (case, options) in published() {
        let bundle = bundle::open(&case.join("bag"), &bundle::Limits::standard()).unwrap();
        let anchors = options.anchors.iter().map(|anchor| (anchor.stream_id.clone(), anchor.last_seq)).collect();
        let check = |source: &dyn Source, progress: &dyn Progress| {
            verify::check(source, &options, &NoOnlooker, progress, &mut MemorySpill::new())
        };
        let score = self_test::run(&bundle, &Ask { anchors, ..ask(1) }, &check, &NoProgress).unwrap();
        for kind in &score.kinds {
            let runs = kind.runs.iter().filter(|run| run.fate == Fate::Missed);
            missed.extend(runs.map(|run| format!("{}: {} {run:?}", case.display(), kind.kind)));
        }
        let excused = kinds(&score, Fate::CannotBeCaught);
        let is_excused = |kind| excused.contains(kind);
        match score.assurance {
            Some("ANCHORED") => assert!(excused.is_empty(), "{excused:?}"),
            Some("SIGNED_PINNED") => {
                assert!(!is_excused("resigned") && !is_excused("history-recomputed-undetectable"));
            }
            Some("SIGNED_UNPINNED") => assert!(is_excused("resigned") && is_excused("signatures-stripped")),
            _ => {}
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
