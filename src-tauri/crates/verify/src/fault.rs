//! Why a check could not be carried out, as opposed to what it found.

use std::io;

use bundle::ReadFault;

/// Why a check could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFault {
    /// The bundle could not be read: it vanished, changed while it was read, or the system refused.
    #[error("the bundle could not be read")]
    Read(#[from] ReadFault),
    /// The place for the fingerprints of event ids failed, for instance because the disk is full.
    #[error("the working space for event ids failed")]
    Spill(#[source] io::Error),
}

/// Why a step of the check ended before its time.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The caller wished it.
    Stopped,
    /// Looking failed.
    Fault(VerifyFault),
}

impl From<ReadFault> for Halt {
    fn from(fault: ReadFault) -> Self {
        Self::Fault(VerifyFault::Read(fault))
    }
}
