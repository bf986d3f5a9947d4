//! A bundle as a zip archive, read in place.
//!
//! The archive's structure is read here and not by a library, because a library repairs and guesses: it collapses
//! duplicate names, rewrites unsafe ones and takes the central directory's word over the local header's. An archive
//! that two programs could read in two ways is refused; what is left has one meaning, and that meaning is what is
//! hashed.
//!
//! # Invariants
//! * Central directory, local headers and end record agree with each other in every field that matters.
//! * Members, central directory and end record tile the file: no gap, no overlap, nothing before or behind.
//! * Members are stored or deflated, not encrypted, and unpack to exactly the stated size and checksum.

mod central;
mod fields;
mod local;
mod member;
mod tail;

use std::fs::File;
use std::io::{self, Read};

use crate::fault::ReadFault;
use crate::limits::Limits;
use crate::lone::LoneFile;
use crate::roster::{Kind, Roster};
use crate::steady::{SteadyFile, WholeFile};
use crate::trouble::{Trouble, TroubleCode, Troubles};

pub(crate) use member::Packed;

/// An open zip archive whose structure was found sound.
#[derive(Debug)]
pub(crate) struct Archive {
    file: SteadyFile,
    /// What the file is called in messages.
    name: String,
}

/// One regular file in the archive, under its full name.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
    pub(crate) packed: Packed,
}

/// What was listed: the archive, its regular files, and every directory that has an entry of its own.
pub(crate) struct Listing {
    pub(crate) archive: Archive,
    pub(crate) members: Vec<Member>,
    pub(crate) directories: Vec<String>,
    pub(crate) troubles: Troubles,
}

/// Why listing stopped before the end.
enum Stop {
    /// The archive is at fault.
    Layout(Trouble),
    /// The machine is at fault.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        // The file is shorter than it was a moment ago, or than its own structure says.
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return layout(None, "The archive ends in the middle of its structure: it was cut short.");
        }
        Self::Io(error)
    }
}

fn layout(file: Option<String>, message: impl Into<String>) -> Stop {
    Stop::Layout(Trouble { code: TroubleCode::ArchiveLayout, file, message: message.into() })
}

/// Whether a file that does not begin like a zip ends like one: a zip behind leading junk.
pub(crate) fn ends_like_a_zip(file: &LoneFile) -> bool {
    tail::has_end_record(file.steady())
}

impl Archive {
    /// Lists the archive. Only the machine's own failures are errors; what the archive does wrong is in the troubles.
    pub(crate) fn list(file: File, name: String, limits: &Limits) -> io::Result<Listing> {
        let file = SteadyFile::new(file)?;
        let mut roster = Roster::new(limits);
        let mut members = Vec::new();
        let mut directories = Vec::new();
        match list_into(&file, &mut roster, &mut members, &mut directories) {
            Ok(()) => {}
            Err(Stop::Layout(trouble)) => roster.troubles.push(trouble),
            Err(Stop::Io(error)) => return Err(error),
        }
        if !file.unchanged() {
            // What it did wrong may be what somebody did to it just now.
            return Err(ReadFault::Changed { name }.into_io());
        }
        Ok(Listing { archive: Self { file, name }, members, directories, troubles: roster.troubles })
    }

    /// The archive itself, byte for byte.
    pub(crate) fn whole(&self) -> Box<dyn Read + Send + '_> {
        Box::new(WholeFile::new(&self.file, &self.name))
    }

    /// How long the archive itself is.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.file.size_bytes()
    }

    /// Unpacks one member from its beginning.
    pub(crate) fn stream<'b>(&'b self, name: &'b str, size_bytes: u64, packed: Packed) -> Box<dyn Read + Send + 'b> {
        member::stream(&self.file, name, size_bytes, packed)
    }

    /// Whether the archive on the disk is still the one that was listed.
    pub(crate) fn check_unchanged(&self, name: &str) -> Result<(), ReadFault> {
        if self.file.unchanged() { Ok(()) } else { Err(ReadFault::Changed { name: name.to_owned() }) }
    }
}

fn list_into(
    file: &SteadyFile,
    roster: &mut Roster<'_>,
    members: &mut Vec<Member>,
    directories: &mut Vec<String>,
) -> Result<(), Stop> {
    let end = tail::find(file)?;
    let mut extents = Vec::new();
    let mut packed_total = 0_u64;
    let mut unpacked_total = 0_u64;
    central::read(file, &end, |record| {
        packed_total = packed_total.saturating_add(record.packed_bytes);
        unpacked_total = unpacked_total.saturating_add(record.size_bytes);
        let (raw, kind) = match record.raw_name.split_last() {
            Some((b'/', rest)) => (rest, Kind::Directory),
            _ => (record.raw_name.as_slice(), Kind::File),
        };
        roster.weigh(Some(record.shown_name()), record.packed_bytes, record.size_bytes);
        let admitted = roster.admit(raw, kind, record.size_bytes);
        if let Some(trouble) = record.trouble(kind) {
            roster.troubles.push(trouble);
        } else if let Some(name) = admitted {
            match kind {
                Kind::Directory => directories.push(name),
                Kind::File => members.push(Member {
                    name,
                    size_bytes: record.size_bytes,
                    // Where the content begins is known when the local header has been read.
                    packed: Packed::unplaced(&record),
                }),
            }
        }
        extents.push(record);
        !roster.exhausted()
    })?;
    roster.weigh(None, packed_total, unpacked_total);
    if roster.exhausted() {
        return Ok(());
    }
    let begins = local::tile(file, &end, &mut extents)?;
    for member in members {
        member.packed.place(&begins);
    }
    Ok(())
}
