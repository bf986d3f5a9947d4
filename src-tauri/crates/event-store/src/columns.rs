//! Columns to bytes and back: the only place that knows `polars`.
//!
//! A blob is one parquet file with one row group, compressed column by column or as a whole. Columns never hold nulls:
//! an absent text is code 0 or empty.

use std::io::Cursor;

use polars_core::prelude::{
    BinaryChunked, Column, DataFrame, Int64Chunked, IntoColumn, NewChunkedArray, StringChunked, UInt32Chunked,
};
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};
use polars_utils::compression::ZstdLevel;

use crate::StoreFault;

/// Level 3 saves 2 to 5 % of the bytes and costs half as much time again.
const ZSTD_LEVEL: i32 = 1;
/// Before a parquet file that is compressed as a whole: this, its length in four bytes, then one zstd frame.
const PACKED: &[u8; 4] = b"ZPQ1";
/// No blob unpacks to more.
const UNPACKED_BYTES_MAX: u32 = 1 << 30;

/// How a blob is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Each column by itself: one can be read without the others.
    ByColumn,
    /// All together: for few rows, most of the work would go into beginning with every column.
    Whole,
}

/// Columns that belong together, to be written or as they were read.
#[derive(Default)]
pub(crate) struct Frame {
    columns: Vec<Column>,
    rows: usize,
}

/// Why a blob could not be read. What is wrong with it is never shown: it may hold values.
pub(crate) struct Unreadable;

impl Frame {
    pub(crate) fn with_codes(self, name: &str, values: Vec<u32>) -> Self {
        self.with(UInt32Chunked::from_vec(name.into(), values).into_column())
    }

    pub(crate) fn with_numbers(self, name: &str, values: Vec<i64>) -> Self {
        self.with(Int64Chunked::from_vec(name.into(), values).into_column())
    }

    pub(crate) fn with_texts<'a>(self, name: &str, values: impl Iterator<Item = &'a str>) -> Self {
        self.with(StringChunked::from_iter_values(name.into(), values).into_column())
    }

    pub(crate) fn with_bytes<'a>(self, name: &str, values: impl Iterator<Item = &'a [u8]>) -> Self {
        self.with(BinaryChunked::from_iter_values(name.into(), values).into_column())
    }

    fn with(mut self, column: Column) -> Self {
        self.rows = column.len();
        self.columns.push(column);
        self
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn encode(self, packing: Packing) -> Result<Vec<u8>, StoreFault> {
        let rows = self.rows.max(1);
        let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(|_| StoreFault::Encoding)?;
        let compression = match packing {
            Packing::ByColumn => ParquetCompression::Zstd(Some(level)),
            Packing::Whole => ParquetCompression::Uncompressed,
        };
        let mut data = DataFrame::new(self.rows, self.columns).map_err(|_| StoreFault::Encoding)?;
        let mut blob = Vec::new();
        ParquetWriter::new(&mut blob)
            .with_compression(compression)
            .with_statistics(StatisticsOptions::empty())
            .with_row_group_size(Some(rows))
            // Blobs are small and several are encoded at once; splitting each over threads costs more than it gives.
            .set_parallel(false)
            .finish(&mut data)
            .map_err(|_| StoreFault::Encoding)?;
        if packing == Packing::ByColumn { Ok(blob) } else { pack(&blob) }
    }

    /// Reads some columns of a blob.
    pub(crate) fn decode(blob: &[u8], names: &[&str]) -> Result<Self, Unreadable> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        if let Some(packed) = blob.strip_prefix(PACKED) {
            return Self::read(&unpack(packed)?, names);
        }
        Self::read(blob, names)
    }

    fn read(parquet: &[u8], names: &[&str]) -> Result<Self, Unreadable> {
        let data = ParquetReader::new(Cursor::new(parquet))
            .read_parallel(ParallelStrategy::None)
            .with_columns(Some(names.iter().map(|name| (*name).to_owned()).collect()))
            .finish()
            .map_err(|_| Unreadable)?;
        let rows = data.height();
        let columns = data.columns().iter().map(Column::rechunk).collect();
        Ok(Self { columns, rows })
    }

    /// The columns of both.
    pub(crate) fn and(mut self, other: Self) -> Result<Self, Unreadable> {
        if self.columns.is_empty() {
            return Ok(other);
        }
        if !other.columns.is_empty() && other.rows != self.rows {
            return Err(Unreadable);
        }
        self.columns.extend(other.columns);
        Ok(self)
    }

    fn column(&self, name: &str) -> Result<&Column, Unreadable> {
        self.columns.iter().find(|column| column.name() == name).ok_or(Unreadable)
    }

    pub(crate) fn codes(&self, name: &str) -> Result<&[u32], Unreadable> {
        self.column(name)?.u32().map_err(|_| Unreadable)?.cont_slice().map_err(|_| Unreadable)
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<&[i64], Unreadable> {
        self.column(name)?.i64().map_err(|_| Unreadable)?.cont_slice().map_err(|_| Unreadable)
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Texts<'_>, Unreadable> {
        self.column(name)?.str().map(Texts).map_err(|_| Unreadable)
    }

    pub(crate) fn bytes(&self, name: &str) -> Result<Bytes<'_>, Unreadable> {
        self.column(name)?.binary().map(Bytes).map_err(|_| Unreadable)
    }
}

