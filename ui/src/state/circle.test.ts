import { describe, expect, it, vi } from 'vitest';
import { connect } from '../host/rehearsal/index';
import { Circle } from './circle.svelte';

/** A user who touched more patients than one answer lists. */
async function busy() {
  const host = connect('normal', 200_000);
  const bundle = 'any';
  const { people } = await host.people({
    bundle,
    kind: 'user',
    prefix: '',
    sort: 'others',
    descending: true,
    offset: 0,
    limit: 1,
  });
  const page = await host.person({ bundle, kind: 'user', id: people[0]?.id ?? '' });
  return { host, page, circle: new Circle(host, page) };
}

describe('the other side of a person’s page', () => {
  it('is reached to its last, and back', async () => {
    const { host, page, circle } = await busy();
    const asked = vi.spyOn(host, 'counterparts');
    expect(page.counterpartsTotal).toBeGreaterThan(200);
    expect([circle.offset, circle.hasPrevious, circle.hasNext]).toEqual([0, false, true]);
    const seen = new Set(circle.rows.map(({ id }) => id));
    let turns = 0;
    while (circle.hasNext) {
      await circle.next();
      for (const { id } of circle.rows) seen.add(id);
      turns += 1;
    }
    expect(seen.size).toBe(page.counterpartsTotal);
    await circle.next();
    expect(asked).toHaveBeenCalledTimes(turns);
    for (; turns > 0; turns--) await circle.previous();
    expect([circle.offset, circle.hasPrevious]).toEqual([0, false]);
  });

  it('is sorted as a whole by the program, so that the rarest are not those of the first page', async () => {
    const { page, circle } = await busy();
    await circle.next();
    await circle.sortBy('events');
    expect([circle.descending, circle.offset, circle.hasPrevious]).toEqual([false, 0, false]);
    const least = circle.rows[0]?.events ?? 0;
    expect(least).toBeLessThan(page.counterparts.at(-1)?.events ?? 0);
    await circle.sortBy('first');
    const firsts = circle.rows.map(({ first }) => first?.epochMs ?? 0);
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
  });
});
