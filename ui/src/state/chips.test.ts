import { describe, expect, it } from 'vitest';
import type { FilterTerm } from '../host/generated/FilterTerm';
import { chipWords } from './chips';
import { withRange, without } from './desk.svelte';

const term = (field: string, values: string[], negated = false): FilterTerm => ({
  field,
  values,
  negated,
  text: `${negated ? '-' : ''}${field}:${values.join(',')}`,
  without: '',
  totalWithout: null,
});

describe('a chip', () => {
  it('says is, is not, and or', () => {
    expect(chipWords([term('user', ['m.lopez', 'r.patel'])], 'UTC')).toBe('user is m.lopez or r.patel');
    expect(chipWords([term('action', ['login'], true)], 'UTC')).toBe('action is not Sign in');
    expect(chipWords([term('', ['imaging'])], 'UTC')).toBe('text is imaging');
  });

  it('says a range once, in the chosen zone', () => {
    const ends = [term('from', ['2026-03-14T06:00:00Z']), term('to', ['2026-03-14T07:00:00Z'])];
    expect(chipWords(ends, 'America/New_York')).toBe('14 Mar, 02:00 – 03:00');
    // As the program prints the end of an hour.
    const hour = [
      term('from', ['2026-03-14T06:00:00.000000000Z']),
      term('to', ['2026-03-14T06:59:59.999999999Z']),
    ];
    expect(chipWords(hour, 'America/New_York')).toBe('14 Mar, 02:00 – 03:00');
  });

  it('leaves a day as it was typed, because only the program knows where it begins', () => {
    expect(chipWords([term('from', ['2026-03-14'])], 'America/New_York')).toBe('from 2026-03-14');
    const days = [term('from', ['2026-03-01']), term('to', ['2026-03-14'])];
    expect(chipWords(days, 'America/New_York')).toBe('from 2026-03-01, to 2026-03-14 (included)');
  });

  it('says that an end is included, to the second', () => {
    expect(chipWords([term('to', ['2026-03-14T06:20:52Z'])], 'America/New_York')).toBe(
      'to 14 Mar 2026, 02:20:52 EDT (included)',
    );
  });

  it('tells the opposite of an end from the end', () => {
    const words = (field: string, negated: boolean) =>
      chipWords([term(field, ['2026-03-04'], negated)], 'UTC');
    expect(words('to', false)).toBe('to 2026-03-04 (included)');
    expect(words('to', true)).toBe('after 2026-03-04, or without a time');
    expect(words('from', true)).toBe('before 2026-03-04, or without a time');
    const odd = [term('from', ['2026-03-01T00:00:00Z']), term('to', ['2026-03-02T00:00:00Z'], true)];
    expect(chipWords(odd, 'UTC')).toBe(
      'from 1 Mar 2026, 00:00:00 UTC, after 2 Mar 2026, 00:00:00 UTC, or without a time',
    );
  });
});

describe('a filter', () => {
  const terms = [term('user', ['m.lopez']), term('from', ['2026-03-01']), term('action', ['read'], true)];

  it('has one range at most', () => {
    expect(withRange(terms, 'A', 'B')).toBe('user:m.lopez -action:read from:A to:B');
    expect(without(terms, 'from', 'to')).toBe('user:m.lopez -action:read');
    expect(withRange([], 'A', 'B')).toBe('from:A to:B');
  });
});
