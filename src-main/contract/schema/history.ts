/** Questions about the whole history: a page of it, what it can be narrowed by, seeds of one configuration, a setting against a figure. Pure (zod only). */
import { z } from 'zod';
import { TrainingConfig } from './config.ts';
import { RunStatus, RunSummary } from './run.ts';

const id = z.number().int().positive();
const count = z.number().int().nonnegative();

/** Which runs; everything left out means all of them. */
export const RunFilter = z.object({
  /** Words that must all be found in name, notes, tags or model, or be the run's number; without regard to case. */
  search: z.string().default(''),
  status: RunStatus.optional(),
  model: z.string().optional(),
  datasetId: id.optional(),
  splitMethod: TrainingConfig.shape.splitMethod.unwrap().optional(),
  tag: z.string().optional(),
  starred: z.boolean().optional(),
  /** Made at this time or later, before that one (ISO 8601). */
  createdFrom: z.string().optional(),
  createdBefore: z.string().optional(),
});
export type RunFilter = z.infer<typeof RunFilter>;

/** By what the history can be sorted: keys of RunSummary. */
export const RUN_SORTS = [
  'id',
  'name',
  'datasetName',
  'model',
  'status',
  'createdAt',
  'endedAt',
  'epochsDone',
  'bestEpoch',
  'testBalancedAccuracy',
  'testAccuracy',
  'validationBalancedAccuracy',
  'validationAccuracy',
  'trainingMs',
  'splitMethod',
  'classWeights',
  'learningRate',
  'batchSize',
  'seed',
  'epochs',
  'starred',
] as const;
export const RunSort = z.object({ by: z.enum(RUN_SORTS), descending: z.boolean() });
export type RunSort = z.infer<typeof RunSort>;

export const LARGEST_PAGE = 500;

export const RunPageQuery = z.object({
  filter: RunFilter.prefault({}),
  sort: RunSort.default({ by: 'createdAt', descending: true }),
  offset: count.default(0),
  limit: z.number().int().positive().max(LARGEST_PAGE).default(LARGEST_PAGE),
});
export type RunPageQuery = z.infer<typeof RunPageQuery>;

export const RunPage = z.object({
  /** Of all runs that the filter lets through. */
  total: count,
  offset: count,
  runs: z.array(RunSummary),
});
export type RunPage = z.infer<typeof RunPage>;

/** What there is to narrow by. */
export const RunFacets = z.object({
  /** Runs in all. */
  total: count,
  models: z.array(z.string()),
  datasets: z.array(z.object({ id, name: z.string() })),
  tags: z.array(z.string()),
});
export type RunFacets = z.infer<typeof RunFacets>;

/** What deleting these runs would free; `busy` are queued or running and cannot be deleted. */
export const RunsStorage = z.object({ bytes: count, busy: z.array(id) });
export type RunsStorage = z.infer<typeof RunsStorage>;

/** Completed runs of one dataset whose configurations differ in nothing but the seed. */
export const SeedGroup = z.object({
  runs: z.array(
    RunSummary.pick({
      id: true,
      name: true,
      seed: true,
      testBalancedAccuracy: true,
      testAccuracy: true,
      validationBalancedAccuracy: true,
      validationAccuracy: true,
    }),
  ),
});
export type SeedGroup = z.infer<typeof SeedGroup>;

/** A completed run as a point: one of its settings, and its figures. */
export const SettingPoint = z.object({
  id,
  name: z.string(),
  model: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  testBalancedAccuracy: z.number().nullable(),
  testAccuracy: z.number().nullable(),
  validationBalancedAccuracy: z.number().nullable(),
  validationAccuracy: z.number().nullable(),
});
export type SettingPoint = z.infer<typeof SettingPoint>;

/** Runs packed into one file. */
export const PackedRuns = z.object({
  path: z.string(),
  /** By which a window of a browser downloads the file; null where it lies at a path of a person's choice. */
  asset: z.string().nullable(),
  bytes: count,
  runs: z.array(id),
});
export type PackedRuns = z.infer<typeof PackedRuns>;

/** Runs taken out of such a file. */
export const UnpackedRuns = z.object({
  runs: z.array(z.object({ id, name: z.string() })),
  /** Names of those that were left out, since they are here already. */
  skipped: z.array(z.string()),
  /** Datasets that are not on this machine: figures can be read, pictures and training wait for their import. */
  absentDatasets: z.array(z.string()),
});
export type UnpackedRuns = z.infer<typeof UnpackedRuns>;
