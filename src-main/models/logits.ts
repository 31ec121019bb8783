/**
 * Where a classifier is read: its scores before the softmax, what the last dense layer gets, and the map that tells a picture of the
 * trained kind from another. Runs in the worker; plain data only.
 */
import { AppError } from '../contract/errors.ts';
import type { Layer } from '../contract/schema/network.ts';
import { inputNames } from './shapes.ts';

/** The network without the softmax at its end. @throws AppError `bad-model` when it ends in something else */
export function withLogits(layers: readonly Layer[]): readonly Layer[] {
  const last = layers.at(-1)!;
  if ((last.type === 'dense' || last.type === 'activation') && last.activation === 'softmax') {
    return [...layers.slice(0, -1), { ...last, activation: 'linear' }];
  }
  throw new AppError(
    'bad-model',
    `The network ends in "${last.name}" (${last.type}); it must end in a softmax.`,
  );
}

/** The layer that gives the penultimate features: what the last dense layer gets, or the softmax where there is none. */
export function featureLayer(layers: readonly Layer[]): string {
  const dense = layers.findLastIndex(({ type }) => type === 'dense');
  return inputNames(layers, dense < 0 ? layers.length - 1 : dense)[0]!;
}

/**
 * The layer whose map, averaged over the picture, the out-of-distribution measure rests on: what the network's last reduction in size
 * reads. Training bends the features behind it to tell the classes apart, and they lose what only a strange picture has; before it,
 * texture and shape are still there. Null where no convolution comes before a reduction.
 *
 * Released models rest on this choice: another needs another format of the release.
 */
export function kindLayer(layers: readonly Layer[]): string | null {
  const isConvolution = ({ type }: Layer) => type === 'conv2d' || type === 'depthwise-conv2d';
  const last = layers.findLastIndex(reduces);
  if (last < 0) return null;
  let read = inputNames(layers, last)[0]!;
  for (;;) {
    const index = layers.findIndex(({ name }) => name === read);
    if (layers[index]!.type !== 'zero-padding') {
      return layers.slice(0, index + 1).some(isConvolution) ? read : null;
    }
    read = inputNames(layers, index)[0]!;
  }
}

function reduces(layer: Layer): boolean {
  switch (layer.type) {
    case 'conv2d':
    case 'depthwise-conv2d':
      return Math.max(...layer.strides) > 1;
    case 'max-pool':
    case 'average-pool':
      return Math.max(...(layer.strides ?? layer.poolSize)) > 1;
    default:
      return false;
  }
}
