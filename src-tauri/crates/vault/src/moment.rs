//! The one place of this room that reads a clock.
//!
//! Only for facts beside the database: since when the vault is held, when opening it failed, when a key was replaced.
//! What goes into the access log carries a time that its caller hands in.

use std::time::{SystemTime, UNIX_EPOCH};

use model::Instant;

/// Now, to the second.
pub(crate) fn now() -> Instant {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, i64::wrapping_neg),
    };
    Instant::from_utc_nanos(seconds.saturating_mul(1_000_000_000))
}
