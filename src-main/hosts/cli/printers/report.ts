/** An evaluation report as text. Pure. Balanced accuracy leads; every figure goes with its n. */
import type {
  EvaluationReport,
  LeftOutImages,
  PartReport,
  SubgroupScores,
} from '../../../contract/schema/evaluation.ts';
import { normaliseRows } from '../../../numerics/confusion.ts';
import { estimate, figure, percent, table } from './format.ts';

/** @param detailed the part that is shown class by class: `test`, or the only one */
export function formatReport(report: EvaluationReport, detailed = 'test'): string {
  const part = report.parts.find((candidate) => candidate.part === detailed) ?? report.parts.at(-1);
  const sections = [partsTable(report.parts)];
  if (part) {
    sections.push(
      `By class, ${part.part}\n${classTable(part)}`,
      `Confusion, ${part.part} (rows: true, columns: predicted; images and share of the row)\n${confusionTable(report, part)}`,
      calibrationLine(part),
    );
    if (part.melanomaSensitivity) sections.push(melanomaLine(part.melanomaSensitivity));
  }
  if (report.subgroups.length > 0) {
    sections.push(`Subgroups, ${part?.part}\n${subgroupTable(report.subgroups)}`);
  }
  if (report.leftOut) sections.push(leftOutLines(report.leftOut));
  return `${sections.join('\n\n')}\n\n95 % intervals: ${report.bootstrapSamples} bootstrap samples over lesions.`;
}

export function partsTable(parts: readonly PartReport[]): string {
  return table(
    ['part', 'images', 'lesions', 'balanced accuracy', 'accuracy', 'loss', 'macro F1', 'macro AUC'],
    parts.map((part) => [
      part.part,
      String(part.images),
      String(part.lesions),
      estimate(part.balancedAccuracy),
      estimate(part.accuracy),
      figure(part.loss),
      figure(part.macro.f1),
      figure(part.macro.rocAuc),
    ]),
  );
}

function classTable({ perClass, macro, weighted }: PartReport): string {
  const scores = (row: PartReport['macro']) => [
    figure(row.precision),
    figure(row.recall),
    figure(row.specificity),
    figure(row.f1),
    figure(row.rocAuc),
    figure(row.averagePrecision),
  ];
  return table(
    ['class', 'n', 'precision', 'recall', 'specificity', 'F1', 'AUC', 'avg. precision'],
    [
      ...perClass.map((row) => [row.code, String(row.support), ...scores(row)]),
      ['macro mean', '', ...scores(macro)],
      ['weighted mean', '', ...scores(weighted)],
    ],
  );
}

function confusionTable({ classes }: EvaluationReport, { confusion }: PartReport): string {
  const codes = classes.map(({ code }) => code);
  const shares = normaliseRows(confusion);
  return table(
    ['', ...codes],
    confusion.map((row, index) => [
      codes[index] ?? '',
      ...row.map((count, column) => `${count} ${percent(shares[index]?.[column]).padStart(5)}`),
    ]),
  );
}

function calibrationLine({ calibration, images }: PartReport): string {
  return `Calibration: ECE ${figure(calibration.ece)}, Brier ${figure(calibration.brier)} (n = ${images})`;
}

function melanomaLine(points: NonNullable<PartReport['melanomaSensitivity']>): string {
  const text = points.map(
    ({ specificity, sensitivity }) => `${figure(sensitivity)} at specificity ${figure(specificity, 2)}`,
  );
  return `Melanoma against the rest, sensitivity: ${text.join(', ')}`;
}

function subgroupTable(subgroups: readonly SubgroupScores[]): string {
  return table(
    ['variable', 'value', 'images', 'lesions', 'balanced accuracy', 'accuracy'],
    subgroups.map((row) => [
      row.variable,
      row.value,
      String(row.images),
      String(row.lesions),
      estimate(row.balancedAccuracy),
      estimate(row.accuracy),
    ]),
  );
}

function leftOutLines({ unknownClasses, unreadable }: LeftOutImages): string {
  const total = unknownClasses.reduce((sum, { images }) => sum + images, 0);
  const classes = unknownClasses.map(({ code, images }) => `${code} ${images}`).join(', ');
  return [
    ...(total > 0
      ? [`Note: ${total} images of classes that the model does not know were left out (${classes}).`]
      : []),
    ...(unreadable.length > 0
      ? [
          `Note: ${unreadable.length} images cannot be read or have changed and were left out: ${unreadable.join(', ')}.`,
        ]
      : []),
  ].join('\n');
}
