/**
 * Folder → manifest. Runs in the worker. A bad image is skipped and listed as a problem, never fatal and never silent;
 * only a folder that gives no dataset at all is an error.
 */
import { basename, join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { ClassInfo, DatasetImage, DatasetManifest, DatasetProblem } from '../contract/schema/dataset.ts';
import { classCounts, findEmptyClasses, findLesionsWithTwoDiagnoses, problemCounts } from './checks.ts';
import { forEachConcurrently, type ItemProgress } from './concurrently.ts';
import { type FolderContents, pictureStem, scanFolder } from './folder-contents.ts';
import type { InspectPicture } from './inspection.ts';
import type { DatasetLayout, ListedImage } from './layout.ts';
import { manifestHash } from './manifest.ts';
import { type DuplicateCandidate, findExactDuplicates, findNearDuplicates } from './near-duplicates.ts';
import { chooseLayout } from './registry.ts';

export interface ImportOptions {
  readonly root: string;
  /** Left out: the folder's name. */
  readonly name?: string | undefined;
  /** A layout's id; left out: the first that recognises the folder. */
  readonly layout?: string | undefined;
  /** Names and marks the classes in place of the layout's own list. */
  readonly classes?: readonly ClassInfo[] | undefined;
  readonly inspect: InspectPicture;
  readonly onProgress?: ((progress: ItemProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads and checks a dataset; opens every image once.
 * Throws `not-found` (no such folder), `bad-dataset` (unreadable, no layout fits, columns missing, no row or image,
 * fewer than two classes with images), `bad-input` (unknown layout), `cancelled`.
 */
export async function importDataset(options: ImportOptions): Promise<DatasetManifest> {
  const { signal } = options;
  const contents = scanFolder(options.root);
  const layout = chooseLayout(contents, options.layout);
  const reading = layout.read(contents, options.classes ?? null);
  const problems: DatasetProblem[] = [...reading.problems, ...unreadKinds(contents)];
  requireImages(contents, layout, reading.images, problems);

  const readable = await inspectImages(contents.root, reading.images, problems, options);
  const images = readable.map(({ image }) => image);
  problems.push(
    ...findExactDuplicates(images),
    ...(await findNearDuplicates(readable, signal)),
    ...findLesionsWithTwoDiagnoses(reading.classes, images),
    ...findEmptyClasses(reading.classes, images),
  );
  requireTwoClasses(contents, reading.classes, images, problems);
  return {
    formatVersion: 1,
    name: options.name ?? basename(contents.root),
    root: contents.root,
    layout: layout.id,
    synthetic: contents.synthetic,
    classes: [...reading.classes],
    images,
    columns: reading.columns,
    problems,
    hash: manifestHash(reading.classes, images),
  };
}

function unreadKinds({ otherPictures }: FolderContents): DatasetProblem[] {
  return otherPictures.map((path) => ({
    kind: 'unreadable-image',
    imageIds: [pictureStem(path)],
    message: `${path}: a picture of this kind is not read; export it as JPEG or PNG. Skipped.`,
  }));
}

/** The readable images in the order of the listing; the others become problems. */
async function inspectImages(
  root: string,
  listed: readonly ListedImage[],
  problems: DatasetProblem[],
  { inspect, onProgress, signal }: ImportOptions,
): Promise<DuplicateCandidate[]> {
  const outcomes: (DuplicateCandidate | DatasetProblem)[] = new Array(listed.length);
  const work = async (image: ListedImage, index: number) => {
    try {
      const { thumbnail, ...inspection } = await inspect(join(root, image.path));
      outcomes[index] = { image: { ...image, ...inspection }, thumbnail };
    } catch (error) {
      if (!(error instanceof AppError) || !['bad-image', 'not-found'].includes(error.code)) throw error;
      outcomes[index] = { kind: 'unreadable-image', imageIds: [image.imageId], message: error.message };
    }
  };
  await forEachConcurrently(listed, work, { onProgress, signal });
  problems.push(...outcomes.filter((outcome) => 'kind' in outcome));
  return outcomes.filter((outcome) => 'image' in outcome);
}

function requireImages(
  { root }: FolderContents,
  layout: DatasetLayout,
  images: readonly ListedImage[],
  problems: readonly DatasetProblem[],
): void {
  if (images.length > 0) return;
  throw new AppError(
    'bad-dataset',
    `${root}: read as ${layout.id}, no image can be used (${summarise(problems)}); expected ${layout.needs}.`,
    { details: { problems: problems.slice(0, 20) } },
  );
}

function requireTwoClasses(
  { root }: FolderContents,
  classes: readonly ClassInfo[],
  images: readonly DatasetImage[],
  problems: readonly DatasetProblem[],
): void {
  const counts = classCounts(classes, images);
  const filled = classes.filter((_, index) => counts[index]! > 0).map(({ code }) => code);
  if (filled.length >= 2) return;
  const found = filled.length === 0 ? 'no class has' : `only the class ${filled[0]} has`;
  throw new AppError(
    'bad-dataset',
    `${root}: ${found} readable images, at least 2 classes are needed (${summarise(problems)}).`,
    { details: { problems: problems.slice(0, 20) } },
  );
}

function summarise(problems: readonly DatasetProblem[]): string {
  const counts = Object.entries(problemCounts(problems)).map(([kind, count]) => `${count} x ${kind}`);
  return counts.length === 0 ? 'no problems found' : counts.join(', ');
}
