/** The rehearsal's access log: grows with every look of the rehearsal. */

import type { AccessLogAsk } from '../generated/AccessLogAsk';
import type { AccessLogPage } from '../generated/AccessLogPage';
import type { LogCheck } from '../generated/LogCheck';
import type { LogEntry } from '../generated/LogEntry';
import { BUNDLE } from './bundles';
import { hashOf, NOW_MS, when } from './words';

const EARLIER: [action: string, what: string, object: string][] = [
  ['unlock', 'Unlocked the vault', ''],
  ['import', 'Imported a bundle', ''],
  ['look', 'Looked at events', 'patient:MRN-10482'],
  ['event', 'Opened an event', 'record 184,207'],
  ['look', 'Looked at events', 'user:m.lopez from:2026-03-14T06:00:00Z to:2026-03-14T07:00:00Z'],
  ['patients_list', 'Listed patients', 'everybody'],
  ['reveal', 'Revealed names', 'user:m.lopez'],
  ['copy', 'Copied a record', 'record 184,207'],
  ['print', 'Printed rows', 'patient:MRN-10482'],
  ['lock', 'Locked the vault', ''],
];
const EARLIER_ENTRIES = 1_382;
/** Acts whose entries say which bundle they were about. */
const ABOUT_A_BUNDLE = new Set(['import', 'verify', 'report_saved', 'look', 'patients_list', 'users_list']);
const BUNDLE_NAME = 'Riverside Medical Center · EHR';

export class Log {
  #entries: LogEntry[] = [];

  constructor(readonly purpose: () => string | null) {
    for (let number = 0; number < EARLIER_ENTRIES; number++) {
      const [action, what, object] = EARLIER[number % EARLIER.length] ?? ['look', 'Looked at events', ''];
      const looking = object !== '';
      this.#push(
        NOW_MS - (EARLIER_ENTRIES - number) * 613_000,
        number % 9 === 4 ? 'R. Adeyemi' : 'J. Okafor',
        action,
        what,
        object,
        looking ? 'PO-2026-014: complaint of 28 March' : null,
        looking ? `${((number * 97) % 400) + 1} rows, ${((number * 13) % 40) + 1} patients` : null,
      );
    }
  }

  #push(
    time: number,
    actor: string,
    action: string,
    what: string,
    object: string,
    purpose: string | null,
    result: string | null,
  ): void {
    const seq = this.#entries.length + 1;
    this.#entries.push({
      seq,
      time: when(time),
      actor,
      role: actor === 'R. Adeyemi' ? 'Reviewer' : 'Privacy officer',
      what,
      action,
      bundle: ABOUT_A_BUNDLE.has(action) ? BUNDLE : null,
      bundleName: ABOUT_A_BUNDLE.has(action) ? BUNDLE_NAME : null,
      object: ABOUT_A_BUNDLE.has(action)
        ? [`${BUNDLE_NAME} (${BUNDLE.slice(0, 12)})`, object].filter(Boolean).join(' · ')
        : object,
      purpose,
      result,
      hash: hashOf(seq * 17),
    });
  }

  write(action: string, what: string, object: string, result: string | null = null): void {
    this.#push(
      NOW_MS + this.#entries.length * 1_000,
      'J. Okafor',
      action,
      what,
      object,
      this.purpose(),
      result,
    );
  }

  page(ask: AccessLogAsk): AccessLogPage {
    const found = this.#entries.filter(
      (entry) =>
        (ask.actor === null || entry.actor === ask.actor) &&
        (ask.day === null || entry.time.recorded.startsWith(ask.day)) &&
        (ask.purpose === null || (entry.purpose ?? '').toLowerCase().includes(ask.purpose.toLowerCase())),
    );
    found.reverse();
    return {
      entries: found.slice(ask.offset, ask.offset + ask.limit),
      total: found.length,
      actors: ['J. Okafor', 'R. Adeyemi'],
    };
  }

  check(broken: boolean): LogCheck {
    const entries = this.#entries.length;
    return {
      stands: !broken,
      sentence: broken
        ? 'Entry 1,204 of the access log does not match its hash.'
        : `The access log stands: ${entries.toLocaleString('en-US')} entries agree with each other and with their signatures.`,
      entries,
      lines: broken
        ? [
            'Entries 1 to 1,203 agree with each other and are signed.',
            'Entry 1,204 does not match its hash.',
            'Entries after 1,204 agree with each other.',
          ]
        : ['Each entry names the hash of the one before it.', '41 roots are signed; each signature agrees.'],
      head: hashOf(entries * 17),
    };
  }

  get size(): number {
    return this.#entries.length;
  }
}
