//! Bundles: chosen, imported, summed up, judged. Counts only; nothing here names a person.

use super::{CoverageMap, When};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Open the system's chooser.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChooseAsk {
    /// A folder instead of a file.
    pub folder: bool,
}

/// Make a sample bundle and choose it. Only for the sample's vault.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SampleAsk {
    /// Whether one record of it has been altered.
    pub altered: bool,
}

/// What was chosen or dropped, if anything.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MaybeChosen {
    /// The choice; `null` when the chooser was closed.
    pub chosen: Option<Chosen>,
}

/// A file or folder a person pointed at. Its path stays on the program's side.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Chosen {
    /// Stands for the path.
    pub token: u32,
    /// The last part of the path, with control characters made visible.
    pub name: String,
    /// "Folder", "Zip file", "File".
    pub kind: String,
    /// Size in bytes; for a folder that of its files.
    pub bytes: u64,
    /// "Audit bundle 1.0", "FHIR AuditEvent (R4, R5)".
    pub profile: String,
    /// What it says of itself, as label and value: organization, system, period, records.
    pub says: Vec<(String, String)>,
    /// SHA-256 of a single file; `null` for a folder.
    pub sha256: Option<String>,
    /// What is wrong with the container so far.
    pub troubles: Vec<String>,
}

/// Import what was chosen. The answers go into the import record.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportAsk {
    /// What was chosen.
    pub token: u32,
    /// Who handed it over.
    pub handed_by: String,
    /// When, as `YYYY-MM-DD`.
    pub handed_on: String,
    /// By which channel: e-mail, share, USB stick.
    pub channel: String,
    /// A SHA-256 that was quoted beside it, 64 hex digits; compared at once.
    pub quoted_sha256: Option<String>,
    /// IANA zone for times that have none.
    pub zone_for_bare_times: Option<String>,
}

/// The import runs.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportStarted {
    /// Its job; `null` when the bundle is already here and nothing was changed.
    pub job: Option<u32>,
    /// The bundle, if it is already here.
    pub already: Option<String>,
    /// How the quoted hash compares, in a sentence; `null` when none was quoted.
    pub quoted: Option<String>,
    /// Whether the quoted hash is that of the file; `null` when none was quoted.
    pub quoted_agrees: Option<bool>,
}

/// A job.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct JobAsk {
    /// Its number.
    pub job: u32,
}

/// A bundle.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleAsk {
    /// Its id in this vault.
    pub bundle: String,
}

/// Every bundle of the vault, newest import first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Bundles {
    /// The bundles.
    pub bundles: Vec<BundleCard>,
}

/// One of the four things that may be said about a bundle (formats 1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Seal {
    /// Altered or damaged.
    Altered,
    /// Not verified.
    NotVerified,
    /// Unsigned: consistent, by nobody in particular.
    Unsigned,
    /// Verified.
    Verified,
}

/// A seal with its word and its reason.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Badge {
    /// Which of the four.
    pub seal: Seal,
    /// Its word.
    pub word: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// A bundle in a list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BundleCard {
    /// Its id in this vault.
    pub bundle: String,
    /// Organization and system, as the bundle says.
    pub name: String,
    /// Period it says it covers: "2 Mar 2026 – 9 Mar 2026".
    pub period: String,
    /// "Audit bundle 1.0".
    pub profile: String,
    /// Its badge.
    pub badge: Badge,
    /// Events stored so far.
    pub events: u64,
    /// Whether the import still runs.
    pub importing: bool,
    /// When it was imported.
    pub imported: When,
    /// When the verdict was reached; `null` while there is none.
    pub checked: Option<When>,
}

/// A bundle summed up. Counts only.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Overview {
    /// The bundle.
    pub card: BundleCard,
    /// The verdict in words.
    pub verdict: Verdict,
    /// Who handed it over, when, how.
    pub received: Received,
    /// Distinct users.
    pub users: u64,
    /// Distinct patients.
    pub patients: u64,
    /// Events without a usable time.
    pub undated: u64,
    /// Events of emergency access.
    pub break_glass: u64,
    /// Exports, prints and disclosures.
    pub exports: u64,
    /// Failed sign-ins.
    pub failed_logins: u64,
    /// First and last event.
    pub first: Option<When>,
    /// Last event.
    pub last: Option<When>,
    /// Time by source: what is proven, altered, missing, not covered.
    pub coverage: CoverageMap,
    /// Zone of the source, as the bundle says.
    pub source_zone: Option<String>,
    /// Bundles that hold some of the same records, contradict some, or state the same id; `null` while not every bundle
    /// was compared with this one.
    pub others: Option<Vec<OtherExport>>,
}

/// Another bundle that this one has something to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OtherExport {
    /// Its id in this vault.
    pub bundle: String,
    /// Events of this bundle that it holds too, with the same content.
    pub same: u64,
    /// Events of this bundle whose stream and number, or system and id, have other content there.
    pub contradicted: u64,
    /// Whether both state the same bundle id.
    pub same_stated_id: bool,
    /// The same in sentences.
    pub sentences: Vec<String>,
}

/// The verdict in words.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Verdict {
    /// The badge.
    pub badge: Badge,
    /// What is so, in one or two sentences.
    pub sentence: String,
    /// `PASS`, `PASS_WITH_NOTES`, `FAIL`, `NOT_EVALUABLE`; `null` while checking.
    pub integrity: Option<String>,
    /// `NO_EVIDENCE`, `CONSISTENT`, …; `null` when it failed or while checking.
    pub assurance: Option<String>,
    /// What was checked, each with how many.
    pub checked: Vec<String>,
    /// What that proves.
    pub proves: Vec<String>,
    /// What it does not prove.
    pub does_not_prove: Vec<String>,
    /// Findings that are errors.
    pub errors: u32,
    /// Findings that are warnings.
    pub warnings: u32,
    /// That it is history, in a sentence: it was reached with other keys and anchors than those of today; `null` if it
    /// is a verdict of today, or there is none.
    pub history: Option<String>,
}

/// How a bundle came to us.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Received {
    /// Who handed it over.
    pub handed_by: String,
    /// When, `YYYY-MM-DD`.
    pub handed_on: String,
    /// By which channel.
    pub channel: String,
    /// Who imported it.
    pub imported_by: String,
    /// How the quoted hash compared; `null` when none was quoted.
    pub quoted: Option<String>,
    /// Whether it is that of the bundle; `null` when none was quoted.
    pub quoted_agrees: Option<bool>,
    /// The IANA zone in which times without one were read; `null` where they were left undated.
    pub zone_for_bare_times: Option<String>,
    /// SHA-256 that identifies what was imported.
    pub sha256: String,
}

/// What a report was saved as, unless the dialog was closed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MaybeSaved {
    /// The name of the file.
    pub file: Option<String>,
}

/// Something that was found.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Finding {
    /// Its code: `EVENT_MODIFIED`.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// In words.
    pub message: String,
    /// Where, as label and value: file, line, record.
    pub places: Vec<(String, String)>,
    /// What should be, where two values are compared: a hash, a count, a size.
    pub expected: Option<String>,
    /// What is.
    pub actual: Option<String>,
    /// The event it is about, if it can be opened.
    pub event_ref: Option<String>,
}
