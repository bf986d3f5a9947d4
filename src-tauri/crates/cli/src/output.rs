//! Writing: results to standard output, messages to standard error, control characters made visible in both.
//!
//! The one place of the program that prints.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use workbench::wire::Fault;
use workbench::{fault_of_output, table_cell, visible};

/// A result. A reader that went away (`| head`) ends the program quietly; any other trouble is a fault.
pub(crate) struct Output {
    inner: io::BufWriter<io::StdoutLock<'static>>,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self { inner: io::BufWriter::new(io::stdout().lock()) }
    }

    /// One line for a person. Untrusted text in it cannot move the cursor or change the direction of writing.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Fault> {
        writeln!(self.inner, "{}", visible(text)).map_err(|error| fault_of(&error))
    }

    /// One JSON value on a line of its own.
    pub(crate) fn json<T: serde::Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        serde_json::to_writer(&mut self.inner, value).map_err(|error| fault_of(&error.into()))?;
        writeln!(self.inner).map_err(|error| fault_of(&error))
    }

    /// One line of CSV (RFC 4180). A cell that a spreadsheet would take for a formula is guarded by an apostrophe.
    /// Control and direction characters are escaped: CSV is a reading copy, JSON has the exact text.
    pub(crate) fn csv(&mut self, cells: &[&str]) -> Result<(), Fault> {
        let row: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        write!(self.inner, "{}\r\n", row.join(",")).map_err(|error| fault_of(&error))
    }

    /// Hands everything to the system.
    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        self.inner.flush().map_err(|error| fault_of(&error))
    }
}

/// Whether the reader of standard output went away before everything was written.
static READER_WENT: AtomicBool = AtomicBool::new(false);

fn fault_of(error: &io::Error) -> Fault {
    if error.kind() == io::ErrorKind::BrokenPipe {
        READER_WENT.store(true, Ordering::Relaxed);
    }
    fault_of_output(error)
}

/// Whether the run ended because the reader of its output had seen enough: then there is nothing to complain about.
pub(crate) fn reader_went() -> bool {
    READER_WENT.load(Ordering::Relaxed)
}

/// Takes it for a fault after all that the reader went away.
pub(crate) fn heed_reader() {
    READER_WENT.store(false, Ordering::Relaxed);
}

/// A message for a person, on standard error.
pub(crate) fn complain(text: &str) {
    // There is nowhere left to say that standard error is gone.
    drop(writeln!(io::stderr(), "chartproof: {}", visible(text)));
}

/// A note for a person, on standard error, without the program's name.
pub(crate) fn note(text: &str) {
    drop(writeln!(io::stderr(), "{}", visible(text)));
}

/// A cell is one line and no formula.
fn csv_cell(text: &str) -> String {
    format!("\"{}\"", table_cell(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_never_becomes_a_formula() {
        assert_eq!(csv_cell("=1+1"), "\"'=1+1\"");
        assert_eq!(csv_cell(" \u{a0}@x"), "\"' \u{a0}@x\"");
        assert_eq!(csv_cell("\t=1"), "\"'⟦U+0009⟧=1\"");
        assert_eq!(csv_cell("\n\n＝1"), "\"'⟦U+000A⟧⟦U+000A⟧＝1\"");
        assert_eq!(csv_cell("say \"no\""), "\"say \"\"no\"\"\"");
        assert_eq!(csv_cell("2026-03-02"), "\"2026-03-02\"");
    }

    #[test]
    fn a_cell_cannot_drive_the_terminal_it_is_shown_on() {
        assert_eq!(csv_cell("u\u{1b}[31m\u{9b}1A\u{202e}"), "\"u⟦U+001B⟧[31m⟦U+009B⟧1A⟦U+202E⟧\"");
        assert_eq!(csv_cell("a\n-b"), "\"a⟦U+000A⟧-b\"");
    }
}
