//! Records to stored events, while a check passes over them.

use std::sync::{Mutex, PoisonError};

use bundle::Profile;
use bundle::records::event_of;
use event_store::{Intake, StoreFault, StoredEvent};
use model::{Event, MappingNote};
use timeline::ClockShows;
use verify::{Onlooker, RecordRun, Standing as RecordStanding};

use crate::wire::Fault;

/// Looks on while the records are checked, and hands their events to the store.
pub(crate) struct Mapper<'a> {
    profile: Profile,
    files: &'a [String],
    intake: Intake,
    trouble: Mutex<Option<StoreFault>>,
}

impl Onlooker for Mapper<'_> {
    fn see(&self, run: &RecordRun<'_>) {
        let file = index_of(self.files, run.file);
        let mapped = run.records.iter().filter(|record| record.standing != RecordStanding::Unreadable);
        let events: Vec<StoredEvent> = mapped
            .filter_map(|record| {
                let event = event_of(self.profile, record.bytes).ok()?;
                Some(stored(event, file, record.line, record.byte_offset, record.bytes.len()))
            })
            .collect();
        if let Err(fault) = self.intake.events(&events) {
            self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
        }
    }
}

impl<'a> Mapper<'a> {
    pub(crate) fn new(profile: Profile, files: &'a [String], intake: Intake) -> Self {
        Self { profile, files, intake, trouble: Mutex::new(None) }
    }

    /// Whether all of them could be handed over.
    pub(crate) fn result(self) -> Result<(), Fault> {
        let trouble = self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner);
        trouble.map_or(Ok(()), |fault| Err(fault.into()))
    }
}

/// An event and where its record stands.
pub(crate) fn stored(event: Event, file: u32, line: u64, byte_offset: u64, byte_length: usize) -> StoredEvent {
    StoredEvent { event, file, line, byte_offset, byte_length: u32::try_from(byte_length).unwrap_or(u32::MAX) }
}

/// Reads a bare time in the zone the person chose for this import, and notes that, and what is doubtful about it.
pub(crate) fn with_zone(mut event: Event, zone: Option<timeline::Zone>) -> Event {
    let Some(zone) = zone else { return event };
    let Some(note) = event.notes.iter_mut().find(|note| **note == MappingNote::TimestampNoZone) else { return event };
    let text = event.occurred_at.text().to_owned();
    if let Some((nanos, shown)) = timeline::on_the_clock(&text, zone) {
        *note = match shown {
            ClockShows::Once => MappingNote::TimestampZoneChosen,
            ClockShows::Twice => MappingNote::TimestampTwice,
            ClockShows::Never => MappingNote::TimestampNever,
        };
        event.occurred_at = model::Instant::zoned(text, nanos);
    }
    event
}

/// The index of a file by its name; one that no file has if there is none.
pub(crate) fn index_of(files: &[String], name: &str) -> u32 {
    let index = files.binary_search_by(|file| file.as_str().cmp(name));
    index.ok().and_then(|index| u32::try_from(index).ok()).unwrap_or(u32::MAX)
}
