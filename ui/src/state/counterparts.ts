import type { Counterpart } from '../host/generated/Counterpart';

export type CounterpartSort = 'id' | 'events' | 'first' | 'last';

/** The same list in another order; ties stay in the order of ids, so that it never jumps. */
export function sortedBy(rows: Counterpart[], sort: CounterpartSort, descending: boolean): Counterpart[] {
  const byId = (a: Counterpart, b: Counterpart) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const key = (row: Counterpart) =>
    sort === 'events' ? row.events : ((sort === 'last' ? row.last : row.first)?.epochMs ?? 0);
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) =>
    sort === 'id' ? sign * byId(a, b) : sign * (key(a) - key(b)) || byId(a, b),
  );
}
