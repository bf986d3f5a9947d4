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
use crate::lines::{self, Line, LineLimits, LineRun, LineTrouble, Runs};
use crate::sniff::BYTE_ORDER_MARK;
use crate::unpack::{Packing, unpack};

/// Where a record lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The entry of the bundle.
    pub file: Arc<str>,
    /// The line, from 1, where records are lines.
    pub line: Option<u64>,
    /// The number of the entry, from 0, where records are entries of a FHIR Bundle.
    pub index: Option<u64>,
    /// Offset of the record's first byte in the unpacked file.
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
    is_packed: bool,
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

    /// Whether the file is packed: then its records have other bytes than the file.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.is_packed
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

/// A file with records, and how its content is packed.
struct Source {
    name: String,
    packing: Option<Packing>,
}

fn foreign_files(bundle: &Bundle) -> Vec<Source> {
    let files = fhir::resource_files(bundle);
    files.map(|(name, packing)| Source { name: name.to_owned(), packing }).collect()
}

/// Reads the records of a bundle, run by run, with the memory of one run.
pub struct Records<'b> {
    bundle: &'b Bundle,
    files: std::vec::IntoIter<Source>,
    /// The file that is being read line by line.
    /// Its name, and whether it is packed.
    lines: Option<(Arc<str>, bool, Runs<Stream<'b>>)>,
}

/// The records of all files of a bundle: in the order of the audit manifest, else of the names (of a packed tar archive:
/// in its own order, so that it is unpacked once).
///
/// A file that cannot be read gives one error in its place; the next files are still read.
#[must_use]
pub fn records(bundle: &Bundle) -> Records<'_> {
    let files: Vec<Source> = match bundle.profile() {
        Profile::AuditBundle1 => segment_files(bundle),
        Profile::FhirAuditEvent => foreign_files(bundle),
        Profile::Unknown => Vec::new(),
    };
    Records { bundle, files: files.into_iter(), lines: None }
}

/// The files with records that are packed: offsets of their records are those of what they unpack to.
#[must_use]
pub fn packed_files(bundle: &Bundle) -> Vec<(String, Packing)> {
    let files = match bundle.profile() {
        Profile::AuditBundle1 => segment_files(bundle),
        Profile::FhirAuditEvent => foreign_files(bundle),
        Profile::Unknown => Vec::new(),
    };
    files.into_iter().filter_map(|source| Some((source.name, source.packing?))).collect()
}

/// What a packed file with records unpacks to. One of a foreign export has no manifest that says how much that is: it
/// may be no more than any file may have.
pub fn content<'b>(bundle: &'b Bundle, name: &str, packing: Packing) -> Result<Box<dyn Read + Send + 'b>, ReadFault> {
    let limits = bundle.limits();
    let content = unpack(bundle.stream(name)?, packing, name, limits);
    Ok(Box::new(match bundle.profile() {
        Profile::AuditBundle1 => content,
        Profile::FhirAuditEvent | Profile::Unknown => content.at_most(limits.entry_bytes_max),
    }))
}

/// The segments that the audit manifest names; without a readable one, what lies where segments lie.
fn segment_files(bundle: &Bundle) -> Vec<Source> {
    let manifest = bundle.read(ab1::AUDIT_MANIFEST_NAME, AUDIT_MANIFEST_BYTES_MAX).ok();
    let stated = |segment: ab1::Segment| Source {
        packing: segment.compression.as_deref().and_then(Packing::named),
        name: segment.path,
    };
    match manifest.and_then(|bytes| serde_json::from_slice::<ab1::Manifest>(&bytes).ok()) {
        Some(manifest) => manifest.segments.into_iter().map(stated).collect(),
        None => bundle
            .entries()
            .iter()
            .filter(|entry| entry.name.starts_with("data/events/"))
            .map(|entry| Source { name: entry.name.clone(), packing: Packing::of_name(&entry.name) })
            .collect(),
    }
}

impl Records<'_> {
    fn open_lines(&mut self, name: &str, packing: Option<Packing>, limits: LineLimits) -> Result<(), ReadFault> {
        // The name is looked up in the bundle, whose own copy of it lives as long as the stream.
        let stream = match packing {
            Some(packing) => content(self.bundle, name, packing)?,
            None => self.bundle.stream(name)?,
        };
        self.lines = Some((name.into(), packing.is_some(), lines::runs(stream, &limits)));
        Ok(())
    }

    /// Opens the next file: as lines, which are then read on, or as a whole.
    fn open_next(&mut self, source: &Source) -> Result<Option<RecordRun>, ReadFault> {
        let Source { name, packing } = source;
        if self.bundle.profile() == Profile::AuditBundle1 {
            if ![".ndjson", ".ndjson.gz", ".ndjson.zst"].iter().any(|ending| name.ends_with(ending)) {
                return Err(ReadFault::Unsupported { name: name.to_owned() });
            }
            return self.open_lines(name, *packing, LineLimits::audit_bundle()).map(|()| None);
        }
        if packing.is_some() || fhir::is_line_file(name) {
            return self.open_lines(name, *packing, LineLimits::foreign()).map(|()| None);
        }
        let content = match self.bundle.read(name, FHIR_FILE_BYTES_MAX) {
            Ok(bytes) => match fhir::split(&bytes) {
                Ok(Document::Lines) => return self.open_lines(name, None, LineLimits::foreign()).map(|()| None),
                Ok(Document::Resources { found, is_signed, page }) => {
                    Content::Document { bytes, found, is_signed, page }
                }
                Err(fault) => Content::Trouble(RecordCause::Unreadable(fault)),
            },
            Err(ReadFault::TooLarge { .. }) if self.begins_with_a_line(name)? => {
                return self.open_lines(name, None, LineLimits::foreign()).map(|()| None);
            }
            Err(ReadFault::TooLarge { limit_bytes, .. }) => Content::Trouble(RecordCause::FileTooLarge { limit_bytes }),
            Err(fault) => return Err(fault),
        };
        let (file, profile) = (name.as_str().into(), self.bundle.profile());
        Ok(Some(RecordRun { file, is_packed: false, profile, content }))
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
            if let Some((file, is_packed, runs)) = &mut self.lines {
                let profile = self.bundle.profile();
                match runs.next() {
                    Some(run) => {
                        let (file, is_packed) = (Arc::clone(file), *is_packed);
                        let of = |run| RecordRun { file, is_packed, profile, content: Content::Lines(run) };
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
