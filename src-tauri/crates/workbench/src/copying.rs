//! What goes onto the clipboard: a cell or a record, checked rows, the address of a screen.
//!
//! # Invariants
//! * What names somebody is copied after its line in the access log is durable.
//! * Rows are copied as the table shows them, covered and revealed alike, and those that were not on the screen count as
//!   shown. A row that is not the one that was checked is not copied, and nothing else either.

use std::collections::BTreeMap;

use access_log::Entry;
use event_store::{EventQuestions as _, PAGE_ROWS_MAX};

use crate::desk::Desk;
use crate::looks::OpenLook;
use crate::rows::{row_out, state_word};
use crate::session::Session;
use crate::single::parse_ref;
use crate::wire::{Copied, CopyAsk, CopyPlaceAsk, CopyRowsAsk, Fault, FaultCode, Next, Nothing, Row, RowMark};
use crate::words::{counted, table_cell};

/// Text that goes onto the clipboard at most, in bytes.
const COPY_BYTES_MAX: usize = 1 << 20;
/// The longest address of a screen, in bytes.
const PLACE_BYTES_MAX: usize = 256;
/// Rows that can be checked one by one.
const MARKS_MAX: usize = 5_000;
/// The head of copied rows.
const COLUMNS: [&str; 14] = [
    "Number",
    "Time",
    "User",
    "Role",
    "Action",
    "Outcome",
    "Patients",
    "Other patients",
    "What",
    "Which",
    "Station",
    "System",
    "State",
    "Reference",
];

impl Desk {
    /// Puts text on the clipboard, after its line is written.
    pub fn copy(&self, ask: CopyAsk) -> Result<Nothing, Fault> {
        let session = self.session()?;
        if ask.text.len() > COPY_BYTES_MAX {
            return Err(too_much());
        }
        let look = ask.look.map(|look| session.open_look(look)).transpose()?;
        let of_the_look = look.map(|look| format!("the look in entry {}", look.seen.seq()));
        let event_ref = ask.event_ref.as_deref().map(parse_ref).transpose()?.map(|event_ref| event_ref.to_string());
        let about = event_ref.or(of_the_look).ok_or_else(|| Fault::bad_input("There is nothing to be copied."))?;
        session.witness(Entry::Copy { object: format!("{} of {about}", ask.what), rows: 1 })?;
        self.put_on_clipboard(&ask.text)?;
        Ok(Nothing {})
    }

    /// Puts the checked rows of a look on the clipboard, as a table of tabs and lines.
    pub fn copy_rows(&self, ask: CopyRowsAsk) -> Result<Copied, Fault> {
        let session = self.session()?;
        let look = session.open_look(ask.look)?;
        let marks = marks_of(&ask.rows)?;
        let mut table = Table::new();
        if ask.all {
            session.copy_all_but(&look, &marks, &mut table)?;
        } else {
            session.copy_some(&look, &marks, &mut table)?;
        }
        if table.rows == 0 {
            return Err(Fault::bad_input("No row is checked."));
        }
        let object = format!("{} of the look in entry {}", counted(table.rows, "row"), look.seen.seq());
        session.witness(Entry::Copy { object, rows: table.rows })?;
        self.put_on_clipboard(&table.text)?;
        Ok(Copied { rows: table.rows })
    }

    /// Puts the address of a screen on the clipboard. Nothing else passes for one.
    pub fn copy_place(&self, ask: CopyPlaceAsk) -> Result<Nothing, Fault> {
        self.session()?;
        let known = |letter: char| letter.is_ascii_alphanumeric() || "#/?=&-_.:".contains(letter);
        if !ask.place.starts_with("#/") || ask.place.len() > PLACE_BYTES_MAX || !ask.place.chars().all(known) {
            return Err(Fault::bad_input("That is not the address of a screen."));
        }
        self.put_on_clipboard(&ask.place)?;
        Ok(Nothing {})
    }

    fn put_on_clipboard(&self, text: &str) -> Result<(), Fault> {
        if self.outlets.set_clipboard(text) {
            return Ok(());
        }
        Err(Fault::new(FaultCode::Internal, "The system did not take the text onto its clipboard.").with(Next::Retry))
    }
}

