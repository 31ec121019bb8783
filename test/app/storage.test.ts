/** What the data folder is said to take, and what cleaning its caches takes away. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';

function write(folder: string, path: string, bytes: number): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), Buffer.alloc(bytes));
}

test('is told by what it is for, and adds up', async () => {
  const folder = temporaryFolder();
  const { client } = openApp(folder);
  write(folder, 'runs/7/model/weights.bin', 5000);
  write(folder, 'models/abc/file.lesion-model', 600);
  write(folder, 'cache/48x36/segment-0', 300);
  write(folder, 'cache/thumbnails/ab/abc.webp', 20);
  write(folder, 'weights/resnet50/weights.bin', 4000);
  write(folder, 'cases.sqlite', 70);
  write(folder, 'cases.sqlite-wal', 5);
  write(folder, 'notes.txt', 1);
  const { parts, usedBytes } = await client.call('app.storage', {});
  expect(parts).toMatchObject({
    runs: 5000,
    models: 600,
    cache: 320,
    weights: 4000,
    synthetic: 0,
    cases: 75,
    other: 4097,
  });
  expect(parts.database).toBeGreaterThan(0);
  expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(usedBytes);
});

test('loses its caches alone when they are cleaned', async () => {
  const folder = temporaryFolder();
  const { client } = openApp(folder);
  write(folder, 'runs/7/model/weights.bin', 5000);
  write(folder, 'cache/48x36/segment-0', 300);
  write(folder, 'cache/thumbnails/ab/abc.webp', 20);
  expect(await client.call('app.clean-caches', {})).toEqual({ freedBytes: 320 });
  expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  expect((await client.call('app.storage', {})).parts).toMatchObject({ runs: 5000, cache: 0 });
  rmSync(join(folder, 'runs', '7'), { recursive: true });
});

test('keeps its caches while a run trains', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder, { behaviour: 'hold' });
  const isTraining = new Promise<void>((resolve) => app.client.on('run.progress', () => resolve()));
  const { dataset } = await app.client.call('dataset.import', { root: '/data/sample' });
  const run = await app.client.call('run.start', { datasetId: dataset.id, settings: { model: 'cnn1' } });
  await isTraining;
  write(folder, 'cache/48x36/segment-0', 300);
  await expect(app.client.call('app.clean-caches', {})).rejects.toMatchObject({ code: 'conflict' });
  expect(readdirSync(join(folder, 'cache'))).toEqual(['48x36']);
  await app.client.call('run.cancel', { id: run.id });
  await app.ended(run.id);
  await expect.poll(() => app.client.call('app.clean-caches', {}).catch(() => null)).not.toBeNull();
});

test('comes with the licences of what the program carries', async () => {
  const { client } = openApp(temporaryFolder());
  const notices = await client.call('app.notices', {});
  expect(notices.map(({ text }) => text.slice(0, 300)).join()).toContain('Apache License');
  expect(notices.map(({ text }) => text).join()).toMatch(/MobileNet[\s\S]*svelte \d/);
});
