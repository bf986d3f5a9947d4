//! Who is a patient here, and in which bed: stays that begin and end while the traffic runs.
//!
//! Patients are numbers; their ids are `P-` and the number. All of chance's have six digits, so that the four-digit ids
//! of the scenarios can never be made by chance. Memory is bounded by the beds, not by the length of the period.

use crate::calendar::{DAY, HOUR};
use crate::chance::Chance;
use crate::hospital::Hospital;

/// The first number of a patient made by chance.
pub(crate) const FIRST_PATIENT: u32 = 100_000;
/// The last one; the hospital then knows everybody.
const LAST_PATIENT: u32 = 999_999;
/// How many people the hospital knows for each bed when the traffic begins.
const KNOWN_PER_BED: u32 = 24;
/// How many discharged patients billing and records are still busy with.
const DISCHARGED_KEPT: usize = 512;

/// A patient's time in the hospital.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stay {
    pub(crate) patient: u32,
    pub(crate) encounter: u32,
    pub(crate) until: i64,
}

/// Everybody who is here.
#[derive(Debug)]
pub(crate) struct Census {
    beds: Vec<Stay>,
    bays: Vec<Stay>,
    discharged: Vec<Stay>,
    discharges: usize,
    next_patient: u32,
    next_encounter: u32,
    chance: Chance,
}

impl Census {
    /// A hospital that has been running for a while.
    pub(crate) fn new(hospital: &Hospital, seed: u64, now: i64) -> Self {
        let known = u32::try_from(hospital.beds).unwrap_or(u32::MAX).saturating_mul(KNOWN_PER_BED);
        let mut census = Self {
            beds: Vec::new(),
            bays: Vec::new(),
            discharged: Vec::new(),
            discharges: 0,
            next_patient: FIRST_PATIENT.saturating_add(known).min(LAST_PATIENT),
            next_encounter: 5_000_000,
            chance: Chance::new(seed, "census"),
        };
        for _ in 0..hospital.beds {
            let stay = census.admit(now, 4 * HOUR, 6 * DAY);
            census.beds.push(stay);
        }
        for _ in 0..(hospital.beds / 10).max(6) {
            let stay = census.admit(now, HOUR / 2, 7 * HOUR);
            census.bays.push(stay);
        }
        for _ in 0..DISCHARGED_KEPT {
            let stay = census.admit(now, 0, 0);
            census.discharged.push(stay);
        }
        census
    }

    /// Lets everybody go whose time is over, and others in.
    pub(crate) fn advance(&mut self, now: i64) {
        for bed in 0..self.beds.len() {
            if self.beds[bed].until <= now {
                let next = self.admit(now, 20 * HOUR, 8 * DAY);
                let gone = std::mem::replace(&mut self.beds[bed], next);
                self.let_go(gone);
            }
        }
        for bay in 0..self.bays.len() {
            if self.bays[bay].until <= now {
                let next = self.admit(now, 2 * HOUR, 9 * HOUR);
                let gone = std::mem::replace(&mut self.bays[bay], next);
                self.let_go(gone);
            }
        }
    }

    fn let_go(&mut self, gone: Stay) {
        let place = self.discharges % DISCHARGED_KEPT;
        self.discharged[place] = gone;
        self.discharges += 1;
    }

    /// Whoever lies in a bed.
    pub(crate) fn in_bed(&self, bed: usize) -> Stay {
        self.beds[bed % self.beds.len()]
    }

    /// Somebody in the emergency department.
    pub(crate) fn in_bay(&self, chance: &mut Chance) -> Stay {
        chance.pick(&self.bays)
    }

    /// Somebody who left lately.
    pub(crate) fn left_lately(&self, chance: &mut Chance) -> Stay {
        chance.pick(&self.discharged)
    }

    /// Somebody in any bed.
    pub(crate) fn anywhere(&self, chance: &mut Chance) -> Stay {
        chance.pick(&self.beds)
    }

    /// Somebody who comes for an appointment.
    pub(crate) fn visit(&mut self, now: i64) -> Stay {
        self.admit(now, HOUR, 2 * HOUR)
    }

    fn admit(&mut self, now: i64, shortest: i64, longest: i64) -> Stay {
        let newcomer = self.next_patient < LAST_PATIENT && self.chance.per_mille(350);
        let patient = if newcomer {
            self.next_patient += 1;
            self.next_patient
        } else {
            let known = u64::from(self.next_patient - FIRST_PATIENT);
            FIRST_PATIENT + u32::try_from(self.chance.below(known)).unwrap_or_default()
        };
        self.next_encounter += 1;
        let length = self.chance.between(shortest.unsigned_abs(), longest.unsigned_abs());
        Stay { patient, encounter: self.next_encounter, until: now + i64::try_from(length).unwrap_or_default() }
    }
}
