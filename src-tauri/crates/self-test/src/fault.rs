//! Why a self-test could not be carried out, as opposed to what it came to.

use bundle::ReadFault;
use verify::VerifyFault;

/// Why a self-test could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum SelfTestFault {
    /// The bundle could not be read.
    #[error("the bundle could not be read")]
    Read(#[from] ReadFault),
    /// The check could not be carried out.
    #[error("the check could not be carried out")]
    Check(#[from] VerifyFault),
}

/// Why a step ended before its time.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The caller wished it.
    Stopped,
    /// Reading or checking failed.
    Fault(SelfTestFault),
}

impl From<ReadFault> for Halt {
    fn from(fault: ReadFault) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<VerifyFault> for Halt {
    fn from(fault: VerifyFault) -> Self {
        Self::Fault(fault.into())
    }
}
