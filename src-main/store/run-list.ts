/**
 * Lists of runs: all, or a page of those that a filter lets through. Runs in the host. The wide rows are read for the runs of the
 * page alone; finding and counting them goes over the indexes of migrations 50 and 90.
 */
import type {
  RUN_SORTS,
  RunFacets,
  RunFilter,
  RunPage,
  RunPageQuery,
  RunSort,
} from '../contract/schema/history.ts';
import type { RunQuery, RunSummary } from '../contract/schema/run.ts';
import type { Db } from './open.ts';

const ORDERS: Readonly<Record<RunQuery['order'], string>> = {
  newest: 'runs.id DESC',
  'test-balanced-accuracy': 'test_balanced_accuracy DESC NULLS LAST, runs.id DESC',
  'validation-balanced-accuracy': 'validation_balanced_accuracy DESC NULLS LAST, runs.id DESC',
};

/** Headlines of runs; ten thousand are read in a few hundredths of a second. */
export function listRuns(db: Db, query: RunQuery): RunSummary[] {
  const conditions = [
    query.model === undefined ? null : 'model = @model',
    query.datasetId === undefined ? null : 'dataset_id = @datasetId',
    query.status === undefined ? null : 'status = @status',
    query.starred === undefined ? null : 'starred = @starred',
  ].filter((condition) => condition !== null);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return db
    .prepare<[object], SummaryRow>(`${SELECT_SUMMARY} ${where} ORDER BY ${ORDERS[query.order]} LIMIT @limit`)
    .all({ ...query, starred: query.starred ? 1 : 0, limit: query.limit ?? -1 })
    .map(toSummary);
}

/** Where undefined figures go last whichever way it is sorted. */
const FIGURES: readonly (typeof RUN_SORTS)[number][] = [
  'bestEpoch',
  'testBalancedAccuracy',
  'testAccuracy',
  'validationBalancedAccuracy',
  'validationAccuracy',
  'trainingMs',
  'endedAt',
];

const SORTED_BY: Readonly<Record<(typeof RUN_SORTS)[number], string>> = {
  id: 'runs.id',
  name: 'name_key',
  datasetName: '(SELECT name FROM datasets WHERE datasets.id = dataset_id) COLLATE NOCASE',
  model: 'model',
  status: 'status',
  createdAt: 'created_at',
  endedAt: 'ended_at',
  epochsDone: 'epochs_done',
  bestEpoch: 'best_epoch',
  testBalancedAccuracy: 'test_balanced_accuracy',
  testAccuracy: 'test_accuracy',
  validationBalancedAccuracy: 'validation_balanced_accuracy',
  validationAccuracy: 'validation_accuracy',
  trainingMs: 'training_ms',
  splitMethod: 'split_method',
  classWeights: 'class_weights',
  learningRate: 'learning_rate',
  batchSize: 'batch_size',
  seed: 'seed',
  epochs: 'epochs',
  starred: 'starred',
};

/** One page of the runs that the filter lets through, and how many there are in all. */
export function listRunPage(db: Db, { filter, sort, offset, limit }: RunPageQuery): RunPage {
  const { where, parameters } = conditionsOf(filter);
  const total = db.prepare<[object], number>(`SELECT count(*) FROM runs ${where}`).pluck().get(parameters)!;
  const runs = db
    .prepare<[object], SummaryRow>(
      `${SELECT_SUMMARY}
       JOIN (SELECT runs.id AS page_id, row_number() OVER () AS place FROM (
               SELECT runs.id FROM runs ${where} ORDER BY ${orderOf(sort)} LIMIT @limit OFFSET @offset
             ) AS runs) ON page_id = runs.id
       ORDER BY place`,
    )
    .all({ ...parameters, limit, offset })
    .map(toSummary);
  return { total, offset, runs };
}

/** Numbers of all runs that the filter lets through, in the order of the sort. */
export function listRunIds(db: Db, filter: RunFilter, sort: RunSort): number[] {
  const { where, parameters } = conditionsOf(filter);
  return db
    .prepare<[object], number>(`SELECT runs.id FROM runs ${where} ORDER BY ${orderOf(sort)}`)
    .pluck()
    .all(parameters);
}

