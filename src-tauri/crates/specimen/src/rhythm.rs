//! How busy a hospital is at a time: by the hour of the wall clock, thinner at nights and on weekends, with bursts.

use crate::calendar::{MINUTE, WallClock};
use crate::chance::mix;

/// The length of a slot: how finely the traffic follows the clock.
pub(crate) const SLOT: i64 = 5 * MINUTE;

/// Events of a weekday by hour, relative to the busiest.
const WEEKDAY: [u64; 24] =
    [22, 19, 17, 16, 17, 22, 38, 82, 100, 104, 100, 96, 88, 94, 98, 96, 90, 78, 66, 62, 50, 40, 34, 27];
/// The same for Saturdays and Sundays.
const WEEKEND: [u64; 24] =
    [20, 18, 16, 15, 16, 20, 32, 54, 56, 56, 54, 52, 48, 50, 52, 50, 48, 46, 44, 42, 36, 32, 28, 24];

/// How much of the traffic falls into the slot that begins at `instant`.
pub(crate) fn weight(seed: u64, instant: i64) -> u64 {
    let clock = WallClock::at(instant);
    let hours = if clock.weekend() { WEEKEND } else { WEEKDAY };
    let hour = usize::try_from(clock.hour()).unwrap_or_default() % 24;
    // A burst holds for a quarter of an hour: an admission, a code, a shuttle bus.
    let burst = match mix(seed ^ instant.div_euclid(3 * SLOT).unsigned_abs()) % 16 {
        0 => 220,
        1..=3 => 140,
        4..=11 => 100,
        _ => 75,
    };
    hours[hour] * burst
}

/// Which of a role's four activities counts at a time.
pub(crate) fn activity_column(clock: WallClock) -> usize {
    match clock.hour() {
        7..=22 if clock.weekend() => 3,
        7..=16 => 0,
        17..=22 => 1,
        _ => 2,
    }
}
