import { describe, expect, it } from 'vitest';
import { PAGE_ROWS, Pages } from './pages.svelte';

const rows = (offset: number, limit: number) => Array.from({ length: limit }, (_, row) => offset + row);

describe('pages', () => {
  it('fetch the page of a row once', async () => {
    const asked: number[] = [];
    const pages = new Pages((offset, limit) => {
      asked.push(offset);
      return Promise.resolve({ rows: rows(offset, limit), total: 10_000 });
    }, 10_000);
    pages.want(4_990, 5_020);
    pages.want(4_990, 5_020);
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toEqual([4_500, 5_000]);
    expect(pages.at(5_001)).toBe(5_001);
    expect(pages.at(0)).toBeUndefined();
    pages.end();
  });

  it('say which rows could not be read, and can be asked again', async () => {
    let broken = true;
    const pages = new Pages((offset, limit) => {
      const fault = { code: 'unreadable', what: 'It cannot be read.', next: null };
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return broken ? Promise.reject(fault) : Promise.resolve({ rows: rows(offset, limit), total: 1_200 });
    }, 1_200);
    await Promise.all([pages.load(1), pages.load(2)]);
    expect(pages.fault).toMatchObject({ from: PAGE_ROWS, to: 1_200 });
    broken = false;
    await pages.load(1);
    expect(pages.at(PAGE_ROWS)).toBeUndefined();
    pages.again();
    await pages.load(1);
    expect(pages.at(PAGE_ROWS)).toBe(PAGE_ROWS);
    expect(pages.fault).toBeNull();
  });

  it('ask for the rest of a page of which one answer holds only a part', async () => {
    const asked: [number, number][] = [];
    const pages = new Pages((offset, limit) => {
      asked.push([offset, limit]);
      return Promise.resolve({ rows: rows(offset, Math.min(limit, 300)), total: 1_100 });
    }, 1_100);
    await Promise.all([pages.load(1), pages.load(2)]);
    expect(asked.sort(([a], [b]) => a - b)).toEqual([
      [500, 500],
      [800, 200],
      [1_000, 500],
    ]);
    expect([pages.at(500), pages.at(999), pages.at(1_099)]).toEqual([500, 999, 1_099]);
  });

  it('drop what comes after they have ended', async () => {
    const pages = new Pages((offset, limit) => Promise.resolve({ rows: rows(offset, limit), total: 9 }), 9);
    const loading = pages.load(0);
    pages.end();
    await loading;
    expect(pages.at(0)).toBeUndefined();
  });
});
