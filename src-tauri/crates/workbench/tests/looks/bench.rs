//! A desk with a vault and a purpose, and what is asked of it here.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use workbench::wire::{
    CreateVaultAsk, EventAsk, EventDetail, FacetAsk, JobState, LogEntry, Look, LookAsk, People, PeopleAsk, PersonKind,
    PurposeAsk, Row, RowsAsk,
};
use workbench::{Desk, ImportWish, NoWindow, Options, SampleWish, direct};

/// A patient of the sample, whose chart is opened by [`NURSE`].
pub(crate) const PATIENT: &str = "P-5521";
pub(crate) const NURSE: &str = "u-rn-204";

pub(crate) struct Bench {
    dir: TempDir,
    pub(crate) desk: Desk,
}

impl Bench {
    pub(crate) fn open() -> Self {
        let dir = TempDir::new().unwrap();
        let mut options = Options::at(dir.path().join("vault"));
        options.cost = vault::KdfCost::FLOOR;
        let desk = Desk::new(options, Box::new(NoWindow));
        let passphrase = "seven quiet herons wade".to_owned();
        desk.create_vault(CreateVaultAsk { user: "okafor".into(), passphrase }).unwrap();
        desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
        Self { dir, desk }
    }

    pub(crate) fn import(&self, path: &Path) -> String {
        self.import_with(path, &ImportWish::default())
    }

    fn import_with(&self, path: &Path, wish: &ImportWish) -> String {
        let started = self.desk.import_path(path, wish).unwrap();
        let job = self.desk.wait_for(started.job.unwrap()).unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
        job.bundle.unwrap()
    }

    /// A place beside the vault.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Imports a sample; with `tamper` a damaged one.
    pub(crate) fn sample(&self, tamper: Option<&str>) -> String {
        self.import(&self.make(tamper.unwrap_or("whole"), tamper))
    }

    /// Makes a sample.
    pub(crate) fn make(&self, name: &str, tamper: Option<&str>) -> PathBuf {
        let path = self.path(name);
        let wish = SampleWish {
            events: 900,
            seed: 4,
            days: None,
            scenario: tamper.is_none().then(|| "s02".into()),
            tamper: tamper.map(str::to_owned),
            sha512: false,
            compression: None,
            signing: None,
        };
        direct::sample(&path, &wish).unwrap();
        path
    }

    /// Imports a log with these lines.
    pub(crate) fn log(&self, lines: &[&str]) -> String {
        self.log_with(lines, &ImportWish::default())
    }

    /// Imports a log with these lines, with such a wish.
    pub(crate) fn log_with(&self, lines: &[&str], wish: &ImportWish) -> String {
        let path = self.dir.path().join("log.ndjson");
        std::fs::write(&path, format!("{}\n", lines.join("\n"))).unwrap();
        self.import_with(&path, wish)
    }

    pub(crate) fn look(&self, bundle: &str, filter: &str) -> Look {
        let (bundle, filter) = (bundle.to_owned(), filter.to_owned());
        self.desk.look(LookAsk { bundle, filter, and: Vec::new(), sort: "time".into(), descending: false }).unwrap()
    }

    pub(crate) fn rows(&self, look: &Look) -> Vec<Row> {
        self.desk.rows(RowsAsk { look: look.look, offset: 0, limit: 500 }).unwrap().rows
    }

    pub(crate) fn event(&self, look: &Look, row: &Row) -> EventDetail {
        self.desk.event(EventAsk { look: look.look, event_ref: row.event_ref.clone() }).unwrap()
    }

    pub(crate) fn facet(&self, look: &Look, field: &str) -> Vec<String> {
        let ask = FacetAsk { look: look.look, field: field.into(), contains: String::new(), limit: 200 };
        self.desk.facet(ask).unwrap().values.into_iter().map(|value| value.value).collect()
    }

    pub(crate) fn people(&self, bundle: &str, kind: PersonKind, prefix: &str, offset: u64, limit: u32) -> People {
        let (bundle, prefix, sort) = (bundle.to_owned(), prefix.to_owned(), "id".to_owned());
        self.desk.people(PeopleAsk { bundle, kind, prefix, sort, descending: false, offset, limit }).unwrap()
    }

    /// Ends every look.
    pub(crate) fn turn_to_something_else(&self) {
        self.desk.give_purpose(PurposeAsk { text: "Another question altogether".into() }).unwrap();
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

    /// What the line that ends the look in entry `look` says.
    pub(crate) fn closing(&self, look: u64) -> String {
        let entries = self.entries();
        let ended = entries.iter().filter(|entry| entry.action == "look_closed");
        let results = ended.filter_map(|entry| entry.result.clone());
        results.into_iter().find(|result| result.starts_with(&format!("look {look},"))).unwrap()
    }

    /// Number of the last entry with this action.
    pub(crate) fn last(&self, action: &str) -> LogEntry {
        self.entries().into_iter().rfind(|entry| entry.action == action).unwrap()
    }
}
