import { describe, expect, it } from 'vitest';
import { BUNDLE, chosenFile } from '../host/rehearsal/bundles';
import { connect } from '../host/rehearsal/index';
import { Desk } from './desk.svelte';
import { hashDigits, Importing, weighHash } from './importing.svelte';
import { Session } from './session.svelte';

const HASH = '9f'.repeat(32);

describe('a quoted hash', () => {
  it('is compared as it was pasted: capitals, spaces, a name before it', () => {
    expect(weighHash(` SHA256: ${HASH.toUpperCase()} `, HASH)).toBe('agrees');
    expect(weighHash(HASH.replace(/(..)/g, '$1:').slice(0, -1), HASH)).toBe('agrees');
    expect(hashDigits(`sha-256=${HASH}`)).toBe(HASH);
  });

  it('is not accepted when a digit differs, is missing or is none', () => {
    expect(weighHash(`0${HASH.slice(1)}`, HASH)).toBe('differs');
    expect(weighHash(HASH.slice(1), HASH)).toBe('short');
    expect(weighHash(`${HASH}0`, HASH)).toBe('odd');
    expect(weighHash('not a hash', HASH)).toBe('odd');
  });

  it('waits where there is nothing to compare with yet', () => {
    expect(weighHash(HASH, null)).toBe('later');
    expect(weighHash('', HASH)).toBe('none');
  });
});

describe('an import that was asked for', () => {
  it('leads to its bundle, also when that is known before the list of bundles is', async () => {
    const job = {
      job: 7,
      what: 'Checking and storing',
      bundle: BUNDLE,
      state: 'running' as const,
      recordsDone: 0,
      bytesDone: 0,
      bytesTotal: 0,
      secondsLeft: null,
      sentence: null,
      fault: null,
      badge: null,
    };
    const rehearsed = connect('normal', 10);
    const session = new Session({
      ...rehearsed,
      import: () => Promise.resolve({ job: 7, already: null, quoted: null, quotedAgrees: null }),
      bundles: () => {
        session.status = { ...session.status, jobs: [job] };
        desk.meetAwaited();
        return rehearsed.bundles({});
      },
    });
    const desk = new Desk(session);
    desk.places.go('import');
    const importing = new Importing(desk, chosenFile(false));
    importing.handedBy = 'R. Patel';
    importing.channel = 'Secure transfer';
    await importing.go();
    expect(importing.fault).toBeNull();
    expect(desk.places.now).toMatchObject({ screen: 'overview', bundle: BUNDLE });
  });
});
