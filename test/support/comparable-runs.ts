/** Three completed runs with reports, curves, predictions and a file each, made by the store: two seeds of one configuration and another rate. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Prediction } from '../../src-main/contract/schema/evaluation.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { recordEpoch } from '../../src-main/store/epochs.ts';
import { insertEvaluation } from '../../src-main/store/evaluations.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { insertRun, setRunResult, setRunStatus } from '../../src-main/store/runs.ts';
import { setRunSplit } from '../../src-main/store/splits.ts';
import { sampleConfig, sampleEpoch, sampleManifest, sampleReport } from '../store/samples.ts';

const IMAGES = 40;
const MADE = '2026-01-01T00:00:00.000Z';
const RUNS = [
  { seed: 1, learningRate: 0.001, figure: 0.9, wrong: [0, 4, 8] },
  { seed: 2, learningRate: 0.001, figure: 1, wrong: [] },
  { seed: 1, learningRate: 0.1, figure: 0.75, wrong: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
] as const;

/** Runs "comparable 1" to "comparable 3", tested on forty images of two classes, each of a lesion of its own. */
export function storeComparableRuns(dataFolder: string): void {
  const db = openDatabase(join(dataFolder, 'lesion-lab.sqlite'));
  const [first] = sampleManifest().images;
  const images = Array.from({ length: IMAGES }, (_, index) => ({
    ...first!,
    imageId: `test-${index}`,
    path: `test-${index}.jpg`,
    lesionId: `test-lesion-${index}`,
    classIndex: index % 2,
  }));
  const manifest = sampleManifest({ name: 'comparable', images, problems: [], hash: 'c'.repeat(64) });
  const datasetId = insertDataset(db, { manifest, importedAt: MADE });
  RUNS.forEach(({ seed, learningRate, figure, wrong }, index) => {
    const config = sampleConfig({ seed, learningRate });
    const name = `comparable ${index + 1}`;
    const createdAt = `2026-01-01T00:0${index + 1}:00.000Z`;
    const id = insertRun(db, { name, datasetId, datasetHash: manifest.hash, config, createdAt });
    setRunStatus(db, id, { to: 'running', at: createdAt });
    for (const epoch of [1, 2, 3]) recordEpoch(db, id, sampleEpoch(epoch));
    const report = sampleReport({ test: figure, validation: figure });
    setRunResult(db, id, { epochsDone: 3, bestEpoch: 3, trainingMs: 60_000, report });
    const predictions = images.map(
      ({ imageId, lesionId, classIndex }, place): Prediction => ({
        imageId,
        lesionId,
        trueClass: classIndex,
        probabilities: (classIndex === 0) === !wrong.some((at) => at === place) ? [0.8, 0.2] : [0.2, 0.8],
      }),
    );
    insertEvaluation(db, {
      runId: id,
      datasetId,
      source: 'training',
      report,
      predictions: [{ part: 'test', predictions }],
      createdAt,
    });
    setRunSplit(db, id, {
      train: [],
      validation: [],
      calibration: [],
      test: images.map(({ imageId }) => imageId),
    });
    setRunStatus(db, id, { to: 'completed', at: createdAt });
    mkdirSync(join(dataFolder, 'runs', String(id), 'model'), { recursive: true });
    writeFileSync(join(dataFolder, 'runs', String(id), 'model', 'weights.bin'), Buffer.alloc(50_000, id));
  });
  db.close();
}
