//! The checksums of a file, made while it is read for another purpose.

use std::io::{self, Read};

use integrity::checksum::{Algorithm, Checksum, Summer};
use integrity::{Digest, Hasher};
use serde::{Deserialize, Serialize};

/// A set of algorithms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Algorithms(u8);

impl Algorithms {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) fn with(self, algorithm: Algorithm) -> Self {
        Self(self.0 | 1 << algorithm as u8)
    }

    pub(crate) fn has(self, algorithm: Algorithm) -> bool {
        self.0 & 1 << algorithm as u8 != 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(move |algorithm| self.has(*algorithm))
    }
}

/// What a file's bytes come to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FileSum {
    pub(crate) sha256: Digest,
    /// Those that were asked for besides.
    pub(crate) others: Vec<Checksum>,
    pub(crate) bytes: u64,
    /// What a packed file unpacks to, if it was unpacked.
    pub(crate) content: Option<ContentSum>,
}

/// What the unpacked content of a file comes to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ContentSum {
    pub(crate) sha256: Digest,
}

impl FileSum {
    /// The checksums of bytes that lie in memory.
    pub(crate) fn of(bytes: &[u8], wanted: Algorithms) -> Self {
        let mut summing = Summing::new(io::empty(), wanted);
        summing.absorb(bytes);
        summing.finish()
    }

    /// The checksum in one algorithm as lowercase hex, if it was made.
    pub(crate) fn hex(&self, algorithm: Algorithm) -> Option<String> {
        if algorithm == Algorithm::Sha256 {
            return Some(self.sha256.to_hex());
        }
        self.others.iter().find(|sum| sum.algorithm == algorithm).map(|sum| sum.hex.clone())
    }

    /// Whether all of these were made.
    pub(crate) fn has(&self, wanted: Algorithms) -> bool {
        wanted.iter().all(|algorithm| self.hex(algorithm).is_some())
    }
}

/// Sums up all that is read through it: SHA-256, and what else is wanted.
pub(crate) struct Summing<R> {
    reader: R,
    sha256: Hasher,
    others: Vec<Summer>,
    bytes: u64,
}

impl<R: Read> Summing<R> {
    pub(crate) fn new(reader: R, wanted: Algorithms) -> Self {
        let others = wanted.iter().filter(|algorithm| *algorithm != Algorithm::Sha256);
        Self { reader, sha256: Hasher::new(), others: others.map(Summer::new).collect(), bytes: 0 }
    }

    fn absorb(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        for summer in &mut self.others {
            summer.update(bytes);
        }
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    }

    /// The checksums of what was read; only meaningful at the end of the stream.
    pub(crate) fn finish(self) -> FileSum {
        let others = self.others.into_iter().map(Summer::finish).collect();
        FileSum { sha256: self.sha256.finish(), others, bytes: self.bytes, content: None }
    }
}

impl<R: Read> Read for Summing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.absorb(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
