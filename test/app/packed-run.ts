/** A file of one run, made without an application around it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareDataFolder, runFolder } from '../../src-main/app/paths.ts';
import { packRuns } from '../../src-main/app/run-archive-pack.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { insertRun, setRunStatus } from '../../src-main/store/runs.ts';
import { sampleConfig, sampleManifest } from '../store/samples.ts';

/** A completed run with a model of zeros, packed without an application around it. */
export async function packOneRun(root: string, path: string): Promise<void> {
  const folder = prepareDataFolder(root);
  const db = openDatabase(folder.database);
  const manifest = sampleManifest();
  const datasetId = insertDataset(db, { manifest, importedAt: '2025-03-01T10:00:00.000Z' });
  const run = { name: 'cnn1', datasetId, datasetHash: manifest.hash, config: sampleConfig() };
  const id = insertRun(db, { ...run, createdAt: '2025-03-01T10:01:00.000Z' });
  for (const to of ['running', 'completed'] as const)
    setRunStatus(db, id, { to, at: '2025-03-01T11:00:00.000Z' });
  mkdirSync(join(runFolder(folder, id), 'model'), { recursive: true });
  writeFileSync(join(runFolder(folder, id), 'model', 'weights.bin'), Buffer.alloc(1000));
  await packRuns({ db, folder }, { ids: [id], path, appVersion: '0.1.0' });
  db.close();
}
