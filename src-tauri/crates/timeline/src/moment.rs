//! Times that a person typed: RFC 3339, or a date or wall-clock time in a zone that is handed in.
//!
//! A range includes what it names: `from` begins with the first instant of what was written, `to` ends with the last.
//! So `to:2026-03-01` includes that whole day, `to:2026-03-01T02:19` that minute, and `to:2026-03-01T02:19:41Z` also an
//! event that the source timed at 02:19:41.120.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta};

use crate::zone::{ClockShows, SECOND, Zone, earliest, latest, shows};

/// Which end of a range a time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The first instant of what was written.
    From,
    /// The last instant of what was written.
    To,
}

/// An end of a range: the text as it was typed, and the instant it means.
#[derive(Clone, PartialEq, Eq)]
pub struct Moment {
    text: String,
    nanos: i64,
}

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MomentFault {
    /// Neither RFC 3339 nor a date nor a wall-clock time.
    #[error("not a time: write 2026-03-01, 2026-03-01T14:30 or 2026-03-01T14:30:00Z")]
    Malformed,
    /// Outside what nanoseconds in 64 bits can hold (1678 to 2261).
    #[error("the year is out of range")]
    OutOfRange,
}

impl Moment {
    /// Reads RFC 3339 (with `Z` or an offset), `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM` or `YYYY-MM-DDTHH:MM:SS[.fraction]`,
    /// with `T` or a space between; what names no zone is wall-clock time in `zone`.
    pub fn parse(text: &str, zone: Zone, edge: Edge) -> Result<Self, MomentFault> {
        let nanos = match DateTime::parse_from_rfc3339(text) {
            Ok(at) => {
                let first = at.timestamp_nanos_opt().ok_or(MomentFault::OutOfRange)?;
                match edge {
                    Edge::From => first,
                    Edge::To => last_of(first, fraction_unit(text))?,
                }
            }
            Err(_) => wall_clock(text, zone, edge)?,
        };
        Ok(Self { text: text.to_owned(), nanos })
    }

    /// The moment at exactly this nanosecond since 1970-01-01T00:00:00Z, written in UTC.
    #[must_use]
    pub fn at(nanos: i64) -> Self {
        // Nine digits, so that as the end of a range it means this nanosecond and not its whole second.
        let text = DateTime::from_timestamp_nanos(nanos).to_rfc3339_opts(SecondsFormat::Nanos, true);
        Self { text, nanos }
    }

    /// The text as it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z, itself inside the range.
    #[must_use]
    pub fn nanos(&self) -> i64 {
        self.nanos
    }
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Moment({})", self.nanos)
    }
}

/// Reads a wall-clock text: its first instant in nanoseconds since 1970-01-01T00:00:00Z, and how often the zone's clocks
/// show it. `None`: no wall-clock text, or beyond 64 bits.
#[must_use]
pub fn on_the_clock(text: &str, zone: Zone) -> Option<(i64, ClockShows)> {
    let (wall, ..) = wall_unit(text)?;
    Some((earliest(wall, zone)?, shows(wall, zone)))
}

/// The last nanosecond of the `unit` that begins at `first`.
fn last_of(first: i64, unit: i64) -> Result<i64, MomentFault> {
    first.checked_add(unit - 1).ok_or(MomentFault::OutOfRange)
}

/// The unit that the last digit of the seconds counts, in nanoseconds: a second, or a decimal part of one.
fn fraction_unit(text: &str) -> i64 {
    let fraction = text.split_once('.').map_or("", |(_, rest)| rest);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    (0..digits.min(9)).fold(SECOND, |unit, _| unit / 10)
}

fn wall_clock(text: &str, zone: Zone, edge: Edge) -> Result<i64, MomentFault> {
    let (first, next, sub_minute) = wall_unit(text).ok_or(MomentFault::Malformed)?;
    let found = match (edge, sub_minute) {
        (Edge::From, _) => earliest(first, zone),
        // Of a second that occurs twice, the later one: a range must not end before what it names.
        (Edge::To, Some(unit)) => latest(first, zone).and_then(|at| at.checked_add(unit - 1)),
        (Edge::To, None) => last_before(next, zone),
    };
    found.ok_or(MomentFault::OutOfRange)
}

