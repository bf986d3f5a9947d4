//! Trust from outside: what is pinned, anchored and remembered decides a verdict, and makes one history when it changes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod anchors;
mod bench;
mod heads;
mod keys;
mod rechecks;
mod records;
mod resuming;
mod tables;
