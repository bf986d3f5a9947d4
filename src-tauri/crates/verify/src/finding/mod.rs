//! What was found wrong or worth knowing, as flat data with the locators that the command line names.
//!
//! A finding names places (file, line, record number) and hashes. It never holds a record's content or a person's id;
//! an event's own id is a locator and allowed.

mod code;
mod tally;

use bundle::escape::visible;
use serde::{Deserialize, Serialize};

pub use code::{Code, Severity};
pub use tally::FINDINGS_PER_CODE_MAX;
pub(crate) use tally::Tally;

/// A record's place, for findings that concern several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1; in a table the row.
    pub line: u64,
    /// The record's number in its stream.
    pub seq: u64,
}

/// A schema version and where it was first seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionSeen {
    /// The version as recorded.
    pub version: String,
    /// The first record that has it.
    pub seq: u64,
}

/// Writes the struct, a method for each locator, and nothing else.
macro_rules! finding {
    ($($(#[$doc:meta])* $name:ident: $type:ty $(, $into:ident)?;)*) => {
        /// One finding. Members that do not apply are absent.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Finding {
            /// What was found.
            pub code: Code,
            /// How much it weighs.
            pub severity: Severity,
            /// A sentence for a privacy officer.
            pub message: String,
            $(
                $(#[$doc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )*
        }

        impl Finding {
            /// A finding without locators.
            #[must_use]
            pub fn new(code: Code, message: impl Into<String>) -> Self {
                Self { code, severity: code.severity(), message: message.into(), $($name: None,)* }
            }

            $(
                #[doc = concat!("With the locator `", stringify!($name), "`.")]
                #[must_use]
                pub fn $name(mut self, $name: impl Into<$type>) -> Self {
                    self.$name = Some($name.into());
                    self
                }
            )*
        }
    };
}

finding! {
    /// The stream concerned.
    stream_id: String;
    /// The file, with hidden characters made visible.
    file: String;
    /// The line in the file, from 1. Places in tables have a row instead.
    line: u64;
    /// Where the line begins in the file, in bytes from 0; in a packed file, in what it unpacks to.
    byte_offset: u64;
    /// The record's number in its stream.
    seq: u64;
    /// The record's event id.
    event_id: String;
    /// The two records between which something is wrong.
    between: [u64; 2];
    /// First missing record.
    missing_from: u64;
    /// Last missing record.
    missing_to: u64;
    /// How many.
    count: u64;
    /// Which statement says so: `audit-manifest`, `checkpoint`, `anchor` or `token`.
    source: String;
    /// The alteration lies between these records, both included.
    altered_within: [u64; 2];
    /// First number that was never given.
    skipped_from: u64;
    /// Last number that was never given.
    skipped_to: u64;
    /// The member of the record.
    member: String;
    /// The key concerned.
    kid: String;
    /// The column of a table.
    column: String;
    /// The row of a table, from 1, headings not counted.
    row: u64;
    /// What was expected.
    expected: String;
    /// What is there.
    actual: String;
    /// The field of a statement.
    field: String;
    /// Records out of order.
    moved: Vec<Place>;
    /// Times as recorded.
    times: Vec<String>;
    /// All places concerned.
    places: Vec<Place>;
    /// Days in UTC.
    days: Vec<String>;
    /// Schema versions.
    versions: Vec<VersionSeen>;
}

impl Finding {
    /// With the locator `file`, its hidden characters made visible.
    #[must_use]
    pub(crate) fn at_file(self, name: &str) -> Self {
        self.file(visible(name))
    }

    /// With a row where there is a line: the file is a table. Bytes of records are not those of a table.
    pub(crate) fn in_table(&mut self) {
        if let Some(line) = self.line.take() {
            self.row = Some(line);
            self.byte_offset = None;
        }
    }

    /// With the locators of a range of missing records.
    #[must_use]
    pub(crate) fn missing(self, from: u64, to: u64) -> Self {
        self.missing_from(from).missing_to(to).count(to.saturating_sub(from).saturating_add(1))
    }
}
