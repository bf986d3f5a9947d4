//! Splits a stream into runs of whole lines, with bounded memory.
//!
//! A run owns its bytes, so that it can be handed to another thread. A line longer than the limit becomes a run of its
//! own without its bytes: it is skipped to the next LF, counted, and reading goes on. Nothing is decoded or judged here.
//!
//! # Invariants
//! * The lines of all runs, each followed by LF (the last one only if it had one), are the stream; where a line was
//!   too long, its length is known.
//! * Memory holds one run: at most [`RUN_BYTES`] plus one line.

use std::io::Read;

use memchr::{memchr, memrchr};

use crate::fault::ReadFault;
use crate::limits::{AB1_LINE_BYTES_MAX, FOREIGN_LINE_BYTES_MAX};

/// Bytes that a run is filled up to. The last whole line of a run ends before it.
pub const RUN_BYTES: u64 = 512 << 10;
/// Bytes read at once while the rest of an over-long line is skipped.
const SKIP_BYTES: usize = 64 << 10;

/// How long a line may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineLimits {
    /// Most bytes of one line, without its LF.
    pub line_bytes_max: u64,
}

impl LineLimits {
    /// Lines of an audit bundle: 1 MiB.
    #[must_use]
    pub const fn audit_bundle() -> Self {
        Self { line_bytes_max: AB1_LINE_BYTES_MAX }
    }

    /// Lines of foreign NDJSON: 16 MiB.
    #[must_use]
    pub const fn foreign() -> Self {
        Self { line_bytes_max: FOREIGN_LINE_BYTES_MAX }
    }
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineTrouble {
    /// It is longer than the limit. Its bytes are not kept.
    TooLong,
    /// The stream ends before its LF. Its bytes are there.
    LastLineIncomplete,
}

impl LineTrouble {
    /// The finding code on the command line and in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "LINE_TOO_LONG",
            Self::LastLineIncomplete => "LAST_LINE_INCOMPLETE",
        }
    }
}

/// One line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Line<'r> {
    /// Its number in the stream, from 1.
    pub number: u64,
    /// Where its first byte lies in the stream, from 0.
    pub byte_offset: u64,
    /// Its bytes without the LF; empty if it was too long.
    pub bytes: &'r [u8],
    /// Its length in bytes without the LF, also if it was too long.
    pub length_bytes: u64,
    /// What is wrong with it.
    pub trouble: Option<LineTrouble>,
}

// Lines hold records of patients; what ends up in a panic message is where a line lies, not what it says.
impl std::fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { number, byte_offset, length_bytes, trouble, .. } = self;
        write!(f, "Line({number} at {byte_offset}, {length_bytes} bytes, {trouble:?})")
    }
}

/// Some whole lines that stand one behind the other.
pub struct LineRun {
    /// Number of the run in the stream, from 0.
    pub ordinal: u64,
    /// Number of its first line, from 1.
    pub first_line: u64,
    /// Where its first byte lies in the stream.
    pub first_byte_offset: u64,
    line_bytes_max: u64,
    content: Content,
}

enum Content {
    /// Every line with its LF, except perhaps the very last of the stream.
    Whole(Vec<u8>),
    /// One line of which only the length is known.
    TooLong { length_bytes: u64 },
}

impl std::fmt::Debug for LineRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { ordinal, first_line, first_byte_offset, .. } = self;
        write!(f, "LineRun({ordinal}, from line {first_line} at {first_byte_offset})")
    }
}

impl LineRun {
    /// The records of rows as lines, each with its LF and none longer than a line of an audit bundle.
    pub(crate) fn of_rows(ordinal: u64, first_line: u64, first_byte_offset: u64, lines: Vec<u8>) -> Self {
        let content = Content::Whole(lines);
        Self { ordinal, first_line, first_byte_offset, line_bytes_max: AB1_LINE_BYTES_MAX, content }
    }

    /// The lines in their order.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let (rest, too_long) = match &self.content {
            Content::Whole(bytes) => (bytes.as_slice(), None),
            Content::TooLong { length_bytes } => (&[][..], Some(*length_bytes)),
        };
        Lines {
            rest,
            too_long,
            line_bytes_max: self.line_bytes_max,
            number: self.first_line,
            byte_offset: self.first_byte_offset,
        }
    }

    /// The run's bytes with their LFs; empty for a line that was too long.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Whole(bytes) => bytes,
            Content::TooLong { .. } => &[],
        }
    }
}

struct Lines<'r> {
    rest: &'r [u8],
    too_long: Option<u64>,
    line_bytes_max: u64,
    number: u64,
    byte_offset: u64,
}

impl<'r> Iterator for Lines<'r> {
    type Item = Line<'r>;

