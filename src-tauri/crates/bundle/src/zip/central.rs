//! Reads the central directory of a zip archive, record by record (APPNOTE 4.3.12).

use std::io::{BufReader, Read};

use super::fields::{Fields, Sizes, read_extra};
use super::tail::End;
use super::{Stop, layout};
use crate::escape::visible_bytes;
use crate::roster::Kind;
use crate::steady::SteadyFile;
use crate::trouble::{Trouble, TroubleCode};

const CENTRAL_SIGNATURE: &[u8] = b"PK\x01\x02";
/// Bytes of a central record without name, extra field and comment.
const CENTRAL_BYTES: usize = 46;
/// Stored as it is.
pub(super) const METHOD_STORED: u16 = 0;
/// Packed with deflate (RFC 1951).
pub(super) const METHOD_DEFLATED: u16 = 8;
/// Flags: encrypted, strongly encrypted, directory encrypted.
const FLAGS_ENCRYPTION: u16 = 1 | 1 << 6 | 1 << 13;
/// Flag: sizes and checksum follow the content.
pub(super) const FLAG_DESCRIPTOR: u16 = 1 << 3;
/// Flag: the content is a patch to another file.
const FLAG_PATCH: u16 = 1 << 5;
/// The type bits of a Unix mode.
const MODE_TYPE: u32 = 0o170_000;
const MODE_LINK: u32 = 0o120_000;
const MODE_DIRECTORY: u32 = 0o040_000;
const MODE_FILE: u32 = 0o100_000;
/// DOS attributes: directory, and NTFS's reparse point.
const DOS_DIRECTORY: u32 = 0x10;
const DOS_REPARSE: u32 = 0x400;

/// One record of the central directory.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) raw_name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    pub(super) size_bytes: u64,
    pub(super) packed_bytes: u64,
    pub(super) header_offset: u64,
    attributes: u32,
}

impl Record {
    /// The name for messages.
    pub(super) fn shown_name(&self) -> String {
        visible_bytes(&self.raw_name)
    }

    /// What kind of entry the record may not be.
    pub(super) fn trouble(&self, kind: Kind) -> Option<Trouble> {
        let (code, message) = self.objection(kind)?;
        Some(Trouble { code, file: Some(self.shown_name()), message: message.to_owned() })
    }

    fn objection(&self, kind: Kind) -> Option<(TroubleCode, &'static str)> {
        let mode = self.attributes >> 16 & MODE_TYPE;
        let expected_mode = match kind {
            Kind::File => MODE_FILE,
            Kind::Directory => MODE_DIRECTORY,
        };
        // Mode bits are believed whatever system the record claims to come from: so do the programs that unpack it.
        if mode == MODE_LINK || self.attributes & DOS_REPARSE != 0 {
            Some((TroubleCode::LinkForbidden, "The entry is a link; links are never followed."))
        } else if mode != 0 && mode != expected_mode {
            Some((TroubleCode::ArchiveEntryType, "The entry's type is not that of a file or does not fit its name."))
        } else if kind == Kind::File && self.attributes & DOS_DIRECTORY != 0 {
            Some((TroubleCode::ArchiveEntryType, "The entry is marked as a directory but named as a file."))
        } else if self.flags & FLAGS_ENCRYPTION != 0 {
            Some((TroubleCode::ArchiveLayout, "The entry is encrypted."))
        } else if self.flags & FLAG_PATCH != 0 || !matches!(self.method, METHOD_STORED | METHOD_DEFLATED) {
            Some((TroubleCode::ArchiveLayout, "The entry is packed by a method other than stored and deflated."))
        } else if self.method == METHOD_STORED && self.size_bytes != self.packed_bytes {
            Some((TroubleCode::ArchiveLayout, "The entry is stored, but its two sizes differ."))
        } else if kind == Kind::Directory && self.size_bytes != 0 {
            Some((TroubleCode::ArchiveLayout, "The entry is a directory with content."))
        } else {
            None
        }
    }
}

/// Hands every record to `visit` until it answers `false`. The directory must hold exactly the stated number of
/// records and end where it is said to end.
pub(super) fn read(file: &SteadyFile, end: &End, mut visit: impl FnMut(Record) -> bool) -> Result<(), Stop> {
    let mut reader = BufReader::with_capacity(1 << 16, file.section(end.central_offset, end.central_bytes));
    let mut left = end.central_bytes;
    let mut count = 0_u64;
    while left > 0 {
        let (record, used) = read_record(&mut reader)?;
        left = left.checked_sub(used).ok_or_else(|| layout(None, "The archive's directory is cut short."))?;
        count = count.saturating_add(1);
        if !visit(record) {
            return Ok(());
        }
    }
    if count == end.records {
        Ok(())
    } else {
        let stated = end.records;
        Err(layout(None, format!("The archive's directory has {count} entries, its end record states {stated}.")))
    }
}

fn read_record(reader: &mut impl Read) -> Result<(Record, u64), Stop> {
    let mut fixed = [0_u8; CENTRAL_BYTES];
    reader.read_exact(&mut fixed)?;
    let damaged = || layout(None, "The archive's directory is damaged.");
    let fixed = read_fixed(&fixed).ok_or_else(damaged)?;
    let mut raw_name = vec![0; usize::from(fixed.name_bytes)];
    reader.read_exact(&mut raw_name)?;
    let mut extra = vec![0; usize::from(fixed.extra_bytes)];
    reader.read_exact(&mut extra)?;
    let mut comment = vec![0; usize::from(fixed.comment_bytes)];
    reader.read_exact(&mut comment)?;
    let shown = || Some(visible_bytes(&raw_name));
    let sizes = read_extra(&extra, &raw_name, fixed.sizes).map_err(|message| layout(shown(), message))?;
    if fixed.disk != 0 {
        return Err(layout(shown(), "The archive is one of several volumes."));
    }
    let used = [
        u64::try_from(CENTRAL_BYTES).unwrap_or(0),
        fixed.name_bytes.into(),
        fixed.extra_bytes.into(),
        fixed.comment_bytes.into(),
    ];
    let record = Record {
        raw_name,
        flags: fixed.flags,
        method: fixed.method,
        checksum: fixed.checksum,
        size_bytes: sizes.size_bytes,
        packed_bytes: sizes.packed_bytes,
        header_offset: sizes.offset.unwrap_or(0),
        attributes: fixed.attributes,
    };
    Ok((record, used.iter().sum()))
}

struct Fixed {
    flags: u16,
    method: u16,
    checksum: u32,
    sizes: Sizes,
    name_bytes: u16,
    extra_bytes: u16,
    comment_bytes: u16,
    disk: u16,
    attributes: u32,
}

fn read_fixed(bytes: &[u8]) -> Option<Fixed> {
    let mut fields = Fields(bytes);
    if fields.take(4)? != CENTRAL_SIGNATURE {
        return None;
    }
    let _versions = fields.take(4)?;
    let flags = fields.u16()?;
    let method = fields.u16()?;
    let _time = fields.take(4)?;
    let checksum = fields.u32()?;
    let packed_bytes = u64::from(fields.u32()?);
    let size_bytes = u64::from(fields.u32()?);
    let name_bytes = fields.u16()?;
    let extra_bytes = fields.u16()?;
    let comment_bytes = fields.u16()?;
    let disk = fields.u16()?;
    let _internal = fields.u16()?;
    let attributes = fields.u32()?;
    let offset = Some(u64::from(fields.u32()?));
    let sizes = Sizes { size_bytes, packed_bytes, offset };
    Some(Fixed { flags, method, checksum, sizes, name_bytes, extra_bytes, comment_bytes, disk, attributes })
}
