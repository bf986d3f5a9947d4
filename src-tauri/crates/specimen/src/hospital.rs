//! Who works where: departments with workstations and networks, staff with roles and shifts.
//!
//! Everything here follows from the seed and the size; it is made once and kept. Fragments of JSON that recur in every
//! event of a person are rendered here, by the canonical writer, so that the hot path only copies them.

use integrity::canonical::to_canonical;
use serde_json::json;

use crate::calendar::WallClock;
use crate::chance::{Chance, mix};
use crate::names::{BYNAMES, FAMILY, GIVEN};
use crate::roles::{ROLES, Role, Shift};

/// The least and the most people a hospital has.
const STAFF_COUNT: std::ops::RangeInclusive<u64> = 80..=12_000;
/// How many events a person causes on a working day; decides how many people a given traffic needs.
const EVENTS_PER_PERSON_DAY: u64 = 45;
/// One bed for so many people.
const STAFF_PER_BED: u64 = 3;
/// The least and the most beds.
const BED_COUNT: std::ops::RangeInclusive<u64> = 32..=3_600;

/// What a department is for; decides who works there and what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ward,
    Emergency,
    Clinic,
    Laboratory,
    Radiology,
    Pharmacy,
    FrontDesk,
    Billing,
    Records,
    Computing,
    Machine,
}

/// A department.
#[derive(Debug)]
pub(crate) struct Department {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Third number of its network 10.20.x.0/24 (10.21.x.0/24 beyond 255).
    network: usize,
    /// How many workstations stand there.
    stations: u64,
}

/// A person or a program that signs in.
#[derive(Debug)]
pub(crate) struct Actor {
    /// The persistent identifier.
    pub(crate) id: String,
    pub(crate) role: &'static Role,
    /// Place in [`Hospital::departments`].
    pub(crate) department: usize,
    pub(crate) shift: Shift,
    /// The `actor` object of an event, canonical.
    pub(crate) json: Vec<u8>,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Hospital {
    pub(crate) departments: Vec<Department>,
    pub(crate) actors: Vec<Actor>,
    /// For each role of [`ROLES`], the actors who have it.
    pub(crate) by_role: Vec<std::ops::Range<usize>>,
    /// How many beds all wards have together.
    pub(crate) beds: usize,
    /// The bed of each ward that comes first; beds of a ward are in a row.
    pub(crate) ward_beds: Vec<std::ops::Range<usize>>,
}

/// The ward that the scenarios play on.
pub(crate) const SCENARIO_WARD: usize = 0;
/// Roles count their people from here.
const FIRST_NUMBER: usize = 101;
/// The nurse of the scenarios, who is never made by chance.
const RESERVED_ID: &str = "u-rn-204";

impl Hospital {
    /// A hospital in which about `events_per_day` events happen.
    pub(crate) fn new(seed: u64, events_per_day: u64) -> Self {
        let mut chance = Chance::new(seed, "hospital");
        let staff = (events_per_day / EVENTS_PER_PERSON_DAY).clamp(*STAFF_COUNT.start(), *STAFF_COUNT.end());
        let beds = (staff / STAFF_PER_BED).clamp(*BED_COUNT.start(), *BED_COUNT.end());
        let (departments, ward_beds) = departments(beds);
        let mut hospital = Self {
            beds: ward_beds.last().map_or(0, |range| range.end),
            departments,
            actors: Vec::new(),
            by_role: Vec::new(),
            ward_beds,
        };
        for role in ROLES {
            let begin = hospital.actors.len();
            let count = if role.machine { role.share } else { (staff * role.share / 1000).max(2) };
            hospital.hire(role, count, &mut chance);
            hospital.by_role.push(begin..hospital.actors.len());
        }
        hospital
    }

    fn hire(&mut self, role: &'static Role, count: u64, chance: &mut Chance) {
        let places: Vec<usize> =
            (0..self.departments.len()).filter(|place| role.kinds.contains(&self.departments[*place].kind)).collect();
        let mut number = FIRST_NUMBER;
        for turn in 0..usize::try_from(count).unwrap_or_default() {
            let (id, display) = if role.machine {
                (format!("{}-{}", role.prefix, turn + 1), format!("{} {}", role.title, turn + 1))
            } else {
                let mut id = format!("{}-{number:03}", role.prefix);
                if id == RESERVED_ID {
                    number += 1;
                    id = format!("{}-{number:03}", role.prefix);
                }
                number += 1;
                (id, display_name(role, chance))
            };
            let shift = role.shifts[turn % role.shifts.len()];
            let department = places[turn % places.len()];
            self.actors.push(Actor::new(id, &display, role, department, shift));
        }
    }

