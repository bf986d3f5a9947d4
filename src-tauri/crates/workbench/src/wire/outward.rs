//! What leaves the window: copies and sheets of rows. Each is a look, with a line in the access log before anything goes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Put something on the clipboard. Logged, then copied by the program, and cleared when the vault locks.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CopyAsk {
    /// The look it comes from; none if it is of a record that was opened by itself.
    pub look: Option<u32>,
    /// The event it comes from. There is a look or an event.
    pub event_ref: Option<String>,
    /// What is copied, in words: "cell", "record".
    pub what: String,
    /// The text.
    pub text: String,
}

/// Put checked rows on the clipboard. Logged, then copied by the program, and cleared when the vault locks.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CopyRowsAsk {
    /// The look.
    pub look: u32,
    /// Whether all rows are meant but those named.
    pub all: bool,
    /// The rows, at most 5,000.
    pub rows: Vec<RowMark>,
}

/// A row, by its place in a look and by its record.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowMark {
    /// Place among the rows of the look, from 0.
    pub index: u64,
    /// What it can be opened by.
    pub event_ref: String,
}

/// What was put on the clipboard.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Copied {
    /// How many rows.
    pub rows: u64,
}

/// Put the address of a screen on the clipboard. It names nobody, so it is no look.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CopyPlaceAsk {
    /// The address: `#/timeline?b=…&v=7`, at most 256 letters, digits and `#/?=&-_.:`.
    pub place: String,
}

/// Print rows of a look, which the page has made ready. Logged before the system's dialog opens.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PrintRowsAsk {
    /// The look.
    pub look: u32,
    /// How many rows.
    pub rows: u32,
}
