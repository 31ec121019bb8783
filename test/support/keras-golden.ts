/**
 * Typed access to what scripts/golden/make-keras-parity.py wrote: outputs, gradients and updates of the real Keras in float64, on the
 * weights and images of hash-weights.ts. Test support.
 */
import { readFileSync } from 'node:fs';
import { type Network, Network as NetworkSchema } from '../../src-main/contract/schema/network.ts';
import { BACKBONES, findBackbone } from '../../src-main/models/backbones.ts';
import { cnn1 } from '../../src-main/models/cnn1.ts';
import { poolingHead } from '../../src-main/models/head.ts';
import { nn1 } from '../../src-main/models/nn1.ts';
import { probeIndices, type WeightStyle } from './hash-weights.ts';

/** [Euclidean norm, mean magnitude, the values at `probeIndices(key, count, 4)`] */
export type TensorSummary = readonly [number, number, number, number, number, number];

export interface ParityCase {
  /** How many of the backbone's last layers train; the head always does. */
  readonly trainableLayers: number | 'all';
  readonly weights: WeightStyle;
  /** L2 penalty on the head's dense kernel. */
  readonly l2: number;
  /** Mean categorical cross-entropy of one training step (batch statistics where trainable), without the penalty. */
  readonly loss: number;
  /** By `layer/weight`, of the loss and the L2 penalty; the keys are the trainable weights. */
  readonly gradients: Readonly<Record<string, TensorSummary>>;
  /** Values at the probes after one step of plain gradient descent. */
  readonly after: Readonly<Record<string, readonly number[]>>;
  /** Moving statistics of the trainable batch norms after that step; those of frozen ones stay as they were. */
  readonly statistics: Readonly<Record<string, TensorSummary>>;
}

export interface KerasGolden {
  readonly network: string;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
  /** Class of each image; their number is the batch. */
  readonly labels: readonly number[];
  readonly learningRate: number;
  /** Inference on `lively` weights (moving statistics). Features are the input of the last dense layer, one row an image. */
  readonly forward: {
    readonly norm: readonly number[];
    /** The first 16 features. */
    readonly first: readonly (readonly number[])[];
    /** Sums of the features under 8 rows of `projectionSigns`. */
    readonly projections: readonly (readonly number[])[];
    readonly probabilities: readonly (readonly number[])[];
  };
  readonly cases: readonly ParityCase[];
}

export const GOLDEN_NETWORKS = ['nn1', 'cnn1', ...BACKBONES.map(({ id }) => id)] as const;

export function loadKerasGolden(network: string): KerasGolden {
  return readJson(`parity-${network}.json`) as KerasGolden;
}

/** Keras's optimisers over three steps of given gradients: variables after each step. */
export interface OptimiserGolden {
  readonly learningRate: number;
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  /** beta 0.9 and 0.999, epsilon 1e-8 */
  readonly adam: readonly (readonly number[])[];
  readonly sgd: readonly (readonly number[])[];
  /** SGD with momentum 0.9 */
  readonly momentum: readonly (readonly number[])[];
}

export function loadOptimiserGolden(): OptimiserGolden {
  return readJson('optimisers.json') as OptimiserGolden;
}

/** The network of a case, without dropout, which is random. */
export function goldenNetwork(golden: KerasGolden, l2: number): Network {
  const { network, height, width, classes } = golden;
  const baseline = { heightPx: height, widthPx: width, classCount: classes, dropout: 0, l2 };
  if (network === 'nn1' || network === 'cnn1') {
    const layers = (network === 'nn1' ? nn1 : cnn1)(baseline).filter(({ type }) => type !== 'dropout');
    return NetworkSchema.parse({ layers });
  }
  const layers = findBackbone(network).layers(height, width);
  const head = poolingHead({ classCount: classes, dropout: 0, batchNorm: false, l2 });
  return { layers: [...layers, ...head], backboneLayerCount: layers.length };
}

/** The summary of an array, to compare with a golden one. */
export function summarise(key: string, values: ArrayLike<number>): TensorSummary {
  let squares = 0;
  let magnitudes = 0;
  for (let index = 0; index < values.length; index++) {
    squares += values[index]! ** 2;
    magnitudes += Math.abs(values[index]!);
  }
  const probes = probeIndices(key, values.length, 4).map((index) => values[index]!);
  return [Math.sqrt(squares), magnitudes / values.length, ...probes] as unknown as TensorSummary;
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../golden/models/${name}`, import.meta.url), 'utf8'));
}
