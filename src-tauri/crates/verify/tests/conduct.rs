//! How a check behaves: stopping, onlookers, faults, sources without evidence, and any flipped bit.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bag::{Bag, Draft, codes};
use bundle::{Damage, Entry, Profile, ReadFault, Trouble};
use proptest::prelude::*;
use verify::{
    Assurance, Badge, HowFar, Integrity, MemorySpill, NoOnlooker, NoProgress, Onlooker, Options, Print, Proceed,
    Progress, RecordRun, Severity, Source, Spill, Standing, VerifyFault,
};

fn options(workers: usize) -> Options {
    Options { workers, ..Options::new([3; 16]) }
}

/// File, byte offset, length and standing of a line.
type Note = (String, u64, usize, Standing);

#[derive(Default)]
struct Notes {
    /// By run and line.
    lines: Mutex<BTreeMap<(u64, u64), Note>>,
}

impl Onlooker for Notes {
    fn see(&self, run: &RecordRun<'_>) {
        for record in run.records {
            let note = (run.file.to_owned(), record.byte_offset, record.bytes.len(), record.standing);
            let before = self.lines.lock().unwrap().insert((run.ordinal, record.line), note);
            assert!(before.is_none());
        }
    }
}

#[test]
fn an_onlooker_sees_every_line_once_with_its_place_and_standing() {
    let mut draft = Draft::new(4000, 1500);
    draft.change(7, |record| record["event"]["action"] = serde_json::json!("print"));
    *draft.line_mut(9) = b"{".to_vec();
    draft.restate_segments();
    let bag = draft.bag();
    let notes = Notes::default();
    verify::check(&bag, &options(3), &notes, &NoProgress, &mut MemorySpill::new()).unwrap();
    let lines = notes.lines.into_inner().unwrap();
    assert_eq!(lines.len(), 4000);
    for (number, ((ordinal, line), (file, offset, length, standing))) in lines.iter().enumerate() {
        let bytes = bag.get(file);
        let at = usize::try_from(*offset).unwrap();
        assert_eq!(bytes[at + length], b'\n');
        let expected = match number + 1 {
            7 => Standing::Altered,
            9 => Standing::Unreadable,
            _ => Standing::Whole,
        };
        assert_eq!(*standing, expected, "run {ordinal}, line {line}");
    }
    let runs: std::collections::BTreeSet<_> = lines.keys().map(|(ordinal, _)| *ordinal).collect();
    assert!(runs.len() > 3 && runs.iter().copied().eq(0..u64::try_from(runs.len()).unwrap()));
}

/// A spill on a full disk.
struct Full;

impl Spill for Full {
    fn add(&mut self, _prints: &mut Vec<Print>) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn repeats(&mut self, _each: &mut dyn FnMut(&[Print])) -> io::Result<()> {
        Ok(())
    }
}

struct StopAfter(AtomicU64);

impl Progress for StopAfter {
    fn came(&self, how_far: HowFar) -> Proceed {
        assert!(how_far.bytes <= how_far.bytes_total);
        if self.0.fetch_sub(1, Ordering::Relaxed) == 1 { Proceed::Stop } else { Proceed::GoOn }
    }
}

#[test]
fn a_stopped_check_is_no_verdict_wherever_it_was_stopped() {
    let mut draft = Draft::new(3000, 1000);
    draft.change(7, |record| record["event"]["action"] = serde_json::json!("print"));
    draft.restate_segments();
    let bag = draft.bag();
    let mut stops = 0;
    for steps in 1.. {
        let progress = StopAfter(AtomicU64::new(steps));
        let report = verify::check(&bag, &options(2), &NoOnlooker, &progress, &mut MemorySpill::new()).unwrap();
        if report.stopped().is_none() {
            assert_eq!(report.badge(), Badge::Altered);
            break;
        }
        stops += 1;
        assert_eq!(report.badge(), Badge::NotVerified);
        assert_eq!(report.integrity(), Integrity::NotEvaluable);
        assert!(report.summary()[0].starts_with("The check was stopped after"));
        assert!(report.proves().is_empty());
    }
    assert!(stops > 10, "{stops}");
}

#[test]
fn a_check_that_ends_early_does_not_wait_for_the_rest() {
    // Many more runs than are under way at once.
    let bag = Draft::new(20_000, 20_000).bag();
    for (steps, workers) in [(1, 1), (12, 1), (14, 2)] {
        let progress = StopAfter(AtomicU64::new(steps));
        let report = verify::check(&bag, &options(workers), &NoOnlooker, &progress, &mut MemorySpill::new()).unwrap();
        assert!(report.stopped().is_some());
    }
    let fault = verify::check(&bag, &options(1), &NoOnlooker, &NoProgress, &mut Full).unwrap_err();
    assert!(matches!(fault, VerifyFault::Spill(_)));
}

