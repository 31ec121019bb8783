/** The tables of a saved report that an evaluation gives. Pure. */

import type { BinaryQuestion } from '../../contract/binary-questions.ts';
import { classSeries } from '../../contract/class-series.ts';
import type { ClassInfo } from '../../contract/schema/dataset.ts';
import type {
  Estimate,
  Interval,
  PartReport,
  Prediction,
  SubgroupScores,
} from '../../contract/schema/evaluation.ts';
import { mistakesByConfidence } from '../../numerics/mistakes.ts';
import { binaryCounts, binaryRates, groupedScores } from '../../numerics/operating-point.ts';
import { labelledRows } from './charts.ts';
import { count, estimate, fraction, interval, withInterval } from './figures.ts';
import { type Html, type HtmlValue, html } from './html.ts';

/** The first column is text, the others are numbers. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly HtmlValue[])[],
): Html {
  return html`<table><caption>${caption}</caption>
<thead><tr>${head.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      first,
      ...others
    ]) => html`<tr><th scope="row">${first ?? ''}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table>`;
}

export function classLabel(classes: readonly ClassInfo[], index: number): Html {
  const { code, name, malignant } = classes[index]!;
  return html`<span class="swatch" style="background:var(--series-${classSeries(classes, index)})"></span><b title="${name}">${code}</b>${malignant ? html` <span title="malignant">▲</span>` : null}`;
}

export function headlineTable(part: PartReport): Html {
  const { macro, calibration, intervals } = part;
  const row = (name: string, value: number | null, around: Interval | undefined) => [
    name,
    estimate(withInterval(value, around)),
  ];
  return table(
    `Figures of the ${part.part} part with 95 % intervals`,
    ['', 'value (95 % interval)'],
    [
      ['Balanced accuracy', estimate(part.balancedAccuracy)],
      ['Accuracy', estimate(part.accuracy)],
      row('Loss', part.loss, intervals?.loss),
      row('F1, mean of classes', macro.f1, intervals?.macro.f1),
      row('ROC AUC, mean of classes', macro.rocAuc, intervals?.macro.rocAuc),
      row('Average precision, mean of classes', macro.averagePrecision, intervals?.macro.averagePrecision),
      row('Expected calibration error, 15 bins', calibration.ece, intervals?.ece),
      row('Brier score (0 to 2)', calibration.brier, intervals?.brier),
    ],
  );
}

export function confusionTable(classes: readonly ClassInfo[], { confusion, part }: PartReport): Html {
  const rows = confusion.map((row, index) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return html`<tr><th scope="row">${classLabel(classes, index)}</th>${row.map((value) => {
      const share = total === 0 ? null : value / total;
      return html`<td style="--share:${(share ?? 0).toFixed(3)}"><b>${count(value)}</b><small>${fraction(share)}</small></td>`;
    })}<td class="total">${count(total)}</td></tr>
`;
  });
  return html`<table class="matrix"><caption>Confusion matrix, ${part}. Rows: true class. Columns: predicted class. Each cell: images, and their share of the row.</caption>
<thead><tr><td></td>${classes.map((_, index) => html`<th scope="col">${classLabel(classes, index)}</th>`)}<th scope="col">n</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

export function classTable(classes: readonly ClassInfo[], part: PartReport): Html {
  const { perClass, macro, weighted, balancedAccuracy, intervals } = part;
  type Intervals = Partial<Record<keyof PartReport['macro'], Interval>>;
  const cells = (scores: PartReport['macro'], among: Intervals, recall: Estimate) => [
    recall,
    withInterval(scores.specificity, among.specificity),
    withInterval(scores.precision, among.precision),
    withInterval(scores.f1, among.f1),
    withInterval(scores.rocAuc, among.rocAuc),
    withInterval(scores.averagePrecision, among.averagePrecision),
  ];
  const written = (estimates: readonly Estimate[]) =>
    estimates.map((found) => html`${fraction(found.value)} <small>${interval(found)}</small>`);
  return table(
    `Each class against the rest, ${part.part}; 95 % intervals in brackets`,
    ['class', 'n', 'sensitivity', 'specificity', 'precision', 'F1', 'AUC', 'average precision'],
    [
      ...perClass.map((row, index) => {
        const recall = withInterval(row.recall, row.recallInterval);
        return [
          classLabel(classes, index),
          count(row.support),
          ...written(cells(row, intervals?.perClass[index] ?? {}, recall)),
        ];
      }),
      ['mean of classes', '', ...written(cells(macro, intervals?.macro ?? {}, balancedAccuracy))],
      [
        'mean weighted by n',
        '',
        ...written(
          cells(
            weighted,
            intervals?.weighted ?? {},
            withInterval(weighted.recall, intervals?.weighted.recall),
          ),
        ),
      ],
    ],
  );
}

export const SHOWN_THRESHOLD = 0.5;

/** What "at least 0.5" does for each question. */
export function thresholdTable(
  questions: readonly BinaryQuestion[],
  predictions: readonly Prediction[],
): Html {
  const data = labelledRows(predictions);
  const rows = questions.map(({ title, isPositive }) => {
    const counts = binaryCounts(groupedScores(data, isPositive), SHOWN_THRESHOLD);
    const { sensitivity, specificity, ppv, npv } = binaryRates(counts);
    return [
      title,
      ...[counts.truePositives, counts.falseNegatives, counts.falsePositives, counts.trueNegatives].map(
        count,
      ),
      ...[sensitivity, specificity, ppv, npv].map(fraction),
    ];
  });
  return table(
    `Called positive at a probability of at least ${SHOWN_THRESHOLD}`,
    [
      'question',
      'true pos.',
      'false neg.',
      'false pos.',
      'true neg.',
      'sensitivity',
      'specificity',
      'PPV',
      'NPV',
    ],
    rows,
  );
}

