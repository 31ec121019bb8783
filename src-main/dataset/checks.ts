/**
 * Checks that nobody asked for and everybody needs: what in a dataset contradicts itself, and what a split leaks. Pure.
 */
import {
  type ClassInfo,
  type DatasetImage,
  type DatasetManifest,
  type DatasetProblem,
  PROBLEM_KINDS,
  SPLIT_PARTS,
  type Split,
  type SplitPart,
} from '../contract/schema/dataset.ts';

/** Images of each class, in the order of the class list. */
export function classCounts(classes: readonly ClassInfo[], images: readonly DatasetImage[]): number[] {
  const counts = classes.map(() => 0);
  for (const { classIndex } of images) counts[classIndex]! += 1;
  return counts;
}

export function findEmptyClasses(
  classes: readonly ClassInfo[],
  images: readonly DatasetImage[],
): DatasetProblem[] {
  const counts = classCounts(classes, images);
  return classes
    .filter((_, index) => counts[index] === 0)
    .map(({ code, name }) => ({
      kind: 'empty-class',
      imageIds: [],
      message: `The class ${code} (${name}) has no readable image.`,
    }));
}

export function findLesionsWithTwoDiagnoses(
  classes: readonly ClassInfo[],
  images: readonly DatasetImage[],
): DatasetProblem[] {
  return [...Map.groupBy(images, ({ lesionId }) => lesionId)].flatMap(([lesionId, members]) => {
    const codes = [...new Set(members.map(({ classIndex }) => classes[classIndex]!.code))];
    if (codes.length < 2) return [];
    const imageIds = members.map(({ imageId }) => imageId);
    const message = `The lesion ${lesionId} has the diagnoses ${codes.join(', ')} (${imageIds.join(', ')}).`;
    return [{ kind: 'lesion-with-two-diagnoses' as const, imageIds, message }];
  });
}

/** Images that belong together and lie in more than one part of a split. */
export interface Straddle {
  readonly kind: 'lesion' | 'exact-duplicate' | 'near-duplicate';
  readonly imageIds: readonly string[];
  readonly parts: readonly SplitPart[];
}

/** Every lesion, and every set of exact or near duplicates, that lies in more than one part. Empty: no leak. */
export function findStraddles(manifest: DatasetManifest, split: Split): Straddle[] {
  const partOf = new Map(SPLIT_PARTS.flatMap((part) => split[part].map((id) => [id, part] as const)));
  const straddle = (kind: Straddle['kind'], ids: readonly string[]): Straddle[] => {
    const imageIds = ids.filter((id) => partOf.has(id));
    const parts = SPLIT_PARTS.filter((part) => imageIds.some((id) => partOf.get(id) === part));
    return parts.length > 1 ? [{ kind, imageIds, parts }] : [];
  };
  const lesions = Map.groupBy(manifest.images, ({ lesionId }) => lesionId);
  return [
    ...[...lesions.values()].flatMap((images) =>
      straddle(
        'lesion',
        images.map(({ imageId }) => imageId),
      ),
    ),
    ...manifest.problems.flatMap(({ kind, imageIds }) =>
      kind === 'exact-duplicate' || kind === 'near-duplicate' ? straddle(kind, imageIds) : [],
    ),
  ];
}

/** How many problems there are of each kind, in a fixed order; kinds without any are left out. */
export function problemCounts(
  problems: readonly DatasetProblem[],
): Partial<Record<DatasetProblem['kind'], number>> {
  const counts: Partial<Record<DatasetProblem['kind'], number>> = {};
  for (const kind of PROBLEM_KINDS) {
    const count = problems.filter((problem) => problem.kind === kind).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
}
