import { describe, expect, it } from 'vitest';
import { connect } from '../host/rehearsal/index';
import { at } from '../testing/open';
import { Desk } from './desk.svelte';
import { entriesFor } from './palette';
import { Session } from './session.svelte';

/** What looks are offered for what is typed, in words. */
function offered(typed: string): string[] {
  location.hash = at('overview');
  const desk = new Desk(new Session(connect('normal', 10)));
  const looks = entriesFor(desk, typed).filter(({ kind }) => ['chart', 'user', 'filter'].includes(kind));
  return looks.map(({ title }) => title);
}

describe('the palette', () => {
  it('takes one bare word for a person, or for a word to filter by', () => {
    expect(offered('MRN-10482')).toEqual([
      'Open the chart of MRN-10482',
      'Show what user MRN-10482 opened',
      'Filter: MRN-10482',
    ]);
    expect(offered('urn:oid:2.16')).toHaveLength(3);
  });

  it('takes one term that names a person for that person', () => {
    expect(offered('user:u-rn-101')).toEqual(['Show what user u-rn-101 opened', 'Filter: user:u-rn-101']);
    expect(offered(' patient:P-1 ')).toEqual(['Open the chart of P-1', 'Filter: patient:P-1']);
  });

  it.each([
    'user:u-rn-101 -action:login',
    'patient:P-1 user:u-rn-101',
    'user:a,b',
    'user:u-rn-*',
    'user:"u rn"',
    '-user:u-rn-101',
    'action:login',
    'to:2026-03-04',
    '-login',
    'progress note',
    '"progress note"',
  ])('takes %s for a filter and nothing else', (typed) => {
    expect(offered(typed)).toEqual([`Filter: ${typed}`]);
  });
});
