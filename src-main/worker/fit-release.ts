/**
 * A run's model, its dataset and split → all that a release's answers rest on. Runs in the worker. One pass over the images of the
 * training, calibration and test parts; what is fitted on which is said in evaluation/release-fit.ts.
 */
import { AppError } from '../contract/errors.ts';
import {
  type ClassInfo,
  type DatasetImage,
  type DatasetManifest,
  SPLIT_PARTS,
  type Split,
  type SplitPart,
} from '../contract/schema/dataset.ts';
import type { ItemProgress } from '../contract/schema/job.ts';
import type { ReleaseFit, ReleaseTargets } from '../contract/schema/release.ts';
import { classCounts, findStraddles } from '../dataset/checks.ts';
import { freezeRelease, measureRelease, type PartScores } from '../evaluation/release-fit.ts';
import { createFeatureExtractor } from '../models/features.ts';
import { loadModelFolder, type SavedModel } from '../models/model-folder.ts';
import { featuresOfImages } from '../models/predict-images.ts';
import { type PreparedImages, prepareImages } from '../preprocess/cache.ts';
import { writeDistribution, writeReferences } from './release-files.ts';

export interface FitReleaseJob {
  readonly modelFolder: string;
  readonly manifest: DatasetManifest;
  readonly split: Split;
  readonly targets: ReleaseTargets;
  /** Gets `distribution.bin`, `references.bin` and `references.json`. */
  readonly folder: string;
  readonly cacheFolder: string;
}

/** Validation chose the model: nothing is fitted, or measured, on it. */
const FITTED_PARTS = ['train', 'calibration', 'test'] as const;
type FittedPart = (typeof FITTED_PARTS)[number];

/** With `classIndex` into the model's classes. */
type PartImages = Readonly<Record<SplitPart, readonly DatasetImage[]>>;

/**
 * @throws AppError `conflict` when a part is missing or parts share a lesion; `bad-dataset` when images are gone, or of a class that the
 * model does not know; `bad-model` for scores that are not finite or features that are all alike; `cancelled`; those of a bad folder
 */
export async function fitRelease(
  job: FitReleaseJob,
  onItems: (progress: ItemProgress) => void,
  signal: AbortSignal,
): Promise<ReleaseFit> {
  const { split, manifest, folder, targets } = job;
  requireParts(split);
  requireNoStraddles(manifest, split);
  const model = await loadModelFolder(job.modelFolder);
  const { classes, recipe } = model.metadata;
  const images = imagesOf(manifest, split, classes);
  const prepared = await prepareImages({
    root: manifest.root,
    images: FITTED_PARTS.flatMap((part) => images[part]),
    widthPx: recipe.widthPx,
    heightPx: recipe.heightPx,
    cacheFolder: job.cacheFolder,
    onProgress: onItems,
    signal,
  });
  requireAll(prepared, manifest);
  const { scores, references } = await scoreParts(model, images, prepared, { onItems, signal });

  const { train, calibration } = scores;
  const frozen = freezeRelease({ train, calibration }, { classes, targets });
  const measured = measureRelease(frozen, scores.test);

  if (frozen.gaussian) await writeDistribution(folder, frozen.gaussian, signal);
  const trained = images.train.map(({ imageId, lesionId, classIndex }) => ({
    imageId,
    lesionId,
    classIndex,
  }));
  await writeReferences(folder, { features: references, images: trained }, signal);
  return { ...measured, parts: SPLIT_PARTS.map((part) => countsOf(part, images[part], classes)) };
}

function requireParts(split: Split): void {
  for (const part of FITTED_PARTS) {
    if (split[part].length > 0) continue;
    throw new AppError(
      'conflict',
      `The run's split has no ${part} part: a release is fitted on calibration lesions and measured on test lesions. Train with the default split by lesion, and release that run.`,
    );
  }
}

function requireNoStraddles(manifest: DatasetManifest, split: Split): void {
  const straddles = findStraddles(manifest, split);
  if (straddles.length === 0) return;
  const { imageIds, parts } = straddles[0]!;
  throw new AppError(
    'conflict',
    `${straddles.length} lesions or copies of a picture are in more than one part of the run's split (the first: ${imageIds.join(', ')} in ${parts.join(' and ')}), so that no figure of it would hold for new patients. Train with the default split by lesion, and release that run.`,
  );
}

