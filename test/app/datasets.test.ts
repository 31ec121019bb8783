import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';

describe('datasets', () => {
  test('are imported with progress, listed, and found by the next start', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder);
    const progress: object[] = [];
    app.client.on('dataset.progress', (event) => progress.push(event));
    const { dataset, created } = await app.client.call('dataset.import', { root: '/data/a', name: 'mine' });
    expect(created).toBe(true);
    expect(progress).toEqual([{ done: 10, total: 10, remainingMs: 0, root: '/data/a' }]);
    await app.close();

    const again = openApp(folder);
    expect(await again.client.call('dataset.list', {})).toEqual([dataset]);
    expect(await again.client.call('dataset.images', { id: dataset.id })).toHaveLength(10);
    expect(await again.client.call('dataset.problems', { id: dataset.id })).toHaveLength(2);
  });

  test('of the same folder and content are remembered once, of other folders apart', async () => {
    const app = openApp(temporaryFolder());
    const first = await app.client.call('dataset.import', { root: '/data/a' });
    const second = await app.client.call('dataset.import', { root: '/data/a' });
    expect(second).toEqual({ dataset: first.dataset, created: false });
    const other = await app.client.call('dataset.import', { root: '/data/b' });
    expect(other.dataset).toMatchObject({ name: 'sample (2)', root: '/data/b' });
  });

  test('that cannot be read are refused and not remembered', async () => {
    const app = openApp(temporaryFolder());
    const root = join('/data', 'missing');
    await expect(app.client.call('dataset.import', { root })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(root),
    });
    expect(await app.client.call('dataset.list', {})).toEqual([]);
  });

  test('have classes that a person can name and mark', async () => {
    const app = openApp(temporaryFolder());
    const { dataset } = await app.client.call('dataset.import', { root: '/data/a' });
    const classes = dataset.classes.map((info) => ({ ...info, malignant: null }));
    const changed = await app.client.call('dataset.set-classes', { id: dataset.id, classes });
    expect(changed.classes).toEqual(classes);
  });

  test('are checked with the cleaning that a run would have', async () => {
    const app = openApp(temporaryFolder());
    const { dataset } = await app.client.call('dataset.import', { root: '/data/a' });
    const check = await app.client.call('dataset.check', {
      id: dataset.id,
      settings: { dropUnknown: false },
    });
    expect(check.cleaning.rules).toEqual({ dropMissing: true, dropAgeZero: true, dropUnknown: false });
  });

  test('have a split that can be looked at before there is a run', async () => {
    const app = openApp(temporaryFolder());
    const { dataset } = await app.client.call('dataset.import', { root: '/data/a' });
    const split = await app.client.call('dataset.split', {
      id: dataset.id,
      settings: { splitMethod: 'image' },
    });
    expect(split.test).toEqual(['image-0', 'image-1']);
  });

  test('are forgotten when asked, unless a run rests on them', async () => {
    const app = openApp(temporaryFolder());
    const { dataset } = await app.client.call('dataset.import', { root: '/data/a' });
    const { id } = await app.client.call('run.start', {
      datasetId: dataset.id,
      settings: { model: 'cnn1' },
    });
    await app.ended(id);
    await expect(app.client.call('dataset.delete', { id: dataset.id })).rejects.toMatchObject({
      code: 'conflict',
    });
    await app.client.call('run.delete', { id });
    await app.client.call('dataset.delete', { id: dataset.id });
    expect(await app.client.call('dataset.list', {})).toEqual([]);
  });
});

describe('an import that goes on without its window', () => {
  test('is listed while it is under way and tells when it has a dataset', async () => {
    const app = openApp(temporaryFolder());
    const begun: object[] = [];
    app.client.on('dataset.import-started', (event) => begun.push(event));
    const ended = new Promise<object>((resolve) => app.client.on('dataset.import-ended', resolve));
    const started = await app.client.call('dataset.start-import', { root: '/data/a', name: 'mine' });
    expect(started).toEqual({ root: '/data/a', synthetic: false, progress: null });
    expect(await app.client.call('dataset.imports', {})).toHaveLength(1);
    await app.client.call('dataset.start-import', { root: '/data/a' });
    expect(await ended).toMatchObject({ root: '/data/a', dataset: { name: 'mine' }, failure: null });
    expect(begun).toEqual([started]);
    expect(await app.client.call('dataset.imports', {})).toEqual([]);
    const again = new Promise<object>((resolve) => app.client.on('dataset.import-ended', resolve));
    await app.client.call('dataset.start-import', { root: '/data/a' });
    expect(await again).toMatchObject({ dataset: { name: 'mine' }, created: false });
    expect(await app.client.call('dataset.list', {})).toHaveLength(1);
  });

  test('can be cancelled, and tells why it failed', async () => {
    const app = openApp(temporaryFolder());
    const ended = () =>
      new Promise<{ failure: object | null }>((resolve) => {
        const stop = app.client.on('dataset.import-ended', (event) => {
          stop();
          resolve(event);
        });
      });
    const failing = ended();
    await app.client.call('dataset.start-import', { root: '/data/missing' });
    expect((await failing).failure).toMatchObject({
      code: 'not-found',
      message: '/data/missing is not there.',
    });
    const cancelled = ended();
    await app.client.call('dataset.start-import', { root: '/data/slow' });
    await app.client.call('dataset.cancel-import', { root: '/data/slow' });
    expect((await cancelled).failure).toMatchObject({ code: 'cancelled' });
    await expect(app.client.call('dataset.cancel-import', { root: '/data/slow' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await app.client.call('dataset.list', {})).toEqual([]);
  });
});
