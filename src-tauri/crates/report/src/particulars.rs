//! A table: what the report says besides the check's own document. Handed in by whoever knows it.

use bundle::Limits;
use serde_json::Value;

use crate::layout::Layout;

/// What a check cannot know of itself.
#[derive(Clone, Debug)]
pub struct Particulars {
    /// Name and version of the program, as `chartproof 0.1.0`.
    pub program: String,
    /// When the verdict was reached, RFC 3339 in UTC.
    pub checked_at: String,
    /// When the report was written, RFC 3339 in UTC.
    pub written_at: String,
    /// What was checked.
    pub subject: Subject,
    /// How it is put together, for the commands of others; `None` where that was not noted.
    pub layout: Option<Layout>,
    /// With which limits it was opened; `None` where that was not noted.
    pub limits: Option<Limits>,
    /// What the caller vouched for, whether it signed anything or not.
    pub pins: Vec<Pin>,
    /// The checks one by one.
    pub checks: Vec<CheckLine>,
    /// What was really compared, each with how many.
    pub compared: Vec<String>,
    /// The document of a self-test of this very bundle (`chartproof-self-test/1`), if one was made.
    pub self_test: Option<Value>,
    /// When it ended, RFC 3339 in UTC; `None` where it was made together with the check.
    pub self_tested_at: Option<String>,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The name of the file or folder without its path; `None` where it is not known any more.
    pub name: Option<String>,
    /// Organization, system, period and the like: what the bundle says of itself. Claims.
    pub says: Vec<(String, String)>,
    /// What is known of it from elsewhere, for instance when it was imported.
    pub known: Vec<(String, String)>,
    /// SHA-256 of the file, or of the list of a folder's files with their digests; lowercase hex.
    pub sha256: String,
}

/// Something that was vouched for when the check was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its fingerprint.
    pub fingerprint: String,
    /// Who vouched for it.
    pub by: Option<String>,
    /// Since when.
    pub on: Option<String>,
}

/// One line of the list of checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    /// What was checked.
    pub what: String,
    /// How.
    pub how: String,
    /// What came of it.
    pub result: CheckResult,
}

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// It agrees.
    Agrees,
    /// It agrees, with warnings.
    Notes,
    /// It does not agree.
    Differs,
    /// What was checked of it agrees; the rest could not be checked.
    Partly,
    /// It was not checked, or there is nothing to check.
    NotChecked,
}

impl CheckResult {
    /// The word in the form for programs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Notes => "notes",
            Self::Differs => "differs",
            Self::Partly => "partly",
            Self::NotChecked => "not_checked",
        }
    }

    /// The words in the form for people.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Agrees => "Agrees",
            Self::Notes => "Agrees, with notes",
            Self::Differs => "Does not agree",
            Self::Partly => "Partly checked",
            Self::NotChecked => "Not checked",
        }
    }
}
