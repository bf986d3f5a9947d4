//! What this office vouches for, and what was concluded with it: pinned keys, anchors, remembered heads, verdicts.
//!
//! A key inside a bundle is a claim until a person has compared its fingerprint with somebody who can vouch for it
//! (formats 1.8). An anchor is where a stream ended, from somewhere the bundle's author could not rewrite (formats 1.7).
//! Both are steps in the vault; what holds today is a fold over them, a [`Trust`]. Verdicts are kept with the digest of
//! what they relied on, so that it can be said when they have become history.
//!
//! This room never reads a key, checks a signature, opens a bundle or reaches a verdict, and it reads no clock: parsed
//! facts and times are handed in, and who hands in a token or a key has checked it.
//!
//! # Invariants
//! * Steps and verdicts are only ever added. What is read back is checked as if it came from outside; one step that
//!   cannot be relied on makes the whole trust store a fault that names it.
//! * A change and its entry in the access log are kept together or not at all.
//! * Nothing is pinned without a [`Confirmed`]: a person typed the fingerprint, or enough of its end.
//! * An anchor is never deleted; a bundle is never an anchor for itself.
//! * Nothing a person wrote, and no id of a stream or an event, is in an error or a `Debug` output.

mod basis;
mod change;
mod fault;
mod fingerprint;
mod form;
mod head;
mod history;
mod step;
mod store;
mod text;
mod trust;

pub use basis::{Basis, Concern, StreamSpan};
pub use change::{Change, Material, NewPin, Origin, Vouched};
pub use fault::{Flaw, Refusal, TrustFault};
pub use fingerprint::{Confirmed, Fingerprint, FingerprintFault, NotConfirmed, TYPED_CHARACTERS_MIN, confirms};
pub use head::{HeadFault, ImportedHead, StreamHead};
pub use history::{Concluded, Conclusion, REPORT_BYTES_MAX, Reached};
pub use step::{Mark, Step};
pub use store::TrustStore;
pub use text::{DER_BYTES_MAX, Day, Der, TEXT_CHARACTERS_MAX, Text, TextFault, WORD_BYTES_MAX, Word};
pub use trust::{Anchor, Head, Pin, Revocation, Trust, Withdrawal};
