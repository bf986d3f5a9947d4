//! Looks from outside: what stays covered, what is counted, what goes into the access log, what is said of one record.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bench;
mod bulk;
mod circle;
mod counting;
mod covering;
mod overlapping;
mod standing;
mod times;
