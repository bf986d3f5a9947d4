//! Integrity: the report as a tree, the coverage map, two exports compared, the self-test. Only the versions of a compared
//! record name people; everything else holds places, hashes and counts.

use super::{BundleCard, Finding, Tick, Verdict, When};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The integrity report of a bundle.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IntegrityReport {
    /// The bundle.
    pub card: BundleCard,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// How many findings the report has; those that do not fit into one answer are not listed.
    pub findings_total: u64,
    /// The checks in their order: what, how, result.
    pub checks: Vec<Check>,
    /// What the first failing check means; `null` where none failed.
    pub failure: Option<Failure>,
    /// Time by source: what is proven, altered, missing, not covered.
    pub coverage: CoverageMap,
}

/// One line of the report.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Check {
    /// What was checked: "Payload manifests".
    pub what: String,
    /// How; where nothing was checked, why not.
    pub how: String,
    /// How much was really compared: "31 segments"; empty where nothing was.
    pub done: String,
    /// What came of it.
    pub result: CheckResult,
    /// Codes of the findings that belong here.
    pub codes: Vec<String>,
    /// Those findings, by their numbers in the list, from 0.
    pub findings: Vec<u32>,
    /// What the line is made of: keys, streams, anchors.
    pub parts: Vec<CheckPart>,
}

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
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

/// A part of one line of the report: a key, a stream, an anchor.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CheckPart {
    /// Which one, as the bundle calls it.
    pub what: String,
    /// What was done with it and came of it, in words.
    pub told: String,
    /// What came of it.
    pub result: CheckResult,
}

/// What the first failing check means.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Failure {
    /// Number of the check, from 0.
    pub check: u32,
    /// Number of its first error in the list of findings, from 0; `null` when that is not listed.
    pub finding: Option<u32>,
    /// What stands all the same.
    pub stands: Vec<String>,
    /// What rests on what failed.
    pub rests: Vec<String>,
    /// What cannot be verified, and why.
    pub not_verifiable: Vec<String>,
}

/// What may be said of a stretch of time of one source. The worst that is in it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CoverageState {
    /// There are no events.
    Empty,
    /// Somebody outside the bundle vouches for all of it.
    Proven,
    /// No proof covers it: its records agree with each other, or could not be checked.
    NotCovered,
    /// Records were taken out or cut off.
    Missing,
    /// Records contradict their own hash or the chain, or a finding names them.
    Altered,
}

/// Records counted by what may be said of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CoverageCounts {
    /// They stand and are vouched for from outside.
    pub proven: u64,
    /// They agree with each other, and nobody outside the bundle vouches for them.
    pub stands: u64,
    /// They were not checked, or nothing can be said of them.
    pub not_verified: u64,
    /// A finding names them.
    pub altered: u64,
    /// They were taken out or cut off.
    pub missing: u64,
}

/// Time by source: what is proven, altered, missing, not covered.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CoverageMap {
    /// IANA zone the stretches are aligned in.
    pub zone: String,
    /// Length of a stretch in words: "1 day".
    pub step: String,
    /// The stretches in order, without holes; none where nothing has a time.
    pub bins: Vec<CoverageBin>,
    /// Labels below.
    pub ticks: Vec<Tick>,
    /// The sources, those with most records first.
    pub sources: Vec<CoverageSource>,
    /// All records.
    pub totals: CoverageCounts,
}

/// A stretch of time.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CoverageBin {
    /// Start, epoch milliseconds.
    pub from_ms: i64,
    /// End, epoch milliseconds, exclusive.
    pub to_ms: i64,
    /// Start as the filter's `from:` takes it.
    pub from: String,
    /// End as the filter's `to:` takes it.
    pub to: String,
}

/// One source of the coverage map.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CoverageSource {
    /// What it is called.
    pub name: String,
    /// The system to filter by; `null` where the name is not one: no system stated, or several together.
    pub system: Option<String>,
    /// One for each stretch of time.
    pub cells: Vec<CoverageCell>,
    /// All of it.
    pub totals: CoverageCounts,
    /// Records without a usable time.
    pub undated: u64,
    /// Stretches without events.
    pub gaps: u32,
}

/// One source in one stretch of time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CoverageCell {
    /// What may be said of it.
    pub state: CoverageState,
    /// How many records. One that is missing over several stretches counts in the first.
    pub counts: CoverageCounts,
}

/// One of two exports to compare.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ExportChoice {
    /// A bundle of this vault, from its kept files.
    Bundle {
        /// Its id.
        bundle: String,
    },
    /// A file or folder that was chosen; it is read and not kept.
    File {
        /// Stands for its path.
        token: u32,
    },
}

/// Hold two exports of one log against each other, as a job.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CompareAsk {
    /// Taken for the earlier.
    pub earlier: ExportChoice,
    /// Taken for the later.
    pub later: ExportChoice,
}

/// Work that was begun.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct JobStarted {
    /// Its job.
    pub job: u32,
}

/// What came of a comparison, if it has come to its end.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MaybeCompared {
    /// The comparison; `null` while the job runs, and when it failed.
    pub compared: Option<Compared>,
}

/// What may be said about two exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CompareOutcome {
    /// Both hold the same records.
    Identical,
    /// The later holds everything of the earlier, and more.
    Extends,
    /// The later holds something otherwise than the earlier.
    Rewritten,
    /// Not all of it could be compared.
    NotComparable,
}

