/** Features of the frozen layers that are computed once: the same results without augmentation, k copies with a bank. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingProgress } from '../../src-main/contract/schema/run.ts';
import { firstTrainableLayer } from '../../src-main/models/first-trainable.ts';
import { createTrainable } from '../../src-main/models/trainable.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import { loadBatch } from '../../src-main/preprocess/batches.ts';
import { type Tensor, type Tensor4D, tf } from '../../src-main/tf.ts';
import { weightsHash } from '../../src-main/training/checkpoint.ts';
import { keepFrozenFeatures, requireFrozenPart } from '../../src-main/training/frozen-features.ts';
import { createLoss } from '../../src-main/training/losses.ts';
import { type TrainingObserver, type TrainingSetup, train } from '../../src-main/training/train.ts';
import { drawnSetup, type SetupOptions } from '../support/drawn-images.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesion-lab-features-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const silent: TrainingObserver = {
  progress: () => undefined,
  epoch: () => undefined,
  warning: () => undefined,
};
const still = {
  rotationDegrees: 0,
  zoomFraction: 0,
  shiftFraction: 0,
  flipHorizontal: false,
  flipVertical: false,
};
const turning = { ...still, rotationDegrees: 30 };

function setup(name: string, config: Partial<SetupOptions['config']>, resume = false): TrainingSetup {
  return drawnSetup({
    config: { model: 'mobile_net', trainableLayers: 5, batchSize: 6, ...config },
    checkpointFolder: join(folder, name),
    resume,
  });
}

function modelOf({ network, initialWeights, config }: TrainingSetup) {
  const first = firstTrainableLayer(network, config.trainableLayers);
  return createTrainable(network, initialWeights, first, createLoss(config));
}

const values = (tensor: Tensor) => Array.from(tensor.dataSync());

describe('without augmentation', () => {
  it('every image has the features that the frozen layers give it', async () => {
    const given = setup('still', still);
    const model = modelOf(given);
    const kept = await keepFrozenFeatures(given, model, () => undefined, never);
    const positions = [7, 0, 17];
    const rows = positions.map((position) => given.train.rows[position]!);
    const [expected] = model.features(loadBatch(given.images, rows, given.recipe) as Tensor4D);
    const [taken] = kept.take(positions, createRandom(1));
    expect(taken!.shape).toEqual(expected!.shape);
    const scale = Math.max(...values(expected!).map(Math.abs));
    expect(Math.max(...values(taken!.sub(expected!).abs())) / scale).toBeLessThan(1e-5);
    kept.dispose();
    model.dispose();
  });

  it('a run has the numbers of one that computes them at each step', async () => {
    // one epoch alone keeps nothing
    const anew = await train(setup('anew', { ...still, epochs: 1 }), silent, never);
    const kept = await train(setup('kept', { ...still, epochs: 2 }), silent, never);
    expect(kept.epochs[0]!.train.loss).toBeCloseTo(anew.epochs[0]!.train.loss, 5);
    expect(kept.epochs[0]!.validation!.loss).toBeCloseTo(anew.epochs[0]!.validation!.loss, 5);
  });
});

describe('with an augmentation bank', () => {
  it('every image has as many versions as asked for, each that of a moved image', async () => {
    const given = setup('bank', { ...turning, augmentationBank: 3 });
    const model = modelOf(given);
    const kept = await keepFrozenFeatures(given, model, () => undefined, never);
    const random = createRandom(1);
    const taken = Array.from({ length: 40 }, () => tf.tidy(() => values(kept.take([4], random)[0]!).join()));
    expect(new Set(taken).size).toBe(3);
    const [plain] = model.features(loadBatch(given.images, [given.train.rows[4]!], given.recipe));
    expect(taken).not.toContain(values(plain!).join());
    kept.dispose();
    model.dispose();
  });

  it('a run that is resumed has the numbers of one that went through', async () => {
    const config = { ...turning, augmentationBank: 2, epochs: 4 };
    const stop = new AbortController();
    const progress = ({ epoch, phase }: TrainingProgress) =>
      epoch === 3 && phase === 'training' && stop.abort();
    const stopped = await train(setup('stopped', config), { ...silent, progress }, stop.signal);
    expect([stopped.status, stopped.epochs.length]).toEqual(['cancelled', 2]);
    const resumed = await train(setup('stopped', config, true), silent, never);
    const whole = await train(setup('whole', config), silent, never);
    expect(weightsHash(resumed.weights)).toBe(weightsHash(whole.weights));
  });

  it('can be cancelled while it is made, and leaves no file', async () => {
    const stop = new AbortController();
    const progress = ({ phase, step }: TrainingProgress) => phase === 'preparing' && step > 0 && stop.abort();
    const config = { ...turning, augmentationBank: 4 };
    const running = train(setup('made', config), { ...silent, progress }, stop.signal);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(join(folder, 'made'))).toEqual([]);
  });

  it('is refused where nothing is frozen', () => {
    const given = setup('all', { ...turning, augmentationBank: 2, trainableLayers: 'all' });
    const model = modelOf(given);
    expect(() => requireFrozenPart(given.config, model)).toThrow(
      /"augmentationBank" is 2, but no layer is frozen/,
    );
    model.dispose();
  });
});
