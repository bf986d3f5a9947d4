//! What can be logged: one variant per act, with what has to be known about it later.
//!
//! Texts here are exact and may name people; nothing of them ever reaches `Debug`.

use vault::VaultLabel;

/// A question about events, as it was asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// The exact text of the filter, range included.
    pub query: String,
    /// The order of the rows.
    pub order: String,
    /// The bundle it was put to, or `None` for all of them.
    pub bundle: Option<String>,
}

/// Why a vault was locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockCause {
    /// Somebody locked it.
    Asked,
    /// Nobody did anything for a while.
    Idle,
    /// The program ended.
    Ended,
    /// It was locked before; the import that went on behind the lock has ended, or was stopped with the program.
    WorkEnded,
}

impl LockCause {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Idle => "idle",
            Self::Ended => "ended",
            Self::WorkEnded => "work_ended",
        }
    }
}

/// Which step of the trust store an entry tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustStep {
    /// Its number.
    pub number: u64,
    /// SHA-256 of the step as it is kept, in lowercase hex: a step changed later is not the one that was logged.
    pub sha256: String,
}

/// One act, before it happens.
#[derive(Clone, PartialEq, Eq)]
pub enum Entry {
    /// The vault was made. Always entry 1; the log writes it by itself if nobody does.
    CreateVault {
        /// What the vault is for.
        label: VaultLabel,
    },
    /// The vault was opened. Written by [`begin`](crate::AccessLog::begin).
    Unlock,
    /// Attempts to open it that failed before. Written by [`begin`](crate::AccessLog::begin).
    FailedUnlocks {
        /// How many.
        count: u64,
        /// When the first was, as RFC 3339.
        first: String,
        /// When the last was, as RFC 3339.
        last: String,
    },
    /// A user has a new signing key, by the recovery key. The log writes it by itself if nobody does.
    RecoveryUsed,
    /// The vault is being locked. The log adds the Merkle root over all entries before this one.
    Lock {
        /// Why.
        cause: LockCause,
    },
    /// A bundle was stored.
    Import {
        /// Its id.
        bundle: String,
        /// How it came.
        handover: Handover,
        /// The import profile.
        profile: String,
        /// How many records.
        records: u64,
        /// What verification said, in its own word.
        integrity: String,
    },
    /// A bundle was handed over that is stored already. Nothing was changed.
    ImportRepeated {
        /// Its id.
        bundle: String,
        /// How it came this time.
        handover: Handover,
    },
    /// An import came to nothing, and what it had stored was removed. Events may have been looked at meanwhile.
    ImportUndone {
        /// The bundle's id.
        bundle: String,
        /// How many records had been stored.
        records: u64,
        /// Why.
        why: Undone,
    },
    /// A bundle was verified.
    Verify {
        /// Its id or path.
        bundle: String,
        /// PASS, FAIL, …
        integrity: String,
        /// The assurance, where there is one.
        assurance: Option<String>,
        /// How many findings.
        findings: u64,
        /// How many records an earlier check had passed that was stopped, if this one went on behind them.
        went_on_behind: Option<u64>,
    },
    /// Two exports of one log are about to be held against each other. Nothing of their records is shown by that.
    Compare {
        /// Content of the one taken for the earlier: its id, or what would be its id if it were imported.
        earlier: String,
        /// Content of the one taken for the later.
        later: String,
    },
    /// Two exports were held against each other.
    Compared {
        /// Number of the entry that tells which.
        comparison: u64,
        /// What it came to, in one word.
        outcome: String,
        /// How many records differ.
        differences: u64,
    },
    /// Copies of a bundle are about to be damaged and checked.
    SelfTest {
        /// Its id.
        bundle: String,
        /// How often every kind of damage is done.
        rounds: u64,
        /// Where chance begins.
        seed: u64,
    },
    /// Copies of a bundle were damaged and checked.
    SelfTested {
        /// Number of the entry that tells which bundle.
        test: u64,
        /// Copies.
        copies: u64,
        /// Of those, named by the check.
        caught: u64,
        /// Of those, shown by the evidence and not named.
        missed: u64,
    },
    /// A stored bundle is about to be verified again, from its kept source.
    VerifyBegun {
        /// Its id.
        bundle: String,
    },
    /// A verification that was begun came to no verdict.
    VerifyUndone {
        /// The bundle's id.
        bundle: String,
        /// How many records had been looked at.
        records: u64,
        /// Why.
        why: Undone,
    },
    /// Rows, facets and counts of one question are about to be shown.
    Look(Question),
    /// A look is over.
    LookClosed {
        /// Number of the entry that opened it.
        look: u64,
        /// How many rows were shown.
        rows: u64,
        /// How many patients were shown, in rows or otherwise.
        patients: u64,
        /// How many users were shown.
        users: u64,
    },
    /// One event is about to be shown in full.
    ViewEvent {
        /// Which one.
        event_ref: String,
    },
    /// An event is about to be looked for by its id, in all bundles.
    EventSought {
        /// The id as it was typed.
        event_id: String,
    },
    /// The patients that a question finds are about to be listed.
    PatientsList(Question),
    /// The users that a question finds are about to be listed.
    UsersList(Question),
    /// A hidden name is about to be shown.
    Reveal {
        /// Whose.
        object: String,
    },
    /// Rows are about to be copied.
    Copy {
        /// What is copied.
        object: String,
        /// How many rows.
        rows: u64,
    },
    /// Something is about to be printed.
    Print {
        /// What is printed.
        object: String,
        /// How many rows.
        rows: u64,
    },
    /// Rows are about to be written to a file.
    Export {
        /// What is exported.
        object: String,
        /// How many rows.
        rows: u64,
        /// Where it goes.
        destination: String,
    },
    /// A setting was changed.
    Settings {
        /// Which one.
        name: String,
        /// Its value before.
        before: String,
        /// Its value from now on.
        after: String,
    },
    /// The user changed their passphrase.
    PassphraseChange,
    /// A purpose was given: every look before this is over.
    PurposeGiven,
    /// Something was refused.
    Refused {
        /// What was asked for, as the word of its action.
        asked: String,
        /// Why not, as a code.
        why: String,
    },
    /// The access log itself is about to be shown.
    LogViewed {
        /// The exact filter.
        filter: String,
    },
    /// The access log was checked.
    LogChecked {
        /// How many entries.
        entries: u64,
        /// Whether all of it stands.
        intact: bool,
    },
    /// The access log is about to be written to a file.
    LogExported {
        /// Where it goes.
        destination: String,
    },
    /// The verification report of a bundle is about to be written to a file.
    ReportSaved {
        /// The bundle's id.
        bundle: String,
        /// Where it goes.
        destination: String,
    },
    /// A key, a signer or a time stamp authority's certificate was pinned: it is vouched for from now on.
    KeyPinned {
        /// Its fingerprint.
        fingerprint: String,
        /// What it is, in one word.
        kind: String,
        /// Who vouched for it.
        vouched_by: String,
        /// The step.
        step: TrustStep,
    },
    /// What was pinned was revoked.
    KeyRevoked {
        /// Its fingerprint.
        fingerprint: String,
        /// From when on it is not relied on, as RFC 3339 in UTC.
        from: String,
        /// Why.
        why: String,
        /// The step.
        step: TrustStep,
    },
    /// An anchor was added: where a stream ended, according to somebody other than a bundle's author.
    AnchorAdded {
        /// The stream.
        stream: String,
        /// Number of its record.
        last_seq: u64,
        /// Hash of its record.
        last_hash: String,
        /// How it came here, in one word.
        origin: String,
        /// The step.
        step: TrustStep,
    },
    /// An anchor, or a head remembered from an import, is not held against bundles any more.
    AnchorWithdrawn {
        /// The step that added it.
        anchor: u64,
        /// Why.
        why: String,
        /// The step.
        step: TrustStep,
    },
    /// The clock is behind the entry before. The log writes it by itself.
    ClockJump {
        /// The time of the entry before.
        before: String,
        /// By how much, in seconds.
        seconds_back: u64,
    },
}

