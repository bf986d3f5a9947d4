//! Incidents that lie in the traffic, ready to be found: who, what, when, exactly as the acceptance scenarios have it.
//!
//! Ids below are the scenarios' own. Nothing made by chance can have them: patients and sessions made by chance have
//! six digits, and `u-rn-204` is left out when staff are hired.

use crate::calendar::{DAY, HOUR, MINUTE, SECOND, WallClock, day_number, midnight};
use crate::census::Stay;
use crate::chance::mix;
use crate::deeds::Deed;
use crate::hospital::{Actor, Hospital, SCENARIO_WARD};
use crate::roles::{ROLES, SCENARIO_SHIFT};
use crate::session::{About, Script, Step};
use crate::traffic::Running;

/// What happens in the traffic beyond the ordinary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scenario {
    /// Nothing.
    #[default]
    Ordinary,
    /// A nurse opens the wrong chart for nine seconds and closes it.
    S01,
    /// The same nurse stays in the wrong chart for twelve minutes.
    S02,
}

/// The nurse.
const NURSE: &str = "u-rn-204";
/// The patient whose chart was opened.
const WRONG: u32 = 5_521;
/// The patient she was assigned to.
const RIGHT: u32 = 5_512;
/// Her session.
const SESSION: u32 = 881;

impl Scenario {
    /// Every scenario.
    pub const ALL: &'static [Self] = &[Self::Ordinary, Self::S01, Self::S02];

    /// The name to ask for it by.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::S01 => "S01",
            Self::S02 => "S02",
        }
    }

    /// The scenario of that name, in capitals or not.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scenario| scenario.word().eq_ignore_ascii_case(word))
    }

    /// What happens, in a sentence for a person.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Ordinary => "A hospital at work; nothing is wrong.",
            Self::S01 => {
                "On 10 March 2026 nurse u-rn-204 opens the chart of P-5521 instead of P-5512 for nine seconds and \
                 closes it."
            }
            Self::S02 => {
                "On 10 March 2026 nurse u-rn-204 stays in the chart of P-5521 for twelve minutes and reads a \
                 mental-health note."
            }
        }
    }

    /// The period that the incident must lie in, in microseconds since 1970: from the begin to before the end.
    pub(crate) const fn must_cover(self) -> Option<(i64, i64)> {
        match self {
            Self::Ordinary => None,
            Self::S01 | Self::S02 => Some((midnight(2025, 12, 1), midnight(2026, 3, 13))),
        }
    }

    /// How many events there must be at least, so that what belongs to the incident has room.
    pub(crate) const fn events_min(self) -> u64 {
        match self {
            Self::Ordinary => 1,
            Self::S01 | Self::S02 => 200,
        }
    }
}

/// A session that is known in advance.
pub(crate) struct Booking {
    pub(crate) start: i64,
    pub(crate) act: Act,
}

/// What is known about it.
pub(crate) enum Act {
    /// Everything.
    Fixed(Box<Running>),
    /// Who it is; what they do is left to chance.
    Ordinary(usize),
}

impl Booking {
    /// How many events it adds to those by chance.
    pub(crate) fn events(&self) -> usize {
        match &self.act {
            Act::Fixed(session) => session.script.steps.len(),
            Act::Ordinary(_) => 0,
        }
    }
}

/// Takes out of an ordinary session of the cast whatever could be mistaken for part of the incident.
pub(crate) fn keep_plain(script: &mut Script) {
    let odd = [Deed::PrintSummary, Deed::BreakGlass, Deed::Refused, Deed::LoginFailed];
    script.steps.retain(|step| !odd.contains(&step.deed));
    script.break_glass = false;
}

/// The people of a scenario and what they do.
pub(crate) struct Cast {
    scenario: Scenario,
}

impl Cast {
    pub(crate) const fn new(scenario: Scenario) -> Self {
        Self { scenario }
    }

    /// People who are in the scenario only; they stand behind everybody else in [`Hospital::actors`].
    pub(crate) fn actors(&self) -> Vec<Actor> {
        match self.scenario {
            Scenario::Ordinary => Vec::new(),
            Scenario::S01 | Scenario::S02 => {
                vec![Actor::new(NURSE.to_owned(), "RN Marta Quiñones", &ROLES[0], SCENARIO_WARD, SCENARIO_SHIFT)]
            }
        }
    }

    /// Everything known in advance, in the order of time. `nurse` is the place of the first of [`actors`](Self::actors).
    pub(crate) fn bookings(&self, nurse: usize, hospital: &Hospital) -> Vec<Booking> {
        let mut list = match self.scenario {
            Scenario::Ordinary => return Vec::new(),
            Scenario::S01 => vec![incident(nurse, S01)],
            Scenario::S02 => vec![incident(nurse, S02)],
        };
        list.extend(care(hospital));
        list.extend(ordinary_days(nurse));
        list.sort_by_key(|booking| booking.start);
        list
    }
}

/// An event of the incident: time in microseconds after 18:00Z on 10 March 2026, what, about whom (0: the right
/// patient, 1: the wrong one).
type Moment = (i64, Deed, About);

const ONE_RIGHT: About = About::One(0);
const ONE_WRONG: About = About::One(1);
const NINE_SECONDS: i64 = 9_180_000;

