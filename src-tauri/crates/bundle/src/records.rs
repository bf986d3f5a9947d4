//! The records of a bundle, whatever its profile: each with its exact bytes and its place.
//!
//! Records come in runs, so that runs can be mapped on several threads. What cannot be split into records is a
//! [`RecordTrouble`] with its place; reading goes on behind it. Nothing is skipped in silence.

use std::io::Read;
use std::sync::Arc;

use model::Event;

use crate::ab1;
use crate::bundle::{Bundle, Profile};
use crate::fault::{MapFault, ReadFault};
use crate::fhir::{self, Document, Found};
use crate::limits::{AB1_LINE_BYTES_MAX, AUDIT_MANIFEST_BYTES_MAX, FHIR_FILE_BYTES_MAX, FOREIGN_LINE_BYTES_MAX};
use crate::lines::{self, Line, LineLimits, LineRun, LineTrouble};
use crate::segment::{self, Form, Layout};
use crate::sniff::BYTE_ORDER_MARK;
use crate::unpack::unpack;

/// Where a record lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The entry of the bundle.
    pub file: Arc<str>,
    /// The line, from 1, where records are lines; the row, where they are rows of a table.
    pub line: Option<u64>,
    /// The number of the entry, from 0, where records are entries of a FHIR Bundle.
    pub index: Option<u64>,
    /// Offset of the record's first byte in the unpacked file; in a table, in its records one behind the other.
    pub byte_offset: u64,
}

/// One record as it stands in its file.
#[derive(Clone, PartialEq, Eq)]
pub struct Record<'r> {
    /// Where it lies.
    pub place: Place,
    /// Its exact bytes.
    pub bytes: &'r [u8],
}

// Records hold people; a panic message says where one lies, not what it says.
impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({:?}, {} bytes)", self.place, self.bytes.len())
    }
}

/// Why something is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTrouble {
    /// Where.
    pub place: Place,
    /// Why.
    pub cause: RecordCause,
}

/// Why something is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordCause {
    /// A line is longer than this many bytes.
    LineTooLong {
        /// The limit.
        limit_bytes: u64,
    },
    /// A file that has to be read as a whole is larger than this many bytes.
    FileTooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// An entry of a FHIR Bundle has no resource.
    EntryWithoutResource,
    /// The file cannot be taken apart.
    Unreadable(MapFault),
}

impl RecordCause {
    /// The finding code on the command line and in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LineTooLong { .. } => "LINE_TOO_LONG",
            Self::FileTooLarge { .. } => "ARCHIVE_LIMIT_EXCEEDED",
            Self::EntryWithoutResource => "SCHEMA_INVALID",
            Self::Unreadable(fault) => fault.code(),
        }
    }
}

/// Makes the event of one record by the rules of its profile.
pub fn event_of(profile: Profile, bytes: &[u8]) -> Result<Event, MapFault> {
    match profile {
        Profile::AuditBundle1 => ab1::event_of(bytes),
        Profile::FhirAuditEvent => fhir::event_of(bytes),
        Profile::Unknown => Err(MapFault::NoProfile),
    }
}

/// Some records of one file.
#[derive(Debug)]
pub struct RecordRun {
    file: Arc<str>,
    is_apart: bool,
    profile: Profile,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Lines(LineRun),
    Document { bytes: Vec<u8>, found: Vec<Found>, is_signed: bool, page: Option<fhir::Page> },
    Trouble(RecordCause),
}

