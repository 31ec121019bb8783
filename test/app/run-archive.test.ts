/** Runs carried from one data folder to another in a file, and files that are not what they claim. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';
import { type OpenedApp, openApp } from './open-app.ts';
import { packOneRun } from './packed-run.ts';

async function trained(app: OpenedApp, settings: Record<string, unknown> = {}): Promise<number> {
  const { dataset } = await app.client.call('dataset.import', { root: '/data/sample' });
  const { id } = await app.client.call('run.start', {
    datasetId: dataset.id,
    settings: { model: 'cnn1', ...settings },
  });
  await app.ended(id);
  return id;
}

/** What is known of a run, without what is another on every machine. */
async function knownOf({ client }: OpenedApp, id: number) {
  const { run, epochs, artifacts, evaluations, dataset } = await client.call('run.get', { id });
  const { id: _id, datasetId: _datasetId, ...record } = run;
  const reports = [];
  for (const evaluation of evaluations) {
    reports.push({
      source: evaluation.source,
      createdAt: evaluation.createdAt,
      report: await client.call('evaluation.report', { id: evaluation.id }),
      predictions: await client.call('evaluation.predictions', { id: evaluation.id }),
    });
  }
  const split = await client.call('run.split', { id });
  return { record, epochs, artifacts, reports, split, classes: dataset.classes, hash: dataset.hash };
}

type Contents = Record<string, Uint8Array>;
interface Manifest {
  formatVersion: number;
  runs: { uid: string }[];
  files: { path: string; bytes: number; sha256: string }[];
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The archive with other contents; its manifest is sealed again, as only somebody who means harm would. */
function repack(file: string, change: (contents: Contents, manifest: Manifest) => void): string {
  const contents = unzipSync(readFileSync(file));
  const manifest = JSON.parse(Buffer.from(contents['manifest.json']!).toString()) as Manifest;
  change(contents, manifest);
  contents['manifest.json'] = strToU8(JSON.stringify(manifest));
  contents['manifest.sha256'] = strToU8(sha256(contents['manifest.json']));
  const changed = join(temporaryFolder(), 'changed.zip');
  writeFileSync(changed, zipSync(contents));
  return changed;
}

const list = (contents: Contents, manifest: Manifest, path: string, bytes: Uint8Array) => {
  contents[path] = bytes;
  manifest.files.push({ path, bytes: bytes.length, sha256: sha256(bytes) });
};

/** A fresh machine that takes a file and must have nothing of it afterwards. */
async function refuse(path: string) {
  const folder = temporaryFolder();
  const app = openApp(folder);
  const failure = await app.client.call('run.unpack', { path }).then(
    () => null,
    (thrown: { code: string; message: string }) => thrown,
  );
  expect(await app.client.call('run.list', {})).toEqual([]);
  expect(await app.client.call('dataset.list', {})).toEqual([]);
  expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  expect(existsSync(join(folder, 'unpacking')) ? readdirSync(join(folder, 'unpacking')) : []).toEqual([]);
  return { failure, folder };
}

describe('a run that is carried to another machine', () => {
  test('is there whole: record, epochs, evaluations, predictions, split and files', async () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    const path = join(here, 'runs.zip');
    const app = openApp(here);
    const id = await trained(app);
    const { dataset } = await app.client.call('dataset.import', { root: '/data/other' });
    await app.client.call('run.evaluate', { id, datasetId: dataset.id });
    const labels = { notes: 'good on mel', tags: ['paper'], starred: true, name: 'the one' };
    await app.client.call('run.label', { id, labels });
    const packed = await app.client.call('run.pack', { ids: [id], path });
    expect(packed).toEqual({ path, asset: null, runs: [id], bytes: readFileSync(path).length });

    const other = openApp(there, { behaviour: 'diverge' });
    await trained(other);
    const unpacked = await other.client.call('run.unpack', { path });
    expect(unpacked).toMatchObject({ runs: [{ id: 2, name: 'the one' }], skipped: [], absentDatasets: [] });
    expect(await knownOf(other, 2)).toEqual(await knownOf(app, id));
    for (const name of ['model/weights.bin', 'split.json', 'checkpoint/epoch']) {
      expect(readFileSync(join(there, 'runs', '2', name))).toEqual(
        readFileSync(join(here, 'runs', String(id), name)),
      );
    }
    const answer = await other.client.call('classify.images', { model: { runId: 2 }, paths: ['/a.jpg'] });
    expect(answer.answers).toHaveLength(1);
  });

  test('waits for a dataset that is not there, without what is known of patients, and finds it once it is imported', async () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    const path = join(here, 'runs.zip');
    const app = openApp(here);
    const ids = [await trained(app), await trained(app, { seed: 9 })];
    await app.client.call('run.pack', { ids, path });
    expect(Buffer.concat(Object.values(unzipSync(readFileSync(path)))).includes('female')).toBe(false);

    const other = openApp(there);
    const unpacked = await other.client.call('run.unpack', { path });
    expect(unpacked.absentDatasets).toEqual(['sample (not on this machine)']);
    const before = await other.client.call('run.compare', { first: 1, second: 2 });
    expect(before).toEqual(await app.client.call('run.compare', { first: ids[0]!, second: ids[1]! }));
    const { dataset } = await other.client.call('dataset.import', { root: '/data/mine' });
    expect(await other.client.call('dataset.list', {})).toEqual([dataset]);
    expect((await other.client.call('run.get', { id: 1 })).dataset).toEqual(dataset);
  });

