//! Why the access log could not do it. Whatever the reason: what was to be logged must then not happen.

use vault::VaultFault;

use crate::body::TEXT_BYTES_MAX;
use crate::purpose::PURPOSE_CHARACTERS_MAX;

/// Why an entry could not be written, read or relied on.
#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    /// The vault could not; among others [`VaultFault::Full`].
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// A look without a reason. A refusal: ask for one.
    #[error("a look needs a case or a reason")]
    PurposeMissing,
    /// A reason without words.
    #[error("a reason cannot be empty")]
    PurposeEmpty,
    /// A reason that is too long.
    #[error("a reason has at most {PURPOSE_CHARACTERS_MAX} characters")]
    PurposeLong,
    /// A text of an entry that is too long.
    #[error("{member} is longer than {TEXT_BYTES_MAX} bytes")]
    TextLong {
        /// Which text.
        member: &'static str,
    },
    /// The time handed in is no point in time.
    #[error("an entry needs a point in time")]
    Undated,
    /// A look was shown that does not cover what is asked.
    #[error("this is not covered by an entry of the access log: {0}")]
    NotWitnessed(NotWitnessed),
    /// The body of an entry could not be written as canonical JSON: a count beyond 2^53 − 1.
    #[error("the entry cannot be written as canonical JSON")]
    Unwritable,
    /// A row of the log cannot be read.
    #[error("entry {seq} of the access log cannot be read")]
    Unreadable {
        /// Its number.
        seq: u64,
    },
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Randomness,
    /// What was exported could not be written where it was to go.
    #[error("the export could not be written: {kind}")]
    Export {
        /// What the system said.
        kind: std::io::ErrorKind,
    },
}

/// Why a [`Witnessed`](crate::Witnessed) does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWitnessed {
    /// It belongs to another vault, or to an earlier opening of this one.
    #[error("it was given for another opening of a vault")]
    OtherOpening,
    /// The purpose was changed or the vault locked since.
    #[error("the purpose has changed since")]
    Over,
    /// It was given for another question.
    #[error("it was given for another question")]
    OtherQuestion,
}

impl From<vault::rusqlite::Error> for LogFault {
    fn from(error: vault::rusqlite::Error) -> Self {
        Self::Vault(error.into())
    }
}
