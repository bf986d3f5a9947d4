//! Why looking failed, as opposed to what was seen.
//!
//! [`OpenFault`] means that nothing can be said about the file. [`ReadFault`] means that one entry could not be read to
//! its end; where that is the fault of the container and not of this machine, [`ReadFault::trouble`] has the finding.

use std::io;
use std::path::{Path, PathBuf};

use crate::escape::visible;
use crate::json::JsonTrouble;
use crate::trouble::{Trouble, TroubleCode};

/// Why a path could not be opened as a bundle.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// Nothing lies there.
    #[error("there is nothing at {}", show(.path))]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// It, or a directory in it, cannot be read.
    #[error("{} cannot be read", show(.path))]
    Unreadable {
        /// The file or directory that refused.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is none of the containers that are known.
    #[error("{} is not an audit bundle: {}", show(.path), .looks_like.sentence())]
    NotABundle {
        /// The path as given.
        path: PathBuf,
        /// What it is instead.
        looks_like: LooksLike,
    },
}

impl OpenFault {
    /// The same with a path that says no more than the name of what was `chosen`, and what lies in it.
    #[must_use]
    pub fn named_from(mut self, chosen: &Path) -> Self {
        let (Self::Missing { path } | Self::Unreadable { path, .. } | Self::NotABundle { path, .. }) = &mut self;
        let below = chosen.parent().and_then(|folder| path.strip_prefix(folder).ok()).map(Path::to_owned);
        // What was followed elsewhere keeps its last name.
        if let Some(named) = below.or_else(|| path.file_name().map(PathBuf::from)) {
            *path = named;
        }
        self
    }
}

fn show(path: &Path) -> String {
    crate::escape::visible_bytes(path.as_os_str().as_encoded_bytes())
}

/// What a file that is no bundle seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LooksLike {
    /// A file without content.
    Empty,
    /// Something packed with gzip that is no tar archive.
    Gzip,
    /// Something packed with Zstandard that is no tar archive.
    Zstandard,
    /// Something packed with bzip2 or xz.
    OtherCompression,
    /// A 7-Zip or RAR archive.
    OtherArchive,
    /// A PDF document.
    Pdf,
    /// An XML document.
    Xml,
    /// A database or another binary file.
    Binary,
    /// JSON without FHIR `AuditEvent`s.
    OtherJson,
    /// The records of an audit bundle without the bundle.
    LoneSegment,
    /// Some other text.
    Text,
    /// A zip or tar archive in which no bundle lies.
    OtherContent,
    /// A directory in which no bundle lies.
    OtherDirectory,
    /// A directory with several bundles.
    SeveralBundles,
    /// A pipe, a device or a socket.
    SpecialFile,
}

impl LooksLike {
    /// What it is and what to do, as the end of a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "the file is empty",
            Self::Gzip => "it is packed with gzip and holds no tar archive; unpack it and open what it holds",
            Self::Zstandard => "it is packed with Zstandard and holds no tar archive; unpack it and open what it holds",
            Self::OtherCompression => "it is packed with bzip2 or xz; unpack it and open what it holds",
            Self::OtherArchive => "it is a 7-Zip or RAR archive; unpack it and open the directory",
            Self::Pdf => "it is a PDF document; ask for the exported log itself",
            Self::Xml => "it is an XML document; audit messages in XML cannot be opened yet",
            Self::Binary => {
                "it is a binary file of another kind; open a bundle's directory or archive, or FHIR AuditEvents"
            }
            Self::OtherJson => "it is JSON without FHIR AuditEvents",
            Self::LoneSegment => "it is a segment of an audit bundle; open the bundle's directory or archive",
            Self::Text => "it is a text file; open a bundle's directory or archive, or FHIR AuditEvents",
            Self::OtherContent => "it is an archive without bagit.txt and without FHIR AuditEvents",
            Self::OtherDirectory => "the directory has no bagit.txt and no FHIR AuditEvents",
            Self::SeveralBundles => "the directory holds several bundles; open one of them",
            Self::SpecialFile => "it is a pipe, a device or a socket",
        }
    }
}

