import { describe, expect, it } from 'vitest';
import { readPlace, writePlace } from './place.svelte';
import { about, Views } from './views';

describe('a place', () => {
  it('reads what it wrote', () => {
    const place = {
      screen: 'timeline' as const,
      bundle: '0197f2c4-5d1e',
      view: 7,
      row: 184_207,
      record: '0197f2c45d1e:L3.184207',
    };
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  it('is the Open screen when it cannot be read', () => {
    expect(readPlace('#/nowhere?b=x').screen).toBe('open');
    expect(readPlace('').screen).toBe('open');
  });

  it('takes nothing but numbers and ids from an address', () => {
    const place = readPlace('#/timeline?b=%3Cscript%3E&v=1e9&row=-1&r=MRN-10482');
    expect(place).toMatchObject({ bundle: null, view: null, row: null, record: null });
  });

  it('never names a person: a question is a number', () => {
    const views = new Views();
    const view = views.keep(about('b1', 'patient', 'MRN-10482'));
    expect(writePlace({ screen: 'patient', bundle: 'b1', view })).toBe('#/patient?b=b1&v=1');
    expect(views.keep(about('b1', 'patient', 'MRN-10482'))).toBe(view);
    expect(views.get(view)?.person?.id).toBe('MRN-10482');
    expect(views.get(99)).toBeNull();
  });
});
