/**
 * Filters of the rehearsal: the text form parsed, printed and applied to the invented world.
 *
 * Knows just enough of the real language (`timeline`) for screens to be tried: and, or, not, quotes, ranges.
 */

import type { FilterTerm } from '../generated/FilterTerm';
import type { ValueAsk } from '../generated/ValueAsk';
import { ACTIONS, patientIds, roleOf, START_MS, SYSTEMS, THINGS, userIds, type World } from './world';

const OUTCOMES = ['success', 'failure', 'partial', 'denied'] as const;
export const outcomeOf = (code: number | undefined) => OUTCOMES[code ?? 0] ?? 'unknown';

interface Term {
  field: string;
  values: string[];
  negated: boolean;
}

const quoted = (value: string) =>
  /[\s,"\\:]/.test(value) && !/^\d{4}-\d\d-\d\d/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;

const printed = (term: Term) =>
  `${term.negated ? '-' : ''}${term.field === '' ? '' : `${term.field}:`}${term.values.map(quoted).join(',')}`;

export function parse(filter: string): Term[] {
  const terms: Term[] = [];
  const pattern = /(-?)(?:([a-z]+):)?((?:"(?:\\.|[^"\\])*"|[^\s"])+)/g;
  for (const [, minus, field, body] of filter.matchAll(pattern)) {
    const values = [...(body ?? '').matchAll(/"((?:\\.|[^"\\])*)"|([^,"]+)/g)].map(
      ([, inner, bare]) => bare ?? (inner ?? '').replace(/\\(.)/g, '$1'),
    );
    terms.push({ field: field ?? '', values, negated: minus === '-' });
  }
  return terms;
}

export function withValues(filter: string, and: ValueAsk[]): Term[] {
  return [...parse(filter), ...and.map(({ field, value, negated }) => ({ field, values: [value], negated }))];
}

export const print = (terms: Term[]) => terms.map(printed).join(' ');

export function describe(terms: Term[], totalWithout: (rest: Term[]) => number | null): FilterTerm[] {
  return terms.map((term) => {
    const rest = terms.filter((other) => other !== term);
    return { ...term, text: printed(term), without: print(rest), totalWithout: totalWithout(rest) };
  });
}

/** The value of a field for an event, as a person would filter for it. */
export function valueOf(world: World, event: number, field: string): string {
  switch (field) {
    case 'user':
      return userIds[world.user[event] ?? 0] ?? '';
    case 'patient':
      return patientIds[world.patient[event] ?? 0] ?? '';
    case 'action':
      return ACTIONS[world.action[event] ?? 0] ?? '';
    case 'resource':
      return THINGS[world.thing[event] ?? 0] ?? '';
    case 'system':
      return SYSTEMS[world.system[event] ?? 0] ?? '';
    case 'role':
      return roleOf(world.user[event] ?? 0);
    case 'ip':
      return `10.20.4.${(world.user[event] ?? 0) % 250}`;
    case 'type':
      return (world.action[event] ?? 0) >= 5 ? 'security' : 'phi_access';
    case 'outcome':
      return outcomeOf(world.outcome[event]);
    default:
      return '';
  }
}

type Test = (event: number) => boolean;

function testOf(world: World, term: Term, altered: (event: number) => boolean): Test {
  const { field, values } = term;
  if (field === 'from' || field === 'to') {
    const edge = Date.parse(values[0] ?? '') - START_MS;
    return field === 'from'
      ? (event) => (world.time[event] ?? 0) >= edge
      : (event) => (world.time[event] ?? 0) < edge;
  }
  if (field === 'emergency') {
    return (event) => (valueOf(world, event, 'action') === 'break_glass') === values.includes('yes');
  }
  if (field === 'integrity') return (event) => altered(event) === values.includes('altered');
  // Ids are compared as numbers, because a million strings would be made otherwise.
  if (field === 'user' || field === 'patient') {
    const ids = field === 'user' ? userIds : patientIds;
    const column = field === 'user' ? world.user : world.patient;
    const wanted = new Set(values.map((value) => ids.indexOf(value)));
    return (event) => wanted.has(column[event] ?? -1);
  }
  if (field === '') return (event) => values.some((value) => valueOf(world, event, 'user').includes(value));
  return (event) => values.includes(valueOf(world, event, field));
}

/** The events that match, in time order. */
export function matching(world: World, terms: Term[], altered: (event: number) => boolean): Uint32Array {
  const found = new Uint32Array(world.count);
  let length = world.count;
  for (let event = 0; event < length; event++) found[event] = event;
  for (const term of terms) {
    const test = testOf(world, term, altered);
    let kept = 0;
    for (let index = 0; index < length; index++) {
      const event = found[index] ?? 0;
      if (test(event) !== term.negated) found[kept++] = event;
    }
    length = kept;
  }
  return length === world.count ? found : found.slice(0, length);
}

/** The same events in another order; stable. */
export function sorted(world: World, events: Uint32Array, sort: string, descending: boolean): Uint32Array {
  const column =
    sort === 'user' || sort === 'station'
      ? world.user
      : sort === 'patient'
        ? world.patient
        : sort === 'action'
          ? world.action
          : sort === 'resource'
            ? world.thing
            : null;
  if (!column) return descending ? events.slice().reverse() : events;
  const shelves = new Map<number, number[]>();
  for (const event of events) {
    const key = column[event] ?? 0;
    const shelf = shelves.get(key);
    if (shelf) shelf.push(event);
    else shelves.set(key, [event]);
  }
  const filled = [...shelves].sort((a, b) => (descending ? b[0] - a[0] : a[0] - b[0]));
  return Uint32Array.from(filled.flatMap(([, shelf]) => shelf));
}
