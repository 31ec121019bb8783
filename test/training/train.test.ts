import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EpochRecord } from '../../src-main/contract/index.ts';
import { MODELS } from '../../src-main/models/registry.ts';
import { tf } from '../../src-main/tf.ts';
import { hasCheckpoint, weightsHash } from '../../src-main/training/checkpoint.ts';
import { createTrainingControl } from '../../src-main/training/control.ts';
import { type TrainingObserver, train } from '../../src-main/training/train.ts';
import { drawnSetup } from '../support/drawn-images.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesion-lab-train-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const silent: TrainingObserver = {
  progress: () => undefined,
  epoch: () => undefined,
  warning: () => undefined,
};
/** All that a run remembers of an epoch but the speed. */
const figures = (epochs: readonly EpochRecord[]) =>
  epochs.map(({ imagesPerSecond: _speed, elapsedMs: _time, ...rest }) => rest);

const augmented = {
  rotationDegrees: 10,
  zoomFraction: 0.1,
  shiftFraction: 0.12,
  flipHorizontal: true,
  flipVertical: true,
};

describe('train', () => {
  it('learns pictures that can be told apart', async () => {
    const setup = drawnSetup({
      config: { model: 'cnn1', epochs: 12, learningRate: 0.001 },
      checkpointFolder: folder,
      images: 48,
    });
    const { epochs, status } = await train(setup, silent, never);
    expect(status).toBe('completed');
    expect(epochs.at(-1)!.train.loss).toBeLessThan(epochs[0]!.train.loss / 2);
    expect(epochs.at(-1)!.validation!.balancedAccuracy).toBe(1);
  });

  it.each(['mobile_net', 'cnn2'])('gives %s the same numbers bit for bit when repeated', async (model) => {
    const run = (name: string) =>
      train(
        drawnSetup({ config: { model, ...augmented }, checkpointFolder: join(folder, name) }),
        silent,
        never,
      );
    const [first, second] = [await run('a'), await run('b')];
    expect(figures(second.epochs)).toEqual(figures(first.epochs));
    expect(weightsHash(second.weights)).toBe(weightsHash(first.weights));
  });

  it('gives other numbers for another seed', async () => {
    const run = (seed: number) =>
      train(
        drawnSetup({ config: { model: 'cnn1', epochs: 1, seed }, checkpointFolder: join(folder, `${seed}`) }),
        silent,
        never,
      );
    expect(figures((await run(1)).epochs)).not.toEqual(figures((await run(2)).epochs));
  });

  it("keeps the best epoch's weights when asked to, the last's when not", async () => {
    const run = (restoreBest: boolean) =>
      train(
        drawnSetup({
          config: { model: 'cnn1', epochs: 4, learningRate: 0.01, restoreBest, monitor: 'loss' },
          checkpointFolder: join(folder, `${restoreBest}`),
        }),
        silent,
        never,
      );
    const [best, last] = [await run(true), await run(false)];
    expect(best.bestEpoch).toBe(last.bestEpoch);
    const losses = best.epochs.map(({ validation }) => validation!.loss);
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(best.bestEpoch);
    expect(weightsHash(best.weights) === weightsHash(last.weights)).toBe(best.bestEpoch === 4);
  });

  it('stops early after the patience', async () => {
    const config = {
      model: 'nn1',
      epochs: 30,
      learningRate: 1,
      earlyStoppingPatience: 2,
      monitor: 'loss',
    } as const;
    const { epochs, bestEpoch } = await train(
      drawnSetup({ config, checkpointFolder: folder }),
      silent,
      never,
    );
    expect(epochs.length).toBe(bestEpoch! + 2);
  });

  it('cuts frozen layers off: their weights stay, those above move', async () => {
    const setup = drawnSetup({
      config: { model: 'mobile_net', trainableLayers: 23, epochs: 1 },
      checkpointFolder: folder,
    });
    const { weights } = await train(setup, silent, never);
    const moved = [...weights].filter(
      ([key, { values }]) => !values.every((v, i) => v === setup.initialWeights.get(key)!.values[i]),
    );
    const layers = new Set(moved.map(([key]) => key.split('/')[0]!));
    expect(layers.has('conv_pw_10')).toBe(true);
    expect(layers.has('conv_dw_10_bn')).toBe(false);
    expect(layers.has('conv_dw_1_bn')).toBe(false);
  });
});

