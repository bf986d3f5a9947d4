//! What one sign-in consists of: a script of steps with the time between them, by the kind of work.

use crate::calendar::{MINUTE, SECOND, WallClock};
use crate::census::{Census, Stay};
use crate::chance::{Chance, mix};
use crate::deeds::Deed;
use crate::draft::PATIENTS_MAX;
use crate::hospital::{Actor, Hospital, Kind};
use crate::roles::Work;

/// Whom a step is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    Nobody,
    /// One of the session's patients, by place.
    One(u8),
    /// The first so many of them.
    First(u8),
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Microseconds after the step before.
    pub(crate) after: i64,
    pub(crate) deed: Deed,
    pub(crate) about: About,
}

/// A script: who comes in it and what happens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) patients: Vec<Stay>,
    pub(crate) steps: Vec<Step>,
    /// Emergency access: the whole session is marked.
    pub(crate) break_glass: bool,
}

impl Script {
    /// How long it takes, in microseconds.
    pub(crate) fn length(&self) -> i64 {
        self.steps.iter().map(|step| step.after).sum()
    }
}

/// Writes scripts.
pub(crate) struct Scripting<'a> {
    pub(crate) hospital: &'a Hospital,
    pub(crate) census: &'a mut Census,
    pub(crate) chance: &'a mut Chance,
    pub(crate) now: i64,
}