  test('is never there twice; the others of the file can be taken alone', async () => {
    const here = temporaryFolder();
    const app = openApp(here);
    const first = await trained(app);
    await app.client.call('run.pack', { ids: [first], path: join(here, 'one.zip') });
    const second = await trained(app, { seed: 9 });
    await app.client.call('run.pack', { ids: [first, second], path: join(here, 'both.zip') });

    await expect(app.client.call('run.unpack', { path: join(here, 'one.zip') })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`run ${first} (cnn1)`),
    });
    const other = openApp(temporaryFolder());
    await other.client.call('run.unpack', { path: join(here, 'one.zip') });
    const both = { path: join(here, 'both.zip') };
    await expect(other.client.call('run.unpack', both)).rejects.toMatchObject({ details: { others: 1 } });
    expect(await other.client.call('run.list', {})).toHaveLength(1);
    const rest = await other.client.call('run.unpack', { ...both, skipExisting: true });
    expect(rest).toMatchObject({ runs: [{ id: 2 }], skipped: ['cnn1'] });
    await expect(other.client.call('run.unpack', { ...both, skipExisting: true })).rejects.toThrow(
      /here already/,
    );
  });

  test('that was stopped goes on where the dataset is', async () => {
    const here = temporaryFolder();
    const app = openApp(here, { behaviour: 'diverge' });
    const id = await trained(app);
    const path = join(here, 'runs.zip');
    await app.client.call('run.pack', { ids: [id], path });
    const other = openApp(temporaryFolder());
    await other.client.call('dataset.import', { root: '/data/sample' });
    await other.client.call('run.unpack', { path });
    expect((await other.client.call('run.get', { id: 1 })).run).toMatchObject({
      status: 'failed',
      epochsDone: 1,
    });
    await other.client.call('run.resume', { id: 1 });
    expect(await other.ended(1)).toMatchObject({ status: 'completed', epochsDone: 3 });
  });
});

describe('packing', () => {
  test('is refused for a run that has not ended, and where a file is there already', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'hold' });
    const { dataset } = await app.client.call('dataset.import', { root: '/data/sample' });
    const { id } = await app.client.call('run.start', { datasetId: dataset.id, settings: { model: 'cnn1' } });
    const path = join(folder, 'runs.zip');
    await expect(app.client.call('run.pack', { ids: [id], path })).rejects.toMatchObject({
      code: 'conflict',
    });
    await app.client.call('run.cancel', { id });
    await app.ended(id);
    writeFileSync(path, 'something of a person');
    await expect(app.client.call('run.pack', { ids: [id], path })).rejects.toThrow(/is there already/);
    expect(readFileSync(path, 'utf8')).toBe('something of a person');
    await expect(app.client.call('run.pack', { ids: [99], path: join(folder, 'b') })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('that is cancelled leaves no file', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder);
    const id = await trained(app);
    const cancel = new AbortController();
    const packing = app.client.call(
      'run.pack',
      { ids: [id], path: join(folder, 'runs.zip') },
      { signal: cancel.signal },
    );
    cancel.abort();
    await expect(packing).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(folder).filter((name) => name.startsWith('runs.zip'))).toEqual([]);
  });
});

