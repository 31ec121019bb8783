/** A fixed split read from a CSV with the columns image_id and part. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import {
  type DatasetImage,
  type DatasetManifest,
  SPLIT_PARTS,
  type Split,
  type SplitPart,
} from '../contract/schema/dataset.ts';
import { readTable, type TableRow } from './table.ts';

const OTHER_NAMES: Readonly<Record<string, SplitPart>> = {
  training: 'train',
  val: 'validation',
  testing: 'test',
};
const NAMED_IN_MESSAGES = 5;

/**
 * Throws `bad-split` for a part that is none, an image in two parts, or a file of another dataset; images of the file
 * that the dataset lacks or the cleaning removed, and images that the file leaves out, are warnings.
 */
export function readSplitFile(
  path: string | null,
  manifest: DatasetManifest,
  images: readonly DatasetImage[],
): { split: Split; warnings: string[] } {
  if (path === null) {
    throw new AppError('bad-split', 'The split method is "file", but "splitFile" names none; give a CSV.');
  }
  const partOf = readParts(path);
  const split: Split = { train: [], validation: [], calibration: [], test: [] };
  const unlisted: string[] = [];
  for (const { imageId } of images) {
    const part = partOf.get(imageId);
    if (part === undefined) unlisted.push(imageId);
    else split[part].push(imageId);
  }
  const known = new Set(manifest.images.map(({ imageId }) => imageId));
  const kept = new Set(images.map(({ imageId }) => imageId));
  const unknown = [...partOf.keys()].filter((id) => !known.has(id));
  const cleaned = [...partOf.keys()].filter((id) => known.has(id) && !kept.has(id));
  if (unknown.length === partOf.size) {
    const example = unknown.slice(0, NAMED_IN_MESSAGES).join(', ');
    throw new AppError(
      'bad-split',
      `${path}: none of its ${partOf.size} image ids (${example}) is in the dataset ${manifest.name}.`,
    );
  }
  const warnings = [
    ...mention(unknown, `images of ${path} are not in the dataset`),
    ...mention(cleaned, `images of ${path} were removed by the cleaning rules`),
    ...mention(unlisted, `images are in no part of ${path} and are not used`),
  ];
  return { split, warnings };
}

function readParts(path: string): Map<string, SplitPart> {
  const partOf = new Map<string, SplitPart>();
  for (const row of readTable(path, ['image_id', 'part']).rows) {
    const imageId = row.cell('image_id');
    const part = partNamed(path, row);
    const before = partOf.get(imageId);
    if (before !== undefined && before !== part) {
      throw new AppError(
        'bad-split',
        `${path}, line ${row.line}: ${imageId} is in ${before} and in ${part}.`,
      );
    }
    partOf.set(imageId, part);
  }
  if (partOf.size === 0)
    throw new AppError('bad-split', `${path}: a header and 0 rows; expected one an image.`);
  return partOf;
}

function partNamed(path: string, row: TableRow): SplitPart {
  const name = row.cell('part').toLowerCase();
  const part = SPLIT_PARTS.find((candidate) => candidate === name) ?? OTHER_NAMES[name];
  if (part !== undefined) return part;
  throw new AppError(
    'bad-split',
    `${path}, line ${row.line}: "${row.cell('part')}" is no part; expected ${SPLIT_PARTS.join(', ')}.`,
  );
}

function mention(ids: readonly string[], what: string): string[] {
  if (ids.length === 0) return [];
  const more = ids.length > NAMED_IN_MESSAGES ? ', …' : '';
  return [`${ids.length} ${what} (${ids.slice(0, NAMED_IN_MESSAGES).join(', ')}${more}).`];
}
