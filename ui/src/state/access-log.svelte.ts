/** Our own record: its entries by day, person and purpose, whether it stands, and where it was exported to. */

import type { AccessLogPage } from '../host/generated/AccessLogPage';
import type { LogCheck } from '../host/generated/LogCheck';
import type { LogEntry } from '../host/generated/LogEntry';
import type { MaybeExported } from '../host/generated/MaybeExported';
import type { Host } from '../host/host';
import { Asked } from './asked.svelte';
import { PAGE_ROWS, Pages } from './pages.svelte';

const ASK_AFTER_MS = 250;

export class AccessLog {
  actor = $state('');
  day = $state('');
  purpose = $state('');
  cursor = $state(0);
  rows = $state.raw<Pages<LogEntry> | null>(null);
  actors = $state.raw<string[]>([]);
  readonly asked = new Asked<AccessLogPage>();
  readonly check = new Asked<LogCheck>();
  readonly exported = new Asked<MaybeExported>();
  #host: Host;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  get filtered(): boolean {
    return this.actor !== '' || this.day !== '' || this.purpose !== '';
  }

  clear(): void {
    this.actor = '';
    this.day = '';
    this.purpose = '';
  }

  askSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), this.rows === null ? 0 : ASK_AFTER_MS);
  }

  async ask(): Promise<void> {
    const orNone = (typed: string) => (typed.trim() === '' ? null : typed.trim());
    // Half a date is not a day yet.
    const day = /^\d{4}-\d\d-\d\d$/.test(this.day.trim()) ? this.day.trim() : null;
    const question = { actor: orNone(this.actor), day, purpose: orNone(this.purpose) };
    const fetch = (offset: number, limit: number) => this.#host.access_log({ ...question, offset, limit });
    const first = await this.asked.ask(() => fetch(0, PAGE_ROWS));
    if (!first) return;
    this.rows?.end();
    this.cursor = 0;
    this.actors = first.actors;
    this.rows = new Pages(async (offset, limit) => {
      const { entries, total } = offset === 0 ? first : await fetch(offset, limit);
      return { rows: entries, total };
    }, first.total);
  }

  async checkLog(): Promise<void> {
    await this.check.ask(() => this.#host.check_log({}));
  }

  async exportLog(): Promise<void> {
    await this.exported.ask(() => this.#host.export_log({}));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.rows?.end();
  }
}
