/**
 * Everything that decides a training run, in one flat object: the form, the command line, the worker and the
 * database read this schema. Pure (zod only). Defaults are the product's own; the published presets
 * override them (`models/registry.ts`).
 */
import { z } from 'zod';
import { CleaningRules } from './dataset.ts';

const fraction = z.number().min(0).max(1);
const positiveInt = z.number().int().positive();

export const SPLIT_METHODS = ['lesion', 'image', 'k-fold', 'file'] as const;
export const OPTIMISERS = ['adam', 'sgd'] as const;
export const SCHEDULES = ['constant', 'plateau', 'cosine'] as const;
export const CLASS_WEIGHTS = ['none', 'inverse', 'sqrt-inverse'] as const;
export const LOSSES = ['cross-entropy', 'focal'] as const;
export const INITIAL_WEIGHTS = ['imagenet', 'scratch'] as const;
export const MONITORS = ['balanced-accuracy', 'accuracy', 'loss'] as const;
export const DEVICES = ['auto', 'cpu', 'gpu'] as const;

/** Of the split by image, which has no others: 25 % test, then 10 % of the rest validation. */
export const PUBLISHED_FRACTIONS = {
  trainFraction: 0.675,
  validationFraction: 0.075,
  calibrationFraction: 0,
  testFraction: 0.25,
} as const;

export const TrainingConfig = z
  .strictObject({
    model: z.string().min(1).describe('model id (see "lab models"), or "file" with --model-file'),
    modelFile: z
      .string()
      .nullable()
      .default(null)
      .describe('a declarative layer list (JSON) or a Keras model file'),
    initialWeights: z.enum(INITIAL_WEIGHTS).default('imagenet').describe('where a backbone starts'),
    trainableLayers: z
      .union([z.number().int().nonnegative(), z.literal('all')])
      .default('all')
      .describe(
        'how many of the backbone\'s last layers train (Keras count), or "all"; the head always trains',
      ),
    headDropout: fraction
      .nullable()
      .default(null)
      .describe("dropout before the last dense layer; null: the model's own"),
    headBatchNorm: z
      .boolean()
      .default(false)
      .describe("batch norm after the pooling (the README's mobile_net2)"),
    batchNormMomentum: z
      .number()
      .min(0)
      .lt(1)
      .nullable()
      .default(null)
      .describe(
        "share of the stored statistics that each step keeps, in layers that train; null: the model's own",
      ),
    headL2: z.number().min(0).default(0).describe('L2 penalty on the last dense kernel'),

    imageWidthPx: positiveInt.max(2048).default(125).describe('pixels'),
    imageHeightPx: positiveInt.max(2048).default(100).describe('pixels'),
    normalisation: z
      .enum(['z-score', 'model'])
      .default('model')
      .describe('z-score of the training part, or the scaling that the backbone was trained with'),
    zScoreFit: z
      .enum(['train', 'train+validation'])
      .default('train')
      .describe('whose pixels give mean and deviation (published code: before validation is cut)'),
    zScoreTest: z
      .enum(['train', 'own'])
      .default('train')
      .describe('test standardised by the training figures, or (published preset only) by its own'),

    ...CleaningRules.shape,
    splitMethod: z.enum(SPLIT_METHODS).default('lesion'),
    splitSeed: z
      .number()
      .int()
      .min(0)
      .max(0xffffffff)
      .nullable()
      .default(null)
      .describe("null: the run's seed"),
    trainFraction: fraction.default(0.6),
    validationFraction: fraction.default(0.1),
    calibrationFraction: fraction.default(0.1),
    testFraction: fraction.default(0.2),
    folds: z.number().int().min(2).max(50).default(5).describe('k of k-fold'),
    fold: z.number().int().min(0).default(0).describe('which fold is the test part, from 0'),
    splitFile: z.string().nullable().default(null).describe('CSV with columns image_id, part'),

    epochs: positiveInt.max(10_000).default(50),
    batchSize: positiveInt.max(4096).default(32),
    batchSizeBackOff: z
      .boolean()
      .default(false)
      .describe('halve the batch when memory runs out, from that epoch on; results depend on it'),
    optimiser: z.enum(OPTIMISERS).default('adam'),
    learningRate: z.number().positive().max(10).default(0.0001),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
    momentum: z.number().min(0).lt(1).default(0).describe('SGD only'),
    schedule: z.enum(SCHEDULES).default('plateau'),
    plateauMonitor: z.enum(MONITORS).default('balanced-accuracy'),
    plateauPatience: positiveInt.default(5).describe('epochs'),
    plateauFactor: z.number().gt(0).lt(1).default(0.5),
    minimumLearningRate: z.number().min(0).default(1e-5),
    warmupEpochs: z.number().min(0).default(0).describe('cosine only'),

    rotationDegrees: z.number().min(0).max(180).default(10).describe('± degrees'),
    zoomFraction: z.number().min(0).lt(1).default(0.1).describe('±'),
    shiftFraction: z.number().min(0).lt(1).default(0.12).describe('± of width and of height'),
    flipHorizontal: z.boolean().default(true),
    flipVertical: z.boolean().default(true),
    augmentationBank: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        'fixed augmented copies of each image, whose frozen features are kept: faster, less variety; 0: fresh ones each epoch',
      ),

    loss: z.enum(LOSSES).default('cross-entropy'),
    focalGamma: z.number().min(0).max(10).default(2),
    labelSmoothing: z.number().min(0).lt(1).default(0),
    classWeights: z.enum(CLASS_WEIGHTS).default('sqrt-inverse'),
    monitor: z
      .enum(MONITORS)
      .default('balanced-accuracy')
      .describe('what on validation names the best epoch'),
    earlyStoppingPatience: positiveInt
      .nullable()
      .default(null)
      .describe('epochs without a better one; null: off'),
    restoreBest: z.boolean().default(true).describe("keep the best epoch's weights, not the last's"),

    seed: z.number().int().min(0).max(0xffffffff).default(123),
    device: z.enum(DEVICES).default('auto'),
    intraOpThreads: positiveInt
      .max(256)
      .default(2)
      .describe('threads inside one operation (presets: one a core); results depend on it'),
    interOpThreads: positiveInt.max(256).default(1).describe('operations at once; results depend on it'),
    oneDnn: z
      .boolean()
      .default(true)
      .describe("convolutions of Intel's oneDNN library on x86 processors; results depend on it"),
  })
  .describe('one training run');
export type TrainingConfig = z.infer<typeof TrainingConfig>;
export type TrainingConfigInput = z.input<typeof TrainingConfig>;

/** What the pixels go through before the network; stored with every run and every saved model. */
export const Recipe = z.object({
  widthPx: positiveInt,
  heightPx: positiveInt,
  channels: z.literal('rgb'),
  /** sharp's resampling kernel and fit; `cubic` and `fill` are within 3/255 of Pillow's bicubic. */
  kernel: z.literal('cubic'),
  fit: z.literal('fill'),
  /** EXIF orientation applied; colour profile converted to sRGB; alpha flattened on white. */
  orientation: z.literal('exif'),
  colourSpace: z.literal('srgb'),
  /** Input to the network is (pixel - mean[c]) / deviation[c], pixel in 0..255. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  deviation: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
});
export type Recipe = z.infer<typeof Recipe>;
