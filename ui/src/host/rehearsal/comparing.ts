/** The rehearsal's comparisons and self-tests: two exports of the invented log, and a score. */

import type { Compared } from '../generated/Compared';
import type { ComparedRecord } from '../generated/ComparedRecord';
import type { SelfTest } from '../generated/SelfTest';
import type { SelfTestFate } from '../generated/SelfTestFate';
import type { SceneName } from './scene';
import { hashOf, NOW_MS, when } from './words';
import { DAY_MS } from './world';

/** The job that the rehearsal's comparison was. */
export const COMPARISON = 41;
/** The job that its self-test is. */
export const SELF_TEST = 42;

const NAME = 'Riverside Medical Center · EHR';

export function comparedOf(scene: SceneName): Compared {
  const rewritten = scene === 'altered';
  const place = (line: number, hash: number) => ({
    file: 'data/events-2026-03-05.ndjson',
    line,
    hash: hashOf(hash),
  });
  const side = (sha256: number, madeMs: number, records: number, ownCheck: string) => ({
    name: NAME,
    sha256: hashOf(sha256),
    created: when(madeMs),
    records,
    ownCheck,
  });
  const sentence = rewritten
    ? 'Record 184,218 was rewritten: the later export holds other content under the same number. The exports agree up to record 184,217. All in all: 1 rewritten, 3 removed.'
    : 'The later export extends the earlier one. Both hold 1,088,930 records, 1 to 1,088,930, the same. 115,188 records come after the end of the earlier one.';
  return {
    job: COMPARISON,
    at: when(NOW_MS),
    outcome: rewritten ? 'rewritten' : 'extends',
    reversed: false,
    earlier: side(71, NOW_MS - 31 * DAY_MS, 1_088_930, 'PASS'),
    later: side(7, NOW_MS - DAY_MS, 1_204_118, rewritten ? 'FAIL' : 'PASS'),
    summary: [
      sentence,
      rewritten
        ? 'One of the two exports does not show the log as it was. The comparison cannot say which, or who did it.'
        : 'This says that nothing was changed in what both exports hold. It does not say that the earlier one was true.',
    ],
    streams: [
      {
        number: 0,
        stream: 'riverside-ehr-2026',
        outcome: rewritten ? 'rewritten' : 'extends',
        sentence,
        common: rewritten ? 184_217 : 1_088_930,
        new: 115_188,
        differing: rewritten ? 4 : 0,
        differences: rewritten
          ? [
              {
                number: 0,
                kind: 'rewritten',
                sentence:
                  'Record 184,218 was rewritten: the later export holds other content under the same number.',
                count: 1,
                earlier: place(21_774, 184_218),
                later: place(21_774, 1),
                members: ['event.actor.id', 'event.actor.display', 'hash'],
              },
              {
                number: 1,
                kind: 'removed',
                sentence: 'Records 702,118 to 702,120 are in the earlier export and not in the later one.',
                count: 3,
                earlier: place(9_118, 702_118),
                later: null,
                members: [],
              },
            ]
          : [],
      },
    ],
    streamsTotal: 1,
    proves: [
      `Both hold ${rewritten ? '184,217' : '1,088,930'} records the same. The last one hashes to ${hashOf(12)}.`,
    ],
    doesNotProve: [
      'That the log was true or complete when the earlier export was made.',
      'Anything about records that only one of the exports reaches.',
    ],
  };
}

export function comparedRecordOf(difference: number, revealed: boolean): ComparedRecord {
  const version = (user: string, name: string, named: string) => {
    const display = revealed ? name : '⟦covered⟧';
    const asRecorded = `{"event":{"action":"read","actor":{"display":"${display}","id":"${user}","role":"Physician"},"patient":["MRN-12276"],"timestamp":"2026-03-05T19:05:10.707Z"},"seq":184218,"stream_id":"riverside-ehr-2026"}`;
    return { named, asRecorded, covered: !revealed, bytes: asRecorded.length };
  };
  return {
    earlier: version('j.ricci', 'Ricci, J.', `${hashOf(71).slice(0, 12)}:L4.21774`),
    later: difference === 0 ? version('m.lopez', 'Lopez, M.', `${hashOf(7).slice(0, 12)}:L4.21774`) : null,
    revealed,
  };
}

const KINDS: [kind: string, sentence: string, fate: SelfTestFate, by: string[], reason: string | null][] = [
  [
    'tail-truncated-undetectable',
    'The last records are gone, and every count and checkpoint is renewed.',
    'cannot_be_caught',
    [],
    'Nothing in the bundle knows how far the log went: no anchor and no signature covers its end.',
  ],
  [
    'history-recomputed-undetectable',
    'A record is changed, and every hash behind it is computed anew.',
    'cannot_be_caught',
    [],
    'Whoever holds the log can compute all of it anew, and no anchor and no signature covers the record.',
  ],
  ['event-modified', 'A record is changed and its hash is left.', 'caught', ['EVENT_MODIFIED'], null],
  ['events-deleted', 'Records in the middle are gone.', 'caught', ['EVENTS_DELETED'], null],
  [
    'byte-flipped',
    'One bit of any file has changed; nothing is renewed.',
    'caught',
    ['FILE_HASH_MISMATCH'],
    null,
  ],
  ['file-missing', 'A segment is gone; the manifests still list it.', 'caught', ['FILE_MISSING'], null],
  [
    'signature-invalid',
    'A signature does not fit what it was made for.',
    'not_applicable',
    [],
    'Nothing in this bundle is signed.',
  ],
];

export function selfTestOf(missed: boolean): SelfTest {
  const kinds = KINDS.map(([kind, sentence, fate, by, reason]) => {
    const lost = missed && kind === 'byte-flipped';
    const done = fate === 'not_applicable' ? 0 : 1;
    return {
      kind,
      sentence,
      fate: lost ? ('missed' as const) : fate,
      caught: fate === 'caught' && !lost ? 1 : 0,
      copies: done,
      by: lost ? [] : by,
      reason,
    };
  });
  const lost = missed ? 1 : 0;
  return {
    at: when(NOW_MS - DAY_MS),
    summary: `Of 50 damaged copies, ${48 - lost} were caught, 2 cannot be caught by this bundle's evidence, and ${lost} ${missed ? 'was' : 'were'} missed.`,
    meaning:
      'A copy counts as caught if the check named its damage, by the kind of finding or by an error at its place, and gave it no better verdict than such damage allows; the score says how far the check can be relied on for this bundle, not whether the bundle is sound.',
    seed: 2_026_0402,
    rounds: 1,
    copies: 50,
    caught: 48 - lost,
    cannotBeCaught: 2,
    missed: lost,
    kinds: [...kinds].sort((a, b) => Number(b.fate === 'missed') - Number(a.fate === 'missed')),
  };
}
