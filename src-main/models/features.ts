/**
 * Logits and two kinds of features of a batch from one forward program. Runs in the worker. Similar images rest on what the last
 * dense layer gets (a backbone's pooled map), the out-of-distribution measure on an earlier map (`kindLayer`).
 */
import type { Network } from '../contract/schema/network.ts';
import type { Tensor, Tensor2D, Tensor4D } from '../tf.ts';
import { featureLayer, kindLayer, withLogits } from './logits.ts';
import type { NamedWeights } from './named-weights.ts';
import { compileForward } from './predictor.ts';
import { inferShapes } from './shapes.ts';

export interface ImageFeatures {
  /** Scores before the softmax, [batch, classes]. */
  readonly logits: Tensor2D;
  /** Penultimate, [batch, dims]. */
  readonly features: Tensor2D;
  /** Means over the map of `kindLayer`, [batch, kindDims]; the penultimate features where there is none. */
  readonly kindFeatures: Tensor2D;
  /** What else was asked for, by layer name. */
  readonly others: ReadonlyMap<string, Tensor>;
}

export interface FeatureExtractor {
  readonly dims: number;
  readonly kindDims: number;
  /** `images`: [batch, height, width, 3], normalised. The caller disposes what it gets (`disposeFeatures`). */
  run(images: Tensor4D): ImageFeatures;
  dispose(): void;
}

/**
 * @param others names of further layers whose outputs are wanted from the same pass: those that a heat map reads
 * @throws AppError `bad-model` when the network does not end in a softmax
 */
export function createFeatureExtractor(
  network: Network,
  weights: NamedWeights,
  others: readonly string[] = [],
): FeatureExtractor {
  const layers = withLogits(network.layers);
  const output = layers.at(-1)!.name;
  const features = featureLayer(layers);
  const kind = kindLayer(layers) ?? features;
  const program = compileForward(layers, weights, [...new Set([features, kind, output, ...others])]);
  const shapes = inferShapes(network);
  return {
    dims: shapes.get(features)!.reduce((product, size) => product * size, 1),
    kindDims: shapes.get(kind)!.at(-1)!,
    run(images) {
      const values = program.run(images);
      const map = values.get(kind)!;
      const isWanted = kind === features || others.includes(kind);
      const kindFeatures = (kind === features ? map : map.mean([1, 2])) as Tensor2D;
      if (!isWanted) map.dispose();
      return {
        logits: values.get(output) as Tensor2D,
        features: values.get(features) as Tensor2D,
        kindFeatures,
        others: new Map(others.map((name) => [name, values.get(name)!])),
      };
    },
    dispose: program.dispose,
  };
}

export function disposeFeatures({ logits, features, kindFeatures, others }: ImageFeatures): void {
  for (const tensor of new Set<Tensor>([logits, features, kindFeatures, ...others.values()])) {
    tensor.dispose();
  }
}