impl RecordRun {
    /// The entry of the bundle that the records lie in.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether the bytes of its records are others than those of the file: it is packed, or a table.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        self.is_apart
    }

    /// Whether the records lie in a FHIR Bundle with a signature. It is present and was not checked.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        matches!(self.content, Content::Document { is_signed: true, .. })
    }

    /// What the FHIR Bundle that the records lie in says of itself as one page of a search result.
    #[must_use]
    pub fn page(&self) -> Option<&fhir::Page> {
        match &self.content {
            Content::Document { page, .. } => page.as_ref(),
            _ => None,
        }
    }

    /// The records in the order of the file, and what is none in its place.
    pub fn records(&self) -> impl Iterator<Item = Result<Record<'_>, RecordTrouble>> {
        let (lines, found, trouble) = match &self.content {
            Content::Lines(run) => (Some(run.lines()), None, None),
            Content::Document { bytes, found, .. } => (None, Some((bytes, found)), None),
            Content::Trouble(cause) => (None, None, Some(*cause)),
        };
        let lines = lines.into_iter().flatten().filter_map(|line| self.record_of_line(&line));
        let found = found.into_iter().flat_map(|(bytes, found)| found.iter().map(|one| self.record_of(bytes, one)));
        let trouble = trouble.map(|cause| Err(self.trouble(None, None, 0, cause)));
        lines.chain(found).chain(trouble)
    }

    fn record_of_line<'r>(&self, line: &Line<'r>) -> Option<Result<Record<'r>, RecordTrouble>> {
        let is_foreign = self.profile != Profile::AuditBundle1;
        if line.trouble == Some(LineTrouble::TooLong) {
            let limit_bytes = if is_foreign { FOREIGN_LINE_BYTES_MAX } else { AB1_LINE_BYTES_MAX };
            let cause = RecordCause::LineTooLong { limit_bytes };
            return Some(Err(self.trouble(Some(line.number), None, line.byte_offset, cause)));
        }
        let mut bytes = line.bytes;
        let mut byte_offset = line.byte_offset;
        if is_foreign {
            if byte_offset == 0
                && let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK)
            {
                bytes = rest;
                byte_offset = 3;
            }
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            // Blank lines separate nothing in foreign NDJSON and are common at its end.
            if bytes.trim_ascii().is_empty() {
                return None;
            }
        }
        Some(Ok(Record { place: self.place(Some(line.number), None, byte_offset), bytes }))
    }

    fn record_of<'r>(&self, bytes: &'r [u8], found: &Found) -> Result<Record<'r>, RecordTrouble> {
        let byte_offset = u64::try_from(found.range.start).unwrap_or(u64::MAX);
        match bytes.get(found.range.clone()) {
            Some(bytes) if !bytes.is_empty() => Ok(Record { place: self.place(None, found.index, byte_offset), bytes }),
            _ => Err(self.trouble(None, found.index, byte_offset, RecordCause::EntryWithoutResource)),
        }
    }

    fn place(&self, line: Option<u64>, index: Option<u64>, byte_offset: u64) -> Place {
        Place { file: Arc::clone(&self.file), line, index, byte_offset }
    }

    fn trouble(&self, line: Option<u64>, index: Option<u64>, byte_offset: u64, cause: RecordCause) -> RecordTrouble {
        RecordTrouble { place: self.place(line, index, byte_offset), cause }
    }
}

type Stream<'b> = Box<dyn Read + Send + 'b>;

/// A file with records, and in what form it lies there; `None` if that is none that is known.
struct Source {
    name: String,
    form: Option<Form>,
}

fn files_of(bundle: &Bundle) -> Vec<Source> {
    match bundle.profile() {
        Profile::AuditBundle1 => segment_files(bundle),
        Profile::FhirAuditEvent => foreign_files(bundle),
        Profile::Unknown => Vec::new(),
    }
}

fn foreign_files(bundle: &Bundle) -> Vec<Source> {
    let source = |(name, packing): (&str, _)| Source {
        name: name.to_owned(),
        form: Some(Form { layout: Layout::Lines, packing }),
    };
    fhir::resource_files(bundle).map(source).collect()
}

/// Reads the records of a bundle, run by run, with the memory of one run.
pub struct Records<'b> {
    bundle: &'b Bundle,
    files: std::vec::IntoIter<Source>,
    /// The file that is being read line by line.
    lines: Option<Open<'b>>,
}

/// A file that is being read.
struct Open<'b> {
    name: Arc<str>,
    is_apart: bool,
    reading: Reading<'b>,
}

enum Reading<'b> {
    Foreign(lines::Runs<Stream<'b>>),
    Segment(segment::Runs<Stream<'b>>),
}

impl Iterator for Reading<'_> {
    type Item = Result<LineRun, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Foreign(runs) => runs.next(),
            Self::Segment(runs) => runs.next().map(|run| run.map(segment::Run::into_lines)),
        }
    }
}

/// The records of all files of a bundle: in the order of the audit manifest, else of the names (of a packed tar archive:
/// in its own order, so that it is unpacked once).
///
/// A file that cannot be read gives one error in its place; the next files are still read.
#[must_use]
pub fn records(bundle: &Bundle) -> Records<'_> {
    Records { bundle, files: files_of(bundle).into_iter(), lines: None }
}

/// The files whose records have other bytes than the file: packed ones and tables. Offsets of their records are those of
/// [`content`].
#[must_use]
pub fn files_apart(bundle: &Bundle) -> Vec<(String, Form)> {
    let known = files_of(bundle).into_iter().filter_map(|file| Some((file.name, file.form?)));
    known.filter(|(_, form)| !form.is_plain()).collect()
}

/// The records of a file one behind the other: what it unpacks to, of a table its records as lines. A packed file of a
/// foreign export has no manifest that says how much that is: it may be no more than any file may have.
pub fn content<'b>(bundle: &'b Bundle, name: &str, form: Form) -> Result<Stream<'b>, ReadFault> {
    match (bundle.profile(), form.packing) {
        (Profile::AuditBundle1, _) => segment::text(bundle, name, form),
        (_, None) => bundle.stream(name),
        (_, Some(packing)) => {
            let limits = bundle.limits();
            Ok(Box::new(unpack(bundle.stream(name)?, packing, name, limits).at_most(limits.entry_bytes_max)))
        }
    }
}

