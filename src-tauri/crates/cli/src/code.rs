//! Exit codes. A contract.

use std::process::ExitCode;

use workbench::wire::{Fault, FaultCode};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Done, and the answer is good.
    Done = 0,
    /// Done, and the answer is bad.
    Bad = 1,
    /// The words do not fit.
    Usage = 2,
    /// There is nothing to evaluate.
    NotEvaluable = 3,
    /// Refused: no reason, wrong passphrase, locked.
    Refused = 4,
    /// The input or the system failed.
    Fault = 5,
    /// Whoever read the output went away, as `head` does. What a shell says of a tool that SIGPIPE ended (128 + 13).
    ReaderWent = 141,
}

impl Code {
    /// The code for a fault.
    pub(crate) fn of(fault: &Fault) -> Self {
        match fault.code {
            FaultCode::Locked
            | FaultCode::WrongPassphrase
            | FaultCode::Held
            | FaultCode::LogBroken
            | FaultCode::PurposeNeeded
            | FaultCode::NotAllowed
            | FaultCode::SampleOnly => Self::Refused,
            FaultCode::BadInput | FaultCode::NotFound => Self::Usage,
            FaultCode::VaultDamaged
            | FaultCode::VaultNewer
            | FaultCode::VaultState
            | FaultCode::LogUnwritable
            | FaultCode::NotABundle
            | FaultCode::Unreadable
            | FaultCode::DiskFull
            | FaultCode::Cancelled
            | FaultCode::Internal => Self::Fault,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}
