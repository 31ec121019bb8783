/**
 * Fresh weights, drawn from a seed. Runs in the worker. Each weight has a stream of its own, derived from the seed and
 * its name, so that adding a layer does not change the others. Distributions and fans are Keras's.
 */
import type { Layer, Network } from '../contract/schema/network.ts';
import { createRandom, deriveSeed } from '../numerics/random.ts';
import type { NamedWeights, WeightArray } from './named-weights.ts';
import { type WeightSpec, weightSpecs } from './shapes.ts';

/** All weights of `network`: those that `given` has with the right name, the others fresh. */
export function initialWeights(
  network: Network,
  seed: number,
  given: NamedWeights = new Map(),
): NamedWeights {
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]));
  return new Map(
    weightSpecs(network).map((spec) => [
      spec.key,
      given.get(spec.key) ??
        freshWeight(spec, layers.get(spec.layer)!, deriveSeed(seed, 'initialise', spec.key)),
    ]),
  );
}

function freshWeight(spec: WeightSpec, layer: Layer, seed: number): WeightArray {
  const size = spec.shape.reduce((product, length) => product * length, 1);
  if (spec.weight === 'gamma' || spec.weight === 'moving_variance') return filled(spec, size, 1);
  if (!('initialiser' in layer) || spec.weight === 'bias') return filled(spec, size, 0);
  const random = createRandom(seed);
  const { fanIn, fanOut } = fans(spec.shape);
  const values = new Float32Array(size);
  switch (layer.initialiser) {
    case 'glorot-uniform': {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      return { shape: spec.shape, values: values.map(() => random.uniform(-limit, limit)) };
    }
    case 'uniform-0.05':
      return { shape: spec.shape, values: values.map(() => random.uniform(-0.05, 0.05)) };
    case 'he-normal': {
      // truncated at two deviations, widened so that what is left has variance 2 / fanIn
      const deviation = Math.sqrt(2 / fanIn) / 0.8796256610342398;
      return {
        shape: spec.shape,
        values: values.map(() => deviation * truncatedNormal(() => random.normal())),
      };
    }
  }
}

function filled(spec: WeightSpec, size: number, value: number): WeightArray {
  return { shape: spec.shape, values: new Float32Array(size).fill(value) };
}

function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const window = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}

function truncatedNormal(normal: () => number): number {
  for (;;) {
    const value = normal();
    if (Math.abs(value) <= 2) return value;
  }
}
