//! Holds two exports of one log against each other: the later one extends the earlier, or which record was rewritten.
//!
//! It is the one defense against somebody who holds the log and writes all of it anew, hashes included: such an export
//! agrees with itself and contradicts the one that was kept. Records are recognized by what stays the same from export
//! to export: in an audit bundle the stream and the number, in FHIR the id and the version. What is compared is what the
//! bytes come to when they are hashed here; hashes that an export states are never believed.
//!
//! # Invariants
//! * Neither export has to verify; what its own check came to is handed in and repeated, not judged.
//! * [`Outcome::Extends`] is only said when everything that the earlier export holds within the reach of the later one
//!   was found there, the same. A comparison that was stopped, or could not read a part of the later export, never
//!   says it; what could not be read of the earlier one is told beside it.
//! * Containers, segment borders and where an export begins make no difference.
//! * Memory is bounded: audit bundles are read side by side ([`merge`]); of FHIR, which has no order of its own, the
//!   earlier export is held as fingerprints ([`fhir`]).

mod chained;
mod extending;
mod fhir;
mod holdings;
mod members;
mod merge;
mod outcome;
mod reading;
mod settle;
mod tell;

use std::hash::Hasher as _;
use std::io::Read as _;

use bundle::{Profile, ReadFault};

use crate::container;
use crate::fault::{Halt, VerifyFault};
use crate::hands::{HowFar, Options, Proceed, Progress};
use crate::report::Integrity;
use crate::source::Source;

pub use outcome::{
    COMPARE_FORMAT, Common, Comparison, Difference, DifferenceCounts, DifferenceKind, ExportName, Obstacle, Order,
    Outcome, RecordPlace, SeqSpan, StreamComparison,
};

/// Longest record whose bytes are handed out for showing, in bytes: the longest that any profile reads.
const RECORD_BYTES_MAX: u64 = bundle::limits::FHIR_FILE_BYTES_MAX;
/// Bytes that are skipped at once on the way to a record.
const SKIP_BYTES: u64 = 1 << 20;

/// One of the two exports.
#[derive(Clone, Copy)]
pub struct Export<'a> {
    /// The opened container.
    pub source: &'a dyn Source,
    /// What to call it in the result, for instance its path.
    pub path: Option<&'a str>,
    /// What its own check came to, if it was checked.
    pub own_check: Option<Integrity>,
}

// A source has no debug text of its own.
impl std::fmt::Debug for Export<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Export({:?}, own check {:?})", self.source.profile(), self.own_check)
    }
}

/// Compares two exports of one log.
///
/// `earlier` and `later` are what the caller takes them for. They change places only where the content and the times
/// that both state say so together ([`Order::Reversed`]). Of `options` the key of the fingerprints is used; a tolerance
/// for clocks means nothing here. `progress` is told of the records and bytes of both exports together and may stop the
/// comparison. An error means that looking failed, never that the exports disagree.
pub fn compare(
    earlier: &Export<'_>,
    later: &Export<'_>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Comparison, VerifyFault> {
    let mut meter = Meter::new(progress, [earlier.source, later.source]);
    let pair = [*earlier, *later];
    let compared = match pair.map(|export| export.source.profile()) {
        _ if pair.iter().any(|export| container::is_refused(export.source)) => Err(Obstacle::Refused),
        [Profile::AuditBundle1, Profile::AuditBundle1] => Ok(chained::compare(&pair, options, &mut meter)),
        [Profile::FhirAuditEvent, Profile::FhirAuditEvent] => Ok(fhir::compare(&pair, options, &mut meter)),
        [Profile::Unknown, Profile::Unknown] => Err(Obstacle::NoIdentity),
        _ => Err(Obstacle::OtherProfile),
    };
    match compared {
        Ok(Ok(comparison)) => Ok(comparison),
        Ok(Err(Halt::Stopped)) => Ok(outcome::none(&pair, Obstacle::Stopped, Some(meter.how_far))),
        Ok(Err(Halt::Fault(fault))) => Err(fault),
        Err(obstacle) => Ok(outcome::none(&pair, obstacle, None)),
    }
}

/// The bytes of one record, for showing both versions side by side.
///
/// The place is one of a [`Comparison`]. Reads the file from its beginning: meant for one record, not for many.
pub fn record_bytes(source: &dyn Source, place: &RecordPlace) -> Result<Vec<u8>, ReadFault> {
    let name = || place.entry.clone();
    if place.length_bytes > RECORD_BYTES_MAX {
        return Err(ReadFault::TooLarge { name: name(), limit_bytes: RECORD_BYTES_MAX });
    }
    let mut content = reading::content(source, &place.entry)?;
    let mut left = place.byte_offset;
    while left > 0 {
        let step = left.min(SKIP_BYTES);
        let skipped = std::io::copy(&mut content.by_ref().take(step), &mut std::io::sink()).map_err(ReadFault::of)?;
        if skipped == 0 {
            return Err(ReadFault::Changed { name: name() });
        }
        left = left.saturating_sub(skipped);
    }
    let mut bytes = Vec::new();
    content.take(place.length_bytes).read_to_end(&mut bytes).map_err(ReadFault::of)?;
    if u64::try_from(bytes.len()) != Ok(place.length_bytes) {
        return Err(ReadFault::Changed { name: name() });
    }
    Ok(bytes)
}

/// How far a comparison has come, and who is told.
struct Meter<'a> {
    progress: &'a dyn Progress,
    how_far: HowFar,
}

impl<'a> Meter<'a> {
    fn new(progress: &'a dyn Progress, sources: [&dyn Source; 2]) -> Self {
        let entries = sources.iter().flat_map(|source| source.entries());
        let bytes_total = entries.map(|entry| entry.size_bytes).fold(0, u64::saturating_add);
        Self { progress, how_far: HowFar { bytes_total, ..HowFar::default() } }
    }

    fn came(&mut self, records: u64, bytes: u64) -> Result<(), Halt> {
        self.how_far.records = self.how_far.records.saturating_add(records);
        self.how_far.bytes = self.how_far.bytes.saturating_add(bytes).min(self.how_far.bytes_total);
        match self.progress.came(self.how_far) {
            Proceed::GoOn => Ok(()),
            Proceed::Stop => Err(Halt::Stopped),
        }
    }
}

/// A keyed fingerprint of 128 bits.
fn fingerprint(key: [u8; 16], bytes: &[u8]) -> [u64; 2] {
    [0, 1].map(|half| {
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(&key);
        hasher.write_u8(half);
        hasher.write(bytes);
        hasher.finish()
    })
}
