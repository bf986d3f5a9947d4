/**
 * What this office vouches for, beside what the bundle on screen claims; and the acts on it.
 *
 * Each act is a step of the trust store and a line of the access log; the page is asked for again after each. A refusal
 * is kept for the dialog that asked, nothing else is remembered.
 */

import { untrack } from 'svelte';
import type { TrustFile } from '../host/generated/TrustFile';
import type { TrustFileKind } from '../host/generated/TrustFileKind';
import type { TrustPage } from '../host/generated/TrustPage';
import { isFault } from '../host/host';
import { Asked } from './asked.svelte';
import type { Desk } from './desk.svelte';

export class Trusting {
  readonly page = new Asked<TrustPage>();
  /** Why the last act was refused. */
  refusal = $state<string | null>(null);
  busy = $state(false);
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Asks for the page of the bundle on screen. */
  ask(): void {
    const bundle = this.#desk.bundle;
    if (bundle !== null) untrack(() => void this.page.ask(() => this.#desk.host.trust({ bundle })));
  }

  /** Whether a check of the bundle on screen is at work, be it an import or a later one. */
  get checking(): boolean {
    return this.#desk.session.status.jobs.some(
      ({ bundle, state }) => bundle === this.#desk.bundle && (state === 'running' || state === 'stopping'),
    );
  }

  async checkAgain(): Promise<void> {
    const bundle = this.#desk.bundle;
    if (bundle !== null) await this.act(() => this.#desk.host.check_again({ bundle }));
  }

  /** Does something; true if it was done. The refusal stays until the next act. */
  async act(doing: () => Promise<unknown>): Promise<boolean> {
    this.refusal = null;
    this.busy = true;
    try {
      await doing();
      this.ask();
      return true;
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.refusal = caught.what;
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Lets the person choose a file; null when none was chosen or it was refused. */
  async choose(kind: TrustFileKind): Promise<TrustFile | null> {
    let file: TrustFile | null = null;
    await this.act(async () => {
      file = (await this.#desk.host.choose_trust_file({ kind })).file;
    });
    return file;
  }

  forgetRefusal(): void {
    this.refusal = null;
  }
}
