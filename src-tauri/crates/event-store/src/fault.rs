//! Why the store could not do it.
//!
//! No text here names a person, a path of the bundle or a value of a filter.

use std::sync::Arc;

use access_log::LogFault;
use vault::VaultFault;

use crate::EventRef;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The vault could not; among others [`VaultFault::Full`].
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// No durable entry of the access log covers what was asked.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// No bundle with this id is stored.
    #[error("there is no such bundle in the vault")]
    BundleUnknown,
    /// A bundle's id is not 64 lowercase hexadecimal digits.
    #[error("a bundle's id is the SHA-256 of its content: 64 lowercase hexadecimal digits")]
    BundleIdMalformed,
    /// The same bundle is being imported at this moment.
    #[error("this bundle is being imported already")]
    ImportUnderWay,
    /// An event has no place among the files that were announced, or its numbers are out of range.
    #[error("file {file}, line {line}: no such place in the bundle")]
    PlaceUnknown {
        /// Index of the file.
        file: u32,
        /// Number of the line.
        line: u64,
    },
    /// Two events were handed over with the same place.
    #[error("file {file}, line {line}: two events with the same place")]
    PlaceRepeated {
        /// Index of the file.
        file: u32,
        /// Number of the line.
        line: u64,
    },
    /// The bytes handed over for a file do not follow each other without a gap.
    #[error("file {file}: its bytes are not complete from byte {first_byte}")]
    SourceIncomplete {
        /// Index of the file.
        file: u32,
        /// Where the first gap or overlap is.
        first_byte: u64,
    },
    /// More different values than the store holds; see the limits of `import`.
    #[error("more than {most} different values in the field {field}")]
    TooManyValues {
        /// Which field.
        field: &'static str,
        /// The limit.
        most: u64,
    },
    /// A question finds more rows than can be sorted by anything but time.
    #[error("{rows} events are too many to be sorted this way; ask for fewer, or sort by time")]
    TooManyToSort {
        /// How many it finds at least.
        rows: u64,
    },
    /// There is no event with this reference.
    #[error("there is no event {0}")]
    EventUnknown(EventRef),
    /// Several events fit a reference: a repeated number in the source, or two bundles whose ids begin alike.
    #[error("several events fit {0}; use the reference with file and line")]
    EventAmbiguous(EventRef),
    /// A stored chunk, piece or table of words does not read as it was written.
    #[error("part {id} of the stored events is damaged ({part})")]
    Damaged {
        /// Number of the row.
        id: i64,
        /// What it is a part of.
        part: &'static str,
    },
    /// What is written down together with an act of the store could not be; so the act was not done either.
    #[error("{0}")]
    Beside(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The columns could not be encoded.
    #[error("the events could not be encoded")]
    Encoding,
    /// The import failed earlier, for this reason. A full disk is said as such instead.
    #[error("the import has failed: {0}")]
    ImportFailed(Arc<StoreFault>),
    /// The import was finished, abandoned or dropped before.
    #[error("the import is over")]
    ImportOver,
    /// Somebody asked to stop.
    #[error("this was stopped")]
    Stopped,
    /// The operating system gave no thread for the import.
    #[error("the operating system gave no thread")]
    Thread,
}

impl StoreFault {
    /// What made an import fail, or the fault itself.
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            Self::ImportFailed(first) => first.cause(),
            other => other,
        }
    }
}

impl From<vault::rusqlite::Error> for StoreFault {
    fn from(error: vault::rusqlite::Error) -> Self {
        Self::Vault(error.into())
    }
}
