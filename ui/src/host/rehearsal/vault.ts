/** The rehearsal's vault: first run, unlock, lock, purpose, settings, and the status with its jobs. */

import type { Fault } from '../generated/Fault';
import type { Job } from '../generated/Job';
import type { Settings } from '../generated/Settings';
import type { Stage } from '../generated/Stage';
import type { Host } from '../host';
import { BUNDLE } from './bundles';
import type { SceneName } from './scene';
import { fault, refuse } from './words';

const STAGES: Partial<Record<SceneName, Stage>> = {
  'first-run': 'first_run',
  'first-run-synced': 'first_run',
  locked: 'locked',
  'locked-office': 'locked',
  held: 'held',
  damaged: 'damaged',
};
const SAMPLE = { user: 'J. Okafor', passphrase: 'sample passphrase 2026' };
const PURPOSE = 'PO-2026-014: complaint of 28 March';

type VaultCommands =
  | 'start'
  | 'weigh_passphrase'
  | 'vault_place'
  | 'create_vault'
  | 'unlock'
  | 'recover'
  | 'lock'
  | 'change_passphrase'
  | 'status'
  | 'settings'
  | 'change_settings'
  | 'give_purpose';

export class Desk {
  stage: Stage;
  purpose: string | null;
  #cancelled = false;
  #settings: Settings = {
    theme: 'system',
    textPercent: 100,
    zone: 'America/New_York',
    lockAfterMinutes: 10,
    singleKeys: true,
  };

  constructor(
    readonly scene: SceneName,
    readonly events: number,
  ) {
    this.stage = STAGES[scene] ?? 'open';
    this.purpose = scene === 'no-purpose' || this.stage !== 'open' ? null : PURPOSE;
  }

  get #logTrouble(): Fault | null {
    return this.scene === 'log-broken'
      ? fault('log_broken', 'Entry 1,204 of the access log does not match its hash.', 'open_log')
      : null;
  }

  /** Why nothing about a person may be shown now, if so. */
  refusal(): Fault | null {
    if (this.stage !== 'open') return fault('locked', 'The vault is locked.', 'unlock');
    if (this.#logTrouble) return this.#logTrouble;
    if (this.purpose === null) return fault('purpose_needed', 'Say why you look first.', 'give_purpose');
    return null;
  }

  cancelJob(): void {
    this.#cancelled = true;
  }

  #jobs(): Job[] {
    const locked = this.stage === 'locked';
    if (this.scene !== 'importing' || (this.stage !== 'open' && !locked)) return [];
    const bytesTotal = 843_211_904;
    return [
      {
        job: 1,
        what: 'Checking and storing',
        bundle: locked ? null : BUNDLE,
        state: this.#cancelled ? 'cancelled' : 'running',
        recordsDone: Math.floor(this.events * 0.62),
        bytesDone: Math.floor(bytesTotal * 0.62),
        bytesTotal,
        secondsLeft: this.#cancelled ? null : 41,
        sentence: this.#cancelled ? 'The import was cancelled. Nothing half-made is left.' : null,
        fault: null,
        badge: null,
      },
    ];
  }

  answers(forget: () => void): Pick<Host, VaultCommands> {
    const sample =
      this.scene !== 'locked-office' && this.scene !== 'first-run' && this.scene !== 'first-run-synced';
    const unlocked = (user: string) => {
      this.stage = 'open';
      return { user, role: 'Privacy officer', failedAttempts: 0, logTrouble: this.#logTrouble };
    };
    return {
      start: () =>
        Promise.resolve({
          stage: this.stage,
          sample,
          sampleAccount: sample ? SAMPLE : null,
          version: '0.1.0',
          vaultDir: sample ? 'target/sample/vault' : '/home/jokafor/.local/share/chartproof',
          users: ['J. Okafor'],
          holder:
            this.stage === 'held'
              ? { process: 4_117, computer: 'WS-PRIV-02', account: 'jokafor', since: '2026-04-02T16:02:11Z' }
              : null,
          damage:
            this.stage === 'damaged'
              ? fault(
                  'vault_damaged',
                  'vault.json ends in the middle: 212 of 1,840 bytes are there.',
                  'choose_another',
                )
              : null,
        }),
      weigh_passphrase: ({ passphrase }) => {
        const score = Math.min(4, Math.floor(passphrase.length / 5));
        const enough = passphrase.length >= 12;
        const sentence = enough
          ? 'This would stand against years of guessing.'
          : 'At least 12 characters; four or five unrelated words are good.';
        return Promise.resolve({ score: enough ? Math.max(3, score) : Math.min(2, score), enough, sentence });
      },
      vault_place: ({ choose }) =>
        Promise.resolve(
          this.scene === 'first-run-synced' && !choose
            ? {
                dir: '/home/jokafor/OneDrive/chartproof',
                warning: 'This folder is synchronised: copies of the vault would be made on other computers.',
              }
            : { dir: '/home/jokafor/.local/share/chartproof', warning: null },
        ),
      create_vault: ({ user }) =>
        Promise.resolve({
          recoveryKey: 'CHPR-7K2M-Q9XD-4TWB-H6VN-P3RC-8YFJ-ZG5A',
          dir: '/home/jokafor/.local/share/chartproof',
          unlocked: unlocked(user),
        }),
      unlock: ({ user, passphrase }) =>
        passphrase === SAMPLE.passphrase
          ? Promise.resolve(unlocked(user))
          : refuse('wrong_passphrase', 'The name or the passphrase is not right.', 'correct'),
      recover: ({ user, recoveryKey }) =>
        recoveryKey.replaceAll(/[\s-]/g, '').length >= 32
          ? Promise.resolve(unlocked(user))
          : refuse('wrong_passphrase', 'The name or the recovery key is not right.', 'correct'),
      lock: () => {
        this.stage = 'locked';
        this.purpose = null;
        forget();
        return Promise.resolve({});
      },
      change_passphrase: ({ old }) =>
        old === SAMPLE.passphrase
          ? Promise.resolve({})
          : refuse('wrong_passphrase', 'The present passphrase is not right.', 'correct'),
      status: () =>
        Promise.resolve({
          locked: this.stage !== 'open',
          user: this.stage === 'open' ? 'J. Okafor' : null,
          purpose: this.purpose,
          locksInSeconds: this.stage === 'open' ? 540 : null,
          logTrouble: this.stage === 'open' ? this.#logTrouble : null,
          jobs: this.#jobs(),
          revision: 1,
        }),
      settings: () => Promise.resolve({ ...this.#settings }),
      change_settings: (settings) => {
        this.#settings = settings;
        return Promise.resolve({ ...settings });
      },
      give_purpose: ({ text }) => {
        if (text.trim().length < 8)
          return refuse('bad_input', 'A purpose has at least 8 characters.', 'correct');
        this.purpose = text.trim();
        forget();
        return Promise.resolve({ text: this.purpose });
      },
    };
  }
}
