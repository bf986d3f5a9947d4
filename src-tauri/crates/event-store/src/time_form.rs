//! How a time was written, as a number, so that its text need not be kept beside its instant.
//!
//! A text that the number would not give back byte for byte is kept as text: evidence is never re-serialised on a guess.

/// The form of a text that has to be kept: code 0.
pub(crate) const KEPT: u32 = 0;

/// Bits of the number of fraction digits.
const DIGITS_BITS: u32 = 4;
/// Offsets are kept in minutes from -1439; `Z` is 0 and the offset of zero minutes is 1440.
const OFFSET_ZERO: i64 = 1440;
const SECOND: i64 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;

/// The form of a text, if form and instant give the text back.
pub(crate) fn form_of(text: &str, utc_nanos: i64) -> u32 {
    let Some(form) = guess(text) else { return KEPT };
    if render(utc_nanos, form) == text { form } else { KEPT }
}

/// The text of an instant in a form.
pub(crate) fn render(utc_nanos: i64, form: u32) -> String {
    let code = i64::from(form.saturating_sub(1));
    let (digits, zone) = (code & ((1 << DIGITS_BITS) - 1), code >> DIGITS_BITS);
    let offset_minutes = if zone == 0 { 0 } else { zone - OFFSET_ZERO };
    let (seconds, nanos) = (utc_nanos.div_euclid(SECOND), utc_nanos.rem_euclid(SECOND));
    let local = seconds + offset_minutes * 60;
    let (year, month, day) = civil(local.div_euclid(DAY_SECONDS));
    let of_day = local.rem_euclid(DAY_SECONDS);

    let mut text = String::with_capacity(36);
    let pieces = [(year, 4, '-'), (month, 2, '-'), (day, 2, 'T'), (of_day / 3600, 2, ':'), (of_day / 60 % 60, 2, ':')];
    for (value, width, after) in pieces {
        push_number(&mut text, value, width);
        text.push(after);
    }
    push_number(&mut text, of_day % 60, 2);
    if digits > 0 {
        text.push('.');
        let drop = (digits..9).fold(1, |factor, _| factor * 10);
        push_number(&mut text, nanos / drop, digits);
    }
    if zone == 0 {
        text.push('Z');
    } else {
        text.push(if offset_minutes < 0 { '-' } else { '+' });
        push_number(&mut text, offset_minutes.abs() / 60, 2);
        text.push(':');
        push_number(&mut text, offset_minutes.abs() % 60, 2);
    }
    text
}

/// What form a text might have, from its ends alone.
fn guess(text: &str) -> Option<u32> {
    let (before, zone) = if let Some(before) = text.strip_suffix('Z') {
        (before, 0)
    } else {
        let (before, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
        let (sign, rest) = offset.split_at_checked(1)?;
        let (hours, minutes) = rest.split_once(':')?;
        let minutes = hours.parse::<i64>().ok()?.checked_mul(60)?.checked_add(minutes.parse::<i64>().ok()?)?;
        let signed = if sign == "-" { -minutes } else { minutes };
        // An offset of -00:00 is told apart from +00:00 by the text itself, which is then kept.
        (before, signed + OFFSET_ZERO)
    };
    let digits = before.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let code = (zone << DIGITS_BITS) | i64::try_from(digits).ok().filter(|digits| *digits <= 9)?;
    u32::try_from(code).ok()?.checked_add(1)
}

fn push_number(text: &mut String, value: i64, width: i64) {
    let mut divisor = (1..width).fold(1, |divisor, _| divisor * 10);
    while divisor > 0 {
        let digit = u8::try_from(value / divisor % 10).unwrap_or_default();
        text.push(char::from(b'0' + digit));
        divisor /= 10;
    }
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar (the well-known algorithm with years that
/// begin in March).
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Instant;

    #[track_caller]
    fn check(text: &str, has_form: bool) {
        let nanos = Instant::parse(text).unwrap().utc_nanos().unwrap();
        let form = form_of(text, nanos);
        assert_eq!(form != KEPT, has_form, "{text}");
        if has_form {
            assert_eq!(render(nanos, form), text);
        }
    }

    #[test]
    fn common_forms_are_given_back_byte_for_byte() {
        for text in [
            "2026-03-01T02:00:00Z",
            "2026-03-01T02:00:00.120Z",
            "2024-02-29T23:59:59.999999999Z",
            "1969-12-31T23:59:59.5+00:00",
            "1900-03-01T00:00:00.000001-11:30",
            "2199-12-31T23:59:59.123456+14:00",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn a_form_that_would_lose_a_byte_is_refused() {
        for text in [
            "2026-03-01t02:00:00Z",
            "2026-03-01 02:00:00Z",
            "2026-03-01T02:00:00-00:00",
            "2026-03-01T02:00:60Z",
            "2026-03-01T02:00:00z",
        ] {
            check(text, false);
        }
    }
}
