import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatasetManifest, TrainingConfig } from '../../src-main/contract/index.ts';
import { makeSplit } from '../../src-main/dataset/make-split.ts';
import { initialWeights } from '../../src-main/models/initialise.ts';
import { saveModelFolder } from '../../src-main/models/model-folder.ts';
import { findModel } from '../../src-main/models/registry.ts';
import { loadBackboneWeights } from '../../src-main/models/weights/backbone-weights.ts';
import { writeBundle } from '../../src-main/models/weights/bundle.ts';
import { usesGpu } from '../../src-main/native-op.ts';
import { tf } from '../../src-main/tf.ts';
import { checkRun } from '../../src-main/worker/check-run.ts';
import { requireDevice } from '../../src-main/worker/environment.ts';
import { sampleManifest } from '../store/samples.ts';
import { exampleMetadata } from '../support/model-metadata.ts';

const bundled = join(import.meta.dirname, '../../resources/weights');
let folder = '';
beforeAll(() => {
  const picture = join(manifest.root, manifest.images[7]!.path);
  mkdirSync(dirname(picture), { recursive: true });
  writeFileSync(picture, '');
  folder = mkdtempSync(join(tmpdir(), 'lesion-lab-check-'));
});
afterAll(() => {
  for (const made of [folder, manifest.root]) rmSync(made, { recursive: true, force: true });
});

/** Forty lesions of two images, in two classes; one of the pictures is there, of any content. */
const manifest: DatasetManifest = sampleManifest({
  root: mkdtempSync(join(tmpdir(), 'lesion-lab-check-set-')),
  images: Array.from({ length: 80 }, (_, index) => ({
    ...sampleManifest().images[1]!,
    imageId: `image-${index}`,
    lesionId: `lesion-${Math.floor(index / 2)}`,
    classIndex: Math.floor(index / 2) % 2,
    ageYears: 50,
    sex: 'female',
  })),
  problems: [],
});

const check = (settings: Record<string, unknown>, weights = [bundled]) =>
  checkRun({
    manifest,
    config: TrainingConfig.parse({ imageWidthPx: 48, imageHeightPx: 36, batchSize: 8, ...settings }),
    folders: { weights },
  });

const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const layers = (units: number) =>
  JSON.stringify({
    layers: [
      { type: 'input', name: 'image', height: 36, width: 48, channels: 3 },
      { type: 'conv2d', name: 'first', filters: 4, kernelSize: [9, 9] },
      { type: 'global-average-pool', name: 'mean' },
      { type: 'dense', name: 'classes', units, activation: 'softmax' },
    ],
  });

describe('a run that could not begin is refused for', () => {
  it.each<[string, () => Record<string, unknown>, string, RegExp]>([
    ['a model file that is gone', () => ({ modelFile: join(folder, 'gone.h5') }), 'not-found', /gone\.h5/],
    ['a model file that is none', () => ({ modelFile: file('a.h5', 'text') }), 'bad-model', /a\.h5/],
    ['a layer list that is no JSON', () => ({ modelFile: file('b.json', '{') }), 'bad-model', /b\.json/],
    [
      'a model with other classes',
      () => ({ modelFile: file('c.json', layers(7)) }),
      'bad-model',
      /2 classes/,
    ],
    [
      'images smaller than the layers take',
      () => ({ modelFile: file('d.json', layers(2)), imageWidthPx: 8 }),
      'bad-model',
      /first/,
    ],
    ['missing weights', () => ({ model: 'res_net' }), 'missing-component', /resnet50.*scratch/],
    ['more layers than there are', () => ({ model: 'mobile_net', trainableLayers: 999 }), 'bad-input', /999/],
    [
      'a batch larger than the training part',
      () => ({ model: 'nn1', batchSize: 49 }),
      'bad-input',
      /48 images/,
    ],
    [
      'no lesion left to train on',
      () => ({ model: 'nn1', dropMissing: true, splitMethod: 'k-fold', folds: 50 }),
      'bad-split',
      /50 folds/,
    ],
    [
      'a split file with an unknown part',
      () => ({
        model: 'nn1',
        splitMethod: 'file',
        splitFile: file('split.csv', 'image_id,part\nimage-0,training\nimage-1,holdback\n'),
      }),
      'bad-split',
      /line 3.*holdback/,
    ],
    [
      'a split file that trains on one class alone',
      () => ({
        model: 'nn1',
        batchSize: 1,
        splitMethod: 'file',
        splitFile: file('one.csv', 'image_id,part\nimage-0,train\nimage-2,test\n'),
      }),
      'bad-split',
      /no image of the class nv/,
    ],
  ])('%s', async (_name, settings, code, message) => {
    const given = settings();
    const refused = check('model' in given ? given : { model: 'file', ...given });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.skipIf(usesGpu)('the GPU where there is none (needs a machine without one)', async () => {
    const refused = check({ model: 'nn1', device: 'gpu' });
    await expect(refused).rejects.toMatchObject({
      code: 'no-device',
      message: expect.stringMatching(/npm run doctor/),
    });
  });

  it.each([
    ['a folder that is gone', () => join(folder, 'unplugged'), /no folder .*unplugged/],
    [
      'a folder that is empty',
      () => mkdtempSync(join(folder, 'empty-')),
      /none of its 80 images is in .*empty-/,
    ],
  ])('a dataset in %s', async (_name, makeRoot, where) => {
    const config = TrainingConfig.parse({ model: 'nn1', batchSize: 8 });
    const moved = { ...manifest, root: makeRoot() };
    const refused = checkRun({ manifest: moved, config, folders: { weights: [] } });
    await expect(refused).rejects.toMatchObject({ code: 'not-found' });
    await expect(refused).rejects.toThrow(where);
    await expect(refused).rejects.toThrow(/Connect its disk.*import the dataset again/);
  });

  it('weights that belong to another architecture', async () => {
    const weights = loadBackboneWeights('mobilenet_v1', [bundled])!;
    const [key, first] = [...weights][0]!;
    const wrong = new Map(weights).set(key, { shape: [1, ...first.shape], values: first.values });
    const source = { file: 'x.h5', sha256: '0'.repeat(64) };
    await writeBundle(join(folder, 'own', 'mobilenet_v1'), 'mobilenet_v1', wrong, source);
    const refused = check({ model: 'mobile_net' }, [join(folder, 'own'), bundled]);
    await expect(refused).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/another architecture.*lab weights import/),
    });
  });
});

