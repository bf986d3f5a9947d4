/** A list of patients or users: which part of it, in which order, under which cursor. Each list is a look. */

import type { People } from '../host/generated/People';
import type { PersonKind } from '../host/generated/PersonKind';
import type { PersonRow } from '../host/generated/PersonRow';
import { Asked } from './asked.svelte';
import type { Desk } from './desk.svelte';
import { PAGE_ROWS, Pages } from './pages.svelte';

/** Every list leaves a line in the access log, so one is asked for when typing rests, not for each letter. */
const ASK_AFTER_MS = 500;

export class Listing {
  prefix = $state('');
  sort = $state('events');
  descending = $state(true);
  cursor = $state(0);
  rows = $state.raw<Pages<PersonRow> | null>(null);
  readonly asked = new Asked<People>();
  #desk: Desk;
  #kind: PersonKind;
  #timer: ReturnType<typeof setTimeout> | undefined;

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

  askSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), this.rows === null ? 0 : ASK_AFTER_MS);
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
    clearTimeout(this.#timer);
    this.rows?.end();
    this.asked.clear();
  }
}
