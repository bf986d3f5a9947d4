//! The steps of a calendar: where minutes, hours, days, weeks and months begin on the clocks of a zone.
//!
//! A day of 23 or 25 hours is one day; in the night the clock is set back, the repeated hour is two hours. Whatever
//! the zone does, edges ascend strictly and cover the span that was asked for.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Timelike};
use serde::{Deserialize, Serialize};

use crate::zone::{SECOND, Zone, earliest, local, offset_seconds};

/// A stretch of time: nanoseconds since 1970-01-01T00:00:00Z, `from` inside, `until` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First nanosecond.
    pub from: i64,
    /// First nanosecond after it; never before `from`.
    pub until: i64,
}

/// How long one bin is, on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 1 minute.
    Minute,
    /// 5 minutes.
    FiveMinutes,
    /// 15 minutes.
    QuarterHour,
    /// 1 hour.
    Hour,
    /// 3 hours, from midnight.
    ThreeHours,
    /// 6 hours, from midnight.
    SixHours,
    /// 12 hours, from midnight.
    HalfDay,
    /// From midnight to midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first of the month.
    Month,
    /// From the first of January, April, July or October.
    Quarter,
    /// From 1 January.
    Year,
    /// From 1 January of a year that ends in 0.
    Decade,
}

impl Step {
    /// Every step, finest first.
    pub const ALL: &'static [Self] = &[
        Self::Minute,
        Self::FiveMinutes,
        Self::QuarterHour,
        Self::Hour,
        Self::ThreeHours,
        Self::SixHours,
        Self::HalfDay,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::Decade,
    ];

    /// The finest step of which at most `bins_max` cover the span; the coarsest if none is coarse enough.
    #[must_use]
    pub fn finest(span: Span, zone: Zone, bins_max: usize) -> Self {
        let fits = |step: &&Self| step.edges(span, zone, bins_max).is_some();
        Self::ALL.iter().find(fits).copied().unwrap_or(Self::Decade)
    }

    /// Where the bins that cover the span begin, and where the last one ends; `None` if there are more than `bins_max`.
    ///
    /// An empty span is covered by the one bin that its instant lies in.
    #[must_use]
    pub fn edges(self, span: Span, zone: Zone, bins_max: usize) -> Option<Vec<i64>> {
        let mut edges = vec![self.begin(span.from, zone)];
        while let Some(last) = edges.last().copied() {
            if edges.len() > 1 && last >= span.until {
                break;
            }
            if edges.len() > bins_max {
                return None;
            }
            edges.push(self.next(last, zone)?);
        }
        Some(edges)
    }

    /// The last beginning of a bin at or before an instant.
    fn begin(self, at: i64, zone: Zone) -> i64 {
        if let Some(seconds) = self.clock_seconds() {
            let offset = offset_seconds(at, zone);
            let wall = at.div_euclid(SECOND) + offset;
            return (wall - wall.rem_euclid(seconds) - offset) * SECOND;
        }
        let wall = local(at, zone);
        let hour = self.day_hours().map_or(0, |hours| wall.hour() / hours * hours);
        let found = self
            .first_day(wall.date())
            .and_then(|day| day.and_hms_opt(hour, 0, 0))
            .and_then(|begin| earliest(begin, zone))
            .unwrap_or(i64::MIN);
        found.min(at)
    }

    /// The beginning of the bin after the one that begins at `begin`; `None` beyond 64 bits.
    fn next(self, begin: i64, zone: Zone) -> Option<i64> {
        if let Some(seconds) = self.clock_seconds() {
            return next_on_clock(begin, seconds, zone);
        }
        let mut wall = local(begin, zone);
        // Where a zone leaves out a beginning, the next one may fall on the same instant: go on until time does.
        loop {
            wall = match self.day_hours() {
                Some(hours) if wall.hour() / hours * hours + hours < 24 => {
                    wall.date().and_hms_opt(wall.hour() / hours * hours + hours, 0, 0)?
                }
                Some(_) => wall.date().succ_opt()?.and_time(NaiveTime::MIN),
                None => self.next_day(self.first_day(wall.date())?)?.and_time(NaiveTime::MIN),
            };
            let next = earliest(wall, zone)?;
            if next > begin {
                return Some(next);
            }
        }
    }

    /// Length in seconds of the steps that follow the running clock, not the day.
    const fn clock_seconds(self) -> Option<i64> {
        match self {
            Self::Minute => Some(60),
            Self::FiveMinutes => Some(300),
            Self::QuarterHour => Some(900),
            Self::Hour => Some(3600),
            _ => None,
        }
    }

    /// Length in hours of the steps that divide a day.
    const fn day_hours(self) -> Option<u32> {
        match self {
            Self::ThreeHours => Some(3),
            Self::SixHours => Some(6),
            Self::HalfDay => Some(12),
            _ => None,
        }
    }

    /// The first day of the step that a day lies in.
    fn first_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))),
            Self::Month => day.with_day(1),
            Self::Quarter => NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
            Self::Decade => NaiveDate::from_ymd_opt(day.year().div_euclid(10) * 10, 1, 1),
            _ => Some(day),
        }
    }

    fn next_day(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Quarter => first.checked_add_months(Months::new(3)),
            Self::Year => first.checked_add_months(Months::new(12)),
            Self::Decade => first.checked_add_months(Months::new(120)),
            _ => first.succ_opt(),
        }
    }

    /// How a label names the beginning of a bin of this step.
    pub(crate) fn label(self, begin: i64, zone: Zone) -> String {
        let wall = local(begin, zone);
        let form = match self {
            Self::Day | Self::Week => "%-d %b",
            Self::Month | Self::Quarter => "%b %Y",
            Self::Year | Self::Decade => "%Y",
            // At midnight the day says more than the hour.
            _ if wall.time() == NaiveTime::MIN => "%-d %b",
            _ => "%H:%M",
        };
        wall.format(form).to_string()
    }
}