describe('a run that was stopped', () => {
  const config = {
    model: 'mobile_net',
    epochs: 4,
    trainableLayers: 23,
    schedule: 'plateau',
    plateauPatience: 1,
    ...augmented,
  } as const;
  const whole = () => train(drawnSetup({ config, checkpointFolder: join(folder, 'whole') }), silent, never);

  it('ends as cancelled with its whole epochs, and resumes to the same numbers', async () => {
    const stop = new AbortController();
    const observer = { ...silent, progress: ({ epoch }: { epoch: number }) => epoch === 3 && stop.abort() };
    const checkpointFolder = join(folder, 'stopped');
    const stopped = await train(
      drawnSetup({ config, checkpointFolder }),
      observer as TrainingObserver,
      stop.signal,
    );
    expect(stopped.status).toBe('cancelled');
    expect(stopped.epochs.length).toBe(2);
    const told: EpochRecord[] = [];
    const resumed = await train(
      drawnSetup({ config, checkpointFolder, resume: true }),
      { ...silent, epoch: (record) => told.push(record) },
      never,
    );
    const expected = await whole();
    expect(figures(told)).toEqual(figures(expected.epochs));
    expect(weightsHash(resumed.weights)).toBe(weightsHash(expected.weights));
  });

  it('resumes to the same numbers after kill -9 in the middle of an epoch', async () => {
    const checkpointFolder = join(folder, 'killed');
    await killedInEpoch(3, { config, checkpointFolder });
    expect(readdirSync(checkpointFolder)).toContain('checkpoint.json');
    const resumed = await train(drawnSetup({ config, checkpointFolder, resume: true }), silent, never);
    const expected = await whole();
    expect(figures(resumed.epochs)).toEqual(figures(expected.epochs));
    expect(weightsHash(resumed.weights)).toBe(weightsHash(expected.weights));
  });

  it('gives the same numbers when it was paused in between, and no speed for the time of the pause', async () => {
    const control = createTrainingControl();
    const phases: string[] = [];
    const epochEnds: number[] = [];
    const observer: TrainingObserver = {
      ...silent,
      epoch: () => epochEnds.push(performance.now()),
      progress({ phase, epoch, step }) {
        const isFirst = !phases.includes('paused');
        phases.push(phase);
        if (isFirst && phase === 'training' && epoch === 2 && step === 1)
          control.steer({ paused: true, afterEpoch: 'go-on' });
        if (phase === 'paused') setTimeout(() => control.steer({ paused: false, afterEpoch: 'go-on' }), 300);
      },
    };
    const checkpointFolder = join(folder, 'paused');
    const paused = await train(drawnSetup({ config, checkpointFolder }), observer, never, control);
    const expected = await whole();
    expect(phases.filter((phase) => phase === 'paused')).toHaveLength(1);
    expect(figures(paused.epochs)).toEqual(figures(expected.epochs));
    expect(weightsHash(paused.weights)).toBe(weightsHash(expected.weights));
    expect(paused.epochs[1]!.elapsedMs).toBeLessThan(epochEnds[1]! - epochEnds[0]! - 290);
  });

  it('can be stopped while it is paused', async () => {
    const control = createTrainingControl();
    control.steer({ paused: true, afterEpoch: 'go-on' });
    const stop = new AbortController();
    const observer: TrainingObserver = {
      ...silent,
      progress: ({ phase }) => phase === 'paused' && stop.abort(),
    };
    const setup = drawnSetup({ config, checkpointFolder: join(folder, 'stopped') });
    expect(await train(setup, observer, stop.signal, control)).toMatchObject({
      status: 'cancelled',
      epochs: [],
    });
  });

  it.each([
    ['stop', 'cancelled', false],
    ['report', 'completed', true],
  ] as const)(
    'once its epoch is over, for the sake of a %s, is %s with that epoch',
    async (wish, status, byHand) => {
      const control = createTrainingControl();
      const observer: TrainingObserver = {
        ...silent,
        progress: ({ epoch }) => epoch === 2 && control.steer({ paused: false, afterEpoch: wish }),
      };
      const checkpointFolder = join(folder, wish);
      const result = await train(drawnSetup({ config, checkpointFolder }), observer, never, control);
      expect(result).toMatchObject({ status, endedByHand: byHand });
      expect(result.epochs).toHaveLength(2);
      const resumed = await train(drawnSetup({ config, checkpointFolder, resume: true }), silent, never);
      expect(figures(resumed.epochs)).toEqual(figures((await whole()).epochs));
    },
  );

  it.each(['epoch-2.safetensors', 'checkpoint.json'])('says so when %s is damaged', async (file) => {
    const checkpointFolder = join(folder, 'damaged');
    await train(drawnSetup({ config: { ...config, epochs: 2 }, checkpointFolder }), silent, never);
    const path = join(checkpointFolder, file);
    writeFileSync(path, readFileSync(path).subarray(0, -100));
    const resumed = train(drawnSetup({ config, checkpointFolder, resume: true }), silent, never);
    await expect(resumed).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining(file) });
  });

  it('refuses to go on from other first weights', async () => {
    const checkpointFolder = join(folder, 'other');
    await train(drawnSetup({ config: { ...config, epochs: 1 }, checkpointFolder }), silent, never);
    const other = drawnSetup({ config: { ...config, seed: 9 }, checkpointFolder, resume: true });
    await expect(train(other, silent, never)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('what goes wrong while training', () => {
  it('fails as diverged when the loss is no number, with the epochs before kept', async () => {
    const checkpointFolder = join(folder, 'diverged');
    const run = drawnSetup({
      config: { model: 'cnn1', optimiser: 'sgd', learningRate: 10, epochs: 20 },
      checkpointFolder,
    });
    // far outside what an image gives, so that the first step explodes
    const hot = {
      ...run,
      recipe: { ...run.recipe, deviation: [1e-30, 1e-30, 1e-30] as [number, number, number] },
    };
    await expect(train(hot, silent, never)).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('lower learning rate'),
    });
  });

  it('fails as diverged when the last step of an epoch spoils the weights, and keeps nothing of that epoch', async () => {
    const checkpointFolder = join(folder, 'spoilt');
    const run = drawnSetup({
      config: { model: 'nn1', optimiser: 'sgd', learningRate: 10, epochs: 1, batchSize: 18 },
      checkpointFolder,
    });
    const deviation: [number, number, number] = [1e-8, 1e-8, 1e-8];
    const epoch = vi.fn();
    const trained = train({ ...run, recipe: { ...run.recipe, deviation } }, { ...silent, epoch }, never);
    await expect(trained).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/not a number at the end of epoch 1.*lower learning rate/),
    });
    expect(epoch).not.toHaveBeenCalled();
    expect(hasCheckpoint(checkpointFolder)).toBe(false);
  });

  it('refuses a batch larger than the training part', async () => {
    const setup = drawnSetup({ config: { model: 'nn1', batchSize: 100 }, checkpointFolder: folder });
    await expect(train(setup, silent, never)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/100.*18 images/),
    });
  });

  it('refuses more trainable layers than the backbone has', async () => {
    const setup = drawnSetup({
      config: { model: 'mobile_net', trainableLayers: 87 },
      checkpointFolder: folder,
    });
    await expect(train(setup, silent, never)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('86'),
    });
  });
});