#[test]
fn progress_reaches_all_bytes_and_all_records() {
    struct Last(Mutex<HowFar>);
    impl Progress for Last {
        fn came(&self, how_far: HowFar) -> Proceed {
            *self.0.lock().unwrap() = how_far;
            Proceed::GoOn
        }
    }
    let last = Last(Mutex::default());
    verify::check(&Draft::new(500, 100).bag(), &options(1), &NoOnlooker, &last, &mut MemorySpill::new()).unwrap();
    let how_far = last.0.into_inner().unwrap();
    assert_eq!(how_far.records, 500);
    assert_eq!(how_far.bytes, how_far.bytes_total);
}

#[test]
fn a_source_without_evidence_of_its_own_is_not_evaluable() {
    for profile in [Profile::FhirAuditEvent, Profile::Unknown] {
        let mut bag = Bag::new(BTreeMap::from([("events.ndjson".to_owned(), b"{}\n".to_vec())]));
        bag.profile = profile;
        let report = bag.check();
        assert_eq!(report.integrity(), Integrity::NotEvaluable);
        assert_eq!(report.assurance(), Some(Assurance::NoEvidence));
        assert_eq!(report.badge(), Badge::NotVerified);
        let sentence =
            "This export carries no evidence of its own; we can only prove that it has not changed since import.";
        assert_eq!(report.does_not_prove()[0], sentence);
        assert!(report.proves().is_empty());
    }
}

#[test]
fn what_is_no_event_and_what_has_no_zone_is_told_once_with_its_place_and_number() {
    let event = |recorded: &str| {
        format!(
            r#"{{"resourceType":"AuditEvent","recorded":"{recorded}","action":"R","agent":[{{"requestor":true,"who":{{"display":"Zoë"}}}}]}}"#
        )
    };
    let lines = [
        event("2026-03-02T01:10:00Z"),
        r#"{"resourceType":"Patient"}"#.to_owned(),
        event("2026-03-02T01:10:00"),
        event("2026-03-02T01:11:00"),
        event("1026-03-02T01:11:00Z"),
        event("yesterday"),
        r#"{"resourceType":"auditevent"}"#.to_owned(),
    ];
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("AuditEvent.ndjson");
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let report = bag::check(&bundle::open(&path, &bundle::Limits::standard()).unwrap());
    assert_eq!((report.integrity(), report.counts().events), (Integrity::NotEvaluable, 5));
    let told: Vec<_> =
        report.findings().iter().map(|finding| (finding.code.name(), finding.count, finding.line)).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for expected in [
        ("TIMESTAMP_NO_ZONE", Some(2), Some(3)),
        ("TIMESTAMP_OUT_OF_RANGE", Some(1), Some(5)),
        ("TIMESTAMP_UNREADABLE", Some(1), Some(6)),
        ("RESOURCE_NOT_READ", Some(2), Some(2)),
    ] {
        assert!(told.contains(&expected), "{told:?}");
    }
}

#[test]
fn a_page_of_a_search_result_without_the_rest_is_told() {
    let event = |id: &str| {
        format!(r#"{{"resource":{{"resourceType":"AuditEvent","id":"{id}","recorded":"2026-03-02T01:10:00Z"}}}}"#)
    };
    let dir = tempfile::tempdir().unwrap();
    let page = |name: &str, members: &str, first: &str, second: &str| {
        let entries = format!("[{},{}]", event(first), event(second));
        let text = format!(r#"{{"resourceType":"Bundle","type":"searchset",{members},"entry":{entries}}}"#);
        std::fs::write(dir.path().join(name), text).unwrap();
    };
    let checked = || bag::check(&bundle::open(dir.path(), &bundle::Limits::standard()).unwrap());
    let next = r#""total":4,"link":[{"relation":"next","url":"https://ehr.example/?page=2"}]"#;
    page("page-1.json", next, "a", "b");
    let report = checked();
    let [finding] = report.findings() else { panic!("{:?}", report.findings()) };
    assert_eq!((finding.code.name(), finding.severity), ("SEARCH_PAGES_MISSING", Severity::Warning));
    assert_eq!((finding.file.as_deref(), finding.count), (Some("page-1.json"), Some(2)));
    assert_eq!((finding.expected.as_deref(), finding.actual.as_deref()), (Some("4"), Some("2")));
    assert!(finding.message.contains("it holds 2 of the 4 resources"), "{}", finding.message);
    assert!(!finding.message.contains("ehr.example"), "a search may name a person");
    page("page-2.json", r#""total":4"#, "c", "d");
    assert_eq!(checked().findings(), [], "all pages are here");
}

#[test]
fn an_event_that_is_there_again_is_told_with_its_place_and_number() {
    let event = |id: &str, version: u32, action: &str| {
        format!(
            r#"{{"resourceType":"AuditEvent","id":"{id}","meta":{{"versionId":"{version}"}},"action":"{action}","recorded":"2026-03-02T01:10:00Z"}}"#
        )
    };
    let dir = tempfile::tempdir().unwrap();
    let lines = [event("a", 1, "R"), event("b", 1, "R"), event("b", 2, "R"), event("b", 1, "U"), event("a", 1, "R")];
    std::fs::write(dir.path().join("events.ndjson"), lines.join("\n") + "\n").unwrap();
    let checked = || bag::check(&bundle::open(dir.path(), &bundle::Limits::standard()).unwrap());
    let report = checked();
    let [finding] = report.findings() else { panic!("{:?}", report.findings()) };
    assert_eq!((finding.code.name(), finding.severity), ("RESOURCE_DUPLICATE", Severity::Warning));
    assert_eq!((finding.file.as_deref(), finding.line, finding.count), (Some("events.ndjson"), Some(4), Some(2)));
    assert!(finding.message.contains("which repeats Line 2 of events.ndjson"), "{}", finding.message);
    assert_eq!(report.counts().events, 5, "each is there");
    std::fs::write(dir.path().join("events.ndjson"), lines[1].clone() + "\n" + &lines[2]).unwrap();
    assert_eq!(checked().findings(), [], "two versions are no repetition");
    let bundle = format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{}}}]}}"#, lines[1]);
    std::fs::write(dir.path().join("more.json"), bundle).unwrap();
    let report = checked();
    let said = &report.findings()[0].message;
    assert!(said.starts_with("Entry 1 of more.json is the event of Line 1 of events.ndjson once more"), "{said}");
}

