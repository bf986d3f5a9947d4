//! A point in time that remembers how it was written.
//!
//! The text is evidence and is never re-serialised; the number beside it is for ordering and arithmetic. A text
//! without a zone has no number until somebody says which zone was meant.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

/// A point in time: the text as recorded, and nanoseconds since 1970-01-01T00:00:00Z where the text determines them.
///
/// The number covers 1677-09-21 to 2262-04-11; outside it, as without a zone, there is only the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Instant {
    text: String,
    utc_nanos: Option<i64>,
}

/// Why a text is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstantFault {
    /// No offset and no `Z`: RFC 3339 section 4.1 wants one, and guessing it would move the event by hours.
    #[error("the time has no zone")]
    NoZone,
    /// Not a date and time in the sense of RFC 3339 section 5.6.
    #[error("not a date and time")]
    Malformed,
    /// Outside what nanoseconds in 64 bits can hold, before 1900 or after 2199.
    #[error("the time lies before 1900 or after 2199")]
    OutOfRange,
}

/// 1900-01-01T00:00:00Z in seconds since the epoch.
const EARLIEST_SECONDS: i64 = -2_208_988_800;
/// 2200-01-01T00:00:00Z in seconds since the epoch.
const LATEST_SECONDS: i64 = 7_258_118_400;

impl Instant {
    /// Reads an RFC 3339 instant and keeps its text.
    pub fn parse(text: &str) -> Result<Self, InstantFault> {
        let parsed = DateTime::parse_from_rfc3339(text)
            .map_err(|_| if lacks_zone(text) { InstantFault::NoZone } else { InstantFault::Malformed })?;
        if !(EARLIEST_SECONDS..LATEST_SECONDS).contains(&parsed.timestamp()) {
            return Err(InstantFault::OutOfRange);
        }
        let nanos = parsed.timestamp_nanos_opt().ok_or(InstantFault::OutOfRange)?;
        Ok(Self { text: text.to_owned(), utc_nanos: Some(nanos) })
    }

    /// Keeps a text that is no instant: it is shown as recorded and sorted with the undated.
    #[must_use]
    pub fn undated(text: impl Into<String>) -> Self {
        Self { text: text.into(), utc_nanos: None }
    }

    /// A text without a zone, with the number it has in the zone that somebody chose for it.
    #[must_use]
    pub fn zoned(text: impl Into<String>, utc_nanos: i64) -> Self {
        Self { text: text.into(), utc_nanos: Some(utc_nanos) }
    }

    /// An instant from its number, for times that this program itself makes.
    #[must_use]
    pub fn from_utc_nanos(nanos: i64) -> Self {
        Self { text: text_of(nanos), utc_nanos: Some(nanos) }
    }

    /// The text as recorded.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z, or `None` for an undated text.
    #[must_use]
    pub fn utc_nanos(&self) -> Option<i64> {
        self.utc_nanos
    }

    /// The instant in UTC as RFC 3339 with `Z`, or `None` for an undated text.
    #[must_use]
    pub fn utc_text(&self) -> Option<String> {
        self.utc_nanos.map(text_of)
    }
}

fn text_of(nanos: i64) -> String {
    DateTime::from_timestamp_nanos(nanos).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Whether adding a `Z` would make the text an instant.
fn lacks_zone(text: &str) -> bool {
    DateTime::parse_from_rfc3339(&format!("{text}Z")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_as_written() {
        let instant = Instant::parse("2026-03-01T02:00:00.120000+01:00").unwrap();
        assert_eq!(instant.text(), "2026-03-01T02:00:00.120000+01:00");
        assert_eq!(instant.utc_text().as_deref(), Some("2026-03-01T01:00:00.120Z"));
    }

    #[test]
    fn a_missing_zone_is_told_apart_from_nonsense() {
        assert_eq!(Instant::parse("2026-03-01T02:00:00"), Err(InstantFault::NoZone));
        assert_eq!(Instant::parse("yesterday"), Err(InstantFault::Malformed));
        assert_eq!(Instant::parse("0001-01-01T00:00:00Z"), Err(InstantFault::OutOfRange));
    }

    #[test]
    fn a_number_survives_the_way_through_text() {
        for nanos in [0, 1, -1, 1_772_700_000_123_456_789] {
            let instant = Instant::from_utc_nanos(nanos);
            assert_eq!(Instant::parse(instant.text()).unwrap().utc_nanos(), Some(nanos));
        }
    }
}
