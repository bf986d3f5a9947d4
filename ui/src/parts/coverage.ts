/** What a coverage map says, stretch by stretch: runs of one state, and the words for a cell. */

import type { CoverageCell } from '../host/generated/CoverageCell';
import type { CoverageCounts } from '../host/generated/CoverageCounts';
import type { CoverageMap } from '../host/generated/CoverageMap';
import type { CoverageState } from '../host/generated/CoverageState';
import { text } from '../text/en';
import { count, range } from '../text/format';

/** The states in the order of the legend: from what is best to what is nothing. */
export const STATES: CoverageState[] = ['proven', 'not_covered', 'missing', 'altered', 'empty'];

/** Stretches in a row with one state: the first, and the one behind the last. */
export interface Run {
  state: CoverageState;
  from: number;
  to: number;
}

/** Neighbors of the same state, joined. */
export function runsOf(cells: CoverageCell[]): Run[] {
  const runs: Run[] = [];
  cells.forEach(({ state }, index) => {
    const last = runs.at(-1);
    if (last?.state === state) last.to = index + 1;
    else runs.push({ state, from: index, to: index + 1 });
  });
  return runs;
}

/** What was counted, without what was not: "1 altered, 412 agreeing, not covered". */
export function countWords(counts: CoverageCounts): string {
  const { counts: words, counted } = text.coverage;
  const kinds = ['altered', 'missing', 'notVerified', 'stands', 'proven'] as const;
  return kinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => counted(count(counts[kind]), words[kind]))
    .join(', ');
}

/** One cell in words: where, when, what, how many. */
export function cellWords(map: CoverageMap, source: number, bin: number): string {
  const row = map.sources[source];
  const cell = row?.cells[bin];
  const time = map.bins[bin];
  if (!row || !cell || !time) return '';
  return text.coverage.cell(
    row.name,
    range(time.fromMs, time.toMs, map.zone),
    text.coverage.states[cell.state],
    countWords(cell.counts),
  );
}

/** The states that occur somewhere in a map. */
export const statesIn = (map: CoverageMap): CoverageState[] =>
  STATES.filter((state) => map.sources.some(({ cells }) => cells.some((cell) => cell.state === state)));
