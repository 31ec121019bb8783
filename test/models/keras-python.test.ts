/**
 * Exported models in the real Keras: it opens them and predicts the same. Runs where a Python with Keras 3 is: `python3`, or the one
 * that LESION_LAB_KERAS_PYTHON names; elsewhere the test says that it was skipped and why.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '../../src-main/contract/schema/network.ts';
import { exportKeras } from '../../src-main/models/keras-export.ts';
import { createPredictor } from '../../src-main/models/predictor.ts';
import { findModel } from '../../src-main/models/registry.ts';
import { tf } from '../../src-main/tf.ts';
import { hashImages, hashWeights } from '../support/hash-weights.ts';
import { everyLayerNetwork } from '../support/small-network.ts';

const python = process.env.LESION_LAB_KERAS_PYTHON ?? 'python3';
const script = new URL('../../scripts/golden/predict-keras.py', import.meta.url).pathname;
const available = spawnSync(python, ['-c', 'import keras; assert keras.__version__ >= "3"']).status === 0;
if (!available) {
  console.log(
    `skipped: ${python} has no Keras 3; set LESION_LAB_KERAS_PYTHON to one that has (pip install tensorflow)`,
  );
}

const HEIGHT = 50;
const WIDTH = 61;

function build(id: string, headBatchNorm: boolean): Network {
  const options = { heightPx: HEIGHT, widthPx: WIDTH, classCount: 7, headDropout: null, headL2: 0.001 };
  return findModel(id).build({ ...options, headBatchNorm });
}

const networks: [string, Network][] = [
  ['every-layer', everyLayerNetwork(HEIGHT, WIDTH)],
  ['nn1', build('nn1', false)],
  ['cnn1', build('cnn1', false)],
  ['mobile_net', build('mobile_net', true)],
  ['res_net', build('res_net', false)],
  ['dense_net', build('dense_net', false)],
  ['efficientnet_lite0', build('efficientnet_lite0', false)],
];

describe.skipIf(!available)('Keras opens what is exported', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-'));
  let predictions: Record<string, number[][]> = {};

  beforeAll(async () => {
    const images = join(folder, 'images.json');
    const values = [...hashImages(2, HEIGHT, WIDTH)];
    writeFileSync(images, JSON.stringify({ shape: [2, HEIGHT, WIDTH, 3], values }));
    const paths: string[] = [];
    for (const [name, network] of networks) {
      const weights = hashWeights(network, 'lively');
      for (const ending of ['keras', 'h5']) {
        paths.push(join(folder, `${name}.${ending}`));
        await exportKeras({ network, weights }, paths.at(-1)!);
      }
    }
    const run = spawnSync(python, [script, images, ...paths], { encoding: 'utf8', maxBuffer: 1e8 });
    expect(run.status, run.stderr).toBe(0);
    predictions = JSON.parse(run.stdout.trim().split('\n').at(-1)!);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(networks)('%s, as .keras and as .h5, with equal predictions', (name, network) => {
    const images = tf.tensor4d(hashImages(2, HEIGHT, WIDTH), [2, HEIGHT, WIDTH, 3]);
    const predictor = createPredictor(network, hashWeights(network, 'lively'));
    const ours = predictor.predict(images).arraySync().flat();
    predictor.dispose();
    for (const ending of ['keras', 'h5']) {
      const keras = predictions[join(folder, `${name}.${ending}`)]!.flat();
      keras.forEach((value, index) => {
        expect(Math.abs(value - ours[index]!), `${ending} ${index}`).toBeLessThan(1e-5);
      });
    }
  });
});
