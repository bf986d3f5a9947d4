/**
 * Geometry of the histogram: bars to paths, pixels to bars, instants to bars. No drawing and no state.
 */

import type { Bin } from '../host/generated/Bin';
import type { Bins } from '../host/generated/Bins';

/** Bars this wide or wider stand apart by a pixel. */
const APART_FROM_PX = 3;

/** One path for a band over all bars, stacked upon the bands before it. */
export function bandPath(
  bins: Bin[],
  band: number,
  niceMax: number,
  widthPx: number,
  heightPx: number,
): string {
  return bars(bins, niceMax, widthPx, heightPx, (bin) => {
    const below = bin.counts.slice(0, band).reduce((sum, each) => sum + each, 0);
    return [below, bin.counts[band] ?? 0];
  });
}

/** One path for the pale bars behind: everything the bundle holds. */
export const ghostPath = (bins: Bin[], niceMax: number, widthPx: number, heightPx: number): string =>
  bars(bins, niceMax, widthPx, heightPx, ({ all }) => [0, all]);

function bars(
  bins: Bin[],
  niceMax: number,
  widthPx: number,
  heightPx: number,
  share: (bin: Bin) => [below: number, here: number],
): string {
  const step = widthPx / Math.max(1, bins.length);
  const width = step >= APART_FROM_PX ? step - 1 : step;
  const scale = heightPx / Math.max(1, niceMax);
  let path = '';
  bins.forEach((bin, index) => {
    const [below, here] = share(bin);
    if (here === 0) return;
    // What is there is never drawn as nothing.
    const height = Math.max(1, here * scale);
    const y = heightPx - below * scale - height;
    path += `M${round(index * step)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
  });
  return path;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** The bar under a pixel. */
export const barAt = (px: number, widthPx: number, length: number): number =>
  Math.max(0, Math.min(length - 1, Math.floor((px / Math.max(1, widthPx)) * length)));

export interface Span {
  /** First bar. */
  from: number;
  /** Last bar, inclusive. */
  to: number;
}

/** The bars a range of time covers; `null` when it covers none or everything. */
export function spanOf(bins: Bin[], fromMs: number | null, toMs: number | null): Span | null {
  if (fromMs === null && toMs === null) return null;
  const from = fromMs === null ? 0 : bins.findIndex((bin) => bin.toMs > fromMs);
  const to = toMs === null ? bins.length - 1 : bins.findLastIndex((bin) => bin.fromMs < toMs);
  return from < 0 || to < from ? null : { from, to };
}

/** Where an instant lies among the bars, to the pixel; outside them, at their edge. */
export function xOf(bins: Bin[], ms: number, widthPx: number): number {
  const index = bins.findIndex((bin) => bin.toMs > ms);
  const bin = bins[index];
  if (!bin) return widthPx;
  const within = Math.max(0, (ms - bin.fromMs) / Math.max(1, bin.toMs - bin.fromMs));
  return ((index + within) / bins.length) * widthPx;
}

export const ordered = (a: number, b: number): Span => ({ from: Math.min(a, b), to: Math.max(a, b) });

/** The bars in at most `most` rows, for a table that is read aloud. */
export function coarser(
  bins: Bin[],
  most: number,
): { fromMs: number; toMs: number; matching: number; all: number }[] {
  const each = Math.ceil(bins.length / most);
  const rows = [];
  for (let start = 0; start < bins.length; start += each) {
    const group = bins.slice(start, start + each);
    rows.push({
      fromMs: group[0]?.fromMs ?? 0,
      toMs: group.at(-1)?.toMs ?? 0,
      matching: group.reduce((sum, bin) => sum + matchingOf(bin), 0),
      all: group.reduce((sum, bin) => sum + bin.all, 0),
    });
  }
  return rows;
}

export const matchingOf = (bin: Bin | undefined): number =>
  (bin?.counts ?? []).reduce((sum, each) => sum + each, 0);

/** Below this share of the tallest pale bar, the dark ones would not be seen at its scale. */
const SEEN_SHARE_MIN = 0.08;
/** The pale bars then fill this share of the height, as a hint of how busy the whole was. */
const GHOST_SHARE = 0.3;

export interface Scale {
  /** What the full height stands for, for what matches. */
  matching: number;
  /** The same for everything. */
  all: number;
}

/** One scale for both while what matches can be seen; otherwise one each, and the legend says so. */
export function scaleOf(bins: Bins): Scale {
  const most = Math.max(0, ...bins.bins.map(matchingOf));
  if (most === 0 || most >= bins.niceMax * SEEN_SHARE_MIN)
    return { matching: bins.niceMax, all: bins.niceMax };
  return { matching: most, all: bins.niceMax / GHOST_SHARE };
}
