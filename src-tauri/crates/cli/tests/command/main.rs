//! The command line from outside: the built program on vaults in temporary folders.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod doubting;
mod foreign;
mod forms;
mod handover;
mod looks;
mod office;
mod outputs;
mod overlapping;
mod reports;
mod secrets;
mod stamped;
mod trusting;
mod words;