describe('a file of runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-archive-'));
  const good = join(folder, 'runs.zip');
  beforeAll(() => packOneRun(folder, good));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const rewritten = (change: (bytes: Buffer) => Buffer) => {
    const path = join(temporaryFolder(), 'changed.zip');
    writeFileSync(path, change(readFileSync(good)));
    return path;
  };

  test('that is cut off, is no zip, or of which one byte is another, is damaged', async () => {
    const weights = readFileSync(good).indexOf(Buffer.alloc(64));
    expect(weights).toBeGreaterThan(0);
    for (const path of [
      rewritten((bytes) => bytes.subarray(0, bytes.length - 30)),
      rewritten((bytes) => bytes.subarray(bytes.length >> 1)),
      rewritten(() => Buffer.from('Dear colleague, '.repeat(9))),
      rewritten(() => Buffer.alloc(0)),
      rewritten((bytes) => Buffer.from(bytes).fill(7, weights, weights + 1)),
      repack(good, (contents) => {
        contents['runs/1/run.json']![40]! ^= 1;
      }),
      repack(good, (_, { files }) => {
        files[0]!.sha256 = '0'.repeat(64);
      }),
    ]) {
      const { failure } = await refuse(path);
      expect(failure).toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining('Nothing was taken'),
      });
    }
  });

  test('whose manifest was changed by somebody who did not seal it again is damaged', async () => {
    const path = join(temporaryFolder(), 'changed.zip');
    const contents = unzipSync(readFileSync(good));
    const text = Buffer.from(contents['manifest.json']!).toString().replace('"0.1.0"', '"0.1.1"');
    writeFileSync(path, zipSync({ ...contents, 'manifest.json': strToU8(text) }));
    expect((await refuse(path)).failure).toMatchObject({ code: 'corrupt' });
  });

  test.each([
    '../evil.txt',
    'runs/1/files/../../../evil.txt',
    'runs/1/files/..\\..\\evil.txt',
    '/evil.txt',
    'C:/evil.txt',
    'runs/1/files/C:evil.txt',
    'runs/1/files/./evil.txt',
    'runs/1/files//evil.txt',
    'runs/1/files/nul.txt',
    'runs/1/files/evil.txt.',
    'runs/1/files/.evil',
  ])('with an entry named %s is refused, and nothing is written outside', async (name) => {
    const path = repack(good, (contents, manifest) => list(contents, manifest, name, strToU8('evil')));
    const { failure, folder: machine } = await refuse(path);
    expect(failure).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('outside its folder'),
    });
    const everything = readdirSync(machine, { recursive: true }).map(String);
    expect(everything.filter((file) => /evil|nul\.txt/.test(file))).toEqual([]);
    expect(existsSync('/evil.txt')).toBe(false);
  });

  test('with an entry that its manifest does not list, or lists twice, is refused', async () => {
    const unlisted = repack(good, (contents) => {
      contents['runs/1/files/more.txt'] = strToU8('more');
    });
    expect((await refuse(unlisted)).failure?.message).toContain('more.txt');
    const twice = repack(good, (_, { files }) => files.push(files[0]!));
    expect((await refuse(twice)).failure?.message).toContain('twice');
  });

  test('whose entry unpacks to more than it claims is cut off there', async () => {
    const bomb = repack(good, (contents, manifest) => {
      list(contents, manifest, 'runs/1/files/zeros', new Uint8Array(50_000_000));
      manifest.files.at(-1)!.bytes = 10;
    });
    const bytes = readFileSync(bomb);
    const central = bytes.lastIndexOf('runs/1/files/zeros') - 46;
    bytes.writeUInt32LE(10, central + 24);
    writeFileSync(bomb, bytes);
    expect((await refuse(bomb)).failure?.message).toContain('longer than it claims');
  });

  test('of a newer version is named as such, one of another kind too', async () => {
    const newer = repack(good, (_, manifest) => {
      manifest.formatVersion = 2;
    });
    expect((await refuse(newer)).failure).toMatchObject({
      code: 'newer-version',
      message: expect.stringContaining('Update Lesion Lab'),
    });
    const other = join(temporaryFolder(), 'photos.zip');
    writeFileSync(other, zipSync({ 'photo.jpg': strToU8('photo') }));
    expect((await refuse(other)).failure).toMatchObject({ code: 'bad-input' });
    expect((await refuse(join(folder, 'nothing.zip'))).failure).toMatchObject({ code: 'not-found' });
  });

  test('with a run that has not ended, or under another name than the manifest says, is refused', async () => {
    const change = (edit: (run: { uid: string; run: { status: string } }) => void) =>
      repack(good, (contents, { files }) => {
        const run = JSON.parse(Buffer.from(contents['runs/1/run.json']!).toString());
        edit(run);
        const bytes = strToU8(JSON.stringify(run));
        contents['runs/1/run.json'] = bytes;
        Object.assign(files.find(({ path }) => path === 'runs/1/run.json')!, {
          bytes: bytes.length,
          sha256: sha256(bytes),
        });
      });
    const running = change(({ run }) => {
      run.status = 'running';
    });
    const renamed = change((run) => {
      run.uid = '0'.repeat(32);
    });
    for (const path of [running, renamed])
      expect((await refuse(path)).failure).toMatchObject({ code: 'corrupt' });
  });
});

