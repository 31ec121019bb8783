/**
 * From a dataset and a configuration to all that training needs: cleaned images, split, pixels, recipe, network, first weights.
 * Runs in the worker. The split is written into the run's folder before anything is trained; a resumed run reads it from there.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { Recipe, TrainingConfig } from '../contract/schema/config.ts';
import {
  type DatasetImage,
  type DatasetManifest,
  SPLIT_PARTS,
  Split,
  type SplitPart,
} from '../contract/schema/dataset.ts';
import type { ItemProgress } from '../contract/schema/job.ts';
import type { Network } from '../contract/schema/network.ts';
import { cleanImages } from '../dataset/cleaning.ts';
import { makeSplit } from '../dataset/make-split.ts';
import { writeFileWhole } from '../dataset/write-file.ts';
import type { NamedWeights } from '../models/named-weights.ts';
import { type PreparedImages, prepareImages } from '../preprocess/cache.ts';
import { DECODING } from '../preprocess/decode.ts';
import { channelStatistics } from '../preprocess/normalise.ts';
import type { LabelledRows } from '../training/train.ts';
import { planModel } from './plan-model.ts';

/** Images that were left out, each with its reason; of more, the names alone are told. */
const NAMED_SKIPPED = 20;

export interface RunInputs {
  readonly runFolder: string;
  readonly manifest: DatasetManifest;
  readonly config: TrainingConfig;
  /** The run's own copy of `config.modelFile`; null where the model comes with the product. */
  readonly modelFile: string | null;
  /** The one that the run has already; null where it is still to be made. */
  readonly split: Split | null;
  readonly folders: { readonly cache: string; readonly weights: readonly string[] };
  readonly resume: boolean;
}

export interface PartImages extends LabelledRows {
  readonly images: readonly DatasetImage[];
}

export interface PreparedRun {
  readonly split: Split;
  readonly images: PreparedImages;
  readonly parts: Readonly<Record<SplitPart, PartImages>>;
  /** Of training, and of every part but a published preset's test part. */
  readonly recipe: Recipe;
  readonly testRecipe: Recipe;
  readonly network: Network;
  readonly initialWeights: NamedWeights;
}

/** Throws AppError of every code that bad data, splits, models and disks have. */
export async function prepareRun(
  inputs: RunInputs,
  tell: { warning: (text: string) => void; items: (progress: ItemProgress) => void },
  signal: AbortSignal,
): Promise<PreparedRun> {
  const { manifest, config } = inputs;
  const cleaned = cleanImages(manifest, config).images;
  const split = await splitOf(inputs, cleaned, tell.warning);
  const wanted = new Set(SPLIT_PARTS.flatMap((part) => split[part]));
  const { model, network, weights, fromScratch } = await planModel(inputs);
  if (fromScratch) tell.warning(fromScratch);
  const images = await prepareImages({
    root: manifest.root,
    images: cleaned.filter(({ imageId }) => wanted.has(imageId)),
    widthPx: config.imageWidthPx,
    heightPx: config.imageHeightPx,
    cacheFolder: inputs.folders.cache,
    onProgress: tell.items,
    signal,
  });
  requireImages(images, manifest);
  for (const note of notesOnSkipped(images)) tell.warning(note);
  const parts = partsOf(split, cleaned, images);
  const recipes = recipesOf(config, model.nativeScaling, images, parts);
  if (recipes.testRecipe !== recipes.recipe) {
    tell.warning(
      'The test part was standardised by its own mean and deviation, as the published code does; a model in use has none.',
    );
  }
  return { split, images, parts, ...recipes, network, initialWeights: weights };
}

/** The folder was moved, or its disk is not there: no note on each picture is needed to say so. */
function requireImages({ count, skipped }: PreparedImages, { root }: DatasetManifest): void {
  if (count > 0 || skipped.length === 0) return;
  throw new AppError(
    'bad-dataset',
    `None of the ${skipped.length} images in ${root} can be read (the first: ${skipped[0]!.reason}). Put the folder back where it was, or import it anew from where it is.`,
  );
}

function notesOnSkipped({ skipped }: PreparedImages): string[] {
  const notes = skipped.map(({ imageId, reason }) => `Image ${imageId} was left out: ${reason}`);
  if (notes.length <= NAMED_SKIPPED) return notes;
  const others = skipped.slice(NAMED_SKIPPED).map(({ imageId }) => imageId);
  return [
    ...notes.slice(0, NAMED_SKIPPED),
    `${others.length} other images were left out: ${others.join(', ')}.`,
  ];
}

async function splitOf(
  { runFolder, manifest, config, split: given, resume }: RunInputs,
  cleaned: readonly DatasetImage[],
  warn: (text: string) => void,
): Promise<Split> {
  const path = join(runFolder, 'split.json');
  if (resume && existsSync(path)) return Split.parse(JSON.parse(await readFile(path, 'utf8')));
  const { split, warnings } = given ? { split: given, warnings: [] } : makeSplit(manifest, cleaned, config);
  for (const warning of warnings) warn(warning);
  await writeFileWhole(path, [JSON.stringify(split)]);
  return split;
}

function partsOf(
  split: Split,
  cleaned: readonly DatasetImage[],
  prepared: PreparedImages,
): Record<SplitPart, PartImages> {
  const byId = new Map(cleaned.map((image) => [image.imageId, image]));
  const partOf = (ids: readonly string[]): PartImages => {
    const images = ids.filter((id) => prepared.indexOf(id) >= 0).map((id) => byId.get(id)!);
    return {
      images,
      rows: images.map(({ imageId }) => prepared.indexOf(imageId)),
      labels: images.map(({ classIndex }) => classIndex),
    };
  };
  return {
    train: partOf(split.train),
    validation: partOf(split.validation),
    calibration: partOf(split.calibration),
    test: partOf(split.test),
  };
}

/** Scaling of pixels in 0..255: the backbone's, or a z-score from the part's pixels (one figure for all channels, as published). */
function recipesOf(
  config: TrainingConfig,
  native: {
    mean: Recipe['mean'] | readonly [number, number, number];
    deviation: readonly [number, number, number];
  },
  images: PreparedImages,
  parts: Readonly<Record<SplitPart, PartImages>>,
): { recipe: Recipe; testRecipe: Recipe } {
  const decoding = { ...DECODING, widthPx: config.imageWidthPx, heightPx: config.imageHeightPx };
  if (config.normalisation === 'model') {
    const recipe: Recipe = { ...decoding, mean: [...native.mean], deviation: [...native.deviation] };
    return { recipe, testRecipe: recipe };
  }
  const fitted = config.zScoreFit === 'train' ? [parts.train] : [parts.train, parts.validation];
  const recipe = {
    ...decoding,
    ...channelStatistics(
      images,
      fitted.flatMap(({ rows }) => rows),
    ),
  };
  const own = config.zScoreTest === 'own' && parts.test.rows.length > 0;
  return {
    recipe,
    testRecipe: own ? { ...decoding, ...channelStatistics(images, parts.test.rows) } : recipe,
  };
}
