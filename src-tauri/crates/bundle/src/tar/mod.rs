//! A bundle as a tar archive, plain or packed with gzip or Zstandard, read in place.
//!
//! A tar archive is a stream without an index. It is walked once when it is opened; from then on every entry is known
//! by where its content lies. In a plain archive that place is read directly. A packed archive can only be unpacked
//! from its beginning, so small files are kept in memory on the first walk, and unpackers that have come some way wait
//! for the next entry behind them ([`Parked`]): all entries in the order of the archive cost one more pass. Nothing is
//! ever written to a disk.
//!
//! The structure is read here and the library only decodes fields, for the reasons given at [`zip`](crate::zip): what
//! two programs could read in two ways is refused.
//!
//! # Invariants
//! * Entries are regular files and directories. Links, devices, pipes and files with holes refuse the archive.
//! * Memory is bounded: the kept files by two constants, and a few unpackers.

mod header;
mod parked;
mod records;
mod tape;
mod walk;

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use crate::escape::visible_bytes;
use crate::fault::ReadFault;
use crate::limits::Limits;
use crate::roster::{self, Roster};
use crate::steady::{Section, SteadyFile, WholeFile};
use crate::trouble::{Trouble, TroubleCode, Troubles};
use crate::unpack::Packing;

use header::Kind;
use parked::Parked;
use tape::Tape;
use walk::Found;

pub(crate) use header::{has_magic, is_header};

/// Bytes that recognize an archive: its first header.
pub(crate) const HEAD_BYTES: usize = 512;
/// Files of a packed archive that are not larger than this are kept in memory …
const KEPT_FILE_BYTES_MAX: u64 = 256 << 10;
/// … as long as they are no more than this together.
const KEPT_BYTES_MAX: u64 = 32 << 20;
/// A bag's own lists are read first, wherever they lie, and are kept up to this size together.
const KEPT_LISTS_BYTES_MAX: u64 = 64 << 20;

/// An open tar archive.
#[derive(Debug)]
pub(crate) struct Archive {
    file: Arc<SteadyFile>,
    /// What the file is called in messages.
    name: String,
    parked: Option<Parked>,
}

/// One regular file in the archive, under its full name.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
    pub(crate) placed: Placed,
}

/// Where the content of an entry lies.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// Offset in the archive, unpacked.
    pub(crate) offset: u64,
    /// The content itself, if it was kept.
    kept: Option<Arc<[u8]>>,
}

/// What was listed.
pub(crate) struct Listing {
    pub(crate) archive: Archive,
    pub(crate) members: Vec<Member>,
    pub(crate) directories: Vec<String>,
    pub(crate) troubles: Troubles,
}

/// Why walking stopped before the end.
enum Stop {
    /// The archive is at fault.
    Trouble(Trouble),
    /// The machine is at fault.
    Io(io::Error),
}

fn layout(file: Option<String>, message: impl Into<String>) -> Stop {
    Stop::Trouble(Trouble { code: TroubleCode::ArchiveLayout, file, message: message.into() })
}

impl Archive {
    /// Lists the archive. Only the machine's own failures are errors; what the archive does wrong is in the troubles.
    pub(crate) fn list(file: File, name: String, packing: Option<Packing>, limits: &Limits) -> io::Result<Listing> {
        let file = Arc::new(SteadyFile::new(file)?);
        let mut lister = Lister {
            roster: Roster::new(limits),
            members: Vec::new(),
            directories: Vec::new(),
            kept_bytes: 0,
            kept_lists_bytes: 0,
            is_over: false,
        };
        let mut tape = Tape::new(&file, packing, limits, lister.roster.deadline());
        match lister.walk(&mut tape) {
            Ok(()) => {}
            Err(Stop::Trouble(trouble)) => lister.roster.troubles.push(trouble),
            Err(Stop::Io(error)) => return Err(error),
        }
        if !file.unchanged() {
            // What it did wrong may be what somebody did to it just now.
            return Err(ReadFault::Changed { name }.into_io());
        }
        let Lister { roster, members, directories, .. } = lister;
        let parked = packing.map(|packing| Parked::new(packing, limits));
        Ok(Listing { archive: Self { file, name, parked }, members, directories, troubles: roster.troubles })
    }

    /// The archive itself, byte for byte.
    pub(crate) fn whole(&self) -> Box<dyn Read + Send + '_> {
        Box::new(WholeFile::new(&*self.file, &self.name))
    }

    /// How long the archive itself is.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.file.size_bytes()
    }

    /// A reader over one entry from its beginning.
    pub(crate) fn stream<'b>(
        &'b self,
        name: &'b str,
        size_bytes: u64,
        placed: &'b Placed,
    ) -> Result<Box<dyn Read + Send + 'b>, ReadFault> {
        if !self.file.unchanged() {
            return Err(ReadFault::Changed { name: name.to_owned() });
        }
        if let Some(kept) = &placed.kept {
            return Ok(Box::new(&**kept));
        }
        let Some(parked) = &self.parked else {
            let reader = Section::new(&*self.file, placed.offset, size_bytes);
            return Ok(Box::new(Content { file: &self.file, name, reader, left_bytes: size_bytes }));
        };
        let reader = parked.reader(&self.file, name, placed.offset, size_bytes);
        Ok(Box::new(Content { file: &self.file, name, reader, left_bytes: size_bytes }))
    }

    /// What the archive is packed with.
    pub(crate) fn packing(&self) -> Option<Packing> {
        self.parked.as_ref().map(Parked::packing)
    }
}

