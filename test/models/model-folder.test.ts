/** Saved models: whole or absent, checked when loaded, and readable by TensorFlow.js itself. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModelFolder, saveModelFolder } from '../../src-main/models/model-folder.ts';
import { createPredictor } from '../../src-main/models/predictor.ts';
import { findModel } from '../../src-main/models/registry.ts';
import { type Tensor2D, tf } from '../../src-main/tf.ts';
import { hashImages, hashWeights } from '../support/hash-weights.ts';
import { exampleMetadata } from '../support/model-metadata.ts';
import { everyLayerNetwork } from '../support/small-network.ts';

const root = mkdtempSync(join(tmpdir(), 'lesion-lab-'));
const folder = join(root, 'model');
const network = everyLayerNetwork();
const weights = hashWeights(network, 'lively');

beforeAll(() => saveModelFolder(folder, { network, weights, metadata: exampleMetadata() }));
afterAll(() => rmSync(root, { recursive: true }));

test('comes back as it was saved', async () => {
  const loaded = await loadModelFolder(folder);
  expect(loaded.network).toEqual(network);
  expect(loaded.metadata).toEqual(exampleMetadata());
  expect([...loaded.weights]).toEqual([...weights]);
});

describe.each([
  ['every layer', network],
  [
    'mobile_net',
    findModel('mobile_net').build({
      heightPx: 50,
      widthPx: 61,
      classCount: 7,
      headDropout: null,
      headBatchNorm: true,
      headL2: 0.001,
    }),
  ],
])('TensorFlow.js loads it: %s', (name, example) => {
  test('and predicts the same', async () => {
    const target = join(root, name.replace(' ', '-'));
    const values = hashWeights(example, 'lively');
    await saveModelFolder(target, { network: example, weights: values, metadata: exampleMetadata() });
    const input = example.layers[0]!;
    if (input.type !== 'input') throw new Error('no input');
    const images = tf.tensor4d(hashImages(2, input.height, input.width), [2, input.height, input.width, 3]);
    const ours = createPredictor(example, values);
    const loaded = await tf.loadLayersModel(`file://${join(target, 'model.json')}`);
    const expected = await (loaded.predict(images) as Tensor2D).array();
    const predicted = await ours.predict(images).array();
    predicted.flat().forEach((value, index) => {
      expect(value).toBeCloseTo(expected.flat()[index]!, 5);
    });
  });
});

test('a second save replaces the first and leaves nothing beside it', async () => {
  const target = join(root, 'twice');
  await saveModelFolder(target, { network, weights, metadata: exampleMetadata() });
  const other = hashWeights(network, 'calm');
  await saveModelFolder(target, { network, weights: other, metadata: exampleMetadata() });
  expect([...(await loadModelFolder(target)).weights]).toEqual([...other]);
  expect(readdirSync(root).filter((name) => name.startsWith('twice'))).toEqual(['twice']);
});

test('a save that is cancelled keeps the older one and leaves nothing beside it', async () => {
  const target = join(root, 'kept');
  await saveModelFolder(target, { network, weights, metadata: exampleMetadata() });
  const other = { network, weights: hashWeights(network, 'calm'), metadata: exampleMetadata() };
  await expect(saveModelFolder(target, other, AbortSignal.abort())).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect([...(await loadModelFolder(target)).weights]).toEqual([...weights]);
  expect(readdirSync(root).filter((name) => name.startsWith('kept'))).toEqual(['kept']);
});

describe('refuses', () => {
  const copy = (name: string): string => {
    const target = join(root, name);
    cpSync(folder, target, { recursive: true });
    return target;
  };

  test.each(['weights.bin', 'model.json'])('a changed byte in %s, naming the file', async (file) => {
    const target = copy(`changed-${file}`);
    const bytes = readFileSync(join(target, file));
    bytes[100] = bytes[100]! ^ 1;
    writeFileSync(join(target, file), bytes);
    await expect(loadModelFolder(target)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(join(target, file)),
    });
  });

  test('a weights.bin that was cut off', async () => {
    const target = copy('cut');
    writeFileSync(join(target, 'weights.bin'), readFileSync(join(target, 'weights.bin')).subarray(0, 1000));
    await expect(loadModelFolder(target)).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('a missing file', async () => {
    const target = copy('missing');
    rmSync(join(target, 'weights.bin'));
    await expect(loadModelFolder(target)).rejects.toMatchObject({ code: 'corrupt', message: /missing/ });
  });

  test('another normalisation written into the description', async () => {
    const target = copy('edited');
    const path = join(target, 'lesion-lab.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('127.5', '120.5'));
    await expect(loadModelFolder(target)).rejects.toMatchObject({
      code: 'corrupt',
      message: /lesion-lab.json/,
    });
  });

  test('a description that is cut off', async () => {
    const target = copy('half');
    const path = join(target, 'lesion-lab.json');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 500));
    await expect(loadModelFolder(target)).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('a newer format', async () => {
    const target = copy('newer');
    const path = join(target, 'lesion-lab.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"formatVersion":1', '"formatVersion":2'));
    await expect(loadModelFolder(target)).rejects.toMatchObject({ code: 'newer-version' });
  });

  test('a folder that is no model', async () => {
    await expect(loadModelFolder(root)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('to save a network without one of its weights', async () => {
    const partial = new Map(weights);
    partial.delete('hidden/bias');
    const target = join(root, 'partial');
    await expect(
      saveModelFolder(target, { network, weights: partial, metadata: exampleMetadata() }),
    ).rejects.toMatchObject({ code: 'bad-model', message: /hidden\/bias/ });
    expect(readdirSync(root).filter((name) => name.startsWith('partial'))).toEqual([]);
  });
});
