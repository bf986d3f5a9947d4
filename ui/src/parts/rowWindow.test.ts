import { describe, expect, it } from 'vitest';
import * as rows from './rowWindow';

const ROW = 32;
const VIEW = 640;

describe('the window of a table', () => {
  it('draws what is in view and a little more', () => {
    expect(rows.windowOf(1_000_000, ROW, VIEW, 3_200)).toEqual({ first: 92, last: 128 });
    expect(rows.windowOf(3, ROW, VIEW, 0)).toEqual({ first: 0, last: 2 });
    expect(rows.windowOf(0, ROW, VIEW, 0).last).toBeLessThan(0);
  });

  it('draws few rows even where the view is said to be endless', () => {
    const { first, last } = rows.windowOf(5_000_000, ROW, 16_000_000, 0);
    expect(last - first).toBeLessThan(200);
  });

  it('reaches the last row of a table taller than any element can be', () => {
    const total = 125_000_000;
    expect(rows.spacerPx(total, ROW)).toBe(rows.SPACER_PX_MAX);
    const bottom = rows.topOf(rows.SPACER_PX_MAX - VIEW, total, ROW, VIEW);
    expect(rows.windowOf(total, ROW, VIEW, bottom).last).toBe(total - 1);
    expect(rows.yOf(total - 1, bottom, rows.SPACER_PX_MAX - VIEW, total, ROW)).toBe(rows.SPACER_PX_MAX - ROW);
  });

  it('maps the scroll bar there and back', () => {
    for (const total of [1_000, 5_000_000, 125_000_000]) {
      const top = rows.topShowing(Math.floor(total / 3), 0, total, ROW, VIEW);
      const scroll = rows.scrollOf(top, total, ROW, VIEW);
      expect(Math.abs(rows.topOf(scroll, total, ROW, VIEW) - top)).toBeLessThan(1);
    }
  });

  it('puts a row from elsewhere in the middle, unless it is in view already', () => {
    expect(rows.topCentering(1_000, 0, 5_000, ROW, VIEW)).toBe(1_000.5 * ROW - VIEW / 2);
    expect(rows.topCentering(5, 0, 5_000, ROW, VIEW)).toBe(0);
    expect(rows.topCentering(4_999, 0, 5_000, ROW, VIEW)).toBe(5_000 * ROW - VIEW);
  });

  it('moves as little as possible to show a row', () => {
    expect(rows.topShowing(5, 0, 100, ROW, VIEW)).toBe(0);
    expect(rows.topShowing(30, 0, 100, ROW, VIEW)).toBe(31 * ROW - VIEW);
    expect(rows.topShowing(2, 640, 100, ROW, VIEW)).toBe(64);
    expect(rows.topShowing(0, 900, 3, ROW, VIEW)).toBe(0);
  });
});
