/**
 * A folder with one sub-folder per class, its name being the class's code; pictures may lie deeper. `classes.json` at
 * the root may name and mark the classes; a table with `image_id` may add patient columns. Runs in the worker.
 *
 * An image's id is its file name without extension, or its path where two files share that name.
 */
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { ClassInfo, DatasetManifest, DatasetProblem } from '../contract/schema/dataset.ts';
import { byCodeUnits, type FolderContents, pictureStem } from './folder-contents.ts';
import type { DatasetLayout, LayoutReading, ListedImage } from './layout.ts';
import { patientColumnsOf, patientFields } from './patient-columns.ts';
import { readColumns, readTable, type TableRow } from './table.ts';
import { uniqueRows } from './unique-rows.ts';

const PARTS_OF_A_SPLIT = /^(train(ing)?|test(ing)?|val(id(ation)?)?|dev)$/i;

export const folderPerClass: DatasetLayout = {
  id: 'folder-per-class',
  title: 'One folder per class',
  needs: 'at least two sub-folders with images, each named by its class',
  recognise: (contents) => {
    const codes = [...classFolders(contents).codeOf.values()];
    const unique = [...new Set(codes)];
    if (unique.length < 2) return `${unique.length} sub-folders hold images, at least 2 are needed`;
    if (unique.every((code) => PARTS_OF_A_SPLIT.test(code))) {
      return `its sub-folders (${unique.join(', ')}) are parts of a split, not classes: import one of them`;
    }
    return null;
  },
  read: readFolderPerClass,
};

function readFolderPerClass(contents: FolderContents, given: readonly ClassInfo[] | null): LayoutReading {
  const { codeOf: folderOf, depth } = classFolders(contents);
  const classes = classList(new Set(folderOf.values()), given ?? contents.classes);
  const classIndexOf = new Map(classes.map(({ code }, index) => [code, index]));
  const problems: DatasetProblem[] = [];
  const { rows, columns } = patientTable(contents, problems);
  const images: ListedImage[] = [];
  const idOf = imageIds([...folderOf.keys()]);
  for (const path of contents.pictures) {
    const code = folderOf.get(path);
    const stem = pictureStem(path);
    if (code === undefined) {
      const message = `${path} lies outside every class's folder; skipped.`;
      problems.push({ kind: 'image-without-row', imageIds: [stem], message });
      continue;
    }
    const row = rows.get(stem.toLowerCase());
    const imageId = idOf.get(path)!;
    if (rows.size > 0 && row === undefined) {
      const message = `${path} has no row in the metadata table; its patient columns are empty.`;
      problems.push({ kind: 'image-without-row', imageIds: [imageId], message });
    }
    images.push({ imageId, path, classIndex: classIndexOf.get(code)!, ...patientFields(row, imageId) });
  }
  problems.push(
    ...rowsWithoutImage(rows, contents.pictures),
    ...foldersWithoutImage(contents.folders, depth, new Set(classIndexOf.keys())),
  );
  return { classes, images, columns, problems };
}

/** Class code of every picture that has one, and how many folders lie around all of the class folders, which are passed through. */
function classFolders({ pictures }: FolderContents): { codeOf: Map<string, string>; depth: number } {
  const folders = pictures.map((path) => path.split('/').slice(0, -1));
  const nested = folders.filter((folder) => folder.length > 0);
  let depth = 0;
  const isShared = () => {
    const names = new Set(nested.map((folder) => folder[depth]));
    return names.size === 1 && nested.every((folder) => folder.length > depth + 1);
  };
  while (nested.length > 0 && isShared()) depth++;
  const codeOf = new Map(
    pictures.flatMap((path, i) => {
      const code = folders[i]![depth];
      return code === undefined ? [] : [[path, code] as const];
    }),
  );
  return { codeOf, depth };
}

/** Named classes first as given, then folders that the list does not have; alphabetical by full name. */
function classList(codes: ReadonlySet<string>, named: readonly ClassInfo[] | null): ClassInfo[] {
  const listed = new Map((named ?? []).map((info) => [info.code, info]));
  for (const code of codes) {
    if (!listed.has(code)) listed.set(code, { code, name: code, malignant: null });
  }
  return [...listed.values()].sort((a, b) => byCodeUnits(a.name, b.name));
}

function imageIds(paths: readonly string[]): Map<string, string> {
  const uses = new Map<string, number>();
  for (const path of paths) uses.set(pictureStem(path), (uses.get(pictureStem(path)) ?? 0) + 1);
  return new Map(paths.map((path) => [path, uses.get(pictureStem(path)) === 1 ? pictureStem(path) : path]));
}

/** The rows by the names of their images in lower case. */
function patientTable(
  { root, tables }: FolderContents,
  problems: DatasetProblem[],
): { rows: Map<string, TableRow>; columns: DatasetManifest['columns'] } {
  const path = tables.find((table) => {
    const columns = readColumns(join(root, table));
    return columns.includes('image_id') && patientColumnsOf(columns).length > 0;
  });
  if (path === undefined) return { rows: new Map(), columns: [] };
  const table = readTable(join(root, path), ['image_id']);
  if (table.rows.length === 0) {
    throw new AppError('bad-dataset', `${table.path}: the table has a header and 0 rows; fill or remove it.`);
  }
  const rows = uniqueRows(table, problems, (imageId) => imageId.toLowerCase());
  return { rows, columns: patientColumnsOf(table.columns) };
}

function rowsWithoutImage(
  rows: ReadonlyMap<string, TableRow>,
  pictures: readonly string[],
): DatasetProblem[] {
  const stems = new Set(pictures.map((path) => pictureStem(path).toLowerCase()));
  return [...rows]
    .filter(([id]) => !stems.has(id))
    .map(([id, row]) => ({
      kind: 'row-without-image',
      imageIds: [row.cell('image_id')],
      message: `Line ${row.line}: there is no picture ${id}.jpg, .jpeg or .png; skipped.`,
    }));
}

/** Folders beside those of the classes, of which nothing becomes a class. */
function foldersWithoutImage(
  folders: readonly string[],
  depth: number,
  codes: ReadonlySet<string>,
): DatasetProblem[] {
  return folders
    .map((path) => path.split('/'))
    .filter((names) => names.length === depth + 1 && !codes.has(names[depth]!))
    .map((names) => ({
      kind: 'empty-class',
      imageIds: [],
      message: `The folder ${names.join('/')} holds no image that is read, so it is no class.`,
    }));
}
