//! CSV as RFC 4180 describes it: commas, quotation marks, rows that end with LF or CRLF, headings in the first row.
//!
//! Strict where libraries are kind. They mend a stray quotation mark, pass over a blank line and hold a row of any
//! length in memory; here each of these is told with its row. What has been told is then read as libraries read it.

use std::io::Read;
use std::sync::Arc;

use super::{Building, Cell, Cells, RECORD_COLUMN, RowCause, RowRun, RowTrouble};
use crate::fault::{Damage, ReadFault};
use crate::limits::{TABLE_CELL_BYTES_MAX, TABLE_COLUMNS_MAX, TABLE_ROW_BYTES_MAX};
use crate::lines::LineRun;
use crate::sniff::BYTE_ORDER_MARK;

/// Bytes read at once.
const BUFFER_BYTES: usize = 64 << 10;

/// Where in a row the reading is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a cell.
    CellStart,
    Plain,
    Quoted,
    /// Behind a quotation mark in a quoted cell: the end of the cell, or the first of a pair.
    QuoteInQuoted,
    /// Behind a carriage return outside quotation marks.
    Return,
}

/// One row as it was taken apart.
#[derive(Default)]
struct Row {
    text: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
    /// Cells there are, also those that were too many to keep.
    cells: u64,
    /// Bytes of the cell that is being read, kept or not.
    cell_bytes: u64,
    /// Bytes of the row as it stands in the file.
    bytes: u64,
    /// What breaks RFC 4180 first.
    broken: Option<RowCause>,
    /// The first cell that was too long, from 0. It is kept as far as the limit.
    long_cell: Option<u64>,
    is_too_long: bool,
}

impl Row {
    fn clear(&mut self) {
        let (mut text, mut ends) = (std::mem::take(&mut self.text), std::mem::take(&mut self.ends));
        text.clear();
        ends.clear();
        *self = Self { text, ends, ..Self::default() };
    }

    fn cell(&self, index: usize) -> Option<&[u8]> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(index)?)
    }

    fn push(&mut self, bytes: &[u8]) {
        self.cell_bytes = self.cell_bytes.saturating_add(length(bytes));
        if self.cell_bytes > TABLE_CELL_BYTES_MAX {
            self.long_cell.get_or_insert(self.cells);
        } else if length(&self.text).saturating_add(length(bytes)) > TABLE_ROW_BYTES_MAX {
            self.is_too_long = true;
        } else {
            self.text.extend_from_slice(bytes);
        }
    }

    fn end_cell(&mut self) {
        if self.ends.len() <= TABLE_COLUMNS_MAX {
            self.ends.push(self.text.len());
        }
        self.cells = self.cells.saturating_add(1);
        self.cell_bytes = 0;
    }

    fn breaks(&mut self, cause: RowCause) {
        self.broken.get_or_insert(cause);
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Takes a stream apart into rows.
struct Splitter<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Splitter<R> {
    fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0 }
    }

    /// Reads on if nothing is ready. False at the end of the stream.
    fn fill(&mut self) -> Result<bool, ReadFault> {
        while self.start >= self.end {
            match self.reader.read(&mut self.buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => (self.start, self.end) = (0, count),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadFault::of(error)),
            }
        }
        Ok(true)
    }

    /// Reads the next row; false if there is none.
    fn next(&mut self, row: &mut Row) -> Result<bool, ReadFault> {
        row.clear();
        let mut state = State::CellStart;
        while self.fill()? {
            let ready = self.buffer.get(self.start..self.end).unwrap_or_default();
            let (taken, next) = step(state, ready, row);
            self.start = self.start.saturating_add(taken);
            row.bytes = row.bytes.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
            match next {
                Some(next) => state = next,
                None => return Ok(true),
            }
        }
        if row.bytes == 0 {
            return Ok(false);
        }
        match state {
            State::Quoted => row.breaks(RowCause::QuoteNotClosed),
            State::Return => {
                row.breaks(RowCause::BareReturn);
                row.push(b"\r");
            }
            State::CellStart | State::Plain | State::QuoteInQuoted => {}
        }
        row.end_cell();
        Ok(true)
    }
}

/// Takes what can be taken at once of what is ready: how many bytes, and how it goes on; `None` at the end of the row.
/// Bytes are never none.
fn step(state: State, ready: &[u8], row: &mut Row) -> (usize, Option<State>) {
    let first = ready.first().copied().unwrap_or_default();
    match (state, first) {
        (State::Return, b'\n') => {
            row.end_cell();
            (1, None)
        }
        (State::Return, _) => {
            // The return was none: it belongs to the cell. What stands here is looked at again.
            row.breaks(RowCause::BareReturn);
            row.push(b"\r");
            (0, Some(State::Plain))
        }
        (State::CellStart, b'"') => (1, Some(State::Quoted)),
        (State::QuoteInQuoted, b'"') => {
            row.push(b"\"");
            (1, Some(State::Quoted))
        }
        (State::Quoted, b'"') => (1, Some(State::QuoteInQuoted)),
        (State::Quoted, _) => {
            let count = memchr::memchr(b'"', ready).unwrap_or(ready.len());
            row.push(ready.get(..count).unwrap_or_default());
            (count, Some(State::Quoted))
        }
        (_, b',') => {
            row.end_cell();
            (1, Some(State::CellStart))
        }
        (_, b'\n') => {
            row.end_cell();
            (1, None)
        }
        (_, b'\r') => (1, Some(State::Return)),
        (State::QuoteInQuoted, _) => {
            row.breaks(RowCause::TextBehindQuote);
            (0, Some(State::Plain))
        }
        (State::Plain, b'"') => {
            row.breaks(RowCause::QuoteInside);
            row.push(b"\"");
            (1, Some(State::Plain))
        }
        (State::CellStart | State::Plain, _) => {
            let is_special = |byte: &u8| matches!(byte, b',' | b'\n' | b'\r' | b'"');
            let count = ready.iter().position(is_special).unwrap_or(ready.len());
            row.push(ready.get(..count).unwrap_or_default());
            (count, Some(State::Plain))
        }
    }
}

