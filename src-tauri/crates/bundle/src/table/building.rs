//! A run of rows that is being filled, whatever the table is.

use super::{Cells, RECORD_COLUMN, RowCause, RowTrouble};
use crate::limits::TABLE_CELL_BYTES_MAX;
use crate::lines::RUN_BYTES;

/// Most rows of a run, so that rows of nothing fill no memory.
const RUN_ROWS_MAX: usize = 16 << 10;
/// Most troubles of one run. A table of nothing but stray quotes gives more runs, not more memory.
const RUN_TROUBLES_MAX: usize = 1_000;

/// Whether a cell is longer than is read.
pub(super) fn is_too_long(cell: &[u8]) -> bool {
    u64::try_from(cell.len()).is_ok_and(|length| length > TABLE_CELL_BYTES_MAX)
}

/// A run that is being filled.
pub(super) struct Building {
    pub(super) lines: Vec<u8>,
    pub(super) cells: Cells,
    pub(super) troubles: Vec<RowTrouble>,
}

impl Building {
    /// Whether another row, or some, may be added to so many rows.
    pub(super) fn has_room(&self, rows: usize) -> bool {
        let bytes = self.lines.len().saturating_add(self.cells.bytes());
        u64::try_from(bytes).is_ok_and(|bytes| bytes < RUN_BYTES)
            && rows < RUN_ROWS_MAX
            && self.troubles.len() < RUN_TROUBLES_MAX
    }

    /// Adds the record of a row, or says why it cannot be read.
    pub(super) fn take_record(&mut self, record: &[u8], row: u64) {
        let length_bytes = u64::try_from(record.len()).unwrap_or(u64::MAX);
        if is_too_long(record) {
            self.hide_record(RowCause::CellTooLong { limit_bytes: TABLE_CELL_BYTES_MAX }, row, length_bytes);
        } else if record.contains(&b'\n') {
            self.hide_record(RowCause::RecordOfSeveralLines, row, length_bytes);
        } else if record.is_empty() {
            self.hide_record(RowCause::RecordMissing, row, 0);
        } else {
            self.lines.extend_from_slice(record);
            self.lines.push(b'\n');
        }
    }

    /// Leaves a blank line for a record that cannot be read.
    pub(super) fn hide_record(&mut self, cause: RowCause, row: u64, length_bytes: u64) {
        let column = Some(RECORD_COLUMN.to_owned());
        self.troubles.push(RowTrouble { row: Some(row), column, cause, hides_record: true, length_bytes });
        self.lines.push(b'\n');
    }

    /// Tells of a cell that is too long; then the cells of the row are not compared.
    pub(super) fn skip_long_cell(&mut self, column: &str, row: u64) {
        let cause = RowCause::CellTooLong { limit_bytes: TABLE_CELL_BYTES_MAX };
        let column = Some(column.to_owned());
        self.troubles.push(RowTrouble { row: Some(row), column, cause, hides_record: false, length_bytes: 0 });
        self.cells.skip_row();
    }
}
