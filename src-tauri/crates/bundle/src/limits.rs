//! The numbers that hostile input meets (design: formats 5), in one place and with their units.
//!
//! [`Limits::standard`] is what every command uses; [`Limits::large`] is what `--allow-large` raises them to. Even the
//! raised limits are finite.

use std::time::Duration;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

/// Most bytes of one AB1 line, without its LF.
pub const AB1_LINE_BYTES_MAX: u64 = MIB;
/// Most bytes of one line of foreign NDJSON, without its LF.
pub const FOREIGN_LINE_BYTES_MAX: u64 = 16 * MIB;
/// Most bytes of a file that holds one FHIR resource (a single resource or a Bundle).
pub const FHIR_FILE_BYTES_MAX: u64 = 64 * MIB;
/// Deepest nesting of foreign JSON.
pub const FOREIGN_DEPTH_MAX: u32 = 64;
/// Most bytes of an audit manifest that [`inspect`](crate::inspect()) reads.
pub const AUDIT_MANIFEST_BYTES_MAX: u64 = 64 * MIB;
/// Most columns of a table of records.
pub const TABLE_COLUMNS_MAX: usize = 1_000;
/// Most bytes of one cell of a table, its quotation marks taken off.
pub const TABLE_CELL_BYTES_MAX: u64 = MIB;
/// Most bytes of all cells of one row.
pub const TABLE_ROW_BYTES_MAX: u64 = 4 * MIB;
/// Most bytes of a Parquet file, unpacked if it is packed: it is read from its end, so all of it is held.
pub const PARQUET_FILE_BYTES_MAX: u64 = 128 * MIB;
/// Most bytes of the footer of a Parquet file. Read, it takes some twenty times as much.
pub const PARQUET_FOOTER_BYTES_MAX: u64 = 16 * MIB;
/// Most bytes that one page of a Parquet file unpacks to. Writers aim at 1 MiB.
pub const PARQUET_PAGE_BYTES_MAX: u64 = 16 * MIB;
/// Most bytes of a `bag-info.txt` that is looked at to recognize a profile.
pub const BAG_INFO_BYTES_MAX: u64 = MIB;
/// Largest window of Zstandard content, as a power of two of bytes: 128 MiB.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// How far into a file the search for `"resourceType"` goes, in bytes.
pub const SNIFF_BYTES_MAX: u64 = MIB;

/// What a container may ask of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of one entry, unpacked.
    pub entry_bytes_max: u64,
    /// Most bytes of all entries together, unpacked.
    pub total_bytes_max: u64,
    /// Most entries, directories included.
    pub entries_max: u64,
    /// Largest ratio of unpacked to packed bytes …
    pub ratio_max: u64,
    /// … of anything that unpacks to more than this many bytes.
    pub ratio_free_bytes: u64,
    /// Most components in the path of an entry.
    pub path_components_max: usize,
    /// Longest time that listing the entries may take.
    pub listing_time_max: Duration,
}

impl Limits {
    /// The limits of formats 5: 4 GiB per entry, 64 GiB in all, 250,000 entries, 200:1 above 16 MiB.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            entry_bytes_max: 4 * GIB,
            total_bytes_max: 64 * GIB,
            entries_max: 250_000,
            ratio_max: 200,
            ratio_free_bytes: 16 * MIB,
            path_components_max: 32,
            listing_time_max: Duration::from_mins(5),
        }
    }

    /// What `--allow-large` raises them to. Deflate cannot pack better than 1032:1, so the ratio stops nothing of it; a
    /// bomb of Zstandard still meets it, and the totals stop everything.
    #[must_use]
    pub const fn large() -> Self {
        Self {
            entry_bytes_max: TIB,
            total_bytes_max: 4 * TIB,
            entries_max: 5_000_000,
            ratio_max: 1_100,
            ratio_free_bytes: 16 * MIB,
            path_components_max: 32,
            listing_time_max: Duration::from_hours(1),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::standard()
    }
}
