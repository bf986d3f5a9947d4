//! Identifiers as types, so that a patient's id cannot be handed over where a user's is wanted.
//!
//! An id is the text a source recorded, unchanged: no trimming, no case folding, no normalisation. Identifiers of
//! people have no `Display` on purpose: error texts and logs must not carry them. [`as_str`](UserId::as_str) is the one
//! way to the text, and easy to search for.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as recorded.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as recorded.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the text away.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        // Debug output ends up in panics and test failures; it names the type and the length, never the person.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "(…{} bytes)"), self.0.len())
            }
        }
    )*};
}

ids! {
    /// One export of a log, as named by its producer (AB1: `bundle_id`) or by the hash of its content.
    BundleId;
    /// One hash chain (AB1: `stream_id`).
    StreamId;
    /// One event, unique within its stream.
    EventId;
    /// Who acted: the persistent identifier, never a display name.
    UserId;
    /// Whose record was touched.
    PatientId;
    /// One sign-in of one user, as the source numbered it.
    SessionId;
}

impl BundleId {
    /// So many digits of the hash stand for a bundle where references name one.
    pub const SHORT_DIGITS: usize = 12;

    /// The beginning that stands for the bundle.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.chars().take(Self::SHORT_DIGITS).collect()
    }
}
