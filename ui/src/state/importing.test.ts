import { describe, expect, it } from 'vitest';
import { hashDigits, weighHash } from './importing.svelte';

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