    fn next(&mut self) -> Option<Line<'r>> {
        let (number, byte_offset) = (self.number, self.byte_offset);
        if let Some(length_bytes) = self.too_long.take() {
            let trouble = Some(LineTrouble::TooLong);
            return Some(Line { number, byte_offset, bytes: &[], length_bytes, trouble });
        }
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr(b'\n', self.rest);
        let (bytes, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        let length_bytes = length(bytes);
        self.rest = rest.get(1..).unwrap_or_default();
        self.number = number.saturating_add(1);
        self.byte_offset = byte_offset.saturating_add(length_bytes).saturating_add(1);
        if length_bytes > self.line_bytes_max {
            let trouble = Some(LineTrouble::TooLong);
            return Some(Line { number, byte_offset, bytes: &[], length_bytes, trouble });
        }
        let trouble = if end.is_some() { None } else { Some(LineTrouble::LastLineIncomplete) };
        Some(Line { number, byte_offset, bytes, length_bytes, trouble })
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Reads the stream run by run.
#[derive(Debug)]
pub struct Runs<R> {
    reader: R,
    limits: LineLimits,
    /// Bytes behind the last whole line of the run before: the beginning of the next one.
    carried: Vec<u8>,
    ordinal: u64,
    next_line: u64,
    next_byte_offset: u64,
    is_over: bool,
}

/// Splits a stream into runs. After an error the iterator is over.
pub fn runs<R: Read>(reader: R, limits: &LineLimits) -> Runs<R> {
    Runs { reader, limits: *limits, carried: Vec::new(), ordinal: 0, next_line: 1, next_byte_offset: 0, is_over: false }
}

impl<R: Read> Runs<R> {
    fn next_run(&mut self) -> Result<Option<LineRun>, ReadFault> {
        let mut buffer = std::mem::take(&mut self.carried);
        // Enough for a full run, or for the carried beginning of a long line to reach its end or the limit.
        let mut goal = RUN_BYTES;
        loop {
            let end_of_stream = self.fill(&mut buffer, goal)?;
            if let Some(last) = memrchr(b'\n', &buffer) {
                self.carried = buffer.split_off(last.saturating_add(1));
                return Ok(Some(self.whole(buffer)));
            }
            if length(&buffer) > self.limits.line_bytes_max {
                return self.skip(length(&buffer)).map(Some);
            }
            if end_of_stream {
                self.is_over = true;
                return Ok(if buffer.is_empty() { None } else { Some(self.whole(buffer)) });
            }
            goal = goal.saturating_mul(2).min(self.limits.line_bytes_max.saturating_add(1));
        }
    }

    /// Reads until the buffer holds `goal` bytes; `true` if the stream ended before.
    fn fill(&mut self, buffer: &mut Vec<u8>, goal: u64) -> Result<bool, ReadFault> {
        let missing = goal.saturating_sub(length(buffer));
        buffer.reserve_exact(usize::try_from(missing).unwrap_or(0));
        let count = (&mut self.reader).take(missing).read_to_end(buffer).map_err(ReadFault::of)?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX) < missing)
    }

    /// Skips the rest of an over-long line of which `length_bytes` were read.
    fn skip(&mut self, mut length_bytes: u64) -> Result<LineRun, ReadFault> {
        let mut chunk = vec![0; SKIP_BYTES];
        let has_lf = loop {
            let count = match self.reader.read(&mut chunk) {
                Ok(0) => break false,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadFault::of(error)),
            };
            let read = chunk.get(..count).unwrap_or_default();
            if let Some(end) = memchr(b'\n', read) {
                length_bytes = length_bytes.saturating_add(u64::try_from(end).unwrap_or(u64::MAX));
                self.carried = read.get(end.saturating_add(1)..).unwrap_or_default().to_vec();
                break true;
            }
            length_bytes = length_bytes.saturating_add(length(read));
        };
        self.is_over = !has_lf;
        Ok(self.advance(Content::TooLong { length_bytes }, 1, length_bytes.saturating_add(u64::from(has_lf))))
    }

    /// Makes a run of whole lines.
    fn whole(&mut self, bytes: Vec<u8>) -> LineRun {
        let lines = memchr::memchr_iter(b'\n', &bytes).count();
        let length_bytes = length(&bytes);
        self.advance(Content::Whole(bytes), u64::try_from(lines).unwrap_or(u64::MAX), length_bytes)
    }

    fn advance(&mut self, content: Content, lines: u64, length_bytes: u64) -> LineRun {
        let run = LineRun {
            ordinal: self.ordinal,
            first_line: self.next_line,
            first_byte_offset: self.next_byte_offset,
            line_bytes_max: self.limits.line_bytes_max,
            content,
        };
        self.ordinal = self.ordinal.saturating_add(1);
        self.next_line = self.next_line.saturating_add(lines);
        self.next_byte_offset = self.next_byte_offset.saturating_add(length_bytes);
        run
    }
}

impl<R: Read> Iterator for Runs<R> {
    type Item = Result<LineRun, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let run = self.next_run();
        if run.is_err() {
            self.is_over = true;
        }
        run.transpose()
    }
}
