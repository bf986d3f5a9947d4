/**
 * Numbers, instants, sizes and durations as words.
 *
 * Always "en-US": the engine's own language may be "C", which `Intl` refuses. No arithmetic with calendars here; a zone
 * is only ever handed to `Intl`.
 */

import type { When } from '../host/generated/When';
import { text } from './en';

const LOCALE = 'en-US';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const counting = new Intl.NumberFormat(LOCALE);
const compact = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });

/** 1204118 → "1,204,118". */
export const count = (value: number): string => counting.format(value);

/** 214718331 → "214.7 MB"; decimal units, as file managers show them. */
export function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${compact.format(size)} ${units[unit] ?? ''}`;
}

/** 41 → "41 s", 372 → "6 min", 5400 → "1 h 30 min". */
export function seconds(value: number): string {
  if (value < 90) return `${Math.max(0, Math.round(value))} s`;
  const minutes = Math.round(value / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The time between two events of a table: "71 s", "6 h 12 m", "3 d 4 h". */
export function gap(ms: number): string {
  const total = Math.abs(ms);
  if (total < 100_000) return `${Math.round(total / 1000)} s`;
  const minutes = Math.floor(total / MINUTE_MS);
  if (minutes < 60) return `${minutes} m`;
  if (total < DAY_MS) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${Math.floor(total / DAY_MS)} d ${Math.floor((total % DAY_MS) / HOUR_MS)} h`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(zone: string, epochMs: number): Record<string, string> {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALE, {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
}

const wall = (parts: Record<string, string>) =>
  `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}`;

/** "GMT-04:00" → "−04:00", with a real minus sign; "GMT" → "+00:00". */
const offsetOf = (parts: Record<string, string>) =>
  (parts.timeZoneName ?? '').replace(/^GMT$/, 'GMT+00:00').replace('GMT', '').replace('-', '−');

/**
 * Whether the clock on the wall showed this time twice: an hour that is repeated when summer time ends (half an hour
 * on Lord Howe Island).
 */
function ambiguous(zone: string, epochMs: number, here: string): boolean {
  return [HOUR_MS, -HOUR_MS, HOUR_MS / 2, -HOUR_MS / 2].some(
    (shift) => wall(partsOf(zone, epochMs + shift)) === here,
  );
}

/** For tables: "2026-03-14 02:20:52", with the offset only where that time came twice. */
export function instant(when: When, zone: string): string {
  if (when.epochMs === null) return when.recorded;
  const parts = partsOf(zone, when.epochMs);
  const here = wall(parts);
  // Whole hours alone fit the column; an offset with minutes keeps them.
  return ambiguous(zone, when.epochMs, here) ? `${here} ${offsetOf(parts).replace(/:00$/, '')}` : here;
}

/** For sentences: "14 Mar 2026, 02:20:52 EDT"; the offset instead of the name where that time came twice. */
export function instantInWords(when: When, zone: string): string {
  if (when.epochMs === null) return when.recorded;
  const parts = partsOf(zone, when.epochMs);
  const here = wall(parts);
  const name = new Intl.DateTimeFormat(LOCALE, { timeZone: zone, timeZoneName: 'short' })
    .formatToParts(when.epochMs)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const shown = ambiguous(zone, when.epochMs, here) || !name ? offsetOf(parts) : name;
  return `${day(when.epochMs, zone)}, ${here.slice(11)} ${shown}`;
}

/** "14 Mar 2026". */
export function day(epochMs: number, zone: string): string {
  const parts = partsOf(zone, epochMs);
  return `${Number(parts.day)} ${text.months[Number(parts.month) - 1] ?? ''} ${parts.year}`;
}

/** "14 Mar, 02:20". */
function dayAndMinute(epochMs: number, zone: string): string {
  const parts = partsOf(zone, epochMs);
  return `${Number(parts.day)} ${text.months[Number(parts.month) - 1] ?? ''}, ${parts.hour}:${parts.minute}`;
}

/** Two ends of a range, the second without its day when it is the same. */
export function range(fromMs: number, toMs: number, zone: string): string {
  const from = partsOf(zone, fromMs);
  const to = partsOf(zone, toMs);
  const sameDay = from.day === to.day && from.month === to.month && from.year === to.year;
  return `${dayAndMinute(fromMs, zone)} – ${sameDay ? `${to.hour}:${to.minute}` : dayAndMinute(toMs, zone)}`;
}

/** The instant in UTC, to the millisecond: "2026-03-14T06:20:52.118Z". */
export const utc = (epochMs: number): string => new Date(epochMs).toISOString();

/** "2026-03-14" → "14 Mar 2026", for dates without a time. */
export function date(iso: string): string {
  const [year = '', month = '', dayOfMonth = ''] = iso.split('-');
  const name = text.months[Number(month) - 1];
  return name === undefined ? iso : `${Number(dayOfMonth)} ${name} ${year}`;
}

/** Today in a zone, "YYYY-MM-DD". */
export function today(zone: string): string {
  const parts = partsOf(zone, Date.now());
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** A date and time as typed ("2026-03-14 02:20", seconds optional, time optional) in a zone; `null` if it is none. */
export function instantIn(typed: string, zone: string): number | null {
  const match = /^\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?\s*$/.exec(typed);
  if (!match) return null;
  const wanted = Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00'}${match[3] ?? ':00'}Z`);
  if (Number.isNaN(wanted)) return null;
  // The zone's offset is found by asking what the clock on the wall shows; twice, for the hours around a change.
  const offset = (epochMs: number) =>
    Date.parse(`${wall(partsOf(zone, epochMs)).replace(' ', 'T')}Z`) - epochMs;
  const first = wanted - offset(wanted);
  return wanted - offset(first);
}
