//! Unpacks one member of a zip archive and makes sure that it is what the archive states.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};

use flate2::bufread::DeflateDecoder;

use super::central::{METHOD_DEFLATED, Record};
use crate::fault::{Damage, ReadFault};
use crate::steady::{Section, SteadyFile};

/// Bytes read from the disk at once.
const BUFFER_BYTES: usize = 1 << 16;

/// Where a member's packed content lies and what it must unpack to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed {
    is_deflated: bool,
    checksum: u32,
    length_bytes: u64,
    /// Offset of the local header, until [`Packed::place`] makes it that of the content.
    offset: u64,
}

impl Packed {
    pub(super) fn unplaced(record: &Record) -> Self {
        Self {
            is_deflated: record.method == METHOD_DEFLATED,
            checksum: record.checksum,
            length_bytes: record.packed_bytes,
            offset: record.header_offset,
        }
    }

    pub(super) fn place(&mut self, begins: &HashMap<u64, u64>) {
        if let Some(content_offset) = begins.get(&self.offset) {
            self.offset = *content_offset;
        }
    }
}

/// A reader over the unpacked content.
pub(super) fn stream<'b>(
    file: &'b SteadyFile,
    name: &'b str,
    size_bytes: u64,
    packed: Packed,
) -> Box<dyn Read + Send + 'b> {
    let section = file.section(packed.offset, packed.length_bytes);
    let source = if packed.is_deflated {
        Source::Deflated(DeflateDecoder::new(BufReader::with_capacity(BUFFER_BYTES, section)))
    } else {
        Source::Stored(section)
    };
    let checksum = crc32fast::Hasher::new();
    Box::new(MemberReader { file, name, source, packed, size_bytes, unpacked_bytes: 0, checksum })
}

enum Source<'b> {
    Stored(Section<&'b SteadyFile>),
    Deflated(DeflateDecoder<BufReader<Section<&'b SteadyFile>>>),
}

struct MemberReader<'b> {
    file: &'b SteadyFile,
    name: &'b str,
    source: Source<'b>,
    packed: Packed,
    size_bytes: u64,
    unpacked_bytes: u64,
    checksum: crc32fast::Hasher,
}

impl MemberReader<'_> {
    /// The archive is damaged, unless its file was changed meanwhile: then nothing can be said about the archive.
    fn damaged(&self, damage: Damage) -> io::Error {
        let name = self.name.to_owned();
        if self.file.unchanged() { ReadFault::Damaged { name, damage } } else { ReadFault::Changed { name } }.into_io()
    }

    /// What is wrong at the end of the content, if anything.
    fn objection(&self) -> Option<io::Error> {
        if !self.file.unchanged() {
            return Some(ReadFault::Changed { name: self.name.to_owned() }.into_io());
        }
        if self.unpacked_bytes < self.size_bytes {
            return Some(self.damaged(Damage::ShorterThanStated));
        }
        let used_bytes = match &self.source {
            Source::Stored(_) => self.unpacked_bytes,
            Source::Deflated(decoder) => decoder.total_in(),
        };
        if used_bytes != self.packed.length_bytes {
            return Some(self.damaged(Damage::LeftOver));
        }
        (self.checksum.clone().finalize() != self.packed.checksum).then(|| self.damaged(Damage::Checksum))
    }
}

impl Read for MemberReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = match &mut self.source {
            Source::Stored(section) => section.read(buffer),
            Source::Deflated(decoder) => decoder.read(buffer),
        };
        let count = match count {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            // The decoder's own complaints; anything else comes from the disk.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof) => {
                return Err(self.damaged(Damage::Unpackable));
            }
            Err(error) => return Err(ReadFault::from_io(self.name, error).into_io()),
        };
        if count == 0 {
            return self.objection().map_or(Ok(0), Err);
        }
        self.unpacked_bytes = self.unpacked_bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if self.unpacked_bytes > self.size_bytes {
            return Err(self.damaged(Damage::LongerThanStated));
        }
        if let Some(unpacked) = buffer.get(..count) {
            self.checksum.update(unpacked);
        }
        Ok(count)
    }
}
