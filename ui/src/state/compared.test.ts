import { describe, expect, it } from 'vitest';
import type { Finding } from '../host/generated/Finding';
import { comparedLabels } from './compared';

const labels = (code: string, expected: string | null, actual: string | null) => {
  const finding: Finding = {
    code,
    expected,
    actual,
    severity: 'error',
    message: '',
    places: [],
    eventRef: null,
  };
  return comparedLabels(finding);
};
const HASH = '9f'.repeat(32);

describe('what a finding compares', () => {
  it('is a hash that was computed only where one was', () => {
    expect(labels('EVENT_MODIFIED', HASH, HASH)[1]).toBe('Hash that was computed');
    expect(labels('FILE_HASH_MISMATCH', HASH + HASH, HASH + HASH)[1]).toBe('Hash that was computed');
    expect(labels('CHAIN_BREAK', HASH, HASH)).toEqual(['Hash expected here', 'Hash found here']);
    expect(labels('ANCHOR_MISSING', HASH, null)[0]).toBe('Hash expected here');
  });

  it('is no hash where counts, sizes or names are compared', () => {
    expect(labels('SEGMENT_COUNT_MISMATCH', '701', '700')).toEqual(['Stated', 'Found']);
    expect(labels('OXUM_MISMATCH', '1024.3', '1000.3')).toEqual(['Stated', 'Found']);
    expect(labels('EVENT_MODIFIED', HASH, 'not a hash')).toEqual(['Stated', 'Found']);
  });
});
