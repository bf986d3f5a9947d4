//! Writes the verification report: one file that a person reads, prints and files, or that a program reads.
//!
//! Input is the document of a check (`chartproof-verify/1`) and the particulars that a check cannot know: what was
//! checked by its hash, with which limits, when, by which version. Output is bytes.
//!
//! # Invariants
//! * It judges nothing: every verdict, count and sentence about the evidence is the document's own.
//! * It never reads a file, a clock, the environment or randomness. Equal input gives equal bytes.
//! * The page refers to nothing outside itself and runs nothing; its policy names its one style sheet by hash.
//! * No id that a source system may have built from a person's number is written: of event ids only UUIDs stay.
//! * Every command that it prints is tried by a test.

mod again;
mod covered;
mod document;
mod fault;
mod json;
mod layout;
mod particulars;
mod places;
mod view;

use serde_json::Value;

pub use again::Step;
pub use fault::ReportFault;
pub use json::REPORT_FORMAT;
pub use layout::{ArchiveLaid, Layout, Link, SignedWith};
pub use particulars::{CheckLine, CheckResult, Particulars, Pin, Subject};
pub use places::places;

use document::Document;

/// In which form a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One page for people, complete in itself.
    Html,
    /// One object for programs.
    Json,
}

impl Form {
    /// The form that the ending of a file's name asks for, however it is capitalized.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Writes the report of a check.
///
/// `document` is what `verify --format json` prints, stored or just made. It is refused if it is something else.
pub fn write(form: Form, document: &Value, particulars: &Particulars) -> Result<Vec<u8>, ReportFault> {
    let mut document = document.clone();
    covered::cover(&mut document);
    let read = Document::read(&document)?;
    let steps = again::steps(&read, particulars);
    match form {
        Form::Html => view::page(&read, particulars, &steps),
        Form::Json => json::object(document, particulars, &steps),
    }
}
