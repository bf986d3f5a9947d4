import { describe, expect, it } from 'vitest';
import * as format from './format';

const NEW_YORK = 'America/New_York';
const at = (iso: string) => ({ epochMs: Date.parse(iso), recorded: iso });

describe('an instant', () => {
  it('is shown in the chosen zone', () => {
    expect(format.instant(at('2026-03-14T06:20:52.118Z'), NEW_YORK)).toBe('2026-03-14 02:20:52');
    expect(format.instantInWords(at('2026-03-14T06:20:52.118Z'), NEW_YORK)).toBe('14 Mar 2026, 02:20:52 EDT');
  });

  it('tells its offset in both runs of the hour that comes twice', () => {
    expect(format.instant(at('2026-11-01T05:30:00Z'), NEW_YORK)).toBe('2026-11-01 01:30:00 −04');
    expect(format.instant(at('2026-11-01T06:30:00Z'), NEW_YORK)).toBe('2026-11-01 01:30:00 −05');
    expect(format.instantInWords(at('2026-11-01T05:30:00Z'), NEW_YORK)).toBe('1 Nov 2026, 01:30:00 −04:00');
  });

  it('tells no offset just before and just after that hour', () => {
    expect(format.instant(at('2026-11-01T04:59:59Z'), NEW_YORK)).toBe('2026-11-01 00:59:59');
    expect(format.instant(at('2026-11-01T07:00:00Z'), NEW_YORK)).toBe('2026-11-01 02:00:00');
  });

  it('knows of half an hour that comes twice', () => {
    expect(format.instant(at('2026-04-04T14:45:00Z'), 'Australia/Lord_Howe')).toContain('+11');
    expect(format.instant(at('2026-04-04T15:15:00Z'), 'Australia/Lord_Howe')).toContain('+10:30');
  });

  it('skips the hour that never comes', () => {
    expect(format.instant(at('2026-03-08T06:59:59Z'), NEW_YORK)).toBe('2026-03-08 01:59:59');
    expect(format.instant(at('2026-03-08T07:00:00Z'), NEW_YORK)).toBe('2026-03-08 03:00:00');
  });

  it('stays as it was recorded when it has no time', () => {
    expect(format.instant({ epochMs: null, recorded: '14/03/26 ??' }, NEW_YORK)).toBe('14/03/26 ??');
  });
});

describe('a typed time', () => {
  it('is read in the chosen zone, on both sides of a change', () => {
    expect(format.instantIn('2026-03-14 02:20', NEW_YORK)).toBe(Date.parse('2026-03-14T06:20:00Z'));
    expect(format.instantIn('2026-03-08 01:59:59', NEW_YORK)).toBe(Date.parse('2026-03-08T06:59:59Z'));
    expect(format.instantIn('2026-03-08 03:00', NEW_YORK)).toBe(Date.parse('2026-03-08T07:00:00Z'));
    expect(format.instantIn('2026-01-05', 'UTC')).toBe(Date.parse('2026-01-05T00:00:00Z'));
  });

  it('is nothing when it is not a date', () => {
    expect(format.instantIn('yesterday', NEW_YORK)).toBeNull();
    expect(format.instantIn('2026-13-41 02:20', NEW_YORK)).toBeNull();
  });
});

describe('a range', () => {
  it('names the day once when both ends are on it', () => {
    const from = Date.parse('2026-03-14T06:00:00Z');
    expect(format.range(from, from + 3_600_000, NEW_YORK)).toBe('14 Mar, 02:00 – 03:00');
    expect(format.range(from, from + 86_400_000, NEW_YORK)).toBe('14 Mar, 02:00 – 15 Mar, 02:00');
  });
});

describe('numbers', () => {
  it('have separators and units', () => {
    expect(format.count(1_204_118)).toBe('1,204,118');
    expect(format.bytes(214_718_331)).toBe('214.7 MB');
    expect(format.bytes(12)).toBe('12 bytes');
    expect(format.seconds(41)).toBe('41 s');
    expect(format.seconds(5_400)).toBe('1 h 30 min');
    expect(format.gap(71_000)).toBe('71 s');
    expect(format.gap(22_320_000)).toBe('6 h 12 m');
    expect(format.gap(273_600_000)).toBe('3 d 4 h');
  });

  it('of dates stay dates', () => {
    expect(format.date('2026-04-02')).toBe('2 Apr 2026');
    expect(format.date('not a date')).toBe('not a date');
  });
});
