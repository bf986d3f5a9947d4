//! First run, unlock, lock, settings, and the status that every screen shows.

use super::{Badge, Fault};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the program stands when its window opens.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Start {
    /// What to show.
    pub stage: Stage,
    /// Whether this is the sample's vault; every screen says so.
    pub sample: bool,
    /// The sample's account and passphrase, shown at its unlock screen; `null` for an office's vault.
    pub sample_account: Option<SampleAccount>,
    /// Version of the program.
    pub version: String,
    /// Folder of the vault.
    pub vault_dir: String,
    /// Accounts that can unlock it.
    pub users: Vec<String>,
    /// Who holds the vault, at stage `held`.
    pub holder: Option<Holder>,
    /// What is wrong, at stage `damaged`.
    pub damage: Option<Fault>,
}

/// The first screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Stage {
    /// There is no vault: make an account.
    FirstRun,
    /// There is a vault: unlock it.
    Locked,
    /// It is open.
    Open,
    /// Another process holds it.
    Held,
    /// Its header cannot be used.
    Damaged,
}

/// The account of the sample's vault. It protects nothing but invented data.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SampleAccount {
    /// Name of the account.
    pub user: String,
    /// Its passphrase.
    pub passphrase: String,
}

/// Another process that has the vault open; what is known of it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Holder {
    /// Process id.
    pub process: Option<u32>,
    /// Name of the computer.
    pub computer: Option<String>,
    /// Account at the operating system.
    pub account: Option<String>,
    /// Since when, RFC 3339.
    pub since: Option<String>,
}

/// A passphrase to be weighed while it is typed.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PassphraseAsk {
    /// Name of the account; a passphrase containing it is weaker.
    pub user: String,
    /// The passphrase so far.
    pub passphrase: String,
}

/// How well a passphrase would stand.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Strength {
    /// 0 (guessed at once) to 4 (would stand).
    pub score: u8,
    /// Whether it may be used.
    pub enough: bool,
    /// What is so and what would help.
    pub sentence: String,
}

/// Where the vault shall lie.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultPlaceAsk {
    /// Whether to open the system's folder chooser; otherwise the place set so far is told.
    pub choose: bool,
}

/// A place for a vault.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultPlace {
    /// The folder.
    pub dir: String,
    /// Why this is not a good place, if it is not: synchronised, network.
    pub warning: Option<String>,
}

/// Make the vault with its first account, a privacy officer, at the place set by `vault_place`.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CreateVaultAsk {
    /// Name of the account.
    pub user: String,
    /// Its passphrase, at least 12 characters.
    pub passphrase: String,
}

/// A vault was made and is open.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Created {
    /// The recovery key. It is shown this once and kept nowhere.
    pub recovery_key: String,
    /// The folder.
    pub dir: String,
    /// Who is signed in.
    pub unlocked: Unlocked,
}

/// Unlock.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UnlockAsk {
    /// Name of the account.
    pub user: String,
    /// Its passphrase.
    pub passphrase: String,
}

/// Unlock with the recovery key and set a new passphrase.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecoverAsk {
    /// Name of the account.
    pub user: String,
    /// The recovery key as printed.
    pub recovery_key: String,
    /// The new passphrase.
    pub passphrase: String,
}

/// The vault is open.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Unlocked {
    /// Who is signed in.
    pub user: String,
    /// Their role, in words.
    pub role: String,
    /// Failed attempts to unlock since the last success.
    pub failed_attempts: u32,
    /// What is wrong with our own log, if anything: then nothing about a person opens.
    pub log_trouble: Option<Fault>,
}

/// Change the passphrase of the account that is signed in.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChangePassphraseAsk {
    /// The present one.
    pub old: String,
    /// The new one.
    pub new: String,
}

/// How things stand; asked for every half second.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StatusAsk {
    /// Whether the person did anything since the last time; puts the automatic lock off.
    pub active: bool,
}

/// How things stand.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Status {
    /// Whether the vault is locked. Then everything else is empty, but for the numbers of an import that goes on.
    pub locked: bool,
    /// Who is signed in.
    pub user: Option<String>,
    /// Why they look.
    pub purpose: Option<String>,
    /// Seconds until the vault locks by itself.
    pub locks_in_seconds: Option<u32>,
    /// What is wrong with our own log, if anything.
    pub log_trouble: Option<Fault>,
    /// Work in progress, and work that ended in the last minute.
    pub jobs: Vec<Job>,
    /// A number that grows whenever the list of bundles or a verdict changed.
    pub revision: u32,
}

/// One piece of long work.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Job {
    /// Its number.
    pub job: u32,
    /// What is being done: "Checking and storing".
    pub what: String,
    /// The bundle it is about, once that is known.
    pub bundle: Option<String>,
    /// Where it stands.
    pub state: JobState,
    /// Records done.
    pub records_done: u64,
    /// Bytes done.
    pub bytes_done: u64,
    /// Bytes in all.
    pub bytes_total: u64,
    /// Seconds left, once that can be told.
    pub seconds_left: Option<u32>,
    /// What came of it, or what stopped it.
    pub sentence: Option<String>,
    /// Why it failed.
    pub fault: Option<Fault>,
    /// The badge it ended with.
    pub badge: Option<Badge>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobState {
    /// At work.
    Running,
    /// Asked to stop.
    Stopping,
    /// Ended as wished.
    Done,
    /// Stopped by a person; nothing half-made is left.
    Cancelled,
    /// Failed; nothing half-made is left.
    Failed,
}

/// What a person may set. Kept in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Settings {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// Text size in percent, 90 to 150.
    pub text_percent: u16,
    /// IANA name of the zone times are shown in.
    pub zone: String,
    /// Minutes without activity after which the vault locks, 1 to 60.
    pub lock_after_minutes: u16,
    /// Whether single letters act while the table or the histogram has focus.
    pub single_keys: bool,
}

/// Colors of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Time zones to choose from.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Zones {
    /// IANA names, those of the United States first.
    pub zones: Vec<String>,
}
