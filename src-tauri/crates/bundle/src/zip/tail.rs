//! Finds the end records of a zip archive (APPNOTE 4.3.14 to 4.3.16) and holds them against the file's size.

use std::io;

use super::fields::Fields;
use super::{Stop, layout};
use crate::steady::SteadyFile;

const END_SIGNATURE: &[u8] = b"PK\x05\x06";
const END64_SIGNATURE: &[u8] = b"PK\x06\x06";
const LOCATOR64_SIGNATURE: &[u8] = b"PK\x06\x07";
/// Bytes of an end record without its comment.
const END_BYTES: u64 = 22;
/// Bytes of a 64-bit end record without extensible data.
const END64_BYTES: u64 = 56;
/// Bytes of the locator of a 64-bit end record.
const LOCATOR64_BYTES: u64 = 20;
/// Most bytes of a comment: its length is a 16-bit field.
const COMMENT_BYTES_MAX: u64 = 0xFFFF;

/// Where the central directory lies and how many records it has, as all end records agree.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) records: u64,
    pub(super) central_offset: u64,
    pub(super) central_bytes: u64,
}

/// The fields of one end record.
struct Stated {
    disks_are_zero: bool,
    records_here: u64,
    records: u64,
    central_bytes: u64,
    central_offset: u64,
}

/// Finds the end of the archive. The central directory is made sure to lie directly before it.
pub(super) fn find(file: &SteadyFile) -> Result<End, Stop> {
    let (window_offset, window) = window(file)?;
    let (index, stated) = find_end_record(&window)?;
    let end_offset = window_offset.saturating_add(u64::try_from(index).unwrap_or(u64::MAX));
    let (stated, structure_end) = widen(file, stated, end_offset)?;
    if !stated.disks_are_zero || stated.records_here != stated.records {
        return Err(layout(None, "The archive is one of several volumes."));
    }
    match stated.central_offset.checked_add(stated.central_bytes) {
        Some(central_end) if central_end == structure_end => Ok(End {
            records: stated.records,
            central_offset: stated.central_offset,
            central_bytes: stated.central_bytes,
        }),
        Some(central_end) if central_end < structure_end => {
            Err(layout(None, "Bytes lie before the archive, or between its directory and its end."))
        }
        _ => Err(layout(None, "The archive's directory would lie behind its end: it was cut or damaged.")),
    }
}

/// Whether the file ends in an end record, whatever lies before it.
pub(super) fn has_end_record(file: &SteadyFile) -> bool {
    window(file).is_ok_and(|(_, window)| find_end_record(&window).is_ok())
}

/// The last bytes of the file, in which an end record has to lie, and their offset.
fn window(file: &SteadyFile) -> io::Result<(u64, Vec<u8>)> {
    let total = file.size_bytes();
    let window_bytes = total.min(END_BYTES.saturating_add(COMMENT_BYTES_MAX));
    let window_offset = total.saturating_sub(window_bytes);
    Ok((window_offset, file.bytes_at(window_offset, window_bytes)?))
}

/// The end record is the one whose comment reaches exactly to the end of the file; there must be no second.
fn find_end_record(window: &[u8]) -> Result<(usize, Stated), Stop> {
    let mut found = None;
    let mut any_signature = false;
    for index in memchr::memmem::find_iter(window, END_SIGNATURE) {
        any_signature = true;
        let Some(record) = window.get(index..) else { continue };
        let Some((stated, comment_bytes)) = read_end_record(record) else { continue };
        if u64::try_from(record.len()).ok() == END_BYTES.checked_add(comment_bytes) {
            if found.is_some() {
                return Err(layout(None, "The archive has two end records."));
            }
            found = Some((index, stated));
        }
    }
    found.ok_or_else(|| {
        layout(
            None,
            if any_signature {
                "Bytes lie behind the end of the archive, or its end is damaged."
            } else {
                "The archive has no end record: it was cut short."
            },
        )
    })
}

fn read_end_record(record: &[u8]) -> Option<(Stated, u64)> {
    let mut fields = Fields(record);
    fields.take(END_SIGNATURE.len())?;
    let disk = fields.u16()?;
    let central_disk = fields.u16()?;
    let stated = Stated {
        disks_are_zero: disk == 0 && central_disk == 0,
        records_here: u64::from(fields.u16()?),
        records: u64::from(fields.u16()?),
        central_bytes: u64::from(fields.u32()?),
        central_offset: u64::from(fields.u32()?),
    };
    Some((stated, u64::from(fields.u16()?)))
}

/// Replaces what the end record states by what a 64-bit end record states, if there is one, and says where the
/// central directory has to end.
fn widen(file: &SteadyFile, narrow: Stated, end_offset: u64) -> Result<(Stated, u64), Stop> {
    let needs_wide =
        narrow.records == 0xFFFF || narrow.central_bytes == 0xFFFF_FFFF || narrow.central_offset == 0xFFFF_FFFF;
    let Some(locator_offset) = end_offset.checked_sub(LOCATOR64_BYTES) else { return Ok((narrow, end_offset)) };
    let locator = file.bytes_at(locator_offset, LOCATOR64_BYTES)?;
    let mut fields = Fields(&locator);
    if fields.take(4) != Some(LOCATOR64_SIGNATURE) {
        // 65,535 entries or so many bytes can be meant as they stand.
        return Ok((narrow, end_offset));
    }
    let locator = || -> Option<(u32, u64, u32)> { Some((fields.u32()?, fields.u64()?, fields.u32()?)) }();
    let Some((0, wide_offset, 0 | 1)) = locator else {
        return Err(layout(None, "The archive is one of several volumes."));
    };
    let Some(room) = locator_offset.checked_sub(wide_offset).filter(|room| *room >= END64_BYTES) else {
        return Err(layout(None, "The archive's 64-bit end record is not where it should be."));
    };
    let wide = file.bytes_at(wide_offset, END64_BYTES)?;
    let wide = read_wide(&wide, room).ok_or_else(|| layout(None, "The archive's 64-bit end record is damaged."))?;
    let agrees = |narrow: u64, all_ones: u64, wide: u64| narrow == wide || narrow == all_ones;
    let all_agree = agrees(narrow.records, 0xFFFF, wide.records)
        && agrees(narrow.records_here, 0xFFFF, wide.records_here)
        && agrees(narrow.central_bytes, 0xFFFF_FFFF, wide.central_bytes)
        && agrees(narrow.central_offset, 0xFFFF_FFFF, wide.central_offset);
    if !all_agree || (!narrow.disks_are_zero && !needs_wide) {
        return Err(layout(None, "The archive's two end records contradict each other."));
    }
    Ok((wide, wide_offset))
}

fn read_wide(record: &[u8], room: u64) -> Option<Stated> {
    let mut fields = Fields(record);
    if fields.take(4)? != END64_SIGNATURE {
        return None;
    }
    // The stated size leaves out the signature and itself; the record has to fill the room up to its locator.
    if fields.u64()?.checked_add(12)? != room {
        return None;
    }
    let _versions = fields.take(4)?;
    let disk = fields.u32()?;
    let central_disk = fields.u32()?;
    Some(Stated {
        disks_are_zero: disk == 0 && central_disk == 0,
        records_here: fields.u64()?,
        records: fields.u64()?,
        central_bytes: fields.u64()?,
        central_offset: fields.u64()?,
    })
}
