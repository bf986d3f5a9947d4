//! The traffic of a hospital as a stream of events in the order of time.
//!
//! The period is cut into slots of five minutes, and each is due a share of the events by its
//! [`weight`](crate::rhythm::weight). In each slot sign-ins begin until the events of all scripts so far reach what is
//! due; a heap of running sessions then hands out their steps in order. So any number of events comes out exactly, and
//! memory holds the sessions of one slot and whoever is still at work.
//!
//! # Invariants
//! * Times never go back, and lie within the period.
//! * Exactly as many events come out as were asked for.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::calendar::{MINUTE, SECOND, WallClock};
use crate::census::Census;
use crate::chance::Chance;
use crate::deeds::Deed;
use crate::draft::{Draft, Patients};
use crate::hospital::{Actor, Hospital, Workstation};
use crate::particulars;
use crate::rhythm::{self, SLOT};
use crate::roles::ROLES;
use crate::scenario::{self, Act, Booking, Cast};
use crate::session::{About, Script, Scripting, Step};

/// Sessions count from here, so that the scenarios' numbers are never made by chance.
const FIRST_SESSION: u32 = 100_000;
/// How often somebody on duty is looked for before anybody will do.
const TRIES_MAX: u32 = 24;
/// What part of all events the cast may run ahead of what is due.
const CAST_LEAD: u64 = 256;
/// How many slots pass between two looks at who has to leave.
const CENSUS_SLOTS: i64 = 12;

/// A session that is going on.
pub(crate) struct Running {
    /// Place in [`Hospital::actors`].
    pub(crate) actor: usize,
    /// `"device":"…","ip":"…"`.
    pub(crate) source: Vec<u8>,
    pub(crate) system: &'static str,
    pub(crate) number: Option<u32>,
    pub(crate) script: Script,
    pub(crate) next: usize,
}

/// What the traffic is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand {
    pub(crate) seed: u64,
    pub(crate) events: u64,
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// The stream of events.
pub(crate) struct Traffic {
    demand: Demand,
    hospital: Hospital,
    census: Census,
    chance: Chance,
    ids: Chance,
    /// What the scenario has still to do, in the order of time.
    bookings: VecDeque<Booking>,
    running: Vec<Option<Running>>,
    free: Vec<usize>,
    /// Time of the next step, a tie-breaker, the place in `running`.
    due: BinaryHeap<Reverse<(i64, u64, usize)>>,
    busy_until: Vec<i64>,
    slot: i64,
    /// Sums of the weights: of the slots so far, of all.
    weight_so_far: u128,
    weight_total: u128,
    /// Events by chance: of the sessions so far, and in all. The scenario's own come on top.
    planned: u64,
    quota: u64,
    sessions: u32,
    ties: u64,
    requests: u64,
    /// The last answer of the model, and whom it was about.
    inference: Option<([u8; 36], u32)>,
}

impl Traffic {
    /// A traffic with a cast for its scenario.
    pub(crate) fn new(demand: Demand, cast: &Cast, mut hospital: Hospital) -> Self {
        let census = Census::new(&hospital, demand.seed, demand.start);
        let crew = hospital.actors.len();
        hospital.actors.extend(cast.actors());
        let bookings = cast.bookings(crew, &hospital);
        let reserved: usize = bookings.iter().map(Booking::events).sum();
        let weight_total = slots(demand).map(|slot| u128::from(rhythm::weight(demand.seed, slot))).sum();
        Self {
            busy_until: vec![i64::MIN; hospital.actors.len()],
            census,
            chance: Chance::new(demand.seed, "traffic"),
            ids: Chance::new(demand.seed, "event ids"),
            running: Vec::new(),
            free: Vec::new(),
            due: BinaryHeap::new(),
            slot: demand.start,
            weight_so_far: 0,
            weight_total,
            planned: 0,
            quota: demand.events.saturating_sub(reserved as u64),
            bookings: bookings.into_iter().collect(),
            sessions: FIRST_SESSION,
            ties: 0,
            requests: 0,
            inference: None,
            hospital,
            demand,
        }
    }

