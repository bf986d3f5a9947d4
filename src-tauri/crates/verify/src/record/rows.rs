//! What a table says besides its records (formats 1.9): what is wrong with its rows, and whether the other columns repeat
//! what the records say.
//!
//! The record is the evidence and is judged as a line is. The other columns are what people see who open the table with
//! other programs: one that says something else than the record is `PROJECTION_MISMATCH`.

use bundle::escape::visible;
use bundle::lines::Line;
use bundle::table::{RowCause, RowRun, RowTrouble};
use integrity::canonical::Scan;

use super::projection::Projection;
use super::{File, RECORD_BYTES_MIN, RunFacts, at, where_is};
use crate::finding::{Code, Finding, Tally};
use crate::words::number;

/// The rows of one run, while their records are judged one after the other.
pub(super) struct Rows<'r> {
    run: &'r RowRun,
    file: File<'r>,
    columns: Vec<Option<Projection>>,
    /// Troubles that were told.
    told: usize,
    /// Rows that were begun.
    begun: usize,
}

impl<'r> Rows<'r> {
    /// Tells what is wrong with the table as a whole, once for each table.
    pub(super) fn of(run: &'r RowRun, file: File<'r>, facts: &mut RunFacts) -> Self {
        let names = run.cells.columns();
        let columns: Vec<_> = names.iter().map(|name| Projection::of_column(name)).collect();
        if run.lines.ordinal == 0 {
            for (name, _) in names.iter().zip(&columns).filter(|(_, column)| column.is_none()) {
                let message = format!(
                    "{} has a column that repeats no member that the format knows: {}. It was not compared.",
                    visible(file.name),
                    visible(name)
                );
                let finding = Finding::new(Code::SchemaUnknownMember, message).at_file(file.name);
                facts.findings.add(finding.column(visible(name)));
            }
        }
        let mut rows = Self { run, file, columns, told: 0, begun: 0 };
        while let Some(trouble) = run.troubles.get(rows.told).filter(|trouble| trouble.row.is_none()) {
            rows.told += 1;
            let message = format!("{} {}.", visible(file.name), sentence(trouble));
            facts.findings.add(of_column(Finding::new(code(trouble.cause), message).at_file(file.name), trouble));
        }
        rows
    }

    /// Tells what is wrong with the next row. True if its record cannot be read because of it.
    pub(super) fn begin(&mut self, line: &Line<'_>, facts: &mut RunFacts) -> bool {
        self.begun += 1;
        let mut is_hidden = false;
        while let Some(trouble) = self.run.troubles.get(self.told).filter(|trouble| trouble.row == Some(line.number)) {
            self.told += 1;
            let message = format!("{} {}.", where_is(self.file, line), sentence(trouble));
            let finding = at(Finding::new(code(trouble.cause), message), self.file, line);
            facts.findings.add(of_column(finding, trouble));
            let records = trouble.length_bytes / RECORD_BYTES_MIN;
            if trouble.hides_record {
                is_hidden = true;
                facts.hole(line.number, records.max(1));
            } else if trouble.cause == RowCause::QuoteNotClosed {
                // What it has swallowed may have been rows.
                facts.hole(line.number.saturating_add(1), records);
            }
        }
        is_hidden
    }

    /// Compares the other cells of the row that was begun with its record.
    pub(super) fn compare(&self, line: &Line<'_>, record: &Scan<'_>, findings: &mut Tally) {
        let Some(cells) = self.begun.checked_sub(1).and_then(|row| self.run.cells.row(row)) else { return };
        let columns = self.columns.iter().zip(self.run.cells.columns());
        for ((projection, name), cell) in columns.zip(cells) {
            let Some(projection) = projection.as_ref().filter(|projection| !projection.repeats(record, cell)) else {
                continue;
            };
            let name = visible(name);
            let message =
                format!("In {}, the column {name} does not say what the record says.", of_file(self.file, line));
            let finding = at(Finding::new(Code::ProjectionMismatch, message), self.file, line);
            findings.add(finding.column(name).member(projection.member()));
        }
    }
}

fn of_file(file: File<'_>, line: &Line<'_>) -> String {
    format!("row {} of {}", number(line.number), visible(file.name))
}

fn of_column(finding: Finding, trouble: &RowTrouble) -> Finding {
    match &trouble.column {
        Some(name) => finding.column(visible(name)),
        None => finding,
    }
}

const fn code(cause: RowCause) -> Code {
    match cause {
        RowCause::Ragged { .. } | RowCause::RecordMissing | RowCause::ColumnUnfit => Code::SchemaInvalid,
        RowCause::CellTooLong { .. } | RowCause::RowTooLong { .. } => Code::LineTooLong,
        RowCause::QuoteInside
        | RowCause::TextBehindQuote
        | RowCause::QuoteNotClosed
        | RowCause::BareReturn
        | RowCause::RecordOfSeveralLines => Code::RecordUnparseable,
    }
}

/// What is wrong, behind the name of the row or of the table.
fn sentence(trouble: &RowTrouble) -> String {
    let column = trouble.column.as_deref().map(|name| format!(" in the column {}", visible(name))).unwrap_or_default();
    match trouble.cause {
        RowCause::Ragged { expected, found } => {
            let (found, expected) = (number(found), number(expected));
            format!("has {found} cells under {expected} headings: its cells were not compared with its record")
        }
        RowCause::QuoteInside => "has a quotation mark inside a cell that is not quoted".to_owned(),
        RowCause::TextBehindQuote => "has text behind the closing quotation mark of a cell".to_owned(),
        RowCause::QuoteNotClosed => {
            "opens a quotation mark that is never closed: the rest of the file is one cell of it".to_owned()
        }
        RowCause::BareReturn => "has a carriage return that ends no row".to_owned(),
        RowCause::CellTooLong { limit_bytes } => {
            format!("has a cell{column} of more than {} bytes, which was not read", number(limit_bytes))
        }
        RowCause::RowTooLong { limit_bytes } => {
            format!("is longer than {} bytes and was not read", number(limit_bytes))
        }
        RowCause::RecordOfSeveralLines => "holds a record that goes over several lines, as no record does".to_owned(),
        RowCause::RecordMissing => "holds no record".to_owned(),
        RowCause::ColumnUnfit => {
            format!(
                "has a column of a kind that is not read{column}: it is nested, repeated, or no text, whole number or time"
            )
        }
    }
}
