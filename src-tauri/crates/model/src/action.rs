//! What was done and how it ended, in one vocabulary (`domain.md` 8.1), next to the word the source used.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in the order of the vocabulary.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word of the vocabulary.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value with exactly this word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// The verb of an event.
    Action {
        /// Opened or displayed.
        Read = "read",
        /// Written for the first time.
        Create = "create",
        /// Changed.
        Update = "update",
        /// Removed.
        Delete = "delete",
        /// Searched for (AB1 `search`).
        Query = "query",
        /// Printed.
        Print = "print",
        /// Taken out of the system.
        Export = "export",
        /// Copied.
        Copy = "copy",
        /// Disclosed to somebody outside.
        Disclose = "disclose",
        /// Signed in.
        Login = "login",
        /// Signed out.
        Logout = "logout",
        /// Tried to sign in and failed.
        LoginFailed = "login_failed",
        /// A second factor was asked for.
        Mfa = "mfa",
        /// A password was changed.
        PasswordChange = "password_change",
        /// A permission was changed.
        PermissionChange = "permission_change",
        /// A setting of the system was changed.
        ConfigChange = "config_change",
        /// Emergency access ("break the glass").
        BreakGlass = "break_glass",
        /// A model was asked.
        Infer = "infer",
        /// A model's output was shown.
        Render = "render",
        /// A model's output was accepted, edited or rejected.
        Override = "override",
        /// Something was run.
        Execute = "execute",
        /// None of the above; the source's own word is kept beside it.
        Other = "other",
    }
}

words! {
    /// How an event ended.
    Outcome {
        /// It was done.
        Success = "success",
        /// It was tried and failed.
        Failure = "failure",
        /// Part of it was done.
        Partial = "partial",
        /// It was refused.
        Denied = "denied",
        /// The system failed.
        Error = "error",
        /// The source does not say.
        Unknown = "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_to_its_value() {
        for action in Action::ALL {
            assert_eq!(Action::from_word(action.word()), Some(*action));
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_word(outcome.word()), Some(*outcome));
        }
    }
}
