/** The rehearsal's bundles: cards, an overview, a verdict. */

import type { Badge } from '../generated/Badge';
import type { BundleCard } from '../generated/BundleCard';
import type { Chosen } from '../generated/Chosen';
import type { OtherExport } from '../generated/OtherExport';
import type { Overview } from '../generated/Overview';
import type { Verdict } from '../generated/Verdict';
import { coverageOf } from './coverage';
import type { SceneName } from './scene';
import { badges, hashOf, NOW_MS, when } from './words';
import { DAYS, PATIENTS, START_MS, USERS, DAY_MS } from './world';

export const BUNDLE = '0197f2c4-5d1e-7a30-9c55-1f0a6b7e2d41';
/** What references begin with. */
export const REF = '0197f2c45d1e';
/** A line that cannot be read as an event. */
export const UNREADABLE = `${REF}:L11.31007`;
export const ALTERED_NUMBER = 184_218;

function badgeOf(scene: SceneName): Badge {
  switch (scene) {
    case 'altered':
      return badges.altered;
    case 'not-verified':
      return badges.noEvidence;
    case 'verified':
      return badges.verified;
    case 'importing':
      return badges.checking;
    default:
      return badges.unsigned;
  }
}

export function cardOf(scene: SceneName, events: number): BundleCard {
  const importing = scene === 'importing';
  return {
    bundle: BUNDLE,
    name: 'Riverside Medical Center · EHR',
    period: '1 Mar 2026 – 31 Mar 2026',
    profile: scene === 'not-verified' ? 'FHIR AuditEvent (R4)' : 'Audit bundle 1.0',
    badge: badgeOf(scene),
    events: importing ? Math.floor(events * 0.62) : events,
    importing,
    imported: when(NOW_MS - 7 * 60_000),
    checked: importing ? null : when(NOW_MS - 4 * 60_000),
  };
}

export function olderCards(): BundleCard[] {
  return [
    {
      bundle: '0197d0aa-0b3c-7c11-8e02-6a4f0d9b1c22',
      name: 'Lakeside Clinic · Imaging',
      period: '1 Jan 2026 – 31 Jan 2026',
      profile: 'FHIR AuditEvent (R4)',
      badge: badges.noEvidence,
      events: 48_211,
      importing: false,
      imported: when(NOW_MS - 41 * DAY_MS),
      checked: when(NOW_MS - 41 * DAY_MS + 90_000),
    },
    {
      bundle: '0197a3b1-77de-7f55-a0c4-3d2e1b0f9a88',
      name: 'Riverside Medical Center · EHR',
      period: '1 Feb 2026 – 28 Feb 2026',
      profile: 'Audit bundle 1.0',
      badge: badges.altered,
      events: 1_088_930,
      importing: false,
      imported: when(NOW_MS - 29 * DAY_MS),
      checked: when(NOW_MS - 29 * DAY_MS + 150_000),
    },
  ];
}

export function verdictOf(scene: SceneName, events: number): Verdict {
  const counted = events.toLocaleString('en-US');
  const badge = badgeOf(scene);
  const whole = [
    `${counted} records in 31 segments`,
    '4 payload manifests and 2 tag manifests',
    `Chain of ${counted} hashes, from the first record to the last`,
    '1,177 checkpoints',
  ];
  const base = {
    badge,
    integrity: 'PASS',
    assurance: 'CONSISTENT',
    checked: whole,
    proves: [
      'No record was changed, removed, added or moved without the hashes being made anew.',
      'The records are those that the bundle’s own manifest names.',
    ],
    doesNotProve: [
      'Who made this bundle. Nothing in it is signed.',
      'That the source system wrote down everything that happened.',
      'That the clock of the source system was right.',
    ],
    errors: 0,
    warnings: 0,
    history: null,
  };
  switch (scene) {
    case 'altered':
      return {
        ...base,
        sentence:
          'Record 184,218 does not match its hash. The records before and after it agree with each other.',
        integrity: 'FAIL',
        assurance: null,
        proves: [
          '184,217 records before it and 1,019,900 after it agree with each other and with the chain.',
        ],
        doesNotProve: [
          'Whether record 184,218 was changed on purpose or damaged. A hash cannot tell.',
          'What record 184,218 said before.',
          ...base.doesNotProve,
        ],
        errors: 2,
        warnings: 1,
      };
    case 'importing':
      return {
        ...base,
        sentence: 'The check is still running. What has been read so far agrees.',
        integrity: null,
        assurance: null,
        checked: ['746,553 records so far'],
        proves: [],
        doesNotProve: ['Anything, before the check has ended.'],
      };
    case 'not-verified':
      return {
        ...base,
        sentence:
          'Files of this kind hold no hashes and no signatures, so nothing about them can be verified. They are shown as they were handed over.',
        integrity: 'NOT_EVALUABLE',
        assurance: 'NO_EVIDENCE',
        checked: [`${counted} resources were read; each is well formed`],
        proves: [],
        doesNotProve: ['That any record is as it was written.', 'That none is missing.'],
      };
    case 'verified':
      return {
        ...base,
        sentence: `Verified. All ${counted} records match what Riverside sealed on 1 April 2026.`,
        assurance: 'SIGNED_PINNED',
      };
    default:
      return {
        ...base,
        sentence:
          'The records agree with each other, but nothing shows who made this bundle. Anyone could have.',
        warnings: 1,
      };
  }
}

/** An export of the same log that came a month before. */
const EARLIER: OtherExport = {
  bundle: hashOf(11),
  same: 24_082,
  contradicted: 1,
  sameStatedId: false,
  sentences: [
    '24,082 events are also in Riverside · EHR (9f2c41ab77de, imported 2026-03-05): the same records.',
    '1 event has other content in Riverside · EHR (9f2c41ab77de, imported 2026-03-05): the two contradict each other there.',
  ],
};

export function overviewOf(scene: SceneName, events: number): Overview {
  const running = scene === 'importing';
  return {
    card: cardOf(scene, events),
    verdict: verdictOf(scene, events),
    received: {
      handedBy: 'Dana Whitfield, Health IT',
      handedOn: '2026-04-02',
      channel: 'Encrypted USB stick',
      importedBy: 'J. Okafor',
      zoneForBareTimes: null,
      quoted: 'The hash that was quoted is the hash of the file.',
      quotedAgrees: true,
      sha256: hashOf(7),
    },
    users: running ? 588 : USERS,
    patients: running ? 7_902 : PATIENTS,
    undated: 318,
    breakGlass: 61,
    exports: 4_207,
    failedLogins: 1_139,
    first: when(START_MS + 3_141),
    last: running ? when(START_MS + 19.4 * DAY_MS) : when(START_MS + DAYS * DAY_MS - 4_700),
    coverage: coverageOf(scene),
    others: running ? null : [EARLIER],
    sourceZone: 'America/New_York',
  };
}

export const chosenFile = (altered: boolean): Chosen => ({
  token: altered ? 2 : 1,
  name: altered ? 'riverside-2026-03-altered.zip' : 'riverside-2026-03.zip',
  kind: 'Zip file',
  bytes: 214_718_331,
  profile: 'Audit bundle 1.0',
  says: [
    ['Organization', 'Riverside Medical Center'],
    ['System', 'EHR'],
    ['Period', '1 Mar 2026 – 31 Mar 2026'],
    ['Records', '1,204,118'],
  ],
  sha256: hashOf(7),
  troubles: altered ? ['One file in the container is not named in its manifest: notes/readme.txt'] : [],
});
