/**
 * Optimisers as one native operation a variable. Runs in the worker.
 *
 * Adam (Kingma & Ba 2015) in TensorFlow's form, which Keras follows too:
 * w -= lr * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon). SGD with optional momentum: a = a * mu + g, w -= lr * a.
 */
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { NamedWeights, WeightArray } from '../models/named-weights.ts';
import { createVariable, type Variable } from '../models/variable.ts';
import { boolAttribute, floatType, ops } from '../native-op.ts';
import { type Tensor, tf } from '../tf.ts';

export interface OptimiserState {
  /** Updates made so far. */
  readonly steps: number;
  /** Slots keyed `slot:layer/weight`. */
  readonly slots: NamedWeights;
}

export interface Optimiser {
  /** One update. `gradients` stay the caller's. */
  apply(gradients: ReadonlyMap<string, Tensor>, learningRate: number): void;
  snapshot(): OptimiserState;
  dispose(): void;
}

type OptimiserConfig = Pick<TrainingConfig, 'optimiser' | 'beta1' | 'beta2' | 'epsilon' | 'momentum'>;

const unlocked = [floatType, boolAttribute('use_locking', false)];

/** @param saved the state to go on from; left out: fresh. */
export function createOptimiser(
  config: OptimiserConfig,
  variables: ReadonlyMap<string, Variable>,
  saved?: OptimiserState,
): Optimiser {
  const slots = new Map<string, Variable>();
  for (const slot of slotNames(config)) {
    for (const [key, variable] of variables) {
      slots.set(
        `${slot}:${key}`,
        createVariable(saved?.slots.get(`${slot}:${key}`) ?? zeros(variable.shape)),
      );
    }
  }
  let steps = saved?.steps ?? 0;
  return {
    apply(gradients, learningRate) {
      steps++;
      tf.tidy(() => {
        const update = updateRule(config, slots, steps, learningRate);
        for (const [key, variable] of variables) update(key, variable, gradients.get(key)!);
      });
    },
    snapshot: () => ({
      steps,
      slots: new Map([...slots].map(([key, variable]) => [key, variable.snapshot()])),
    }),
    dispose() {
      for (const variable of slots.values()) variable.dispose();
    },
  };
}

function slotNames(config: OptimiserConfig): readonly string[] {
  if (config.optimiser === 'adam') return ['m', 'v'];
  return config.momentum > 0 ? ['momentum'] : [];
}

function zeros(shape: readonly number[]): WeightArray {
  return { shape, values: new Float32Array(shape.reduce((product, size) => product * size, 1)) };
}

function updateRule(
  config: OptimiserConfig,
  slots: ReadonlyMap<string, Variable>,
  steps: number,
  learningRate: number,
): (key: string, variable: Variable, gradient: Tensor) => void {
  const slot = (name: string, key: string) => slots.get(`${name}:${key}`)!.handle;
  const rate = tf.scalar(learningRate);
  if (config.optimiser === 'adam') {
    const { beta1, beta2, epsilon } = config;
    const scalars = [beta1 ** steps, beta2 ** steps, learningRate, beta1, beta2, epsilon].map((value) =>
      tf.scalar(value),
    );
    return (key, variable, gradient) => {
      ops(
        'ResourceApplyAdam',
        [variable.handle, slot('m', key), slot('v', key), ...scalars, gradient],
        unlocked,
        0,
      );
    };
  }
  if (config.momentum > 0) {
    const momentum = tf.scalar(config.momentum);
    return (key, variable, gradient) => {
      ops(
        'ResourceApplyMomentum',
        [variable.handle, slot('momentum', key), rate, gradient, momentum],
        unlocked,
        0,
      );
    };
  }
  return (_key, variable, gradient) => {
    ops('ResourceApplyGradientDescent', [variable.handle, rate, gradient], unlocked, 0);
  };
}
