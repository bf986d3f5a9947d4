//! What a check is handed from outside: how to work, who looks on, who is told how far it came and may stop it.

use std::io;
use std::time::Duration;

use crate::anchors::Anchor;
use crate::trust::Trust;

/// How to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads that work on records, at least 1. One more reads and one more links.
    pub workers: usize,
    /// How far a record's time may lie before its predecessor's or after the seal without a finding. It is stated in
    /// the report.
    pub clock_tolerance: Duration,
    /// 16 random bytes that key the fingerprints of event ids, so that nobody can prepare ids that collide.
    pub fingerprint_key: [u8; 16],
    /// What is pinned. Empty by default.
    pub trust: Trust,
    /// Heads from outside the bundle. Those of other streams do no harm.
    pub anchors: Vec<Anchor>,
}

impl Options {
    /// One worker, no tolerance, nothing pinned and no anchor.
    #[must_use]
    pub const fn new(fingerprint_key: [u8; 16]) -> Self {
        let trust = Trust { keys: Vec::new(), ssh_keys: Vec::new(), authorities: Vec::new() };
        Self { workers: 1, clock_tolerance: Duration::ZERO, fingerprint_key, trust, anchors: Vec::new() }
    }

    /// The tolerance in nanoseconds; what 64 bits cannot hold is longer than any log.
    pub(crate) fn clock_tolerance_nanos(&self) -> i64 {
        i64::try_from(self.clock_tolerance.as_nanos()).unwrap_or(i64::MAX)
    }
}

/// Sees every record in the same pass, for an import. Called on worker threads, so runs may come out of order.
pub trait Onlooker: Sync {
    /// One run of lines of a segment.
    fn see(&self, run: &RecordRun<'_>);
}

/// Lines that stand one behind the other in one file.
#[derive(Clone, Copy, Debug)]
pub struct RecordRun<'r> {
    /// Number of the run in the whole bundle, from 0 without gaps: the order of the bundle.
    pub ordinal: u64,
    /// The file.
    pub file: &'r str,
    /// Its lines. Blank lines and lines that were too long are not among them.
    pub records: &'r [SeenRecord<'r>],
}

/// One line as seen by an [`Onlooker`].
#[derive(Clone, Copy)]
pub struct SeenRecord<'r> {
    /// Its number in the file, from 1.
    pub line: u64,
    /// Where it begins in the file, or in what a packed file unpacks to.
    pub byte_offset: u64,
    /// Its bytes without LF.
    pub bytes: &'r [u8],
    /// What its own bytes say about it. The chain may still say otherwise.
    pub standing: Standing,
}

// The bytes are a patient's record; a debug print says where it lies.
impl std::fmt::Debug for SeenRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SeenRecord({:?} at line {})", self.standing, self.line)
    }
}

/// What a record's own bytes say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It matches its own hash.
    Whole,
    /// It does not match its own hash.
    Altered,
    /// It can be read and hashed, but its schema is not kept.
    Odd,
    /// It cannot be read as a record.
    Unreadable,
}

/// Looks on without doing anything.
#[derive(Clone, Copy, Debug)]
pub struct NoOnlooker;

impl Onlooker for NoOnlooker {
    fn see(&self, _run: &RecordRun<'_>) {}
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct HowFar {
    /// Records looked at.
    pub records: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes there are.
    pub bytes_total: u64,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proceed {
    /// Go on.
    GoOn,
    /// Stop now. The report says how far the check came and is no verdict.
    Stop,
}

/// Is told how far a check has come, between runs.
pub trait Progress: Sync {
    /// Called often, always on the thread that called `check`; must return quickly.
    fn came(&self, how_far: HowFar) -> Proceed;
}

/// Never stops.
#[derive(Clone, Copy, Debug)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn came(&self, _how_far: HowFar) -> Proceed {
        Proceed::GoOn
    }
}

/// The fingerprint of an event id and the place of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Print {
    /// Keyed fingerprint of stream and event id. Equal ids have equal fingerprints.
    pub key: [u64; 2],
    /// Where the record lies; opaque to a [`Spill`].
    pub place: u64,
}

/// Holds more fingerprints than memory should, and gives back those that occur more than once.
///
/// A file-backed implementation belongs to the caller (unlinked, mode 0600); [`MemorySpill`](crate::MemorySpill) is
/// for bundles of some million records.
pub trait Spill {
    /// Takes some fingerprints in any order and leaves the vector empty.
    fn add(&mut self, prints: &mut Vec<Print>) -> io::Result<()>;
    /// Hands over each set of two or more with equal keys, sorted by place, once.
    fn repeats(&mut self, each: &mut dyn FnMut(&[Print])) -> io::Result<()>;
}
