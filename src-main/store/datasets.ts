/** Imported datasets: summary, manifest, problems. Runs in the host. */
import { AppError } from '../contract/errors.ts';
import {
  type ClassInfo,
  type DatasetImage,
  DatasetManifest,
  type DatasetProblem,
  DatasetSummary,
} from '../contract/schema/dataset.ts';
import type { Db } from './open.ts';

interface DatasetRow {
  id: number;
  name: string;
  root: string;
  layout: string;
  synthetic: number;
  classes: string;
  class_counts: string;
  columns: string;
  image_count: number;
  lesion_count: number;
  problem_count: number;
  hash: string;
  imported_at: string;
}

/** A row of dataset_images as a DatasetImage. */
export const IMAGE_COLUMNS = `image_id AS imageId, path, class_index AS classIndex, lesion_id AS lesionId,
  age_years AS ageYears, sex, site, dx_type AS dxType, width_px AS widthPx, height_px AS heightPx,
  content_hash AS contentHash, perceptual_hash AS perceptualHash`;

/** Stores a manifest whole. @returns the dataset's id. @throws AppError `conflict` when the name is taken. */
export function insertDataset(
  db: Db,
  { manifest, importedAt }: { manifest: DatasetManifest; importedAt: string },
): number {
  return db.transaction(() => {
    if (findDatasetByName(db, manifest.name) !== null) {
      throw new AppError(
        'conflict',
        `There is a dataset named "${manifest.name}" already; give another name.`,
      );
    }
    const id = Number(
      db
        .prepare(
          `INSERT INTO datasets (name, root, layout, synthetic, classes, class_counts, columns, image_count,
                                 lesion_count, problem_count, hash, imported_at)
           VALUES (@name, @root, @layout, @synthetic, @classes, @class_counts, @columns, @image_count,
                   @lesion_count, @problem_count, @hash, @imported_at)`,
        )
        .run(toRow(manifest, importedAt)).lastInsertRowid,
    );
    insertImages(db, id, manifest.images);
    replaceProblems(db, id, manifest.problems);
    return id;
  })();
}

export function listDatasets(db: Db): DatasetSummary[] {
  return db
    .prepare<[], DatasetRow>('SELECT * FROM datasets ORDER BY imported_at DESC, id DESC')
    .all()
    .map(toSummary);
}

/** @throws AppError `not-found`. */
export function getDataset(db: Db, id: number): DatasetSummary {
  return toSummary(datasetRow(db, id));
}

/**
 * @returns the id of the dataset that was read from this folder with exactly this content and the same patient columns, or null.
 * Where in the folder its files lay may differ.
 */
export function findSameDataset(
  db: Db,
  { hash, root, columns, images }: Pick<DatasetManifest, 'hash' | 'root' | 'columns' | 'images'>,
): number | null {
  const known = db
    .prepare<[string, string, string], number>(
      'SELECT id FROM datasets WHERE hash = ? AND root = ? AND columns = ?',
    )
    .pluck()
    .all(hash, root, JSON.stringify(columns));
  const patients = patientCells(images);
  return known.find((id) => patientCells(listImages(db, id)) === patients) ?? null;
}

function patientCells(images: readonly DatasetImage[]): string {
  return JSON.stringify(images.map(({ ageYears, sex, site, dxType }) => [ageYears, sex, site, dxType]));
}

export function findDatasetByName(db: Db, name: string): number | null {
  return db.prepare<[string], number>('SELECT id FROM datasets WHERE name = ?').pluck().get(name) ?? null;
}

/** The manifest as it was imported, with the classes as they are named and marked now. @throws AppError `not-found`. */
export function getManifest(db: Db, id: number): DatasetManifest {
  const row = datasetRow(db, id);
  return DatasetManifest.parse({
    formatVersion: 1,
    name: row.name,
    root: row.root,
    layout: row.layout,
    synthetic: row.synthetic === 1,
    classes: JSON.parse(row.classes),
    images: listImages(db, id),
    columns: JSON.parse(row.columns),
    problems: listProblems(db, id),
    hash: row.hash,
  });
}

export function listImages(db: Db, id: number): DatasetImage[] {
  return db
    .prepare<[number], DatasetImage>(
      `SELECT ${IMAGE_COLUMNS} FROM dataset_images WHERE dataset_id = ? ORDER BY position`,
    )
    .all(id);
}

export interface PictureFile {
  readonly root: string;
  /** Relative to `root`. */
  readonly path: string;
  readonly contentHash: string;
}

/** Where one image lies, and the hash of its content; null when there is no such image. */
export function getPictureFile(db: Db, id: number, imageId: string): PictureFile | null {
  return (
    db
      .prepare<[number, string], PictureFile>(
        `SELECT root, path, content_hash AS contentHash FROM dataset_images JOIN datasets ON datasets.id = dataset_id
         WHERE dataset_id = ? AND image_id = ?`,
      )
      .get(id, imageId) ?? null
  );
}

