//! A desk with an office's vault and a purpose, and samples made for it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use workbench::wire::{
    BundleAsk, Check, IntegrityReport, JobState, LogEntry, Look, LookAsk, PurposeAsk, Row, RowsAsk, UnlockAsk,
};
use workbench::{Desk, ImportWish, SampleWish, direct};

#[path = "../office/mod.rs"]
mod office;

/// Events of a sample.
pub(crate) const EVENTS: u64 = 900;

pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) desk: Desk,
}

impl Bench {
    pub(crate) fn open() -> Self {
        let (dir, desk) = office::open();
        desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
        Self { dir, desk }
    }

    /// A sample on disk; the same wish gives the same bytes.
    pub(crate) fn make(&self, name: &str, change: impl FnOnce(&mut SampleWish)) -> PathBuf {
        let path = self.dir.path().join(name);
        let mut wish = SampleWish {
            events: EVENTS,
            seed: 4,
            days: None,
            scenario: None,
            tamper: None,
            sha512: false,
            compression: None,
            signing: None,
        };
        change(&mut wish);
        direct::sample(&path, &wish).unwrap();
        path
    }

    pub(crate) fn import(&self, path: &Path) -> String {
        let started = self.desk.import_path(path, &ImportWish::default()).unwrap();
        let job = self.desk.wait_for(started.job.unwrap()).unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
        job.bundle.unwrap()
    }

    /// Imports a sample that is damaged in this way.
    pub(crate) fn tampered(&self, tamper: &str) -> String {
        self.import(&self.make(tamper, |wish| wish.tamper = Some(tamper.to_owned())))
    }

    /// Checks a stored bundle again with what is vouched for now.
    pub(crate) fn check_again(&self, bundle: &str) {
        let started = self.desk.check_again(BundleAsk { bundle: bundle.to_owned() }).unwrap();
        let job = self.desk.wait_for(started.job).unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
    }

    pub(crate) fn report(&self, bundle: &str) -> IntegrityReport {
        self.desk.integrity(BundleAsk { bundle: bundle.to_owned() }).unwrap()
    }

    /// Opens the vault again, without a purpose.
    pub(crate) fn unlock(&self) {
        let passphrase = office::PASSPHRASE.to_owned();
        self.desk.unlock(UnlockAsk { user: "okafor".into(), passphrase }).unwrap();
    }

    pub(crate) fn rows(&self, bundle: &str, filter: &str) -> Vec<Row> {
        let (bundle, filter, sort) = (bundle.to_owned(), filter.to_owned(), "number".to_owned());
        let ask = LookAsk { bundle, filter, and: Vec::new(), sort, descending: false };
        let Look { look, .. } = self.desk.look(ask).unwrap();
        self.desk.rows(RowsAsk { look, offset: 0, limit: 500 }).unwrap().rows
    }

    /// The access log, oldest first.
    pub(crate) fn entries(&self) -> Vec<LogEntry> {
        let mut entries = Vec::new();
        self.desk
            .each_log_entry(&mut |entry| {
                entries.push(entry);
                Ok(())
            })
            .unwrap();
        entries
    }
}

/// The line of a report with this name.
#[track_caller]
pub(crate) fn line<'r>(report: &'r IntegrityReport, what: &str) -> &'r Check {
    report.checks.iter().find(|check| check.what == what).unwrap()
}