    const fn next_session(&mut self) -> u32 {
        self.sessions += 1;
        self.sessions
    }

    fn begin(&mut self, start: i64, session: Running) {
        let Some(first) = session.script.steps.first() else { return };
        let time = start + first.after;
        let place = self.free.pop().unwrap_or_else(|| {
            self.running.push(None);
            self.running.len() - 1
        });
        self.running[place] = Some(session);
        self.queue(time, place);
    }

    fn queue(&mut self, time: i64, place: usize) {
        self.ties += 1;
        self.due.push(Reverse((time, self.ties, place)));
    }

    /// The next event, or `None` after the last.
    pub(crate) fn next(&mut self) -> Option<Draft<'_>> {
        loop {
            match self.due.peek() {
                Some(Reverse((time, _, _))) if *time < self.slot || self.slot >= self.demand.end => break,
                None if self.slot >= self.demand.end => return None,
                _ => self.open_slot(),
            }
        }
        let Reverse((time, _, place)) = self.due.pop()?;
        let session = self.running[place].as_mut()?;
        let step = session.script.steps[session.next];
        session.next += 1;
        let upcoming = session.script.steps.get(session.next).map(|step| step.after);
        match upcoming {
            Some(after) => self.queue(time + after, place),
            None => self.free.push(place),
        }
        self.requests += 1;
        let event_id = self.ids.uuid();
        let request = self.ids.bits();
        let draft = self.draft(time, place, step, event_id, request);
        Some(draft)
    }

    /// Lets the sessions of the next slot begin.
    fn open_slot(&mut self) {
        let begin = self.slot;
        let end = (begin + SLOT).min(self.demand.end);
        if (begin - self.demand.start) / SLOT % CENSUS_SLOTS == 0 {
            self.census.advance(begin);
        }
        self.weight_so_far += u128::from(rhythm::weight(self.demand.seed, begin));
        let due = u128::from(self.quota) * self.weight_so_far / self.weight_total.max(1);
        let due = u64::try_from(due).unwrap_or(u64::MAX);
        while self.bookings.front().is_some_and(|booking| booking.start < end) {
            match self.bookings.pop_front() {
                Some(Booking { start, act: Act::Fixed(session) }) => self.begin_booked(start, *session),
                // An ordinary sign-in of the cast takes the place of some by chance, which then have to wait.
                Some(Booking { start, act: Act::Ordinary(place) })
                    if self.planned < (due + self.quota / CAST_LEAD).min(self.quota) =>
                {
                    self.open_session(start, end, Some(place));
                }
                _ => {}
            }
        }
        while self.planned < due {
            self.open_session(begin, end, None);
        }
        self.slot = end;
    }

    fn begin_booked(&mut self, start: i64, mut session: Running) {
        if session.number.is_none() {
            session.number = Some(self.next_session());
        }
        self.busy_until[session.actor] = start + session.script.length() + MINUTE;
        self.begin(start, session);
    }

    fn open_session(&mut self, begin: i64, end: i64, cast: Option<usize>) {
        let start = begin + self.jitter(end - begin);
        let place = cast.unwrap_or_else(|| self.somebody(start));
        let mut script =
            Scripting { hospital: &self.hospital, census: &mut self.census, chance: &mut self.chance, now: start }
                .script(place);
        if cast.is_some() {
            scenario::keep_plain(&mut script);
        }
        let left = usize::try_from(self.quota - self.planned).unwrap_or(usize::MAX);
        script.steps.truncate(left);
        // To the microsecond nothing is regular.
        for step in &mut script.steps {
            step.after += self.jitter(SECOND);
        }
        let start = start.min(self.demand.end - 1 - script.length()).max(begin);
        squeeze(&mut script.steps, self.demand.end - 1 - start);
        self.planned += script.steps.len() as u64;
        let actor = &self.hospital.actors[place];
        let station = self.hospital.workstation(actor.department, &mut self.chance);
        let machine = actor.role.machine;
        self.busy_until[place] = start + script.length() + MINUTE;
        let number = if machine { None } else { Some(self.next_session()) };
        self.begin(
            start,
            Running { actor: place, source: source(&station), system: station.system, number, script, next: 0 },
        );
    }

    fn jitter(&mut self, below: i64) -> i64 {
        i64::try_from(self.chance.below(below.unsigned_abs())).unwrap_or_default()
    }

    /// Somebody who works at a time and is not at another workstation.
    fn somebody(&mut self, now: i64) -> usize {
        let clock = WallClock::at(now);
        let column = rhythm::activity_column(clock);
        let mut anybody = 0;
        for attempt in 0..TRIES_MAX {
            let role = self.chance.weighted(ROLES.iter().map(|role| role.activity[column]));
            let crew = self.hospital.by_role[role].clone();
            let place = crew.start + self.chance.index(crew.len());
            let free = self.busy_until[place] <= now;
            if free && self.hospital.actors[place].on_duty(place, clock) {
                return place;
            }
            if attempt == 0 || free {
                anybody = place;
            }
        }
        anybody
    }

    fn draft(&mut self, time: i64, place: usize, step: Step, event_id: [u8; 36], request: u64) -> Draft<'_> {
        let mut deed = step.deed;
        let mut inference = None;
        if matches!(deed, Deed::Rendering | Deed::Override) {
            match self.inference {
                Some(answer) => inference = Some(answer),
                None => deed = Deed::Worklist,
            }
        }
        let emergency = self.running[place].as_ref().is_some_and(|session| session.script.break_glass);
        let mut extras = particulars::extras(deed, emergency, &mut self.chance);
        let session = self.running[place].as_ref();
        let stays = session.map_or(&[][..], |session| &session.script.patients);
        let (patients, encounter) = match (inference, step.about) {
            (Some((id, patient)), _) => {
                extras.inference = Some(id);
                (Patients::of([patient]), None)
            }
            (None, About::Nobody) => (Patients::default(), None),
            (None, About::One(one)) => {
                let stay = stays.get(usize::from(one));
                (Patients::of(stay.map(|stay| stay.patient)), stay.map(|stay| stay.encounter))
            }
            (None, About::First(count)) => {
                (Patients::of(stays.iter().take(usize::from(count)).map(|stay| stay.patient)), None)
            }
        };
        if deed == Deed::Inference {
            self.inference = patients.numbers().first().map(|patient| (event_id, *patient));
        }
        let session = self.running[place].as_ref();
        let actor: &Actor = &self.hospital.actors[session.map_or(0, |session| session.actor)];
        Draft {
            time,
            event_id,
            deed,
            actor: &actor.json,
            policy: actor.role.policy,
            purpose: actor.role.purpose,
            source: session.map_or(&[], |session| &session.source),
            system: session.map_or("ehr-web", |session| session.system),
            session: session.and_then(|session| session.number).filter(|_| deed != Deed::LoginFailed),
            request,
            patients,
            encounter,
            resource: 100_000 + u32::try_from(request >> 40).unwrap_or_default() % 900_000,
            extras,
        }
    }
}

/// Members of `source` that a workstation gives.
pub(crate) fn source(station: &Workstation) -> Vec<u8> {
    format!("\"device\":\"{}\",\"ip\":\"{}\"", station.device, station.ip).into_bytes()
}

fn slots(demand: Demand) -> impl Iterator<Item = i64> {
    let step = usize::try_from(SLOT).unwrap_or(usize::MAX);
    (demand.start..demand.end).step_by(step)
}

/// Shortens the waiting times so that a script fits into what is left of the period.
fn squeeze(steps: &mut [Step], room: i64) {
    let length: i64 = steps.iter().map(|step| step.after).sum();
    if length > room {
        for step in steps {
            let scaled = i128::from(step.after) * i128::from(room.max(0)) / i128::from(length);
            step.after = i64::try_from(scaled).unwrap_or_default();
        }
    }
}