impl Scripting<'_> {
    /// A script for somebody's work. Machines do not sign in.
    pub(crate) fn script(&mut self, place: usize) -> Script {
        let hospital = self.hospital;
        let actor = &hospital.actors[place];
        let mut script = Script::default();
        if !actor.role.machine {
            self.sign_in(&mut script);
        }
        match actor.role.work {
            Work::Nursing => self.nursing(actor, place, &mut script),
            Work::Rounding => self.rounding(actor, place, &mut script),
            Work::Visits => self.visits(&mut script),
            Work::Dispensing => self.dispensing(&mut script),
            Work::Resulting => self.one_by_one(&mut script, &[Deed::Labs, Deed::LabResult], Deed::FileResult),
            Work::Reading => self.one_by_one(&mut script, &[Deed::Imaging, Deed::Notes], Deed::WriteNote),
            Work::Registering => self.registering(&mut script),
            Work::Claims => self.claims(&mut script),
            Work::Records => self.records(&mut script),
            Work::Administration => self.administration(&mut script),
            Work::Feed => self.feed(&mut script),
            Work::Report => self.report(&mut script),
            Work::Model => self.model(&mut script),
            Work::Upkeep => self.add(&mut script, 0, 1, Deed::Backup, About::Nobody),
        }
        if !actor.role.machine {
            self.sign_out(&mut script);
        }
        script
    }

    /// Adds a step so many seconds after the one before, give or take.
    fn add(&mut self, script: &mut Script, shortest: u64, longest: u64, deed: Deed, about: About) {
        let second = SECOND.unsigned_abs();
        let after = self.chance.between(shortest * second, longest * second);
        script.steps.push(Step { after: i64::try_from(after).unwrap_or_default(), deed, about });
    }

    fn sign_in(&mut self, script: &mut Script) {
        while script.steps.len() < 3 && self.chance.per_mille(45) {
            self.add(script, 3, 20, Deed::LoginFailed, About::Nobody);
        }
        self.add(script, 2, 15, Deed::Login, About::Nobody);
    }

    fn sign_out(&mut self, script: &mut Script) {
        if self.chance.per_mille(780) {
            self.add(script, 2, 60, Deed::Logout, About::Nobody);
        } else if self.chance.per_mille(700) {
            let quiet = 15 * MINUTE + SECOND;
            script.steps.push(Step { after: quiet, deed: Deed::Timeout, about: About::Nobody });
        }
    }

    /// Looks into one chart: the summary, some of what is in it, sometimes an explicit close.
    fn chart(&mut self, script: &mut Script, patient: usize, sections: &[Deed], most: u64) {
        let about = About::One(u8::try_from(patient).unwrap_or_default());
        self.add(script, 2, 30, Deed::ChartSummary, about);
        for _ in 0..self.chance.below(most + 1) {
            let deed = self.chance.pick(sections);
            self.add(script, 4, 75, deed, about);
        }
        if self.chance.per_mille(12) {
            self.add(script, 5, 40, Deed::PrintSummary, about);
        }
        if self.chance.per_mille(350) {
            self.add(script, 3, 50, Deed::ChartClose, about);
        }
    }

    /// The patients somebody looks after today: some beds in a row of their ward.
    fn own_patients(&mut self, actor: &Actor, place: usize, most: usize) -> Vec<Stay> {
        let kind = self.hospital.departments[actor.department].kind;
        let Some(beds) = self.hospital.ward_beds.get(actor.department).filter(|_| kind == Kind::Ward) else {
            let count = self.chance.between(1, most as u64);
            return (0..count).map(|_| self.outside_wards(kind)).collect();
        };
        let day = WallClock::at(self.now).day_number.unsigned_abs();
        let from = usize::try_from(mix(place as u64 ^ day << 20) % beds.len() as u64).unwrap_or_default();
        (0..most.min(beds.len())).map(|bed| self.census.in_bed(beds.start + (from + bed) % beds.len())).collect()
    }

    fn outside_wards(&mut self, kind: Kind) -> Stay {
        match kind {
            Kind::Emergency => self.census.in_bay(self.chance),
            Kind::Clinic => self.census.visit(self.now),
            _ => self.census.anywhere(self.chance),
        }
    }

    fn nursing(&mut self, actor: &Actor, place: usize, script: &mut Script) {
        const SECTIONS: &[Deed] = &[
            Deed::Medications,
            Deed::GiveMedication,
            Deed::VitalSigns,
            Deed::VitalSigns,
            Deed::Labs,
            Deed::Notes,
            Deed::WriteNote,
        ];
        script.patients = self.own_patients(actor, place, 5);
        let all = u8::try_from(script.patients.len()).unwrap_or_default();
        let minute = WallClock::at(self.now).minute % (12 * 60);
        if self.chance.per_mille(if (6 * 60 + 30..8 * 60).contains(&minute) { 700 } else { 60 }) {
            self.add(script, 3, 25, Deed::Handover, About::First(all));
        } else if self.chance.per_mille(500) {
            self.add(script, 2, 20, Deed::Worklist, About::First(all));
        }
        if self.chance.per_mille(9) {
            // A patient of another ward: emergency access, with its reason.
            let other = self.census.anywhere(self.chance);
            script.patients.insert(0, other);
            script.break_glass = true;
            self.add(script, 5, 40, Deed::BreakGlass, About::One(0));
            return self.chart(script, 0, SECTIONS, 5);
        }
        if self.chance.per_mille(12) {
            let other = self.census.anywhere(self.chance);
            script.patients.push(other);
            self.add(
                script,
                5,
                40,
                Deed::Refused,
                About::One(u8::try_from(script.patients.len() - 1).unwrap_or_default()),
            );
        }
        for _ in 0..self.chance.between(1, 3) {
            let patient = self.chance.index(usize::from(all));
            self.chart(script, patient, SECTIONS, 4);
        }
    }

    fn rounding(&mut self, actor: &Actor, place: usize, script: &mut Script) {
        const SECTIONS: &[Deed] = &[
            Deed::Labs,
            Deed::LabResult,
            Deed::LabResult,
            Deed::Notes,
            Deed::Imaging,
            Deed::Medications,
            Deed::Order,
            Deed::WriteNote,
        ];
        script.patients = self.own_patients(actor, place, 12);
        let all = script.patients.len();
        if self.chance.per_mille(550) {
            self.add(script, 2, 25, Deed::Worklist, About::First(u8::try_from(all).unwrap_or_default()));
        }
        for _ in 0..self.chance.between(1, 5) {
            let patient = self.chance.index(all);
            if self.chance.per_mille(120) {
                self.add(script, 4, 30, Deed::Search, About::One(u8::try_from(patient).unwrap_or_default()));
            }
            self.chart(script, patient, SECTIONS, 5);
        }
        if self.chance.per_mille(60) {
            // The latest answer of the model is looked at, and mostly acted on; the traffic knows whom it is about.
            self.add(script, 2, 40, Deed::Rendering, About::Nobody);
            if self.chance.per_mille(850) {
                self.add(script, 5, 90, Deed::Override, About::Nobody);
            }
        }
    }

    fn visits(&mut self, script: &mut Script) {
        const SECTIONS: &[Deed] = &[Deed::VitalSigns, Deed::Medications, Deed::Notes, Deed::Schedule, Deed::Psychiatry];
        for patient in 0..=self.chance.index(4) {
            let visit = self.census.visit(self.now);
            script.patients.push(visit);
            self.add(script, 5, 60, Deed::Search, About::One(u8::try_from(patient).unwrap_or_default()));
            self.chart(script, patient, SECTIONS, 4);
        }
    }

    fn dispensing(&mut self, script: &mut Script) {
        for patient in 0..self.chance.index(10) + 3 {
            let stay = self.census.anywhere(self.chance);
            script.patients.push(stay);
            let about = About::One(u8::try_from(patient).unwrap_or_default());
            self.add(script, 5, 40, Deed::Medications, about);
            if self.chance.per_mille(300) {
                self.add(script, 3, 30, Deed::LabResult, about);
            }
            self.add(script, 3, 30, Deed::VerifyOrder, about);
        }
    }

    fn one_by_one(&mut self, script: &mut Script, look: &[Deed], write: Deed) {
        for patient in 0..self.chance.index(7) + 2 {
            let stay = if self.chance.per_mille(400) {
                self.census.in_bay(self.chance)
            } else {
                self.census.anywhere(self.chance)
            };
            script.patients.push(stay);
            let about = About::One(u8::try_from(patient).unwrap_or_default());
            let deed = self.chance.pick(look);
            self.add(script, 6, 90, deed, about);
            if self.chance.per_mille(700) {
                self.add(script, 10, 120, write, about);
            }
        }
    }

    fn registering(&mut self, script: &mut Script) {
        for turn in 0..=self.chance.index(4) {
            let hits = self.chance.index(4) + 1;
            let first = script.patients.len();
            for _ in 0..hits {
                let visit = self.census.visit(self.now);
                script.patients.push(visit);
            }
            // The search shows everybody of that name; one of them is meant.
            script.patients.swap(turn, first);
            let shown = u8::try_from(script.patients.len().min(PATIENTS_MAX)).unwrap_or_default();
            self.add(script, 5, 60, Deed::Search, About::First(shown));
            let about = About::One(u8::try_from(turn).unwrap_or_default());
            self.add(script, 10, 120, Deed::Register, about);
            if self.chance.per_mille(400) {
                self.add(script, 10, 60, Deed::Schedule, about);
            }
        }
    }

    fn claims(&mut self, script: &mut Script) {
        for patient in 0..self.chance.index(12) + 4 {
            let stay = self.census.left_lately(self.chance);
            script.patients.push(stay);
            self.add(script, 8, 90, Deed::Claim, About::One(u8::try_from(patient).unwrap_or_default()));
        }
        if self.chance.per_mille(120) {
            let all = u8::try_from(script.patients.len().min(PATIENTS_MAX)).unwrap_or_default();
            self.add(script, 5, 60, Deed::ClaimBatch, About::First(all));
        }
    }

    fn records(&mut self, script: &mut Script) {
        for patient in 0..self.chance.index(6) + 2 {
            let stay = self.census.left_lately(self.chance);
            script.patients.push(stay);
            let about = About::One(u8::try_from(patient).unwrap_or_default());
            self.chart(script, patient, &[Deed::Notes, Deed::Labs, Deed::Imaging], 4);
            if self.chance.per_mille(130) {
                self.add(script, 20, 200, Deed::ReleaseRecords, about);
            } else {
                self.add(script, 20, 200, Deed::Coding, about);
            }
        }
    }

    fn administration(&mut self, script: &mut Script) {
        for _ in 0..self.chance.between(1, 4) {
            let deed = self.chance.pick(&[Deed::ChangeSetting, Deed::GrantRole]);
            self.add(script, 20, 240, deed, About::Nobody);
        }
    }

    fn feed(&mut self, script: &mut Script) {
        for patient in 0..self.chance.index(20) + 4 {
            let stay = self.census.anywhere(self.chance);
            script.patients.push(stay);
            let deed = self.chance.pick(&[Deed::FileResult, Deed::FileResult, Deed::FileResult, Deed::FileAdmission]);
            self.add(script, 0, 3, deed, About::One(u8::try_from(patient).unwrap_or_default()));
        }
    }

    fn report(&mut self, script: &mut Script) {
        for _ in 0..PATIENTS_MAX {
            let stay = self.census.left_lately(self.chance);
            script.patients.push(stay);
        }
        for _ in 0..self.chance.between(1, 4) {
            let count = self.chance.between(8, PATIENTS_MAX as u64);
            self.add(script, 1, 6, Deed::QualityReport, About::First(u8::try_from(count).unwrap_or_default()));
        }
    }

    fn model(&mut self, script: &mut Script) {
        let count = self.chance.between(1, 8);
        for _ in 0..count {
            let stay = self.census.anywhere(self.chance);
            script.patients.push(stay);
        }
        self.add(script, 0, 2, Deed::Inference, About::First(u8::try_from(count).unwrap_or_default()));
    }
}
