//! Damage on purpose: what is done to a bundle while it is written, and what a verifier must say about it.
//!
//! Three kinds of hands are at work. A *producer* errs before the chain is computed ([`records`]: `produce`). An
//! *attacker* changes records after that (`pass`) and renews whatever the container says. Or the *container* itself is
//! touched ([`container`]). Where it happens follows from the seed and the number of events alone, so every kind works
//! in one pass on a bundle of any size.

mod container;
mod expectation;
mod kinds;
mod records;
mod signatures;

pub use expectation::{Expectation, Expected};
pub use kinds::Tamper;
pub(crate) use signatures::SignedAs;

use crate::bundle::Plan;
use crate::chance::Chance;
use crate::ledger::{Place, segment_path};
use crate::packing::Compression;
use crate::record::Sealed;
use crate::signing::{Signer, Signing};
use integrity::Digest;

/// Which state of the records something in the bundle is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// What the producer sealed.
    Truth,
    /// What stands in the segments.
    Written,
    /// It is left out.
    None,
}

/// A record as an attacker wants it written.
pub(crate) struct Written {
    /// Its facts: what the manifests state about it.
    pub(crate) sealed: Sealed,
    /// The bytes that are hashed, where they are not the sealed line.
    pub(crate) hashed: Option<Vec<u8>>,
    /// The bytes that are stored, where they are not the hashed ones.
    pub(crate) stored: Option<Vec<u8>>,
}

impl Written {
    pub(crate) const fn as_sealed(sealed: Sealed) -> Self {
        Self { sealed, hashed: None, stored: None }
    }
}

/// One tampering, or none, at work.
pub(crate) struct Attack {
    kind: Option<Tamper>,
    stream_id: String,
    /// Where it happens: a number of a record, from 1.
    at: u64,
    /// Over how many records it stretches.
    span: u64,
    /// Another record that plays a part, before `at`.
    other: u64,
    created: i64,
    segments: u64,
    compression: Compression,
    chance: Chance,
    seen: Seen,
    signing: Signing,
    /// Somebody with a key that nobody knows.
    stranger: Signer,
    stale: signatures::Stale,
}

/// What has been seen on the way.
#[derive(Default)]
struct Seen {
    /// The id of the record `other`.
    other_id: Option<[u8; 36]>,
    /// The time of the record before `at`.
    time_before: i64,
    /// A record held back.
    held: Option<Sealed>,
    /// The last hash of a chain that is computed again.
    forged: Option<Digest>,
    /// The span that an archive is said to hold.
    archived: Option<(Sealed, Sealed)>,
    /// Where the line of record `at` stands.
    place: Option<Place>,
    /// What the container's tampering adds to the report.
    path: Option<String>,
    line: Option<u64>,
    days: Vec<i64>,
    /// Checkpoints that could not be signed were left out.
    dropped_checkpoints: bool,
    /// A checkpoint that the chain does not meet: its `last_seq` and that of the one before.
    checkpoint: Option<(u64, u64)>,
}

impl Attack {
    /// The tampering of a plan, with its place.
    pub(crate) fn new(plan: &Plan, stream_id: &str) -> Self {
        let mut chance = Chance::new(plan.seed, plan.tamper.map_or("none", Tamper::word));
        let last = plan.events;
        let (at, span) = match plan.tamper {
            None => (0, 0),
            Some(Tamper::LastLineIncomplete | Tamper::TimestampAfterSeal) => (last, 1),
            Some(Tamper::HeadTruncated) => (1, 2),
            Some(Tamper::GenesisMismatch) => (1, 1),
            Some(
                Tamper::TailTruncatedVsCheckpoint
                | Tamper::TailTruncatedVsManifest
                | Tamper::TailTruncatedUndetectable
                | Tamper::OlderExport,
            ) => {
                let span = chance.between(1, 3);
                (last - span + 1, span)
            }
            // Away from both ends, so that the place itself decides what is found.
            Some(_) => {
                let span = chance.between(1, 5);
                (chance.between(4, last - 2 - span), span)
            }
        };
        Self {
            kind: plan.tamper,
            stream_id: stream_id.to_owned(),
            at,
            span,
            other: if at > 1 { chance.between(1, at - 1) } else { 0 },
            created: plan.created(),
            segments: last.div_ceil(plan.rows_per_segment),
            compression: plan.compression,
            chance,
            seen: Seen::default(),
            signing: plan.signing,
            stranger: Signer::new(plan.seed, "stranger"),
            stale: signatures::Stale::default(),
        }
    }

    /// The path of a segment.
    fn segment_path(&self, number: u64) -> String {
        segment_path(number, self.compression)
    }

    /// Which records the stream's totals in the audit manifest are about.
    pub(crate) const fn totals(&self) -> Side {
        match self.kind {
            Some(
                Tamper::EventsDeleted
                | Tamper::EventInserted
                | Tamper::EventDuplicated
                | Tamper::HeadTruncated
                | Tamper::TailTruncatedVsManifest,
            ) => Side::Truth,
            _ => Side::Written,
        }
    }

    /// Which records the checkpoints are about.
    pub(crate) const fn checkpoints(&self) -> Side {
        match self.kind {
            Some(Tamper::ChainStartUnverified) => Side::None,
            Some(
                Tamper::EventModified
                | Tamper::EventsDeleted
                | Tamper::EventInserted
                | Tamper::EventDuplicated
                | Tamper::EventsReordered
                | Tamper::HeadTruncated
                | Tamper::TailTruncatedVsCheckpoint
                | Tamper::ChainRecomputedVsCheckpoint
                | Tamper::ArchiveAbsent,
            ) => Side::Truth,
            _ => Side::Written,
        }
    }

    /// Takes note of where a record was written.
    pub(crate) fn placed(&mut self, seq: u64, place: Place) {
        if seq == self.at && self.seen.place.is_none() {
            self.seen.place = Some(place);
        }
    }
}
