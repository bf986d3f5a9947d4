/** The words of keys, anchors and past verdicts: part of `en.ts`, in a file of its own. */

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const trust = {
  title: 'Keys and anchors',
  lead: 'A key inside a bundle is a claim. It counts once somebody has compared its fingerprint with the producer and pinned it here.',
  loading: 'Reading what this office vouches for…',
  number: (number: number) => `No. ${number}`,
  why: 'Why',
  whyHint: 'It is kept, and stands in the access log.',

  check: {
    again: 'Check again',
    running: 'Checking…',
    hint: 'Reads the kept source anew and holds it against today’s keys and anchors.',
  },

  claims: {
    title: 'Keys of this bundle',
    none: 'The bundle names no key: nothing in it is signed, or nobody knows with what.',
    untold: (count: string) => `And ${count} more that are not listed.`,
    states: { claim: 'A claim', pinned: 'Pinned', revoked: 'Revoked' },
    fingerprint: 'Fingerprint',
    signatures: (count: number, shown: string) =>
      `${shown} ${plural(count, 'signature fits', 'signatures fit')} it`,
    unfit: 'Cannot be used',
    pin: 'Pin…',
    revoke: 'Revoke…',
  },

  pins: {
    title: 'Pinned in this vault',
    none: 'Nothing is pinned.',
    add: 'Pin another…',
    named: 'This bundle names it',
    subject: 'Names',
    vouchedBy: 'Vouched for by',
    how: 'How',
    note: 'Note',
    pinned: 'Pinned',
    by: (who: string, when: string) => `${when}, by ${who}`,
    typed: (count: number) => `${count} characters of the fingerprint were typed`,
    revokedFrom: 'Not relied on from',
    overruled: 'Was revoked',
    overruledBy: (from: string, by: string, why: string) =>
      `From ${from}, by ${by}: ${why}. Pinned again after that.`,
  },

  pin: {
    title: 'Pin a key',
    lead: 'Ask somebody who can vouch for the producer to read the fingerprint out, over a way that is not the bundle’s own. Compare all of it.',
    whole: 'Fingerprint',
    wholeHint: 'sha256: and 64 digits, SHA256: of an SSH key, or certificate-sha256: and 64 digits',
    choose: 'Choose a key file…',
    chooseCertificate: 'Choose a certificate…',
    typed: 'Type its last 8 characters',
    typedHint: 'From what was read out to you, not from the screen. More is better.',
    typedWhole: 'Type all of it',
    typedWholeHint: 'The key itself is not here, so the whole fingerprint has to be typed.',
    vouchedBy: 'Who vouched for it',
    vouchedByHint: 'The person or office you compared it with',
    how: 'How you reached them',
    howHint: 'In person; by telephone, under the number of the contract; on paper',
    note: 'Note',
    do: 'Pin',
    done: 'The key is pinned.',
  },

  revoke: {
    title: 'Revoke a key',
    lead: 'From that time on nothing it signed is relied on. A signature’s own date does not save it: whoever has the key can write any date. What was concluded with it becomes history.',
    from: 'Not relied on from',
    fromHint: (zone: string) => `A day as 2026-03-14, or a time with its zone. Days begin in ${zone}.`,
    do: 'Revoke',
    done: 'The key is revoked.',
  },

  anchors: {
    title: 'Anchors',
    lead: 'Where a log ended, according to somebody other than its maker. Later exports are held against it.',
    none: 'There is no anchor.',
    add: 'Add an anchor…',
    record: (seq: string) => `Record ${seq}`,
    stream: 'Stream',
    event: 'Its event',
    hash: 'Its hash',
    origin: 'Came',
    from: 'From',
    written: 'Written',
    received: 'Received',
    outcome: 'In the newest check it',
    other: 'Of another log',
    states: {
      stands: 'Stands',
      unbacked: 'Its certificate is not relied on',
      withdrawn: 'Withdrawn',
    },
    withdraw: 'Withdraw…',
  },

  anchor: {
    title: 'Add an anchor',
    lead: 'Copy it from paper, or choose the file that you kept or were sent.',
    choose: 'Choose an anchor file…',
    chosen: (name: string) => `From ${name}`,
    stamp: 'Choose its time stamp…',
    stampHint:
      'A time stamp (RFC 3161) over that file, under a certificate that is pinned here. It may be left out.',
    stamped: (name: string) => `With the time stamp ${name}`,
    clear: 'Type it instead',
    stream: 'Stream',
    lastSeq: 'Number of the last record',
    lastEvent: 'Event id of that record',
    lastHash: 'Hash of that record',
    lastHashHint: '64 digits; spaces and capitals do not matter',
    fromWhom: 'Who gave it',
    writtenOn: 'Written on',
    receivedOn: 'Came here on',
    dayHint: 'As 2026-04-02',
    do: 'Add',
    done: 'The anchor is added.',
  },

  withdraw: {
    title: 'Withdraw it',
    lead: 'Bundles are not held against it any more. It stays in the list, with the reason.',
    do: 'Withdraw',
    done: 'It is withdrawn.',
  },

  heads: {
    title: 'What imports remember of this log',
    none: 'No import of this log is remembered.',
    records: (first: string, last: string) => `Records ${first} to ${last}`,
    own: 'This bundle. It is no anchor for itself.',
    gone: 'A bundle that is not in the vault any more',
    hash: 'Hash of the last record',
    remembered: 'Imported',
  },

  history: {
    title: 'Verdicts so far',
    none: 'No verdict has been reached yet.',
    reached: 'Reached',
    by: 'By',
    verdict: 'Verdict',
    words: 'In the words of the report',
    current: 'With what is vouched for today',
    past: 'History',
    program: 'Program',
  },
};
