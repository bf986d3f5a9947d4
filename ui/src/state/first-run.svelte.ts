/** The first run: an account, a passphrase that stands, a place, and a recovery key that was really kept. */

import type { Created } from '../host/generated/Created';
import type { Strength } from '../host/generated/Strength';
import type { VaultPlace } from '../host/generated/VaultPlace';
import { isFault } from '../host/host';
import { Asked } from './asked.svelte';
import type { Session } from './session.svelte';

const WEIGH_AFTER_MS = 150;

export class FirstRun {
  user = $state('');
  passphrase = $state('');
  again = $state('');
  typedGroup = $state('');
  busy = $state(false);
  fault = $state<string | null>(null);
  created = $state.raw<Created | null>(null);
  readonly strength = new Asked<Strength>();
  readonly place = new Asked<VaultPlace>();
  #session: Session;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session) {
    this.#session = session;
    void this.place.ask(() => session.host.vault_place({ choose: false }));
  }

  /** Weighs the passphrase once typing rests. */
  weigh(): void {
    clearTimeout(this.#timer);
    const ask = { user: this.user, passphrase: this.passphrase };
    if (ask.passphrase === '') {
      this.strength.clear();
      return;
    }
    this.#timer = setTimeout(
      () => void this.strength.ask(() => this.#session.host.weigh_passphrase(ask)),
      WEIGH_AFTER_MS,
    );
  }

  get differs(): boolean {
    return this.again !== '' && !this.passphrase.startsWith(this.again);
  }

  get ready(): boolean {
    return (
      this.user.trim() !== '' &&
      this.passphrase !== '' &&
      this.passphrase === this.again &&
      this.strength.answer?.enough === true &&
      !this.busy
    );
  }

  async choosePlace(): Promise<void> {
    await this.place.ask(() => this.#session.host.vault_place({ choose: true }));
  }

  async create(): Promise<void> {
    this.busy = true;
    this.fault = null;
    try {
      const created = await this.#session.host.create_vault({
        user: this.user.trim(),
        passphrase: this.passphrase,
      });
      this.passphrase = '';
      this.again = '';
      this.#session.showingRecoveryKey = true;
      this.created = created;
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.fault = caught.what;
    } finally {
      this.busy = false;
    }
  }

  /** The key in its groups, as it was printed. */
  get groups(): string[] {
    return (this.created?.recoveryKey ?? '').split(/[\s-]+/).filter((group) => group !== '');
  }

  get confirmed(): boolean {
    return (
      this.groups.length > 0 && this.typedGroup.trim().toUpperCase() === this.groups.at(-1)?.toUpperCase()
    );
  }

  /** Prints the sheet with the key. */
  async print(): Promise<void> {
    this.fault = null;
    try {
      await this.#session.host.print_recovery_key({});
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.fault = caught.what;
    }
  }

  /** Opens the vault; the key is forgotten. */
  async finish(): Promise<void> {
    const created = this.created;
    if (!created || !this.confirmed) return;
    this.created = null;
    this.typedGroup = '';
    try {
      await this.#session.welcome(created.unlocked);
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      // The vault has locked itself while the key was being written down; the unlock screen is next.
      await this.#session.begin();
    } finally {
      this.#session.showingRecoveryKey = false;
    }
  }
}