/// The headings.
struct Heading {
    record: usize,
    width: u64,
    names: Vec<String>,
    /// The names without that of the records.
    others: Arc<[String]>,
}

/// Reads a table run by run. After an error it is over.
pub(crate) struct Rows<R> {
    splitter: Splitter<R>,
    name: String,
    heading: Option<Heading>,
    row: Row,
    ordinal: u64,
    next_row: u64,
    next_byte_offset: u64,
    is_over: bool,
}

impl<R: Read> Rows<R> {
    /// `name` is what the table is called in faults.
    pub(crate) fn new(reader: R, name: &str) -> Self {
        Self {
            splitter: Splitter::new(reader),
            name: name.to_owned(),
            heading: None,
            row: Row::default(),
            ordinal: 0,
            next_row: 1,
            next_byte_offset: 0,
            is_over: false,
        }
    }

    fn damaged(&self, damage: Damage) -> ReadFault {
        ReadFault::Damaged { name: self.name.clone(), damage }
    }

    fn read_heading(&mut self) -> Result<Heading, ReadFault> {
        let mut row = std::mem::take(&mut self.row);
        if !self.splitter.next(&mut row)? {
            return Err(self.damaged(Damage::RecordColumn));
        }
        let width = usize::try_from(row.cells).unwrap_or(usize::MAX);
        if row.is_too_long || row.long_cell.is_some() || width > TABLE_COLUMNS_MAX {
            return Err(self.damaged(Damage::TableTooLarge));
        }
        if row.broken.is_some() {
            return Err(self.damaged(Damage::TableUnreadable));
        }
        let text = |index: usize| {
            let cell = row.cell(index).unwrap_or_default();
            let cell = if index == 0 { cell.strip_prefix(BYTE_ORDER_MARK).unwrap_or(cell) } else { cell };
            String::from_utf8(cell.to_vec()).map_err(|_| self.damaged(Damage::TableUnreadable))
        };
        let names = (0..width).map(text).collect::<Result<Vec<_>, _>>()?;
        let mut found = names.iter().enumerate().filter(|(_, name)| *name == RECORD_COLUMN);
        let (Some((record, _)), None) = (found.next(), found.next()) else {
            return Err(self.damaged(Damage::RecordColumn));
        };
        let others = names.iter().filter(|name| *name != RECORD_COLUMN).cloned().collect();
        Ok(Heading { record, width: row.cells, names, others })
    }

    fn next_run(&mut self) -> Result<Option<RowRun>, ReadFault> {
        let heading = match self.heading.take() {
            Some(heading) => heading,
            None => self.read_heading()?,
        };
        let mut run =
            Building { lines: Vec::new(), cells: Cells::new(Arc::clone(&heading.others)), troubles: Vec::new() };
        let first_row = self.next_row;
        let mut row = std::mem::take(&mut self.row);
        let mut rows = 0;
        while run.has_room(rows) && self.splitter.next(&mut row)? {
            take(&mut run, &heading, &row, self.next_row);
            self.next_row = self.next_row.saturating_add(1);
            rows = rows.saturating_add(1);
        }
        self.row = row;
        self.heading = Some(heading);
        if rows == 0 {
            self.is_over = true;
            return Ok(None);
        }
        let Building { lines, cells, troubles } = run;
        let lines = LineRun::of_rows(self.ordinal, first_row, self.next_byte_offset, lines);
        self.ordinal = self.ordinal.saturating_add(1);
        self.next_byte_offset = self.next_byte_offset.saturating_add(length(lines.bytes()));
        Ok(Some(RowRun { lines, cells, troubles }))
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<RowRun, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let run = self.next_run();
        self.is_over |= run.is_err();
        run.transpose()
    }
}

/// Adds a row to a run.
fn take(run: &mut Building, heading: &Heading, row: &Row, number: u64) {
    let mut tell = |cause: RowCause, column: Option<&String>| {
        let (column, length_bytes) = (column.cloned(), row.bytes);
        run.troubles.push(RowTrouble { row: Some(number), column, cause, hides_record: false, length_bytes });
    };
    if let Some(cause) = row.broken {
        tell(cause, None);
    }
    if row.cells != heading.width {
        tell(RowCause::Ragged { expected: heading.width, found: row.cells }, None);
    }
    let long = row.long_cell.and_then(|index| usize::try_from(index).ok());
    if let Some(column) = long.filter(|index| *index != heading.record).and_then(|index| heading.names.get(index)) {
        tell(RowCause::CellTooLong { limit_bytes: TABLE_CELL_BYTES_MAX }, Some(column));
    }
    if long == Some(heading.record) {
        run.hide_record(RowCause::CellTooLong { limit_bytes: TABLE_CELL_BYTES_MAX }, number, row.bytes);
    } else if row.is_too_long {
        run.hide_record(RowCause::RowTooLong { limit_bytes: TABLE_ROW_BYTES_MAX }, number, row.bytes);
    } else {
        run.take_record(row.cell(heading.record).unwrap_or_default(), number);
    }
    if row.cells != heading.width || row.long_cell.is_some() || row.is_too_long {
        return run.cells.skip_row();
    }
    run.cells.begin_row();
    for index in (0..row.ends.len()).filter(|index| *index != heading.record) {
        run.cells.push(Cell::Text(row.cell(index).unwrap_or_default()));
    }
}