describe('when memory runs out', () => {
  const config = { model: 'cnn1', ...augmented, batchSizeBackOff: true, batchSize: 6 } as const;
  /** Images a batch that the device has memory for, in the gradient of a convolution. */
  let fits = Number.POSITIVE_INFINITY;
  beforeEach(() => {
    fits = Number.POSITIVE_INFINITY;
    const backend = tf.backend() as unknown as {
      executeSingleOutput(name: string, attributes: unknown, inputs: readonly { shape: number[] }[]): unknown;
    };
    const execute = backend.executeSingleOutput.bind(backend);
    vi.spyOn(backend, 'executeSingleOutput').mockImplementation((name, attributes, inputs) => {
      const images = inputs.at(-1)?.shape[0] ?? 0;
      if (name === 'Conv2DBackpropFilter' && images > fits) {
        throw new Error(`OOM when allocating tensor with shape[${inputs.at(-1)!.shape}] on GPU:0`);
      }
      return execute(name, attributes, inputs);
    });
  });
  afterEach(() => vi.restoreAllMocks());

  const run = (name: string, options: Partial<typeof config> | object, observer = silent, resume = false) => {
    const checkpointFolder = join(folder, name);
    return train(
      drawnSetup({ config: { ...config, ...options }, checkpointFolder, resume }),
      observer,
      never,
    );
  };

  it('halves the batch until it fits, says so, and gives what that batch would have given', async () => {
    const expected = await run('three', { batchSize: 3 });
    fits = 3;
    const warnings: string[] = [];
    const before = tf.memory().numTensors;
    const backedOff = await run('six', {}, { ...silent, warning: (text) => warnings.push(text) });
    expect(warnings).toEqual([expect.stringMatching(/6 images a batch in epoch 1.* has 3/)]);
    expect(figures(backedOff.epochs)).toEqual(figures(expected.epochs));
    expect(weightsHash(backedOff.weights)).toBe(weightsHash(expected.weights));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('in a later epoch begins that epoch anew, and keeps to the smaller batch when resumed', async () => {
    const failing = (): TrainingObserver => ({
      ...silent,
      epoch: ({ epoch }) => {
        if (epoch === 1) fits = 1;
      },
    });
    const whole = await run('later', {}, failing());
    const stop = new AbortController();
    fits = Number.POSITIVE_INFINITY;
    const observer = failing();
    const stopping: TrainingObserver = {
      ...observer,
      progress: ({ phase, epoch }) => phase === 'training' && epoch === 3 && stop.abort(),
    };
    const checkpointFolder = join(folder, 'stopped');
    const first = await train(drawnSetup({ config, checkpointFolder }), stopping, stop.signal);
    expect(first).toMatchObject({ status: 'cancelled' });
    fits = Number.POSITIVE_INFINITY;
    const resumed = await run('stopped', {}, silent, true);
    expect(figures(resumed.epochs)).toEqual(figures(whole.epochs));
    expect(weightsHash(resumed.weights)).toBe(weightsHash(whole.weights));
  });

  it('fails when that was not asked for, and when one image alone is too much', async () => {
    fits = 3;
    await expect(run('off', { batchSizeBackOff: false })).rejects.toMatchObject({ code: 'out-of-memory' });
    fits = 0;
    const before = tf.memory().numTensors;
    await expect(run('none', {})).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each(MODELS.map(({ id }) => id))('tensors of %s', (model) => {
  it('are level across steps and epochs, and gone at the end', async () => {
    const before = tf.memory().numTensors;
    const seen: { epoch: number; tensors: number }[] = [];
    const observer: TrainingObserver = {
      ...silent,
      progress: ({ phase, epoch, tensors }) => phase === 'training' && seen.push({ epoch, tensors }),
    };
    const config = { model, epochs: 2, trainableLayers: 'all', ...augmented } as const;
    await train(drawnSetup({ config, checkpointFolder: folder, images: 12 }), observer, never);
    expect(new Set(seen.map(({ tensors }) => tensors)).size).toBe(1);
    expect(new Set(seen.map(({ epoch }) => epoch))).toEqual(new Set([1, 2]));
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Trains in a process of its own that kills itself with SIGKILL in the second step of `epoch`. */
async function killedInEpoch(epoch: number, options: Parameters<typeof drawnSetup>[0]): Promise<void> {
  const script = join(import.meta.dirname, '../support/train-until-killed.ts');
  const child = spawn(process.execPath, [script, String(epoch), JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const signal = await new Promise((resolve) => child.on('exit', (_code, name) => resolve(name)));
  expect(signal, errors).toBe('SIGKILL');
}
