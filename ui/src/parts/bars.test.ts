import { describe, expect, it } from 'vitest';
import type { Bin } from '../host/generated/Bin';
import * as bars from './bars';

const bin = (hour: number, counts: number[], all: number): Bin => ({
  fromMs: hour * 3_600_000,
  toMs: (hour + 1) * 3_600_000,
  counts,
  all,
  from: '',
  to: '',
});
const bins = [bin(0, [1, 2], 10), bin(1, [0, 0], 10), bin(2, [3, 0], 10), bin(3, [0, 5], 10)];

describe('bars', () => {
  it('are drawn only where there is something', () => {
    expect(bars.bandPath(bins, 0, 10, 400, 96).match(/M/g)).toHaveLength(2);
    expect(bars.ghostPath(bins, 10, 400, 96).match(/M/g)).toHaveLength(4);
  });

  it('are never drawn as nothing where there is one event among millions', () => {
    expect(bars.bandPath([bin(0, [1], 1)], 0, 5_000_000, 400, 96)).toContain('v1h');
  });

  it('get a scale of their own when they could not be seen', () => {
    const big = { bins: [bin(0, [3], 50_000)], niceMax: 50_000 };
    const scale = bars.scaleOf({ ...big, zone: 'UTC', step: '', bands: ['a'], ticks: [], undated: 0 });
    expect(scale.matching).toBe(3);
    expect(scale.all).toBeGreaterThan(50_000);
  });

  it('are found by pixel and by instant', () => {
    expect(bars.barAt(399, 400, 4)).toBe(3);
    expect(bars.barAt(-5, 400, 4)).toBe(0);
    expect(bars.spanOf(bins, 3_600_000, 3 * 3_600_000)).toEqual({ from: 1, to: 2 });
    expect(bars.spanOf(bins, 3_600_000, null)).toEqual({ from: 1, to: 3 });
    expect(bars.spanOf(bins, null, null)).toBeNull();
    expect(bars.xOf(bins, 5_400_000, 400)).toBe(150);
    expect(bars.xOf(bins, -1, 400)).toBe(0);
    expect(bars.xOf(bins, 1e12, 400)).toBe(400);
  });

  it('become few rows for the ear without losing an event', () => {
    const rows = bars.coarser(bins, 2);
    expect(rows).toHaveLength(2);
    expect(rows.reduce((sum, row) => sum + row.matching, 0)).toBe(11);
  });
});
