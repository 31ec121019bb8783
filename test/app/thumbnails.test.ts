import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../src-main/app/log.ts';
import { prepareDataFolder } from '../../src-main/app/paths.ts';
import { Thumbnails } from '../../src-main/app/thumbnails.ts';
import type { WorkerHandle } from '../../src-main/app/worker-process.ts';
import { workerContract } from '../../src-main/contract/worker.ts';
import { memoryLinkPair } from '../../src-main/rpc/memory-link.ts';
import { type Handlers, serve } from '../../src-main/rpc/server.ts';
import { temporaryDatabase, temporaryFolder } from '../store/temporary.ts';

type Make = Handlers<typeof workerContract>['thumbnails.make'];
const hashOf = (name: string) => Buffer.from(name).toString('hex').padEnd(64, '0');

/** A worker in this process whose only job is the one given; how many were started is counted. */
function openThumbnails(make: Make) {
  const root = temporaryFolder();
  const started: WorkerHandle[] = [];
  const thumbnails = new Thumbnails({
    db: temporaryDatabase(),
    folder: prepareDataFolder(root),
    log: silentLog(),
    emit: () => undefined,
    spawnWorker() {
      const [near, far] = memoryLinkPair();
      const others = Object.keys(workerContract.procedures).map((name) => [name, () => null]);
      const handlers = { ...Object.fromEntries(others), 'thumbnails.make': make };
      serve(far, workerContract, handlers as Handlers<typeof workerContract>);
      const handle = { link: near, kill: () => far.close(), lastWords: () => '' };
      started.push(handle);
      return handle;
    },
  });
  onTestFinished(() => thumbnails.close());
  const picture = (name: string) => ({ file: join(root, name), contentHash: hashOf(name) });
  return { root, thumbnails, started, picture };
}

const write: Make = ({ pictures }) =>
  pictures.map(({ source, target }) => {
    mkdirSync(join(target, '..'), { recursive: true });
    writeFileSync(target, `small ${source}`);
    return null;
  });

/** Holds the first batch until `go` is called; notes the sources of each batch. */
function heldBack() {
  const batches: string[][] = [];
  let go: () => void = () => undefined;
  let begun: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const firstBegan = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const make: Make = async (input, call) => {
    batches.push(input.pictures.map(({ source }) => source.split('/').at(-1)!));
    begun();
    await held;
    return write(input, call);
  };
  return { batches, make, firstBegan, go: () => go() };
}

test('a thumbnail is made once, kept by its content, and found without a worker afterwards', async () => {
  const { thumbnails, started, picture } = openThumbnails(write);
  const file = await thumbnails.fileOf(picture('a'));
  expect(readFileSync(file, 'utf8')).toMatch(/^small .*\/a$/);
  expect(file).toContain(hashOf('a'));
  const twin = { ...picture('copy-of-a'), contentHash: hashOf('a') };
  expect(await thumbnails.fileOf(twin)).toBe(file);
  expect(started).toHaveLength(1);
  rmSync(file);
  expect(existsSync(await thumbnails.fileOf(picture('a')))).toBe(true);
});

test('of many wishes the latest go first, those for pictures out of sight not at all', async () => {
  const { batches, make, firstBegan, go } = heldBack();
  const { thumbnails, picture } = openThumbnails(make);
  const first = thumbnails.fileOf(picture('first'));
  await firstBegan;
  const scrolledAway = new AbortController();
  const gone = thumbnails.fileOf(picture('gone'), scrolledAway.signal);
  const early = thumbnails.fileOf(picture('early'));
  const late = thumbnails.fileOf(picture('late'));
  scrolledAway.abort();
  await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
  go();
  await Promise.all([first, early, late]);
  expect(batches).toEqual([['first'], ['late', 'early']]);
});

test('a picture that comes into sight again while it is being made is not forgotten', async () => {
  const { make, firstBegan, go } = heldBack();
  const { thumbnails, picture } = openThumbnails(make);
  const away = new AbortController();
  const once = thumbnails.fileOf(picture('a'), away.signal);
  await firstBegan;
  away.abort();
  await expect(once).rejects.toMatchObject({ code: 'cancelled' });
  const again = thumbnails.fileOf(picture('a'));
  go();
  expect(existsSync(await again)).toBe(true);
});

test('what a gallery will need is made in its order, after what is looked at, without what is there', async () => {
  const { batches, make, firstBegan, go } = heldBack();
  const { root, thumbnails, picture } = openThumbnails(make);
  const wanted = thumbnails.fileOf(picture('seen'));
  await firstBegan;
  const known = join(root, 'cache', 'thumbnails', hashOf('known').slice(0, 2));
  mkdirSync(known, { recursive: true });
  writeFileSync(join(known, `${hashOf('known')}.webp`), '');
  await thumbnails.prepare(['one', 'known', 'two'].map(picture));
  const next = thumbnails.fileOf(picture('next'));
  go();
  await Promise.all([wanted, next]);
  await thumbnails.fileOf(picture('two'));
  expect(batches.slice(0, 3)).toEqual([['seen'], ['next'], expect.arrayContaining(['two'])]);
  expect(batches.flat()).not.toContain('known');
});

test('a list is prepared once while the application runs, and not at all when it closes before', async () => {
  const { batches, make, firstBegan, go } = heldBack();
  const { thumbnails, picture } = openThumbnails(make);
  go();
  let asked = 0;
  const list = () => {
    asked += 1;
    return [picture('a')];
  };
  thumbnails.prepareSoon('one', list);
  thumbnails.prepareSoon('one', list);
  await firstBegan;
  thumbnails.prepareSoon('another', list);
  await thumbnails.close();
  expect([asked, batches]).toEqual([1, [['a']]]);
});

test('a picture that cannot be read fails alone; a worker that dies fails those it had, and the next wish gets another', async () => {
  let lives = 0;
  const { thumbnails, started, picture } = openThumbnails((input, call) => {
    if (input.pictures.some(({ source }) => source.endsWith('deadly')) && lives++ === 0) {
      started.at(-1)!.kill();
      return new Promise(() => undefined);
    }
    const outcomes = write(input, call) as null[];
    return input.pictures.map(({ source }, index) =>
      source.endsWith('bad') ? `${source}: damaged` : outcomes[index]!,
    );
  });
  const [good, bad] = await Promise.allSettled([
    thumbnails.fileOf(picture('good')),
    thumbnails.fileOf(picture('bad')),
  ]);
  expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected']);
  await expect(thumbnails.fileOf(picture('deadly'))).rejects.toMatchObject({ code: 'worker-died' });
  expect(existsSync(await thumbnails.fileOf(picture('deadly')))).toBe(true);
  expect(started).toHaveLength(2);
});

test('closing ends what is waited for and leaves only whole files', async () => {
  const { make, firstBegan, go } = heldBack();
  const { root, thumbnails, picture } = openThumbnails(make);
  const waiting = thumbnails.fileOf(picture('a'));
  const refused = expect(waiting).rejects.toMatchObject({
    code: expect.stringMatching(/cancelled|worker-died/),
  });
  await firstBegan;
  const closed = thumbnails.close();
  go();
  await Promise.all([closed, refused.catch(() => waiting)]);
  expect(readdirSync(join(root, 'cache'))).toEqual(expect.any(Array));
  await expect(thumbnails.fileOf(picture('b'))).rejects.toMatchObject({ code: 'cancelled' });
});
