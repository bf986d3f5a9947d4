/**
 * A list of patients or users: which part of it, in which order, under which cursor. Each list is a look: it is asked
 * for when somebody says so, never while they type.
 */

import type { People } from '../host/generated/People';
import type { PersonKind } from '../host/generated/PersonKind';
import type { PersonRow } from '../host/generated/PersonRow';
import { Asked } from './asked.svelte';
import type { Desk } from './desk.svelte';
import { PAGE_ROWS, Pages } from './pages.svelte';

export class Listing {
  /** What is typed. */
  typed = $state('');
  /** What the list that is shown was asked for. */
  prefix = $state('');
  sort = $state('events');
  descending = $state(true);
  cursor = $state(0);
  rows = $state.raw<Pages<PersonRow> | null>(null);
  readonly asked = new Asked<People>();
  #desk: Desk;
  #kind: PersonKind;

  constructor(desk: Desk, kind: PersonKind) {
    this.#desk = desk;
    this.#kind = kind;
  }

  /** How many there are without a prefix. */
  get whole(): number {
    const overview = this.#desk.inside;
    const known = this.#kind === 'patient' ? overview?.patients : overview?.users;
    return Math.max(known ?? 0, this.rows?.total ?? 0);
  }

  /** Asks for those whose ids begin with what is typed. */
  search(): void {
    this.prefix = this.typed;
    void this.ask();
  }

  async ask(): Promise<void> {
    const bundle = this.#desk.bundle;
    if (bundle === null) return;
    const question = {
      bundle,
      kind: this.#kind,
      prefix: this.prefix,
      sort: this.sort,
      descending: this.descending,
    };
    const fetch = (offset: number, limit: number) => this.#desk.host.people({ ...question, offset, limit });
    const first = await this.asked.ask(() => fetch(0, PAGE_ROWS));
    if (!first) return;
    this.rows?.end();
    this.cursor = 0;
    this.rows = new Pages(async (offset, limit) => {
      const { people, total } = offset === 0 ? first : await fetch(offset, limit);
      return { rows: people, total };
    }, first.total);
  }

  order(sort: string, descending: boolean): void {
    this.sort = sort;
    this.descending = descending;
    void this.ask();
  }

  end(): void {
    this.rows?.end();
    this.asked.clear();
  }
}
