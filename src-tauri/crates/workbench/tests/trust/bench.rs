//! An office's desk, bundles with keys and parts of logs, and what the desk says of them.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use workbench::wire::{
    Badge, BundleAsk, CoverageMap, CoverageState, EventDetail, Fault, Job, JobState, LookAsk, PinAsk, PurposeAsk,
    RecordAsk, RecordShown, RowsAsk, Seal, TrustPage, Verdict,
};
use workbench::{Desk, ImportWish};

#[path = "../../../verify/tests/bag/mod.rs"]
pub(crate) mod bag;
#[path = "../office/mod.rs"]
pub(crate) mod office;

use bag::signing::{Policy, Producer};
use bag::{Bag, Draft, parsed};

pub(crate) struct Bench {
    dir: TempDir,
    pub(crate) desk: Desk,
}

impl Bench {
    pub(crate) fn open() -> Self {
        let (dir, desk) = office::open();
        let bench = Self { dir, desk };
        bench.give_purpose();
        bench
    }

    pub(crate) fn give_purpose(&self) {
        self.desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".to_owned() }).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a bundle into a folder of its own.
    pub(crate) fn write(&self, name: &str, bag: &Bag) -> PathBuf {
        let folder = self.path(name);
        for file in bag.names() {
            let path = folder.join(&file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bag.get(&file)).unwrap();
        }
        folder
    }

    pub(crate) fn import(&self, path: &Path) -> String {
        let started = self.desk.import_path(path, &ImportWish::default()).unwrap();
        let job = self.desk.wait_for(started.job.unwrap()).unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
        job.bundle.unwrap()
    }

    pub(crate) fn import_bag(&self, name: &str, bag: &Bag) -> String {
        self.import(&self.write(name, bag))
    }

    /// Checks a stored bundle again and waits.
    pub(crate) fn check(&self, bundle: &str) -> Job {
        let started = self.desk.check_again(ask(bundle)).unwrap();
        self.desk.wait_for(started.job).unwrap()
    }

    #[track_caller]
    pub(crate) fn check_well(&self, bundle: &str) -> Badge {
        let job = self.check(bundle);
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
        job.badge.unwrap()
    }

    pub(crate) fn verdict(&self, bundle: &str) -> Verdict {
        self.desk.overview(ask(bundle)).unwrap().verdict
    }

    pub(crate) fn seal(&self, bundle: &str) -> Seal {
        self.verdict(bundle).badge.seal
    }

    pub(crate) fn codes(&self, bundle: &str) -> Vec<String> {
        self.desk.integrity(ask(bundle)).unwrap().findings.into_iter().map(|finding| finding.code).collect()
    }

    pub(crate) fn trust(&self, bundle: &str) -> TrustPage {
        self.desk.trust(ask(bundle)).unwrap()
    }

    /// How many records of a bundle are proven, stand, are not verified; and the states of its stretches of time, each
    /// once. The overview says the same.
    #[track_caller]
    pub(crate) fn covered(&self, bundle: &str) -> ([u64; 3], Vec<CoverageState>) {
        let map = self.desk.integrity(ask(bundle)).unwrap().coverage;
        let cells = |map: &CoverageMap| -> Vec<CoverageState> {
            map.sources.iter().flat_map(|source| source.cells.iter().map(|cell| cell.state)).collect()
        };
        let overview = self.desk.overview(ask(bundle)).unwrap().coverage;
        assert_eq!((overview.totals, cells(&overview)), (map.totals, cells(&map)));
        assert_eq!((map.totals.altered, map.totals.missing), (0, 0));
        let mut states = cells(&map);
        states.retain(|state| *state != CoverageState::Empty);
        states.dedup();
        ([map.totals.proven, map.totals.stands, map.totals.not_verified], states)
    }

    /// How the rows of a bundle are marked, each word once.
    pub(crate) fn marks(&self, bundle: &str) -> Vec<String> {
        let look = LookAsk {
            bundle: bundle.to_owned(),
            filter: String::new(),
            and: Vec::new(),
            sort: "time".to_owned(),
            descending: false,
        };
        let look = self.desk.look(look).unwrap();
        let rows = self.desk.rows(RowsAsk { look: look.look, offset: 0, limit: 500 }).unwrap().rows;
        let mut words: Vec<String> = rows.into_iter().map(|row| row.integrity).collect();
        words.sort();
        words.dedup();
        words
    }

    /// The detail of the record with this number.
    pub(crate) fn record(&self, bundle: &str, seq: u64) -> EventDetail {
        let event_ref = format!("{}:{seq}", &bundle[..12]);
        let event = match self.desk.record(RecordAsk { event_ref }).unwrap() {
            RecordShown::Event { event } => Some(event),
            RecordShown::Line { .. } => None,
        };
        *event.unwrap()
    }

    /// Words of the actions in the log, oldest first, without those of reading it.
    pub(crate) fn actions(&self) -> Vec<String> {
        let mut actions = Vec::new();
        let mut note = |entry: workbench::wire::LogEntry| {
            if entry.action != "log_viewed" {
                actions.push(entry.action);
            }
            Ok(())
        };
        self.desk.each_log_entry(&mut note).unwrap();
        actions
    }

    /// Pins by typing so much of the end of a fingerprint.
    pub(crate) fn pin(&self, fingerprint: &str, typed: usize, bundle: Option<&str>) -> Result<(), Fault> {
        let typed = fingerprint[fingerprint.len() - typed..].to_owned();
        let ask = PinAsk {
            fingerprint: fingerprint.to_owned(),
            typed,
            vouched_by: "R. Lindqvist".to_owned(),
            how: "by telephone, under the number of the contract".to_owned(),
            note: String::new(),
            bundle: bundle.map(str::to_owned),
            file: None,
        };
        self.desk.pin_key(ask).map(drop)
    }
}

pub(crate) fn ask(bundle: &str) -> BundleAsk {
    BundleAsk { bundle: bundle.to_owned() }
}

/// A log of 40 records that a producer has signed, and the fingerprint of the key.
pub(crate) fn signed() -> (Bag, String) {
    let producer = Producer::new(7);
    (Draft::signed(40, 20, Policy::Event, &producer).bag(), producer.kid().to_string())
}

/// The records from `first` to `last` as a bundle of their own.
pub(crate) fn part(draft: &Draft, first: u64, last: u64) -> Draft {
    let mut part = draft.clone();
    part.segments.retain_mut(|segment| {
        segment.lines.retain(|line| (first..=last).contains(&parsed(line)["seq"].as_u64().unwrap()));
        !segment.lines.is_empty()
    });
    part.checkpoints.clear();
    part.restate();
    part
}

/// The log with a record changed and everything computed anew.
pub(crate) fn rewritten(draft: &Draft, seq: u64) -> Draft {
    let mut draft = draft.clone();
    draft.change(seq, |record| record["event"]["action"] = "print".into());
    draft.rechain(bag::STREAM);
    draft.checkpoint_every(20);
    draft.restate();
    draft
}
