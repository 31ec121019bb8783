/**
 * Cleaned images + configuration → the split that a run stores. Runs in the worker (reads a file when the split is one).
 *
 * By lesion, no lesion falls in two parts, near and exact duplicates counting as one lesion. By image is the published
 * protocol, leaks and all: 25 % test, then 10 % of the rest validation. Same images, configuration and seed:
 * same split.
 */
import { AppError } from '../contract/errors.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import {
  type DatasetImage,
  type DatasetManifest,
  SPLIT_PARTS,
  type Split,
  type SplitPart,
} from '../contract/schema/dataset.ts';
import { deriveSeed } from '../numerics/random.ts';
import { groupKFold, splitByGroup, splitByItem, unionGroups } from '../numerics/split.ts';
import { classCounts, findStraddles } from './checks.ts';
import { readSplitFile } from './split-file.ts';

/** Published: 25 % test, then 10 % of the rest validation. */
const PUBLISHED_CUTS = [0.25, 0.1];

export interface MadeSplit {
  readonly split: Split;
  /** What a reader of the run's numbers must know. */
  readonly warnings: string[];
}

/**
 * @param images those of the manifest that the run's cleaning keeps
 * Throws `bad-split`: fractions that do not sum to 1, no such fold, too few lesions, a split file that does not fit,
 * a part that is empty, or a class without a training image (named).
 */
export function makeSplit(
  manifest: DatasetManifest,
  images: readonly DatasetImage[],
  config: TrainingConfig,
): MadeSplit {
  if (images.length === 0) {
    throw new AppError(
      'bad-split',
      'There is no image to split: the cleaning rules removed all; switch one off.',
    );
  }
  const seed = config.splitSeed ?? config.seed;
  const { split, warnings } = cut(manifest, images, config, seed);
  return {
    split,
    warnings: [...warnings, ...classWarnings(manifest, images, split), ...leaks(manifest, split)],
  };
}

function cut(
  manifest: DatasetManifest,
  images: readonly DatasetImage[],
  config: TrainingConfig,
  seed: number,
): MadeSplit {
  switch (config.splitMethod) {
    case 'lesion':
      return { split: byLesion(manifest, images, config, seed), warnings: [] };
    case 'image':
      return { split: byImage(images, seed), warnings: [] };
    case 'k-fold':
      return { split: byFold(manifest, images, config, seed), warnings: [] };
    case 'file':
      return readSplitFile(config.splitFile, manifest, images);
  }
}

function byLesion(
  manifest: DatasetManifest,
  images: readonly DatasetImage[],
  config: TrainingConfig,
  seed: number,
): Split {
  const fractions = SPLIT_PARTS.map((part) => config[`${part}Fraction`]);
  const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
  if (Math.abs(total - 1) > 1e-6) {
    const parts = SPLIT_PARTS.map((part, index) => `${part} ${fractions[index]}`).join(', ');
    throw new AppError(
      'bad-split',
      `The fractions (${parts}) sum to ${Number(total.toFixed(6))}; expected 1, for example 0.6, 0.1, 0.1, 0.2.`,
    );
  }
  const labels = images.map(({ classIndex }) => classIndex);
  const parts = splitByGroup({ labels, groups: lesionGroups(manifest, images), fractions, seed });
  return asSplit(images, parts);
}

function byImage(images: readonly DatasetImage[], seed: number): Split {
  if (images.length < 3) {
    throw new AppError('bad-split', `${images.length} images cannot be split in three parts; expected more.`);
  }
  const { cuts, rest } = splitByItem({ count: images.length, fractions: PUBLISHED_CUTS, seed });
  return asSplit(images, [rest, cuts[1]!, [], cuts[0]!]);
}

