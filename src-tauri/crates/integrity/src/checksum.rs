//! Checksums in whatever algorithm other people's lists of files are written in (RFC 8493 2.4).
//!
//! MD5 and SHA-1 are read because old lists have nothing else; they still find what was changed by accident, and
//! nothing more ([`Algorithm::is_weak`]). Nothing of ours is ever sealed with one.

use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest as _;
use sha2::{Sha224, Sha256, Sha384};

/// Writes the algorithms and the one place where each is computed.
macro_rules! algorithms {
    ($($name:ident $word:literal $digits:literal $engine:ty;)*) => {
        /// An algorithm that a list may be written in.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum Algorithm { $(#[doc = $word] $name,)* }

        impl Algorithm {
            /// All that are known.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in the name of a manifest.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Hexadecimal digits of one checksum.
            #[must_use]
            pub const fn hex_digits(self) -> usize {
                match self { $(Self::$name => $digits,)* }
            }
        }

        enum Engine { $($name($engine),)* }

        impl Engine {
            fn new(algorithm: Algorithm) -> Self {
                match algorithm { $(Algorithm::$name => Self::$name(<$engine>::new()),)* }
            }

            fn update(&mut self, bytes: &[u8]) {
                match self { $(Self::$name(engine) => engine.update(bytes),)* }
            }

            fn finish(self) -> (Algorithm, Vec<u8>) {
                match self { $(Self::$name(engine) => (Algorithm::$name, engine.finalize().to_vec()),)* }
            }
        }
    };
}

/// SHA-512 by `ring`, in the shape of the others: a tenth faster than `sha2`, and on one large file with lists in SHA-256
/// and SHA-512 it is what everybody waits for.
struct Sha512(ring::digest::Context);

impl Sha512 {
    fn new() -> Self {
        Self(ring::digest::Context::new(&ring::digest::SHA512))
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finalize(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

algorithms! {
    Md5 "md5" 32 Md5;
    Sha1 "sha1" 40 Sha1;
    Sha224 "sha224" 56 Sha224;
    Sha256 "sha256" 64 Sha256;
    Sha384 "sha384" 96 Sha384;
    Sha512 "sha512" 128 Sha512;
}

impl Algorithm {
    /// The algorithm of exactly this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|algorithm| algorithm.word() == word)
    }

    /// Whether two different files of one checksum can be made on purpose.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }
}

/// What some bytes come to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Checksum {
    /// In which algorithm.
    pub algorithm: Algorithm,
    /// In lowercase hex.
    pub hex: String,
}

/// Computes one checksum of bytes that come piece by piece.
pub struct Summer(Engine);

impl Summer {
    /// Begins.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self(Engine::new(algorithm))
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum of everything taken.
    #[must_use]
    pub fn finish(self) -> Checksum {
        use std::fmt::Write as _;
        let (algorithm, bytes) = self.0.finish();
        let mut hex = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            // Writing to a String does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Checksum { algorithm, hex }
    }
}

impl std::fmt::Debug for Summer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Summer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksums of "abc": RFC 1321 A.5, FIPS 180-4 examples.
    #[test]
    fn every_algorithm_gives_what_its_standard_says() {
        let expected = [
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ];
        for (algorithm, hex) in Algorithm::ALL.iter().zip(expected) {
            let mut summer = Summer::new(*algorithm);
            summer.update(b"a");
            summer.update(b"bc");
            let sum = summer.finish();
            assert_eq!((sum.algorithm, sum.hex.as_str()), (*algorithm, hex));
            assert_eq!(hex.len(), algorithm.hex_digits());
            assert_eq!(Algorithm::from_word(algorithm.word()), Some(*algorithm));
        }
        assert_eq!(Algorithm::from_word("MD5"), None);
    }
}
