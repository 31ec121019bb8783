/**
 * The convolutional networks that come with ImageNet weights: how they are built and which scaling of the pixels those weights
 * were trained with. An explicit list; runs in the worker.
 */
import { AppError, nearestName } from '../contract/errors.ts';
import type { Layer } from '../contract/schema/network.ts';
import { densenet121 } from './densenet-121.ts';
import { efficientnetLite0 } from './efficientnet-lite0.ts';
import { mobilenetV1 } from './mobilenet-v1.ts';
import { resnet50 } from './resnet-50.ts';

/** One figure for red, green and blue. */
export type Triple = readonly [number, number, number];

/** Input to the network is (pixel - mean[c]) / deviation[c], pixel in 0..255, channels red, green, blue. */
export interface Scaling {
  readonly mean: Triple;
  readonly deviation: Triple;
}

export type BackboneId = 'mobilenet_v1' | 'resnet50' | 'densenet121' | 'efficientnet_lite0';

export interface Backbone {
  readonly id: BackboneId;
  readonly title: string;
  readonly layers: (heightPx: number, widthPx: number) => Layer[];
  readonly scaling: Scaling;
  /** First convolution, whose kernel sees the colour channels. */
  readonly firstKernel: string;
  /** Colour order that the published ImageNet weights expect; `bgr` kernels are turned to RGB when imported. */
  readonly publishedChannels: 'rgb' | 'bgr';
  /** Whether the weights are part of this repository, or the file of Keras to fetch and import. */
  readonly weights: 'bundled' | { readonly file: string; readonly address: string };
}

const KERAS = 'https://storage.googleapis.com/tensorflow/keras-applications';

export const BACKBONES: readonly Backbone[] = [
  {
    id: 'mobilenet_v1',
    title: 'MobileNet v1',
    layers: mobilenetV1,
    scaling: { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] },
    firstKernel: 'conv1/kernel',
    publishedChannels: 'rgb',
    weights: 'bundled',
  },
  {
    id: 'resnet50',
    title: 'ResNet50',
    layers: resnet50,
    // Keras subtracts the ImageNet mean from blue, green, red in that order and divides by nothing
    scaling: { mean: [123.68, 116.779, 103.939], deviation: [1, 1, 1] },
    firstKernel: 'conv1_conv/kernel',
    publishedChannels: 'bgr',
    weights: kerasFile('resnet', 'resnet50'),
  },
  {
    id: 'densenet121',
    title: 'DenseNet121',
    layers: densenet121,
    scaling: { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
    firstKernel: 'conv1_conv/kernel',
    publishedChannels: 'rgb',
    weights: kerasFile('densenet', 'densenet121'),
  },
  {
    id: 'efficientnet_lite0',
    title: 'EfficientNet-Lite0',
    layers: efficientnetLite0,
    scaling: { mean: [127, 127, 127], deviation: [128, 128, 128] },
    firstKernel: 'stem_conv/kernel',
    publishedChannels: 'rgb',
    weights: 'bundled',
  },
];

/** @throws AppError `not-found` with the nearest id */
export function findBackbone(id: string): Backbone {
  const found = BACKBONES.find((backbone) => backbone.id === id);
  if (found) return found;
  const ids = BACKBONES.map((backbone) => backbone.id);
  const nearest = nearestName(id, ids);
  throw new AppError(
    'not-found',
    `No backbone "${id}"${nearest ? `; did you mean "${nearest}"?` : '.'} Known: ${ids.join(', ')}.`,
  );
}

function kerasFile(folder: string, name: string): { file: string; address: string } {
  const file = `${name}_weights_tf_dim_ordering_tf_kernels_notop.h5`;
  return { file, address: `${KERAS}/${folder}/${file}` };
}
