/** The rehearsal's looks: questions kept under a number, pages, bars, facets, events, people. */

import type { Bins } from '../generated/Bins';
import type { EventDetail } from '../generated/EventDetail';
import type { Facet } from '../generated/Facet';
import type { FacetAsk } from '../generated/FacetAsk';
import type { Look } from '../generated/Look';
import type { LookAsk } from '../generated/LookAsk';
import type { Row } from '../generated/Row';
import { ALTERED_NUMBER, REF } from './bundles';
import { describe, matching, outcomeOf, parse, print, sorted, valueOf, withValues } from './question';
import type { SceneName } from './scene';
import { badges, hashOf } from './words';
import {
  ACTIONS,
  DAY_MS,
  DAYS,
  HOUR_MS,
  makeWorld,
  nameOf,
  patientIds,
  roleOf,
  START_MS,
  stationOf,
  SYSTEMS,
  THINGS,
  undated,
  userIds,
  type World,
  ZONE,
} from './world';

/** Every fiftieth event is in an earlier export as well. */
const isAlsoElsewhere = (event: number) => event % 50 === 7;

interface Kept {
  look: Look;
  events: Uint32Array;
  ask: LookAsk;
}

const STEPS_MS = [60_000, 300_000, 900_000, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS];
const STEP_WORDS = [
  '1 minute',
  '5 minutes',
  '15 minutes',
  '1 hour',
  '3 hours',
  '6 hours',
  '12 hours',
  '1 day',
];

export class Looks {
  #world: World | null = null;
  #kept = new Map<number, Kept>();
  #last = 0;
  #counted = new Map<number, Uint32Array>();

  constructor(
    readonly scene: SceneName,
    readonly count: number,
  ) {}