/// Two exports compared.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Compared {
    /// Its job.
    pub job: u32,
    /// When it was done.
    pub at: When,
    /// What may be said.
    pub outcome: CompareOutcome,
    /// Whether the two were given in the wrong order, by their content and their dates.
    pub reversed: bool,
    /// The one taken for the earlier.
    pub earlier: ComparedExport,
    /// The one taken for the later.
    pub later: ComparedExport,
    /// What was found, and what it does not mean: two sentences.
    pub summary: Vec<String>,
    /// Stream by stream, as many as one answer holds; the worst first.
    pub streams: Vec<ComparedStream>,
    /// How many streams there are.
    pub streams_total: u64,
    /// What it proves.
    pub proves: Vec<String>,
    /// What it does not prove.
    pub does_not_prove: Vec<String>,
}

/// One of the two exports.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedExport {
    /// What it is called here.
    pub name: String,
    /// SHA-256 that identifies its content.
    pub sha256: String,
    /// When it was made, as it says itself.
    pub created: Option<When>,
    /// Records that were looked at.
    pub records: u64,
    /// What its own check came to: `PASS`, `FAIL`, …; empty where there is no verdict of today.
    pub own_check: String,
}

/// One stream held against itself; all of a FHIR export is one.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedStream {
    /// Its number in the comparison, to ask for its records by.
    pub number: u32,
    /// The stream's id; `null` in FHIR.
    pub stream: Option<String>,
    /// What may be said.
    pub outcome: CompareOutcome,
    /// In words.
    pub sentence: String,
    /// Records that both hold, the same; of a rewritten stream those before the first difference.
    pub common: u64,
    /// Records that the later holds behind the end of the earlier.
    pub new: u64,
    /// The first differences.
    pub differences: Vec<ComparedDifference>,
    /// How many records differ.
    pub differing: u64,
}

/// One difference: a record, or several one behind the other.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedDifference {
    /// Its number in the stream, to ask for its record by.
    pub number: u32,
    /// `rewritten`, `removed`, `inserted`, `repeated`, `reordered`, `unreadable`, `not_linked`.
    pub kind: String,
    /// In words.
    pub sentence: String,
    /// How many records.
    pub count: u64,
    /// Where it lies in the earlier export; `null` where it does not.
    pub earlier: Option<ComparedPlace>,
    /// Where it lies in the later export.
    pub later: Option<ComparedPlace>,
    /// Members whose values differ, by their paths; only of a stream's first difference.
    pub members: Vec<String>,
}

/// Where one version of a record lies.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedPlace {
    /// The file within the export.
    pub file: String,
    /// The line, from 1; `null` where records are not lines.
    pub line: Option<u64>,
    /// What it comes to when it is hashed; `null` where it cannot be read.
    pub hash: Option<String>,
}

/// Show both versions of a record that differs. A look: each version leaves a line in the access log.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedRecordAsk {
    /// The job of the comparison.
    pub job: u32,
    /// Number of the stream.
    pub stream: u32,
    /// Number of the difference.
    pub difference: u32,
    /// Whether names and other patients are uncovered, which leaves one more line.
    pub revealed: bool,
}

/// Both versions of a record.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedRecord {
    /// In the earlier export; `null` where it is not there.
    pub earlier: Option<RecordVersion>,
    /// In the later export.
    pub later: Option<RecordVersion>,
    /// Whether names and other patients are uncovered.
    pub revealed: bool,
}

/// One version of a record.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecordVersion {
    /// What the access log calls it.
    pub named: String,
    /// The record exactly as written, with bytes that are not UTF-8 and invisible characters as escapes.
    pub as_recorded: String,
    /// Whether something in it is covered.
    pub covered: bool,
    /// How many bytes the record has; `as_recorded` may show fewer.
    pub bytes: u64,
}

/// Damage copies of a bundle and check each of them, as a job.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SelfTestAsk {
    /// The bundle.
    pub bundle: String,
    /// How often every kind of damage is done, 1 to 20.
    pub rounds: u32,
}

/// The last self-test of a bundle, if there was one.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MaybeSelfTest {
    /// What it came to.
    pub test: Option<SelfTest>,
    /// Why this bundle cannot be tested; `null` where it can.
    pub cannot: Option<String>,
}

/// What a self-test came to.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SelfTest {
    /// When it ended.
    pub at: When,
    /// The score in a sentence.
    pub summary: String,
    /// What the score means.
    pub meaning: String,
    /// Where chance began: the same seed damages the same bundle in the same places.
    pub seed: u64,
    /// How often every kind was done.
    pub rounds: u32,
    /// Copies that were damaged and checked.
    pub copies: u64,
    /// Of those, named by the check.
    pub caught: u64,
    /// Of those, beyond what this bundle's evidence can show.
    pub cannot_be_caught: u64,
    /// Of those, shown by the evidence and not named. Must be 0.
    pub missed: u64,
    /// Kind by kind: missed first, then what cannot be caught, then caught, then what cannot be done here.
    pub kinds: Vec<SelfTestKind>,
}

/// What became of the copies of one kind of damage.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SelfTestKind {
    /// The name of the kind.
    pub kind: String,
    /// What is done, in a sentence.
    pub sentence: String,
    /// What became of it; the worst of its copies decides.
    pub fate: SelfTestFate,
    /// Copies that were caught.
    pub caught: u64,
    /// Copies that were damaged and checked.
    pub copies: u64,
    /// Findings that named it.
    pub by: Vec<String>,
    /// Why it could not be caught, or not be done.
    pub reason: Option<String>,
}

/// What became of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SelfTestFate {
    /// The evidence shows it and the check did not say so.
    Missed,
    /// Nothing in this bundle can show it.
    CannotBeCaught,
    /// The check named it.
    Caught,
    /// It cannot be done to this bundle.
    NotApplicable,
}
