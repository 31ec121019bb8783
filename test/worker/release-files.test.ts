import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  readDistribution,
  readReferences,
  writeDistribution,
  writeReferences,
} from '../../src-main/worker/release-files.ts';
import { temporaryFolder } from '../store/temporary.ts';

const gaussian = {
  featureCount: 2,
  cholesky: Float32Array.of(1, 0.5, 2),
  whitenedMeans: Float32Array.of(0, 1, -1, 0.25, 3, 4),
};
const sizes = { featureCount: 2, whitenedMeans: 3 };
const references = {
  features: Float32Array.of(1, 2, 3, 4),
  images: [
    { imageId: 'a', lesionId: 'one', classIndex: 1 },
    { imageId: 'b', lesionId: 'one', classIndex: 1 },
  ],
};

test('gives back what was written', async () => {
  const folder = temporaryFolder();
  await writeDistribution(folder, gaussian);
  await writeReferences(folder, references);
  expect(await readDistribution(folder, sizes)).toEqual(gaussian);
  expect(await readReferences(folder, 2)).toEqual(references);
});

test('has no distribution where a release measures none', async () => {
  expect(await readDistribution(temporaryFolder(), { featureCount: null, whitenedMeans: null })).toBeNull();
});

test('says which file is missing, cut off, or of another model', async () => {
  const folder = temporaryFolder();
  await expect(readDistribution(folder, sizes)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(/distribution\.bin is damaged: it is missing/),
  });
  await writeDistribution(folder, gaussian);
  await writeReferences(folder, references);
  await truncate(join(folder, 'distribution.bin'), 35);
  await expect(readDistribution(folder, sizes)).rejects.toThrow('it has 35 bytes; 9 numbers need 36');
  await expect(readReferences(folder, 3)).rejects.toThrow('it has 16 bytes; 6 numbers need 24');
  await rm(join(folder, 'references.bin'));
  await expect(readReferences(folder, 2)).rejects.toThrow(/references\.bin is damaged: it is missing/);
});

test.each([
  ['[', 'it is not JSON'],
  ['[{"imageId":"a"}]', 'it is no list of training images'],
])('says what is wrong with a list of training images that is %s', async (text, reason) => {
  const folder = temporaryFolder();
  await writeReferences(folder, references);
  await writeFile(join(folder, 'references.json'), text);
  await expect(readReferences(folder, 2)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining(reason),
  });
});
