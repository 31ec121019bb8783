/** Seeds of one configuration as mean and standard deviation. Pure. */
import type { SeedGroup } from '../../../src-main/contract/schema/history.ts';
import { NO_FIGURE } from '../format.ts';

export const SEED_FIGURES = {
  testBalancedAccuracy: 'Balanced accuracy, test',
  testAccuracy: 'Accuracy, test',
  validationBalancedAccuracy: 'Balanced accuracy, validation',
  validationAccuracy: 'Accuracy, validation',
} as const;
export type SeedFigure = keyof typeof SEED_FIGURES;

export interface Spread {
  readonly n: number;
  readonly mean: number | null;
  /** Of the sample (n - 1 below); null of fewer than two. */
  readonly deviation: number | null;
}

export function spreadOf(values: readonly (number | null)[]): Spread {
  const known = values.filter((value) => value !== null);
  const n = known.length;
  if (n === 0) return { n, mean: null, deviation: null };
  const mean = known.reduce((sum, value) => sum + value, 0) / n;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, deviation: n < 2 ? null : Math.sqrt(squares / (n - 1)) };
}

/** "0.712 ± 0.013", "0.712" of one. */
export function formatSpread({ mean, deviation }: Spread): string {
  if (mean === null) return NO_FIGURE;
  return deviation === null ? mean.toFixed(3) : `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

export interface SeedRow {
  readonly runs: SeedGroup['runs'];
  /** Which of the compared runs are in it, by index. */
  readonly compared: readonly number[];
  readonly spreads: Readonly<Record<SeedFigure, Spread>>;
}

/** @param ids of the compared runs */
export function seedRows(groups: readonly SeedGroup[], ids: readonly number[]): SeedRow[] {
  const figures = Object.keys(SEED_FIGURES) as SeedFigure[];
  return groups.map(({ runs }) => ({
    runs,
    compared: ids.flatMap((id, index) => (runs.some((run) => run.id === id) ? [index] : [])),
    spreads: Object.fromEntries(
      figures.map((figure) => [figure, spreadOf(runs.map((run) => run[figure]))]),
    ) as Record<SeedFigure, Spread>,
  }));
}
