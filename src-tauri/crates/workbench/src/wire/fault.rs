//! How the program says no: what happened and what to do next, in words for a person and a code for the page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the workbench answers when it cannot do what was asked.
///
/// `what` never holds an identifier of a person, a name or the text of a query.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Fault {
    /// For the program; grows only when a screen or an exit code needs it.
    pub code: FaultCode,
    /// For the person: what happened.
    pub what: String,
    /// What can be done about it.
    pub next: Option<Next>,
}

/// Kinds of no that somebody reacts to differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FaultCode {
    /// The vault is locked.
    Locked,
    /// The name or the passphrase is not right; which of them is not said.
    WrongPassphrase,
    /// Another process holds the vault.
    Held,
    /// `vault.json` or `vault.db` is damaged.
    VaultDamaged,
    /// The vault was written by a newer program.
    VaultNewer,
    /// There is no vault yet, or there already is one.
    VaultState,
    /// The access log does not verify: nothing about a person is shown.
    LogBroken,
    /// The access log cannot be written: nothing about a person is shown.
    LogUnwritable,
    /// A purpose has to be given first.
    PurposeNeeded,
    /// The role of this account does not allow it.
    NotAllowed,
    /// The vault of the sample takes only bundles that `sample` made.
    SampleOnly,
    /// This is no container that we know.
    NotABundle,
    /// It cannot be read, or changed while it was read.
    Unreadable,
    /// The disk is full.
    DiskFull,
    /// There is no such thing.
    NotFound,
    /// What was typed cannot be used.
    BadInput,
    /// It was cancelled.
    Cancelled,
    /// The program failed.
    Internal,
}

/// A next step the page can offer as a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Next {
    /// Try the same again.
    Retry,
    /// Choose another file or place.
    ChooseAnother,
    /// Make room on the disk.
    FreeSpace,
    /// Say why you look.
    GivePurpose,
    /// Unlock the vault.
    Unlock,
    /// Correct what was typed.
    Correct,
    /// Open the access log and read what is broken.
    OpenLog,
}
