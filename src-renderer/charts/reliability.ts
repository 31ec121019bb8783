/** Reliability bins → the calibration diagram: what is right against what was claimed, and below it how many images. Pure. */
import type { ChartConfiguration } from 'chart.js';
import type { CalibrationScores } from '../../src-main/contract/schema/evaluation.ts';
import type { SeriesPalette } from './palette.ts';
import { axis } from './ranking-chart.ts';

export type ReliabilityChart = ChartConfiguration<'line' | 'bar', { x: number; y: number | null }[]>;

/** One point for each bin with images, at its mean confidence. */
export function reliabilityPoints({ bins }: Pick<CalibrationScores, 'bins'>) {
  return bins.flatMap(({ meanConfidence, accuracy }) =>
    meanConfidence === null || accuracy === null ? [] : [{ x: meanConfidence, y: accuracy }],
  );
}

/** Rows of all bins: the table and the CSV. */
export function reliabilityRows({ bins }: Pick<CalibrationScores, 'bins'>) {
  return bins.map(({ low, high, count, meanConfidence, accuracy }) => ({
    from: low,
    to: high,
    n: count,
    'mean confidence': meanConfidence,
    'share right': accuracy,
  }));
}

/** ECE in words: how far confidence and share right are apart, and to which side. */
export function reliabilitySummary({ bins, ece }: CalibrationScores): string {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (ece === null || total === 0) return 'No image, so no calibration.';
  const gap = bins.reduce(
    (sum, { count, meanConfidence, accuracy }) =>
      sum + (count / total) * ((meanConfidence ?? 0) - (accuracy ?? 0)),
    0,
  );
  const side = gap > 0 ? 'the model claims more than it keeps' : 'the model is better than it claims';
  return `On average confidence and share right are ${ece.toFixed(3)} apart over ${total} images; ${side}, by ${Math.abs(gap).toFixed(3)}.`;
}

export function reliabilityChart(calibration: CalibrationScores, palette: SeriesPalette): ReliabilityChart {
  const { bins } = calibration;
  const accent = palette.validation;
  return {
    type: 'line',
    data: {
      datasets: [
        {
          type: 'line',
          label: 'share right',
          yAxisID: 'y',
          data: reliabilityPoints(calibration),
          borderColor: accent,
          backgroundColor: accent,
          borderWidth: 1.75,
          pointRadius: 3.5,
          clip: 8,
        },
        {
          type: 'line',
          label: 'perfect',
          yAxisID: 'y',
          data: [
            { x: 0, y: 0 },
            { x: 1, y: 1 },
          ],
          borderColor: palette.faint,
          borderWidth: 1,
          borderDash: [2, 4],
          pointRadius: 0,
          pointHitRadius: 0,
        },
        {
          type: 'bar',
          label: 'images',
          data: bins.map(({ low, high, count }) => ({ x: (low + high) / 2, y: count })),
          yAxisID: 'images',
          backgroundColor: palette.train,
          barPercentage: 1,
          categoryPercentage: 0.9,
        },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { top: 8, right: 8 } },
      interaction: { mode: 'nearest', intersect: true },
      scales: {
        x: axis('confidence (probability of the predicted class)', palette, false),
        images: {
          type: 'linear',
          stack: 'calibration',
          stackWeight: 1,
          min: 0,
          grid: { display: false },
          border: { color: palette.line },
          ticks: { color: palette.faint, font: { size: 11 }, maxTicksLimit: 3, precision: 0 },
          title: { display: true, text: 'images', color: palette.faint, font: { size: 11 } },
        },
        y: { ...axis('share right', palette, true), stack: 'calibration', stackWeight: 4 },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: () => '',
            label: ({ dataset, parsed }) =>
              dataset.label === 'images'
                ? `${parsed.y} images`
                : `confidence ${parsed.x?.toFixed(3) ?? '–'}: ${parsed.y?.toFixed(3) ?? '–'} right`,
          },
        },
      },
    },
  };
}
