//! What the tests across the seams share: a client for WebDriver, the program in its window, and the command line.
//!
//! Everything here stops at the first surprise: a test that goes on after one proves nothing. Waiting is always for a
//! condition with a limit, never for a time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "what drives tests stops at the first surprise, and tells why a test is skipped"
)]

pub mod app;
pub mod cli;
pub mod memory;
pub mod page;
pub mod sample;
pub mod webdriver;

use std::time::{Duration, Instant};

/// How long anything may take on a busy machine before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How long work may take: deriving keys, importing a bundle.
pub const PATIENCE_FOR_WORK: Duration = Duration::from_mins(2);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Waits until `look` sees something; gives up after [`PATIENCE`].
#[track_caller]
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        std::thread::sleep(LOOK_EVERY);
    }
}
