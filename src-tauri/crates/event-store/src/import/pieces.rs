//! The untouched bytes of the bundle's files: compressed in pieces, written about a megabyte at a time.

use std::sync::Mutex;

use vault::Vault;
use vault::rusqlite::params;

use super::unpoisoned;
use crate::StoreFault;

/// Raw bytes of one piece. An event's record is found by unpacking one piece or two.
pub(crate) const PIECE_BYTES: usize = 1024 * 1024;
/// So many compressed bytes go into one transaction.
const TRANSACTION_BYTES: usize = 1024 * 1024;
/// Logs shrink to a fifth already at this level; higher ones cost more time than the rest of the import.
const ZSTD_LEVEL: i32 = 1;

/// Pieces that are not written yet.
#[derive(Default)]
pub(crate) struct Pieces {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    pieces: Vec<Piece>,
    bytes: usize,
}

struct Piece {
    file: u32,
    first_byte: i64,
    bytes: i64,
    packed: Vec<u8>,
}

impl Pieces {
    pub(crate) fn keep(
        &self,
        vault: &Vault,
        bundle: i64,
        file: u32,
        first_byte: u64,
        bytes: &[u8],
    ) -> Result<(), StoreFault> {
        let beyond = StoreFault::SourceIncomplete { file, first_byte };
        let mut first = i64::try_from(first_byte).map_err(|_| beyond)?;
        for raw in bytes.chunks(PIECE_BYTES) {
            // Compressing needs no lock: it is what takes the time.
            let packed = zstd::bulk::compress(raw, ZSTD_LEVEL).map_err(|_| StoreFault::Encoding)?;
            let length = i64::try_from(raw.len()).unwrap_or(i64::MAX);
            let full = {
                let mut waiting = unpoisoned(&self.waiting);
                waiting.bytes += packed.len();
                waiting.pieces.push(Piece { file, first_byte: first, bytes: length, packed });
                (waiting.bytes >= TRANSACTION_BYTES).then(|| std::mem::take(&mut *waiting))
            };
            if let Some(full) = full {
                write(vault, bundle, &full.pieces)?;
            }
            first = first.saturating_add(length);
        }
        Ok(())
    }

    /// Writes what is left, and makes sure that the pieces of each file follow each other from its first byte.
    pub(crate) fn complete(&self, vault: &Vault, bundle: i64) -> Result<(), StoreFault> {
        let left = std::mem::take(&mut *unpoisoned(&self.waiting));
        write(vault, bundle, &left.pieces)?;
        vault.read(|database| {
            let mut statement = database.prepare_cached(
                "SELECT file, first_byte, bytes FROM stored_piece WHERE bundle = ?1 ORDER BY file, first_byte",
            )?;
            let mut rows = statement.query([bundle])?;
            let mut expected = (None, 0_i64);
            while let Some(row) = rows.next()? {
                let (file, first, bytes): (u32, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                if expected.0 != Some(file) {
                    expected = (Some(file), 0);
                }
                if first != expected.1 {
                    let first_byte = u64::try_from(expected.1.min(first)).unwrap_or_default();
                    return Err(StoreFault::SourceIncomplete { file, first_byte });
                }
                expected.1 = first.saturating_add(bytes);
            }
            Ok(())
        })
    }
}

fn write(vault: &Vault, bundle: i64, pieces: &[Piece]) -> Result<(), StoreFault> {
    if pieces.is_empty() {
        return Ok(());
    }
    vault.write_behind(|transaction| {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO stored_piece (bundle, file, first_byte, bytes, content) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for piece in pieces {
            statement.execute(params![bundle, piece.file, piece.first_byte, piece.bytes, piece.packed])?;
        }
        Ok(())
    })
}
