/**
 * The vault as the window sees it: locked or open, whose, why, how the log stands, what work runs.
 *
 * Asks for the status every half second and says whether the person did anything; behind a lock, as long as an import
 * goes on. Owns nothing about a person except
 * the purpose; what screens know lives in `Desk`, which is dropped as a whole when the vault locks.
 */

import { commandNames, type Commands } from '../host/generated/commands';
import type { Fault } from '../host/generated/Fault';
import type { Settings } from '../host/generated/Settings';
import type { Start } from '../host/generated/Start';
import type { Status } from '../host/generated/Status';
import type { Unlocked } from '../host/generated/Unlocked';
import { isFault, type Host } from '../host/host';
import { text } from '../text/en';
import { Live } from './live.svelte';

const STATUS_EVERY_MS = 500;

const NOTHING_YET: Status = {
  locked: true,
  user: null,
  purpose: null,
  locksInSeconds: null,
  logTrouble: null,
  jobs: [],
  revision: 0,
};

export const defaultSettings: Settings = {
  theme: 'system',
  textPercent: 100,
  zone: 'America/New_York',
  lockAfterMinutes: 10,
  singleKeys: true,
};

export class Session {
  readonly live = new Live();
  readonly host: Host;
  start = $state.raw<Start | null>(null);
  startFault = $state.raw<Fault | null>(null);
  status = $state.raw<Status>(NOTHING_YET);
  settings = $state.raw<Settings>(defaultSettings);
  /** Failed attempts before this unlock. */
  failedAttempts = $state(0);
  /** Grows with each unlock; what is keyed by it is made anew. */
  epoch = $state(0);
  /** Grows with each purpose; looks of an earlier one have ended. */
  purposeEpoch = $state(0);
  askingPurpose = $state(false);
  open = $state(false);
  /** The one-time recovery key is on screen: the vault is open, but the desk waits. */
  showingRecoveryKey = $state(false);
  #active = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.host = this.#guard(host);
  }

  /** A host whose refusals the session hears first: locked, no purpose, a broken log. */
  #guard(host: Host): Host {
    const heard = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (caught) {
        if (isFault(caught)) this.#hear(caught);
        throw caught;
      }
    };
    const guarded = Object.fromEntries(
      commandNames.map((name) => [
        name,
        (ask: Commands[typeof name]['ask']) => {
          const command = host[name] as (ask: Commands[typeof name]['ask']) => Promise<unknown>;
          return heard(command(ask));
        },
      ]),
    );
    return { ...host, ...(guarded as unknown as Host) };
  }

  #hear(fault: Fault): void {
    if (fault.code === 'locked' && this.open) void this.closed();
    if (fault.code === 'purpose_needed') this.askingPurpose = true;
    if (fault.code === 'log_broken' || fault.code === 'log_unwritable') {
      this.status = { ...this.status, logTrouble: fault };
    }
  }

  /** Asks where the program stands. */
  async begin(): Promise<void> {
    try {
      this.start = await this.host.start({});
      this.startFault = null;
      if (this.start.stage === 'open') await this.#opened();
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.startFault = caught;
    }
  }

  async unlock(user: string, passphrase: string): Promise<void> {
    await this.welcome(await this.host.unlock({ user, passphrase }));
  }

  /** Goes on with a vault that was just unlocked, recovered or made. */
  async welcome(unlocked: Unlocked): Promise<void> {
    this.failedAttempts = unlocked.failedAttempts;
    await this.#opened();
  }

  async #opened(): Promise<void> {
    this.settings = await this.host.settings({});
    this.status = await this.host.status({ active: true });
    this.epoch += 1;
    this.open = !this.status.locked;
    this.#follow();
  }

  async lock(): Promise<void> {
    await this.host.lock({});
    await this.closed();
  }

  /** The vault is locked, by whom ever: everything about persons is dropped before anything else happens. */
  async closed(): Promise<void> {
    clearTimeout(this.#timer);
    this.open = false;
    this.askingPurpose = false;
    this.status = NOTHING_YET;
    history.replaceState(null, '', '#/open');
    this.live.say(text.live.locked);
    await this.begin();
    // An import may go on behind the lock; how far it is, is all that is told of it.
    this.#follow();
  }

  async givePurpose(purpose: string): Promise<void> {
    const given = await this.host.give_purpose({ text: purpose });
    this.status = { ...this.status, purpose: given.text };
    this.purposeEpoch += 1;
    this.askingPurpose = false;
  }

  async change(settings: Partial<Settings>): Promise<void> {
    this.settings = await this.host.change_settings({ ...this.settings, ...settings });
  }

  /** The person did something; puts the automatic lock off. */
  stir(): void {
    this.#active = true;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #follow(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#poll(), STATUS_EVERY_MS);
  }

  async #poll(): Promise<void> {
    try {
      const status = await this.host.status({ active: this.#active });
      this.#active = false;
      if (this.open && status.locked) {
        await this.closed();
        return;
      }
      // An answer from before a lock or an unlock is of no use.
      if (status.locked === !this.open) this.status = status;
    } catch (caught) {
      // The status is asked for again in half a second; a fault is heard by the guard.
      if (!isFault(caught)) throw caught;
    }
    if (this.open || this.status.jobs.length > 0) this.#follow();
  }
}
