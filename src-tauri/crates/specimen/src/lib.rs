//! Makes believable hospital logs and damages them on purpose: for samples, scenarios and self-tests.
//!
//! This room never opens a file and never asks a clock, the environment or a source of randomness: the seed comes in
//! with [`Options`], the bytes go out through a [`Sink`].
//!
//! # Invariants
//! * Equal options give equal bytes, on every machine and in every version: chance is our own arithmetic on whole
//!   numbers, and so is the calendar.
//! * Memory is bounded by the hospital and by the days of the period, not by the number of events.
//! * A specimen says what a verifier must report about it ([`Expectation`]), computed while it is written.
//! * Everything is invented. Nonces and keys follow from the seed, so nothing here protects a secret.

mod bag;
mod bundle;
mod calendar;
mod census;
mod chance;
mod checkpoints;
mod deeds;
mod draft;
mod fhir;
mod hospital;
mod ledger;
mod names;
mod options;
mod packing;
mod particulars;
mod record;
mod rhythm;
mod roles;
mod scenario;
mod session;
mod signing;
mod sink;
mod tamper;
mod traffic;

pub use bundle::{Head, Plan, Specimen, WriteFault};
pub use chance::Chance;
pub use options::{DAYS_MAX, EVENTS_MAX, Options, ROWS_PER_SEGMENT, ROWS_PER_SEGMENT_MAX, Refusal, TAMPER_EVENTS_MIN};
pub use packing::Compression;
pub use scenario::Scenario;
pub use signing::Signing;
pub use sink::{CountingSink, MemorySink, Sink};
pub use tamper::{Expectation, Expected, Tamper};

/// The producer's name in the audit manifest of every specimen.
pub const PRODUCER: &str = "chartproof-sample";
/// The version of the traffic; it changes when equal options begin to give other bytes. In 2, a log has another id than
/// other traffic of the same seed has.
pub const PRODUCER_VERSION: &str = "2";

/// Whether a bundle with this producer name says that it was made here. A sample vault takes no others.
///
/// It is what the bundle says of itself: it keeps real logs out of a sample vault, it does not prove an origin.
#[must_use]
pub fn is_sample(producer_name: &str) -> bool {
    producer_name == PRODUCER
}
