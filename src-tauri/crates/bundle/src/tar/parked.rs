//! Unpackers of a packed archive that have come some way and wait for an entry that lies behind them.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::tape::{Unpacking, unpacking};
use crate::fault::{Damage, ReadFault};
use crate::limits::Limits;
use crate::steady::SteadyFile;
use crate::unpack::Packing;

/// Most unpackers that wait. Each holds a window: 32 KiB of gzip, at most 128 MiB of Zstandard.
const PARKED_MAX: usize = 2;
/// Bytes that are unpacked at once on the way to an entry.
const SKIP_BYTES: usize = 128 << 10;

/// The waiting unpackers, the one that waits longest first.
pub(super) struct Parked {
    packing: Packing,
    limits: Limits,
    waiting: Mutex<Vec<Cursor>>,
}

impl std::fmt::Debug for Parked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parked({:?})", self.packing)
    }
}

/// An unpacker and how far it has come.
struct Cursor {
    unpacking: Unpacking,
    at: u64,
}

impl Parked {
    pub(super) fn new(packing: Packing, limits: &Limits) -> Self {
        Self { packing, limits: limits.clone(), waiting: Mutex::new(Vec::new()) }
    }

    pub(super) fn packing(&self) -> Packing {
        self.packing
    }

    /// A reader over `size_bytes` bytes from `offset` on.
    pub(super) fn reader<'b>(
        &'b self,
        file: &Arc<SteadyFile>,
        name: &'b str,
        offset: u64,
        size_bytes: u64,
    ) -> Stretch<'b> {
        let cursor = self.nearest(offset).unwrap_or_else(|| {
            let unpacking = unpacking(file, self.packing, name, &self.limits);
            Cursor { unpacking, at: 0 }
        });
        Stretch { parked: self, name, cursor: Some(cursor), offset, left_bytes: size_bytes }
    }

    /// The waiting unpacker with the shortest way to go.
    fn nearest(&self, offset: u64) -> Option<Cursor> {
        // A thread that panicked while it held the lock left a whole list behind.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = waiting.iter().enumerate().filter(|(_, cursor)| cursor.at <= offset);
        let (index, _) = before.max_by_key(|(_, cursor)| cursor.at)?;
        Some(waiting.remove(index))
    }

    fn park(&self, cursor: Cursor) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= PARKED_MAX {
            waiting.remove(0);
        }
        waiting.push(cursor);
    }
}

/// Reads a stretch of the unpacked archive; its unpacker waits for the next one when it is done.
pub(super) struct Stretch<'b> {
    parked: &'b Parked,
    name: &'b str,
    /// `None` once it failed.
    cursor: Option<Cursor>,
    offset: u64,
    left_bytes: u64,
}

impl Stretch<'_> {
    fn damaged(&self) -> io::Error {
        ReadFault::Damaged { name: self.name.to_owned(), damage: Damage::ShorterThanStated }.into_io()
    }

    /// Unpacks up to the beginning of the stretch.
    fn approach(&self, cursor: &mut Cursor) -> io::Result<()> {
        let mut buffer = vec![0; if cursor.at < self.offset { SKIP_BYTES } else { 0 }];
        while cursor.at < self.offset {
            let left = usize::try_from(self.offset.saturating_sub(cursor.at)).unwrap_or(usize::MAX);
            let wanted = left.min(buffer.len());
            if self.advance(cursor, buffer.get_mut(..wanted).unwrap_or_default())? == 0 {
                return Err(self.damaged());
            }
        }
        Ok(())
    }

    fn advance(&self, cursor: &mut Cursor, buffer: &mut [u8]) -> io::Result<usize> {
        let count = cursor.unpacking.read(buffer).map_err(|error| match ReadFault::of(error) {
            // The unpacker may have been begun for another entry.
            ReadFault::Damaged { damage, .. } => ReadFault::Damaged { name: self.name.to_owned(), damage }.into_io(),
            ReadFault::Stream { source } => source,
            fault => fault.into_io(),
        })?;
        cursor.at = cursor.at.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }
}

impl Read for Stretch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(mut cursor) = self.cursor.take() else { return Err(self.damaged()) };
        self.approach(&mut cursor)?;
        let wanted = usize::try_from(self.left_bytes).unwrap_or(usize::MAX).min(buffer.len());
        let count = match buffer.get_mut(..wanted) {
            Some(window) if !window.is_empty() => self.advance(&mut cursor, window)?,
            _ => 0,
        };
        self.left_bytes = self.left_bytes.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        self.cursor = Some(cursor);
        Ok(count)
    }
}

impl Drop for Stretch<'_> {
    fn drop(&mut self) {
        if let Some(cursor) = self.cursor.take() {
            self.parked.park(cursor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unpacker_serves_all_that_is_read_in_order() {
        let content: Vec<u8> = (0..500_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &zstd::encode_all(content.as_slice(), 1).unwrap()).unwrap();
        let file = Arc::new(SteadyFile::new(file).unwrap());
        let parked = Parked::new(Packing::Zstd, &Limits::standard());
        let read = |offset: usize, length: usize| {
            let wide = |number: usize| u64::try_from(number).unwrap();
            let mut read = Vec::new();
            parked.reader(&file, "x", wide(offset), wide(length)).read_to_end(&mut read).unwrap();
            assert!(read == content[offset..offset + length]);
            parked.waiting.lock().unwrap().len()
        };
        assert_eq!([read(0, 10), read(10, 1000), read(900_000, 50), read(1_900_000, 100_000)], [1; 4]);
        // Going back takes a second one, and no more than a few ever wait.
        assert_eq!([read(5, 5), read(3, 5), read(1, 5)], [2, PARKED_MAX, PARKED_MAX]);
    }
}
