/** The unlock screen: a passphrase, or the recovery key with a new passphrase. Nothing typed outlives the attempt. */

import type { Start } from '../host/generated/Start';
import type { Strength } from '../host/generated/Strength';
import { isFault } from '../host/host';
import { Asked } from './asked.svelte';
import type { Session } from './session.svelte';

export class Unlocking {
  user: string = $state('');
  passphrase = $state('');
  recoveryKey = $state('');
  recovering = $state(false);
  busy = $state(false);
  fault = $state<string | null>(null);
  readonly strength = new Asked<Strength>();
  #session: Session;

  constructor(session: Session, start: Start) {
    this.#session = session;
    this.user = start.users[0] ?? start.sampleAccount?.user ?? '';
  }

  get ready(): boolean {
    const typed = this.user.trim() !== '' && this.passphrase !== '' && !this.busy;
    if (!this.recovering) return typed;
    return typed && this.recoveryKey.trim() !== '' && this.strength.answer?.enough === true;
  }

  async weigh(): Promise<void> {
    if (!this.recovering || this.passphrase === '') return;
    const ask = { user: this.user, passphrase: this.passphrase };
    await this.strength.ask(() => this.#session.host.weigh_passphrase(ask));
  }

  turn(): void {
    this.recovering = !this.recovering;
    this.passphrase = '';
    this.recoveryKey = '';
    this.fault = null;
    this.strength.clear();
  }

  async go(): Promise<void> {
    if (!this.ready) return;
    this.busy = true;
    this.fault = null;
    const user = this.user.trim();
    const { passphrase, recoveryKey } = this;
    try {
      if (this.recovering) {
        await this.#session.welcome(await this.#session.host.recover({ user, recoveryKey, passphrase }));
      } else {
        await this.#session.unlock(user, passphrase);
      }
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.fault = caught.what;
      if (caught.code === 'held' || caught.code === 'vault_damaged') await this.#session.begin();
    } finally {
      this.passphrase = '';
      this.busy = false;
    }
  }
}
