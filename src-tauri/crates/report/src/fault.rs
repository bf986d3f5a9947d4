//! Why a report cannot be written.

/// Why a report cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportFault {
    /// The document is not one of a check, or of one that this version does not know.
    #[error("the stored result of the check cannot be read as chartproof-verify/1")]
    NotADocument,
    /// The page could not be put together.
    #[error("the report could not be put together")]
    Unwritable,
}
