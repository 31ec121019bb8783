/** An evaluation report as text. Pure. Balanced accuracy leads; every figure goes with its n. */
import { withInterval } from '../../../contract/figures.ts';
import { leftOutNotes } from '../../../contract/report-notes.ts';
import type { EvaluationReport, PartReport, SubgroupScores } from '../../../contract/schema/evaluation.ts';
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
    if (part.melanomaSensitivity) sections.push(melanomaLines(part.melanomaSensitivity, part.intervals));
  }
  if (report.subgroups.length > 0) {
    sections.push(`Subgroups, ${part?.part}\n${subgroupTable(report.subgroups)}`);
  }
  sections.push(...leftOutLines(report));
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
      estimate(withInterval(part.macro.f1, part.intervals?.macro.f1)),
      estimate(withInterval(part.macro.rocAuc, part.intervals?.macro.rocAuc)),
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
      ...perClass.map((row) => [
        row.code,
        String(row.support),
        ...scores(row).with(1, estimate(withInterval(row.recall, row.recallInterval))),
      ]),
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

function calibrationLine({ loss, calibration, intervals, images }: PartReport): string {
  const figures = [
    `loss ${estimate(withInterval(loss, intervals?.loss))}`,
    `ECE ${estimate(withInterval(calibration.ece, intervals?.ece))}`,
    `Brier ${estimate(withInterval(calibration.brier, intervals?.brier))}`,
  ];
  return `Calibration: ${figures.join(', ')} (n = ${images})`;
}

function melanomaLines(
  points: NonNullable<PartReport['melanomaSensitivity']>,
  intervals: PartReport['intervals'],
): string {
  const text = points.map(({ specificity, sensitivity }, index) => {
    const found = withInterval(sensitivity, intervals?.melanomaSensitivity[index]);
    return `${estimate(found)} at specificity ${figure(specificity, 2)}`;
  });
  return `Melanoma against the rest, sensitivity\n${text.join('\n')}`;
}

function subgroupTable(subgroups: readonly SubgroupScores[]): string {
  return table(
    ['variable', 'value', 'images', 'lesions', 'balanced accuracy', 'accuracy', 'macro AUC', 'ECE', 'loss'],
    subgroups.map((row) => [
      row.variable,
      row.value,
      String(row.images),
      String(row.lesions),
      estimate(row.balancedAccuracy),
      estimate(row.accuracy),
      figure(row.macro?.rocAuc ?? null),
      figure(row.calibration?.ece ?? null),
      figure(row.loss),
    ]),
  );
}

/** Nothing where every image was tested. */
function leftOutLines(report: EvaluationReport): string[] {
  const notes = leftOutNotes(report).map((note) => `Note: ${note}`);
  const unreadable = report.leftOut?.unreadable ?? [];
  if (unreadable.length > 0) notes.push(`Not read: ${unreadable.join(', ')}`);
  return notes.length > 0 ? [notes.join('\n')] : [];
}