/// Why an entry could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// No entry has this name.
    #[error("the bundle has no file {}", visible(.name))]
    NoSuchEntry {
        /// The name asked for.
        name: String,
    },
    /// The container was refused, so nothing of it is read. [`Bundle::troubles`](crate::Bundle::troubles) says why.
    #[error("{} is not read: the container was refused", visible(.name))]
    Refused {
        /// The name asked for.
        name: String,
    },
    /// The entry is larger than the reader is ready for.
    #[error("{} is larger than {limit_bytes} bytes", visible(.name))]
    TooLarge {
        /// The entry.
        name: String,
        /// What the reader was ready for, in bytes.
        limit_bytes: u64,
    },
    /// The entry changed after the bundle was opened.
    #[error("{} changed while it was read", visible(.name))]
    Changed {
        /// The entry.
        name: String,
    },
    /// The entry vanished after the bundle was opened.
    #[error("{} vanished while the bundle was read", visible(.name))]
    Vanished {
        /// The entry.
        name: String,
    },
    /// The system would not let it be read.
    #[error("{} cannot be read", visible(.name))]
    Unreadable {
        /// The entry.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The container's own bytes are damaged here: a finding, see [`ReadFault::trouble`].
    #[error("{}: {}", visible(.name), .damage.sentence())]
    Damaged {
        /// The entry.
        name: String,
        /// How.
        damage: Damage,
    },
    /// The entry is packed or laid out in a way that cannot be read yet.
    #[error("{} is of a kind that cannot be read yet", visible(.name))]
    Unsupported {
        /// The entry.
        name: String,
    },
    /// A stream that is no entry of a bundle failed.
    #[error("the stream cannot be read")]
    Stream {
        /// What the reader said.
        #[source]
        source: io::Error,
    },
}

/// How the packed content of an entry, or a table in it, is damaged. Its words in data are kept with what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// The packed bytes cannot be unpacked.
    Unpackable,
    /// The content does not have the checksum that the container states.
    Checksum,
    /// It unpacks to more bytes than the container states.
    LongerThanStated,
    /// It unpacks to fewer bytes than the container states.
    ShorterThanStated,
    /// Packed bytes are left over behind the end of the content.
    LeftOver,
    /// The packed content ends in the middle.
    CutShort,
    /// It unpacks to more, for what it takes packed, than the [`Limits`](crate::Limits) allow.
    UnpacksTooFar,
    /// It unpacks to more bytes than a file may have.
    UnpacksTooLarge,
    /// Unpacking it takes more memory than is given to it.
    WindowTooLarge,
    /// A table of records has no column of that name, or several.
    RecordColumn,
    /// The structure of a table cannot be read.
    TableUnreadable,
    /// A part of a table is larger than is read at once.
    TableTooLarge,
    /// A table that has to be held as a whole is too large for that.
    TableTooLargeToHold,
    /// A table is packed or encoded in a way that is not read.
    TableUnfit,
}

impl Damage {
    /// A sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unpackable => "The packed content is damaged and cannot be unpacked.",
            Self::Checksum => "The content does not have the checksum that the archive states.",
            Self::LongerThanStated => "The content is longer than the archive states.",
            Self::ShorterThanStated => "The content is shorter than the archive states.",
            Self::LeftOver => "Bytes are left over behind the packed content.",
            Self::CutShort => "The packed content ends in the middle: it was cut short.",
            Self::UnpacksTooFar => "It unpacks to more, for its packed size, than is allowed: it may be a trap.",
            Self::UnpacksTooLarge => "It unpacks to more bytes than one file may have; --allow-large raises the limit.",
            Self::WindowTooLarge => "Unpacking it takes more than 128 MiB of memory.",
            Self::RecordColumn => "The table needs exactly one column `record`, which holds the records.",
            Self::TableUnreadable => "The table is damaged or cut short: its structure cannot be read.",
            Self::TableTooLargeToHold => {
                "The Parquet file is larger than 128 MiB, which is as much as is read of one: ask for smaller segments, or \
                 for NDJSON."
            }
            Self::TableUnfit => {
                "The Parquet file is packed or encoded in a way that is not read: Snappy, Zstandard or nothing, plain or \
                 with dictionaries."
            }
            Self::TableTooLarge => "The table has more columns, or a larger part of it in one piece, than is read.",
        }
    }

    /// Which rule for containers it breaks.
    #[must_use]
    pub const fn code(self) -> TroubleCode {
        match self {
            Self::UnpacksTooFar
            | Self::UnpacksTooLarge
            | Self::WindowTooLarge
            | Self::TableTooLarge
            | Self::TableTooLargeToHold => TroubleCode::ArchiveLimitExceeded,
            Self::RecordColumn | Self::TableUnfit => TroubleCode::SchemaInvalid,
            Self::TableUnreadable => TroubleCode::RecordUnparseable,
            _ => TroubleCode::ArchiveLayout,
        }
    }
}

