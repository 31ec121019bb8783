/**
 * Weights and inputs from one integer-hash formula, the same numbers bit for bit as scripts/golden/hash_weights.py: a value depends
 * on its key (`layer/weight`) and its row-major index alone. Test support.
 */
import type { Network } from '../../src-main/contract/schema/network.ts';
import type { NamedWeights, WeightArray } from '../../src-main/models/named-weights.ts';
import { weightSpecs } from '../../src-main/models/shapes.ts';

/**
 * What batch norm's weights are drawn from. `lively`: images stay different through the depth, so that outputs tell on every detail.
 * `calm`: few units lie near the kink of their ReLU, so that gradients of the whole depth are not a matter of rounding.
 */
export type WeightStyle = 'lively' | 'calm';

type Range = readonly [number, number];
const STATISTICS = { moving_mean: [-0.2, 0.2], moving_variance: [0.5, 1.5] } as const;
const RANGES: Record<WeightStyle, Record<string, Range>> = {
  lively: { gamma: [0.8, 1.2], beta: [-0.2, 0.2], ...STATISTICS },
  calm: { gamma: [0.2, 0.35], beta: [0.6, 1.0], ...STATISTICS },
};

/** FNV-1a, 32 bits. */
function seedOf(key: string): number {
  let seed = 0x811c9dc5;
  for (const byte of Buffer.from(key)) seed = Math.imul(seed ^ byte, 0x01000193);
  return seed >>> 0;
}

/** `count` numbers in [0, 1). */
function uniform(key: string, count: number): Float64Array {
  const seed = seedOf(key);
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let x = (Math.imul(index, 0x9e3779b1) + seed) | 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x7feb352d);
    x ^= x >>> 15;
    x = Math.imul(x, 0x846ca68b);
    x ^= x >>> 16;
    values[index] = (x >>> 0) / 4294967296;
  }
  return values;
}

/** Float32 values in [low, high). */
export function hashBetween(key: string, count: number, low: number, high: number): Float32Array {
  const values = uniform(key, count);
  for (let index = 0; index < count; index++) values[index] = low + (high - low) * values[index]!;
  return new Float32Array(values);
}

/** All weights of a network. */
export function hashWeights(network: Network, style: WeightStyle): NamedWeights {
  return new Map(weightSpecs(network).map(({ key, shape }) => [key, hashWeight(key, shape, style)]));
}

function hashWeight(key: string, shape: readonly number[], style: WeightStyle): WeightArray {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const count = product(shape);
  let [low, high] = RANGES[style][name] ?? [-0.1, 0.1];
  if (name === 'kernel' || name === 'depthwise_kernel') {
    const fanIn = name === 'kernel' ? count / shape.at(-1)! : shape[0]! * shape[1]!;
    high = gainOf(key) * Math.sqrt(3 / fanIn);
    low = -high;
  }
  return { shape, values: hashBetween(key, count, low, high) };
}

/** Keeps activations near 1 through the depth: no ReLU follows some kernels, and a residual sum grows. */
function gainOf(key: string): number {
  if (/^(dense|dense_5)\//.test(key) || key.includes('_3_conv/')) return 0.5;
  if (key.includes('project_conv/') || key.includes('_0_conv/')) return 0.75;
  return Math.SQRT2;
}

/** [count, height, width, 3] in [-1, 1]: patches of 16 x 16 pixels of one colour, three parts, and noise, one part. */
export function hashImages(count: number, height: number, width: number): Float32Array {
  const rows = Math.ceil(height / 16);
  const columns = Math.ceil(width / 16);
  const coarse = uniform('images/coarse', count * rows * columns * 3);
  const fine = uniform('images/fine', count * height * width * 3);
  return Float32Array.from(fine, (noise, index) => {
    const channel = index % 3;
    const x = Math.floor(index / 3) % width;
    const y = Math.floor(index / (3 * width)) % height;
    const image = Math.floor(index / (3 * width * height));
    const patch = ((image * rows + Math.floor(y / 16)) * columns + Math.floor(x / 16)) * 3 + channel;
    return 1.5 * coarse[patch]! + 0.5 * noise - 1;
  });
}

/** Which elements of an array the golden files quote. */
export function probeIndices(key: string, count: number, probes: number): number[] {
  return Array.from(uniform(`${key}#probe`, probes), (value) => Math.floor(value * count));
}

/** `rows` rows of signs, for projections of features. */
export function projectionSigns(rows: number, columns: number): number[][] {
  const values = uniform('projections', rows * columns);
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns), (value) => Math.sign(value - 0.5)),
  );
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
