import { describe, expect, it } from 'vitest';
import type { Counterpart } from '../host/generated/Counterpart';
import { sortedBy } from './counterparts';

const row = (id: string, events: number, first: number): Counterpart => ({
  id,
  role: null,
  events,
  first: { epochMs: first, recorded: '' },
  last: null,
  actions: [],
  dotsMs: [],
});

describe('counterparts', () => {
  const rows = [row('b', 2, 30), row('a', 2, 10), row('c', 9, 20)];
  const order = (...by: Parameters<typeof sortedBy> extends [unknown, ...infer Rest] ? Rest : never) =>
    sortedBy(rows, ...by)
      .map(({ id }) => id)
      .join('');

  it('are sorted, with ties in the order of ids', () => {
    expect(order('events', true)).toBe('cab');
    expect(order('first', false)).toBe('acb');
    expect(order('id', true)).toBe('cba');
  });
});
