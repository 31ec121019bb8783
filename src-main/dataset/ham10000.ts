/**
 * HAM10000 as Kaggle and Harvard Dataverse give it (Tschandl et al. 2018, doi 10.1038/sdata.2018.161): one metadata
 * table and image folders, nested and named as they may be. Any table with `image_id` and `dx` is such a one, so a set
 * of one's own can come in this layout too. Runs in the worker.
 */
import { basename, join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { ClassInfo, DatasetProblem } from '../contract/schema/dataset.ts';
import { type FolderContents, pictureStem } from './folder-contents.ts';
import type { DatasetLayout, LayoutReading, ListedImage } from './layout.ts';
import { patientColumnsOf, patientFields } from './patient-columns.ts';
import { readColumns, readTable, type TableRow } from './table.ts';
import { uniqueRows } from './unique-rows.ts';

/** In the published order: alphabetical by full name. */
export const HAM10000_CLASSES: readonly ClassInfo[] = [
  { code: 'akiec', name: 'Actinic keratoses', malignant: true },
  { code: 'bcc', name: 'Basal cell carcinoma', malignant: true },
  { code: 'bkl', name: 'Benign keratosis-like lesions', malignant: false },
  { code: 'df', name: 'Dermatofibroma', malignant: false },
  { code: 'nv', name: 'Melanocytic nevi', malignant: false },
  { code: 'mel', name: 'Melanoma', malignant: true },
  { code: 'vasc', name: 'Vascular lesions', malignant: false },
];

const REQUIRED = ['image_id', 'dx'];
const KNOWN = [...REQUIRED, 'lesion_id', 'dx_type', 'age', 'sex', 'localization'];

export const ham10000: DatasetLayout = {
  id: 'ham10000',
  title: 'HAM10000 (metadata table and image folders)',
  needs: `a CSV table with the columns ${REQUIRED.join(' and ')}, and the images it names in any sub-folder`,
  recognise: ({ root, tables }) => {
    if (tables.length === 0) return 'there is no CSV table';
    return metadataTable(root, tables) === null ? `no table has the columns ${REQUIRED.join(' and ')}` : null;
  },
  read: readHam10000,
};

function readHam10000(contents: FolderContents, classes: readonly ClassInfo[] | null): LayoutReading {
  const path = metadataTable(contents.root, contents.tables);
  if (path === null) {
    throw new AppError(
      'bad-dataset',
      `${contents.root}: no metadata table found; expected ${ham10000.needs}.`,
    );
  }
  const table = readTable(join(contents.root, path), REQUIRED);
  if (table.rows.length === 0) {
    throw new AppError(
      'bad-dataset',
      `${table.path}: the table has a header and 0 rows; expected one an image.`,
    );
  }
  const problems: DatasetProblem[] = [];
  const classList = classes ?? contents.classes ?? HAM10000_CLASSES;
  const pictures = picturesByStem(contents.pictures);
  const rows = uniqueRows(table, problems, (imageId) => imageId);
  const images = [...rows].flatMap(([imageId, row]) => {
    const image = listImage(imageId, row, classList, pictures, problems);
    return image === null ? [] : [image];
  });
  const used = new Set([...rows.keys()].map((imageId) => pictureOf(imageId, pictures)));
  for (const paths of pictures.values()) problems.push(...unlistedPictures(paths, used, path));
  return { classes: classList, images, columns: patientColumnsOf(table.columns), problems };
}

/**
 * The table to read: the one with most of the known columns; failing `image_id` and `dx`, one that is clearly meant
 * (`dx` there, or HAM10000 in its own name, not its folder's), so that its missing columns get named.
 */
function metadataTable(root: string, tables: readonly string[]): string | null {
  let best: string | null = null;
  let bestScore = 0;
  for (const path of tables) {
    const columns = readColumns(join(root, path));
    const isWhole = REQUIRED.every((column) => columns.includes(column));
    if (!isWhole && !columns.includes('dx') && !/ham10000/i.test(basename(path))) continue;
    const score = KNOWN.filter((column) => columns.includes(column)).length + (isWhole ? KNOWN.length : 1);
    if (score > bestScore) {
      best = path;
      bestScore = score;
    }
  }
  return best;
}

function picturesByStem(paths: readonly string[]): Map<string, string[]> {
  const byStem = new Map<string, string[]>();
  for (const path of paths) {
    const stem = pictureStem(path).toLowerCase();
    const known = byStem.get(stem);
    if (known) known.push(path);
    else byStem.set(stem, [path]);
  }
  return byStem;
}

function listImage(
  imageId: string,
  row: TableRow,
  classes: readonly ClassInfo[],
  pictures: ReadonlyMap<string, string[]>,
  problems: DatasetProblem[],
): ListedImage | null {
  const dx = row.cell('dx').toLowerCase();
  const classIndex = classes.findIndex(({ code, name }) =>
    [code, name].some((it) => it.toLowerCase() === dx),
  );
  const path = pictureOf(imageId, pictures);
  if (classIndex < 0) {
    const known = classes.map(({ code }) => code).join(', ');
    const message = `Line ${row.line}: the diagnosis of ${imageId} is "${row.cell('dx')}", known are ${known}; skipped.`;
    problems.push({ kind: 'unknown-diagnosis', imageIds: [imageId], message });
  }
  if (path === undefined) {
    const message = `Line ${row.line}: there is no picture ${imageId}.jpg, .jpeg or .png; skipped.`;
    problems.push({ kind: 'row-without-image', imageIds: [imageId], message });
  }
  if (classIndex < 0 || path === undefined) return null;
  return { imageId, path, classIndex, ...patientFields(row, imageId) };
}

/** Of the pictures of that name, in whatever case, the first that has it letter for letter, else the first. */
function pictureOf(imageId: string, pictures: ReadonlyMap<string, string[]>): string | undefined {
  const paths = pictures.get(imageId.toLowerCase());
  return paths?.find((path) => pictureStem(path) === imageId) ?? paths?.[0];
}

/** Pictures that no row names, and further pictures of the same name (Kaggle's download has its folders twice). */
function unlistedPictures(
  paths: readonly string[],
  used: ReadonlySet<string | undefined>,
  table: string,
): DatasetProblem[] {
  const usedPath = paths.find((path) => used.has(path));
  return paths
    .filter((path) => !used.has(path))
    .map((path) => ({
      kind: 'image-without-row',
      imageIds: [pictureStem(path)],
      message: usedPath
        ? `${path} has the name of ${usedPath}, which is used.`
        : `${path} has no row in ${table}.`,
    }));
}