/// The next instant after `begin` at which the clock shows a multiple of `seconds`.
fn next_on_clock(begin: i64, seconds: i64, zone: Zone) -> Option<i64> {
    let on_clock = |at: i64| {
        let offset = offset_seconds(at, zone);
        let wall = at.div_euclid(SECOND) + offset;
        (wall - wall.rem_euclid(seconds) - offset).checked_mul(SECOND)
    };
    let next = begin.checked_add(TimeDelta::seconds(seconds).num_nanoseconds()?)?;
    // A clock that is moved by part of a step (Lord Howe: 30 minutes) shortens or lengthens one bin.
    match on_clock(next)? {
        aligned if aligned > begin => Some(aligned),
        _ => Some(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Moment};

    fn span(zone: Zone, from: &str, to: &str) -> Span {
        let from = Moment::parse(from, zone, Edge::From).unwrap().nanos();
        let until = Moment::parse(to, zone, Edge::To).unwrap().nanos() + 1;
        Span { from, until }
    }

    /// The lengths of the bins in minutes.
    fn lengths(step: Step, zone: &str, from: &str, to: &str) -> Vec<i64> {
        let zone = crate::zone(zone).unwrap();
        let span = span(zone, from, to);
        let edges = step.edges(span, zone, 1000).unwrap();
        assert!(*edges.first().unwrap() <= span.from && *edges.last().unwrap() >= span.until);
        edges.windows(2).map(|pair| (pair[1] - pair[0]) / SECOND / 60).collect()
    }

    #[test]
    fn days_have_as_many_hours_as_the_zone_gave_them() {
        assert_eq!(lengths(Step::Day, "America/New_York", "2026-03-07", "2026-03-09"), [1440, 1380, 1440]);
        assert_eq!(lengths(Step::Day, "America/New_York", "2026-10-31", "2026-11-02"), [1440, 1500, 1440]);
        assert_eq!(lengths(Step::Day, "Asia/Beirut", "2026-03-28", "2026-03-30"), [1440, 1380, 1440]);
        assert_eq!(lengths(Step::Day, "Pacific/Apia", "2011-12-29", "2011-12-31"), [1440, 1440]);
    }

    #[test]
    fn a_repeated_hour_is_two_and_a_skipped_one_none() {
        assert_eq!(lengths(Step::Hour, "America/New_York", "2026-11-01", "2026-11-01").len(), 25);
        assert_eq!(lengths(Step::Hour, "America/New_York", "2026-03-08", "2026-03-08").len(), 23);
        assert_eq!(
            lengths(Step::ThreeHours, "America/New_York", "2026-11-01", "2026-11-01"),
            [240, 180, 180, 180, 180, 180, 180, 180]
        );
        assert_eq!(lengths(Step::SixHours, "America/New_York", "2026-03-08", "2026-03-08"), [300, 360, 360, 360]);
    }

    #[test]
    fn a_clock_moved_by_half_an_hour_is_back_on_the_hour_with_the_next_bin() {
        let lengths = lengths(Step::Hour, "Australia/Lord_Howe", "2026-04-05", "2026-04-05");
        assert_eq!(lengths.iter().sum::<i64>(), 24 * 60 + 30);
        assert_eq!(lengths.iter().filter(|minutes| **minutes != 60).count(), 1);
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let zone = Zone::UTC;
        let span = span(zone, "2026-03-04", "2026-03-20");
        let weeks = Step::Week.edges(span, zone, 10).unwrap();
        let labels: Vec<_> = weeks.iter().map(|edge| Step::Week.label(*edge, zone)).collect();
        assert_eq!(labels, ["2 Mar", "9 Mar", "16 Mar", "23 Mar"]);
        let months = Step::Month.edges(span, zone, 10).unwrap();
        assert_eq!(
            months.iter().map(|edge| Step::Month.label(*edge, zone)).collect::<Vec<_>>(),
            ["Mar 2026", "Apr 2026"]
        );
    }

    #[test]
    fn the_finest_step_that_fits_is_taken() {
        let zone = crate::zone("America/New_York").unwrap();
        let finest = |from, to| Step::finest(span(zone, from, to), zone, 60);
        assert_eq!(finest("2026-03-01T02:00", "2026-03-01T02:59"), Step::Minute);
        assert_eq!(finest("2026-03-01", "2026-03-01"), Step::Hour);
        assert_eq!(finest("2026-03-01", "2026-03-31"), Step::Day);
        assert_eq!(finest("2026-01-01", "2026-12-31"), Step::Week);
        assert_eq!(finest("2020-01-01", "2025-12-31"), Step::Quarter);
        assert_eq!(finest("1900-01-01", "2199-12-31"), Step::Decade);
    }

    #[test]
    fn one_instant_lies_in_one_bin() {
        assert_eq!(Step::Hour.edges(Span { from: 5, until: 5 }, Zone::UTC, 1), Some(vec![0, 3600 * SECOND]));
    }

    #[test]
    fn edges_ascend_in_every_zone_through_every_change_of_clocks() {
        for zone in chrono_tz::TZ_VARIANTS {
            let span = span(zone, "2024-01-01", "2025-12-31");
            for step in [Step::ThreeHours, Step::Day, Step::Week, Step::Month] {
                let edges = step.edges(span, zone, 10_000).unwrap();
                assert!(edges.windows(2).all(|pair| pair[0] < pair[1]), "{zone} {step:?}");
                for edge in &edges {
                    assert_eq!(step.begin(*edge, zone), *edge, "{zone} {step:?} {edge}");
                }
            }
        }
    }
}
