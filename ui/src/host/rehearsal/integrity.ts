/** The rehearsal's integrity reports: findings, checks, what the first failing one means. */

import type { Check } from '../generated/Check';
import type { CheckResult } from '../generated/CheckResult';
import type { Failure } from '../generated/Failure';
import type { Finding } from '../generated/Finding';
import type { IntegrityReport } from '../generated/IntegrityReport';
import { cardOf, REF, UNREADABLE, verdictOf } from './bundles';
import { coverageOf } from './coverage';
import type { SceneName } from './scene';
import { hashOf } from './words';

const KEY = `sha256:${hashOf(3)}`;

const inAltered: Finding[] = [
  {
    code: 'EVENT_MODIFIED',
    severity: 'error',
    message: 'Record 184,218 does not match its hash. The records before and after it agree with each other.',
    places: [
      ['File', 'data/events-2026-03-05.ndjson'],
      ['Line', '21,774'],
      ['Record', '184,218'],
    ],
    expected: hashOf(184_218),
    actual: hashOf(1),
    eventRef: `${REF}:184218`,
  },
  {
    code: 'RECORD_UNPARSEABLE',
    severity: 'error',
    message: 'Line 31,007 of data/events-2026-03-12.ndjson cannot be read as a record.',
    places: [
      ['File', 'data/events-2026-03-12.ndjson'],
      ['Line', '31,007'],
    ],
    expected: null,
    actual: null,
    eventRef: UNREADABLE,
  },
  {
    code: 'EVENTS_DELETED',
    severity: 'error',
    message: 'Records 702,118 to 702,529 are missing.',
    places: [
      ['Missing', '702,118 to 702,529'],
      ['How many', '412'],
    ],
    expected: null,
    actual: null,
    eventRef: null,
  },
];

const untrusted: Finding = {
  code: 'KEY_UNTRUSTED',
  severity: 'warning',
  message:
    'One signature fits a key that the bundle itself brings. Nobody has compared its fingerprint with the producer’s, so anybody may have made it.',
  places: [['Key', KEY]],
  expected: null,
  actual: null,
  eventRef: null,
};

function failureOf(events: number): Failure {
  return {
    check: 4,
    finding: 0,
    stands: [
      `${(events - 1).toLocaleString('en-US')} records agree with their own hash and neighbors. Nobody outside the bundle vouches for them.`,
      'Manifests: 35 files compared with their lists, and nothing differs.',
    ],
    rests: [
      'Whatever that record says. The records behind it name its stored hash, so the chain goes on past it.',
      '1 record is marked as altered or damaged in every table, and so is what is counted from it.',
      '412 records are missing: no list and no count can hold them.',
    ],
    notVerifiable: ['Anchors. Nothing from outside the bundle speaks of these records.'],
  };
}

export function integrityOf(scene: SceneName, events: number): IntegrityReport {
  const altered = scene === 'altered';
  const nothing = scene === 'not-verified';
  const signed = scene === 'verified';
  const counted = events.toLocaleString('en-US');
  const findings =
    nothing || scene === 'importing' ? [] : signed ? [] : [...(altered ? inAltered : []), untrusted];
  const numbers = (...codes: string[]) =>
    findings.flatMap(({ code }, index) => (codes.includes(code) ? [index] : []));
  const line = (
    what: string,
    how: string,
    done: string,
    result: CheckResult,
    codes: string[] = [],
    parts: Check['parts'] = [],
  ): Check => {
    const open = nothing && what !== 'Container' ? 'not_checked' : result;
    const no = 'Files of this kind hold nothing of it to be checked.';
    return {
      what,
      how: open === result ? how : no,
      done: open === result ? done : '',
      result: open,
      codes,
      findings: numbers(...codes),
      parts: open === result ? parts : [],
    };
  };
  const byWhom = signed ? 'a pinned key vouches for them' : 'nobody outside the bundle vouches for them';
  const checks = [
    line(
      'Container',
      'Names, entry types, limits and layout of the folder or archive',
      '35 files listed',
      'agrees',
    ),
    line(
      'Manifests',
      'Every file summed up again in each algorithm of its lists, and compared',
      '35 files compared with their lists',
      'agrees',
    ),
    line(
      'Keys and signatures',
      'Each signature against its key, and each key against those that somebody has pinned',
      '31 signatures that fit a key',
      signed ? 'agrees' : 'notes',
      ['KEY_UNTRUSTED'],
      [
        {
          what: KEY,
          told: signed
            ? 'Ed25519 · 31 signatures fit · pinned by D. Whitfield, 2026-03-28'
            : 'Ed25519 · 31 signatures fit · nobody here has compared its fingerprint',
          result: signed ? 'agrees' : 'notes',
        },
      ],
    ),
    line(
      'Audit manifest and segments',
      'Counts, boundaries and Merkle root of every segment, recomputed and compared',
      '31 segments compared',
      'agrees',
    ),
    line(
      'Records',
      'Each record read, brought into canonical form and hashed',
      `${counted} records compared with their own hash`,
      altered ? 'differs' : 'agrees',
      ['EVENT_MODIFIED', 'RECORD_UNPARSEABLE'],
    ),
    line(
      'Hash chain',
      'Each record’s link to the one before, from the first to the last',
      `${counted} records held against their neighbors`,
      altered ? 'differs' : 'agrees',
      ['EVENTS_DELETED'],
      [
        {
          what: 'riverside-ehr-2026',
          told: `Records 1 to ${counted}: ${byWhom}`,
          result: altered ? 'differs' : 'agrees',
        },
      ],
    ),
    line(
      'Checkpoints',
      'Chain of the checkpoints, and each checkpoint against the record it names',
      '1,177 checkpoints compared with the records',
      'agrees',
    ),
    line('Anchors', 'Nothing from outside the bundle speaks of these records.', '', 'not_checked'),
  ];
  return {
    card: cardOf(scene, events),
    verdict: verdictOf(scene, events),
    checks: scene === 'importing' ? [] : checks,
    failure: altered ? failureOf(events) : null,
    findings,
    findingsTotal: findings.length,
    coverage: coverageOf(scene),
  };
}
