//! What crosses between the program and the page: plain data, nothing else.
//!
//! Public fields, ids as strings, instants as epoch milliseconds beside the text as recorded, lists with their exact
//! `total`. No domain type is serialized here, and nothing here decides anything. Numbers stay below 2^53, so that they
//! are numbers on the other side too.

mod bundles;
mod fault;
mod integrity;
mod log;
mod looks;
mod outward;
mod trust;
mod vault;

pub use bundles::*;
pub use fault::*;
pub use integrity::*;
pub use log::*;
pub use looks::*;
pub use outward::*;
pub use trust::*;
pub use vault::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// No content: a command without questions, or without an answer beyond "done".
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Nothing {}

/// An instant for display: the number to compute with, the text as it was recorded.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct When {
    /// Milliseconds since 1970-01-01T00:00:00Z; `null` for an undated event.
    pub epoch_ms: Option<i64>,
    /// The text as recorded.
    pub recorded: String,
}
