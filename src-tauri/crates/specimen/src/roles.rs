//! A table: the roles of a hospital, when they work, how busy they are, and under which policy they look at charts.

use crate::hospital::Kind;

/// When somebody works. Minutes count from local midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    begin: i64,
    /// May be smaller than `begin`: then the shift ends on the next day. Equal: always.
    end: i64,
    /// On how many days in seven somebody comes, where the day is a weekday.
    pub(crate) weekdays: u64,
    /// The same for Saturdays and Sundays.
    pub(crate) weekend_days: u64,
}

impl Shift {
    /// Whether a minute of the day lies in the shift.
    pub(crate) const fn covers(self, minute: i64) -> bool {
        if self.begin == self.end {
            true
        } else if self.begin < self.end {
            self.begin <= minute && minute < self.end
        } else {
            minute >= self.begin || minute < self.end
        }
    }

    /// Until which minute of a day a shift of the day before lasts; 0 for a shift within one day.
    pub(crate) const fn ends_next_day(self) -> i64 {
        if self.begin > self.end { self.end } else { 0 }
    }
}

const fn shift(begin_hour: i64, end_hour: i64, weekdays: u64, weekend_days: u64) -> Shift {
    Shift { begin: begin_hour * 60, end: end_hour * 60, weekdays, weekend_days }
}

const DAY_12: Shift = shift(7, 19, 3, 3);
const NIGHT_12: Shift = shift(19, 7, 3, 3);
const DAY_8: Shift = shift(7, 15, 5, 2);
const EVENING_8: Shift = shift(15, 23, 5, 2);
const OFFICE: Shift = shift(8, 17, 7, 0);
const CLINIC: Shift = shift(8, 18, 6, 0);
const ROUNDS: Shift = shift(6, 18, 5, 2);
const ALWAYS: Shift = shift(0, 0, 7, 7);

/// The shift of the scenarios' nurse: 07:00 to 19:00.
pub(crate) const SCENARIO_SHIFT: Shift = DAY_12;

/// What somebody does in a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Nursing,
    Rounding,
    Visits,
    Dispensing,
    Resulting,
    Reading,
    Registering,
    Claims,
    Records,
    Administration,
    Feed,
    Report,
    Model,
    Upkeep,
}

/// A role.
#[derive(Debug)]
pub(crate) struct Role {
    /// The role's word in the log.
    pub(crate) word: &'static str,
    /// What ids of this role begin with.
    pub(crate) prefix: &'static str,
    /// What stands before a name.
    pub(crate) title: &'static str,
    /// A program rather than a person.
    pub(crate) machine: bool,
    /// How many in a thousand people have it; of machines, how many there are.
    pub(crate) share: u64,
    /// Where they work.
    pub(crate) kinds: &'static [Kind],
    /// The shifts they take, in turn.
    pub(crate) shifts: &'static [Shift],
    /// How many sign-ins they cause, weekdays 07-17, 17-23, 23-07 and weekends 07-23, relative to others.
    pub(crate) activity: [u64; 4],
    pub(crate) work: Work,
    /// The policy that lets them in.
    pub(crate) policy: &'static str,
    /// Code of the purpose of use (HL7 v3 `PurposeOfUse`).
    pub(crate) purpose: &'static str,
}

