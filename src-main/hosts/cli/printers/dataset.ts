/** Datasets and checks as text. Pure. */
import { CONFIG_FIELDS } from '../../../contract/config-fields.ts';
import type { DatasetSummary } from '../../../contract/schema/dataset.ts';
import type { DatasetCheck } from '../../../contract/schema/job.ts';
import { dateTime, properties, table } from './format.ts';

const SHOWN_PROBLEMS = 10;

export function formatDatasets(datasets: readonly DatasetSummary[]): string {
  if (datasets.length === 0) return 'No dataset yet. "lab data import FOLDER" adds one.';
  return table(
    ['id', 'name', 'images', 'lesions', 'classes', 'problems', 'layout', 'imported', 'folder'],
    datasets.map((dataset) => [
      String(dataset.id),
      named(dataset),
      String(dataset.imageCount),
      String(dataset.lesionCount),
      String(dataset.classes.length),
      String(dataset.problemCount),
      dataset.layout,
      dateTime(dataset.importedAt),
      dataset.root,
    ]),
  );
}

export function formatDataset(dataset: DatasetSummary): string {
  return [
    properties([
      ['Dataset', `${dataset.id} ${named(dataset)}`],
      ['Folder', dataset.root],
      ['Layout', dataset.layout],
      ['Images', `${dataset.imageCount} of ${dataset.lesionCount} lesions`],
      ['Problems', String(dataset.problemCount)],
    ]),
    classTable(dataset),
  ].join('\n\n');
}

/** @param what whose images: `the images of X`, `the images that run 1 was trained on` */
export function drawnNote(what: string): string {
  return `Note: ${what} are drawn by code, not photographs: no figure says anything about skin.`;
}

/** A synthetic set says so wherever it is named. */
export function named({ name, synthetic }: Pick<DatasetSummary, 'name' | 'synthetic'>): string {
  return synthetic ? `${name} (synthetic images)` : name;
}

function classTable({ classes, classCounts }: DatasetSummary): string {
  return table(
    ['class', 'name', 'malignant', 'images'],
    classes.map(({ code, name, malignant }, index) => [
      code,
      name,
      malignant === null ? 'not said' : malignant ? 'yes' : 'no',
      String(classCounts[index]),
    ]),
  );
}

export function formatCheck(
  dataset: DatasetSummary,
  check: DatasetCheck,
  messages: readonly string[],
): string {
  const { cleaning } = check;
  const codes = dataset.classes.map(({ code }) => code);
  const sections = [
    formatDataset(dataset),
    `Cleaning\n${properties([
      ['rows read', String(cleaning.rowsRead)],
      ...Object.entries(cleaning.removedBy).map(([rule, count]) => [ruleWords(rule), `-${count}`] as const),
      ['rows kept', String(cleaning.rowsKept)],
    ])}`,
    `Split\n${table(
      ['part', 'images', 'lesions', ...codes],
      check.parts.map((part) => [
        part.part,
        String(part.images),
        String(part.lesions),
        ...part.classCounts.map(String),
      ]),
    )}`,
    problemSection(check, messages),
    check.straddles.length === 0
      ? 'No lesion and no duplicate lies in two parts of this split.'
      : `${check.straddles.length} lesions or duplicates lie in two parts of this split.`,
    ...check.warnings.map((warning) => `Note: ${warning}`),
  ];
  return sections.join('\n\n');
}

/** `drop rows with age 0 (--drop-age-zero)`. */
function ruleWords(rule: string): string {
  const field = CONFIG_FIELDS.find(({ key }) => key === rule);
  return field ? `${field.description} (--${field.flag})` : rule;
}

function problemSection({ problems }: DatasetCheck, messages: readonly string[]): string {
  const counts = Object.entries(problems);
  if (counts.length === 0) return 'No problems found.';
  const more = messages.length - SHOWN_PROBLEMS;
  return [
    'Problems',
    ...counts.map(([kind, count]) => `  ${kind}: ${count}`),
    ...messages.slice(0, SHOWN_PROBLEMS).map((message) => `  - ${message}`),
    ...(more > 0 ? [`  … and ${more} more; --problems FILE writes all of them as CSV.`] : []),
  ].join('\n');
}