  get world(): World {
    return (this.#world ??= makeWorld(this.count));
  }

  #altered = (event: number) => this.scene === 'altered' && event === ALTERED_NUMBER - 1;

  /** Forgets every look, as a lock or a new purpose does. */
  forget(): void {
    this.#kept.clear();
  }

  kept(look: number): Kept | undefined {
    return this.#kept.get(look);
  }

  open(ask: LookAsk, revealed = false): Look {
    const terms = withValues(ask.filter, ask.and);
    const found = matching(this.world, terms, this.#altered);
    const events = sorted(this.world, found, ask.sort, ask.descending);
    const rest = (others: typeof terms) =>
      found.length > 0 ? null : matching(this.world, others, this.#altered).length;
    const edge = (field: string) => {
      const term = terms.find((each) => each.field === field && !each.negated);
      return term ? Date.parse(term.values[0] ?? '') : null;
    };
    const look: Look = {
      look: ++this.#last,
      filter: print(terms),
      terms: describe(terms, rest),
      total: events.length,
      outsideTime: this.#outsideTime(terms),
      alsoElsewhere: this.scene === 'importing' ? null : events.filter(isAlsoElsewhere).length,
      whole: this.world.count,
      growing: this.scene === 'importing',
      revealed,
      zone: ZONE,
      fromMs: edge('from'),
      toMs: edge('to'),
    };
    this.#kept.set(look.look, { look, events, ask: { ...ask, filter: look.filter, and: [] } });
    return look;
  }

  /** Events without a time that a range leaves out. */
  #outsideTime(terms: ReturnType<typeof withValues>): number {
    const atAnyTime = terms.filter(({ field, negated }) => negated || (field !== 'from' && field !== 'to'));
    if (atAnyTime.length === terms.length) return 0;
    return matching(this.world, atAnyTime, this.#altered).filter(undated).length;
  }

  row(event: number, revealed: boolean): Row {
    const { world } = this;
    const user = world.user[event] ?? 0;
    const epochMs = START_MS + (world.time[event] ?? 0);
    const many = event % 53 === 7;
    const action = ACTIONS[world.action[event] ?? 0] ?? 'other';
    const signIn = action === 'login' || action === 'login_failed';
    return {
      eventRef: `${REF}:${event + 1}`,
      number: event + 1,
      time: undated(event)
        ? { epochMs: null, recorded: '2026-03-??T06:20' }
        : { epochMs, recorded: new Date(epochMs).toISOString() },
      userId: userIds[user] ?? '',
      userName: revealed ? nameOf(user) : null,
      role: roleOf(user),
      action,
      eventType: signIn ? 'security' : 'phi_access',
      patientIds: signIn
        ? []
        : [
            patientIds[world.patient[event] ?? 0] ?? '',
            ...(many && revealed ? ['MRN-11733', 'MRN-12054'] : []),
          ],
      otherPatients: many && !revealed && !signIn ? 2 : 0,
      resourceType: signIn ? null : (THINGS[world.thing[event] ?? 0] ?? null),
      resourceId: signIn ? null : `doc/${((event * 7919) % 900_000) + 100_000}`,
      outcome: outcomeOf(world.outcome[event]),
      sessionId: `S-${String((event * 31) % 42_907).padStart(7, '0')}`,
      station: stationOf(user),
      sourceSystem: SYSTEMS[world.system[event] ?? 0] ?? null,
      integrity: this.#state(event) === 'proven' ? 'stands' : this.#state(event),
      state: this.#state(event),
      alsoIn: isAlsoElsewhere(event) ? 1 : 0,
      contradictedBy: this.#altered(event) ? 1 : 0,
    };
  }

  #state(event: number): 'altered' | 'not_verified' | 'proven' | 'stands' {
    if (this.#altered(event)) return 'altered';
    if (this.scene === 'importing' || this.scene === 'not-verified') return 'not_verified';
    return this.scene === 'verified' ? 'proven' : 'stands';
  }

  rows(kept: Kept, offset: number, limit: number): Row[] {
    return [...kept.events.subarray(offset, offset + limit)].map((event) =>
      this.row(event, kept.look.revealed),
    );
  }

  /** All events of the world in bars of a width. */
  #everything(step: number): Uint32Array {
    const known = this.#counted.get(step);
    if (known) return known;
    const { time, count } = this.world;
    const bars = new Uint32Array(Math.ceil((DAYS * DAY_MS) / step) + 1);
    for (let event = 0; event < count; event++) {
      const bin = Math.floor((time[event] ?? 0) / step);
      bars[bin] = (bars[bin] ?? 0) + 1;
    }
    this.#counted.set(step, bars);
    return bars;
  }

  bins(kept: Kept, binsMax: number, fit: boolean): Bins {
    const edge = (field: string, otherwise: number) => {
      const term = fit ? parse(kept.look.filter).find((each) => each.field === field) : undefined;
      return term ? Date.parse(term.values[0] ?? '') - START_MS : otherwise;
    };
    const from = Math.max(0, edge('from', 0));
    const to = Math.min(DAYS * DAY_MS, edge('to', DAYS * DAY_MS));
    const pick = Math.max(
      0,
      STEPS_MS.findIndex((step) => (to - from) / step <= binsMax),
    );
    const step = STEPS_MS[pick] ?? DAY_MS;
    const first = Math.floor(from / step);
    const length = Math.max(1, Math.ceil(to / step) - first);
    const { world } = this;
    const all = this.#everything(step).slice(first, first + length);
    const perAction = ACTIONS.map(() => new Uint32Array(length));
    let undatedCount = 0;
    for (const event of kept.events) {
      if (undated(event)) undatedCount += 1;
      const bin = Math.floor((world.time[event] ?? 0) / step) - first;
      const bars = perAction[world.action[event] ?? 0];
      if (bars && bin >= 0 && bin < length) bars[bin] = (bars[bin] ?? 0) + 1;
    }
    const ranked = perAction
      .map((bars, action) => ({
        bars,
        name: ACTIONS[action] ?? 'other',
        sum: bars.reduce((a, b) => a + b, 0),
      }))
      .filter(({ sum }) => sum > 0)
      .sort((a, b) => b.sum - a.sum);
    const leading = ranked.slice(0, ranked.length === 3 ? 3 : 2);
    const others = ranked.slice(leading.length);
    const bands = [...leading.map(({ name }) => name), ...(others.length > 0 ? ['other'] : [])];
    const top = Math.max(1, ...all);
    const power = 10 ** Math.floor(Math.log10(top));
    const instant = (bin: number) => START_MS + (first + bin) * step;
    const perDay = DAY_MS / step;
    const every = perDay <= 4 ? perDay * 7 : Math.max(1, Math.ceil(length / 6));
    return {
      zone: ZONE,
      step: STEP_WORDS[pick] ?? '1 day',
      bands,
      bins: Array.from({ length }, (_, bin) => ({
        fromMs: instant(bin),
        toMs: instant(bin + 1),
        counts: [
          ...leading.map(({ bars }) => bars[bin] ?? 0),
          ...(others.length > 0 ? [others.reduce((sum, { bars }) => sum + (bars[bin] ?? 0), 0)] : []),
        ],
        all: all[bin] ?? 0,
        from: new Date(instant(bin)).toISOString(),
        to: new Date(instant(bin + 1)).toISOString(),
      })),
      ticks: Array.from({ length: Math.ceil(length / every) }, (_, tick) => ({
        bin: tick * every,
        label: new Intl.DateTimeFormat('en-US', {
          timeZone: ZONE,
          ...(perDay <= 4
            ? { day: 'numeric', month: 'short' }
            : { hour: '2-digit', minute: '2-digit', hour12: false }),
        }).format(instant(tick * every)),
      })),
      niceMax: Math.ceil(top / power) * power,
      undated: undatedCount,
    };
  }

  facet(kept: Kept, { field, contains, limit }: FacetAsk): Facet {
    const counts = new Map<string, number>();
    for (const event of kept.events) {
      const value = valueOf(this.world, event, field);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const values = [...counts]
      .filter(([value]) => value !== '' && value.toLowerCase().includes(contains.toLowerCase()))
      .sort((a, b) => b[1] - a[1])
      .map(([value, events]) => ({
        value,
        events,
        term: print([{ field, values: [value], negated: false }]),
      }));
    return { values: values.slice(0, limit), total: values.length };
  }

  event(eventRef: string, revealed: boolean): EventDetail | null {
    const event = Number(eventRef.split(':')[1]) - 1;
    if (!(event >= 0 && event < this.world.count)) return null;
    const row = this.row(event, revealed);
    const counted = this.count.toLocaleString('en-US');
    const number = row.number.toLocaleString('en-US');
    const recorded = {
      event_id: hashOf(event).slice(0, 32),
      seq: row.number,
      occurred_at: row.time.recorded,
      user_id: row.userId,
      action: row.action,
      patient_ids: row.patientIds,
      resource_type: row.resourceType,
      resource_id: row.resourceId,
      source_ip: '10.20.4.17',
      note: event % 5 === 0 ? 'opened from schedule\u200b' : null,
      hash: hashOf(event + 9),
    };
    return {
      row,
      facts: [
        ['Session', row.sessionId ?? ''],
        ['Source address', '10.20.4.17'],
        ['Access reason', row.action === 'break_glass' ? 'Emergency' : 'Treatment'],
        ['Access policy', 'ED-standard'],
        ['Record hash', `sha256:${hashOf(event + 9)}`],
      ],
      notes: undated(event) ? ['The time of this record cannot be read as an instant.'] : [],
      asRecorded: JSON.stringify(recorded).replace('\u200b', '⟦U+200B⟧'),
      covered: row.otherPatients > 0,
      file: `data/events-2026-03-${String(1 + Math.floor((this.world.time[event] ?? 0) / DAY_MS)).padStart(2, '0')}.ndjson`,
      line: 1 + (event % 40_000),
      isRow: false,
      elsewhere: isAlsoElsewhere(event)
        ? ['The same record is in Riverside · EHR (9f2c41ab77de, imported 2026-03-05): 9f2c41ab77de:17']
        : [],
      proof: this.#altered(event)
        ? [
            `Record ${number} does not match its hash.`,
            'The records before and after it agree with each other.',
          ]
        : [
            'The hash of this record was recomputed and agrees.',
            `It names the hash of the record before it; the one after it names this one. Record ${number} of ${counted}.`,
          ],
      badge: this.#altered(event) ? badges.altered : badges.unsigned,
    };
  }
}
