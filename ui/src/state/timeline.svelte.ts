/**
 * One look at events: the question, its rows, its bars, the event under the cursor.
 *
 * Every change of the question is a new look, which leaves a line in the access log; a cursor that rests on a row with
 * the detail open reads that record, which is a line too. Nothing here outlives `end`.
 */

import type { Bins } from '../host/generated/Bins';
import type { EventDetail } from '../host/generated/EventDetail';
import type { Fault } from '../host/generated/Fault';
import type { Look } from '../host/generated/Look';
import type { PersonPage } from '../host/generated/PersonPage';
import type { Row } from '../host/generated/Row';
import type { Host } from '../host/host';
import { Asked } from './asked.svelte';
import { Checked } from './checked.svelte';
import { Pages } from './pages.svelte';
import type { Question } from './views';

const BINS_MAX = 240;
const DETAIL_AFTER_MS = 250;
const SLOW_AFTER_MS = 300;

export class Timeline {
  look = $state.raw<Look | null>(null);
  rows = $state.raw<Pages<Row> | null>(null);
  /** Whether bars fit the chosen range instead of the whole bundle. */
  fit = $state(false);
  detailOpen = $state(true);
  cursor = $state(0);
  /** The rows that are checked; those of another look are not among them. */
  readonly checked = new Checked();
  /** How many rows the latest change of the question let go. */
  letGo = $state(0);
  readonly opening = new Asked<Look>();
  /** Whether the answer takes so long that the rows of the question before have to be called that. */
  slow = $state(false);
  /** What is known of the person the question is fixed to. */
  person = $state.raw<PersonPage | null>(null);
  readonly bins = new Asked<Bins>();
  readonly detail = new Asked<EventDetail>();
  #host: Host;
  #detailTimer: ReturnType<typeof setTimeout> | undefined;
  #detailOf: string | null = null;
  /** The id that `person` was asked for by; it may be recorded in another form. */
  #personAsked: string | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  get fault(): Fault | null {
    return this.opening.fault;
  }

  /** Opens a question. What was shown stays until the answer is there. */
  async show(question: Question, row: number): Promise<void> {
    const slow = setTimeout(() => (this.slow = this.opening.waiting), SLOW_AFTER_MS);
    const look = await this.opening.ask(() => this.#open(question));
    clearTimeout(slow);
    this.slow &&= this.opening.waiting;
    if (look) await this.#adopt(look, row);
  }

  async #open({ person, bundle, filter, and, sort, descending }: Question): Promise<Look> {
    if (person) {
      const known = this.#personAsked === person.id ? this.person : null;
      const page = known ?? (await this.#readPerson(bundle, person));
      const plain = filter === null && and.length === 0 && sort === 'time' && !descending;
      // The person's page opened a look of its own; asking again would be a second line for the same question.
      if (plain && !known) return page.look;
      return this.#host.look({ bundle, filter: filter ?? page.look.filter, and, sort, descending });
    }
    return this.#host.look({ bundle, filter: filter ?? '', and, sort, descending });
  }

  async #readPerson(bundle: string, person: NonNullable<Question['person']>): Promise<PersonPage> {
    const page = await this.#host.person({ bundle, ...person });
    this.person = page;
    this.#personAsked = person.id;
    return page;
  }

  async #adopt(look: Look, row: number): Promise<void> {
    this.rows?.end();
    this.letGo = this.checked.count(this.look?.total ?? 0);
    this.checked.clear();
    this.look = look;
    this.cursor = Math.max(0, Math.min(row, look.total - 1));
    this.#forgetDetail();
    this.rows = new Pages((offset, limit) => this.#host.rows({ look: look.look, offset, limit }), look.total);
    if (!look.terms.some(({ field }) => field === 'from' || field === 'to')) this.fit = false;
    await this.#rebin();
  }

  async #rebin(): Promise<void> {
    const look = this.look;
    if (!look) return;
    await this.bins.ask(() => this.#host.bins({ look: look.look, binsMax: BINS_MAX, fit: this.fit }));
  }

  async setFit(fit: boolean): Promise<void> {
    if (fit === this.fit) return;
    this.fit = fit;
    await this.#rebin();
  }

  /** Uncovers names and other patients; a look of its own. */
  async reveal(): Promise<void> {
    const look = this.look;
    if (!look) return;
    const revealed = await this.opening.ask(() => this.#host.reveal({ look: look.look }));
    if (revealed) await this.#adopt(revealed, this.cursor);
  }

  /** Reads the record under the cursor, once it rests there. */
  rest(row: Row | undefined): void {
    clearTimeout(this.#detailTimer);
    if (!this.detailOpen || !row || row.eventRef === this.#detailOf) return;
    this.#detailTimer = setTimeout(() => void this.readDetail(row.eventRef), DETAIL_AFTER_MS);
  }

  async readDetail(eventRef: string): Promise<void> {
    const look = this.look;
    if (!look) return;
    this.#detailOf = eventRef;
    await this.detail.ask(() => this.#host.event({ look: look.look, eventRef }));
  }

  #forgetDetail(): void {
    clearTimeout(this.#detailTimer);
    this.#detailOf = null;
    this.detail.clear();
  }

  /** The first row at or after an instant, in a table in order of time. */
  async rowAt(epochMs: number): Promise<number> {
    const look = this.look;
    if (!look) return 0;
    let low = 0;
    let high = look.total;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const { rows } = await this.#host.rows({ look: look.look, offset: middle, limit: 1 });
      if ((rows[0]?.time.epochMs ?? Infinity) < epochMs) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, Math.max(0, look.total - 1));
  }

  end(): void {
    this.rows?.end();
    this.#forgetDetail();
  }
}
