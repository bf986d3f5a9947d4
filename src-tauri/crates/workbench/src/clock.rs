//! The one place where a clock is read.
//!
//! Everything below is handed its time, so that it can be tested exactly.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use model::Instant;

/// Time as it passes: what idleness is measured with. It starts anywhere and never runs back.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// The system's.
    #[must_use]
    pub fn of_system() -> Self {
        let start = std::time::Instant::now();
        Self::by(move || start.elapsed())
    }

    /// Somebody else's.
    #[must_use]
    pub fn by(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(elapsed))
    }

    pub(crate) fn now(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticks")
    }
}

/// The present instant in UTC.
#[must_use]
pub(crate) fn now() -> Instant {
    Instant::from_utc_nanos(nanos_since_epoch())
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[must_use]
pub(crate) fn epoch_ms() -> i64 {
    nanos_since_epoch() / 1_000_000
}

/// The day it is now in a zone or in UTC, whichever is the later: a zone that nobody has set must not make the present day
/// one of the future.
pub(crate) fn latest_today(zone: timeline::Zone) -> chrono::NaiveDate {
    let now = chrono::DateTime::from_timestamp_millis(epoch_ms()).unwrap_or_default();
    now.with_timezone(&zone).date_naive().max(now.date_naive())
}

fn nanos_since_epoch() -> i64 {
    // A clock set before 1970 or after 2262 is taken as 1970: the access log then notes a clock that jumped.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_nanos()).ok())
        .unwrap_or(0)
}
