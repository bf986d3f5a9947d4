//! Why somebody looks: a case, or a reason in words. No look without one.

use serde::{Deserialize, Serialize};

use crate::LogFault;

/// The longest reason, in characters.
pub const PURPOSE_CHARACTERS_MAX: usize = 2_000;

/// Why somebody looks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An incident case, by its id.
    Case(String),
    /// A reason in their own words.
    Reason(String),
}

impl Purpose {
    /// A case by its id.
    pub fn case(id: &str) -> Result<Self, LogFault> {
        kept(id).map(Self::Case)
    }

    /// A reason in words.
    pub fn reason(text: &str) -> Result<Self, LogFault> {
        kept(text).map(Self::Reason)
    }

    /// The id or the words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Case(text) | Self::Reason(text) => text,
        }
    }
}

// A reason may name the patient.
impl std::fmt::Debug for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Case(_) => "Case(…)",
            Self::Reason(_) => "Reason(…)",
        })
    }
}

fn kept(text: &str) -> Result<String, LogFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(LogFault::PurposeEmpty);
    }
    if text.chars().nth(PURPOSE_CHARACTERS_MAX).is_some() {
        return Err(LogFault::PurposeLong);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_has_words_and_an_end() {
        assert!(matches!(Purpose::reason(" \n"), Err(LogFault::PurposeEmpty)));
        assert!(matches!(Purpose::reason(&"x".repeat(2_001)), Err(LogFault::PurposeLong)));
        assert_eq!(Purpose::reason(" complaint of 3 May ").unwrap().text(), "complaint of 3 May");
    }
}
