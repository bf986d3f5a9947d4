//! Why the trust store could not do it. No text here names a person, a stream or an event.

use access_log::LogFault;
use vault::VaultFault;

use crate::fingerprint::FingerprintFault;
use crate::head::HeadFault;
use crate::text::TextFault;

/// Why the trust store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum TrustFault {
    /// The vault could not; among others [`VaultFault::Full`].
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// The entry of the access log could not be written, so nothing was changed.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// The change does not fit what is there.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A text that a person wrote is outside its limits.
    #[error("{field}: {why}")]
    Text {
        /// Which text.
        field: &'static str,
        /// Why.
        why: TextFault,
    },
    /// These are not the facts of a head.
    #[error(transparent)]
    Head(#[from] HeadFault),
    /// A text that is no fingerprint.
    #[error(transparent)]
    Fingerprint(#[from] FingerprintFault),
    /// A time that is no point in time.
    #[error("a step of the trust store needs a point in time")]
    Undated,
    /// A report beyond its limit.
    #[error("the report of a verification has at most {most} bytes; this one has {bytes}")]
    ReportLarge {
        /// How many it has.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// A value could not be written as canonical JSON, or a report not be packed.
    #[error("the step cannot be written down")]
    Unwritable,
    /// A step that was there is gone.
    #[error("step {step} of the trust store is missing: the vault was changed with other tools")]
    StepMissing {
        /// The first one that is.
        step: u64,
    },
    /// A step does not read as this program writes it.
    #[error("step {step} of the trust store cannot be relied on: {flaw}; the vault was changed with other tools")]
    StepFlawed {
        /// Its number.
        step: u64,
        /// What is wrong.
        flaw: Flaw,
    },
    /// A stored verdict does not read as this program writes it.
    #[error("verdict {number} of the history cannot be relied on: {flaw}; the vault was changed with other tools")]
    ConclusionFlawed {
        /// Its number.
        number: u64,
        /// What is wrong.
        flaw: Flaw,
    },
    /// No verdict has this number.
    #[error("there is no verdict {number} in the history")]
    ConclusionUnknown {
        /// The number.
        number: u64,
    },
}

/// What is wrong with something read back from the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not canonical JSON with the members it has to have, each within its limits.
    #[error("it is not written as this program writes")]
    Malformed,
    /// It says that it is another one.
    #[error("it names another number or bundle than it stands under")]
    Misplaced,
    /// It would have been refused.
    #[error("it contradicts what stands before it ({0})")]
    Contradiction(Refusal),
    /// The report is not the one that was stored.
    #[error("its report is not the one that was stored")]
    Report,
}

/// Why a change does not fit what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is pinned already.
    #[error("this fingerprint is pinned already, by step {step}")]
    PinnedAlready {
        /// By which step.
        step: u64,
    },
    /// It was never pinned.
    #[error("this fingerprint is not pinned")]
    NotPinned,
    /// It is revoked already, and from no later a time.
    #[error("this fingerprint is revoked already from that time on, by step {step}")]
    RevokedAlready {
        /// By which step.
        step: u64,
    },
    /// What is to be pinned has another fingerprint than was confirmed.
    #[error("this has another fingerprint than the one that was confirmed")]
    OtherFingerprint,
    /// Less was typed than confirms a fingerprint.
    #[error("the fingerprint was not confirmed by typing it")]
    NotConfirmed,
    /// Only a part of the fingerprint of something unseen was typed.
    #[error("what is not at hand is pinned by its whole fingerprint")]
    WholeFingerprint,
    /// A certificate that is not at hand.
    #[error("a time stamp authority is pinned with its certificate, not by a fingerprint alone")]
    CertificateMissing,
    /// A time stamp under a certificate that is not pinned, or was revoked before the time it states.
    #[error("the certificate of this time stamp is not pinned")]
    AuthorityNotPinned,
    /// The same anchor from the same origin stands already.
    #[error("this anchor is there already, as number {number}")]
    AnchorKnown {
        /// Its number.
        number: u64,
    },
    /// Neither an anchor nor a remembered head.
    #[error("there is no anchor with this number")]
    AnchorUnknown,
    /// It was withdrawn before.
    #[error("this anchor was withdrawn already, by step {step}")]
    WithdrawnAlready {
        /// By which step.
        step: u64,
    },
    /// This stream of this bundle was remembered before.
    #[error("this bundle is remembered already, by step {step}")]
    HeadKnown {
        /// By which step.
        step: u64,
    },
    /// A head of an import that failed, or in which there was nothing to verify.
    #[error("only an import whose integrity is PASS or PASS_WITH_NOTES is remembered")]
    NotPassed,
}

impl From<vault::rusqlite::Error> for TrustFault {
    fn from(error: vault::rusqlite::Error) -> Self {
        Self::Vault(error.into())
    }
}