test('a file that was changed on the disk since it was saved is not packed', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const path = join(here, 'runs.zip');
  const app = openApp(here);
  await app.client.call('run.pack', { ids: [await trained(app)], path });
  // the stand-in worker lists no files of its run; a record that came with its files does
  const artifact = {
    kind: 'model',
    path: 'model/weights.bin',
    sha256: sha256(new Uint8Array(1000)),
    bytes: 1000,
  };
  const listed = repack(path, (contents, { files }) => {
    const run = JSON.parse(Buffer.from(contents['runs/1/run.json']!).toString());
    const bytes = strToU8(JSON.stringify({ ...run, artifacts: [artifact] }));
    contents['runs/1/run.json'] = bytes;
    Object.assign(files.find((file) => file.path === 'runs/1/run.json')!, {
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
  });
  const other = openApp(there);
  await other.client.call('run.unpack', { path: listed });
  await other.client.call('run.pack', { ids: [1], path: join(there, 'good.zip') });
  writeFileSync(join(there, 'runs', '1', 'model', 'weights.bin'), 'spoilt');
  const packing = other.client.call('run.pack', { ids: [1], path: join(there, 'bad.zip') });
  await expect(packing).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('model/weights.bin'),
  });
  expect(readdirSync(there).filter((name) => name.startsWith('bad.zip'))).toEqual([]);
});

test('a browser gets the file by an id, once made, and gives one in the same way', async () => {
  const app = openApp(temporaryFolder());
  const packed = await app.client.call('run.pack', { ids: [await trained(app)], path: null });
  expect(packed.asset).toMatch(/^runs:/);
  const unpacking = app.client.call('run.unpack', { path: packed.asset! });
  await expect(unpacking).rejects.toMatchObject({ code: 'conflict' });
  await expect(app.client.call('run.unpack', { path: 'runs:unknown' })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('what deleting runs would free is told before, and is what is freed', async () => {
  const app = openApp(temporaryFolder());
  const ids = [await trained(app), await trained(app, { seed: 9 })];
  const { bytes, busy } = await app.client.call('run.storage', { ids });
  expect(busy).toEqual([]);
  let freed = 0;
  for (const id of ids) freed += (await app.client.call('run.delete', { id })).freedBytes;
  expect(bytes).toBe(freed);
  expect(bytes).toBeGreaterThan(2000);
});
