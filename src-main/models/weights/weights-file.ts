/**
 * What a weights file holds, whatever its format: layers with their arrays, and the model's configuration where it has one.
 * Types and the way from them to NamedWeights. Runs in the worker.
 */
import type { NamedWeights, WeightArray } from '../named-weights.ts';

export interface FileArray {
  /** `kernel`, `gamma` …; null where the file numbers arrays only. */
  readonly weight: string | null;
  readonly array: WeightArray;
}

export interface FileLayer {
  readonly name: string;
  /** Keras 3's own numbering by class, `conv2d_3`; null in other formats. */
  readonly classPath: string | null;
  readonly arrays: readonly FileArray[];
}

export interface WeightsFile {
  readonly format: 'keras-h5' | 'keras-weights-h5' | 'keras' | 'tfjs-layers';
  /** Layers with weights. */
  readonly layers: readonly FileLayer[];
  /** Whether `layers` stand in the order of the model's layers. */
  readonly ordered: boolean;
  /** Keras's configuration of the model; null in a file of weights alone. */
  readonly config: unknown;
}

/** Keyed `layer/weight`, or `layer/0` where the file only numbers arrays. */
export function namedWeights(file: WeightsFile): NamedWeights {
  return new Map(
    file.layers.flatMap(({ name, arrays }) =>
      arrays.map(({ weight, array }, index): [string, WeightArray] => [`${name}/${weight ?? index}`, array]),
    ),
  );
}
