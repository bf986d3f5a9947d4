/** The rehearsal's trust store: a key of the bundle, a pin, an anchor, heads, verdicts; and what can be done with them. */

import type { Host } from '../host';
import type { AnchorCard } from '../generated/AnchorCard';
import type { HeadCard } from '../generated/HeadCard';
import type { PinCard } from '../generated/PinCard';
import type { TrustPage } from '../generated/TrustPage';
import { BUNDLE } from './bundles';
import type { SceneName } from './scene';
import { hashOf, NOW_MS, refuse, when } from './words';
import { DAY_MS } from './world';

const STREAM = '2fa91425-cb00-4853-9d2c-67eda13ffe79';
export const KEY = `sha256:${hashOf(41)}`;
const AUTHORITY = `certificate-sha256:${hashOf(42)}`;
const TYPED_MIN = 8;

const authority: PinCard = {
  fingerprint: AUTHORITY,
  kind: 'Time stamp authority',
  subject: 'CN=Example Time Stamping Authority',
  vouchedBy: 'M. Brandt, records office',
  how: 'On paper, with the contract',
  note: null,
  typed: 64,
  pinnedBy: 'J. Okafor',
  pinned: when(NOW_MS - 80 * DAY_MS),
  revoked: null,
  overruled: [],
  namedHere: false,
};

const anchor: AnchorCard = {
  number: 3,
  stream: STREAM,
  lastSeq: 1_088_930,
  lastEventId: '01970a31-8c02-7f11-9e44-0c2d7a1b9f10',
  lastHash: hashOf(1_088_930),
  origin: 'Typed',
  fromWhom: 'R. Lindqvist, Health IT',
  writtenOn: '2026-02-28',
  receivedOn: '2026-03-02',
  addedBy: 'J. Okafor',
  added: when(NOW_MS - 31 * DAY_MS),
  state: 'stands',
  why: null,
  here: true,
  outcome: 'the log goes on from it',
};

const head = (number: number, own: boolean, daysAgo: number): HeadCard => ({
  number,
  bundle: own ? BUNDLE : '0197a3b1-77de-7f55-a0c4-3d2e1b0f9a88',
  bundleName: 'Riverside Medical Center · EHR',
  own,
  stream: STREAM,
  firstSeq: own ? 1_088_931 : 1,
  lastSeq: own ? 2_293_048 : 1_088_930,
  lastHash: hashOf(number),
  remembered: when(NOW_MS - daysAgo * DAY_MS),
  withdrawn: false,
  why: null,
});

function pageOf(scene: SceneName): TrustPage {
  const pinned = scene === 'verified';
  const signs = scene !== 'not-verified';
  return {
    claims: signs
      ? [
          {
            fingerprint: KEY,
            kind: 'Key',
            says: [
              ['Algorithm', 'ed25519'],
              ['For', 'segment, checkpoint'],
              ['Valid from', '2026-01-01T00:00:00Z'],
            ],
            signatures: 31,
            unfit: null,
            state: pinned ? 'pinned' : 'claim',
            atHand: true,
          },
        ]
      : [],
    claimsUntold: 0,
    pins: pinned
      ? [{ ...authority, fingerprint: KEY, kind: 'Key', subject: null, namedHere: true }, authority]
      : [authority],
    anchors: [anchor],
    heads: scene === 'importing' ? [head(9, false, 29)] : [head(12, true, 0), head(9, false, 29)],
    history:
      scene === 'importing'
        ? []
        : [
            {
              number: 4,
              reached: when(NOW_MS - 4 * 60_000),
              by: 'J. Okafor',
              seal: scene === 'altered' ? 'altered' : pinned ? 'verified' : 'unsigned',
              word: scene === 'altered' ? 'Altered or damaged' : pinned ? 'Verified' : 'Unsigned',
              integrity: scene === 'altered' ? 'FAIL' : 'PASS',
              assurance: scene === 'altered' ? null : pinned ? 'SIGNED_PINNED' : 'CONSISTENT',
              program: 'Chartproof 0.1.0',
              keys: pinned ? [KEY] : [],
              anchors: [3],
              current: true,
            },
            {
              number: 2,
              reached: when(NOW_MS - 7 * 60_000),
              by: 'J. Okafor',
              seal: 'not_verified',
              word: 'Not verified',
              integrity: 'PASS_WITH_NOTES',
              assurance: 'SIGNED_UNPINNED',
              program: 'Chartproof 0.1.0',
              keys: [],
              anchors: [],
              current: false,
            },
          ],
  };
}

