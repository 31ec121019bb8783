/** Our figures beside the published ones. Pure. Nothing is filled in that no run has given. */
import type { PublishedResults } from '../../../contract/schema/catalogue.ts';
import type { DatasetSummary } from '../../../contract/schema/dataset.ts';
import type { RunRecord } from '../../../contract/schema/run.ts';
import { named } from './dataset.ts';
import { figure, table } from './format.ts';

export interface ComparedModel {
  readonly model: string;
  readonly published: PublishedResults | null;
  readonly outcome: 'trained' | 'weights-missing' | 'failed' | 'cancelled';
  readonly reason: string | null;
  readonly run: RunRecord | null;
  readonly losses: { readonly test: number | null; readonly validation: number | null } | null;
}

export function formatPublishedTable(dataset: DatasetSummary, compared: readonly ComparedModel[]): string {
  const beside = (ours: number | null | undefined, theirs: number | undefined) => [
    figure(ours),
    figure(theirs, 2),
  ];
  const rows = compared.map(({ model, published, run, losses }) => [
    model,
    run ? String(run.id) : '-',
    run ? String(run.config.epochs) : '-',
    published ? String(published.epochs) : '-',
    ...beside(run?.testAccuracy, published?.testAccuracy),
    figure(run?.testBalancedAccuracy),
    ...beside(run?.validationAccuracy, published?.validationAccuracy),
    ...beside(losses?.test, published?.testLoss),
    ...beside(losses?.validation, published?.validationLoss),
    run?.trainingMs ? (run.trainingMs / 60_000).toFixed(1) : '-',
    published ? String(published.minutes) : '-',
  ]);
  const head = [
    'model',
    'run',
    'epochs',
    'publ.',
    'test acc.',
    'publ.',
    'bal. acc.',
    'val. acc.',
    'publ.',
    'test loss',
    'publ.',
    'val. loss',
    'publ.',
    'minutes',
    'publ.',
  ];
  const splits = [...new Set(compared.flatMap(({ run }) => (run ? [run.config.splitMethod] : [])))];
  return [
    `Dataset: ${named(dataset)}, ${dataset.imageCount} images, split by ${splits.join(', ') || '-'}. "publ." is the published figure of the column before.`,
    table(head, rows),
    ...compared.flatMap(({ model, reason }) => (reason ? [`${model}: ${reason}`] : [])),
  ].join('\n\n');
}
