//! The bytes of a tar archive from its beginning, packed or not, with a way to get on.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

use super::Stop;
use super::header::Block;
use crate::fault::ReadFault;
use crate::limits::Limits;
use crate::steady::{Section, SteadyFile};
use crate::trouble::{Trouble, TroubleCode};
use crate::unpack::{Packing, Unpacked, unpack};

/// Bytes that are unpacked at once to be passed over.
const SKIP_BYTES: usize = 128 << 10;

/// A packed archive, unpacked from its beginning.
pub(super) type Unpacking = Unpacked<Section<Arc<SteadyFile>>>;

/// Begins to unpack a packed archive.
pub(super) fn unpacking(file: &Arc<SteadyFile>, packing: Packing, name: &str, limits: &Limits) -> Unpacking {
    unpack(Section::new(Arc::clone(file), 0, file.size_bytes()), packing, name, limits)
}

enum Medium {
    Plain(Arc<SteadyFile>),
    Packed(Box<Unpacking>),
}

/// The archive and how far it was read.
pub(super) struct Tape {
    medium: Medium,
    at: u64,
    deadline: Option<Instant>,
}

impl Tape {
    pub(super) fn new(
        file: &Arc<SteadyFile>,
        packing: Option<Packing>,
        limits: &Limits,
        deadline: Option<Instant>,
    ) -> Self {
        let medium = match packing {
            None => Medium::Plain(Arc::clone(file)),
            Some(packing) => Medium::Packed(Box::new(unpacking(file, packing, "", limits))),
        };
        Self { medium, at: 0, deadline }
    }

    /// How far the archive was read, in unpacked bytes.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Packed bytes that were used up, where the archive is packed.
    pub(super) fn packed_bytes(&self) -> Option<u64> {
        match &self.medium {
            Medium::Plain(_) => None,
            Medium::Packed(unpacking) => Some(unpacking.packed_bytes()),
        }
    }

    /// Fills as much of the buffer as there is.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Stop> {
        if self.deadline.is_some_and(|deadline| Instant::now() > deadline) {
            let message = "Listing it took longer than is allowed.".to_owned();
            return Err(Stop::Trouble(Trouble { code: TroubleCode::ArchiveLimitExceeded, file: None, message }));
        }
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            let count = match &mut self.medium {
                Medium::Plain(file) => Section::new(file, self.at, u64::MAX).read(room),
                Medium::Packed(unpacking) => unpacking.read(room),
            };
            match count {
                Ok(0) => break,
                Ok(count) => {
                    filled = filled.saturating_add(count);
                    self.at = self.at.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(stop_of(error)),
            }
        }
        Ok(filled)
    }

    /// The next block; `None` if nothing of it is there.
    pub(super) fn block(&mut self) -> Result<Option<Block>, Stop> {
        let mut block = [0; 512];
        match self.read(&mut block)? {
            0 => Ok(None),
            count if count == block.len() => Ok(Some(block)),
            _ => Err(cut_short()),
        }
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: u64) -> Result<Vec<u8>, Stop> {
        let mut bytes = vec![0; usize::try_from(count).unwrap_or(0)];
        if self.read(&mut bytes)? == bytes.len() { Ok(bytes) } else { Err(cut_short()) }
    }

    /// Passes over the next `count` bytes.
    pub(super) fn skip(&mut self, count: u64) -> Result<(), Stop> {
        if let Medium::Plain(file) = &self.medium {
            let end = self.at.checked_add(count).filter(|end| *end <= file.size_bytes());
            self.at = end.ok_or_else(cut_short)?;
            return Ok(());
        }
        let mut left = count;
        let mut buffer = vec![0; SKIP_BYTES];
        while left > 0 {
            let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let window = buffer.get_mut(..wanted).unwrap_or_default();
            match u64::try_from(self.read(window)?).unwrap_or(0) {
                0 => return Err(cut_short()),
                count => left = left.saturating_sub(count),
            }
        }
        Ok(())
    }
}

pub(super) fn cut_short() -> Stop {
    super::layout(None, "The archive ends in the middle of its structure: it was cut short.")
}

/// What an error of the tape means: the container's fault or the machine's.
fn stop_of(error: io::Error) -> Stop {
    match ReadFault::of(error) {
        fault @ ReadFault::Damaged { .. } => match fault.trouble() {
            Some(Trouble { code, message, .. }) => Stop::Trouble(Trouble { code, file: None, message }),
            None => cut_short(),
        },
        ReadFault::Stream { source } | ReadFault::Unreadable { source, .. } => Stop::Io(source),
        _ => Stop::Io(io::Error::from(io::ErrorKind::Other)),
    }
}
