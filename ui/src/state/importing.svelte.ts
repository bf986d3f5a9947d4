/** The import form: what is said about a bundle before it is read, and whether a quoted hash is the file's own. */

import type { Chosen } from '../host/generated/Chosen';
import { isFault } from '../host/host';
import { text } from '../text/en';
import { instantIn, today } from '../text/format';
import type { Desk } from './desk.svelte';

const SHA256_DIGITS = 64;

/** What can be said of a quoted hash while it is typed. */
export type Quoted = 'none' | 'odd' | 'short' | 'later' | 'agrees' | 'differs';

export function weighHash(typed: string, sha256: string | null): Quoted {
  const digits = hashDigits(typed);
  if (digits === '') return 'none';
  if (!/^[0-9a-f]*$/.test(digits) || digits.length > SHA256_DIGITS) return 'odd';
  if (digits.length < SHA256_DIGITS) return 'short';
  if (sha256 === null) return 'later';
  return digits === sha256.toLowerCase() ? 'agrees' : 'differs';
}

/** The digits of a hash as somebody pasted it: with spaces, colons, capitals or a name before it. */
export const hashDigits = (typed: string): string =>
  typed
    .trim()
    .toLowerCase()
    .replace(/^sha-?256[:=]\s*/, '')
    .replace(/[\s:]/g, '');

/** What was said of a bundle that was handed over, and how it compares. */
export interface Arrival {
  /** Its import; `null` where the bundle was here already, and only the access log has this handover. */
  job: number | null;
  /** The bundle, once it is known. */
  bundle: string | null;
  handedBy: string;
  handedOn: string;
  channel: string;
  /** How the quoted hash compares, in a sentence; `null` when none was quoted. */
  quoted: string | null;
  agrees: boolean | null;
}

export class Importing {
  handedBy = $state('');
  handedOn = $state('');
  channel = $state('');
  quoted = $state('');
  zone = $state('');
  busy = $state(false);
  fault = $state<string | null>(null);
  readonly chosen: Chosen;
  #desk: Desk;

  constructor(desk: Desk, chosen: Chosen) {
    this.#desk = desk;
    this.chosen = chosen;
    this.handedOn = today(desk.zone);
  }

  get comparison(): Quoted {
    return weighHash(this.quoted, this.chosen.sha256);
  }

  /** Whether what was typed is a day. */
  get isDay(): boolean {
    return /^\d{4}-\d\d-\d\d$/.test(this.handedOn) && instantIn(this.handedOn, this.#desk.zone) !== null;
  }

  get ready(): boolean {
    const hash = this.comparison !== 'odd' && this.comparison !== 'short';
    return this.handedBy.trim() !== '' && this.isDay && this.channel.trim() !== '' && hash && !this.busy;
  }

  async go(): Promise<void> {
    if (!this.ready) return;
    this.busy = true;
    this.fault = null;
    try {
      const digits = hashDigits(this.quoted);
      const said = {
        handedBy: this.handedBy.trim(),
        handedOn: this.handedOn,
        channel: this.channel.trim(),
      };
      const started = await this.#desk.host.import({
        token: this.chosen.token,
        ...said,
        quotedSha256: digits === '' ? null : digits,
        zoneForBareTimes: this.zone === '' ? null : this.zone,
      });
      const { job, already: bundle, quoted, quotedAgrees: agrees } = started;
      await this.#follow({ job, bundle, ...said, quoted, agrees });
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.fault = caught.what;
    } finally {
      this.busy = false;
    }
  }

  /** Goes to the bundle as soon as it is known which one it is. */
  async #follow(arrival: Arrival): Promise<void> {
    const { session } = this.#desk;
    this.#desk.chosen = null;
    if (arrival.job === null || arrival.quoted !== null) {
      this.#desk.arrivals = [...this.#desk.arrivals, arrival];
    }
    if (arrival.agrees === false && arrival.quoted !== null) session.live.alarm(arrival.quoted);
    if (arrival.bundle !== null) {
      session.live.say(text.importing.already);
      this.#desk.openBundle(arrival.bundle);
      return;
    }
    session.live.say(text.importing.started);
    // First there, then waiting: what is awaited is gone to from that screen alone, and may be known at once.
    this.#desk.places.go('open');
    this.#desk.awaited = arrival.job;
    await this.#desk.refreshBundles();
  }
}