/// The segments that the audit manifest names; without a readable one, what lies where segments lie.
fn segment_files(bundle: &Bundle) -> Vec<Source> {
    let manifest = bundle.read(ab1::AUDIT_MANIFEST_NAME, AUDIT_MANIFEST_BYTES_MAX).ok();
    let stated = |segment: ab1::Segment| Source {
        form: Form::stated(&segment.path, segment.media_type.as_deref(), segment.compression.as_deref()),
        name: segment.path,
    };
    let found = |name: &str| Source { name: name.to_owned(), form: Form::of_name(name) };
    if let Some(manifest) = manifest.and_then(|bytes| serde_json::from_slice::<ab1::Manifest>(&bytes).ok()) {
        return manifest.segments.into_iter().map(stated).collect();
    }
    let names = bundle.entries().iter().map(|entry| entry.name.as_str());
    names.filter(|name| name.starts_with("data/events/")).map(found).collect()
}

impl Records<'_> {
    fn open_lines(&mut self, name: &str, form: Form) -> Result<(), ReadFault> {
        let is_segment = self.bundle.profile() == Profile::AuditBundle1;
        let reading = match form.packing {
            _ if !is_segment => {
                Reading::Foreign(lines::runs(content(self.bundle, name, form)?, &LineLimits::foreign()))
            }
            None => Reading::Segment(segment::runs(self.bundle.stream(name)?, form.layout, name)),
            Some(packing) => {
                let unpacked = unpack(self.bundle.stream(name)?, packing, name, self.bundle.limits());
                Reading::Segment(segment::runs(Box::new(unpacked), form.layout, name))
            }
        };
        self.lines = Some(Open { name: name.into(), is_apart: !form.is_plain(), reading });
        Ok(())
    }

    /// Opens the next file: as lines, which are then read on, or as a whole.
    fn open_next(&mut self, source: &Source) -> Result<Option<RecordRun>, ReadFault> {
        let Source { name, form: Some(form) } = source else {
            return Err(ReadFault::Unsupported { name: source.name.clone() });
        };
        let is_segment = self.bundle.profile() == Profile::AuditBundle1;
        if is_segment || form.packing.is_some() || fhir::is_line_file(name) {
            return self.open_lines(name, *form).map(|()| None);
        }
        let content = match self.bundle.read(name, FHIR_FILE_BYTES_MAX) {
            Ok(bytes) => match fhir::split(&bytes) {
                Ok(Document::Lines) => return self.open_lines(name, *form).map(|()| None),
                Ok(Document::Resources { found, is_signed, page }) => {
                    Content::Document { bytes, found, is_signed, page }
                }
                Err(fault) => Content::Trouble(RecordCause::Unreadable(fault)),
            },
            Err(ReadFault::TooLarge { .. }) if self.begins_with_a_line(name)? => {
                return self.open_lines(name, *form).map(|()| None);
            }
            Err(ReadFault::TooLarge { limit_bytes, .. }) => Content::Trouble(RecordCause::FileTooLarge { limit_bytes }),
            Err(fault) => return Err(fault),
        };
        let (file, profile) = (name.as_str().into(), self.bundle.profile());
        Ok(Some(RecordRun { file, is_apart: false, profile, content }))
    }

    /// Whether the first line of a large file is a JSON value of its own.
    fn begins_with_a_line(&self, name: &str) -> Result<bool, ReadFault> {
        let mut runs = lines::runs(self.bundle.stream(name)?, &LineLimits::foreign());
        let Some(run) = runs.next().transpose()? else { return Ok(false) };
        let first = run.lines().next();
        Ok(first.is_some_and(|line| serde_json::from_slice::<serde::de::IgnoredAny>(line.bytes).is_ok()))
    }
}

impl Iterator for Records<'_> {
    type Item = Result<RecordRun, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(Open { name, is_apart, reading }) = &mut self.lines {
                let profile = self.bundle.profile();
                match reading.next() {
                    Some(run) => {
                        let (file, is_apart) = (Arc::clone(name), *is_apart);
                        let of = |run| RecordRun { file, is_apart, profile, content: Content::Lines(run) };
                        return Some(run.map(of));
                    }
                    None => self.lines = None,
                }
            }
            let source = self.files.next()?;
            match self.open_next(&source) {
                Ok(None) => {}
                Ok(Some(run)) => return Some(Ok(run)),
                Err(fault) => return Some(Err(fault)),
            }
        }
    }
}
