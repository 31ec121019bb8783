/** The curves of several runs in one chart, each with its colour and its name at its end; validation solid, train dashed. Pure. */
import type { EpochRecord } from '../../src-main/contract/schema/run.ts';
import { type CurveChart, curveChart, curvePoints, lastEpochShown, type Measure, roundUp } from './curves.ts';
import type { SeriesPalette } from './palette.ts';
import { endLabels } from './plugins.ts';

export interface OverlaidRun {
  /** At the end of its line: "#12". */
  readonly label: string;
  readonly epochs: readonly EpochRecord[];
}

export const OVERLAID_PARTS = ['validation', 'train'] as const;
export type OverlaidPart = (typeof OVERLAID_PARTS)[number];

export function overlayChart(options: {
  /** At most as many as the palette has colours. */
  readonly runs: readonly OverlaidRun[];
  readonly part: OverlaidPart;
  readonly measure: Measure;
  readonly palette: SeriesPalette;
}): CurveChart {
  const { runs, part, measure, palette } = options;
  const longest = Math.max(1, ...runs.map(({ epochs }) => epochs.length));
  const { options: shared } = curveChart({ epochs: [], planned: longest, measure, palette });
  const points = runs.map(({ epochs }) => curvePoints(epochs, part, measure));
  const largest = Math.max(0, ...points.flat().map(({ y }) => y ?? 0));
  return {
    type: 'line',
    data: {
      datasets: runs.map(({ label }, index) => {
        const colour = palette.series[index % palette.series.length]!;
        return {
          label,
          data: points[index]!,
          borderColor: colour,
          backgroundColor: colour,
          borderWidth: 1.75,
          pointRadius: longest > 60 ? 0 : 2.5,
          pointHoverRadius: 4,
          spanGaps: true,
          clip: 8,
          ...(part === 'train' ? { borderDash: [5, 4] } : {}),
        };
      }),
    },
    options: {
      ...shared,
      scales: {
        x: { ...shared?.scales?.x, max: lastEpochShown(longest, longest) },
        y: { ...shared?.scales?.y, max: measure === 'loss' ? roundUp(largest) : 1 },
      },
    } as NonNullable<CurveChart['options']>,
    plugins: [endLabels(palette)],
  };
}

/** The same figures as a table: one row an epoch, one column a run. */
export function overlayRows(runs: readonly OverlaidRun[], part: OverlaidPart, measure: Measure) {
  const longest = Math.max(0, ...runs.map(({ epochs }) => epochs.length));
  return Array.from({ length: longest }, (_, index) => ({
    epoch: index + 1,
    ...Object.fromEntries(runs.map(({ label, epochs }) => [label, epochs[index]?.[part]?.[measure] ?? null])),
  }));
}
