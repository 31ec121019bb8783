/**
 * The models of the product, an explicit list: the seven of the published project and EfficientNet-Lite0. Adding one is adding an
 * entry here. Runs in the worker; building one makes plain data only.
 */

import { AppError, nearestName } from '../contract/errors.ts';
import type { TrainingConfigInput } from '../contract/schema/config.ts';
import type { Network } from '../contract/schema/network.ts';
import { type BackboneId, findBackbone, type Scaling } from './backbones.ts';
import { cnn1 } from './cnn1.ts';
import type { BuildOptions, ModelDescriptor, PublishedResults } from './descriptor.ts';
import { poolingHead } from './head.ts';
import { type BaselineOptions, nn1 } from './nn1.ts';
import {
  AUGMENTATION_A,
  AUGMENTATION_B,
  CONSTANT_RATE,
  FROM_SCRATCH,
  lastLayers,
  NO_AUGMENTATION,
  PLATEAU,
  PUBLISHED_PROTOCOL,
  QUICK_STATISTICS,
} from './presets.ts';

type Settings = Partial<TrainingConfigInput>;

const HOWARD = 'Howard et al. 2017, arXiv:1704.04861';

export const MODELS: readonly ModelDescriptor[] = [
  baseline({
    id: 'nn1',
    title: 'Dense network',
    summary: 'flatten, 5 dense layers of 64',
    layers: nn1,
    minimumSizePx: 1,
    headDropout: 0,
    settings: { learningRate: 0.00075, epochs: 50, ...CONSTANT_RATE, ...NO_AUGMENTATION },
    results: published(0.69, 0.72, 2.02, 1.63, 15),
  }),
  baseline({
    id: 'cnn1',
    title: 'Small convolutional network',
    summary: '3 convolutions of 32, dense 256, dense 128',
    layers: cnn1,
    minimumSizePx: 8,
    headDropout: 0.50625,
    settings: { learningRate: 0.0001, epochs: 50, ...CONSTANT_RATE, ...NO_AUGMENTATION },
    results: published(0.75, 0.76, 1.06, 0.98, 58),
  }),
  baseline({
    id: 'cnn2',
    title: 'Small convolutional network, augmented',
    summary: 'cnn1 with augmentation and a falling learning rate',
    layers: cnn1,
    minimumSizePx: 8,
    headDropout: 0.50625,
    settings: { learningRate: 0.0001, epochs: 50, ...PLATEAU, ...AUGMENTATION_A },
    results: published(0.76, 0.77, 0.65, 0.61, 58),
  }),
  transfer({
    id: 'mobile_net',
    title: 'MobileNet v1',
    backbone: 'mobilenet_v1',
    paper: HOWARD,
    headDropout: 0.3,
    settings: { learningRate: 0.0001, epochs: 50, ...lastLayers(23), ...PLATEAU, ...AUGMENTATION_A },
    results: published(0.81, 0.83, 0.6, 0.58, 54),
  }),
  transfer({
    id: 'res_net',
    title: 'ResNet50',
    backbone: 'resnet50',
    paper: 'He et al. 2015, arXiv:1512.03385',
    headDropout: 0.3,
    settings: { learningRate: 0.0001, epochs: 50, ...lastLayers(23), ...PLATEAU, ...AUGMENTATION_A },
    results: published(0.75, 0.77, 0.78, 0.69, 217),
  }),
  transfer({
    id: 'dense_net',
    title: 'DenseNet121',
    backbone: 'densenet121',
    paper: 'Huang et al. 2016, arXiv:1608.06993',
    headDropout: 0.3,
    settings: { learningRate: 0.0001, epochs: 50, ...lastLayers(23), ...PLATEAU, ...AUGMENTATION_A },
    results: published(0.82, 0.81, 0.57, 0.56, 135),
  }),
  transfer({
    id: 'mobile_net2',
    title: 'MobileNet v1, deeper fine-tuning',
    backbone: 'mobilenet_v1',
    paper: HOWARD,
    headDropout: 0.5,
    settings: {
      learningRate: 0.001,
      epochs: 500,
      headL2: 0.001,
      ...lastLayers(50),
      ...PLATEAU,
      ...AUGMENTATION_B,
    },
    results: published(0.83, 0.84, 0.68, 0.62, 1092, 500),
  }),
  transfer({
    id: 'efficientnet_lite0',
    title: 'EfficientNet-Lite0',
    backbone: 'efficientnet_lite0',
    paper: 'Tan and Le 2019, arXiv:1905.11946',
    headDropout: 0.3,
    settings: { learningRate: 0.0001, epochs: 50, ...lastLayers(23), ...PLATEAU, ...AUGMENTATION_A },
    results: null,
  }),
];

