//! A sample bundle made by the command line, and what its records say when they are simply counted.
//!
//! The count is made here from the files, without a line of the product: what the product shows has to agree with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::app::Home;
use crate::cli;

/// A sample on the disk.
pub struct Sample {
    /// Its folder.
    pub path: PathBuf,
    /// Records in it.
    pub events: usize,
    /// For each patient, how many events touch them and who did so.
    pub patients: BTreeMap<String, Touched>,
    /// For each user, how many events are theirs.
    pub users: BTreeMap<String, usize>,
}

/// What was done to one patient's record.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Events that touch this patient.
    pub events: usize,
    /// Those who did it.
    pub users: BTreeSet<String>,
}

impl Sample {
    /// Makes a sample of `events` in the home's folder `name`, damaged if `tamper` says how.
    pub fn make(program: &PathBuf, home: &Home, name: &str, events: usize, tamper: Option<&str>) -> Self {
        let path = home.path(name);
        let mut words = vec!["sample".to_owned(), path.display().to_string()];
        words.extend(["--events".to_owned(), events.to_string(), "--seed".to_owned(), "11".to_owned()]);
        words.extend(tamper.into_iter().flat_map(|tamper| ["--tamper".to_owned(), tamper.to_owned()]));
        cli::done(program, home, &words);
        Self::count(path)
    }

    fn count(path: PathBuf) -> Self {
        let mut sample = Self { path, events: 0, patients: BTreeMap::new(), users: BTreeMap::new() };
        for file in files(&sample.path.join("data").join("events")) {
            if file.extension().is_some_and(|extension| extension == "ndjson") {
                for line in fs::read_to_string(&file).unwrap().lines() {
                    let record: Value = serde_json::from_str(line).unwrap();
                    sample.add(&record["event"]);
                }
            }
        }
        assert!(sample.events > 0, "a sample holds records");
        sample
    }

    fn add(&mut self, event: &Value) {
        let patients = event["patient_ids"].as_array().expect("an event says whose records it touched");
        let user = event["actor"]["id"].as_str().expect("an event has an actor").to_owned();
        self.events += 1;
        *self.users.entry(user.clone()).or_default() += 1;
        for patient in patients {
            let touched = self.patients.entry(patient.as_str().unwrap().to_owned()).or_default();
            touched.events += 1;
            touched.users.insert(user.clone());
        }
    }

    /// A patient whom several people looked at, but not so many that they would not fit on a screen.
    pub fn patient(&self) -> (&str, &Touched) {
        let fits = |touched: &&Touched| (3..=12).contains(&touched.users.len()) && touched.events >= 8;
        let (id, touched) = self.patients.iter().find(|(_, touched)| fits(touched)).expect("somebody is looked after");
        (id, touched)
    }
}

/// Every file below a folder.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().flatten();
    let mut files: Vec<PathBuf> = entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .collect();
    files.sort();
    files
}
