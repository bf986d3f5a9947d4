/**
 * A table of any length, held as the pages around what is shown.
 *
 * Pages are fetched when a row of them is wanted, neighbors a little later; of all pages at most a hundred are kept, the
 * farthest goes first. A page that cannot be read stays a gap with its fault, and can be asked for again.
 */

import { SvelteMap } from 'svelte/reactivity';
import type { Fault } from '../host/generated/Fault';
import { isFault } from '../host/host';

export const PAGE_ROWS = 500;
const PAGES_KEPT_MAX = 100;
const NEIGHBOR_AFTER_MS = 120;

export interface PageAnswer<T> {
  rows: T[];
  total: number;
}

export class Pages<T> {
  total = $state(0);
  fault = $state.raw<{ fault: Fault; from: number; to: number } | null>(null);
  #pages = new SvelteMap<number, T[]>();
  #asked = new Set<number>();
  #neighbor: ReturnType<typeof setTimeout> | undefined;
  #fetch: (offset: number, limit: number) => Promise<PageAnswer<T>>;
  #ended = false;

  constructor(fetch: (offset: number, limit: number) => Promise<PageAnswer<T>>, total: number) {
    this.#fetch = fetch;
    this.total = total;
  }

  /** A row, if its page is here. */
  at(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Sees to it that the rows from `first` to `last` come. */
  want(first: number, last: number): void {
    const from = Math.floor(Math.max(0, first) / PAGE_ROWS);
    const to = Math.floor(Math.max(0, Math.min(last, this.total - 1)) / PAGE_ROWS);
    for (let page = from; page <= to; page++) void this.load(page);
    clearTimeout(this.#neighbor);
    this.#neighbor = setTimeout(() => {
      if (from > 0) void this.load(from - 1);
      if ((to + 1) * PAGE_ROWS < this.total) void this.load(to + 1);
      this.#dropFarFrom(from);
    }, NEIGHBOR_AFTER_MS);
  }

  async load(page: number): Promise<void> {
    if (this.#isOver() || this.#pages.has(page) || this.#asked.has(page)) return;
    this.#asked.add(page);
    try {
      const rows: T[] = [];
      let missing = PAGE_ROWS;
      // Of long rows one answer holds fewer than were asked for.
      while (missing > 0) {
        const answer = await this.#fetch(page * PAGE_ROWS + rows.length, missing);
        if (this.#isOver()) return;
        rows.push(...answer.rows);
        this.total = answer.total;
        missing =
          answer.rows.length === 0 ? 0 : Math.min(PAGE_ROWS, this.total - page * PAGE_ROWS) - rows.length;
      }
      this.#pages.set(page, rows);
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      if (this.#isOver()) return;
      const from = page * PAGE_ROWS;
      const to = Math.min(from + PAGE_ROWS, this.total);
      const before = this.fault ?? { from, to };
      this.fault = { fault: caught, from: Math.min(before.from, from), to: Math.max(before.to, to) };
      // It stays asked, so that scrolling does not ask again and again; `again` clears it.
      return;
    }
    this.#asked.delete(page);
  }

  /** Asks once more for what could not be read. */
  again(): void {
    this.fault = null;
    this.#asked.clear();
  }

  /** No more answers are wanted, and what is here is dropped. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#neighbor);
    this.#pages.clear();
  }

  /** Asked anew after each wait; a field would be taken for unchanged. */
  #isOver(): boolean {
    return this.#ended;
  }

  #dropFarFrom(page: number): void {
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(a - page) - Math.abs(b - page));
    for (const each of far.slice(PAGES_KEPT_MAX)) this.#pages.delete(each);
  }
}