fn pack(parquet: &[u8]) -> Result<Vec<u8>, StoreFault> {
    let length = u32::try_from(parquet.len()).map_err(|_| StoreFault::Encoding)?;
    let frame = zstd::bulk::compress(parquet, ZSTD_LEVEL).map_err(|_| StoreFault::Encoding)?;
    Ok([PACKED, &length.to_le_bytes()[..], &frame].concat())
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let (length, frame) = packed.split_first_chunk().ok_or(Unreadable)?;
    let length = u32::from_le_bytes(*length);
    if length > UNPACKED_BYTES_MAX {
        return Err(Unreadable);
    }
    zstd::bulk::decompress(frame, length as usize).map_err(|_| Unreadable)
}

/// A column of texts.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'a>(&'a StringChunked);

impl<'a> Texts<'a> {
    /// The text of a row; empty beyond the end.
    pub(crate) fn at(self, row: usize) -> &'a str {
        self.0.get(row).unwrap_or("")
    }
}

/// A column of bytes.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a>(&'a BinaryChunked);

impl<'a> Bytes<'a> {
    /// The bytes of a row; none beyond the end.
    pub(crate) fn at(self, row: usize) -> &'a [u8] {
        self.0.get(row).unwrap_or(b"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_the_same_and_only_what_was_asked_for() {
        for packing in [Packing::ByColumn, Packing::Whole] {
            let texts = ["", "a", "Jørgensen"];
            let blob = Frame::default()
                .with_codes("codes", vec![0, 7, u32::MAX])
                .with_numbers("numbers", vec![i64::MIN, 0, i64::MAX])
                .with_texts("texts", texts.iter().copied())
                .with_bytes("bytes", [&b""[..], b"\xff\x00", b"x"].into_iter())
                .encode(packing)
                .unwrap();
            let frame = Frame::decode(&blob, &["texts", "numbers", "bytes"]).ok().unwrap();
            assert_eq!(frame.rows(), 3);
            assert_eq!(frame.numbers("numbers").ok().unwrap(), [i64::MIN, 0, i64::MAX]);
            assert_eq!(frame.texts("texts").ok().unwrap().at(2), "Jørgensen");
            assert_eq!(frame.bytes("bytes").ok().unwrap().at(1), b"\xff\x00");
            assert!(frame.codes("codes").is_err(), "not asked for");
            assert!(Frame::decode(&blob[..blob.len() / 2], &["codes"]).is_err());
        }
    }
}
