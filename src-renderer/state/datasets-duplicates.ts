/** Exact and near duplicates out of the problems of a dataset, with what their images have in common. Pure. */
import type { DatasetGallery, DatasetProblem } from '../../src-main/contract/schema/dataset.ts';

export interface Duplicates {
  readonly isExact: boolean;
  /** Positions in the gallery; at least two. */
  readonly positions: readonly number[];
  /** Whether its images count as different lesions: a split by lesion alone would not keep them together. */
  readonly acrossLesions: boolean;
  /** Whether the same picture has two diagnoses: one of them is wrong. */
  readonly acrossClasses: boolean;
  readonly message: string;
}

/** Those across classes first, then those across lesions, each in the order in which they were found. */
export function findDuplicates(problems: readonly DatasetProblem[], gallery: DatasetGallery): Duplicates[] {
  const positionOf = new Map(gallery.imageIds.map((id, position) => [id, position]));
  const found = problems.flatMap(({ kind, imageIds, message }) => {
    if (kind !== 'exact-duplicate' && kind !== 'near-duplicate') return [];
    const positions = imageIds.flatMap((id) => positionOf.get(id) ?? []);
    if (positions.length < 2) return [];
    const differ = (column: readonly (string | number)[]) =>
      new Set(positions.map((at) => column[at])).size > 1;
    return [
      {
        isExact: kind === 'exact-duplicate',
        positions,
        acrossLesions: differ(gallery.lesionIds),
        acrossClasses: differ(gallery.classIndices),
        message,
      },
    ];
  });
  const rank = ({ acrossClasses, acrossLesions }: Duplicates) =>
    2 * Number(acrossClasses) + Number(acrossLesions);
  return found.sort((a, b) => rank(b) - rank(a));
}
