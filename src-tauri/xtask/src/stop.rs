//! Why a verb ends early, in words for the terminal.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a verb ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The command line makes no sense; this is how it should look.
    Usage(&'static str),
    /// A program ended with a failure. Its own output, above, says why.
    Failed {
        /// The command as it could be typed.
        line: String,
        /// Its exit code, unless a signal ended it.
        code: Option<i32>,
    },
    /// A program could not be started.
    Unstarted {
        /// The command as it could be typed.
        line: String,
        /// What the system says.
        fault: io::Error,
    },
    /// A file of ours could not be read or written.
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        fault: io::Error,
    },
    /// The system lacks something, and it may not or cannot be installed.
    Lacking {
        /// What is missing.
        what: String,
        /// What a person can do about it.
        remedy: String,
    },
    /// Tests failed or checks did not hold; the last line printed has the numbers.
    NotGreen {
        /// What did not hold.
        what: Vec<String>,
    },
}

impl Stop {
    /// For `map_err` at a file operation.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |fault| Self::File { path, fault }
    }

    /// 2 for a wrong command line, 1 for everything else; a failed program's code is not passed on.
    pub(crate) fn exit_code(&self) -> u8 {
        if matches!(self, Self::Usage(_)) { 2 } else { 1 }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(usage) => write!(f, "usage:\n{usage}"),
            Self::Failed { line, code: Some(code) } => write!(f, "`{line}` ended with exit code {code}"),
            Self::Failed { line, code: None } => write!(f, "`{line}` was ended by a signal"),
            Self::Unstarted { line, fault } => write!(f, "`{line}` could not be started: {fault}"),
            Self::File { path, fault } => write!(f, "{}: {fault}", path.display()),
            Self::Lacking { what, remedy } => write!(f, "this machine lacks {what}\n{remedy}"),
            Self::NotGreen { what } => write!(f, "not green:\n  {}", what.join("\n  ")),
        }
    }
}
