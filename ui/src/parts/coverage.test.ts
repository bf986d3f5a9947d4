import { describe, expect, it } from 'vitest';
import type { CoverageCell } from '../host/generated/CoverageCell';
import type { CoverageMap } from '../host/generated/CoverageMap';
import type { CoverageState } from '../host/generated/CoverageState';
import { cellWords, countWords, runsOf, statesIn } from './coverage';

const none = { proven: 0, stands: 0, notVerified: 0, altered: 0, missing: 0 };
const cell = (state: CoverageState, counts = {}): CoverageCell => ({ state, counts: { ...none, ...counts } });

describe('a coverage map', () => {
  const cells = [
    cell('proven', { proven: 9 }),
    cell('proven', { proven: 2 }),
    cell('empty'),
    cell('altered', { altered: 1, stands: 1_412 }),
  ];
  const map: CoverageMap = {
    zone: 'America/New_York',
    step: '1 day',
    bins: cells.map((_, day) => {
      const fromMs = Date.UTC(2026, 2, 10 + day, 4);
      return { fromMs, toMs: fromMs + 86_400_000, from: '', to: '' };
    }),
    ticks: [],
    sources: [{ name: 'EHR', system: 'EHR', cells, totals: none, undated: 0, gaps: 1 }],
    totals: none,
  };

  it('joins neighbors of one state and loses none', () => {
    expect(runsOf(cells)).toEqual([
      { state: 'proven', from: 0, to: 2 },
      { state: 'empty', from: 2, to: 3 },
      { state: 'altered', from: 3, to: 4 },
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it('says where, when, what and how many, the worst first', () => {
    expect(cellWords(map, 0, 3)).toBe(
      'EHR, 13 Mar, 00:00 – 14 Mar, 00:00: Altered. 1 altered, 1,412 agreeing, not covered',
    );
    expect(cellWords(map, 0, 2)).toBe('EHR, 12 Mar, 00:00 – 13 Mar, 00:00: No events');
    expect(cellWords(map, 3, 0)).toBe('');
    expect(countWords(none)).toBe('');
  });

  it('lists the states that occur, in the order of the legend', () => {
    expect(statesIn(map)).toEqual(['proven', 'altered', 'empty']);
  });
});
