/** Patients and users of the rehearsal, counted. */

import type { Counterpart } from '../generated/Counterpart';
import type { Counterparts } from '../generated/Counterparts';
import type { CounterpartsAsk } from '../generated/CounterpartsAsk';
import type { PeopleAsk } from '../generated/PeopleAsk';
import type { People } from '../generated/People';
import type { PersonAsk } from '../generated/PersonAsk';
import type { PersonPage } from '../generated/PersonPage';
import type { PersonRow } from '../generated/PersonRow';
import type { Looks } from './looks';
import { when } from './words';
import {
  ACTIONS,
  HOUR_MS,
  patientIds,
  PATIENTS,
  roleOf,
  START_MS,
  stationOf,
  SYSTEMS,
  userIds,
  USERS,
} from './world';

/** Counterparts in one answer at most. */
const PAGE = 200;

interface Tally {
  events: number;
  others: Set<number>;
  first: number;
  last: number;
}

export class Crowd {
  #circles = new Map<number, Counterpart[]>();
  #tallies: Partial<Record<'patient' | 'user', Tally[]>> = {};

  constructor(readonly looks: Looks) {}

  #tally(kind: 'patient' | 'user'): Tally[] {
    const known = this.#tallies[kind];
    if (known) return known;
    const { world } = this.looks;
    const own = kind === 'patient' ? world.patient : world.user;
    const other = kind === 'patient' ? world.user : world.patient;
    const tallies = Array.from({ length: kind === 'patient' ? PATIENTS : USERS }, () => ({
      events: 0,
      others: new Set<number>(),
      first: 0,
      last: 0,
    }));
    for (let event = 0; event < world.count; event++) {
      const tally = tallies[own[event] ?? 0];
      if (!tally) continue;
      const time = world.time[event] ?? 0;
      if (tally.events === 0) tally.first = time;
      tally.last = time;
      tally.events += 1;
      tally.others.add(other[event] ?? 0);
    }
    this.#tallies[kind] = tallies;
    return tallies;
  }

  #row(id: string, tally: Tally | undefined): PersonRow {
    const known = tally && tally.events > 0;
    return {
      id,
      events: tally?.events ?? 0,
      others: tally?.others.size ?? 0,
      first: known ? when(START_MS + tally.first) : null,
      last: known ? when(START_MS + tally.last) : null,
    };
  }

  people(ask: PeopleAsk): People {
    const ids = ask.kind === 'patient' ? patientIds : userIds;
    const tallies = this.#tally(ask.kind);
    const people = ids
      .map((id, index) => this.#row(id, tallies[index]))
      .filter((row) => row.events > 0 && row.id.startsWith(ask.prefix));
    const key = (row: PersonRow) =>
      ask.sort === 'first'
        ? (row.first?.epochMs ?? 0)
        : ask.sort === 'last'
          ? (row.last?.epochMs ?? 0)
          : ask.sort === 'others'
            ? row.others
            : row.events;
    people.sort((a, b) => (ask.sort === 'id' ? a.id.localeCompare(b.id, 'en-US') : key(a) - key(b)));
    if (ask.descending) people.reverse();
    return { people: people.slice(ask.offset, ask.offset + ask.limit), total: people.length };
  }

  person(ask: PersonAsk): PersonPage {
    const { world } = this.looks;
    const ids = ask.kind === 'patient' ? patientIds : userIds;
    const look = this.looks.open({
      bundle: ask.bundle,
      filter: '',
      and: [{ field: ask.kind, value: ask.id, negated: false }],
      sort: 'time',
      descending: false,
    });
    const circle = this.#meet(look.look, ask.kind);
    const week = new Array<number>(168).fill(0);
    for (const event of this.looks.kept(look.look)?.events ?? []) {
      // 1 March 2026 is a Sunday; Monday comes first.
      const hour = (Math.floor((world.time[event] ?? 0) / HOUR_MS) + 6 * 24) % 168;
      week[hour] = (week[hour] ?? 0) + 1;
    }
    const index = ids.indexOf(ask.id);
    return {
      look,
      person: this.#row(ask.id, this.#tally(ask.kind)[index]),
      counterparts: sorted(circle, 'events', true).slice(0, PAGE),
      counterpartsTotal: circle.length,
      week,
      seen:
        ask.kind === 'user'
          ? [
              ['Role', [roleOf(index)]],
              ['Stations', [stationOf(index), 'WS-3W-004']],
              ['Systems', [...SYSTEMS]],
            ]
          : [['Systems', [...SYSTEMS]]],
    };
  }

  /** `null` when this look is of no person's page. */
  counterparts({ look, sort, descending, offset, limit }: CounterpartsAsk): Counterparts | null {
    const circle = this.#circles.get(look);
    if (!circle) return null;
    const page = sorted(circle, sort, descending).slice(offset, offset + Math.min(limit, PAGE));
    return { offset, counterparts: page, total: circle.length };
  }

  /** Everybody on the other side of a person's events. */
  #meet(look: number, kind: 'patient' | 'user'): Counterpart[] {
    const { world } = this.looks;
    const otherColumn = kind === 'patient' ? world.user : world.patient;
    const otherIds = kind === 'patient' ? userIds : patientIds;
    const groups = new Map<number, number[]>();
    for (const event of this.looks.kept(look)?.events ?? []) {
      const other = otherColumn[event] ?? 0;
      const group = groups.get(other);
      if (group) group.push(event);
      else groups.set(other, [event]);
    }
    const circle = [...groups].map(([other, theirs]): Counterpart => {
      const times = theirs.map((event) => START_MS + (world.time[event] ?? 0));
      const every = Math.ceil(times.length / 200);
      return {
        id: otherIds[other] ?? '',
        role: kind === 'patient' ? roleOf(other) : null,
        events: theirs.length,
        first: when(times[0] ?? 0),
        last: when(times.at(-1) ?? 0),
        actions: [...new Set(theirs.map((event) => ACTIONS[world.action[event] ?? 0] ?? 'other'))],
        dotsMs: times.filter((_, index) => index % every === 0),
      };
    });
    this.#circles.set(look, circle);
    return circle;
  }
}

function sorted(circle: Counterpart[], sort: string, descending: boolean): Counterpart[] {
  const byId = (a: Counterpart, b: Counterpart) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const key = (row: Counterpart) =>
    sort === 'events' ? row.events : ((sort === 'last' ? row.last : row.first)?.epochMs ?? 0);
  const sign = descending ? -1 : 1;
  return [...circle].sort((a, b) =>
    sort === 'id' ? sign * byId(a, b) : sign * (key(a) - key(b)) || byId(a, b),
  );
}
