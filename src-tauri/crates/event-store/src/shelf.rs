//! Taking chunks and pieces out of the database: the only place that reads blobs.

use vault::rusqlite::{OptionalExtension, Transaction};

use crate::StoreFault;
use crate::chunk::in_rest;
use crate::columns::{Frame, Unreadable};

/// The longest piece: what it unpacks to is limited, whatever it says.
const PIECE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reads some columns of a chunk; its second part is only touched if one of them lies there.
pub(crate) fn read(database: &Transaction<'_>, id: i64, columns: &[&str]) -> Result<Frame, StoreFault> {
    let (rest, scan): (Vec<&str>, Vec<&str>) = columns.iter().partition(|column| in_rest(column));
    // Chunks in the order of places have one part only.
    let mut statement = database.prepare_cached(if rest.is_empty() {
        "SELECT scan, NULL FROM stored_chunk WHERE id = ?1"
    } else {
        "SELECT scan, rest FROM stored_chunk WHERE id = ?1"
    })?;
    let mut rows = statement.query([id])?;
    let damaged = StoreFault::Damaged { id, part: "chunk" };
    let Some(row) = rows.next()? else { return Err(damaged) };
    let decode = || -> Result<Frame, Unreadable> {
        let scan_blob = row.get_ref(0).ok().and_then(|value| value.as_blob().ok()).ok_or(Unreadable)?;
        let rest_blob = row.get_ref(1).ok().and_then(|value| value.as_blob_or_null().ok()).flatten();
        let Some(rest_blob) = rest_blob else { return Frame::decode(scan_blob, columns) };
        Frame::decode(scan_blob, &scan)?.and(Frame::decode(rest_blob, &rest)?)
    };
    decode().map_err(|_| damaged)
}

/// A piece of a file, unpacked.
pub(crate) struct Piece {
    /// Its first byte in the file.
    pub(crate) first_byte: i64,
    pub(crate) bytes: Vec<u8>,
}

/// The piece that holds a byte of a file, if there is one.
pub(crate) fn piece(
    database: &Transaction<'_>,
    bundle: i64,
    file: u32,
    byte: i64,
) -> Result<Option<Piece>, StoreFault> {
    let mut statement = database.prepare_cached(
        "SELECT id, first_byte, bytes, content FROM stored_piece
         WHERE bundle = ?1 AND file = ?2 AND first_byte <= ?3 ORDER BY first_byte DESC LIMIT 1",
    )?;
    let found: Option<(i64, i64, i64, Vec<u8>)> = statement
        .query_row((bundle, file, byte), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((id, first_byte, bytes, packed)) = found else { return Ok(None) };
    if byte >= first_byte.saturating_add(bytes) {
        return Ok(None);
    }
    let length = usize::try_from(bytes).ok().filter(|length| *length <= PIECE_BYTES_MAX);
    let unpacked =
        length.and_then(|length| zstd::bulk::decompress(&packed, length).ok().filter(|raw| raw.len() == length));
    let bytes = unpacked.ok_or(StoreFault::Damaged { id, part: "source" })?;
    Ok(Some(Piece { first_byte, bytes }))
}

/// The bytes of a stretch of a file.
pub(crate) fn bytes(
    database: &Transaction<'_>,
    bundle: i64,
    file: u32,
    first: i64,
    length: u32,
) -> Result<Vec<u8>, StoreFault> {
    let length = length as usize;
    let mut found = Vec::with_capacity(length.min(PIECE_BYTES_MAX));
    while found.len() < length {
        let at = first.saturating_add(i64::try_from(found.len()).unwrap_or(i64::MAX));
        let missing = || StoreFault::SourceIncomplete { file, first_byte: u64::try_from(at).unwrap_or_default() };
        let piece = piece(database, bundle, file, at)?.ok_or_else(missing)?;
        let start = usize::try_from(at - piece.first_byte).map_err(|_| missing())?;
        let here = piece.bytes.get(start..).filter(|here| !here.is_empty()).ok_or_else(missing)?;
        found.extend_from_slice(here.get(..length - found.len()).unwrap_or(here));
    }
    Ok(found)
}

/// Reads records that follow each other without unpacking a piece twice.
pub(crate) struct RecordReader<'a> {
    database: &'a Transaction<'a>,
    bundle: i64,
    open: Option<(u32, Piece)>,
}

impl<'a> RecordReader<'a> {
    pub(crate) fn over(database: &'a Transaction<'a>, bundle: i64) -> Self {
        Self { database, bundle, open: None }
    }

    /// Does something with the bytes of a record.
    pub(crate) fn with<T>(
        &mut self,
        file: u32,
        offset: i64,
        length: u32,
        act: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, StoreFault> {
        if !self.open.as_ref().is_some_and(|(open, piece)| *open == file && record(piece, offset, 1).is_some()) {
            self.open = piece(self.database, self.bundle, file, offset)?.map(|piece| (file, piece));
        }
        match self.open.as_ref().and_then(|(_, piece)| record(piece, offset, length)) {
            Some(record) => Ok(act(record)),
            // It reaches into the next piece.
            None => Ok(act(&bytes(self.database, self.bundle, file, offset, length)?)),
        }
    }
}

/// The bytes of a record that lies whole in a piece.
fn record(piece: &Piece, offset: i64, length: u32) -> Option<&[u8]> {
    let start = usize::try_from(offset.checked_sub(piece.first_byte)?).ok()?;
    piece.bytes.get(start..start.checked_add(length as usize)?)
}
