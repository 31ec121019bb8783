/**
 * How the product's cost grows with the images or the runs: training time and peak memory in a process of its own for each size, import
 * of drawn pictures, queries of a history. All of it on this machine, one size after the other.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Place } from '../scripts/setup/place.mjs';
import { workerEnvironment } from '../src-main/app/worker-environment.ts';
import { TrainingConfig } from '../src-main/contract/schema/config.ts';
import type { DatasetManifest } from '../src-main/contract/schema/dataset.ts';
import { RunPageQuery } from '../src-main/contract/schema/history.ts';
import { RunQuery } from '../src-main/contract/schema/run.ts';
import { importDataset } from '../src-main/dataset/import.ts';
import { writeSyntheticDataset } from '../src-main/dataset/synthetic/write-dataset.ts';
import { encodeJpeg } from '../src-main/preprocess/encode.ts';
import { inspectImage } from '../src-main/preprocess/inspect.ts';
import { insertDataset } from '../src-main/store/datasets.ts';
import { type Db, openDatabase } from '../src-main/store/open.ts';
import { listRunPage, listRuns } from '../src-main/store/run-list.ts';
import { insertRun, setRunResult, setRunStatus } from '../src-main/store/runs.ts';
import { FACTORS, type GrowthRow } from './growth-table.ts';
import type { TrainedSize } from './growth-training.ts';
import { median } from './rows.ts';

const TRAINED_IMAGES = 512;
const IMPORTED_IMAGES = 512;
const RUNS = 1250;
const QUERIES = 5;

/** @param isQuick an eighth of the work */
export async function measureGrowth(
  place: Pick<Place, 'cache' | 'say'>,
  scratch: string,
  isQuick: boolean,
  config: TrainingConfig,
): Promise<GrowthRow[]> {
  const part = (count: number) => (isQuick ? count / 8 : count);
  return [
    ...trainingRows(place, part(TRAINED_IMAGES), config),
    ...(await importRows(place, part(IMPORTED_IMAGES))),
    ...historyRows(place, scratch, Math.round(part(RUNS))),
  ];
}

function trainingRows({ say }: Pick<Place, 'say'>, base: number, config: TrainingConfig): GrowthRow[] {
  const trained = FACTORS.map((factor) => {
    const parameters = [join(import.meta.dirname, 'growth-training.ts'), String(base * factor)];
    const env = { ...process.env, ...workerEnvironment(config) };
    const text = execFileSync(process.execPath, parameters, { encoding: 'utf8', env });
    const size = JSON.parse(text) as TrainedSize;
    say(
      `training ${base * factor} images: ${size.seconds.toFixed(1)} s, ${(size.peakBytes / 1e6).toFixed(0)} MB`,
    );
    return size;
  });
  const what = { base: `${base} images`, note: null };
  return [
    { name: 'an epoch of mobile_net', ...what, unit: 's', values: trained.map(({ seconds }) => seconds) },
    {
      name: 'peak memory of it',
      base: what.base,
      unit: 'MB',
      values: trained.map(({ peakBytes }) => peakBytes / 1e6),
      note: 'the library takes most; an image adds its bytes',
    },
  ];
}

async function importRows({ cache, say }: Pick<Place, 'cache' | 'say'>, base: number): Promise<GrowthRow[]> {
  const values: number[] = [];
  for (const factor of FACTORS) {
    const folder = join(cache, 'bench', `growth-${base * factor}`);
    await writeSyntheticDataset({ folder, images: base * factor, encode: encodeJpeg });
    const began = performance.now();
    await importDataset({ root: folder, inspect: inspectImage });
    values.push((performance.now() - began) / 1000);
    say(`import of ${base * factor} images: ${values.at(-1)!.toFixed(2)} s`);
  }
  const note = 'near-duplicates: every pair of hashes is compared';
  return [{ name: 'import', base: `${base} images`, unit: 's', values, note }];
}

function historyRows({ say }: Pick<Place, 'say'>, scratch: string, base: number): GrowthRow[] {
  const db = openDatabase(join(scratch, 'growth.sqlite'));
  try {
    const datasetId = insertDataset(db, { manifest: smallestManifest(), importedAt: '2026-01-01T00:00:00Z' });
    const queries: Record<string, () => unknown> = {
      'history: all runs': () => listRuns(db, RunQuery.parse({})),
      'history: a page by training time': () =>
        listRunPage(db, RunPageQuery.parse({ sort: { by: 'trainingMs', descending: true } })),
      'history: a page of a search': () =>
        listRunPage(db, RunPageQuery.parse({ filter: { search: 'run 7' } })),
    };
    const values = new Map(Object.keys(queries).map((name) => [name, [] as number[]]));
    let stored = 0;
    for (const factor of FACTORS) {
      addRuns(db, datasetId, stored, base * factor);
      stored = base * factor;
      for (const [name, query] of Object.entries(queries)) values.get(name)!.push(medianMs(query));
      say(`history of ${stored} runs measured`);
    }
    return [...values].map(([name, times]) => ({
      name,
      base: `${base} runs`,
      unit: 'ms',
      values: times,
      note: null,
    }));
  } finally {
    db.close();
  }
}

function medianMs(query: () => unknown): number {
  query();
  return median(
    Array.from({ length: QUERIES }, () => {
      const began = performance.now();
      query();
      return performance.now() - began;
    }),
  );
}

function addRuns(db: Db, datasetId: number, from: number, to: number): void {
  const at = '2026-01-01T00:00:00Z';
  const models = ['mobile_net', 'res_net', 'cnn1'];
  db.transaction(() => {
    for (let index = from; index < to; index++) {
      const config = TrainingConfig.parse({ model: models[index % models.length], seed: index });
      const id = insertRun(db, {
        name: `run ${index}`,
        datasetId,
        datasetHash: '0'.repeat(64),
        config,
        createdAt: at,
      });
      setRunStatus(db, id, { to: 'running', at });
      setRunResult(db, id, {
        epochsDone: 50,
        bestEpoch: 1 + (index % 50),
        trainingMs: 1000 * index,
        report: null,
      });
      setRunStatus(db, id, { to: 'completed', at });
    }
  })();
}

function smallestManifest(): DatasetManifest {
  const image = (index: number): DatasetManifest['images'][number] => ({
    imageId: `image-${index}`,
    path: `image-${index}.jpg`,
    classIndex: index,
    lesionId: `lesion-${index}`,
    ageYears: null,
    sex: null,
    site: null,
    dxType: null,
    widthPx: 600,
    heightPx: 450,
    contentHash: String(index).repeat(64),
    perceptualHash: '0'.repeat(16),
  });
  return {
    formatVersion: 1,
    name: 'growth',
    root: '/growth',
    layout: 'folder-per-class',
    synthetic: true,
    classes: ['mel', 'nv'].map((code) => ({ code, name: code, malignant: code === 'mel' })),
    images: [image(0), image(1)],
    columns: [],
    problems: [],
    hash: '0'.repeat(64),
  };
}
