//! The digests of a file, made while it is read for another purpose.

use std::io::{self, Read};

use integrity::{Digest, Digest512, Hasher, Hasher512};

/// What a file's bytes come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileSum {
    pub(crate) sha256: Digest,
    /// Present if it was asked for.
    pub(crate) sha512: Option<Digest512>,
    pub(crate) bytes: u64,
    /// What a packed file unpacks to, if it was unpacked.
    pub(crate) content: Option<ContentSum>,
}

/// What the unpacked content of a file comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContentSum {
    pub(crate) sha256: Digest,
}

impl FileSum {
    /// The digests of bytes that lie in memory.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { sha256: Digest::of(bytes), sha512: Some(Digest512::of(bytes)), bytes: length, content: None }
    }
}

/// Hashes all that is read through it.
pub(crate) struct Summing<R> {
    reader: R,
    sha256: Hasher,
    sha512: Option<Hasher512>,
    bytes: u64,
}

impl<R: Read> Summing<R> {
    pub(crate) fn new(reader: R, with_sha512: bool) -> Self {
        Self { reader, sha256: Hasher::new(), sha512: with_sha512.then(Hasher512::new), bytes: 0 }
    }

    /// The digests of what was read; only meaningful at the end of the stream.
    pub(crate) fn finish(self) -> FileSum {
        let sha512 = self.sha512.map(Hasher512::finish);
        FileSum { sha256: self.sha256.finish(), sha512, bytes: self.bytes, content: None }
    }
}

impl<R: Read> Read for Summing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.sha256.update(read);
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(read);
        }
        self.bytes += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }
}
