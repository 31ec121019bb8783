/** Models of the user's own: layer lists, imported Keras models, and what is said about bad ones. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadModelFile } from '../../src-main/models/custom.ts';
import type { BuildOptions } from '../../src-main/models/descriptor.ts';
import { initialWeights } from '../../src-main/models/initialise.ts';
import { createPredictor } from '../../src-main/models/predictor.ts';
import { resolveModel } from '../../src-main/models/resolve.ts';
import { encodeTfjsLayers } from '../../src-main/models/weights/tfjs-layers.ts';
import { type Tensor2D, tf } from '../../src-main/tf.ts';
import predictions from '../golden/models/files/predictions.json' with { type: 'json' };
import { hashImages, hashWeights } from '../support/hash-weights.ts';
import { everyLayerNetwork } from '../support/small-network.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lesion-lab-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const golden = (name: string): string => new URL(`../golden/models/files/${name}`, import.meta.url).pathname;

const options: BuildOptions = {
  heightPx: 20,
  widthPx: 24,
  classCount: 3,
  headDropout: null,
  headBatchNorm: false,
  headL2: 0,
};

const small = [
  { type: 'input', name: 'image', height: 64, width: 64, channels: 3 },
  { type: 'conv2d', name: 'first', filters: 4, kernelSize: [3, 3], activation: 'relu' },
  { type: 'global-average-pool', name: 'pool' },
  { type: 'dense', name: 'last', units: 3, activation: 'softmax' },
];

let count = 0;
function write(value: unknown): string {
  const path = join(scratch, `model-${count++}.json`);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

describe('a layer list', () => {
  test("takes the images' size in place of its own, and gives no weights", async () => {
    const model = await loadModelFile(write({ layers: small, backboneLayerCount: 2 }));
    const network = model.build(options);
    expect(network.layers[0]).toMatchObject({ height: 20, width: 24 });
    expect(network.backboneLayerCount).toBe(2);
    expect(model.weights(network)).toBeNull();
    const predictor = createPredictor(network, initialWeights(network, 1));
    const [row] = predictor
      .predict(tf.tensor4d(hashImages(1, 20, 24), [1, 20, 24, 3]))
      .arraySync() as number[][];
    expect(row!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  const withLayer = (index: number, change: object) =>
    small.map((layer, at) => (at === index ? { ...layer, ...change } : layer));

  test.each([
    [
      'an unknown type',
      withLayer(1, { type: 'conv2' }),
      /layer 2 "first" has the type "conv2"; did you mean "conv2d"\?/,
    ],
    [
      'an unknown key',
      withLayer(1, { filter: 4 }),
      /layer 2 "first" \(conv2d\) has a key "filter"; did you mean "filters"\?/,
    ],
    [
      'a value of the wrong kind',
      withLayer(1, { filters: 'many' }),
      /layer 2 "first" \(conv2d\): filters: .*number/,
    ],
    ['a missing value', [small[0], { type: 'dense', name: 'd' }], /layer 2 "d" \(dense\): units/],
    ['a layer without a name', [small[0], { type: 'flatten' }], /layer 2 \(flatten\): name/],
    ['one layer', [small[0]], /layers/],
  ])('with %s says which layer and what', async (_, layers, message) => {
    await expect(loadModelFile(write({ layers }))).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['no input layer first', small.slice(1), /"first" \(conv2d\).*first layer must be the input/],
    ['two layers of one name', withLayer(2, { name: 'first' }), /"first".*names must differ/],
    [
      'an input that is not there',
      withLayer(2, { inputs: ['nowhere'] }),
      /"pool".*"nowhere" is not a layer before it/,
    ],
    ['another number of classes', withLayer(3, { units: 7 }), /"last" with \[7\] outputs.*3 classes/],
    ['no softmax at its end', withLayer(3, { activation: 'relu' }), /ends in "last".*softmax/],
    ['grey images', withLayer(0, { channels: 1 }), /3 channels/],
    [
      'a kernel larger than the map',
      withLayer(1, { kernelSize: [21, 3] }),
      /"first" \(conv2d\).*\[20, 24, 3\] is too small/,
    ],
    ['a dense layer on a map', [small[0], small[1], small[3]], /"last" \(dense\).*pooling or flatten/],
    [
      'a layer that leads nowhere',
      [
        ...small.slice(0, 2),
        { type: 'flatten', name: 'spare' },
        { ...small[2], inputs: ['first'] },
        small[3],
      ],
      /"spare".*leads nowhere/,
    ],
  ])('with %s does not build', async (_, layers, message) => {
    const model = await loadModelFile(write({ layers }));
    expect(() => model.build(options)).toThrow(
      expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(message) }),
    );
  });

  test('a backbone that leaves no head', async () => {
    const model = await loadModelFile(write({ layers: small, backboneLayerCount: 4 }));
    expect(() => model.build(options)).toThrow(/leaves none for the head/);
  });

  test('switches for the head of the own models are refused', async () => {
    const model = await loadModelFile(write({ layers: small }));
    expect(() => model.build({ ...options, headDropout: 0.3 })).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });
});

describe('an imported model', () => {
  test.each(['branched.keras', 'branched.h5', 'keras2-nested.h5'])('%s brings its weights', async (name) => {
    const model = await resolveModel({ model: 'file', modelFile: golden(name) });
    const network = model.build(options);
    const predictor = createPredictor(network, initialWeights(network, 1, model.weights(network)!));
    const rows = predictor.predict(tf.tensor4d(hashImages(2, 20, 24), [2, 20, 24, 3])) as Tensor2D;
    const expected = predictions[name as keyof typeof predictions].flat();
    rows.dataSync().forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 5);
    });
  });

  test('in the layers format of TensorFlow.js, by its model.json', async () => {
    const network = everyLayerNetwork();
    const weights = hashWeights(network, 'lively');
    for (const [name, bytes] of encodeTfjsLayers(network, weights)) writeFileSync(join(scratch, name), bytes);
    const model = await loadModelFile(join(scratch, 'model.json'));
    const built = model.build(options);
    expect(built.layers.map(({ name }) => name)).toEqual(network.layers.map(({ name }) => name));
    expect([...model.weights(built)!.keys()].toSorted()).toEqual([...weights.keys()].toSorted());
  });

  test('takes another image size where its weights allow it, and says which weight does not', async () => {
    const larger = { ...options, heightPx: 40, widthPx: 48 };
    const pooled = await loadModelFile(golden('branched.keras'));
    expect(pooled.weights(pooled.build(larger))!.size).toBeGreaterThan(0);
    const flattened = await loadModelFile(golden('sequential.keras'));
    expect(() => flattened.weights(flattened.build(larger))).toThrow(
      expect.objectContaining({
        code: 'bad-model',
        message: expect.stringMatching(/48 x 40 pixels: 1 of another shape \(dense\/kernel is \[80,3\]/),
      }),
    );
  });

  test('of weights alone is refused', async () => {
    await expect(loadModelFile(golden('branched.weights.h5'))).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/weights alone/),
    });
  });
});

test.each([
  ['is not JSON', '{"layers": [', 'bad-model', /not JSON/],
  ['has no layers', { model: 'x' }, 'bad-model', /no list "layers"/],
])('a file that %s', async (_, content, code, message) => {
  await expect(loadModelFile(write(content))).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('a file that is not there, or none', async () => {
  await expect(loadModelFile(join(scratch, 'absent.json'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(resolveModel({ model: 'file', modelFile: null })).rejects.toMatchObject({ code: 'bad-input' });
});

test('the example in the documentation is a model', async () => {
  const text = readFileSync(new URL('../../docs/own-models.md', import.meta.url), 'utf8');
  const path = join(scratch, 'documented.json');
  writeFileSync(path, /```json\n([\s\S]+?)```/.exec(text)![1]!);
  const { layers } = (await loadModelFile(path)).build({ ...options, classCount: 7 });
  expect(layers[0]).toMatchObject({ height: 20, width: 24 });
  expect(layers.at(-1)).toMatchObject({ units: 7, activation: 'softmax' });
});