impl ReadFault {
    /// The finding, where the container is to blame; `None` where reading itself failed.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        let Self::Damaged { name, damage } = self else { return None };
        let file = Some(visible(name).into_owned());
        Some(Trouble { code: damage.code(), file, message: damage.sentence().to_owned() })
    }

    /// The fault that one of this crate's readers wrapped into an `io::Error`, or the bare error of another reader.
    #[must_use]
    pub fn of(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(source) => Self::Stream { source },
        }
    }

    /// Wraps the fault so that it passes through [`std::io::Read`]; [`ReadFault::of`] takes it out again.
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::other(self)
    }

    /// The fault of a failed system call on an entry.
    pub(crate) fn from_io(name: &str, source: io::Error) -> Self {
        let name = name.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Vanished { name },
            _ => Self::Unreadable { name, source },
        }
    }
}

/// Why the bytes of a record became no event. The record itself is kept; nothing of it is quoted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapFault {
    /// Not UTF-8.
    #[error("the record is not UTF-8 from byte {byte_offset} on")]
    NotUtf8 {
        /// Offset of the first such byte in the record.
        byte_offset: u64,
    },
    /// Not JSON.
    #[error("the record is not JSON at byte {byte_offset}")]
    Malformed {
        /// Offset in the record.
        byte_offset: u64,
    },
    /// One object has two members of one name, so that two readers could read two records.
    #[error("the record has a duplicate member at byte {byte_offset}")]
    DuplicateMember {
        /// Offset in the record, behind the second name.
        byte_offset: u64,
    },
    /// Nested deeper, or made of more values, than the limit.
    #[error("the record is nested too deep or has too many parts at byte {byte_offset}")]
    TooComplex {
        /// Offset in the record.
        byte_offset: u64,
    },
    /// JSON of another shape than the profile's.
    #[error("the record does not have the shape of its profile at byte {byte_offset}")]
    OtherShape {
        /// Offset in the record.
        byte_offset: u64,
    },
    /// A FHIR resource of another type, or a JSON file that is no resource: nothing is wrong with it, it is no event.
    #[error("the resource is not an AuditEvent")]
    NotAnAuditEvent,
    /// No profile says how to read the record.
    #[error("no profile is known for the record")]
    NoProfile,
}

impl MapFault {
    /// The finding code on the command line and in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } | Self::Malformed { .. } | Self::TooComplex { .. } => "RECORD_UNPARSEABLE",
            Self::DuplicateMember { .. } => "DUPLICATE_MEMBER",
            Self::OtherShape { .. } | Self::NoProfile => "SCHEMA_INVALID",
            Self::NotAnAuditEvent => "RESOURCE_NOT_AUDIT_EVENT",
        }
    }

    /// Where in the record, in bytes from its beginning.
    #[must_use]
    pub const fn byte_offset(self) -> Option<u64> {
        match self {
            Self::NotUtf8 { byte_offset }
            | Self::Malformed { byte_offset }
            | Self::DuplicateMember { byte_offset }
            | Self::TooComplex { byte_offset }
            | Self::OtherShape { byte_offset } => Some(byte_offset),
            Self::NotAnAuditEvent | Self::NoProfile => None,
        }
    }
}

impl From<JsonTrouble> for MapFault {
    fn from(trouble: JsonTrouble) -> Self {
        let wide = |byte_offset: usize| u64::try_from(byte_offset).unwrap_or(u64::MAX);
        match trouble {
            JsonTrouble::NotUtf8 { byte_offset } => Self::NotUtf8 { byte_offset: wide(byte_offset) },
            JsonTrouble::Malformed { byte_offset } => Self::Malformed { byte_offset: wide(byte_offset) },
            JsonTrouble::DuplicateMember { byte_offset } => Self::DuplicateMember { byte_offset: wide(byte_offset) },
            JsonTrouble::TooComplex { byte_offset } => Self::TooComplex { byte_offset: wide(byte_offset) },
            JsonTrouble::OtherShape { byte_offset } => Self::OtherShape { byte_offset: wide(byte_offset) },
        }
    }
}
