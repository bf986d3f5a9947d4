//! Numbers, days and names in words. The one place that decides how a count or a period reads.

use chrono::TimeZone as _;
use model::Instant;
use timeline::Zone;

use crate::portion::brief;
use crate::wire::When;

/// A number with separators: `1,204,118`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 record`, `12 records`, `12 entries`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let number_text = grouped(number);
    match noun.strip_suffix("ry") {
        _ if number == 1 => format!("{number_text} {noun}"),
        Some(stem) => format!("{number_text} {stem}ries"),
        None => format!("{number_text} {noun}s"),
    }
}

/// A count of so many that there are: `1 of 2 segments`; all of them where `stated` is no more.
pub(crate) fn counted_of(number: u64, stated: u64, noun: &str) -> String {
    if stated > number { format!("{} of {}", grouped(number), counted(stated, noun)) } else { counted(number, noun) }
}

/// What spreadsheets take for the start of a formula (formats 5).
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];

/// A cell of a table that may end up in a spreadsheet: no formula, and one line. What moves the cursor or the direction of
/// writing is a visible escape, a line feed and a tab too.
#[must_use]
pub fn table_cell(text: &str) -> String {
    let start = text.trim_start_matches([' ', '\u{a0}', '\t', '\r', '\n']);
    let is_risky = start.starts_with(FORMULA_STARTS) || text.starts_with(['\t', '\r', '\n']);
    format!("{}{}", if is_risky { "'" } else { "" }, bundle::escape::visible(text))
}

/// An instant for the page.
pub(crate) fn when(instant: &Instant) -> When {
    When { epoch_ms: instant.utc_nanos().map(|nanos| nanos.div_euclid(1_000_000)), recorded: brief(instant.text()) }
}

/// An RFC 3339 text for the page; a text that is none stays a text.
pub(crate) fn when_text(text: &str) -> When {
    when(&Instant::parse(text).unwrap_or_else(|_| Instant::undated(text)))
}

/// A period by its days in a zone: `2 Mar 2026 – 9 Mar 2026`. An end that names no instant stands there as it was stated.
pub(crate) fn period(from: Option<&str>, to: Option<&str>, zone: Zone) -> String {
    let stated = |text: &str| Some(brief(bundle::escape::visible(text))).filter(|text| !text.trim().is_empty());
    let day = |text: &str| day(text, zone).or_else(|| stated(text));
    match (from.and_then(day), to.and_then(day)) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => format!("{from} – {to}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => "period not stated".to_owned(),
    }
}

/// A day in words, as a zone counts days: `2 Mar 2026`.
pub(crate) fn day(text: &str, zone: Zone) -> Option<String> {
    let instant = Instant::parse(text).ok()?;
    Some(zone.timestamp_nanos(instant.utc_nanos()?).format("%-d %b %Y").to_string())
}

/// A moment in words, by the clocks of a zone, to the minute: `2 Mar 2026, 14:05`.
pub(crate) fn moment(text: &str, zone: Zone) -> Option<String> {
    let instant = Instant::parse(text).ok()?;
    Some(zone.timestamp_nanos(instant.utc_nanos()?).format("%-d %b %Y, %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_periods_read_as_a_person_writes_them() {
        assert_eq!([0, 999, 1_000, 1_204_118].map(grouped), ["0", "999", "1,000", "1,204,118"]);
        assert_eq!((counted(1, "record"), counted(2, "record")), ("1 record".to_owned(), "2 records".to_owned()));
        assert_eq!((counted(1, "entry"), counted(0, "entry")), ("1 entry".to_owned(), "0 entries".to_owned()));
        let (from, utc) = (Some("2026-03-02T00:00:00Z"), chrono_tz::UTC);
        assert_eq!(period(from, Some("2026-03-09T05:00:00Z"), utc), "2 Mar 2026 – 9 Mar 2026");
        assert_eq!(period(from, from, utc), "2 Mar 2026");
        assert_eq!(period(from, None, chrono_tz::America::New_York), "1 Mar 2026");
        assert_eq!(period(Some("2026-03-02T00:00"), Some("9 March"), utc), "2026-03-02T00:00 – 9 March");
        assert_eq!(period(Some(" "), None, utc), "period not stated");
        assert_eq!(period(None, None, utc), "period not stated");
        let at = "2026-03-02T23:05:59.5Z";
        assert_eq!(moment(at, chrono_tz::Europe::Paris).as_deref(), Some("3 Mar 2026, 00:05"));
    }
}
