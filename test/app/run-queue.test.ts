import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../src-main/app/log.ts';
import { prepareDataFolder } from '../../src-main/app/paths.ts';
import { createRunQueue } from '../../src-main/app/run-queue.ts';
import type { QueueState } from '../../src-main/contract/schema/queue.ts';
import type { TrainingProgress } from '../../src-main/contract/schema/run.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { type OpenedApp, openApp } from './open-app.ts';

async function startRuns(app: OpenedApp, count: number): Promise<number[]> {
  const [known] = await app.client.call('dataset.list', {});
  const { dataset } = known
    ? { dataset: known }
    : await app.client.call('dataset.import', { root: '/data/sample' });
  const ids: number[] = [];
  for (let index = 0; index < count; index++) {
    const { id } = await app.client.call('run.start', {
      datasetId: dataset.id,
      settings: { model: 'cnn1' },
    });
    ids.push(id);
  }
  return ids;
}

const progressWith = (app: OpenedApp, fits: (progress: TrainingProgress, id: number) => boolean) =>
  new Promise<void>((resolve) =>
    app.client.on('run.progress', ({ id, progress }) => {
      if (fits(progress, id)) resolve();
    }),
  );

const queueOf = (app: OpenedApp): Promise<QueueState> => app.client.call('queue.get', {});
const statusOf = async (app: OpenedApp, id: number) => (await app.client.call('run.get', { id })).run.status;

describe('the run that trains', () => {
  test('pauses between two steps with its process kept, and goes on to the end', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'wait' });
    const inEpoch2 = progressWith(app, ({ epoch }) => epoch === 2);
    const [id] = (await startRuns(app, 1)) as [number];
    await inEpoch2;
    const paused = progressWith(app, ({ phase }) => phase === 'paused');
    const { active } = await app.client.call('run.pause', { id });
    expect(active).toMatchObject({ id, steering: { paused: true } });
    await paused;
    expect((await queueOf(app)).active?.progress).toMatchObject({ phase: 'paused', epoch: 2 });
    expect(await statusOf(app, id)).toBe('running');
    const { length } = app.workers;
    await app.client.call('run.continue', { id });
    expect(await app.ended(id)).toMatchObject({ status: 'completed', epochsDone: 3 });
    expect(app.workers).toHaveLength(length);
    expect(await queueOf(app)).toEqual({ active: null, waiting: [], held: [] });
  });

  test('stops once its epoch is over, keeps that epoch, and can be resumed', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'wait' });
    const inEpoch2 = progressWith(app, ({ epoch }) => epoch === 2);
    const [id] = (await startRuns(app, 1)) as [number];
    await inEpoch2;
    await app.client.call('run.stop-after-epoch', { id });
    expect(await app.ended(id)).toMatchObject({ status: 'cancelled', epochsDone: 2, failure: null });
    await app.client.call('run.resume', { id });
    expect(await app.ended(id)).toMatchObject({ status: 'completed', epochsDone: 3 });
  });

  test('makes the report of the epochs that it has when asked for that', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'wait' });
    const inEpoch2 = progressWith(app, ({ epoch }) => epoch === 2);
    const [id] = (await startRuns(app, 1)) as [number];
    await inEpoch2;
    await app.client.call('run.stop-after-epoch', { id, thenReport: true });
    expect(await app.ended(id)).toMatchObject({
      status: 'completed',
      epochsDone: 2,
      testBalancedAccuracy: 0.7,
    });
  });

  test('can be stopped at once while it is paused', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'wait' });
    const paused = progressWith(app, ({ phase }) => phase === 'paused');
    const [id] = (await startRuns(app, 1)) as [number];
    await app.client.call('run.pause', { id });
    await paused;
    await app.client.call('run.cancel', { id });
    expect((await app.ended(id)).status).toBe('cancelled');
  });

  test('is the only one that can be paused', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'hold' });
    const [, second] = (await startRuns(app, 2)) as [number, number];
    await expect(app.client.call('run.pause', { id: second })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`Run ${second} is queued`),
    });
    await expect(app.client.call('run.pause', { id: 99 })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the queue', () => {
  test('trains in the order that a person gave it, without what was taken out', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'hold' });
    const [first, second, third, fourth] = (await startRuns(app, 4)) as [number, number, number, number];
    expect(await queueOf(app)).toMatchObject({ active: { id: first }, waiting: [second, third, fourth] });
    const { waiting } = await app.client.call('queue.order', { ids: [fourth, second, third] });
    expect(waiting).toEqual([fourth, second, third]);
    await app.client.call('run.cancel', { id: second });
    const told: QueueState[] = [];
    app.client.on('queue.changed', (state) => told.push(state));
    const next = progressWith(app, ({ epoch }, id) => id === fourth && epoch === 2);
    await app.client.call('run.cancel', { id: first });
    await next;
    const now = { active: { id: fourth }, waiting: [third], held: [] };
    expect([await queueOf(app), told.at(-1)]).toMatchObject([now, now]);
  });

  test('tells every window of its changes', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'hold' });
    const told: QueueState[] = [];
    app.client.on('queue.changed', (state) => told.push(state));
    const [first, second] = (await startRuns(app, 2)) as [number, number];
    expect(told.at(-1)).toMatchObject({ active: { id: first }, waiting: [second] });
    await app.client.call('run.cancel', { id: second });
    expect(told.at(-1)).toMatchObject({ active: { id: first }, waiting: [] });
  });

  test('outlives a restart in its order, interrupts what was training, and waits for a word', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'wait' });
    const paused = progressWith(app, ({ phase }) => phase === 'paused');
    const [first, second, third] = (await startRuns(app, 3)) as [number, number, number];
    await app.client.call('queue.order', { ids: [third, second] });
    await app.client.call('run.pause', { id: first });
    await paused;
    await app.close();

    const again = openApp(folder);
    expect(await queueOf(again)).toEqual({ active: null, waiting: [], held: [third, second] });
    expect(await statusOf(again, first)).toBe('interrupted');
    await again.client.call('queue.release', {});
    const [ofThird, ofSecond] = [await again.ended(third), await again.ended(second)];
    expect([ofThird.status, ofSecond.status]).toEqual(['completed', 'completed']);
    expect(ofThird.startedAt! < ofSecond.startedAt!).toBe(true);
    await again.client.call('run.resume', { id: first });
    expect(await again.ended(first)).toMatchObject({ status: 'completed', epochsDone: 3 });
  });

  test('lets a new run go before those that are held, which can be resumed or removed one by one', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'hold' });
    const [, second, third] = (await startRuns(app, 3)) as [number, number, number];
    await app.close();

    const again = openApp(folder);
    const [fourth] = (await startRuns(again, 1)) as [number];
    expect((await again.ended(fourth)).status).toBe('completed');
    await again.client.call('run.resume', { id: third });
    expect((await again.ended(third)).status).toBe('completed');
    await again.client.call('run.cancel', { id: second });
    expect(await statusOf(again, second)).toBe('cancelled');
    expect((await queueOf(again)).held).toEqual([]);
  });
});

test('a queue that closes starts nothing more', async () => {
  const root = temporaryFolder();
  const folder = prepareDataFolder(root);
  const db = openDatabase(folder.database);
  onTestFinished(() => {
    db.close();
  });
  const queue = createRunQueue({
    db,
    folder,
    log: silentLog(),
    emit: () => undefined,
    spawnWorker: () => {
      throw new Error('no worker is needed');
    },
  });
  queue.reserve();
  queue.releaseIfIdle();
  await queue.close();
  expect(() => queue.reserve()).toThrow(expect.objectContaining({ code: 'cancelled' }));
});
