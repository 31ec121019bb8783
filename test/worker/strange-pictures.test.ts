/**
 * A release fitted and asked as in use, on the bundled ImageNet weights and drawn lesions: no training is needed, since what tells a
 * strange picture from a lesion is before the layers that the classes bend most.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import { ReleaseTargets } from '../../src-main/contract/schema/release.ts';
import { importDataset } from '../../src-main/dataset/import.ts';
import { makeSplit } from '../../src-main/dataset/make-split.ts';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { saveModelFolder } from '../../src-main/models/model-folder.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { type Classifier, openClassifier } from '../../src-main/worker/classifier.ts';
import { fitRelease } from '../../src-main/worker/fit-release.ts';
import { planModel } from '../../src-main/worker/plan-model.ts';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import {
  brickWall,
  face,
  faceCloseUp,
  landscape,
  noise,
  printedPage,
  SKIN_COLOURS,
  wood,
} from '../preprocess/drawn-scenes.ts';
import { exampleMetadata } from '../support/model-metadata.ts';
import { threeClassRelease } from '../support/three-class-release.ts';

const size = { widthPx: 120, heightPx: 90 };
let folder = '';
let classifier: Classifier;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lesion-lab-strange-'));
  const root = join(folder, 'set');
  await writeSyntheticDataset({ folder: root, images: 240, widthPx: 200, heightPx: 150, encode: encodeJpeg });
  const manifest = await importDataset({ root, inspect: inspectImage });
  const config = TrainingConfig.parse({
    model: 'mobile_net',
    imageWidthPx: size.widthPx,
    imageHeightPx: size.heightPx,
  });
  const weightFolder = join(import.meta.dirname, '../../resources/weights');
  const { network, weights, model } = await planModel({
    manifest,
    config,
    modelFile: null,
    folders: { weights: [weightFolder] },
  });
  const [mean, deviation] = [[...model.nativeScaling.mean], [...model.nativeScaling.deviation]];
  const example = exampleMetadata();
  const recipe = { ...example.recipe, ...size, mean, deviation } as typeof example.recipe;
  const modelFolder = join(folder, 'release/model');
  await saveModelFolder(modelFolder, {
    network,
    weights,
    metadata: { ...example, config, recipe, classes: manifest.classes },
  });
  const { split } = makeSplit(manifest, manifest.images, config);
  const fit = await fitRelease(
    {
      modelFolder,
      manifest,
      split,
      targets: ReleaseTargets.parse({ inside: 0.9 }),
      folder: join(folder, 'release'),
      cacheFolder: join(folder, 'cache'),
    },
    () => undefined,
    new AbortController().signal,
  );
  classifier = await openClassifier({
    model: { name: 'Drawn', version: '1.0.0', hash: 'ab'.repeat(32) },
    release: threeClassRelease({ classes: manifest.classes, fit }),
    folder: join(folder, 'release'),
    references: null,
  });
});
afterAll(async () => {
  classifier.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function ask(picture: Buffer) {
  const source = { base64: picture.toString('base64') };
  return (await classifier.answer({ source, level: 0.9, isBrief: true })).answer;
}

describe.each(Object.entries(SKIN_COLOURS))('a face of %s skin', (_tone, skin) => {
  test.each([
    ['whole', face],
    ['close', faceCloseUp],
  ])('gets no diagnosis, %s', async (_view, draw) => {
    const answer = await ask(await draw(skin));
    expect(answer.outOfDistribution.isOutside).toBe(true);
    expect(answer.isWithheld).toBe(true);
  });
});

test.each([
  ['a landscape', landscape],
  ['a printed page', printedPage],
  ['noise', () => noise(3)],
  ['wood', wood],
  ['a brick wall', brickWall],
])('%s gets no diagnosis', async (_name, draw) => {
  const answer = await ask(await draw());
  expect(answer.outOfDistribution.isOutside).toBe(true);
  expect(answer.isWithheld).toBe(true);
});

test('most lesions that it has never seen get one', async () => {
  const codes = ['nv', 'mel', 'bcc', 'bkl', 'akiec'];
  let answered = 0;
  for (let seed = 101; seed <= 120; seed++) {
    const pixels = drawnPixels(seed, 200, 150, codes[seed % codes.length]!);
    const picture = await asSharp(pixels, 200, 150).jpeg({ quality: 92 }).toBuffer();
    if (!(await ask(picture)).isWithheld) answered++;
  }
  expect(answered).toBeGreaterThanOrEqual(15);
});
