/** The problems of a dataset in words and as rows for a file. Pure. */
import { type DatasetProblem, PROBLEM_KINDS } from '../../src-main/contract/schema/dataset.ts';

export const PROBLEM_WORDS: Readonly<Record<DatasetProblem['kind'], string>> = {
  'row-without-image': 'Row without an image',
  'image-without-row': 'Image without a row',
  'unreadable-image': 'Unreadable image',
  'duplicate-row': 'Row given twice',
  'unknown-diagnosis': 'Unknown diagnosis',
  'exact-duplicate': 'Exact duplicate',
  'near-duplicate': 'Near duplicate',
  'lesion-with-two-diagnoses': 'Lesion with two diagnoses',
  'empty-class': 'Class without images',
};

/** Kinds that there are, in a fixed order, with how many of each. */
export function problemKinds(
  problems: readonly DatasetProblem[],
): { kind: DatasetProblem['kind']; count: number }[] {
  return PROBLEM_KINDS.map((kind) => ({
    kind,
    count: problems.filter((problem) => problem.kind === kind).length,
  })).filter(({ count }) => count > 0);
}

/** The columns that "lab data check --problems" writes. */
export function problemRows(problems: readonly DatasetProblem[]) {
  return problems.map(({ kind, imageIds, message }) => ({ kind, image_ids: imageIds.join(' '), message }));
}
