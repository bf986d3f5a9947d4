//! The recovery key: 32 random bytes on paper, the second way into a vault.
//!
//! Written in Crockford's base32 (no I, L, O, U) in groups of four with a checksum of 24 bits, so that a slip of the
//! pen or the finger is named as one instead of being tried as a key. It is shown once and never stored.

use integrity::Digest;
use zeroize::Zeroizing;

use crate::VaultFault;
use crate::secret;

const KEY_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 3;
/// 35 bytes are exactly 56 letters of five bits.
const LETTERS: usize = (KEY_BYTES + CHECKSUM_BYTES) * 8 / 5;
const GROUP_LETTERS: usize = 4;
/// Longer than this is not read at all, in bytes.
const TYPED_BYTES_MAX: usize = 1024;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The second way into a vault. Whoever has it reads everything in the vault.
pub struct RecoveryKey(Zeroizing<[u8; KEY_BYTES]>);

/// What is wrong with a typed recovery key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyFault {
    /// Letters are missing or too many.
    #[error("a recovery key has {LETTERS} letters and digits; {typed} were typed")]
    Length {
        /// How many were typed, without spaces and dashes.
        typed: usize,
    },
    /// A letter that no recovery key has.
    #[error("the recovery key has a typing error in group {group}: that letter does not occur in one")]
    Letter {
        /// The group of four it stands in, from 1.
        group: usize,
    },
    /// All letters are possible, but not together.
    #[error("the recovery key has a typing error: compare it with the paper, group by group")]
    Checksum,
}

impl RecoveryKey {
    /// A new one.
    pub(crate) fn random() -> Result<Self, VaultFault> {
        secret::random_secret().map(Self)
    }

    /// The key as it is shown and printed: fourteen groups of four.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES + CHECKSUM_BYTES]);
        let (key, sum) = bytes.split_at_mut(KEY_BYTES);
        key.copy_from_slice(self.0.as_slice());
        sum.copy_from_slice(&checksum(&self.0));
        let mut text = Zeroizing::new(String::with_capacity(LETTERS + LETTERS / GROUP_LETTERS));
        let (mut pending, mut bits, mut written) = (0_u32, 0, 0);
        for byte in bytes.iter() {
            pending = pending << 8 | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                if written > 0 && written % GROUP_LETTERS == 0 {
                    text.push('-');
                }
                let letter = ALPHABET.get((pending >> bits & 31) as usize).copied().unwrap_or(b'0');
                text.push(char::from(letter));
                written += 1;
            }
        }
        text
    }

    /// Reads what was typed: case, spaces and dashes do not matter, and O, I, L are taken for 0, 1, 1.
    pub fn parse(typed: &str) -> Result<Self, RecoveryKeyFault> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES + CHECKSUM_BYTES]);
        let (mut pending, mut bits, mut read, mut filled) = (0_u32, 0, 0_usize, 0);
        let letters = || typed.chars().filter(|letter| !letter.is_whitespace() && !is_dash(*letter));
        let count = letters().take(TYPED_BYTES_MAX).count();
        if count != LETTERS {
            return Err(RecoveryKeyFault::Length { typed: count });
        }
        for letter in letters() {
            let value = value_of(letter).ok_or(RecoveryKeyFault::Letter { group: read / GROUP_LETTERS + 1 })?;
            read += 1;
            pending = (pending << 5 | value) & 0xfff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                if let Some(byte) = bytes.get_mut(filled) {
                    *byte = (pending >> bits & 0xff) as u8;
                }
                filled += 1;
            }
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        let (whole, sum) = bytes.split_at(KEY_BYTES);
        key.copy_from_slice(whole);
        if sum != checksum(&key) {
            return Err(RecoveryKeyFault::Checksum);
        }
        Ok(Self(key))
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

// A key in a panic or a test's output would be a key on paper that nobody looks after.
impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

fn checksum(key: &[u8; KEY_BYTES]) -> [u8; CHECKSUM_BYTES] {
    let digest = Digest::of_parts(&[b"chartproof recovery key 1:", key]);
    let [a, b, c, ..] = *digest.as_bytes();
    [a, b, c]
}

/// Word processors turn a hyphen into longer dashes.
fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn value_of(letter: char) -> Option<u32> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => b'0',
        'I' | 'L' => b'1',
        other => u8::try_from(other).ok()?,
    };
    ALPHABET.iter().position(|known| *known == letter).and_then(|place| u32::try_from(place).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> RecoveryKey {
        RecoveryKey(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn it_is_fourteen_groups_of_four() {
        let text = key(7).text();
        assert_eq!(text.split('-').count(), 14);
        assert!(text.split('-').all(|group| group.len() == 4));
    }

    #[test]
    fn case_spaces_dashes_and_lookalikes_do_not_matter() {
        let text = key(0).text();
        let typed = text.to_lowercase().replace('-', "  ").replacen('0', "O", 1).replacen('0', "o", 1);
        assert_eq!(RecoveryKey::parse(&typed).unwrap().bytes(), key(0).bytes());
        assert_eq!(RecoveryKey::parse(&text.replace('-', "\u{2013}")).unwrap().bytes(), key(0).bytes());
    }

    #[test]
    fn a_slip_is_named_as_one() {
        let text = key(9).text();
        let last = text.chars().next_back().unwrap();
        let other = if last == 'Z' { 'Y' } else { 'Z' };
        let mut slipped = text.to_string();
        slipped.pop();
        assert_eq!(RecoveryKey::parse(&slipped).unwrap_err(), RecoveryKeyFault::Length { typed: 55 });
        slipped.push(other);
        assert_eq!(RecoveryKey::parse(&slipped).unwrap_err(), RecoveryKeyFault::Checksum);
        slipped.pop();
        slipped.push('U');
        assert_eq!(RecoveryKey::parse(&slipped).unwrap_err(), RecoveryKeyFault::Letter { group: 14 });
    }

    #[test]
    fn the_key_is_not_in_its_debug_output() {
        assert_eq!(format!("{:?}", key(3)), "RecoveryKey(…)");
    }

    proptest! {
        #[test]
        fn every_key_is_read_back(bytes: [u8; 32]) {
            let key = RecoveryKey(Zeroizing::new(bytes));
            let read = RecoveryKey::parse(&key.text()).unwrap();
            prop_assert_eq!(read.bytes(), &bytes);
        }

        #[test]
        fn one_wrong_letter_is_always_found(bytes: [u8; 32], place in 0_usize..69, letter in "[0-9A-HJKMNP-TV-Z]") {
            let text = RecoveryKey(Zeroizing::new(bytes)).text();
            let mut typed: Vec<char> = text.chars().collect();
            let letter = letter.chars().next().unwrap();
            prop_assume!(typed[place] != '-' && typed[place] != letter);
            typed[place] = letter;
            let typed: String = typed.into_iter().collect();
            prop_assert_eq!(RecoveryKey::parse(&typed).unwrap_err(), RecoveryKeyFault::Checksum);
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".{0,200}") {
            drop(RecoveryKey::parse(&typed));
        }
    }
}
