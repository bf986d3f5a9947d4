//! SHA-256 and SHA-512 (FIPS 180-4) as values.
//!
//! A digest is a number, not a text: hex is how it is written down, and only lowercase hex is read back. The library
//! that does the hashing is named once, in [`Hasher`] and [`Hasher512`]; nothing else in the program knows it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

/// Writes the types of one digest: the value and the hasher that makes it.
macro_rules! digests {
    ($(#[$doc:meta])* $name:ident, $(#[$hasher_doc:meta])* $hasher:ident, $engine:ty, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Length in bytes.
            pub const BYTES: usize = $bytes;

            /// The digest of some bytes.
            #[must_use]
            pub fn of(bytes: &[u8]) -> Self {
                Self::of_parts(&[bytes])
            }

            /// The digest of several slices as if they stood one behind the other.
            #[must_use]
            pub fn of_parts(parts: &[&[u8]]) -> Self {
                let mut hasher = $hasher::new();
                for part in parts {
                    hasher.update(part);
                }
                hasher.finish()
            }

            /// Takes the value itself.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// Takes a slice of exactly the right length.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads lowercase hex of exactly the right length; anything else, uppercase included, is refused.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                Self::from_hex_bytes(text.as_bytes())
            }

            /// As [`from_hex`](Self::from_hex), from bytes that need not be UTF-8.
            #[must_use]
            pub fn from_hex_bytes(text: &[u8]) -> Option<Self> {
                if text.len() != 2 * $bytes {
                    return None;
                }
                let mut bytes = [0_u8; $bytes];
                let (pairs, _) = text.as_chunks::<2>();
                // Bits above a nibble tell of a digit that is none; they are looked at once, at the end.
                let mut stray = 0;
                for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
                    let (high, low) = (NIBBLES[usize::from(*high)], NIBBLES[usize::from(*low)]);
                    stray |= high | low;
                    *byte = high << 4 | low & 0xf;
                }
                if stray > 0xf {
                    return None;
                }
                Some(Self(bytes))
            }

            /// Lowercase hex.
            #[must_use]
            pub fn to_hex(&self) -> String {
                self.to_string()
            }

            /// The bytes of the value.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0_u8; 2 * $bytes];
                for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
                    pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
                }
                f.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        $(#[$hasher_doc])*
        #[derive(Clone, Default)]
        pub struct $hasher($engine);

        impl $hasher {
            /// Begins with no bytes.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Adds bytes.
            pub fn update(&mut self, bytes: &[u8]) {
                self.0.update(bytes);
            }

            /// The digest of everything added.
            #[must_use]
            pub fn finish(self) -> $name {
                $name(self.0.finalize().into())
            }
        }

        impl fmt::Debug for $hasher {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($hasher))
            }
        }
    };
}

digests! {
    /// A SHA-256 value.
    Digest,
    /// SHA-256 over bytes that come piece by piece.
    Hasher, sha2::Sha256, 32
}

digests! {
    /// A SHA-512 value.
    Digest512,
    /// SHA-512 over bytes that come piece by piece.
    Hasher512, sha2::Sha512, 64
}

// As hex where a person may read it, as its bytes elsewhere.
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Deserialize::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("not a SHA-256 value in lowercase hex"))
    }
}

/// The value of each lowercase hex digit, by byte; 0xff for every other byte.
const NIBBLES: [u8; 256] = {
    let mut values = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        values[digit(value) as usize] = value;
        value += 1;
    }
    values
};

const fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_input_has_the_published_digests() {
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_hex(), expected);
        assert!(Digest512::of(b"").to_hex().starts_with("cf83e1357eefb8bdf1542850d66d8007"));
    }

    #[test]
    fn parts_hash_as_one_text() {
        assert_eq!(Digest::of_parts(&[b"a", b"", b"bc"]), Digest::of(b"abc"));
    }

    #[test]
    fn hex_is_read_only_as_it_is_written() {
        let digest = Digest::of(b"abc");
        let hex = digest.to_hex();
        assert_eq!(Digest::from_hex(&hex), Some(digest));
        assert_eq!(Digest::from_hex(&hex.to_uppercase()), None);
        assert_eq!(Digest::from_hex(&hex[1..]), None);
        assert_eq!(Digest::from_hex(&format!("{hex}0")), None);
        assert_eq!(Digest::from_hex(&hex.replace('b', "g")), None);
    }
}