export function listProblems(db: Db, id: number): DatasetProblem[] {
  return db
    .prepare<[number], { kind: DatasetProblem['kind']; image_ids: string; message: string }>(
      'SELECT kind, image_ids, message FROM dataset_problems WHERE dataset_id = ? ORDER BY position',
    )
    .all(id)
    .map(({ kind, image_ids, message }) => ({ kind, imageIds: JSON.parse(image_ids), message }));
}

/** Names and marks the classes; codes and order are the data's own and stay. @throws AppError `bad-input`, `not-found`. */
export function setClasses(db: Db, id: number, classes: readonly ClassInfo[]): void {
  const codes = getDataset(db, id).classes.map(({ code }) => code);
  if (codes.join('\n') !== classes.map(({ code }) => code).join('\n')) {
    throw new AppError(
      'bad-input',
      `The classes must be [${codes.join(', ')}] in this order; only name and mark change.`,
    );
  }
  db.prepare('UPDATE datasets SET classes = ? WHERE id = ?').run(JSON.stringify(classes), id);
}

/** @throws AppError `conflict` while runs or evaluations rest on it, `not-found`. The image files are never touched. */
export function deleteDataset(db: Db, id: number): void {
  const { name } = getDataset(db, id);
  const users = db
    .prepare<[number, number], number>(
      'SELECT id FROM runs WHERE dataset_id = ? UNION SELECT run_id FROM evaluations WHERE dataset_id = ? ORDER BY 1',
    )
    .pluck()
    .all(id, id);
  if (users.length > 0) {
    throw new AppError(
      'conflict',
      `Dataset "${name}" is used by ${users.length} run(s): ${users.slice(0, 10).join(', ')}${users.length > 10 ? ', …' : ''}. Delete those first.`,
      { details: { runs: users } },
    );
  }
  db.prepare('DELETE FROM datasets WHERE id = ?').run(id);
}

/** A new import of the same content may find its files elsewhere in the folder, and other problems (files that were added without a row). */
export function refreshDataset(
  db: Db,
  id: number,
  { images, problems }: Pick<DatasetManifest, 'images' | 'problems'>,
): void {
  db.transaction(() => {
    const move = db.prepare('UPDATE dataset_images SET path = ? WHERE dataset_id = ? AND image_id = ?');
    for (const { imageId, path } of images) move.run(path, id, imageId);
    replaceProblems(db, id, problems);
  })();
}

function replaceProblems(db: Db, id: number, problems: readonly DatasetProblem[]): void {
  db.prepare('DELETE FROM dataset_problems WHERE dataset_id = ?').run(id);
  const insert = db.prepare(
    'INSERT INTO dataset_problems (dataset_id, position, kind, image_ids, message) VALUES (?, ?, ?, ?, ?)',
  );
  problems.forEach(({ kind, imageIds, message }, position) => {
    insert.run(id, position, kind, JSON.stringify(imageIds), message);
  });
  db.prepare('UPDATE datasets SET problem_count = ? WHERE id = ?').run(problems.length, id);
}

function insertImages(db: Db, datasetId: number, images: readonly DatasetImage[]): void {
  const insert = db.prepare(
    `INSERT INTO dataset_images (dataset_id, position, image_id, path, class_index, lesion_id, age_years, sex, site,
                                 dx_type, width_px, height_px, content_hash, perceptual_hash)
     VALUES (@datasetId, @position, @imageId, @path, @classIndex, @lesionId, @ageYears, @sex, @site,
             @dxType, @widthPx, @heightPx, @contentHash, @perceptualHash)`,
  );
  images.forEach((image, position) => {
    insert.run({ ...image, datasetId, position });
  });
}

function toRow(manifest: DatasetManifest, importedAt: string): Omit<DatasetRow, 'id'> {
  const counts = manifest.classes.map(() => 0);
  for (const { classIndex } of manifest.images) counts[classIndex]! += 1;
  return {
    name: manifest.name,
    root: manifest.root,
    layout: manifest.layout,
    synthetic: manifest.synthetic ? 1 : 0,
    classes: JSON.stringify(manifest.classes),
    class_counts: JSON.stringify(counts),
    columns: JSON.stringify(manifest.columns),
    image_count: manifest.images.length,
    lesion_count: new Set(manifest.images.map(({ lesionId }) => lesionId)).size,
    problem_count: manifest.problems.length,
    hash: manifest.hash,
    imported_at: importedAt,
  };
}

function datasetRow(db: Db, id: number): DatasetRow {
  const row = db.prepare<[number], DatasetRow>('SELECT * FROM datasets WHERE id = ?').get(id);
  if (!row)
    throw new AppError('not-found', `There is no dataset ${id}. "lab data list" shows those that are there.`);
  return row;
}

function toSummary(row: DatasetRow): DatasetSummary {
  return DatasetSummary.parse({
    id: row.id,
    name: row.name,
    root: row.root,
    layout: row.layout,
    synthetic: row.synthetic === 1,
    classes: JSON.parse(row.classes),
    classCounts: JSON.parse(row.class_counts),
    imageCount: row.image_count,
    lesionCount: row.lesion_count,
    problemCount: row.problem_count,
    hash: row.hash,
    importedAt: row.imported_at,
  });
}
