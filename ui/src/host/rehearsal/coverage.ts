/** The rehearsal's coverage map: three systems over the month, with a gap in two of them and what each scene shows. */

import type { CoverageCell } from '../generated/CoverageCell';
import type { CoverageCounts } from '../generated/CoverageCounts';
import type { CoverageMap } from '../generated/CoverageMap';
import type { CoverageState } from '../generated/CoverageState';
import type { SceneName } from './scene';
import { DAY_MS, DAYS, START_MS, ZONE } from './world';

const NONE: CoverageCounts = { proven: 0, stands: 0, notVerified: 0, altered: 0, missing: 0 };
const WEEK = [1, 0.98, 1.03, 1.01, 0.97, 0.55, 0.52];
const MISSING_DAY = 18;
const ALTERED_DAY = 4;

const sum = (all: CoverageCounts[]): CoverageCounts =>
  all.reduce(
    (total, one) => ({
      proven: total.proven + one.proven,
      stands: total.stands + one.stands,
      notVerified: total.notVerified + one.notVerified,
      altered: total.altered + one.altered,
      missing: total.missing + one.missing,
    }),
    NONE,
  );

/** The worst that is in a stretch decides, as in the program. */
function stateOf(counts: CoverageCounts): CoverageState {
  if (counts.altered > 0) return 'altered';
  if (counts.missing > 0) return 'missing';
  if (counts.stands > 0 || counts.notVerified > 0) return 'not_covered';
  return counts.proven > 0 ? 'proven' : 'empty';
}

export function coverageOf(scene: SceneName): CoverageMap {
  const days = scene === 'importing' ? 19 : DAYS;
  const kind =
    scene === 'verified' ? 'proven' : scene === 'normal' || scene === 'altered' ? 'stands' : 'notVerified';
  const source = (name: string, scale: number, without: number[]) => {
    const cells = Array.from({ length: days }, (_, day): CoverageCell => {
      const share = (WEEK[(day + 6) % 7] ?? 1) * (1 + ((day * 37) % 11) / 60);
      const counts = { ...NONE, [kind]: without.includes(day) ? 0 : Math.round(scale * share) };
      if (scene === 'altered' && name === 'EHR') {
        if (day === ALTERED_DAY) counts.altered = 1;
        if (day === MISSING_DAY) counts.missing = 412;
      }
      return { state: stateOf(counts), counts };
    });
    const gaps = cells.filter(({ state }) => state === 'empty').length;
    const undated = name === 'EHR' ? 318 : 0;
    const totals = sum([...cells.map(({ counts }) => counts), { ...NONE, [kind]: undated }]);
    return { name, system: name, cells, totals, undated, gaps };
  };
  const sources = [
    source('EHR', 33_400, []),
    source('Pharmacy', 7_100, [22]),
    source('Imaging', 1_150, [11, 12, 13]),
  ];
  const instant = (ms: number) => new Date(ms).toISOString();
  return {
    zone: ZONE,
    step: '1 day',
    bins: Array.from({ length: days }, (_, day) => {
      const fromMs = START_MS + day * DAY_MS;
      const toMs = fromMs + DAY_MS;
      return { fromMs, toMs, from: instant(fromMs), to: instant(toMs - 1) };
    }),
    ticks: [0, 7, 14, 21, 28].filter((bin) => bin < days).map((bin) => ({ bin, label: `${bin + 1} Mar` })),
    sources,
    totals: sum(sources.map(({ totals }) => totals)),
  };
}