/// The content of an entry; it ends without an error only if all of it came from the file that was listed.
struct Content<'b, R> {
    file: &'b SteadyFile,
    name: &'b str,
    reader: R,
    left_bytes: u64,
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let changed = || ReadFault::Changed { name: self.name.to_owned() }.into_io();
        match self.reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            // What cannot be unpacked now could be when it was listed.
            Err(_) if !self.file.unchanged() => Err(changed()),
            Err(error) if is_ours(&error) => Err(error),
            Err(error) => Err(ReadFault::from_io(self.name, error).into_io()),
            Ok(0) if self.left_bytes > 0 || !self.file.unchanged() => Err(changed()),
            Ok(count) => {
                self.left_bytes = self.left_bytes.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
                Ok(count)
            }
        }
    }
}

/// Whether an error already carries what this room has to say.
fn is_ours(error: &io::Error) -> bool {
    let Some(inner) = error.get_ref() else { return false };
    inner.is::<ReadFault>()
}

/// Takes entries in while the archive is walked.
struct Lister<'l> {
    roster: Roster<'l>,
    members: Vec<Member>,
    directories: Vec<String>,
    kept_bytes: u64,
    kept_lists_bytes: u64,
    /// An entry is so large that what lies behind it is not looked for.
    is_over: bool,
}

impl Lister<'_> {
    fn walk(&mut self, tape: &mut Tape) -> Result<(), Stop> {
        while !self.roster.exhausted() && !self.is_over {
            let Some(found) = walk::next(tape)? else { break };
            self.take(&found, tape)?;
        }
        Ok(())
    }

    fn take(&mut self, found: &Found, tape: &mut Tape) -> Result<(), Stop> {
        let shown = || Some(visible_bytes(&found.raw_name));
        let (code, message) = match found.kind {
            Kind::File => return self.take_file(found, tape),
            Kind::Directory => {
                self.take_directory(found);
                return Ok(());
            }
            Kind::Link => (TroubleCode::LinkForbidden, "The entry is a link; links are never followed."),
            Kind::Sparse => (TroubleCode::ArchiveEntryType, "The entry is a file with holes, which is not unpacked."),
            _ => (TroubleCode::ArchiveEntryType, "The entry is a pipe, a device or something else that is no file."),
        };
        self.roster.troubles.add(code, shown(), message);
        if found.kind == Kind::Sparse {
            // How much of it lies in the archive depends on who reads it.
            return Err(layout(shown(), "What lies behind a file with holes cannot be found with certainty."));
        }
        Ok(())
    }

    fn take_directory(&mut self, found: &Found) {
        let raw = found.raw_name.strip_suffix(b"/").unwrap_or(&found.raw_name);
        if raw == b"." {
            return;
        }
        if let Some(name) = self.roster.admit(without_here(raw), roster::Kind::Directory, 0) {
            self.directories.push(name);
        }
    }

    fn take_file(&mut self, found: &Found, tape: &mut Tape) -> Result<(), Stop> {
        let Found { raw_name, size_bytes, .. } = found;
        let admitted = self.roster.admit(without_here(raw_name), roster::Kind::File, *size_bytes);
        if *size_bytes > self.roster.limits().entry_bytes_max {
            self.is_over = true;
            return Ok(());
        }
        let offset = tape.at();
        let packed_before = tape.packed_bytes();
        let kept =
            if admitted.as_deref().is_some_and(|name| tape.packed_bytes().is_some() && self.keeps(name, *size_bytes)) {
                Some(tape.take(*size_bytes)?.into())
            } else {
                tape.skip(*size_bytes)?;
                None
            };
        if let (Some(before), Some(after)) = (packed_before, tape.packed_bytes()) {
            self.roster.weigh(Some(visible_bytes(raw_name)), after.saturating_sub(before), *size_bytes);
        }
        walk::skip_padding(tape, *size_bytes)?;
        if let Some(name) = admitted {
            self.members.push(Member { name, size_bytes: *size_bytes, placed: Placed { offset, kept } });
        }
        Ok(())
    }

    /// Whether a file of a packed archive is kept in memory.
    fn keeps(&mut self, name: &str, size_bytes: u64) -> bool {
        let depth = name.split('/').count();
        let budgets = [
            (depth <= 2, KEPT_LISTS_BYTES_MAX, &mut self.kept_lists_bytes),
            (size_bytes <= KEPT_FILE_BYTES_MAX, KEPT_BYTES_MAX, &mut self.kept_bytes),
        ];
        for (is_meant, bytes_max, used) in budgets {
            let after = used.saturating_add(size_bytes);
            if is_meant && after <= bytes_max {
                *used = after;
                return true;
            }
        }
        false
    }
}

/// The name without the `./` that `tar` itself writes before every name when it packs the directory it stands in.
fn without_here(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(b"./").unwrap_or(raw)
}