/// How a bundle came, as the person who imported it said. Empty texts were not said.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Handover {
    /// Who handed it over.
    pub from: String,
    /// The day, as `YYYY-MM-DD`.
    pub on: String,
    /// By which way.
    pub channel: String,
    /// The hash that was quoted beside it, and whether it is the bundle's.
    pub quoted: Option<(String, bool)>,
    /// The zone in which times without one were read.
    pub zone: Option<String>,
}

/// Why an import or a verification came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// Somebody stopped it.
    Cancelled,
    /// It could not be done.
    Failed,
    /// The program ended before it was done.
    BrokenOff,
}

impl Undone {
    /// The word in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::BrokenOff => "broken_off",
        }
    }
}

impl Entry {
    /// The word for the act.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::CreateVault { .. } => "create_vault",
            Self::Unlock => "unlock",
            Self::FailedUnlocks { .. } => "failed_unlocks",
            Self::RecoveryUsed => "recovery_used",
            Self::Lock { .. } => "lock",
            Self::Import { .. } => "import",
            Self::ImportRepeated { .. } => "import_repeated",
            Self::ImportUndone { .. } => "import_undone",
            Self::Verify { .. } => "verify",
            Self::Compare { .. } => "compare",
            Self::Compared { .. } => "compared",
            Self::SelfTest { .. } => "self_test",
            Self::SelfTested { .. } => "self_tested",
            Self::VerifyBegun { .. } => "verify_begun",
            Self::VerifyUndone { .. } => "verify_undone",
            Self::Look(_) => "look",
            Self::LookClosed { .. } => "look_closed",
            Self::ViewEvent { .. } => "view_event",
            Self::EventSought { .. } => "event_sought",
            Self::PatientsList(_) => "patients_list",
            Self::UsersList(_) => "users_list",
            Self::Reveal { .. } => "reveal",
            Self::Copy { .. } => "copy",
            Self::Print { .. } => "print",
            Self::Export { .. } => "export",
            Self::Settings { .. } => "settings",
            Self::PassphraseChange => "passphrase_change",
            Self::PurposeGiven => "purpose_given",
            Self::Refused { .. } => "refused",
            Self::LogViewed { .. } => "log_viewed",
            Self::LogChecked { .. } => "log_checked",
            Self::LogExported { .. } => "log_exported",
            Self::ReportSaved { .. } => "report_saved",
            Self::KeyPinned { .. } => "key_pinned",
            Self::KeyRevoked { .. } => "key_revoked",
            Self::AnchorAdded { .. } => "anchor_added",
            Self::AnchorWithdrawn { .. } => "anchor_withdrawn",
            Self::ClockJump { .. } => "clock_jump",
        }
    }

    /// Whether this shows something about a person, and so needs a purpose.
    #[must_use]
    pub const fn is_look(&self) -> bool {
        matches!(
            self,
            Self::Look(_)
                | Self::ViewEvent { .. }
                | Self::EventSought { .. }
                | Self::PatientsList(_)
                | Self::UsersList(_)
                | Self::Reveal { .. }
                | Self::Copy { .. }
                | Self::Print { .. }
                | Self::Export { .. }
        )
    }

    /// Whether a purpose belongs to the entry.
    pub(crate) const fn needs_purpose(&self) -> bool {
        self.is_look() || matches!(self, Self::PurposeGiven)
    }

    /// Whether every look before this one is over.
    pub(crate) const fn ends_looks(&self) -> bool {
        matches!(self, Self::PurposeGiven | Self::Lock { .. })
    }

    /// The question, for the acts that answer one.
    #[must_use]
    pub const fn question(&self) -> Option<&Question> {
        match self {
            Self::Look(question) | Self::PatientsList(question) | Self::UsersList(question) => Some(question),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({})", self.action())
    }
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Question(…{} bytes)", self.query.len())
    }
}
