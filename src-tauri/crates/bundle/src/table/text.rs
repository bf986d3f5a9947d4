//! The records of a table as the lines of NDJSON that they would be: a stream for whoever reads lines.

use std::io::{self, Read};

use crate::fault::ReadFault;
use crate::segment::Run;

/// A reader over lines.
pub(crate) struct Text<I> {
    runs: I,
    run: Option<Run>,
    /// Bytes of the run that were handed over.
    taken: usize,
}

impl<I: Iterator<Item = Result<Run, ReadFault>>> Text<I> {
    pub(crate) fn new(runs: I) -> Self {
        Self { runs, run: None, taken: 0 }
    }
}

impl<I: Iterator<Item = Result<Run, ReadFault>>> Read for Text<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = self.run.as_ref().and_then(|run| run.lines().bytes().get(self.taken..)).unwrap_or_default();
            if !rest.is_empty() || buffer.is_empty() {
                let count = { rest }.read(buffer)?;
                self.taken = self.taken.saturating_add(count);
                return Ok(count);
            }
            match self.runs.next().transpose().map_err(ReadFault::into_io)? {
                Some(run) => (self.run, self.taken) = (Some(run), 0),
                None => return Ok(0),
            }
        }
    }
}
