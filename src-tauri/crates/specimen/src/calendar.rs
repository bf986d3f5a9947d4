//! Dates without a library: UTC instants as text, and the wall clock of New York.
//!
//! Instants are microseconds since 1970-01-01T00:00:00Z. The wall clock follows the rule of the Energy Policy Act of
//! 2005 (15 U.S.C. 260a): daylight time from the second Sunday of March to the first Sunday of November, 02:00 local.
//! It is written out here because zone data changes with its package, and a sample must not. Before 2007 it is wrong.

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub(crate) const DAY: i64 = 24 * HOUR;

/// A date of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: i64,
    /// 1 to 31.
    pub(crate) day: i64,
}

/// The date of a day counted from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) const fn date_of(day_number: i64) -> Date {
    let z = day_number + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
    Date { year, month, day: doy - (153 * mp + 2) / 5 + 1 }
}

/// The day counted from 1970-01-01 of a date.
pub(crate) const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = if month > 2 { month - 3 } else { month + 9 };
    let doy = (153 * mp + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// The instant at which a date begins in UTC.
pub(crate) const fn midnight(year: i64, month: i64, day: i64) -> i64 {
    day_number(year, month, day) * DAY
}

/// Day of the week, 0 = Sunday.
pub(crate) const fn weekday(day_number: i64) -> i64 {
    (day_number + 4).rem_euclid(7)
}

/// The instant as RFC 3339 in UTC with six digits of fraction: 27 characters for the years 0 to 9999.
pub(crate) fn rfc3339(instant: i64) -> [u8; 27] {
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    let Date { year, month, day } = date_of(instant.div_euclid(DAY));
    let within = instant.rem_euclid(DAY);
    digits(&mut text[0..4], year);
    digits(&mut text[5..7], month);
    digits(&mut text[8..10], day);
    digits(&mut text[11..13], within / HOUR);
    digits(&mut text[14..16], within / MINUTE % 60);
    digits(&mut text[17..19], within / SECOND % 60);
    digits(&mut text[20..26], within % SECOND);
    text
}

/// The instant as RFC 3339 in UTC, whole seconds.
pub(crate) fn rfc3339_seconds(instant: i64) -> String {
    format!("{}Z", String::from_utf8_lossy(&rfc3339(instant)[..19]))
}

/// The date of an instant in UTC, as `YYYY-MM-DD`.
pub(crate) fn date_text(instant: i64) -> String {
    String::from_utf8_lossy(&rfc3339(instant)[..10]).into_owned()
}

fn digits(slots: &mut [u8], number: i64) {
    let mut left = number;
    for slot in slots.iter_mut().rev() {
        *slot = b'0' + u8::try_from(left.rem_euclid(10)).unwrap_or_default();
        left /= 10;
    }
}

/// What a clock on a wall in New York shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WallClock {
    /// Days since 1970-01-01, by the local date.
    pub(crate) day_number: i64,
    /// Minutes since local midnight.
    pub(crate) minute: i64,
}

impl WallClock {
    /// The wall clock at an instant.
    pub(crate) const fn at(instant: i64) -> Self {
        let local = instant + offset_of(instant);
        Self { day_number: local.div_euclid(DAY), minute: local.rem_euclid(DAY) / MINUTE }
    }

    /// The instant at which a wall clock shows this. Of an hour that comes twice it is the first; of one that is
    /// skipped, what it would have been.
    pub(crate) const fn instant(self) -> i64 {
        let local = self.day_number * DAY + self.minute * MINUTE;
        let summer = local + 4 * HOUR;
        if offset_of(summer) == -4 * HOUR { summer } else { local + 5 * HOUR }
    }

    /// The hour, 0 to 23.
    pub(crate) const fn hour(self) -> i64 {
        self.minute / 60
    }

    /// Whether it is Saturday or Sunday.
    pub(crate) const fn weekend(self) -> bool {
        matches!(weekday(self.day_number), 0 | 6)
    }
}

/// What has to be added to UTC for the wall clock, in microseconds.
const fn offset_of(instant: i64) -> i64 {
    let year = date_of(instant.div_euclid(DAY)).year;
    let begins = sunday(year, 3, 2) * DAY + 7 * HOUR;
    let ends = sunday(year, 11, 1) * DAY + 6 * HOUR;
    if begins <= instant && instant < ends { -4 * HOUR } else { -5 * HOUR }
}

/// The day number of the `nth` Sunday of a month.
const fn sunday(year: i64, month: i64, nth: i64) -> i64 {
    let first = day_number(year, month, 1);
    first + (7 - weekday(first)) % 7 + 7 * (nth - 1)
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Offset, TimeZone, Timelike};

    use super::*;

    #[test]
    fn the_wall_clock_agrees_with_the_zone_data_for_thirty_years() {
        let mut instant = midnight(2007, 1, 1);
        while instant < midnight(2037, 1, 1) {
            let known = chrono_tz::America::New_York.timestamp_micros(instant).unwrap();
            let ours = WallClock::at(instant);
            assert_eq!(ours.minute, i64::from(known.hour() * 60 + known.minute()), "at {}", rfc3339_seconds(instant));
            assert_eq!(offset_of(instant) / SECOND, i64::from(known.offset().fix().local_minus_utc()));
            assert_eq!(weekday(ours.day_number), i64::from(known.weekday().num_days_from_sunday()));
            if ours.instant() != instant {
                assert_eq!(ours.instant(), instant - HOUR, "only the hour that comes twice is ambiguous");
            }
            instant += 30 * MINUTE;
        }
    }

    #[test]
    fn instants_are_written_as_the_library_writes_them() {
        for instant in [0, -1, 1_772_409_600_000_000, midnight(2024, 2, 29) + 86_399_999_999, midnight(2100, 3, 1)] {
            let known = chrono::DateTime::from_timestamp_micros(instant).unwrap();
            let text = known.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
            assert_eq!(rfc3339(instant), text.as_bytes(), "{text}");
        }
    }

    #[test]
    fn the_clock_jumps_on_the_eighth_of_march_2026() {
        let before = WallClock::at(midnight(2026, 3, 8) + 7 * HOUR - 1);
        let after = WallClock::at(midnight(2026, 3, 8) + 7 * HOUR);
        assert_eq!((before.hour(), after.hour()), (1, 3));
    }
}
