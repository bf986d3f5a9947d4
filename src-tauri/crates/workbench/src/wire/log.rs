//! My access log: every look, in order, and whether the record of them stands.

use super::When;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A page of the access log, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccessLogAsk {
    /// First entry, from 0.
    pub offset: u64,
    /// Entries wanted, at most 500.
    pub limit: u32,
    /// Only entries of this account.
    pub actor: Option<String>,
    /// Only entries of this day, `YYYY-MM-DD` in the shown zone.
    pub day: Option<String>,
    /// Only entries whose purpose contains this.
    pub purpose: Option<String>,
}

/// A page of the access log.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccessLogPage {
    /// The entries.
    pub entries: Vec<LogEntry>,
    /// How many match; exact.
    pub total: u64,
    /// Everybody who has an entry.
    pub actors: Vec<String>,
}

/// One entry.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LogEntry {
    /// Its number, from 1.
    pub seq: u64,
    /// When.
    pub time: When,
    /// Who.
    pub actor: String,
    /// Their role.
    pub role: String,
    /// What was done, in words: "Looked at events".
    pub what: String,
    /// The action's word in the log.
    pub action: String,
    /// The bundle it was about, by its id.
    pub bundle: Option<String>,
    /// That bundle's name, while it is in the vault.
    pub bundle_name: Option<String>,
    /// What it was about, in words: the bundle, the filter, the event.
    pub object: String,
    /// Why.
    pub purpose: Option<String>,
    /// What came of it: rows, patients and users shown, a verdict.
    pub result: Option<String>,
    /// Hash of the entry, hex.
    pub hash: String,
}

/// Whether the access log stands.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LogCheck {
    /// Whether everything agrees.
    pub stands: bool,
    /// What is so, in a sentence.
    pub sentence: String,
    /// Entries checked.
    pub entries: u64,
    /// What was checked, and what is wrong, line by line.
    pub lines: Vec<String>,
    /// Hash of the last entry, hex.
    pub head: String,
}

/// Where the log was exported to, unless the dialog was closed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MaybeExported {
    /// Name of the file, without the folder it lies in.
    pub file: Option<String>,
    /// SHA-256 of it.
    pub sha256: Option<String>,
    /// Entries in it.
    pub entries: u64,
}
