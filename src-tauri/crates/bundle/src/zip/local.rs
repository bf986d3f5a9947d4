//! Holds every local header of a zip archive against its central record, and the members against the file: they must
//! tile it from the first byte to the central directory (APPNOTE 4.3.7 to 4.3.9).

use std::collections::HashMap;

use super::central::{FLAG_DESCRIPTOR, Record};
use super::fields::{Fields, Sizes, read_extra};
use super::tail::End;
use super::{Stop, layout};
use crate::steady::SteadyFile;

const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
const DESCRIPTOR_SIGNATURE: &[u8] = b"PK\x07\x08";
/// Bytes of a local header without name and extra field.
const LOCAL_BYTES: u64 = 30;
/// Most bytes of a data descriptor: signature, checksum, two 64-bit sizes.
const DESCRIPTOR_BYTES_MAX: u64 = 24;

/// Checks all members in the order of the file and says where the content of each begins, by the offset of its header.
pub(super) fn tile(file: &SteadyFile, end: &End, records: &mut [Record]) -> Result<HashMap<u64, u64>, Stop> {
    records.sort_by_key(|record| record.header_offset);
    let first_offset = records.first().map_or(end.central_offset, |record| record.header_offset);
    if first_offset != 0 {
        return Err(layout(None, "Bytes lie before the first entry of the archive."));
    }
    let mut begins = HashMap::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        let next = index.checked_add(1).and_then(|next| records.get(next));
        let boundary = next.map_or(end.central_offset, |next| next.header_offset);
        let header = read_header(file, record)?;
        let Some(content_end) = header.content_offset.checked_add(record.packed_bytes).filter(|end| *end <= boundary)
        else {
            return Err(layout(Some(record.shown_name()), "The entry overlaps another one or the directory."));
        };
        check_trailer(file, record, header.is_deferred, content_end, boundary)?;
        begins.insert(record.header_offset, header.content_offset);
    }
    Ok(begins)
}

struct Header {
    content_offset: u64,
    /// Sizes and checksum follow the content.
    is_deferred: bool,
}

fn read_header(file: &SteadyFile, record: &Record) -> Result<Header, Stop> {
    let shown = || Some(record.shown_name());
    let damaged = || layout(shown(), "The entry's own header is damaged.");
    let name_bytes = u64::try_from(record.raw_name.len()).unwrap_or(u64::MAX);
    let head_bytes = LOCAL_BYTES.saturating_add(name_bytes);
    let head = file.bytes_at(record.header_offset, head_bytes)?;
    let stated = read_fields(&head).ok_or_else(damaged)?;
    let extra_offset = record.header_offset.checked_add(head_bytes).ok_or_else(damaged)?;
    let extra = file.bytes_at(extra_offset, stated.extra_bytes)?;
    let content_offset = extra_offset.checked_add(stated.extra_bytes).ok_or_else(damaged)?;
    let sizes = read_extra(&extra, &record.raw_name, stated.sizes).map_err(|message| layout(shown(), message))?;

    let is_deferred = record.flags & FLAG_DESCRIPTOR != 0;
    // A writer to a pipe leaves zero where it did not know the number yet; the descriptor then has it.
    let agrees = |stated: u64, known: u64| stated == known || (is_deferred && stated == 0);
    let numbers_agree = agrees(stated.checksum.into(), record.checksum.into())
        && agrees(sizes.size_bytes, record.size_bytes)
        && agrees(sizes.packed_bytes, record.packed_bytes);
    if stated.name != record.raw_name
        || stated.flags != record.flags
        || stated.method != record.method
        || !numbers_agree
    {
        return Err(layout(shown(), "The entry's own header contradicts the archive's directory."));
    }
    Ok(Header { content_offset, is_deferred })
}

struct Stated<'a> {
    flags: u16,
    method: u16,
    checksum: u32,
    sizes: Sizes,
    extra_bytes: u64,
    name: &'a [u8],
}

fn read_fields(head: &[u8]) -> Option<Stated<'_>> {
    let mut fields = Fields(head);
    if fields.take(4)? != LOCAL_SIGNATURE {
        return None;
    }
    let _version = fields.u16()?;
    let flags = fields.u16()?;
    let method = fields.u16()?;
    let _time = fields.take(4)?;
    let checksum = fields.u32()?;
    let packed_bytes = u64::from(fields.u32()?);
    let size_bytes = u64::from(fields.u32()?);
    let name_bytes = fields.u16()?;
    let extra_bytes = u64::from(fields.u16()?);
    let name = fields.take(usize::from(name_bytes))?;
    let sizes = Sizes { size_bytes, packed_bytes, offset: None };
    Some(Stated { flags, method, checksum, sizes, extra_bytes, name })
}

/// Between the content and the next entry there is nothing, or exactly one data descriptor that repeats the numbers.
fn check_trailer(
    file: &SteadyFile,
    record: &Record,
    is_deferred: bool,
    content_end: u64,
    boundary: u64,
) -> Result<(), Stop> {
    let room = boundary.saturating_sub(content_end);
    // Some writers announce a descriptor for an empty entry and leave it out.
    let is_sound = if is_deferred && room <= DESCRIPTOR_BYTES_MAX && (room > 0 || record.packed_bytes > 0) {
        let trailer = file.bytes_at(content_end, room)?;
        repeats_numbers(&trailer, record)
    } else {
        room == 0
    };
    if is_sound {
        Ok(())
    } else {
        Err(layout(Some(record.shown_name()), "Bytes that belong to no entry lie behind this one."))
    }
}

fn repeats_numbers(trailer: &[u8], record: &Record) -> bool {
    let narrow = |bytes: u64| u32::try_from(bytes).map(u32::to_le_bytes);
    let checksum = record.checksum.to_le_bytes();
    let wide = [&checksum[..], &record.packed_bytes.to_le_bytes(), &record.size_bytes.to_le_bytes()].concat();
    let matches = |expected: &[u8]| trailer == expected || trailer == [DESCRIPTOR_SIGNATURE, expected].concat();
    match (narrow(record.packed_bytes), narrow(record.size_bytes)) {
        (Ok(packed), Ok(size)) => matches(&[checksum, packed, size].concat()) || matches(&wide),
        _ => matches(&wide),
    }
}