fn too_much() -> Fault {
    Fault::bad_input("That is too much for the clipboard. Copy fewer rows.")
}

/// References of rows by their place.
type Marks<'a> = BTreeMap<u64, &'a str>;

fn marks_of(rows: &[RowMark]) -> Result<Marks<'_>, Fault> {
    if rows.len() > MARKS_MAX {
        return Err(too_much());
    }
    Ok(rows.iter().map(|row| (row.index, row.event_ref.as_str())).collect())
}

impl Session {
    fn copy_all_but(&self, look: &OpenLook, left_out: &Marks<'_>, table: &mut Table) -> Result<(), Fault> {
        let mut offset = 0;
        loop {
            let (rows, total) = self.rows_at(look, offset, PAGE_ROWS_MAX)?;
            for (index, row) in (offset..).zip(&rows) {
                match left_out.get(&index) {
                    Some(mark) => is_the_one(row, mark)?,
                    None => table.add(row)?,
                }
            }
            offset += rows.len() as u64;
            if rows.is_empty() || offset >= total {
                return Ok(());
            }
        }
    }

    fn copy_some(&self, look: &OpenLook, marks: &Marks<'_>, table: &mut Table) -> Result<(), Fault> {
        let mut left = marks.iter().peekable();
        while let Some((first, mark)) = left.next() {
            let mut run = vec![*mark];
            while let Some((_, mark)) =
                left.next_if(|(index, _)| **index == first + run.len() as u64 && run.len() < PAGE_ROWS_MAX)
            {
                run.push(*mark);
            }
            let (rows, _) = self.rows_at(look, *first, run.len())?;
            if rows.len() < run.len() {
                return Err(changed());
            }
            for (row, mark) in rows.iter().zip(run) {
                is_the_one(row, mark)?;
                table.add(row)?;
            }
        }
        Ok(())
    }

    /// Rows as the table shows them; they count as shown.
    fn rows_at(&self, look: &OpenLook, offset: u64, limit: usize) -> Result<(Vec<Row>, u64), Fault> {
        let page = self.store.page(&look.seen, &look.question, offset, limit)?;
        let scope = look.scope();
        let rows: Vec<Row> = page.rows.iter().map(|row| row_out(row, scope.as_deref(), look.revealed)).collect();
        look.count_rows(offset, &rows);
        Ok((rows, page.total))
    }
}

/// Whether a row is still the one that was checked: an import may have put others before it.
fn is_the_one(row: &Row, mark: &str) -> Result<(), Fault> {
    if row.event_ref == mark { Ok(()) } else { Err(changed()) }
}

fn changed() -> Fault {
    Fault::bad_input("Rows have moved since they were checked: the import goes on. Look again and check them anew.")
}

/// Rows as text: tabs between cells, one line for each.
struct Table {
    text: String,
    rows: u64,
}

impl Table {
    fn new() -> Self {
        Self { text: format!("{}\n", COLUMNS.join("\t")), rows: 0 }
    }

    fn add(&mut self, row: &Row) -> Result<(), Fault> {
        let some = |text: &Option<String>| text.clone().unwrap_or_default();
        let user =
            row.user_name.as_ref().map_or_else(|| row.user_id.clone(), |name| format!("{name} · {}", row.user_id));
        let cells: [String; 14] = [
            row.number.to_string(),
            row.time.recorded.clone(),
            user,
            some(&row.role),
            row.action.clone(),
            row.outcome.clone(),
            row.patient_ids.join(", "),
            row.other_patients.to_string(),
            row.resource_type.clone().unwrap_or_else(|| row.event_type.clone()),
            some(&row.resource_id),
            some(&row.station),
            some(&row.source_system),
            state_word(row.state).to_owned(),
            row.event_ref.clone(),
        ];
        let line = cells.each_ref().map(|cell| table_cell(cell)).join("\t");
        if self.text.len() + line.len() >= COPY_BYTES_MAX {
            return Err(too_much());
        }
        self.text.push_str(&line);
        self.text.push('\n');
        self.rows += 1;
        Ok(())
    }
}
