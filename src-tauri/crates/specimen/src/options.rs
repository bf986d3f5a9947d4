//! What a specimen is to be, and whether that can be.

use crate::bundle::Plan;
use crate::calendar::{DAY, midnight};
use crate::packing::Compression;
use crate::scenario::{PERIOD_DAYS, Scenario};
use crate::signing::Signing;
use crate::tamper::Tamper;

/// How many events one specimen may have.
pub const EVENTS_MAX: u64 = 1_000_000_000;
/// How many days one specimen may cover.
pub const DAYS_MAX: u32 = 3_660;
/// How many records a segment may hold.
pub const ROWS_PER_SEGMENT_MAX: u64 = 10_000_000;
/// How many records a segment holds if nothing else is asked for.
pub const ROWS_PER_SEGMENT: u64 = 50_000;
/// The least number of events in a bundle that is tampered with.
pub const TAMPER_EVENTS_MIN: u64 = 12;
/// The earliest and the latest begin of a period: years whose dates have four digits and whose clock rules we know.
const START_RANGE: std::ops::Range<i64> = midnight(2007, 1, 1)..midnight(2100, 1, 1);
const DAYS_DEFAULT: u32 = 7;

/// What a specimen is to be. Equal options give equal bytes, on every machine and in every version; of packed segments
/// the content does, while how it is packed may change with the libraries that pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where chance begins.
    pub seed: u64,
    /// How many events, 1 to [`EVENTS_MAX`].
    pub events: u64,
    /// When the period begins, in microseconds since 1970-01-01T00:00:00Z; by default 2026-03-02T00:00:00Z, or what
    /// the scenario needs. Is taken back to midnight UTC.
    pub start_micros: Option<i64>,
    /// How many days the period lasts, 1 to [`DAYS_MAX`]; by default 7, or what the scenario needs.
    pub days: Option<u32>,
    /// How many records one segment holds, 1 to [`ROWS_PER_SEGMENT_MAX`].
    pub rows_per_segment: u64,
    /// Whether there is a SHA-512 manifest as well.
    pub sha512: bool,
    /// How segments are packed.
    pub compression: Compression,
    /// What happens beyond the ordinary.
    pub scenario: Scenario,
    /// What is signed. A tampering that is about signatures takes [`Signing::Event`] where nothing is asked for.
    pub signing: Signing,
    /// What is done to the bundle.
    pub tamper: Option<Tamper>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            events: 10_000,
            start_micros: None,
            days: None,
            rows_per_segment: ROWS_PER_SEGMENT,
            sha512: false,
            compression: Compression::None,
            scenario: Scenario::Ordinary,
            signing: Signing::None,
            tamper: None,
        }
    }
}

/// Why options cannot be met. The person can choose others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No events, or more than [`EVENTS_MAX`].
    #[error("the number of events must be from {least} to {most}")]
    Events {
        /// The least that will do.
        least: u64,
        /// The most that will do.
        most: u64,
    },
    /// No days, or more than [`DAYS_MAX`].
    #[error("the number of days must be from 1 to {DAYS_MAX}")]
    Days,
    /// The period begins before 2007 or after 2099.
    #[error("the period must begin in the years 2007 to 2099")]
    Start,
    /// No rows in a segment, or more than [`ROWS_PER_SEGMENT_MAX`].
    #[error("the rows of a segment must be from 1 to {ROWS_PER_SEGMENT_MAX}")]
    RowsPerSegment,
    /// The period leaves out days that the scenario is about.
    #[error("this scenario needs a period that covers 2025-12-01 to 2026-03-12")]
    ScenarioPeriod,
    /// The damage is done to single bytes of records, which lie nowhere in a packed segment.
    #[error("this damage is done to segments that are not compressed")]
    DamageInCompressed,
}

impl Options {
    /// Checks the options and fixes what they left open.
    pub fn plan(&self) -> Result<Plan, Refusal> {
        let must_cover = self.scenario.must_cover();
        let start = self.start_micros.unwrap_or_else(|| must_cover.map_or(midnight(2026, 3, 2), |(begin, _)| begin));
        let start = start.div_euclid(DAY) * DAY;
        let days = self.days.unwrap_or(if must_cover.is_some() { PERIOD_DAYS } else { DAYS_DEFAULT });
        if !START_RANGE.contains(&start) {
            return Err(Refusal::Start);
        }
        if days == 0 || days > DAYS_MAX {
            return Err(Refusal::Days);
        }
        let end = start + i64::from(days) * DAY;
        if must_cover.is_some_and(|(first, last)| first < start || end < last) {
            return Err(Refusal::ScenarioPeriod);
        }
        let least = self.scenario.events_min().max(if self.tamper.is_some() { TAMPER_EVENTS_MIN } else { 1 });
        if self.events < least || self.events > EVENTS_MAX {
            return Err(Refusal::Events { least, most: EVENTS_MAX });
        }
        if self.rows_per_segment == 0 || self.rows_per_segment > ROWS_PER_SEGMENT_MAX {
            return Err(Refusal::RowsPerSegment);
        }
        if self.compression != Compression::None && self.tamper.is_some_and(Tamper::needs_plain_segments) {
            return Err(Refusal::DamageInCompressed);
        }
        let needs_two = self.tamper.is_some_and(Tamper::needs_two_segments);
        let rows = if needs_two { self.rows_per_segment.min(self.events.div_ceil(2)) } else { self.rows_per_segment };
        Ok(Plan {
            seed: self.seed,
            events: self.events,
            start,
            end,
            rows_per_segment: rows,
            sha512: self.sha512 || self.tamper.is_some_and(Tamper::needs_sha512),
            compression: self.compression,
            scenario: self.scenario,
            signing: match self.signing {
                Signing::None if self.tamper.is_some_and(Tamper::needs_signatures) => Signing::Event,
                signing => signing,
            },
            tamper: self.tamper,
        })
    }
}