const S01: &[Moment] = &[
    (-2 * MINUTE, Deed::Login, About::Nobody),
    (-2 * MINUTE + 21 * SECOND, Deed::Worklist, ONE_RIGHT),
    (2 * MINUTE + 11_120_000, Deed::ChartSummary, ONE_WRONG),
    (2 * MINUTE + 11_120_000 + NINE_SECONDS, Deed::ChartClose, ONE_WRONG),
    (2 * MINUTE + 24 * SECOND, Deed::ChartSummary, ONE_RIGHT),
    (3 * MINUTE + 2 * SECOND, Deed::Medications, ONE_RIGHT),
    (4 * MINUTE + 40 * SECOND, Deed::GiveMedication, ONE_RIGHT),
    (6 * MINUTE + 9 * SECOND, Deed::VitalSigns, ONE_RIGHT),
    (7 * MINUTE + 30 * SECOND, Deed::Logout, About::Nobody),
];

const S02: &[Moment] = &[
    (-2 * MINUTE, Deed::Login, About::Nobody),
    (-2 * MINUTE + 21 * SECOND, Deed::Worklist, ONE_RIGHT),
    (2 * MINUTE + 11 * SECOND, Deed::ChartSummary, ONE_WRONG),
    (5 * MINUTE, Deed::Labs, ONE_WRONG),
    (9 * MINUTE + 40 * SECOND, Deed::Psychiatry, ONE_WRONG),
    (14 * MINUTE + 11 * SECOND, Deed::ChartSummary, ONE_RIGHT),
    (15 * MINUTE + 2 * SECOND, Deed::Medications, ONE_RIGHT),
    (16 * MINUTE + 40 * SECOND, Deed::GiveMedication, ONE_RIGHT),
    (18 * MINUTE + 9 * SECOND, Deed::VitalSigns, ONE_RIGHT),
    (19 * MINUTE + 30 * SECOND, Deed::Logout, About::Nobody),
];

fn incident(nurse: usize, moments: &[Moment]) -> Booking {
    let noon = midnight(2026, 3, 10) + 18 * HOUR;
    session(nurse, noon, moments, Some(SESSION), "WS-4WEST-07", "10.20.0.17")
}

/// A booked session; its first moment is when it begins.
fn session(actor: usize, origin: i64, moments: &[Moment], number: Option<u32>, device: &str, ip: &str) -> Booking {
    let mut before = moments.first().map_or(0, |moment| moment.0);
    let start = origin + before;
    let mut steps = Vec::new();
    for (at, deed, about) in moments {
        steps.push(Step { after: at - before, deed: *deed, about: *about });
        before = *at;
    }
    let script = Script { patients: vec![stay(RIGHT), stay(WRONG)], steps, break_glass: false };
    let source = format!("\"device\":\"{device}\",\"ip\":\"{ip}\"").into_bytes();
    let session = Running { actor, source, system: "ehr-web", number, script, next: 0 };
    Booking { start, act: Act::Fixed(Box::new(session)) }
}

/// Both patients were admitted in the night to 9 March.
const fn stay(patient: u32) -> Stay {
    Stay { patient, encounter: 4_400_000 + patient, until: midnight(2026, 3, 13) }
}

/// The care both patients really get, from others on the ward: twice a day, with some minutes' variation.
fn care(hospital: &Hospital) -> Vec<Booking> {
    const ROUND: &[(i64, Deed)] = &[
        (0, Deed::Login),
        (20, Deed::ChartSummary),
        (55, Deed::Labs),
        (100, Deed::Notes),
        (160, Deed::VitalSigns),
        (230, Deed::Logout),
    ];
    let team: Vec<usize> = (0..hospital.actors.len())
        .filter(|place| hospital.actors[*place].department == SCENARIO_WARD)
        .filter(|place| hospital.actors[*place].id != NURSE)
        .collect();
    let mut list = Vec::new();
    for day in 9..=12 {
        for (turn, hour) in [13, 22].into_iter().enumerate() {
            for about in [ONE_RIGHT, ONE_WRONG] {
                let number = mix(list.len() as u64 ^ day << 8);
                let Some(actor) = team.get(usize::try_from(number % team.len().max(1) as u64).unwrap_or_default())
                else {
                    return list;
                };
                let minute = i64::try_from(number >> 32).unwrap_or_default() % 45;
                let moments: Vec<Moment> = ROUND
                    .iter()
                    .map(|(second, deed)| {
                        let about = if matches!(deed, Deed::Login | Deed::Logout) { About::Nobody } else { about };
                        (second * SECOND + minute * 1_013_207, *deed, about)
                    })
                    .collect();
                let day = i64::try_from(day).unwrap_or_default();
                let origin = midnight(2026, 3, day) + (hour + i64::try_from(turn).unwrap_or_default()) * HOUR;
                list.push(session(*actor, origin + minute * MINUTE, &moments, None, "WS-4WEST-03", "10.20.0.13"));
            }
        }
    }
    list
}

/// When the nurse works otherwise: three days in seven, twice a day, on whoever lies in her beds.
fn ordinary_days(nurse: usize) -> Vec<Booking> {
    let first = day_number(2025, 12, 1);
    let incident = day_number(2026, 3, 10);
    let mut list = Vec::new();
    for day in first..day_number(2026, 3, 13) {
        let works = day == incident || mix(day.unsigned_abs()) % 7 < 3;
        // On the day itself only the morning, so that nothing of hers lies beside the session in question.
        let hours: &[i64] = if day == incident { &[8] } else { &[8, 11, 16] };
        for hour in hours.iter().filter(|_| works) {
            let clock = WallClock {
                day_number: day,
                minute: hour * 60 + i64::try_from(mix(day.unsigned_abs()) % 50).unwrap_or_default(),
            };
            list.push(Booking { start: clock.instant(), act: Act::Ordinary(nurse) });
        }
    }
    list
}

/// How long the scenarios' default period is, in days.
pub(crate) const PERIOD_DAYS: u32 = 102;

const _: () = assert!(midnight(2025, 12, 1) + PERIOD_DAYS as i64 * DAY == midnight(2026, 3, 13));
