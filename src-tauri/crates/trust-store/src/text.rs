//! What people and other rooms write into a step, within limits: texts, words, days, and keys as bytes.
//!
//! # Invariants
//! * A value of a type here keeps its limits, also when it is read back from the vault.
//! * No text is in `Debug` output: people write names into them.

use base64ct::{Base64, Encoding as _};
use model::Instant;
use serde::{Deserialize, Serialize};

/// The longest text a person may write, in characters.
pub const TEXT_CHARACTERS_MAX: usize = 2_000;
/// The longest word, in bytes.
pub const WORD_BYTES_MAX: usize = 64;
/// The longest key, certificate or token, in bytes. A key of 8192 bits has about 1 KiB, a token about 6 KiB.
pub const DER_BYTES_MAX: usize = 64 * 1024;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Longer than its limit.
    #[error("it is too long")]
    Long,
    /// A control character; of those, only line feeds are text.
    #[error("it holds a control character")]
    Control,
    /// Not within `[A-Za-z0-9._-]`.
    #[error("a word has letters of ASCII, digits, dots, hyphens and underscores only")]
    NotAWord,
    /// Not a day of the calendar.
    #[error("a day is written YYYY-MM-DD")]
    NotADay,
    /// Readable, but not as it is written here.
    #[error("it is written in another way than here")]
    Spelling,
    /// Not Base64 as RFC 4648 wants it.
    #[error("it is not Base64")]
    NotBase64,
}

/// What a person wrote: 1 to [`TEXT_CHARACTERS_MAX`] characters, without white space around it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

impl Text {
    /// Takes what was written, without the white space around it.
    pub fn new(text: &str) -> Result<Self, TextFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextFault::Empty);
        }
        if text.chars().nth(TEXT_CHARACTERS_MAX).is_some() {
            return Err(TextFault::Long);
        }
        if text.chars().any(|character| character.is_control() && character != '\n') {
            return Err(TextFault::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// As [`new`](Self::new), where nothing need be said: white space alone is `None`.
    pub fn optional(text: &str) -> Result<Option<Self>, TextFault> {
        if text.trim().is_empty() { Ok(None) } else { Self::new(text).map(Some) }
    }

    /// What was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A word of a format, such as an algorithm or half of a verdict: `[A-Za-z0-9._-]{1,64}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Word(String);

impl Word {
    /// Takes a word.
    pub fn new(word: &str) -> Result<Self, TextFault> {
        if word.is_empty() {
            return Err(TextFault::Empty);
        }
        if word.len() > WORD_BYTES_MAX {
            return Err(TextFault::Long);
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if word.bytes().all(fits) { Ok(Self(word.to_owned())) } else { Err(TextFault::NotAWord) }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A day of the calendar, as a person says it: no time, no zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(String);

impl Day {
    /// Reads `YYYY-MM-DD`, 1900 to 2199.
    pub fn parse(text: &str) -> Result<Self, TextFault> {
        let is_day = text.len() == 10 && Instant::parse(&format!("{text}T00:00:00Z")).is_ok();
        if is_day { Ok(Self(text.to_owned())) } else { Err(TextFault::NotADay) }
    }

    /// `YYYY-MM-DD`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key, certificate or token in DER, kept as it came: 1 to [`DER_BYTES_MAX`] bytes. Nothing here looks inside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Der(Vec<u8>);

impl Der {
    /// Takes the bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, TextFault> {
        match bytes.len() {
            0 => Err(TextFault::Empty),
            1..=DER_BYTES_MAX => Ok(Self(bytes.to_vec())),
            _ => Err(TextFault::Long),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// As texts, the types above are what was taken; reading one back asks the same questions again.
macro_rules! kept_as_text {
    ($($name:ident, $read:expr, $text:expr;)*) => {$(
        impl TryFrom<String> for $name {
            type Error = TextFault;

            fn try_from(text: String) -> Result<Self, TextFault> {
                let kept = $read(&text)?;
                // Only one spelling is ever written.
                if String::from(kept.clone()) == text { Ok(kept) } else { Err(TextFault::Spelling) }
            }
        }

        impl From<$name> for String {
            fn from(kept: $name) -> Self {
                $text(kept.0)
            }
        }
    )*};
}

kept_as_text! {
    Text, Text::new, |text| text;
    Word, Word::new, |text| text;
    Day, Day::parse, |text| text;
    Der, read_base64, |bytes: Vec<u8>| Base64::encode_string(&bytes);
}

fn read_base64(text: &str) -> Result<Der, TextFault> {
    Der::new(&Base64::decode_vec(text).map_err(|_| TextFault::NotBase64)?)
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text(…{} bytes)", self.0.len())
    }
}

impl std::fmt::Debug for Der {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Der(…{} bytes)", self.0.len())
    }
}
