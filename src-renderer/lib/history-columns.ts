/** Columns that the history can show, and those that it does. Pure. */
import type { RUN_SORTS } from '../../src-main/contract/schema/history.ts';
import type { RunSummary } from '../../src-main/contract/schema/run.ts';
import { formatDuration, formatFraction, formatMoment, NO_FIGURE } from './format.ts';

export interface HistoryColumn {
  /** Also what it is sorted by, where it can be. */
  readonly key: string;
  readonly sortBy?: (typeof RUN_SORTS)[number];
  readonly header: string;
  readonly isNumber?: boolean;
  /** Least width in pixels. */
  readonly width: number;
  readonly grow?: number;
  readonly text: (run: RunSummary) => string;
}

type SortKey = (typeof RUN_SORTS)[number];

const column = (
  key: SortKey,
  header: string,
  width: number,
  text: (run: RunSummary) => string,
  more: Partial<HistoryColumn> = {},
): HistoryColumn => ({ key, sortBy: key, header, width, grow: 0, text, ...more });
const number = (key: SortKey, header: string, width: number, text: (run: RunSummary) => string) =>
  column(key, header, width, text, { isNumber: true });

/** "running 3/10"; of what has ended, how it ended. */
export function statusText({ status, epochsDone, epochs }: RunSummary): string {
  return status === 'running' ? `running ${epochsDone}/${epochs}` : status;
}

/** In the order in which they stand. */
export const HISTORY_COLUMNS: readonly HistoryColumn[] = [
  number('id', 'Run', 66, ({ id }) => String(id)),
  column('name', 'Name', 160, ({ name }) => name, { grow: 2 }),
  { key: 'tags', header: 'Tags', width: 100, grow: 1, text: ({ tags }) => tags.join(', ') },
  { key: 'notes', header: 'Notes', width: 140, grow: 2, text: ({ notes }) => notes.replaceAll('\n', ' ') },
  column(
    'datasetName',
    'Dataset',
    116,
    ({ datasetName, synthetic }) => (synthetic ? `${datasetName} (synthetic)` : datasetName),
    { grow: 1 },
  ),
  column('model', 'Model', 108, ({ model }) => model),
  column('status', 'Status', 106, statusText),
  number('epochsDone', 'Epochs', 70, ({ epochsDone, epochs }) => `${epochsDone}/${epochs}`),
  number('bestEpoch', 'Best epoch', 92, ({ bestEpoch }) =>
    bestEpoch === null ? NO_FIGURE : String(bestEpoch),
  ),
  number('testBalancedAccuracy', 'Bal. acc., test', 116, (run) => formatFraction(run.testBalancedAccuracy)),
  number('testAccuracy', 'Acc., test', 88, (run) => formatFraction(run.testAccuracy)),
  number('validationBalancedAccuracy', 'Bal. acc., val.', 116, (run) =>
    formatFraction(run.validationBalancedAccuracy),
  ),
  number('validationAccuracy', 'Acc., val.', 88, (run) => formatFraction(run.validationAccuracy)),
  number('trainingMs', 'Time', 80, ({ trainingMs }) => formatDuration(trainingMs)),
  column('splitMethod', 'Split', 84, ({ splitMethod }) => splitMethod),
  column('classWeights', 'Class weights', 116, ({ classWeights }) => classWeights),
  number('learningRate', 'Learning rate', 112, ({ learningRate }) => String(learningRate)),
  number('batchSize', 'Batch', 70, ({ batchSize }) => String(batchSize)),
  number('seed', 'Seed', 84, ({ seed }) => String(seed)),
  column('createdAt', 'Made', 150, ({ createdAt }) => formatMoment(createdAt)),
  column('endedAt', 'Ended', 150, ({ endedAt }) => (endedAt === null ? NO_FIGURE : formatMoment(endedAt))),
];

/** Shown until a person has chosen. */
const USUAL: readonly string[] = [
  'id',
  'name',
  'tags',
  'datasetName',
  'model',
  'status',
  'testBalancedAccuracy',
  'createdAt',
];

/** The row is opened by its name, so that is always there. */
const ALWAYS = 'name';

/** Whether a person may take a column away. */
export const isOptional = ({ key }: HistoryColumn): boolean => key !== ALWAYS;

/** @param chosen keys that were remembered; null for the usual ones; those that no column has are passed over */
export function shownColumns(chosen: readonly string[] | null): HistoryColumn[] {
  const keys = chosen ?? USUAL;
  return HISTORY_COLUMNS.filter(({ key }) => key === ALWAYS || keys.includes(key));
}

/** Keys to remember once a column is shown or taken away; null where these are the usual ones. */
export function withColumn(chosen: readonly string[] | null, key: string, isShown: boolean): string[] | null {
  const keys = shownColumns(chosen)
    .map((shown) => shown.key)
    .filter((shown) => shown !== key);
  const next = HISTORY_COLUMNS.map((known) => known.key).filter(
    (known) => keys.includes(known) || (isShown && known === key),
  );
  return next.join() === USUAL.join() ? null : next;
}