/** The images of each part, their classes matched to the model's by code. */
function imagesOf(manifest: DatasetManifest, split: Split, classes: readonly ClassInfo[]): PartImages {
  const codes = classes.map(({ code }) => code);
  const byId = new Map(manifest.images.map((image) => [image.imageId, image]));
  const gone = SPLIT_PARTS.flatMap((part) => split[part]).filter((id) => !byId.has(id));
  if (gone.length > 0) {
    throw new AppError(
      'bad-dataset',
      `${manifest.name} lacks images of the run's split: ${gone.length} in all, the first ${gone[0]}. Release the run with the dataset that it was trained on.`,
    );
  }
  const of = (part: SplitPart) =>
    split[part].map((id) => {
      const image = byId.get(id)!;
      return { ...image, classIndex: knownClass(codes, manifest.classes[image.classIndex]!.code, manifest) };
    });
  return {
    train: of('train'),
    validation: of('validation'),
    calibration: of('calibration'),
    test: of('test'),
  };
}

function knownClass(codes: readonly string[], code: string, { name }: DatasetManifest): number {
  const index = codes.indexOf(code);
  if (index >= 0) return index;
  throw new AppError(
    'bad-dataset',
    `${name} has images of ${code}, which the model does not know (it knows ${codes.join(', ')}). Release the run with the dataset that it was trained on.`,
  );
}

function requireAll({ count, skipped }: PreparedImages, { root }: DatasetManifest): void {
  if (skipped.length === 0) return;
  throw new AppError(
    'bad-dataset',
    `${skipped.length} of ${count + skipped.length} images of the run's split in ${root} cannot be read (the first: ${skipped[0]!.reason}). Put them back as they were, and release the run again.`,
  );
}

interface ScoredParts {
  readonly scores: Readonly<Record<FittedPart, PartScores>>;
  /** Penultimate features of the training part, row-major [image][dims]. */
  readonly references: Float32Array;
}

/** One pass over the images of all parts. */
async function scoreParts(
  { network, weights, metadata }: SavedModel,
  images: PartImages,
  prepared: PreparedImages,
  { onItems, signal }: { onItems: (progress: ItemProgress) => void; signal: AbortSignal },
): Promise<ScoredParts> {
  const all = FITTED_PARTS.flatMap((part) => images[part]);
  const startedAt = performance.now();
  const extractor = createFeatureExtractor(network, weights);
  try {
    const { logits, features, kindFeatures } = await featuresOfImages(extractor, {
      images: prepared,
      rows: all.map(({ imageId }) => prepared.indexOf(imageId)),
      recipe: metadata.recipe,
      signal,
      onProgress: (done) => {
        const remainingMs = ((performance.now() - startedAt) / done) * (all.length - done);
        onItems({ done, total: all.length, remainingMs });
      },
    });
    const { dims, kindDims } = extractor;
    requireUsable(logits, kindFeatures, kindDims, all);
    let from = 0;
    const next = (part: FittedPart): PartScores => {
      const own = images[part];
      const [start, end] = [from, from + own.length];
      from = end;
      return {
        imageIds: own.map(({ imageId }) => imageId),
        lesionIds: own.map(({ lesionId }) => lesionId),
        trueClasses: own.map(({ classIndex }) => classIndex),
        logits: logits.slice(start, end),
        features: kindFeatures.subarray(start * kindDims, end * kindDims),
      };
    };
    return {
      scores: { train: next('train'), calibration: next('calibration'), test: next('test') },
      references: features.subarray(0, images.train.length * dims),
    };
  } finally {
    extractor.dispose();
  }
}

function requireUsable(
  logits: readonly (readonly number[])[],
  features: Float32Array,
  dims: number,
  images: readonly DatasetImage[],
): void {
  const strange = images.findIndex(
    (_, row) =>
      !logits[row]!.every(Number.isFinite) ||
      !features.subarray(row * dims, (row + 1) * dims).every(Number.isFinite),
  );
  if (strange >= 0) {
    throw new AppError(
      'bad-model',
      `The model's answer for image ${images[strange]!.imageId} is not a number: its training went wrong. Train again, with a lower learning rate.`,
    );
  }
  const isAlike = (values: ArrayLike<number>, first: ArrayLike<number>) =>
    Array.prototype.every.call(values, (value, at) => value === first[at % first.length]);
  if (isAlike(features, features.subarray(0, dims)) || logits.every((row) => isAlike(row, logits[0]!))) {
    throw new AppError(
      'bad-model',
      'The model answers every picture alike. Train again, with a lower learning rate.',
    );
  }
}

function countsOf(
  part: SplitPart,
  images: readonly DatasetImage[],
  classes: readonly ClassInfo[],
): ReleaseFit['parts'][number] {
  return {
    part,
    images: images.length,
    lesions: new Set(images.map(({ lesionId }) => lesionId)).size,
    classCounts: classCounts(classes, images),
  };
}
