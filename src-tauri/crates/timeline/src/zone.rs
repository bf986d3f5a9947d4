//! Local time and instants: the one place where a wall clock is turned into nanoseconds and back.
//!
//! A wall-clock time that occurs twice (the clock was set back) has two instants; one that never occurs (the clock was
//! set forward) stands for the first instant after the jump.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone};

/// A time zone of the IANA database, by rules that were compiled in.
pub type Zone = chrono_tz::Tz;

/// Nanoseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000_000;
/// Seconds in a day of 24 hours.
const DAY_SECONDS: i64 = 86_400;

/// The name is in no time zone database that was compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone of the IANA database, such as America/New_York or UTC")]
pub struct ZoneFault;

/// The zone with this IANA name, such as `America/New_York`.
pub fn zone(name: &str) -> Result<Zone, ZoneFault> {
    name.parse().map_err(|_| ZoneFault)
}

/// Wall-clock time at an instant.
pub(crate) fn local(nanos: i64, zone: Zone) -> NaiveDateTime {
    zone.from_utc_datetime(&DateTime::from_timestamp_nanos(nanos).naive_utc()).naive_local()
}

/// Seconds east of UTC that the zone's clocks show at an instant.
pub(crate) fn offset_seconds(nanos: i64, zone: Zone) -> i64 {
    let utc = DateTime::from_timestamp_nanos(nanos).naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
}

/// The first instant at which the wall clock shows `wall` or, where it jumps over it, more. `None`: beyond 64 bits.
pub(crate) fn earliest(wall: NaiveDateTime, zone: Zone) -> Option<i64> {
    match zone.from_local_datetime(&wall) {
        chrono::LocalResult::Single(at) | chrono::LocalResult::Ambiguous(at, _) => at.timestamp_nanos_opt(),
        chrono::LocalResult::None => after_jump(wall, zone),
    }
}

/// The last instant at which the wall clock shows `wall`; where it jumps over it, the same as [`earliest`].
pub(crate) fn latest(wall: NaiveDateTime, zone: Zone) -> Option<i64> {
    match zone.from_local_datetime(&wall) {
        chrono::LocalResult::Single(at) | chrono::LocalResult::Ambiguous(_, at) => at.timestamp_nanos_opt(),
        chrono::LocalResult::None => after_jump(wall, zone),
    }
}

/// How often the clocks of a zone show a time on its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockShows {
    /// As nearly always.
    Once,
    /// The clock is set back and shows it again.
    Twice,
    /// The clock is set forward over it.
    Never,
}

/// How often the wall clock shows `wall`.
pub(crate) fn shows(wall: NaiveDateTime, zone: Zone) -> ClockShows {
    match zone.from_local_datetime(&wall) {
        chrono::LocalResult::Single(_) => ClockShows::Once,
        chrono::LocalResult::Ambiguous(..) => ClockShows::Twice,
        chrono::LocalResult::None => ClockShows::Never,
    }
}

/// The instant of the jump that leaves `wall` out, found by halving the day before it.
fn after_jump(wall: NaiveDateTime, zone: Zone) -> Option<i64> {
    let past = |second: i64| -> Option<bool> {
        let utc = DateTime::from_timestamp(second, 0)?.naive_utc();
        Some(zone.from_utc_datetime(&utc).naive_local() >= wall)
    };
    let before = zone.offset_from_utc_datetime(&wall.checked_sub_signed(TimeDelta::seconds(DAY_SECONDS))?);
    let mut late = wall.and_utc().timestamp() - i64::from(before.fix().local_minus_utc());
    let mut early = late - DAY_SECONDS;
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        if past(middle)? { late = middle } else { early = middle }
    }
    late.checked_mul(SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn utc(nanos: i64) -> String {
        DateTime::from_timestamp_nanos(nanos).to_rfc3339()
    }

    #[test]
    fn a_time_the_clock_jumps_over_is_the_instant_of_the_jump() {
        let zone = zone("America/New_York").unwrap();
        assert_eq!(utc(earliest(wall("2026-03-08T02:30:00"), zone).unwrap()), "2026-03-08T07:00:00+00:00");
    }

    #[test]
    fn a_time_the_clock_shows_twice_has_two_instants() {
        let zone = zone("America/New_York").unwrap();
        assert_eq!(utc(earliest(wall("2026-11-01T01:30:00"), zone).unwrap()), "2026-11-01T05:30:00+00:00");
        assert_eq!(utc(latest(wall("2026-11-01T01:30:00"), zone).unwrap()), "2026-11-01T06:30:00+00:00");
    }

    #[test]
    fn a_day_that_begins_at_one_o_clock_and_a_day_that_never_was_have_their_instants() {
        let beirut = zone("Asia/Beirut").unwrap();
        assert_eq!(utc(earliest(wall("2026-03-29T00:00:00"), beirut).unwrap()), "2026-03-28T22:00:00+00:00");
        let apia = zone("Pacific/Apia").unwrap();
        assert_eq!(utc(earliest(wall("2011-12-30T00:00:00"), apia).unwrap()), "2011-12-30T10:00:00+00:00");
    }
}
