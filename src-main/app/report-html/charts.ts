/** The charts of a saved report: ROC, precision-recall, calibration, training. Pure. */
import type { BinaryQuestion } from '../../contract/binary-questions.ts';
import { classSeries } from '../../contract/class-series.ts';
import type { PartReport, Prediction } from '../../contract/schema/evaluation.ts';
import type { EpochRecord, EpochScores } from '../../contract/schema/run.ts';
import { precisionRecallPoints, rocPoints } from '../../numerics/curve-points.ts';
import { groupedScores } from '../../numerics/operating-point.ts';
import { areaUnder, averagePrecisionOf, operatingPoints } from '../../numerics/ranking.ts';
import { count, fraction } from './figures.ts';
import { type Html, html } from './html.ts';
import { type Plot, svgChart } from './svg-chart.ts';

/** Lines of a chart that has a legend: colour, name, figures. */
interface LegendEntry {
  readonly colour: string;
  readonly text: string;
}

/** @param predictions labelled ones of one part */
export function rankingCharts(
  questions: readonly BinaryQuestion[],
  predictions: readonly Prediction[],
): Html {
  const data = labelledRows(predictions);
  const curves = questions.map((question, index) => {
    const scores = groupedScores(data, question.isPositive);
    const positives = scores.positive.filter(Boolean).length;
    const points = operatingPoints(scores);
    return {
      question,
      colour: colourOf(questions, index),
      // it may lie on the curve of the only malignant class
      dashed: question.id === 'malignant',
      points: positives === 0 || positives === scores.positive.length ? [] : points,
      auc: areaUnder(points),
      averagePrecision: averagePrecisionOf(points),
      positives,
    };
  });
  const drawn = curves.filter(({ points }) => points.length > 0);
  const shape = { x: [0, 1], y: [0, 1] } as const;
  return html`<div class="charts">${chart(
    {
      ...shape,
      title: 'ROC curves',
      xTitle: '1 − specificity',
      yTitle: 'sensitivity',
      diagonal: true,
      series: drawn.map(({ question, colour, dashed, points }) => ({
        label: question.title,
        colour,
        dashed,
        points: rocPoints(points),
      })),
    },
    curves.map(({ question, colour, auc, positives }) => ({
      colour,
      text: `${question.title}: AUC ${fraction(auc)}, n = ${count(positives)}`,
    })),
  )}${chart(
    {
      ...shape,
      title: 'Precision-recall curves',
      xTitle: 'sensitivity (recall)',
      yTitle: 'precision (PPV)',
      series: drawn.map(({ question, colour, dashed, points }) => ({
        label: question.title,
        colour,
        dashed,
        stepped: true,
        points: precisionRecallPoints(points),
      })),
    },
    curves.map(({ question, colour, averagePrecision: average, positives }) => ({
      colour,
      text: `${question.title}: average precision ${fraction(average)}, n = ${count(positives)}`,
    })),
  )}</div>`;
}

export function calibrationChart({ calibration }: PartReport): Html {
  const points = calibration.bins.flatMap(({ meanConfidence, accuracy }) =>
    meanConfidence === null || accuracy === null ? [] : [{ x: meanConfidence, y: accuracy }],
  );
  return chart(
    {
      title: 'Calibration diagram',
      xTitle: 'mean confidence of the bin',
      yTitle: 'share that is right',
      x: [0, 1],
      y: [0, 1],
      diagonal: true,
      series: [{ label: 'bins', colour: 'var(--accent)', points, dots: true }],
    },
    [],
  );
}

const MEASURES: readonly [keyof EpochScores, string][] = [
  ['loss', 'Loss'],
  ['accuracy', 'Accuracy'],
  ['balancedAccuracy', 'Balanced accuracy'],
];

export function trainingCharts(epochs: readonly EpochRecord[]): Html {
  const best = epochs.findLast((epoch) => epoch.best);
  const last = Math.max(2, epochs.length);
  return html`<div class="charts">${MEASURES.map(([measure, title]) => {
    const train = epochs.map((epoch) => ({ x: epoch.epoch, y: epoch.train[measure] }));
    const validation = epochs.map((epoch) => ({ x: epoch.epoch, y: epoch.validation?.[measure] ?? null }));
    const largest = [...train, ...validation].reduce((most, { y }) => Math.max(most, y ?? 0), 0);
    return chart(
      {
        title,
        xTitle: 'epoch',
        yTitle: title.toLowerCase(),
        x: [1, last],
        y: [0, measure === 'loss' ? largest || 1 : 1],
        wide: true,
        mark: best ? { x: best.epoch, text: 'best' } : null,
        series: [
          { label: 'train', colour: 'var(--ink-3)', points: train, dashed: true },
          { label: 'validation', colour: 'var(--accent)', points: validation },
        ],
      },
      [
        { colour: 'var(--ink-3)', text: 'train (dashed)' },
        { colour: 'var(--accent)', text: 'validation' },
      ],
    );
  })}</div>`;
}

/** Predictions of a labelled part, as numerics reads them; one without a diagnosis is left out. */
export function labelledRows(predictions: readonly Prediction[]) {
  const labelled = predictions.filter(({ trueClass }) => trueClass !== null);
  return {
    rows: labelled.map(({ probabilities }) => probabilities),
    trueClasses: labelled.map(({ trueClass }) => trueClass!),
  };
}

/** The questions of the classes come in the order of the classes. */
function colourOf(questions: readonly BinaryQuestion[], index: number): string {
  const classes = questions.map(({ positive }) => ({ code: positive }));
  return questions[index]?.id === 'malignant' ? 'var(--ink)' : `var(--series-${classSeries(classes, index)})`;
}

function chart(plot: Plot, legend: readonly LegendEntry[]): Html {
  const entries = legend.map(
    ({ colour, text }) => html`<li><span class="swatch" style="background:${colour}"></span>${text}</li>`,
  );
  return html`<figure><figcaption>${plot.title}</figcaption>${svgChart(plot)}${entries.length > 0 ? html`<ul class="legend">${entries}</ul>` : null}</figure>`;
}