/** @throws AppError `not-found` with the nearest id */
export function findModel(id: string): ModelDescriptor {
  const found = MODELS.find((model) => model.id === id);
  if (found) return found;
  const ids = MODELS.map((model) => model.id);
  const nearest = nearestName(id, ids);
  throw new AppError(
    'not-found',
    `No model "${id}"${nearest ? `; did you mean "${nearest}"?` : '.'} Known: ${ids.join(', ')}, or "file" with a model file.`,
  );
}

/** The model's own training settings over the product's defaults (split by lesion, class weights, best epoch kept). */
export function defaultConfig(id: string, overrides: Settings = {}): TrainingConfigInput {
  return { ...findModel(id).settings, ...overrides, model: id };
}

/**
 * The published experiment's configuration, whole. A model that was not published is put under the same protocol
 * (split by image, z-score, batch 10), so that it can stand in the same table.
 */
export function presetConfig(id: string, overrides: Settings = {}): TrainingConfigInput {
  const { published, settings } = findModel(id);
  return { ...(published ?? { ...settings, ...PUBLISHED_PROTOCOL }), ...overrides, model: id };
}

interface Baseline {
  id: string;
  title: string;
  summary: string;
  layers: (options: BaselineOptions) => Network['layers'];
  minimumSizePx: number;
  headDropout: number;
  settings: Settings;
  results: PublishedResults;
}

/** A network without ImageNet weights: all layers are trained from random numbers. */
function baseline({ layers, ...model }: Baseline): ModelDescriptor {
  const nativeScaling: Scaling = { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] };
  const settings = { ...FROM_SCRATCH, ...model.settings };
  const build = (options: BuildOptions): Network => {
    checkOptions(model, options);
    if (options.headBatchNorm) {
      throw new AppError(
        'bad-input',
        `Model "${model.id}" has no pooling for "headBatchNorm" to follow; leave it off, or take a model with a backbone.`,
      );
    }
    const dropout = options.headDropout ?? model.headDropout;
    return { layers: layers({ ...options, dropout, l2: options.headL2 }), backboneLayerCount: 0 };
  };
  const published = { ...PUBLISHED_PROTOCOL, ...settings };
  return { ...model, settings, published, paper: null, backbone: null, nativeScaling, build };
}

interface Transfer {
  id: string;
  title: string;
  backbone: BackboneId;
  paper: string;
  headDropout: number;
  settings: Settings;
  results: PublishedResults | null;
}

/** An ImageNet backbone, of which the last layers are trained, with a head of its own. */
function transfer(model: Transfer): ModelDescriptor {
  const backbone = findBackbone(model.backbone);
  const minimumSizePx = 32;
  const build = (options: BuildOptions): Network => {
    checkOptions({ id: model.id, minimumSizePx }, options);
    const layers = backbone.layers(options.heightPx, options.widthPx);
    const head = poolingHead({
      classCount: options.classCount,
      dropout: options.headDropout ?? model.headDropout,
      batchNorm: options.headBatchNorm,
      l2: options.headL2,
    });
    return { layers: [...layers, ...head], backboneLayerCount: layers.length };
  };
  return {
    ...model,
    summary: `${backbone.title} with ImageNet weights, global average pool, dropout, dense`,
    nativeScaling: backbone.scaling,
    minimumSizePx,
    settings: { ...model.settings, ...QUICK_STATISTICS },
    published: model.results ? { ...PUBLISHED_PROTOCOL, ...model.settings } : null,
    build,
  };
}

function published(
  testAccuracy: number,
  validationAccuracy: number,
  testLoss: number,
  validationLoss: number,
  minutes: number,
  epochs = 50,
): PublishedResults {
  return { testAccuracy, validationAccuracy, testLoss, validationLoss, minutes, epochs };
}

function checkOptions(model: { id: string; minimumSizePx: number }, options: BuildOptions): void {
  const { heightPx, widthPx, classCount, headDropout } = options;
  if (Math.min(heightPx, widthPx) < model.minimumSizePx) {
    throw new AppError(
      'bad-input',
      `Model "${model.id}" needs images of at least ${model.minimumSizePx} x ${model.minimumSizePx} pixels; received ${widthPx} x ${heightPx} (width x height).`,
    );
  }
  if (classCount < 2) {
    throw new AppError('bad-input', `A classifier needs at least 2 classes; received ${classCount}.`);
  }
  if (headDropout !== null && !(headDropout >= 0 && headDropout < 1)) {
    throw new AppError('bad-input', `"headDropout" must be at least 0 and below 1; received ${headDropout}.`);
  }
}