/// The last nanosecond before the wall clock shows `next` for good.
fn last_before(next: NaiveDateTime, zone: Zone) -> Option<i64> {
    let last_wall = next.checked_sub_signed(TimeDelta::nanoseconds(1))?;
    let by_end = latest(last_wall, zone)?;
    // Where the clock jumps over the end itself, the range ends before the jump.
    let by_next = earliest(next, zone)?;
    Some(if by_end >= by_next && crate::zone::local(by_end, zone) >= next { by_next - 1 } else { by_end })
}

/// What a wall-clock text names: its first time, the first time after it, and its unit where that is below a minute.
fn wall_unit(text: &str) -> Option<(NaiveDateTime, NaiveDateTime, Option<i64>)> {
    if let Some(date) = date(text) {
        return Some((date.and_time(NaiveTime::MIN), date.succ_opt()?.and_time(NaiveTime::MIN), None));
    }
    let (day, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let day = date(day)?;
    let well_formed = time.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
    if !well_formed {
        return None;
    }
    if time.len() == 5 {
        let first = day.and_time(NaiveTime::parse_from_str(time, "%H:%M").ok()?);
        return Some((first, first.checked_add_signed(TimeDelta::minutes(1))?, None));
    }
    let unit = fraction_unit(time);
    let first = day.and_time(NaiveTime::parse_from_str(time, "%H:%M:%S%.f").ok()?);
    Some((first, first.checked_add_signed(TimeDelta::nanoseconds(unit))?, Some(unit)))
}

/// `YYYY-MM-DD` and nothing else: chrono alone would also take signs and single digits.
fn date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    if shaped { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text, zone, and the first and the last instant that they mean: a date is the whole day of its zone, a time
    /// includes the unit it was written in, and an hour that the clock shows twice is taken whole.
    const MEANT: &str = "
        2026-03-01                    | UTC              | 2026-03-01T00:00:00Z     | 2026-03-01T23:59:59.999999999Z
        2026-03-08                    | America/New_York | 2026-03-08T05:00:00Z     | 2026-03-09T03:59:59.999999999Z
        2026-11-01                    | America/New_York | 2026-11-01T04:00:00Z     | 2026-11-02T04:59:59.999999999Z
        2026-03-28                    | Asia/Beirut      | 2026-03-27T22:00:00Z     | 2026-03-28T21:59:59.999999999Z
        2026-03-01T02:19:41Z          | UTC              | 2026-03-01T02:19:41Z     | 2026-03-01T02:19:41.999999999Z
        2026-03-01T02:19:41.120+01:00 | UTC              | 2026-03-01T01:19:41.120Z | 2026-03-01T01:19:41.120999999Z
        2026-03-01 02:19              | Europe/Berlin    | 2026-03-01T01:19:00Z     | 2026-03-01T01:19:59.999999999Z
        2026-03-01T02:19:41           | Europe/Berlin    | 2026-03-01T01:19:41Z     | 2026-03-01T01:19:41.999999999Z
        2026-11-01T01:30              | America/New_York | 2026-11-01T05:30:00Z     | 2026-11-01T06:30:59.999999999Z
    ";

    #[test]
    fn a_text_means_from_its_first_instant_to_its_last() {
        let rows: Vec<&str> = MEANT.lines().filter(|row| row.contains('|')).collect();
        assert_eq!(rows.len(), 9);
        for row in rows {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let [text, zone, from, to] = cells.as_slice() else { panic!("four cells: {row}") };
            let zone = crate::zone(zone).unwrap();
            let shown = |edge| {
                let moment = Moment::parse(text, zone, edge).unwrap();
                DateTime::from_timestamp_nanos(moment.nanos()).to_rfc3339_opts(SecondsFormat::AutoSi, true)
            };
            assert_eq!((shown(Edge::From).as_str(), shown(Edge::To).as_str()), (*from, *to), "{text}");
        }
    }

    #[test]
    fn a_nanosecond_survives_its_text() {
        for nanos in [0, 1, 999_999_999, 1_772_700_000_123_456_789] {
            let text = Moment::at(nanos).text().to_owned();
            for edge in [Edge::From, Edge::To] {
                assert_eq!(Moment::parse(&text, Zone::UTC, edge), Ok(Moment::at(nanos)));
            }
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-3-1",
            "2026-02-30",
            "2026-03-01T25:00",
            "2026-03-01Tx",
            "+026-03-01",
            "2026-03-01T02:19:41.é",
        ] {
            assert_eq!(Moment::parse(text, Zone::UTC, Edge::From), Err(MomentFault::Malformed), "{text}");
        }
        assert_eq!(Moment::parse("9999-01-01", Zone::UTC, Edge::To), Err(MomentFault::OutOfRange));
    }
}
