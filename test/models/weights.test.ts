/** ImageNet weights: bundled ones, importing files, and what is said about a file that does not fit. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../src-main/contract/errors.ts';
import { type BackboneId, findBackbone } from '../../src-main/models/backbones.ts';
import { exportKeras } from '../../src-main/models/keras-export.ts';
import type { NamedWeights } from '../../src-main/models/named-weights.ts';
import { compileForward } from '../../src-main/models/predictor.ts';
import { listWeights, loadBackboneWeights } from '../../src-main/models/weights/backbone-weights.ts';
import { readBundle, writeBundle } from '../../src-main/models/weights/bundle.ts';
import { importWeightsFile } from '../../src-main/models/weights/import-weights.ts';
import { encodeTfjsLayers } from '../../src-main/models/weights/tfjs-layers.ts';
import { type Tensor4D, tf } from '../../src-main/tf.ts';
import { hashImages, hashWeights } from '../support/hash-weights.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const bundled = new URL('../../resources/weights', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'lesion-lab-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function example(id: BackboneId) {
  const network = { layers: findBackbone(id).layers(64, 64), backboneLayerCount: 0 };
  return { network, weights: hashWeights(network, 'lively') };
}

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(AppError);
  return thrown as AppError;
}

function expectSame(found: NamedWeights | null, expected: NamedWeights, but: readonly string[] = []): void {
  expect([...found!.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [key, { shape, values }] of expected) {
    if (but.includes(key)) continue;
    expect(found!.get(key)!.shape, key).toEqual(shape);
    expect(Buffer.from(found!.get(key)!.values.buffer).equals(Buffer.from(values.buffer)), key).toBe(true);
  }
}

describe('bundled', () => {
  // of the arrays in the order of the files, as published (PROVENANCE.md)
  test.each([
    ['mobilenet_v1', 'b8c0aeb5fc63059affb61a02dd18c74884c85facddf27537a308c090deb52a6a'],
    ['efficientnet_lite0', 'c0bee34e755e1058b86ce5bfa5da52d460e7423c4c44248b41979f923791ab61'],
  ])('%s is the file that the fetching script makes', (id, hash) => {
    const bytes = readFileSync(join(bundled, id, 'weights.bin'));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
  });

  test('the list names what is there and what to fetch', () => {
    const listings = listWeights([join(scratch, 'nothing'), bundled]);
    expect(
      listings.map(({ backbone, folder, fetch }) => [backbone, folder !== null, fetch?.file ?? null]),
    ).toEqual([
      ['mobilenet_v1', true, null],
      ['resnet50', false, 'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5'],
      ['densenet121', false, 'densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5'],
      ['efficientnet_lite0', true, null],
    ]);
    expect(loadBackboneWeights('resnet50', [bundled])).toBeNull();
  });

  test('a changed byte is noticed', () => {
    const copy = join(scratch, 'changed');
    cpSync(join(bundled, 'mobilenet_v1'), join(copy, 'mobilenet_v1'), { recursive: true });
    const path = join(copy, 'mobilenet_v1', 'weights.bin');
    const bytes = readFileSync(path);
    bytes[4_000_000] = bytes[4_000_000]! ^ 1;
    writeFileSync(path, bytes);
    expect(() => loadBackboneWeights('mobilenet_v1', [copy])).toThrow(
      expect.objectContaining({ code: 'corrupt', message: expect.stringContaining(path) }),
    );
  });
});

test('weights that are stored anew replace the older ones, unless it is cancelled', async () => {
  const target = join(scratch, 'stored', 'a');
  const store = (value: number, signal?: AbortSignal) =>
    writeBundle(
      target,
      'a',
      new Map([['kernel', { shape: [2], values: Float32Array.of(value, value) }]]),
      { file: 'a.h5', sha256: '0'.repeat(64) },
      signal,
    );
  await store(1);
  await store(2);
  expect((await failure(store(3, AbortSignal.abort()))).code).toBe('cancelled');
  expect([...readBundle(target)!.get('kernel')!.values]).toEqual([2, 2]);
  expect(readdirSync(join(scratch, 'stored'))).toEqual(['a']);
});

describe('importing', () => {
  const folder = join(scratch, 'imported');
  let densenet: string;
  let resnet: string;

  beforeAll(async () => {
    densenet = join(scratch, 'densenet.h5');
    await exportKeras(example('densenet121'), densenet);
    resnet = join(scratch, 'resnet.keras');
    await exportKeras(example('resnet50'), resnet);
  });

  test('finds out which backbone a file is of, and stores it bit for bit', async () => {
    const result = await importWeightsFile(densenet, folder);
    expect(result).toMatchObject({
      backbone: 'densenet121',
      arrays: 604,
      folder: join(folder, 'densenet121'),
    });
    expectSame(loadBackboneWeights('densenet121', [folder]), example('densenet121').weights);
    const listed = listWeights([folder]).find(({ backbone }) => backbone === 'densenet121');
    expect(listed).toMatchObject({ importedFrom: 'densenet.h5', sha256: result.sha256 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a file with other layer names, as the published DenseNet has, is matched by order', async () => {
    const { network, weights } = example('densenet121');
    const rename = (name: string) => `x_${name}`;
    const renamed = {
      layers: network.layers.map((layer) => ({
        ...layer,
        name: rename(layer.name),
        ...('inputs' in layer && layer.inputs && { inputs: layer.inputs.map(rename) }),
      })) as typeof network.layers,
      backboneLayerCount: 0,
    };
    const path = join(scratch, 'renamed.h5');
    const values = new Map([...weights].map(([key, array]) => [rename(key), array]));
    await exportKeras({ network: renamed, weights: values }, path);
    const target = join(scratch, 'by-order');
    expect((await importWeightsFile(path, target)).backbone).toBe('densenet121');
    expectSame(loadBackboneWeights('densenet121', [target]), weights);
  });

  test("ResNet50's first kernel is turned from blue, green, red to red, green, blue, so that red pixels act as before", async () => {
    const { network, weights } = example('resnet50');
    await importWeightsFile(resnet, folder);
    const imported = loadBackboneWeights('resnet50', [folder])!;
    expectSame(imported, weights, ['conv1_conv/kernel']);
    const stem = network.layers.slice(0, 5);
    const rgb = tf.tensor4d(hashImages(1, 64, 64), [1, 64, 64, 3]);
    const bgr = rgb.reverse(3) as Tensor4D;
    const outputs = [
      compileForward(stem, weights, ['conv1_relu']).run(bgr),
      compileForward(stem, imported, ['conv1_relu']).run(rgb),
    ].map((result) => result.get('conv1_relu')!.dataSync());
    outputs[0]!.forEach((value, index) => {
      expect(outputs[1]![index]).toBeCloseTo(value, 4);
    });
  });

  test('a folder in the layers format of TensorFlow.js', async () => {
    const { network, weights } = example('mobilenet_v1');
    const source = join(scratch, 'tfjs');
    mkdirSync(source);
    for (const [name, bytes] of encodeTfjsLayers(network, weights)) writeFileSync(join(source, name), bytes);
    const target = join(scratch, 'from-tfjs');
    expect((await importWeightsFile(source, target)).backbone).toBe('mobilenet_v1');
    expectSame(loadBackboneWeights('mobilenet_v1', [target]), weights);
    // imported ones go before bundled ones when their folder does
    expectSame(loadBackboneWeights('mobilenet_v1', [target, bundled]), weights);
  });

  test('a file of another architecture is refused: every mismatch named, and what it seems to be', async () => {
    const error = await failure(importWeightsFile(densenet, folder, 'resnet50'));
    expect(error.code).toBe('bad-model');
    expect(error.message).toMatch(/do not fit ResNet50/);
    expect(error.message).toMatch(/seems to be of DenseNet121/);
    expect(error.details!.missing).toContain('conv2_block1_3_conv/kernel');
    expect(error.details!.unexpected).toContain('conv5_block16_2_conv/kernel');
  });

  test('a file with one array short and one of another size names both', async () => {
    const { network, weights } = example('mobilenet_v1');
    const layers = network.layers.map((layer) =>
      layer.type === 'conv2d' && layer.name === 'conv_pw_13' ? { ...layer, filters: 512 } : layer,
    );
    const last = layers.findIndex(({ name }) => name === 'conv_pw_13_bn');
    const shorter = { layers: layers.slice(0, last), backboneLayerCount: 0 };
    const changed = new Map(weights);
    changed.set('conv_pw_13/kernel', { shape: [1, 1, 1024, 512], values: new Float32Array(1024 * 512) });
    const path = join(scratch, 'short.h5');
    await exportKeras({ network: shorter, weights: changed }, path);
    const error = await failure(importWeightsFile(path, folder));
    expect(error.message).toMatch(/MobileNet v1/);
    expect(error.details).toEqual({
      missing: ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((weight) => `conv_pw_13_bn/${weight}`),
      unexpected: [],
      shapes: ['conv_pw_13/kernel is [1,1,1024,512], expected [1,1,1024,1024]'],
    });
  });

  test('a model of none of the backbones', async () => {
    const path = new URL('../golden/models/files/branched.keras', import.meta.url).pathname;
    expect(await failure(importWeightsFile(path, folder))).toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/fit no backbone/),
    });
  });

  test.each([
    ['text', 'hello, weights', 'bad-model'],
    ['cut.h5', null, 'bad-model'],
    ['cut.keras', null, 'bad-model'],
  ])('a file that is %s', async (name, text, code) => {
    const path = join(scratch, name);
    const source = name.endsWith('.h5') ? densenet : resnet;
    writeFileSync(path, text ?? readFileSync(source).subarray(0, 5000));
    const error = await failure(importWeightsFile(path, folder));
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
  });

  test('a file that is not there', async () => {
    expect((await failure(importWeightsFile(join(scratch, 'absent.h5'), folder))).code).toBe('not-found');
  });

  test('an unknown backbone gives the nearest name', async () => {
    const error = await failure(importWeightsFile(densenet, folder, 'resnet-50'));
    expect(error.message).toMatch(/did you mean "resnet50"/);
  });
});
