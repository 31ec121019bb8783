/** What a person may ask of a run before it begins: its speed, and how its images are augmented. Runs in the host. */
import { randomUUID } from 'node:crypto';
import type { ApiContract } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { DatasetImage } from '../contract/schema/dataset.ts';
import type { RunSpeed } from '../contract/schema/experiment.ts';
import { keptVersions } from '../numerics/augmentation.ts';
import { createRandom } from '../numerics/random.ts';
import type { Handlers } from '../rpc/server.ts';
import { getManifest } from '../store/datasets.ts';
import { type LikeRun, listLikeRuns } from '../store/run-costs.ts';
import type { Assets } from './assets.ts';
import type { Catalogue } from './catalogue.ts';
import { type AppContext, runJob, weightFolders } from './context.ts';
import type { RunQueue } from './run-queue.ts';
import { resolveConfig } from './training-config.ts';

type ExperimentProcedure = 'experiment.speed' | 'experiment.measure' | 'experiment.augment';

export interface ExperimentServices {
  readonly catalogue: Catalogue;
  readonly queue: RunQueue;
  readonly assets: Assets;
}

const MOST_LIKE_RUNS = 5;

export function experimentHandlers(
  context: AppContext,
  { catalogue, queue, assets }: ExperimentServices,
): Pick<Handlers<ApiContract>, ExperimentProcedure> {
  return {
    'experiment.speed': async (request) => {
      const config = resolveConfig(await catalogue.models(), request);
      const isLike = (other: TrainingConfig) => keepsFrozenValues(other) === keepsFrozenValues(config);
      const runs = listLikeRuns(context.db, config, isLike, MOST_LIKE_RUNS);
      return speedOfLikeRuns(runs, keepsFrozenValues(config));
    },
    'experiment.measure': async (request, { signal }) => {
      if (queue.state().active) {
        throw new AppError(
          'conflict',
          'A run is training, and beside it no speed can be measured. Wait until it has ended.',
        );
      }
      const config = resolveConfig(await catalogue.models(), request);
      return measure(context, request.datasetId, config, signal);
    },
    'experiment.augment': async (request, { signal }) => {
      const config = resolveConfig(await catalogue.models(), request);
      return augment(context, assets, { ...request, config }, signal);
    },
  };
}

/** Whether epochs take what the frozen layers give from where it is kept, which makes them much faster. */
const keepsFrozenValues = (config: TrainingConfig): boolean =>
  config.trainableLayers !== 'all' && keptVersions(config, config.epochs) > 0;

/** Means over runs that are alike; null where there is none. @param keeps whether these keep what their frozen layers give */
export function speedOfLikeRuns(runs: readonly LikeRun[], keeps: boolean): RunSpeed | null {
  if (runs.length === 0) return null;
  const whole = runs.flatMap(({ wholeEpochMs, trainImages }) =>
    wholeEpochMs === null ? [] : [wholeEpochMs / trainImages],
  );
  const peaks = runs.flatMap(({ peakResidentBytes }) => peakResidentBytes ?? []);
  return {
    source: 'runs',
    runIds: runs.map(({ runId }) => runId),
    imagesPerSecond: mean(runs.map(({ imagesPerSecond }) => imagesPerSecond))!,
    wholeMsPerImage: mean(whole),
    prepareMsPerImage: keeps ? null : 0,
    predictMsPerImage: null,
    residentBytes: peaks.length > 0 ? Math.max(...peaks) : null,
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function measure(
  context: AppContext,
  datasetId: number,
  config: TrainingConfig,
  signal: AbortSignal,
): Promise<RunSpeed> {
  const job = {
    manifest: getManifest(context.db, datasetId),
    config,
    modelFile: config.modelFile,
    folders: { cache: context.folder.cache, weights: weightFolders(context) },
  };
  const speed = await runJob(
    context,
    (worker) => worker.call('experiment.measure', job, { signal }),
    signal,
    config,
  );
  return { source: 'measured', runIds: [], wholeMsPerImage: null, ...speed };
}

async function augment(
  context: AppContext,
  assets: Assets,
  request: { datasetId: number; images: number; versions: number; draw: number; config: TrainingConfig },
  signal: AbortSignal,
) {
  const { config, versions, draw } = request;
  const { root, images } = getManifest(context.db, request.datasetId);
  const job = {
    root,
    images: someOfEachClass(images, request.images, draw),
    config,
    versions,
    seed: draw,
    folders: { cache: context.folder.cache, output: assets.workplace() },
    prefix: randomUUID(),
  };
  const made = await runJob(context, (worker) => worker.call('experiment.augment', job, { signal }), signal);
  const idOf = assets.exhibit(made.flatMap(({ original, versions: files }) => [original, ...files]));
  return made.map(({ original, versions: files, ...image }) => ({
    ...image,
    original: idOf.get(original)!,
    versions: files.map((file) => idOf.get(file)!),
  }));
}

/** `count` images of as many classes as there are, others at each draw. */
function someOfEachClass(images: readonly DatasetImage[], count: number, draw: number): DatasetImage[] {
  const shuffled = createRandom(draw).shuffle(images);
  const first = [...new Set(shuffled.map(({ classIndex }) => classIndex))].map(
    (wanted) => shuffled.find(({ classIndex }) => classIndex === wanted)!,
  );
  return [...new Set([...first, ...shuffled])].slice(0, count);
}
