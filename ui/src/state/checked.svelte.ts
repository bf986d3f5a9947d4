/**
 * The rows of a look that are checked: some, or all but some.
 *
 * A row is known by its place in the look and by its record, so that nothing else is taken for it where an import
 * still adds rows. What is checked belongs to one look and goes with it.
 */

import { SvelteMap } from 'svelte/reactivity';

export interface Mark {
  index: number;
  eventRef: string;
}

/** Rows that can be told one by one; more are checked all together. */
export const MARKS_MAX = 5_000;

export class Checked {
  all = $state(false);
  /** Those that are checked; of all, those that are not. */
  #marks = new SvelteMap<number, string>();

  has(index: number): boolean {
    return this.all !== this.#marks.has(index);
  }

  /** How many of so many rows. */
  count(total: number): number {
    return this.all ? total - this.#marks.size : this.#marks.size;
  }

  get marks(): Mark[] {
    return [...this.#marks].sort(([a], [b]) => a - b).map(([index, eventRef]) => ({ index, eventRef }));
  }

  /** Checks a row or takes that back; `false` where no more can be told apart. */
  set({ index, eventRef }: Mark, checked: boolean): boolean {
    if (checked === this.has(index)) return true;
    if (this.#marks.delete(index)) return true;
    if (this.#marks.size >= MARKS_MAX) return false;
    this.#marks.set(index, eventRef);
    return true;
  }

  checkAll(): void {
    this.all = true;
    this.#marks.clear();
  }

  clear(): void {
    this.all = false;
    this.#marks.clear();
  }
}
