//! Reads a `GeneralizedTime` as RFC 3161 writes it: UTC, seconds, perhaps a fraction without trailing zeros.

use der::DateTime;
use std::time::Duration;

/// A time as RFC 3339 text, and as seconds since 1970 (rounded down).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) text: String,
    pub(super) since_1970: Duration,
}

/// Reads `YYYYMMDDhhmmss[.f…]Z`, at most nine digits of a fraction.
pub(super) fn read(bytes: &[u8]) -> Option<Time> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |fraction: &str| (1..=9).contains(&fraction.len()) && is_digits(fraction) && !fraction.ends_with('0');
    if whole.len() != 14 || !is_digits(whole) || !fraction.is_none_or(fits) {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<u8>().ok();
    let (month, day, hour, minute, second) = (part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?);
    let year = whole.get(..4)?.parse::<u16>().ok()?;
    let since_1970 = DateTime::new(year, month, day, hour, minute, second).ok()?.unix_duration();
    let fraction = fraction.map(|digits| format!(".{digits}")).unwrap_or_default();
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z");
    Some(Time { text, since_1970 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_kept_and_nonsense_is_refused() {
        let time = read(b"20261121093000.25Z").unwrap();
        assert_eq!((time.text.as_str(), time.since_1970.as_secs()), ("2026-11-21T09:30:00.25Z", 1_795_253_400));
        assert_eq!(read(b"20261121093000Z").unwrap().text, "2026-11-21T09:30:00Z");
        for wrong in ["20261121093000", "20261121093000.Z", "20261121093000.50Z", "20261321093000Z", "2026112109300Z"] {
            assert_eq!(read(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
