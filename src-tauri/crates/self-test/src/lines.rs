//! A file of records as it reads after somebody was at it: lines replaced, and the chain computed anew from a line on.
//! The file is streamed; memory holds a run of lines and the edits.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use bundle::lines::{LineLimits, LineTrouble, Runs, runs};
use bundle::unpack::Packing;
use integrity::Digest;

use crate::forger::Forger;
use crate::record::Record;

/// Longest line that passes through, in bytes; the survey passes over files with longer ones.
pub(crate) const LINE_LIMITS: LineLimits = LineLimits { line_bytes_max: 64 << 20 };

/// What becomes of every record from a line on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reseal {
    /// The first line, by its number in the file as it was, from 1.
    pub(crate) from_line: u64,
    /// What the first record is to name as its predecessor's hash; if nothing, what it names already.
    pub(crate) prev: Option<Digest>,
    /// By how much numbers move up.
    pub(crate) shift: u64,
    /// The schema version that they get.
    pub(crate) version: Option<String>,
}

/// What becomes of the signatures of all records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Signatures {
    /// They are left, right or not.
    #[default]
    Kept,
    /// They are taken off.
    Stripped,
    /// Others stand in their place.
    Forged(Arc<Forger>),
}

/// What is done to the lines of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineEdits {
    /// How the file is packed, and is to be again.
    pub(crate) packing: Option<Packing>,
    /// What stands in the place of a line, line ends included: nothing, one line or several.
    pub(crate) replaced: BTreeMap<u64, Vec<u8>>,
    /// The first and the last of the lines that are gone.
    pub(crate) dropped: Option<(u64, u64)>,
    pub(crate) reseal: Option<Reseal>,
    pub(crate) signatures: Signatures,
}

/// Reads a file through its edits.
pub(crate) struct Edited<'e, R> {
    runs: Runs<R>,
    edits: &'e LineEdits,
    prev: Option<Digest>,
    ready: Vec<u8>,
    at: usize,
}

impl<'e, R: Read> Edited<'e, R> {
    pub(crate) fn new(reader: R, edits: &'e LineEdits) -> Self {
        let prev = edits.reseal.as_ref().and_then(|reseal| reseal.prev);
        Self { runs: runs(reader, &LINE_LIMITS), edits, prev, ready: Vec::new(), at: 0 }
    }

    /// Makes the next run of lines ready; `false` at the end.
    fn refill(&mut self) -> io::Result<bool> {
        let Some(run) = self.runs.next().transpose().map_err(io::Error::other)? else { return Ok(false) };
        self.at = 0;
        let last = run.lines().last().map_or(run.first_line, |line| line.number);
        let is_touched = self.edits.signatures != Signatures::Kept
            || self.edits.dropped.is_some_and(|(from, to)| from <= last && to >= run.first_line)
            || self.edits.replaced.range(run.first_line..=last).next().is_some()
            || self.edits.reseal.as_ref().is_some_and(|reseal| reseal.from_line <= last);
        if !is_touched {
            self.ready.clear();
            self.ready.extend_from_slice(run.bytes());
            return Ok(true);
        }
        let mut ready = std::mem::take(&mut self.ready);
        ready.clear();
        let is_dropped = |number| self.edits.dropped.is_some_and(|(from, to)| (from..=to).contains(&number));
        for line in run.lines().filter(|line| !is_dropped(line.number)) {
            match self.edits.replaced.get(&line.number) {
                Some(text) => {
                    for line_of_text in text.split_inclusive(|byte| *byte == b'\n') {
                        let (body, end) = match line_of_text.split_last() {
                            Some((b'\n', body)) => (body, true),
                            _ => (line_of_text, false),
                        };
                        self.write(line.number, body, end, &mut ready);
                    }
                }
                None => self.write(
                    line.number,
                    line.bytes,
                    line.trouble != Some(LineTrouble::LastLineIncomplete),
                    &mut ready,
                ),
            }
        }
        self.ready = ready;
        Ok(true)
    }

    /// Writes a line, sealed anew if it is time for that.
    fn write(&mut self, number: u64, body: &[u8], has_end: bool, to: &mut Vec<u8>) {
        let reseal = self.edits.reseal.as_ref().filter(|reseal| number >= reseal.from_line);
        let record =
            if reseal.is_some() || self.edits.signatures != Signatures::Kept { Record::read(body) } else { None };
        match record {
            Some(mut record) => {
                if let Some(reseal) = reseal {
                    if let Some(prev) = self.prev {
                        record.set_text("prev_hash", &prev.to_hex());
                    }
                    if let Some(seq) = record.seq().filter(|_| reseal.shift > 0) {
                        record.set("seq", &seq.saturating_add(reseal.shift).into());
                    }
                    if let Some(version) = &reseal.version {
                        record.set_text("audit_log_version", version);
                    }
                    self.prev = Some(record.seal());
                }
                match &self.edits.signatures {
                    Signatures::Kept => {}
                    Signatures::Stripped => drop(record.remove("sig")),
                    Signatures::Forged(forger) => forger.resign(&mut record, "event"),
                }
                to.extend_from_slice(&record.line());
            }
            None => to.extend_from_slice(body),
        }
        if has_end {
            to.push(b'\n');
        }
    }
}

impl<R: Read> Read for Edited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.ready.len() {
            if !self.refill()? {
                return Ok(0);
            }
        }
        let left = self.ready.get(self.at..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), left.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], edits: &LineEdits) -> String {
        let mut out = String::new();
        Edited::new(text, edits).read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn lines_are_replaced_dropped_and_doubled() {
        let mut edits = LineEdits::default();
        assert_eq!(read(b"a\nb\nc", &edits), "a\nb\nc");
        edits.dropped = Some((1, 1));
        edits.replaced.insert(2, b"b\nb\n".to_vec());
        assert_eq!(read(b"a\nb\nc", &edits), "b\nb\nc");
    }

    #[test]
    fn a_chain_is_computed_anew_from_a_line_on() {
        let line = |seq: u64, prev: &str| format!("{{\"hash\":\"\",\"prev_hash\":\"{prev}\",\"seq\":{seq}}}\n");
        let text = [line(1, "x"), line(2, "x"), "garbage\n".to_owned(), line(3, "x")].concat();
        let reseal = Reseal { from_line: 2, shift: 5, ..Reseal::default() };
        let edits = LineEdits { reseal: Some(reseal), ..LineEdits::default() };
        let out = read(text.as_bytes(), &edits);
        let lines: Vec<_> = out.lines().collect();
        assert_eq!(lines[0], text.lines().next().unwrap());
        assert_eq!(lines[2], "garbage");
        let (second, last) = (Record::read(lines[1].as_bytes()).unwrap(), Record::read(lines[3].as_bytes()).unwrap());
        assert_eq!((second.seq(), last.seq()), (Some(7), Some(8)));
        assert_eq!(second.text("prev_hash").as_deref(), Some("x"));
        assert_eq!(last.digest("prev_hash"), Some(second.computed()));
        assert_eq!(last.digest("hash"), Some(last.computed()));
    }
}
