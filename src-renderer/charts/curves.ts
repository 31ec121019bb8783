/**
 * Epochs → the chart of one measure: train dashed, validation solid, the best epoch marked. Pure. The axes are fixed by the
 * number of epochs that are planned and by the largest loss so far, rounded up, so that they hardly ever move while a run is
 * live; of a long plan, the end is shown once it comes near.
 */
import type { ChartConfiguration } from 'chart.js';
import type { EpochRecord, EpochScores } from '../../src-main/contract/schema/run.ts';
import type { Palette } from './palette.ts';
import { bestEpochMark, endLabels } from './plugins.ts';

export type Measure = keyof EpochScores;
export type CurveChart = ChartConfiguration<'line', { x: number; y: number | null }[]>;

export const MEASURES: Readonly<Record<Measure, string>> = {
  loss: 'Loss',
  accuracy: 'Accuracy',
  balancedAccuracy: 'Balanced accuracy',
};

/** The points of one part, in the order of the epochs; null where the part has no figure. */
export function curvePoints(epochs: readonly EpochRecord[], part: 'train' | 'validation', measure: Measure) {
  return epochs.map((epoch) => ({ x: epoch.epoch, y: epoch[part]?.[measure] ?? null }));
}

/** 1, 2 or 5 times a power of ten, at least `value`: 1.3 → 2, 0.04 → 0.05. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9));
  return step! * power;
}

/** Rows of the same figures as a table: the chart's text alternative and its CSV. */
export function curveRows(epochs: readonly EpochRecord[], measure: Measure) {
  return epochs.map((epoch) => ({
    epoch: epoch.epoch,
    train: epoch.train[measure],
    validation: epoch.validation?.[measure] ?? null,
    best: epoch.best,
  }));
}

const LONG_PLAN_EPOCHS = 50;

/** Where the axis of the epochs ends: at 50, 100, 200, 500 … of a long plan, else where the plan does. */
export function lastEpochShown(done: number, planned: number): number {
  return Math.max(2, Math.min(planned, roundUp(Math.max(done, LONG_PLAN_EPOCHS))));
}

export function curveChart(options: {
  readonly epochs: readonly EpochRecord[];
  /** How many epochs the run is to have. */
  readonly planned: number;
  readonly measure: Measure;
  readonly palette: Palette;
}): CurveChart {
  const { epochs, planned, measure, palette } = options;
  const train = curvePoints(epochs, 'train', measure);
  const validation = curvePoints(epochs, 'validation', measure);
  const best = epochs.findLast((epoch) => epoch.best)?.epoch ?? null;
  const largest = Math.max(0, ...[...train, ...validation].map(({ y }) => y ?? 0));
  const line = { borderWidth: 1.75, pointRadius: 2.5, pointHoverRadius: 4, spanGaps: true, clip: 8 };
  const tick = { color: palette.faint, font: { size: 11 } };
  return {
    type: 'line',
    data: {
      datasets: [
        { ...line, ...colours(palette.train), label: 'train', data: train, borderDash: [5, 4] },
        { ...line, ...colours(palette.validation), label: 'validation', data: validation },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { right: 62, top: 12 } },
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          type: 'linear',
          min: 1,
          max: lastEpochShown(epochs.length, planned),
          grid: { display: false },
          border: { color: palette.line },
          ticks: { ...tick, precision: 0, maxTicksLimit: 8 },
          title: { display: true, text: 'epoch', color: palette.faint, font: { size: 11 } },
        },
        y: {
          min: 0,
          max: measure === 'loss' ? roundUp(largest) : 1,
          grid: { color: palette.line },
          border: { display: false },
          ticks: {
            ...tick,
            maxTicksLimit: 5,
            format: { minimumFractionDigits: 1, maximumFractionDigits: 3 },
          },
        },
      },
      plugins: {
        legend: { display: false },
        bestEpoch: { epoch: best },
        tooltip: {
          callbacks: {
            title: ([item]) => `Epoch ${item?.parsed.x ?? ''}`,
            label: (item) => `${item.dataset.label}: ${item.parsed.y?.toFixed(3) ?? 'no figure'}`,
          },
        },
      },
    },
    plugins: [endLabels(palette), bestEpochMark(palette)],
  };
}

const colours = (colour: string) => ({
  borderColor: colour,
  backgroundColor: colour,
  pointBackgroundColor: colour,
});
