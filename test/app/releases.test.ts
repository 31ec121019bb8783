/** Released models from a run's report to another workstation. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { requireRelease } from '../../src-main/app/releases/installed.ts';
import { Release } from '../../src-main/contract/schema/release.ts';
import { sampleFit } from '../store/sample-release.ts';
import { sampleManifest } from '../store/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';
import { releasableRun, releaseFile, sampleText, sha256 } from './releasable-run.ts';

const leftovers = (folder: string) =>
  existsSync(join(folder, 'releasing')) ? readdirSync(join(folder, 'releasing')) : [];

test('a run is released, carried in one file, and is the same model on another workstation', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const app = openApp(here);
  const runId = await releasableRun(app, here);
  const told: unknown[] = [];
  app.client.on('release.progress', (progress) => told.push(progress));
  const released = await app.client.call('release.create', { runId, text: sampleText });
  expect(told).toEqual([{ runId, done: 1, total: 2, remainingMs: 0 }]);
  expect(released).toMatchObject({
    name: 'Two kinds',
    version: '1.0.0',
    modelId: 'cnn1',
    origin: 'released-here',
    hasReferences: true,
    signature: null,
    testBalancedAccuracy: { value: 0.7, low: null, high: null },
    isSynthetic: false,
  });

  const path = join(temporaryFolder(), 'model.lesion-model');
  const saved = await app.client.call('release.export', { hash: released.hash, path });
  expect(saved).toEqual({ path, asset: null, name: 'two-kinds-1.0.0.lesion-model', bytes: released.bytes });
  expect(sha256(readFileSync(path))).toBe(released.hash);

  const other = openApp(there);
  const inspected = await other.client.call('release.inspect', { path });
  expect(inspected).toMatchObject({ isKnown: false, summary: { hash: released.hash, signature: null } });
  expect(await other.client.call('release.list', {})).toEqual([]);
  const imported = await other.client.call('release.import', { path });
  expect(imported).toEqual({ ...released, origin: 'imported', hasReferences: false });
  expect(await other.client.call('release.list', {})).toEqual([imported]);
  expect((await other.client.call('release.inspect', { path })).isKnown).toBe(true);
  const { release } = await other.client.call('release.get', { hash: released.hash });
  expect(release).toEqual((await app.client.call('release.get', { hash: released.hash })).release);
  expect(release).toMatchObject({
    ...sampleText,
    classes: sampleManifest().classes,
    input: { widthPx: 5, heightPx: 4 },
    parameters: 60 * 4 + 4 * 2 + 2,
    fit: sampleFit(),
    evidence: { epochs: 3, bestEpoch: 1, dataset: { name: 'sample', images: 10, layout: 'ham10000' } },
  });
  const weights = (folder: string) =>
    readFileSync(join(folder, 'models', released.hash, 'model', 'weights.bin'));
  expect(weights(there)).toEqual(weights(here));
  expect(weights(there)).toEqual(readFileSync(join(here, 'runs', String(runId), 'model', 'weights.bin')));
  expect([leftovers(here), leftovers(there)]).toEqual([[], []]);
});

test('what the classifier needs is there: folder, features of training images where they are, the dataset', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const app = openApp(here);
  const { path, hash } = await releaseFile(app, here);
  const list = await app.client.call('dataset.list', {});
  const contextOf = (folder: string, db: unknown) =>
    ({ db, folder: { models: join(folder, 'models') } }) as Parameters<typeof requireRelease>[0];
  const { openDatabase } = await import('../../src-main/store/open.ts');
  const db = openDatabase(join(here, 'lesion-lab.sqlite'));
  const installed = await requireRelease(contextOf(here, db), hash);
  db.close();
  expect(installed.datasetId).toBe(list[0]!.id);
  expect(readdirSync(installed.references!).sort()).toEqual(['references.bin', 'references.json']);
  expect(readdirSync(installed.folder).sort()).toEqual([
    'distribution.bin',
    'file.lesion-model',
    'model',
    'model-card.html',
    'model-card.md',
    'origin.json',
    'references',
    'release.json',
    'signature.json',
  ]);
  const other = openApp(there);
  await other.client.call('release.import', { path });
  const otherDb = openDatabase(join(there, 'lesion-lab.sqlite'));
  expect(await requireRelease(contextOf(there, otherDb), hash)).toMatchObject({
    references: null,
    datasetId: null,
  });
  otherDb.close();
  await expect(other.client.call('release.get', { hash: 'f'.repeat(64) })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('lab release list'),
  });
});

test('a signature proves where a file is from, with a key that others of the machine may not read', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder);
  expect(await app.client.call('release.signer', {})).toBeNull();
  const { path, hash } = await releaseFile(app, folder);
  const signer = (await app.client.call('release.signer', {}))!;
  expect(statSync(join(folder, 'signing-key.pem')).mode & 0o777).toBe(0o600);
  expect((await app.client.call('release.get', { hash })).summary.signature).toEqual(signer);

  const contents = unzipSync(readFileSync(path));
  const file = JSON.parse(Buffer.from(contents['signature.json']!).toString());
  const raw = Buffer.from(file.publicKey, 'base64');
  expect(createHash('sha256').update(raw).digest('hex')).toBe(signer.fingerprint);
  // the fixed beginning of an Ed25519 key in DER (RFC 8410)
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  expect(verify(null, contents['manifest.json']!, key, Buffer.from(file.signature, 'base64'))).toBe(true);

  const other = openApp(temporaryFolder());
  expect((await other.client.call('release.import', { path })).signature).toEqual(signer);
  writeFileSync(join(folder, 'signing-key.pem'), 'spoilt');
  await expect(app.client.call('release.signer', {})).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('signing-key.pem'),
  });
});

test('no path, and nothing of the machine or the person, is in any byte of the file', async () => {
  const [here, root] = [temporaryFolder(), temporaryFolder()];
  const app = openApp(here);
  const files = { modelFile: join(root, 'own-model.json'), splitFile: `C:\\Users\\secret\\split.csv` };
  const runId = await releasableRun(app, here, { root, modelKnows: files });
  const { hash } = await app.client.call('release.create', { runId, text: sampleText, sign: true });
  const path = join(temporaryFolder(), 'model.lesion-model');
  await app.client.call('release.export', { hash, path });
  const packed = readFileSync(path);
  const bytes = Buffer.concat([packed, ...Object.values(unzipSync(packed))]).toString('latin1');
  const machine = [os.tmpdir(), os.homedir(), os.hostname(), os.userInfo().username];
  // shorter ones are in many a word
  const words = [
    here,
    root,
    'secret',
    'Secret Machine',
    'linux 6.1',
    ...machine.filter(({ length }) => length > 4),
  ];
  expect(bytes).toContain('own-model.json');
  expect(words.filter((word) => bytes.includes(word))).toEqual([]);
});

test('a run without a calibration part, one that has not ended, or whose images are gone cannot be released', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder);
  const root = temporaryFolder();
  const splitFile = join(root, 'split.csv');
  writeFileSync(splitFile, 'image-0\nimage-1\n');
  const create = (runId: number) => app.client.call('release.create', { runId, text: sampleText });
  const uncalibrated = await releasableRun(app, folder, { splitFile });
  await expect(create(uncalibrated)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('no calibration part'),
  });
  const gone = temporaryFolder();
  const id = await releasableRun(app, folder, { root: gone });
  rmSync(gone, { recursive: true });
  await expect(create(id)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('not on this machine'),
  });
  await expect(create(99)).rejects.toMatchObject({ code: 'not-found' });

  const failing = openApp(temporaryFolder(), { behaviour: 'diverge' });
  const { dataset } = await failing.client.call('dataset.import', { root });
  const { id: failed } = await failing.client.call('run.start', {
    datasetId: dataset.id,
    settings: { model: 'cnn1' },
  });
  await failing.ended(failed);
  await expect(
    failing.client.call('release.create', { runId: failed, text: sampleText }),
  ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('it is failed') });
});

test('releasing that is cancelled leaves nothing', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder, { behaviour: 'slow-fit' });
  const runId = await releasableRun(app, folder);
  const cancel = new AbortController();
  app.client.on('release.progress', () => cancel.abort());
  await expect(
    app.client.call('release.create', { runId, text: sampleText }, { signal: cancel.signal }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect(await app.client.call('release.list', {})).toEqual([]);
  expect(readdirSync(join(folder, 'models'))).toEqual([]);
  expect(leftovers(folder)).toEqual([]);
});

test('one name and version is one release', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder);
  const runId = await releasableRun(app, folder);
  await app.client.call('release.create', { runId, text: sampleText });
  await expect(app.client.call('release.create', { runId, text: sampleText })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('another version'),
  });
  const second = { ...sampleText, version: '1.0.1' };
  await app.client.call('release.create', { runId, text: second });
  expect((await app.client.call('release.list', {})).map(({ version }) => version).sort()).toEqual([
    '1.0.0',
    '1.0.1',
  ]);
});

test('a deleted model is gone; one that was damaged on the disk is left out of the list until its file is imported again', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder);
  const { path, hash } = await releaseFile(app, folder);
  writeFileSync(join(folder, 'models', hash, 'release.json'), '{}');
  expect(await app.client.call('release.list', {})).toEqual([]);
  await expect(app.client.call('release.get', { hash })).rejects.toMatchObject({ code: 'corrupt' });
  expect((await app.client.call('release.import', { path })).hash).toBe(hash);
  expect(await app.client.call('release.list', {})).toHaveLength(1);
  await app.client.call('release.delete', { hash });
  expect(readdirSync(join(folder, 'models'))).toEqual([]);
  expect(leftovers(folder)).toEqual([]);
  await expect(app.client.call('release.delete', { hash })).rejects.toMatchObject({ code: 'not-found' });
});

test('a model that was changed on the disk answers nothing, until its file is imported again', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder);
  const { path, hash } = await releaseFile(app, folder);
  const installed = (name: string) => join(folder, 'models', hash, name);
  const release = JSON.parse(readFileSync(installed('release.json'), 'utf8'));
  writeFileSync(
    installed('release.json'),
    JSON.stringify({ ...release, fit: { ...release.fit, temperature: 9 } }),
  );
  await expect(app.client.call('release.get', { hash })).rejects.toMatchObject({ code: 'corrupt' });
  await app.client.call('release.import', { path });
  expect((await app.client.call('release.get', { hash })).release).toEqual(release);

  await app.client.call('classify.warm', { model: hash });
  const before = readFileSync(installed('model/lesion-lab.json'), 'utf8');
  writeFileSync(installed('model/lesion-lab.json'), `${before} `);
  const again = openApp(folder);
  await expect(again.client.call('classify.warm', { model: hash })).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('Import its file again'),
  });
  await again.client.call('release.import', { path });
  await again.client.call('classify.warm', { model: hash });
  expect(readFileSync(installed('model/lesion-lab.json'), 'utf8')).toBe(before);
});

test('a file is never written over another; a browser gets it by an id and gives one in the same way', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder);
  const { path, hash } = await releaseFile(app, folder);
  await expect(app.client.call('release.export', { hash, path })).rejects.toMatchObject({ code: 'conflict' });
  const { asset, name } = await app.client.call('release.export', { hash, path: null });
  expect(name).toBe('two-kinds-1.0.0.lesion-model');
  expect(sha256(readFileSync(app.app.transfers.fileOf(asset!).path))).toBe(hash);

  const other = openApp(temporaryFolder());
  const sent = await other.app.transfers.receive(
    (async function* () {
      yield readFileSync(path);
    })(),
  );
  expect((await other.client.call('release.inspect', { path: sent })).summary.hash).toBe(hash);
  expect((await other.client.call('release.import', { path: sent })).hash).toBe(hash);
  const spoilt = await other.app.transfers.receive(
    (async function* () {
      yield Buffer.from('Dear colleague, '.repeat(9));
    })(),
  );
  await expect(other.client.call('release.inspect', { path: spoilt })).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('The file that was sent is damaged'),
  });
  expect(() => other.app.transfers.fileOf(spoilt)).toThrow(/not there any more/);
  expect(Release.parse((await other.client.call('release.get', { hash })).release)).toBeDefined();
});
