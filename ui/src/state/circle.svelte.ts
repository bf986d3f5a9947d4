/**
 * Everybody on the other side of a person's page, a page at a time: who opened this chart, or whose charts a user opened.
 *
 * The program sorts all of them and counts those it shows; what is here is never the whole unless it says so.
 */

import type { Counterpart } from '../host/generated/Counterpart';
import type { Counterparts } from '../host/generated/Counterparts';
import type { PersonPage } from '../host/generated/PersonPage';
import type { Host } from '../host/host';
import { Asked } from './asked.svelte';

export type CircleSort = 'id' | 'events' | 'first' | 'last';

const PAGE = 200;

export class Circle {
  sort = $state<CircleSort>('events');
  descending = $state(true);
  readonly asked = new Asked<Counterparts>();
  /** Where the pages before this one begin. */
  #before = $state.raw<number[]>([]);
  readonly #host: Host;
  readonly #page: PersonPage;

  constructor(host: Host, page: PersonPage) {
    this.#host = host;
    this.#page = page;
  }

  get rows(): Counterpart[] {
    return this.asked.answer?.counterparts ?? this.#page.counterparts;
  }

  get total(): number {
    return this.asked.answer?.total ?? this.#page.counterpartsTotal;
  }

  /** The first of those shown, from 0. */
  get offset(): number {
    return this.asked.answer?.offset ?? 0;
  }

  get hasNext(): boolean {
    return this.offset + this.rows.length < this.total;
  }

  get hasPrevious(): boolean {
    return this.#before.length > 0;
  }

  /** Sorts all of them, and begins at the first again. */
  async sortBy(sort: CircleSort): Promise<void> {
    this.descending = this.sort === sort ? !this.descending : sort === 'events';
    this.sort = sort;
    this.#before = [];
    await this.#ask(0);
  }

  async next(): Promise<void> {
    const { offset } = this;
    if (!this.hasNext) return;
    // Of long rows a page holds fewer, so the next begins where this one ended.
    const answer = await this.#ask(offset + this.rows.length);
    if (answer) this.#before = [...this.#before, offset];
  }

  async previous(): Promise<void> {
    const offset = this.#before.at(-1);
    if (offset === undefined) return;
    const answer = await this.#ask(offset);
    if (answer) this.#before = this.#before.slice(0, -1);
  }

  #ask(offset: number): Promise<Counterparts | null> {
    const { sort, descending } = this;
    const { look } = this.#page.look;
    return this.asked.ask(() => this.#host.counterparts({ look, sort, descending, offset, limit: PAGE }));
  }
}
