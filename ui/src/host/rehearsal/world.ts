/**
 * An invented hospital month: 611 users, 8,412 patients and as many events as asked for.
 *
 * Made from a fixed seed when it is first needed and kept in typed arrays, so that a table of 1.2 million rows is real
 * and cheap. Nobody in it exists.
 */

export const EVENTS_DEFAULT = 1_204_118;
export const USERS = 611;
export const PATIENTS = 8_412;
/** 1 March 2026, midnight in New York. */
export const START_MS = Date.UTC(2026, 2, 1, 5);
export const DAYS = 31;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const ZONE = 'America/New_York';

const WARDS = ['ED', '3W', '4N', 'ICU', 'OB', 'PEDS', 'ONC', 'CARD', 'RAD', 'LAB', 'OR', 'CLIN'] as const;
const ROLES = ['Registered nurse', 'Physician', 'Clerk', 'Pharmacist', 'Technician'] as const;
export const ACTIONS = [
  'read',
  'print',
  'export',
  'update',
  'query',
  'login',
  'login_failed',
  'break_glass',
] as const;
const ACTION_SHARES = [0.66, 0.1, 0.03, 0.1, 0.06, 0.035, 0.01, 0.005];
export const THINGS = [
  'Chart summary',
  'Lab results',
  'Medications',
  'Progress note',
  'Imaging list',
  'Demographics',
  'Allergies',
  'Visit history',
] as const;
export const SYSTEMS = ['EHR', 'Imaging', 'Pharmacy'] as const;
const SURNAMES =
  'lopez patel chen brown nguyen okafor novak haddad silva meyer kaya rossi dubois larsen kowalski ahmed tanaka ivanova garcia moreau weber nilsson costa adeyemi sato fischer horvat jansen ricci popov karlsson mbeki oconnor rivera singh yilmaz berg quinn vargas young'.split(
    ' ',
  );
const INITIALS = 'mrkdjaestlcnbpgh';

/** 32 well-mixed bits for a number, always the same: one draw for each event keeps a million of them cheap. */
function mixed(number: number): number {
  let state = Math.imul(number + 20_260_301, 0x9e3779b1);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
  return (state ^ (state >>> 15)) >>> 0;
}

function userIdOf(user: number): string {
  if (user === 600) return 'å.nyström';
  if (user === 601) return 'svc\u202eimaging'; // An id that tries to turn the reading direction.
  const surname = SURNAMES[user % SURNAMES.length] ?? '';
  const initial = INITIALS[Math.floor(user / SURNAMES.length)] ?? 'x';
  return `${initial}.${surname}`;
}

export const userIds = Array.from({ length: USERS }, (_, user) => userIdOf(user));
export const patientIds = Array.from({ length: PATIENTS }, (_, patient) => `MRN-${10_000 + patient}`);
export const wardOf = (user: number) => WARDS[user % WARDS.length] ?? 'ED';
export const roleOf = (user: number) => ROLES[(user * 7) % ROLES.length] ?? 'Clerk';
export const stationOf = (user: number) => `WS-${wardOf(user)}-${String(1 + (user % 19)).padStart(3, '0')}`;
export const nameOf = (user: number) => {
  const [initial = '', surname = ''] = (userIds[user] ?? '').split('.');
  return `${surname.charAt(0).toUpperCase()}${surname.slice(1)}, ${initial.toUpperCase()}.`;
};

export interface World {
  count: number;
  /** Milliseconds since `START_MS`. */
  time: Uint32Array;
  user: Uint16Array;
  patient: Uint16Array;
  action: Uint8Array;
  thing: Uint8Array;
  system: Uint8Array;
  outcome: Uint8Array;
}

/** Every so many events one has no usable time. */
const UNDATED_EVERY = 3_786;
export const undated = (event: number) => event % UNDATED_EVERY === 99;

/** How busy an hour of the week is. */
function weightOf(hour: number): number {
  const ofDay = hour % 24;
  const weekend = Math.floor(hour / 24 + 6) % 7 >= 5;
  const day = 0.25 + 0.75 * Math.exp(-(((ofDay - 13) / 5.5) ** 2));
  return day * (weekend ? 0.55 : 1);
}

export function makeWorld(count: number): World {
  const hours = DAYS * 24;
  const weights = Array.from({ length: hours }, (_, hour) => weightOf(hour));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const world: World = {
    count,
    time: new Uint32Array(count),
    user: new Uint16Array(count),
    patient: new Uint16Array(count),
    action: new Uint8Array(count),
    thing: new Uint8Array(count),
    system: new Uint8Array(count),
    outcome: new Uint8Array(count),
  };
  let event = 0;
  let share = 0;
  for (let hour = 0; hour < hours; hour++) {
    share += weights[hour] ?? 0;
    const until = hour === hours - 1 ? count : Math.floor((count * share) / sum);
    const apart = HOUR_MS / Math.max(1, until - event);
    for (let within = 0; event < until; within++, event++) fill(world, event, hour, within * apart, apart);
  }
  stage(world);
  return world;
}

function fill(world: World, event: number, hour: number, fromMs: number, apartMs: number): void {
  const bits = mixed(event);
  const more = mixed(bits);
  world.time[event] = hour * HOUR_MS + fromMs + ((bits & 255) / 256) * apartMs;
  // Shifts of twelve hours: half of the users by day, the others by night; some do more than others.
  const night = hour % 24 < 7 || hour % 24 >= 19 ? 1 : 0;
  const one = (bits >>> 8) & 1023;
  const user = Math.min(USERS - 1, Math.floor((one * one * 305) / 1_048_576) * 2 + night);
  const ward = user % WARDS.length;
  // A ward has its patients for about four days.
  const bed = Math.floor(hour / 96) * 70 + (more & 127) + ((more >>> 7) & 63);
  const elsewhere = (bits >>> 18) % 25 === 0;
  world.user[event] = user;
  world.patient[event] = elsewhere ? (more >>> 8) % PATIENTS : (ward + WARDS.length * bed) % PATIENTS;
  const action = actionOf((more >>> 13) & 1023);
  world.action[event] = action;
  world.thing[event] = (more >>> 23) & 7;
  world.system[event] = action === 2 ? 1 : (more >>> 26) % 5 === 0 ? 2 : 0;
  world.outcome[event] = action === 6 ? 1 : bits >>> 24 === 7 ? 3 : 0;
}

/** From a number below 1,024 to an action, by its share. */
function actionOf(one: number): number {
  let action = 0;
  for (let left = one / 1024; action < ACTION_SHARES.length - 1; action++) {
    left -= ACTION_SHARES[action] ?? 0;
    if (left <= 0) break;
  }
  return action;
}

/** What the rehearsal is about: in the night of 14 March, m.lopez opens a chart of another ward. */
export const INCIDENT_PATIENT = 482;
function stage(world: World): void {
  const from = 13 * DAY_MS + 2.2 * HOUR_MS;
  let left = 24;
  for (let event = 0; event < world.count && left > 0; event++) {
    if ((world.time[event] ?? 0) < from) continue;
    if (event % 3 !== 0 && world.count > 100_000) continue;
    world.user[event] = 0;
    world.patient[event] = left % 7 === 0 ? 5_310 : INCIDENT_PATIENT;
    world.action[event] = left % 8 === 3 ? 2 : left % 5 === 1 ? 1 : 0;
    left -= 1;
  }
}