describe('a run that can begin', () => {
  it('is let through, and leaves no tensor behind', async () => {
    await check({ model: 'mobile_net', trainableLayers: 23 });
    const before = tf.memory().numTensors;
    expect(await check({ model: 'mobile_net', trainableLayers: 23 })).toMatchObject({ modelFiles: [] });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('brings its split, which is the one that it will train on', async () => {
    const config = TrainingConfig.parse({ model: 'nn1', seed: 7 });
    const { split } = makeSplit(manifest, manifest.images, config);
    expect((await check({ model: 'nn1', seed: 7 })).split.split).toEqual(split);
  });

  it('brings the split that a file says, with what is to be known of it', async () => {
    const rows = manifest.images
      .slice(1)
      .map(({ imageId }, index) => `${imageId},${index < 60 ? 'train' : 'test'}`);
    const splitFile = file('whole.csv', ['image_id,part', ...rows].join('\n'));
    const { split } = await check({ model: 'nn1', splitMethod: 'file', splitFile });
    expect(split.split.test).toEqual(manifest.images.slice(61).map(({ imageId }) => imageId));
    expect(split.split.train).toHaveLength(60);
    expect(split.warnings.join(' ')).toMatch(/1 images are in no part of .*whole\.csv.*image-0/);
  });

  it('names the file of a layer list, and every file of a model of TensorFlow.js', async () => {
    const list = file('fine.json', layers(2));
    expect(await check({ model: 'file', modelFile: list })).toMatchObject({ modelFiles: [list] });

    const size = { heightPx: 36, widthPx: 48, headDropout: null, headBatchNorm: false, headL2: 0 };
    const network = findModel('cnn1').build({ ...size, classCount: 2 });
    const saved = join(folder, 'saved');
    await saveModelFolder(saved, {
      network,
      weights: initialWeights(network, 1),
      metadata: exampleMetadata(),
    });
    const files = [join(saved, 'model.json'), join(saved, 'weights.bin')];
    expect(await check({ model: 'file', modelFile: saved })).toMatchObject({ modelFiles: files });
    expect(await check({ model: 'file', modelFile: files[0] })).toMatchObject({ modelFiles: files });
  });

  it('is refused a model whose weights lie elsewhere than beside it', async () => {
    const size = { heightPx: 36, widthPx: 48, headDropout: null, headBatchNorm: false, headL2: 0 };
    const network = findModel('nn1').build({ ...size, classCount: 2 });
    const saved = join(folder, 'stray');
    await saveModelFolder(saved, {
      network,
      weights: initialWeights(network, 1),
      metadata: exampleMetadata(),
    });
    const moved = join(folder, 'moved');
    mkdirSync(moved);
    const model = readFileSync(join(saved, 'model.json'), 'utf8').replace(
      'weights.bin',
      '../stray/weights.bin',
    );
    writeFileSync(join(moved, 'model.json'), model);
    await expect(check({ model: 'file', modelFile: moved })).rejects.toMatchObject({ code: 'bad-model' });
  });
});

describe('asking for the GPU', () => {
  it('and getting the processor is an error that says what to do', () => {
    expect(() => requireDevice('gpu', ['CPU:0'])).toThrow(
      expect.objectContaining({ code: 'no-device', message: expect.stringContaining('npm run doctor') }),
    );
    expect(() => requireDevice('gpu', [])).toThrow(expect.objectContaining({ code: 'no-device' }));
  });

  it('and getting it is none, nor is taking what there is', () => {
    requireDevice('gpu', ['CPU:0', 'GPU:0']);
    requireDevice('auto', ['CPU:0']);
    requireDevice('cpu', ['CPU:0', 'GPU:0']);
  });
});
