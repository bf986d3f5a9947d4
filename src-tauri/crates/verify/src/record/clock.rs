//! Reads the times of records: nanoseconds since 1970-01-01T00:00:00Z.
//!
//! Nearly every time is `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, which is read here directly; everything else goes through
//! [`model::Instant`], which decides.

use model::{Instant, InstantFault};

const DAY_SECONDS: i64 = 86_400;
const SECOND_NANOS: i64 = 1_000_000_000;

/// Nanoseconds since 1970, or why the text is not a time.
pub(crate) fn nanos(text: &str) -> Result<i64, InstantFault> {
    match plain(text.as_bytes()) {
        Some(nanos) => Ok(nanos),
        None => Instant::parse(text)?.utc_nanos().ok_or(InstantFault::OutOfRange),
    }
}

/// The day in UTC, counted from 1970-01-01.
pub(crate) fn day(nanos: i64) -> i32 {
    i32::try_from(nanos.div_euclid(DAY_SECONDS * SECOND_NANOS)).unwrap_or_default()
}

/// A time as RFC 3339 text.
pub(crate) fn text(nanos: i64) -> String {
    Instant::from_utc_nanos(nanos).text().to_owned()
}

/// A day as `YYYY-MM-DD`.
pub(crate) fn day_text(day: i32) -> String {
    let mut text = text(i64::from(day) * DAY_SECONDS * SECOND_NANOS);
    text.truncate("YYYY-MM-DD".len());
    text
}

/// The common form with `Z`, years 1970 to 2199. `None` means "look closer", not "wrong".
fn plain(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = date else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    if !(1970..2200).contains(&year) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_from_civil(year, month, day)?;
    let seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    Some(seconds * SECOND_NANOS + fraction(rest)?)
}

/// Nanoseconds of `.123Z` or `Z`.
fn fraction(rest: &[u8]) -> Option<i64> {
    let digits = rest.strip_suffix(b"Z")?;
    let Some(digits) = digits.strip_prefix(b".") else { return digits.is_empty().then_some(0) };
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut nanos = 0;
    for place in 0..9 {
        nanos = nanos * 10 + digits.get(place).map_or(Some(0), |digit| one(*digit))?;
    }
    Some(nanos)
}

fn one(digit: u8) -> Option<i64> {
    digit.is_ascii_digit().then(|| i64::from(digit - b'0'))
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    Some(one(tens)? * 10 + one(ones)?)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar; `None` for the 31st of April and the like.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_counted_in_utc() {
        assert_eq!(
            day(nanos("2026-03-02T23:59:59.999999999Z").unwrap()) + 1,
            day(nanos("2026-03-03T00:00:00Z").unwrap())
        );
        assert_eq!(day_text(day(nanos("2024-02-29T12:00:00Z").unwrap())), "2024-02-29");
        assert_eq!(nanos("2026-03-02T07:12:42"), Err(InstantFault::NoZone));
        assert!(nanos("2026-02-29T07:12:42Z").is_err());
        assert!(nanos("2026-02-28T24:00:00Z").is_err());
        assert_eq!(nanos("2026-03-01T01:00:00+01:00"), nanos("2026-03-01T00:00:00Z"));
    }

    proptest! {
        #[test]
        fn the_short_way_agrees_with_the_long_way(seconds in 0_i64..7_258_118_400, fraction in 0_i64..1_000_000_000) {
            let nanos = seconds * SECOND_NANOS + fraction;
            prop_assert_eq!(plain(text(nanos).as_bytes()), Some(nanos));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[0-9TZ:.+-]{0,30}") {
            if let (Some(short), Ok(long)) = (plain(text.as_bytes()), Instant::parse(&text)) {
                prop_assert_eq!(Some(short), long.utc_nanos());
            }
        }
    }
}
