/** The import form: what is said about a bundle before it is read, and whether a quoted hash is the file's own. */

import type { Chosen } from '../host/generated/Chosen';
import { isFault } from '../host/host';
import { text } from '../text/en';
import { today } from '../text/format';
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

export class Importing {
  handedBy = $state('');
  handedOn = $state('');
  channel: string = $state(text.importing.channels[0] ?? '');
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

  get ready(): boolean {
    const hash = this.comparison !== 'odd' && this.comparison !== 'short';
    return (
      this.handedBy.trim() !== '' && this.handedOn !== '' && this.channel.trim() !== '' && hash && !this.busy
    );
  }

  async go(): Promise<void> {
    if (!this.ready) return;
    this.busy = true;
    this.fault = null;
    try {
      const digits = hashDigits(this.quoted);
      const started = await this.#desk.host.import({
        token: this.chosen.token,
        handedBy: this.handedBy.trim(),
        handedOn: this.handedOn,
        channel: this.channel.trim(),
        quotedSha256: digits === '' ? null : digits,
        zoneForBareTimes: this.zone === '' ? null : this.zone,
      });
      await this.#follow(started.job, started.already);
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.fault = caught.what;
    } finally {
      this.busy = false;
    }
  }

  /** Goes to the bundle as soon as it is known which one it is. */
  async #follow(job: number | null, already: string | null): Promise<void> {
    const { session } = this.#desk;
    this.#desk.chosen = null;
    if (already !== null) {
      session.live.say(text.importing.already);
      this.#desk.openBundle(already);
      return;
    }
    session.live.say(text.importing.started);
    this.#desk.awaited = job;
    await this.#desk.refreshBundles();
    this.#desk.places.go('open');
  }
}
