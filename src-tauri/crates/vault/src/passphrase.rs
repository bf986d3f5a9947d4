//! Passphrases: one spelling for the same text, a least length, and an estimate of how soon one would be guessed.
//!
//! There are no rules of composition. Length is enforced, the estimate is advice.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::VaultFault;

/// The least length of a new passphrase, in characters after NFC.
pub const PASSPHRASE_CHARACTERS_MIN: usize = 12;
/// The greatest length of a passphrase, in bytes after NFC.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;

/// A passphrase in normal form C, so that the same text opens the vault however a keyboard composed it.
pub(crate) struct Normalized(Zeroizing<String>);

impl Normalized {
    /// Takes what was typed. What is too long is cut: it opens nothing, and takes as long as anything else.
    pub(crate) fn of(typed: &str) -> Self {
        // Room for the longest result, so that no half-grown copy stays behind in memory.
        let mut text = Zeroizing::new(String::with_capacity(PASSPHRASE_BYTES_MAX + 8));
        for character in typed.nfc() {
            text.push(character);
            if text.len() > PASSPHRASE_BYTES_MAX {
                break;
            }
        }
        Self(text)
    }

    /// Takes a new passphrase, which has to be within the limits.
    pub(crate) fn new_one(typed: &str) -> Result<Self, VaultFault> {
        let passphrase = Self::of(typed);
        if passphrase.0.len() > PASSPHRASE_BYTES_MAX {
            return Err(VaultFault::PassphraseLong);
        }
        if passphrase.0.chars().count() < PASSPHRASE_CHARACTERS_MIN {
            return Err(VaultFault::PassphraseShort);
        }
        Ok(passphrase)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// How soon a passphrase would be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// 0 (at once) to 4 (not in a lifetime).
    pub score: u8,
    /// Whether it is long enough to be taken.
    pub enough: bool,
    /// What to tell the person.
    pub sentence: &'static str,
}

/// Estimates how soon `passphrase` would be guessed by somebody who knows the `user`'s name.
#[must_use]
pub fn strength(passphrase: &str, user: &str) -> Strength {
    let normalized = Normalized::of(passphrase);
    let characters = normalized.0.chars().count();
    let score = u8::from(zxcvbn::zxcvbn(&normalized.0, &[user, "chartproof"]).score());
    let enough = characters >= PASSPHRASE_CHARACTERS_MIN && normalized.0.len() <= PASSPHRASE_BYTES_MAX;
    let sentence = match (enough, score) {
        (false, _) if characters < PASSPHRASE_CHARACTERS_MIN => "Too short: at least 12 characters are needed.",
        (false, _) => "Too long.",
        (true, 0 | 1) => "Easily guessed: add a word or two that nobody would expect.",
        (true, 2) => "Guessable with effort: another word would help.",
        (true, 3) => "Hard to guess.",
        (true, _) => "Very hard to guess.",
    };
    Strength { score, enough, sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_as_a_person_would() {
        // An "e" with a separate accent is one character after NFC.
        assert!(!strength(&"e\u{301}".repeat(11), "okafor").enough);
        assert!(strength(&"e\u{301}".repeat(12), "okafor").enough);
        assert!(!strength(&"x".repeat(1025), "okafor").enough);
    }

    #[test]
    fn the_same_text_typed_differently_is_the_same_passphrase() {
        assert_eq!(Normalized::of("caf\u{e9}").bytes(), Normalized::of("cafe\u{301}").bytes());
    }

    #[test]
    fn repeats_and_the_own_name_score_low_and_unrelated_words_high() {
        assert!(strength("aaaaaaaaaaaa", "okafor").score <= 1);
        assert!(strength("okaforokafor", "okafor").score <= 1);
        assert!(strength("password1234", "okafor").score <= 1);
        assert_eq!(strength("gravel lantern ninety otter", "okafor").score, 4);
    }
}
