/** One way of a released model through the command line: made, listed, shown, described, saved, deleted, taken in again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Release, ReleaseSummary } from '../../src-main/contract/schema/release.ts';
import { type Lab, openLab, QUICK } from './lab.ts';

let lab: Lab;
let released: ReleaseSummary;
const CREATE = ['release', 'create', '1', '--name', 'Drawn', '--intended-use', 'Teaching of students.'];

beforeAll(async () => {
  lab = await openLab({ images: 160 });
  await lab.json('train', '--data', lab.images, '--model', 'nn1', '--epochs', '2', ...QUICK);
  released = await lab.json<ReleaseSummary>(...CREATE, '--model-version', '1.0.0', '--sign');
});
afterAll(() => lab.remove());

test('create refuses what a release cannot be, naming the option', async () => {
  expect(await lab.run(...CREATE, '--model-version', 'first one')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--model-version: is letters, digits'),
  });
  expect(await lab.run(...CREATE, '--model-version', '2', '--melanoma-sensitivity', '90')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--melanoma-sensitivity is a share between 0 and 1; received "90"'),
  });
  expect(await lab.run(...CREATE, '--model-version', '1.0.0')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('another version'),
  });
});

test('list, show and key say the same of a model, in words and as JSON', async () => {
  const { releases } = await lab.json<{ releases: ReleaseSummary[] }>('release', 'list');
  expect(releases.filter(({ origin }) => origin !== 'bundled')).toEqual([released]);
  expect(released).toMatchObject({
    name: 'Drawn',
    version: '1.0.0',
    origin: 'released-here',
    isSynthetic: true,
  });
  expect((await lab.run('release', 'list')).stdout).toContain(released.hash.slice(0, 12));
  const shown = await lab.json<{ release: Release }>('release', 'show', 'Drawn@1.0.0');
  expect(shown.release.fit.parts.map(({ part }) => part)).toEqual([
    'train',
    'validation',
    'calibration',
    'test',
  ]);
  const { stdout } = await lab.run('release', 'show', released.hash.slice(0, 8));
  expect(stdout).toContain(released.hash);
  expect(stdout).toContain('Not a medical device');
  expect((await lab.run('release', 'key')).stdout).toContain(released.signature!.fingerprint);
});

test('card is printed as Markdown and written as HTML', async () => {
  expect((await lab.run('release', 'card', 'Drawn')).stdout).toContain('## Caveats and recommendations');
  const file = join(lab.folder, 'card.html');
  expect((await lab.run('release', 'card', 'Drawn', '--format', 'html', '--to', file)).status).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('<h2>Caveats and recommendations</h2>');
});

test('a file is saved once, shown without being taken, refused when it was changed, taken in after a delete', async () => {
  const file = join(lab.folder, 'drawn.lesion-model');
  expect((await lab.run('release', 'export', 'Drawn', '--to', file)).status).toBe(0);
  expect(await lab.run('release', 'export', 'Drawn', '--to', file)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is there already'),
  });
  expect(await lab.run('release', 'delete', 'Drawn')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--yes'),
  });
  expect((await lab.run('release', 'delete', 'Drawn', '--yes')).status).toBe(0);
  expect(existsSync(join(lab.dataFolder, 'models', released.hash))).toBe(false);

  const shown = await lab.json<{ isKnown: boolean; summary: ReleaseSummary }>('release', 'show', file);
  expect(shown).toMatchObject({ isKnown: false, summary: { hash: released.hash } });
  const changed = join(lab.folder, 'changed.lesion-model');
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(changed, bytes);
  expect(await lab.run('release', 'import', changed)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('changed.lesion-model is damaged'),
  });
  expect((await lab.run('release', 'list')).stdout).not.toContain('Drawn');
  const imported = await lab.json<ReleaseSummary>('release', 'import', file);
  expect(imported).toEqual({ ...released, origin: 'imported', hasReferences: false });
});
