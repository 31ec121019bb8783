/** A dataset whose folder is gone, with the product's own worker. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';

test('a run on it is refused when it is asked for, also behind one that trains, and leaves nothing', async () => {
  const app = openApp(temporaryFolder(), { realWorker: true });
  const disk = temporaryFolder();
  const root = join(disk, 'set');
  await writeSyntheticDataset({ folder: root, images: 60, widthPx: 40, heightPx: 30, encode: encodeJpeg });
  const { dataset } = await app.client.call('dataset.import', { root });
  const settings = { model: 'nn1', imageWidthPx: 24, imageHeightPx: 20, batchSize: 8, epochs: 10_000 };
  const start = () => app.client.call('run.start', { datasetId: dataset.id, settings });
  const trains = new Promise((resolve) => app.client.on('run.epoch', resolve));
  const first = await start();
  await trains;

  renameSync(root, join(disk, 'elsewhere'));
  const refused = start();
  await expect(refused).rejects.toMatchObject({ code: 'not-found' });
  await expect(refused).rejects.toThrow(root);
  expect(await app.client.call('run.list', {})).toMatchObject([{ id: first.id, status: 'running' }]);

  renameSync(join(disk, 'elsewhere'), root);
  const second = await start();
  expect(second.status).toBe('queued');
});
