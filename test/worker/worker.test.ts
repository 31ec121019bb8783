import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openWorker } from './open-worker.ts';

const bundledWeights = fileURLToPath(new URL('../../resources/weights', import.meta.url));

describe('a worker', () => {
  test('lists the models with their presets and the place of their weights', async () => {
    const models = await openWorker().call('model.list', { folders: [bundledWeights] });
    expect(models.map(({ id }) => id)).toEqual([
      'nn1',
      'cnn1',
      'cnn2',
      'mobile_net',
      'res_net',
      'dense_net',
      'mobile_net2',
      'efficientnet_lite0',
    ]);
    const byId = new Map(models.map((model) => [model.id, model]));
    expect(byId.get('mobile_net')?.weights?.folder).toBe(join(bundledWeights, 'mobilenet_v1'));
    expect(byId.get('res_net')?.weights).toMatchObject({
      folder: null,
      fetch: { file: expect.stringContaining('notop') },
    });
    expect(byId.get('mobile_net')?.presets.published).toMatchObject({
      splitMethod: 'image',
      batchSize: 10,
      trainableLayers: 23,
    });
    for (const { presets } of models) {
      const { model } = presets.published;
      expect(TrainingConfig.safeParse({ ...presets.default, model }).success).toBe(true);
      expect(TrainingConfig.safeParse(presets.published).success).toBe(true);
    }
  });

  test('says what is installed and which device computes', async () => {
    const report = await openWorker().call('doctor.run', { weights: [bundledWeights] });
    expect(report.environment?.tensorflowVersion).toMatch(/^2\./);
    expect(report.deviceReason).not.toBe('');
    const installed = new Map(report.findings.map(({ title, detail }) => [title, detail]));
    expect(installed.get('Node')).toBe(process.versions.node);
    expect(installed.get('Image decoder')).toMatch(/^sharp \d+\.\d+\.\d+ with libvips \d/);
    const weights = report.findings.find(({ title }) => title.includes('ResNet50'));
    expect(weights).toMatchObject({
      severity: 'advice',
      remedy: expect.stringContaining('lab weights import'),
    });
  });

  test('draws, imports and checks the synthetic set', async () => {
    const worker = openWorker();
    const folder = join(temporaryFolder(), 'synthetic');
    const items: number[] = [];
    worker.on('items', ({ done }) => items.push(done));
    await worker.call('dataset.draw-synthetic', { folder, seed: 1 });
    const manifest = await worker.call('dataset.import', { root: folder });
    expect(manifest).toMatchObject({ synthetic: true, layout: 'ham10000' });
    expect(items.at(-1)).toBe(manifest.images.length);
    const check = await worker.call('dataset.check', {
      manifest,
      config: TrainingConfig.parse({ model: 'cnn1' }),
    });
    const { rowsRead, rowsKept, removedBy } = check.cleaning;
    const removed = Object.values(removedBy).reduce((sum, count) => sum + count, 0);
    expect(rowsRead).toBe(manifest.images.length);
    expect(rowsKept + removed).toBe(rowsRead);
    expect(check.parts.map(({ part }) => part)).toEqual(['train', 'validation', 'calibration', 'test']);
    expect(check.parts.reduce((sum, { images }) => sum + images, 0)).toBe(rowsKept);
    expect(check.straddles).toEqual([]);
  });

  test('fails with a code for a folder that is not there, and goes on answering', async () => {
    const worker = openWorker();
    const root = join(temporaryFolder(), 'nowhere');
    await expect(worker.call('dataset.import', { root })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(root),
    });
    expect(existsSync(root)).toBe(false);
    expect(await worker.call('weights.list', { folders: [] })).toHaveLength(4);
  });
});
