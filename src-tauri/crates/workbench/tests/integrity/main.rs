//! Integrity from outside: the report as a tree, the coverage map, what rows are marked with, two exports compared, the
//! self-test.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bench;
mod comparing;
mod coverage;
mod report;
mod self_test;
mod states;