export function listRunFacets(db: Db): RunFacets {
  const texts = (sql: string) => db.prepare<[], string>(sql).pluck().all();
  return {
    total: db.prepare<[], number>('SELECT count(*) FROM runs').pluck().get()!,
    models: texts('SELECT DISTINCT model FROM runs ORDER BY model'),
    datasets: db
      .prepare<[], { id: number; name: string }>(
        'SELECT id, name FROM datasets WHERE id IN (SELECT dataset_id FROM runs) ORDER BY name',
      )
      .all(),
    tags: texts(
      "SELECT DISTINCT value FROM runs, json_each(tags) WHERE tags <> '[]' ORDER BY value COLLATE NOCASE",
    ),
  };
}

function orderOf({ by, descending }: RunSort): string {
  const direction = descending ? 'DESC' : 'ASC';
  const last = FIGURES.includes(by) ? ' NULLS LAST' : '';
  return `${SORTED_BY[by]} ${direction}${last}, runs.id ${direction}`;
}

function conditionsOf(filter: RunFilter): { where: string; parameters: Record<string, unknown> } {
  const words = filter.search.split(/\s+/).filter((word) => word !== '');
  const conditions = [
    ...Object.entries(CONDITIONS).flatMap(([key, sql]) =>
      filter[key as keyof typeof CONDITIONS] === undefined ? [] : [sql],
    ),
    ...words.map((_, index) => wordCondition(`@word${index}`, `@number${index}`)),
  ];
  const parameters: Record<string, unknown> = { ...filter, starred: filter.starred ? 1 : 0 };
  words.forEach((word, index) => {
    parameters[`word${index}`] = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    parameters[`number${index}`] = /^\d{1,15}$/.test(word) ? Number(word) : null;
  });
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', parameters };
}

const CONDITIONS = {
  status: 'status = @status',
  model: 'model = @model',
  datasetId: 'dataset_id = @datasetId',
  splitMethod: 'split_method = @splitMethod',
  tag: "runs.id IN (SELECT runs.id FROM runs, json_each(tags) WHERE tags <> '[]' AND value = @tag)",
  starred: 'starred = @starred',
  createdFrom: 'created_at >= @createdFrom',
  createdBefore: 'created_at < @createdBefore',
} as const;

/** In a query of its own, so that it is answered from the index of the searched columns. */
function wordCondition(word: string, number: string): string {
  const columns = ['name', 'notes', 'tags', 'model'];
  const matches = columns.map((column) => `${column} LIKE ${word} ESCAPE '\\'`).join(' OR ');
  return `runs.id IN (SELECT id FROM runs WHERE ${matches} OR id = ${number})`;
}

const SELECT_SUMMARY = `
  SELECT runs.id, runs.name, dataset_id AS datasetId, datasets.name AS datasetName, synthetic, model,
         split_method AS splitMethod, class_weights AS classWeights, learning_rate AS learningRate,
         batch_size AS batchSize, seed, status, created_at AS createdAt, ended_at AS endedAt, epochs,
         epochs_done AS epochsDone, best_epoch AS bestEpoch, test_balanced_accuracy AS testBalancedAccuracy,
         test_accuracy AS testAccuracy, validation_balanced_accuracy AS validationBalancedAccuracy,
         validation_accuracy AS validationAccuracy, training_ms AS trainingMs, notes, tags, starred
  FROM runs JOIN datasets ON datasets.id = dataset_id`;

type SummaryRow = Omit<RunSummary, 'synthetic' | 'starred' | 'tags'> & {
  synthetic: number;
  starred: number;
  tags: string;
};

function toSummary(row: SummaryRow): RunSummary {
  return {
    ...row,
    synthetic: row.synthetic === 1,
    starred: row.starred === 1,
    tags: JSON.parse(row.tags),
  };
}