#[test]
fn a_file_that_is_passed_over_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let event = r#"{"resourceType":"AuditEvent","recorded":"2026-03-02T01:10:00Z","agent":[{"who":{"display":"Z"}}]}"#;
    std::fs::write(dir.path().join("one.json"), event).unwrap();
    let checked = || bag::check(&bundle::open(dir.path(), &bundle::Limits::standard()).unwrap());
    assert_eq!(checked().findings(), []);
    std::fs::write(dir.path().join("audit.txt"), event).unwrap();
    let report = checked();
    let finding = &report.findings()[0];
    assert_eq!((finding.code.name(), finding.file.as_deref()), ("FILE_NOT_READ", Some("audit.txt")));
    assert_eq!((report.counts().events, report.badge()), (1, Badge::NotVerified));
    std::fs::write(dir.path().join("events.csv"), "a,b\n").unwrap();
    let report = checked();
    assert_eq!((report.findings().len(), report.findings()[0].count), (1, Some(2)));
    assert!(report.summary()[1].contains("Worth reading: 2 files were not read, the first is audit.txt"));
}

#[test]
fn a_container_that_is_damaged_is_not_called_an_export_without_evidence() {
    let mut bag = Bag::new(BTreeMap::new());
    bag.profile = Profile::Unknown;
    bag.troubles.push(bundle::Trouble {
        code: bundle::TroubleCode::ArchiveLayout,
        file: None,
        message: "Cut short.".to_owned(),
    });
    let report = bag.check();
    assert_eq!(report.integrity(), Integrity::Fail);
    assert!(report.does_not_prove()[0].starts_with("Anything about what it holds"), "{:?}", report.does_not_prove());
}

#[test]
fn the_report_is_written_as_the_command_line_promises() {
    let report = Draft::new(10, 5).bag().check().with_path("x.zip");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["format"], "chartproof-verify/1");
    assert_eq!(json["bundle"]["path"], "x.zip");
    assert_eq!(json["bundle"]["profile"], "audit-bundle/1.0");
    assert_eq!(json["bundle"]["bundle_id"], "244caf9c-4dab-4481-b253-edc618187993");
    assert_eq!((json["integrity"].as_str(), json["assurance"].as_str()), (Some("PASS"), Some("CONSISTENT")));
    assert_eq!(json["badge"], "unsigned");
    assert_eq!(json["counts"]["events"], 10);
    assert_eq!(json["coverage"][0]["state"], "not_covered");
    assert_eq!(json["coverage"][0]["from_seq"], 1);
}

/// A bag of which one file fails while it is read.
struct Failing {
    bag: Bag,
    name: &'static str,
    after_bytes: u64,
    damage: Option<Damage>,
}

impl Failing {
    fn fault(&self) -> ReadFault {
        let name = self.name.to_owned();
        match self.damage {
            Some(damage) => ReadFault::Damaged { name, damage },
            None => ReadFault::Vanished { name },
        }
    }
}

struct FailsAtEnd<'b> {
    fault: Option<ReadFault>,
    content: io::Take<Box<dyn Read + Send + 'b>>,
}

