/** Figures of several runs side by side, each with its interval where it has one. Pure. */
import { withInterval } from '../../../src-main/contract/figures.ts';
import type { Estimate, EvaluationReport, PartReport } from '../../../src-main/contract/schema/evaluation.ts';

export interface MetricRow {
  readonly name: string;
  readonly isLowerBetter: boolean;
  /** In the order of the runs; null where a run has no such part. */
  readonly estimates: readonly (Estimate | null)[];
  /** Indexes of the runs with the best value; empty where they are all alike. */
  readonly best: readonly number[];
}

type Figure = [name: string, isLowerBetter: boolean, of: (part: PartReport) => Estimate];

const FIGURES: readonly Figure[] = [
  ['Balanced accuracy', false, ({ balancedAccuracy }) => balancedAccuracy],
  ['Accuracy', false, ({ accuracy }) => accuracy],
  ['ROC AUC, mean of classes', false, (part) => macro(part, 'rocAuc')],
  ['Average precision, mean of classes', false, (part) => macro(part, 'averagePrecision')],
  ['F1, mean of classes', false, (part) => macro(part, 'f1')],
  ['Log loss', true, ({ loss, intervals }) => withInterval(loss, intervals?.loss)],
  [
    'Calibration error (ECE)',
    true,
    ({ calibration, intervals }) => withInterval(calibration.ece, intervals?.ece),
  ],
  ['Brier score', true, ({ calibration, intervals }) => withInterval(calibration.brier, intervals?.brier)],
];

function macro(part: PartReport, name: 'rocAuc' | 'averagePrecision' | 'f1'): Estimate {
  return withInterval(part.macro[name], part.intervals?.macro[name]);
}

/** @param reports in the order of the runs; null for one without a report */
export function metricRows(reports: readonly (EvaluationReport | null)[], partName: string): MetricRow[] {
  const parts = reports.map((report) => partOf(report, partName));
  const codes = reports.find((report) => report !== null)?.classes.map(({ code }) => code) ?? [];
  const levels = parts.find((part) => part?.melanomaSensitivity)?.melanomaSensitivity ?? [];
  const figures: Figure[] = [
    ...FIGURES,
    ...codes.map((code): Figure => [`Sensitivity, ${code}`, false, (part) => recallOf(part, code)]),
    ...levels.map(
      ({ specificity }): Figure => [
        `Sensitivity for melanoma at specificity ${specificity.toFixed(2)}`,
        false,
        (part) => sensitivityAt(part, specificity),
      ],
    ),
  ];
  return figures
    .map(([name, isLowerBetter, of]) => {
      const estimates = parts.map((part) => (part ? of(part) : null));
      return { name, isLowerBetter, estimates, best: bestOf(estimates, isLowerBetter) };
    })
    .filter(({ estimates }) => estimates.some((estimate) => (estimate?.value ?? null) !== null));
}

export function partOf(report: EvaluationReport | null, name: string): PartReport | null {
  return report?.parts.find(({ part }) => part === name) ?? null;
}

function recallOf({ perClass }: PartReport, code: string): Estimate {
  const scores = perClass.find((candidate) => candidate.code === code);
  return withInterval(scores?.recall ?? null, scores?.recallInterval);
}

function sensitivityAt({ melanomaSensitivity, intervals }: PartReport, specificity: number): Estimate {
  const index = melanomaSensitivity?.findIndex((level) => level.specificity === specificity) ?? -1;
  return withInterval(
    melanomaSensitivity?.[index]?.sensitivity ?? null,
    intervals?.melanomaSensitivity[index],
  );
}

/** As written, with three decimals: a difference that is not shown is none. */
function bestOf(estimates: readonly (Estimate | null)[], isLowerBetter: boolean): number[] {
  const written = estimates.map((estimate) =>
    estimate?.value == null ? null : Number(estimate.value.toFixed(3)),
  );
  const known = written.filter((value) => value !== null);
  if (new Set(known).size < 2) return [];
  const best = isLowerBetter ? Math.min(...known) : Math.max(...known);
  return written.flatMap((value, index) => (value === best ? [index] : []));
}
