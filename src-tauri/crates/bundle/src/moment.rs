//! Reads a time as a source wrote it, and notes why it is undated where it is.

use model::{Instant, InstantFault, MappingNote};

/// The instant; undated with a note where the text names none.
pub(crate) fn read(text: &str, notes: &mut Vec<MappingNote>) -> Instant {
    match Instant::parse(text) {
        Ok(instant) => instant,
        Err(fault) => {
            let note = match fault {
                InstantFault::NoZone => MappingNote::TimestampNoZone,
                InstantFault::OutOfRange => MappingNote::TimestampOutOfRange,
                InstantFault::Malformed => MappingNote::TimestampUnreadable,
            };
            if !notes.contains(&note) {
                notes.push(note);
            }
            Instant::undated(text)
        }
    }
}