impl Read for FailsAtEnd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.content.read(buffer)? {
            0 => self.fault.take().map_or(Ok(0), |fault| Err(io::Error::other(fault))),
            count => Ok(count),
        }
    }
}

impl Source for Failing {
    fn profile(&self) -> Profile {
        Profile::AuditBundle1
    }

    fn entries(&self) -> &[Entry] {
        self.bag.entries()
    }

    fn troubles(&self) -> &[Trouble] {
        &[]
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        let content = self.bag.stream(name)?;
        if name != self.name {
            return Ok(content);
        }
        Ok(Box::new(FailsAtEnd { fault: Some(self.fault()), content: content.take(self.after_bytes) }))
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        if name == self.name { Err(self.fault()) } else { self.bag.read(name, max_bytes) }
    }
}

#[test]
fn a_file_that_vanishes_is_a_fault_and_a_damaged_one_a_finding() {
    let names = ["data/events/segment-000002.ndjson", "data/audit-manifest.json", "bagit.txt", "manifest-sha256.txt"];
    for name in names.into_iter().chain(["data/checkpoints/checkpoints.ndjson", "data/keys/keys.json"]) {
        let bag = Draft::new(3000, 1000).bag();
        let mut source = Failing { bag, name, after_bytes: 100_000, damage: None };
        let spill = &mut MemorySpill::new();
        let fault = verify::check(&source, &options(2), &NoOnlooker, &NoProgress, spill).unwrap_err();
        assert!(matches!(fault, VerifyFault::Read(ReadFault::Vanished { .. })), "{name}: {fault:?}");

        source.damage = Some(Damage::Checksum);
        let report = bag::check(&source);
        let found = codes(&report);
        assert!(found.contains(&"ARCHIVE_LAYOUT"), "{name}: {found:?}");
        assert_eq!(report.integrity(), Integrity::Fail);
        if name.starts_with("data/events") {
            let found: Vec<_> = found.into_iter().filter(|code| *code != "CHECKPOINT_DAY_MISSING").collect();
            assert_eq!(found, ["ARCHIVE_LAYOUT", "UNVERIFIABLE_SPAN"]);
        }
    }
}

#[test]
fn every_line_of_a_file_may_be_hostile() {
    for line in [&b"{}"[..], b"[", b"\xff\xfe", b"null", b"{\"seq\":1}", b"\"x\"", b" ", b"\r"] {
        let mut draft = Draft::new(10, 10);
        draft.segments[0].lines = vec![line.to_vec(); 5000];
        let mut files = draft.files();
        files.insert("data/checkpoints/checkpoints.ndjson".to_owned(), bag::joined(&vec![line.to_vec(); 5000]));
        let report = bag::wrapped(files).check();
        assert_eq!(report.integrity(), Integrity::Fail);
        assert!(report.findings().len() < 1600, "{}", report.findings().len());
    }
}

#[test]
fn a_chain_that_is_off_everywhere_ends_in_a_bounded_report() {
    let mut draft = Draft::new(4000, 4000);
    let lines = &mut draft.segments[0].lines;
    let (even, odd): (Vec<_>, Vec<_>) = lines.drain(..).enumerate().partition(|(index, _)| index % 2 == 0);
    lines.extend(odd.into_iter().chain(even).rev().map(|(_, line)| line));
    draft.restate_segments();
    let report = draft.bag().check();
    assert!(codes(&report).contains(&"EVENTS_REORDERED"));
    assert!(report.findings().len() < 2000);
}

/// A small unsigned bundle in a directory of a kind.
fn small() -> Bag {
    Draft::new(6, 3).bag()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn any_single_flipped_bit_is_found(place in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut bag = small();
        let names = bag.names();
        let total: usize = names.iter().map(|name| bag.get(name).len()).sum();
        let mut at = place.index(total);
        for name in names {
            let length = bag.get(&name).len();
            if at < length {
                let mut bytes = bag.get(&name).to_vec();
                bytes[at] ^= 1 << bit;
                bag.set(&name, bytes);
                let report = bag.check();
                prop_assert!(
                    !matches!(report.integrity(), Integrity::Pass | Integrity::PassWithNotes),
                    "bit {bit} of byte {at} of {name}"
                );
                break;
            }
            at -= length;
        }
    }
}

#[test]
fn any_flipped_bit_of_the_lists_that_nothing_vouches_for_is_found() {
    let whole = small();
    for name in ["tagmanifest-sha256.txt", "bagit.txt"] {
        for at in 0..whole.get(name).len() {
            for bit in 0..8 {
                let mut bag = whole.clone();
                let mut bytes = bag.get(name).to_vec();
                bytes[at] ^= 1 << bit;
                bag.set(name, bytes);
                assert_eq!(bag.check().integrity(), Integrity::Fail, "bit {bit} of byte {at} of {name}");
            }
        }
    }
}
