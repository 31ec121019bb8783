/** A data folder with a history of any length, made by the store without training anything. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { insertRun, setRunLabels, setRunResult, setRunStatus } from '../../src-main/store/runs.ts';
import { sampleConfig, sampleManifest, sampleReport } from '../store/samples.ts';

const START = Date.UTC(2025, 0, 1);
const MINUTE_MS = 60_000;
const MODELS = ['nn1', 'cnn1', 'mobile_net', 'resnet50'];

/**
 * Completed runs "run 1", "run 2" …, a minute apart, the last one the newest; every ninth failed. Run 77 alone has "needle" in its
 * notes; every tenth is tagged "paper".
 */
export function storeHistory(dataFolder: string, runs: number): void {
  mkdirSync(dataFolder, { recursive: true });
  const db = openDatabase(join(dataFolder, 'lesion-lab.sqlite'));
  const manifest = sampleManifest();
  const at = (number: number) => new Date(START + number * MINUTE_MS).toISOString();
  const datasetId = insertDataset(db, { manifest, importedAt: at(0) });
  const store = (number: number) => {
    const config = sampleConfig({ model: MODELS[number % MODELS.length]!, seed: number });
    const run = {
      name: `run ${number}`,
      datasetId,
      datasetHash: manifest.hash,
      config,
      createdAt: at(number),
    };
    const id = insertRun(db, run);
    setRunStatus(db, id, { to: 'running', at: at(number) });
    if (number % 9 === 0) {
      const failure = { code: 'diverged', message: 'The loss became NaN at epoch 2.' };
      setRunStatus(db, id, { to: 'failed', at: at(number), failure });
      return;
    }
    const report = sampleReport({ test: (number % 1000) / 1000, validation: 0.5 });
    setRunResult(db, id, { epochsDone: 3, bestEpoch: 2, trainingMs: number * 100, report });
    setRunStatus(db, id, { to: 'completed', at: at(number) });
    if (number === 77) setRunLabels(db, id, { notes: 'a needle in a haystack' });
    if (number % 10 === 0) setRunLabels(db, id, { tags: ['paper'] });
  };
  db.transaction(() => {
    for (let number = 1; number <= runs; number++) store(number);
  })();
  db.close();
}