    /// One of the workstations of a department.
    pub(crate) fn workstation(&self, department: usize, chance: &mut Chance) -> Workstation {
        let place = &self.departments[department];
        let number = chance.between(1, place.stations);
        Workstation {
            device: format!("WS-{}-{number:02}", place.name.to_uppercase().replace(' ', "")),
            ip: format!("10.{}.{}.{}", 20 + place.network / 256, place.network % 256, 10 + number),
            system: match place.kind {
                Kind::Laboratory => "lis",
                Kind::Radiology => "pacs",
                Kind::Machine => "interface-engine",
                _ => "ehr-web",
            },
        }
    }
}

/// Where somebody sits.
#[derive(Clone, Debug)]
pub(crate) struct Workstation {
    pub(crate) device: String,
    pub(crate) ip: String,
    /// The program that writes the log.
    pub(crate) system: &'static str,
}

impl Actor {
    /// Somebody, with the fragment of JSON that all their events carry.
    pub(crate) fn new(id: String, display: &str, role: &'static Role, department: usize, shift: Shift) -> Self {
        let kind = if role.machine { "system" } else { "human" };
        let object = json!({"display": display, "id": id, "role": role.word, "type": kind});
        // A value made of strings cannot break a limit of the canonical form.
        let json = to_canonical(&object).unwrap_or_default();
        Self { id, role, department, shift, json }
    }

    /// Whether this person works at a time, with some variation from day to day.
    pub(crate) fn on_duty(&self, place: usize, clock: WallClock) -> bool {
        // Somebody on a night shift after midnight works the shift that began the day before.
        let day = if clock.minute < self.shift.ends_next_day() { clock.day_number - 1 } else { clock.day_number };
        if !self.shift.covers(clock.minute) {
            return false;
        }
        let draw = mix(place as u64 ^ u64::from_le_bytes(day.to_le_bytes()).rotate_left(32)) % 7;
        let begun = WallClock { day_number: day, ..clock };
        draw < if begun.weekend() { self.shift.weekend_days } else { self.shift.weekdays }
    }
}

fn display_name(role: &Role, chance: &mut Chance) -> String {
    let (given, family) = (chance.pick(GIVEN), chance.pick(FAMILY));
    let name = if chance.per_mille(15) {
        format!("{} {given} {} {family}", role.title, chance.pick(BYNAMES))
    } else {
        format!("{} {given} {family}", role.title)
    };
    name.trim_start().to_owned()
}

/// The departments of a hospital with so many beds, and which beds each ward has.
fn departments(beds: u64) -> (Vec<Department>, Vec<std::ops::Range<usize>>) {
    const FLOORS: [u64; 8] = [4, 5, 3, 6, 7, 2, 8, 9];
    const WINGS: [&str; 4] = ["West", "East", "North", "South"];
    const BEDS_PER_WARD: u64 = 28;
    let wards = beds.div_ceil(BEDS_PER_WARD).clamp(2, (FLOORS.len() * WINGS.len()) as u64);
    let mut list = Vec::new();
    let mut ward_beds = Vec::new();
    let mut first = 0;
    for ward in 0..usize::try_from(wards).unwrap_or_default() {
        let (floor, wing) = (FLOORS[ward % FLOORS.len()], WINGS[ward / FLOORS.len()]);
        list.push((format!("{floor}{wing}"), Kind::Ward));
        let size = usize::try_from(beds.div_ceil(wards)).unwrap_or_default();
        ward_beds.push(first..first + size);
        first += size;
    }
    for (name, kind) in OTHER_DEPARTMENTS {
        list.push(((*name).to_owned(), *kind));
    }
    let stations = (beds / 8).clamp(8, 200);
    let departments = list
        .into_iter()
        .enumerate()
        .map(|(network, (name, kind))| Department { name, kind, network, stations })
        .collect();
    (departments, ward_beds)
}

/// Everything that is not a ward.
const OTHER_DEPARTMENTS: &[(&str, Kind)] = &[
    ("ED", Kind::Emergency),
    ("Cardiology Clinic", Kind::Clinic),
    ("Oncology Clinic", Kind::Clinic),
    ("Family Medicine", Kind::Clinic),
    ("Behavioral Health", Kind::Clinic),
    ("Laboratory", Kind::Laboratory),
    ("Radiology", Kind::Radiology),
    ("Pharmacy", Kind::Pharmacy),
    ("Registration", Kind::FrontDesk),
    ("Billing", Kind::Billing),
    ("HIM", Kind::Records),
    ("IT", Kind::Computing),
    ("Data Center", Kind::Machine),
];
