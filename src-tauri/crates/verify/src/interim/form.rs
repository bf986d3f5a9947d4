//! An interim state as bytes: a line with the version, the state, the fingerprints, and a digest of all of it.
//!
//! The digest is compared before anything is taken apart. It shows that the bytes are whole, not who wrote them.

use std::io::{self, ErrorKind, Read, Write};

use integrity::{Digest, Hasher};

use crate::hands::Print;
use crate::spill::RUN_PRINTS;

use super::{Body, Interim, PRINTS_MAX};

/// What the bytes begin with: the version of this form, which goes up with every change of what a state holds.
const MARK: &[u8] = b"chartproof interim 1\n";
/// Bytes of one fingerprint.
const PRINT_BYTES: usize = 24;
/// Fingerprints that are read or written at once.
const CHUNK_PRINTS: usize = 4096;

impl Interim {
    /// Writes it down.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let body = postcard::to_stdvec(&self.body).map_err(io::Error::other)?;
        let mut out = Hashed { inner: to, hasher: Hasher::new() };
        out.write_all(MARK)?;
        out.write_all(&length(body.len()))?;
        out.write_all(&body)?;
        out.write_all(&length(self.prints.iter().map(Vec::len).sum()))?;
        let mut bytes = Vec::with_capacity(CHUNK_PRINTS * PRINT_BYTES);
        for chunk in self.prints.iter().flat_map(|run| run.chunks(CHUNK_PRINTS)) {
            bytes.clear();
            for Print { key: [one, other], place } in chunk {
                bytes.extend([one, other, place].into_iter().flat_map(|number| number.to_le_bytes()));
            }
            out.write_all(&bytes)?;
        }
        let Hashed { inner, hasher } = out;
        inner.write_all(hasher.finish().as_bytes())
    }

    /// Reads what was written; `None` if it is not whole or has another form. An error means that reading failed.
    pub fn read(from: &mut dyn Read) -> io::Result<Option<Self>> {
        match read(from) {
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData) => Ok(None),
            read => read.map(Some),
        }
    }
}

fn read(from: &mut dyn Read) -> io::Result<Interim> {
    let mut input = Hashed { inner: from, hasher: Hasher::new() };
    let mut mark = [0; MARK.len()];
    input.read_exact(&mut mark)?;
    if mark != MARK {
        return Err(ErrorKind::InvalidData.into());
    }
    let stated = input.length()?;
    let mut body = Vec::new();
    // What is stated may be anything; memory grows only with what is there.
    if (&mut input).take(stated).read_to_end(&mut body)? as u64 != stated {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let prints = input.prints()?;
    let Hashed { inner, hasher } = input;
    let mut digest = [0; Digest::BYTES];
    inner.read_exact(&mut digest)?;
    let is_at_end = inner.read(&mut [0])? == 0;
    if !is_at_end || hasher.finish() != Digest::from_bytes(digest) {
        return Err(ErrorKind::InvalidData.into());
    }
    let body: Body = postcard::from_bytes(&body).map_err(|_| ErrorKind::InvalidData)?;
    Ok(Interim { body, prints })
}

fn length(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes()
}

/// Hashes what goes through.
struct Hashed<'i, I: ?Sized> {
    inner: &'i mut I,
    hasher: Hasher,
}

impl<I: Write + ?Sized> Write for Hashed<'_, I> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<I: Read + ?Sized> Read for Hashed<'_, I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<I: Read + ?Sized> Hashed<'_, I> {
    fn length(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn prints(&mut self) -> io::Result<Vec<Vec<Print>>> {
        let count = usize::try_from(self.length()?).unwrap_or(usize::MAX);
        if count > PRINTS_MAX {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut runs: Vec<Vec<Print>> = Vec::new();
        let mut bytes = vec![0; CHUNK_PRINTS * PRINT_BYTES];
        let mut left = count;
        while left > 0 {
            let chunk = bytes.get_mut(..left.min(CHUNK_PRINTS) * PRINT_BYTES).unwrap_or_default();
            self.read_exact(chunk)?;
            let (numbers, _) = chunk.as_chunks::<8>();
            let (prints, _) = numbers.as_chunks::<3>();
            let run = match runs.last_mut().filter(|run| run.len() < RUN_PRINTS) {
                Some(run) => run,
                None => runs.push_mut(Vec::with_capacity(RUN_PRINTS.min(left))),
            };
            run.extend(prints.iter().map(|numbers| {
                let [one, other, place] = numbers.map(u64::from_le_bytes);
                Print { key: [one, other], place }
            }));
            left -= prints.len();
        }
        Ok(runs)
    }
}
