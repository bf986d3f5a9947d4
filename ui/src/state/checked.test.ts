import { describe, expect, it } from 'vitest';
import { Checked, MARKS_MAX } from './checked.svelte';

const mark = (index: number) => ({ index, eventRef: `e:${index}` });

describe('checked rows', () => {
  it('are some, or all but some', () => {
    const checked = new Checked();
    expect(checked.set(mark(7), true)).toBe(true);
    checked.set(mark(3), true);
    checked.set(mark(3), true);
    expect([checked.has(3), checked.has(4), checked.count(10)]).toEqual([true, false, 2]);
    expect(checked.marks).toEqual([mark(3), mark(7)]);
    checked.checkAll();
    checked.set(mark(4), false);
    expect([checked.has(3), checked.has(4), checked.count(10)]).toEqual([true, false, 9]);
    expect(checked.marks).toEqual([mark(4)]);
    checked.clear();
    expect([checked.has(3), checked.count(10)]).toEqual([false, 0]);
  });

  it('are not taken in silence beyond what can be told', () => {
    const checked = new Checked();
    for (let index = 0; index < MARKS_MAX; index++) checked.set(mark(index), true);
    expect(checked.set(mark(MARKS_MAX), true)).toBe(false);
    expect(checked.count(10_000)).toBe(MARKS_MAX);
    expect(checked.set(mark(0), false)).toBe(true);
  });
});
