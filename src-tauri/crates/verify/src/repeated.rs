//! Events of a foreign export that stand in it more than once: the same id and version, or the same bytes where there is
//! no id.
//!
//! Only fingerprints are kept, in the [`Spill`]: 24 bytes for each record. They are keyed and of 128 bits, so that nobody
//! can make two ids of one fingerprint; no record is read again for it.

use std::hash::Hasher as _;
use std::sync::Arc;

use bundle::records::Place;

use crate::fault::{Halt, VerifyFault};
use crate::finding::{Code, Finding};
use crate::foreign::named;
use crate::hands::{Print, Spill};
use crate::words::number;
use crate::work::Work;

/// Fingerprints that are gathered before the spill takes them.
const PRINTS_MAX: usize = 4096;
/// Bits of a packed place that say where in its file a record lies. Above them two say what that counts, and the rest
/// which file it is.
const POSITION_BITS: u32 = 39;
const POSITION_MAX: u64 = (1 << POSITION_BITS) - 1;
const FILE_SHIFT: u32 = POSITION_BITS + 2;
const KINDS: u64 = 3;
const WHOLE: u64 = 0;
const LINE: u64 = 1;
const ENTRY: u64 = 2;

/// Gathers the ids of all events and tells which repeat.
pub(crate) struct Repeated<'s> {
    spill: &'s mut dyn Spill,
    key: [u8; 16],
    prints: Vec<Print>,
    files: Vec<Arc<str>>,
}

impl<'s> Repeated<'s> {
    pub(crate) fn new(spill: &'s mut dyn Spill, key: [u8; 16]) -> Self {
        Self { spill, key, prints: Vec::new(), files: Vec::new() }
    }

    /// Takes the id of an event; files come one after the other.
    pub(crate) fn note(&mut self, event_id: &str, place: &Place) -> Result<(), Halt> {
        if self.files.last().is_none_or(|file| *file != place.file) {
            self.files.push(Arc::clone(&place.file));
        }
        let place = self.packed(place);
        self.prints.push(Print { key: self.print(event_id), place });
        if self.prints.len() < PRINTS_MAX {
            return Ok(());
        }
        self.hand_over()
    }

    fn hand_over(&mut self) -> Result<(), Halt> {
        self.spill.add(&mut self.prints).map_err(|fault| Halt::Fault(VerifyFault::Spill(fault)))
    }

    fn print(&self, event_id: &str) -> [u64; 2] {
        [0, 1].map(|half| {
            let mut hasher = std::hash::DefaultHasher::new();
            hasher.write(&self.key);
            hasher.write_u8(half);
            hasher.write(event_id.as_bytes());
            hasher.finish()
        })
    }

    fn packed(&self, place: &Place) -> u64 {
        let file = u64::try_from(self.files.len().saturating_sub(1)).unwrap_or(u64::MAX);
        let (kind, position) = match (place.line, place.index) {
            (Some(line), _) => (LINE, line),
            (None, Some(index)) => (ENTRY, index),
            (None, None) => (WHOLE, 0),
        };
        (file << FILE_SHIFT) | (kind << POSITION_BITS) | position.min(POSITION_MAX)
    }

    fn unpacked(&self, packed: u64) -> Option<Place> {
        let file = self.files.get(usize::try_from(packed >> FILE_SHIFT).ok()?)?;
        let (kind, position) = (packed >> POSITION_BITS & KINDS, packed & POSITION_MAX);
        let at = |wanted| (kind == wanted).then_some(position);
        Some(Place { file: Arc::clone(file), line: at(LINE), index: at(ENTRY), byte_offset: 0 })
    }

    /// Tells how many records are there again, and the first of them.
    pub(crate) fn tell(mut self, work: &mut Work<'_>) -> Result<(), Halt> {
        self.hand_over()?;
        let (mut count, mut first) = (0_u64, None);
        let each = &mut |prints: &[Print]| {
            let [before, again, ..] = prints else { return };
            count = count.saturating_add(u64::try_from(prints.len()).unwrap_or(u64::MAX).saturating_sub(1));
            let pair = (again.place, before.place);
            first = Some(first.map_or(pair, |first: (u64, u64)| first.min(pair)));
        };
        self.spill.repeats(each).map_err(|fault| Halt::Fault(VerifyFault::Spill(fault)))?;
        let places = first.and_then(|(again, before)| Some((self.unpacked(again)?, self.unpacked(before)?)));
        let Some((again, before)) = places else { return Ok(()) };
        let (again_named, before_named) = (named(&again), named(&before));
        let message = match count {
            1 => format!("{again_named} is the event of {before_named} once more: its id and version are the same."),
            count => format!(
                "{} records are events that are here already, with the same id and version; the first is {again_named}, \
                 which repeats {before_named}.",
                number(count)
            ),
        };
        let finding = Finding::new(Code::ResourceDuplicate, message).at_file(&again.file).count(count);
        work.find(match again.line {
            Some(line) => finding.line(line),
            None => finding,
        });
        Ok(())
    }
}
