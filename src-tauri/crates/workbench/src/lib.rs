//! What the program can do: about fifty functions. The only room that the shell and the command line call.
//!
//! A [`Desk`] is one vault and whoever is signed in; its methods are the commands of [`table`], each a few lines that
//! put rooms together. What crosses to the page is in [`wire`]; [`direct`] holds what needs no vault.
//!
//! # Invariants
//! * Whatever names a person is shown under a token of the access log, or not at all.
//! * No fault, job or badge names a person; paths stay on this side of the wire.
//! * Time is read in `clock` and nowhere else.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a command owns what it was asked: the handlers made from the table hand every ask over"
)]

pub mod account;
mod apart;
mod clock;
mod compared;
mod comparing;
mod copying;
mod coverage;
mod covering;
mod desk;
pub mod direct;
pub mod doubting;
mod evidence;
mod failure;
mod faults;
mod forms;
mod importing;
mod intake;
mod jobs;
mod keeping;
mod lists;
mod looks;
mod mapping;
mod marks;
mod meaning;
mod named;
mod others;
mod outlets;
mod overview;
mod people;
mod portion;
mod portrait;
mod rechecking;
mod record;
mod record_seal;
mod reliance;
mod reopening;
mod reporting;
mod resuming;
mod rows;
mod samples;
mod self_testing;
mod session;
mod settings;
mod shown;
mod single;
mod sinks;
mod sitting;
pub mod table;
mod tree;
mod trust_files;
mod trust_page;
mod trusting;
mod upkeep;
mod verdicts;
pub mod wire;
mod words;

pub use account::usual_vault_dir;
pub use clock::Ticks;
pub use desk::{Desk, Options};
pub use intake::ImportWish;
pub use jobs::Gauge;
pub use lists::{Found, RowWish, Totals, names_patients, patient_filter, user_filter};
pub use named::PlainEvent;
pub use outlets::{NoWindow, Outlets};
pub use portion::ANSWER_BYTES_MAX;
pub use rows::{Note, PlainRow};
pub use samples::{MadeSample, SampleWish, prepare_sample_vault};
pub use trusting::AnchorWish;
pub use upkeep::{VaultCheck, VaultInfo};
pub use words::{counted, grouped, table_cell};

/// Makes control, direction and zero-width characters of untrusted text visible.
#[must_use]
pub fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    bundle::escape::visible(text)
}

/// The fault of an output that cannot be written.
#[must_use]
pub fn fault_of_output(error: &std::io::Error) -> wire::Fault {
    wire::Fault::new(wire::FaultCode::Unreadable, format!("The output cannot be written: {}.", error.kind()))
}