/** Answers about trust, each act with its line in the log. */
export function trusting(
  scene: SceneName,
  write: (action: string, what: string, object: string) => void,
): Pick<
  Host,
  'trust' | 'check_again' | 'choose_trust_file' | 'pin_key' | 'revoke_key' | 'add_anchor' | 'withdraw_anchor'
> {
  const page = pageOf(scene);
  const state = (fingerprint: string, state: 'pinned' | 'revoked') => {
    page.claims = page.claims.map((claim) =>
      claim.fingerprint === fingerprint ? { ...claim, state } : claim,
    );
  };
  return {
    trust: () =>
      scene === 'slow'
        ? new Promise<never>(() => undefined)
        : scene === 'error'
          ? refuse('vault_damaged', 'Step 3 of the trust store cannot be relied on.')
          : Promise.resolve(structuredClone(page)),
    check_again: () => {
      write('verify_begun', 'Began to check a bundle again', '');
      return Promise.resolve({ job: 7 });
    },
    choose_trust_file: ({ kind }) =>
      Promise.resolve({
        file: {
          token: 1,
          name: kind === 'anchor' ? 'riverside-head.json' : `riverside.${kind === 'token' ? 'tsr' : 'pem'}`,
          fingerprint: kind === 'key' ? KEY : kind === 'certificate' ? AUTHORITY : null,
          says: [kind === 'anchor' ? ['Last record', '1,088,930'] : ['Kind', 'Ed25519']],
        },
      }),
    pin_key: ({ fingerprint, typed, vouchedBy, how, note }) => {
      const ends = typed.replaceAll(/[\s:]/g, '');
      if (ends.length < TYPED_MIN) {
        const have = `type at least the last ${TYPED_MIN} characters of the fingerprint; these are ${ends.length}`;
        return refuse('bad_input', `${have[0]?.toUpperCase() ?? ''}${have.slice(1)}.`, 'correct');
      }
      if (!fingerprint.replaceAll(':', '').endsWith(ends)) {
        return refuse(
          'bad_input',
          'The fingerprint does not end like this; do not pin it before you know why.',
          'correct',
        );
      }
      state(fingerprint, 'pinned');
      const card = { ...authority, fingerprint, kind: 'Key', subject: null, vouchedBy, how, namedHere: true };
      page.pins = [{ ...card, note: note === '' ? null : note, typed: ends.length }, ...page.pins];
      write('key_pinned', 'Pinned a key', fingerprint);
      return Promise.resolve({});
    },
    revoke_key: ({ fingerprint, from, why }) => {
      if (Number.isNaN(Date.parse(from))) {
        return refuse(
          'bad_input',
          'From when on is written as a day, YYYY-MM-DD, or as RFC 3339.',
          'correct',
        );
      }
      state(fingerprint, 'revoked');
      const revoked = { from: when(Date.parse(from)), why, by: 'J. Okafor' };
      page.pins = page.pins.map((pin) => (pin.fingerprint === fingerprint ? { ...pin, revoked } : pin));
      write('key_revoked', 'Revoked a key', fingerprint);
      return Promise.resolve({});
    },
    add_anchor: ({ file, stream, lastSeq, lastEventId, lastHash, fromWhom, writtenOn, receivedOn }) => {
      const typed = { stream, lastSeq: Number(lastSeq.replaceAll(',', '')), lastEventId, lastHash };
      const added = file === null ? typed : {};
      const number = 20 + page.anchors.length;
      const origin = file === null ? 'Typed' : 'From a file';
      page.anchors = [
        { ...anchor, ...added, number, origin, fromWhom, writtenOn, receivedOn, outcome: null },
        ...page.anchors,
      ];
      write('anchor_added', 'Added an anchor', stream);
      return Promise.resolve({});
    },
    withdraw_anchor: ({ number, why }) => {
      page.anchors = page.anchors.map((card) =>
        card.number === number ? { ...card, state: 'withdrawn', why, outcome: null } : card,
      );
      page.heads = page.heads.map((card) =>
        card.number === number ? { ...card, withdrawn: true, why } : card,
      );
      write('anchor_withdrawn', 'Withdrew an anchor', '');
      return Promise.resolve({});
    },
  };
}