export function calibrationTable({ calibration, part }: PartReport): Html {
  return table(
    `Bins of the calibration diagram, ${part}`,
    ['confidence', 'n', 'mean confidence', 'share that is right'],
    calibration.bins
      .filter((bin) => bin.count > 0)
      .map((bin) => [
        `${bin.low.toFixed(2)}–${bin.high.toFixed(2)}`,
        count(bin.count),
        fraction(bin.meanConfidence),
        fraction(bin.accuracy),
      ]),
  );
}

const VARIABLES: Readonly<Record<SubgroupScores['variable'], string>> = {
  sex: 'Sex',
  age: 'Age, years',
  site: 'Site',
  'dx-type': 'How the diagnosis was made',
};

export function subgroupTable(subgroups: readonly SubgroupScores[], part: string): Html {
  return table(
    `Subgroups of the ${part} part`,
    ['group', 'n images', 'n lesions', 'balanced accuracy', 'accuracy', 'mean AUC', 'ECE', 'loss'],
    subgroups.map((row) => [
      `${VARIABLES[row.variable]}: ${row.value}`,
      count(row.images),
      count(row.lesions),
      estimate(row.balancedAccuracy),
      estimate(row.accuracy),
      fraction(row.macro?.rocAuc),
      fraction(row.calibration?.ece),
      fraction(row.loss),
    ]),
  );
}

export const SHOWN_MISTAKES = 20;

export function mistakesTable(
  classes: readonly ClassInfo[],
  predictions: readonly Prediction[],
): Html | null {
  const labelled = predictions.filter(({ trueClass }) => trueClass !== null);
  const mistakes = mistakesByConfidence(labelledRows(labelled));
  if (mistakes.length === 0) return null;
  const label = (index: number) => classLabel(classes, index);
  return table(
    `The ${Math.min(SHOWN_MISTAKES, mistakes.length)} surest of ${count(mistakes.length)} mistakes`,
    ['image', 'true class', 'predicted', 'probability of it', 'probability of the true class'],
    mistakes
      .slice(0, SHOWN_MISTAKES)
      .map(({ index, trueClass, predictedClass, confidence }) => [
        labelled[index]!.imageId,
        label(trueClass),
        label(predictedClass),
        fraction(confidence),
        fraction(labelled[index]!.probabilities[trueClass]),
      ]),
  );
}