/** One fold is the test part; the others are cut by lesion in the proportions of the configuration. */
function byFold(
  manifest: DatasetManifest,
  images: readonly DatasetImage[],
  config: TrainingConfig,
  seed: number,
): Split {
  const { folds, fold, trainFraction, validationFraction, calibrationFraction } = config;
  if (fold >= folds) {
    throw new AppError(
      'bad-split',
      `Fold ${fold} of ${folds}: folds count from 0; expected 0 to ${folds - 1}.`,
    );
  }
  const total = trainFraction + validationFraction + calibrationFraction;
  if (!(total > 0)) {
    throw new AppError('bad-split', 'The train, validation and calibration fractions are all 0; raise one.');
  }
  const labels = images.map(({ classIndex }) => classIndex);
  const groups = lesionGroups(manifest, images);
  const lesions = new Set(groups).size;
  if (lesions < folds) {
    throw new AppError(
      'bad-split',
      `${folds} folds of ${lesions} lesions: expected at most a fold a lesion.`,
    );
  }
  const test = groupKFold({ labels, groups, folds, seed })[fold]!;
  const isTest = new Set(test);
  const rest = images.map((_, index) => index).filter((index) => !isTest.has(index));
  const parts = splitByGroup({
    labels: rest.map((index) => labels[index]!),
    groups: rest.map((index) => groups[index]!),
    fractions: [trainFraction, validationFraction, calibrationFraction].map((fraction) => fraction / total),
    seed: deriveSeed(seed, 'fold', fold),
  });
  return asSplit(images, [...parts.map((part) => part.map((index) => rest[index]!)), test]);
}

/** A group number an image: its lesion, joined with the lesions of its exact and near duplicates. */
function lesionGroups(manifest: DatasetManifest, images: readonly DatasetImage[]): number[] {
  const indexOf = new Map(images.map(({ imageId }, index) => [imageId, index]));
  const pairs = manifest.problems.flatMap(({ kind, imageIds }) => {
    if (kind !== 'exact-duplicate' && kind !== 'near-duplicate') return [];
    const present = imageIds.flatMap((id) => indexOf.get(id) ?? []);
    return present.slice(1).map((index) => [present[0]!, index] as const);
  });
  return unionGroups(
    images.map(({ lesionId }) => lesionId),
    pairs,
  );
}

function asSplit(images: readonly DatasetImage[], parts: readonly (readonly number[])[]): Split {
  const ids = parts.map((part) => part.map((index) => images[index]!.imageId));
  return { train: ids[0]!, validation: ids[1]!, calibration: ids[2]!, test: ids[3]! };
}

/** Refuses a class that cannot be learned; names the classes that cannot be steered by or tested. */
function classWarnings(manifest: DatasetManifest, images: readonly DatasetImage[], split: Split): string[] {
  const available = classCounts(manifest.classes, images);
  const warnings = manifest.classes
    .filter((_, index) => available[index] === 0)
    .map(({ code }) => `No image of the class ${code} is left after cleaning.`);
  const imageOf = new Map(images.map((image) => [image.imageId, image]));
  for (const part of SPLIT_PARTS) {
    const counts = classCounts(
      manifest.classes,
      split[part].map((id) => imageOf.get(id)!),
    );
    const absent = manifest.classes.filter((_, index) => available[index]! > 0 && counts[index] === 0);
    warnings.push(
      ...partWarnings(
        part,
        split[part].length,
        absent.map(({ code }) => code),
      ),
    );
  }
  return warnings;
}

function partWarnings(part: SplitPart, size: number, absent: readonly string[]): string[] {
  if (part === 'train' && absent.length > 0) {
    throw new AppError(
      'bad-split',
      `The training part has ${size === 0 ? 'no image' : `no image of the class ${absent.join(', ')}`}; ` +
        'raise the train fraction, take another seed or change the split file.',
      { details: { classes: absent } },
    );
  }
  if (size === 0) return part === 'calibration' ? [] : [`The ${part} part is empty.`];
  return absent.length === 0 ? [] : [`The ${part} part has no image of the class ${absent.join(', ')}.`];
}

function leaks(manifest: DatasetManifest, split: Split): string[] {
  const straddles = findStraddles(manifest, split);
  const count = (kind: string) => straddles.filter((straddle) => straddle.kind === kind).length;
  const lesions = count('lesion');
  const duplicates = count('exact-duplicate') + count('near-duplicate');
  return [
    ...(lesions > 0
      ? [`${lesions} lesions lie in more than one part: the test figures are optimistic.`]
      : []),
    ...(duplicates > 0 ? [`${duplicates} sets of duplicate images lie in more than one part.`] : []),
  ];
}