/// Every role. The first is the scenarios' nurse's; an order change moves all samples.
pub(crate) const ROLES: &[Role] = &[
    Role {
        word: "nurse",
        prefix: "u-rn",
        title: "RN",
        machine: false,
        share: 380,
        kinds: &[Kind::Ward, Kind::Emergency],
        shifts: &[DAY_12, NIGHT_12, DAY_12],
        activity: [300, 320, 420, 360],
        work: Work::Nursing,
        policy: "treatment-ward-v3",
        purpose: "TREAT",
    },
    Role {
        word: "physician",
        prefix: "u-md",
        title: "Dr.",
        machine: false,
        share: 110,
        kinds: &[Kind::Ward, Kind::Emergency, Kind::Clinic],
        shifts: &[ROUNDS, CLINIC, ROUNDS, NIGHT_12],
        activity: [150, 90, 90, 110],
        work: Work::Rounding,
        policy: "treatment-v3",
        purpose: "TREAT",
    },
    Role {
        word: "resident",
        prefix: "u-res",
        title: "Dr.",
        machine: false,
        share: 60,
        kinds: &[Kind::Ward, Kind::Emergency],
        shifts: &[ROUNDS, ROUNDS, NIGHT_12],
        activity: [90, 90, 110, 90],
        work: Work::Rounding,
        policy: "treatment-v3",
        purpose: "TREAT",
    },
    Role {
        word: "medical_assistant",
        prefix: "u-ma",
        title: "MA",
        machine: false,
        share: 90,
        kinds: &[Kind::Clinic],
        shifts: &[CLINIC],
        activity: [90, 5, 0, 0],
        work: Work::Visits,
        policy: "treatment-clinic-v2",
        purpose: "TREAT",
    },
    Role {
        word: "pharmacist",
        prefix: "u-ph",
        title: "PharmD",
        machine: false,
        share: 40,
        kinds: &[Kind::Pharmacy],
        shifts: &[DAY_8, EVENING_8, DAY_8, NIGHT_12],
        activity: [45, 45, 30, 45],
        work: Work::Dispensing,
        policy: "medication-v2",
        purpose: "TREAT",
    },
    Role {
        word: "lab_technologist",
        prefix: "u-lab",
        title: "MLS",
        machine: false,
        share: 50,
        kinds: &[Kind::Laboratory],
        shifts: &[DAY_8, EVENING_8, NIGHT_12],
        activity: [40, 35, 30, 35],
        work: Work::Resulting,
        policy: "ancillary-lab-v1",
        purpose: "TREAT",
    },
    Role {
        word: "radiology_technologist",
        prefix: "u-rt",
        title: "RT(R)",
        machine: false,
        share: 45,
        kinds: &[Kind::Radiology],
        shifts: &[DAY_8, EVENING_8, NIGHT_12],
        activity: [40, 35, 20, 30],
        work: Work::Reading,
        policy: "ancillary-imaging-v1",
        purpose: "TREAT",
    },
    Role {
        word: "radiologist",
        prefix: "u-rad",
        title: "Dr.",
        machine: false,
        share: 15,
        kinds: &[Kind::Radiology],
        shifts: &[DAY_8, EVENING_8],
        activity: [25, 20, 10, 15],
        work: Work::Reading,
        policy: "ancillary-imaging-v1",
        purpose: "TREAT",
    },
    Role {
        word: "registrar",
        prefix: "u-reg",
        title: "",
        machine: false,
        share: 70,
        kinds: &[Kind::FrontDesk, Kind::Emergency],
        shifts: &[DAY_8, EVENING_8, DAY_8, NIGHT_12],
        activity: [60, 40, 20, 30],
        work: Work::Registering,
        policy: "registration-v2",
        purpose: "HOPERAT",
    },
    Role {
        word: "billing",
        prefix: "u-bil",
        title: "",
        machine: false,
        share: 60,
        kinds: &[Kind::Billing],
        shifts: &[OFFICE],
        activity: [55, 0, 0, 0],
        work: Work::Claims,
        policy: "payment-v1",
        purpose: "HPAYMT",
    },
    Role {
        word: "him_specialist",
        prefix: "u-him",
        title: "",
        machine: false,
        share: 40,
        kinds: &[Kind::Records],
        shifts: &[OFFICE],
        activity: [35, 0, 0, 0],
        work: Work::Records,
        policy: "him-v2",
        purpose: "HOPERAT",
    },
    Role {
        word: "system_administrator",
        prefix: "u-it",
        title: "",
        machine: false,
        share: 20,
        kinds: &[Kind::Computing],
        shifts: &[OFFICE, EVENING_8],
        activity: [8, 3, 1, 1],
        work: Work::Administration,
        policy: "it-operations-v1",
        purpose: "HSYSADMIN",
    },
    Role {
        word: "interface",
        prefix: "svc-hl7",
        title: "HL7 interface",
        machine: true,
        share: 4,
        kinds: &[Kind::Machine],
        shifts: &[ALWAYS],
        activity: [34, 34, 44, 40],
        work: Work::Feed,
        policy: "interface-v1",
        purpose: "TREAT",
    },
    Role {
        word: "reporting",
        prefix: "svc-report",
        title: "Quality report",
        machine: true,
        share: 2,
        kinds: &[Kind::Machine],
        shifts: &[ALWAYS],
        activity: [4, 4, 12, 6],
        work: Work::Report,
        policy: "operations-report-v1",
        purpose: "HOPERAT",
    },
    Role {
        word: "clinical_model",
        prefix: "svc-sepsis",
        title: "Sepsis early warning",
        machine: true,
        share: 1,
        kinds: &[Kind::Machine],
        shifts: &[ALWAYS],
        activity: [14, 14, 18, 16],
        work: Work::Model,
        policy: "ai-clinical-v1",
        purpose: "TREAT",
    },
    Role {
        word: "system",
        prefix: "svc-ops",
        title: "Operations scheduler",
        machine: true,
        share: 1,
        kinds: &[Kind::Machine],
        shifts: &[ALWAYS],
        activity: [2, 2, 6, 3],
        work: Work::Upkeep,
        policy: "it-operations-v1",
        purpose: "HSYSADMIN",
    },
];
