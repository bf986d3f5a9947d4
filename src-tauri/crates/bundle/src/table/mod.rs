//! Segments that are tables: CSV (RFC 4180) and Parquet (formats 1.9).
//!
//! Of each row the column `record` holds the record, byte for byte as a line of NDJSON would; every other column repeats
//! a part of it for people and programs that read tables. So a table is read as lines, one for each row, and the cells
//! of the other columns come along for whoever compares them. Nothing is compared here.
//!
//! # Invariants
//! * Row n is line n: a row whose record cannot stand in a line leaves a blank one, with a [`RowTrouble`] that says why.
//! * Nothing is skipped in silence: a row of another width, a stray quote, a cell that is too long is a trouble with its
//!   place, and reading goes on behind it.
//! * Memory is one run of rows, and for Parquet the file, up to a limit, and one page of each column.

mod building;
mod cells;
mod csv;
mod pages;
mod parquet;
mod text;

use building::{Building, is_too_long};
pub use cells::{Cell, Cells};
pub(crate) use csv::Rows as CsvRows;
pub(crate) use parquet::Rows as ParquetRows;
pub(crate) use text::Text;

use crate::lines::LineRun;

/// The column that holds the records.
pub const RECORD_COLUMN: &str = "record";

/// Rows of a table, one behind the other.
#[derive(Debug)]
pub struct RowRun {
    /// The records as lines; the number of a line is that of its row, from 1, headings not counted.
    pub lines: LineRun,
    /// What the other columns say.
    pub cells: Cells,
    /// What is wrong, in the order of the rows.
    pub troubles: Vec<RowTrouble>,
}

/// Something wrong with a table at one place. Column names are those of the table, as they stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowTrouble {
    /// The row, from 1; `None` where it is the table as a whole.
    pub row: Option<u64>,
    /// The column, where it is one.
    pub column: Option<String>,
    /// What is wrong.
    pub cause: RowCause,
    /// Whether the record of the row cannot be read because of it: then its line is blank.
    pub hides_record: bool,
    /// Bytes of the row, where they are many and belong to nothing.
    pub length_bytes: u64,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowCause {
    /// It has another number of cells than there are headings.
    Ragged {
        /// Cells that there ought to be.
        expected: u64,
        /// Cells that there are.
        found: u64,
    },
    /// A quotation mark stands inside a cell that is not quoted.
    QuoteInside,
    /// Something stands behind the closing quotation mark of a cell.
    TextBehindQuote,
    /// A quotation mark is opened and never closed: everything behind it is one cell.
    QuoteNotClosed,
    /// A carriage return without a line feed ends no row.
    BareReturn,
    /// A cell is longer than this many bytes.
    CellTooLong {
        /// The limit.
        limit_bytes: u64,
    },
    /// All cells together are longer than this many bytes.
    RowTooLong {
        /// The limit.
        limit_bytes: u64,
    },
    /// The record goes over several lines, which no canonical record does.
    RecordOfSeveralLines,
    /// There is no record in the row.
    RecordMissing,
    /// A column is of a kind that is not read: nested, repeated or a decimal, say.
    ColumnUnfit,
}
