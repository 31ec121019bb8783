/** What galleries show of a dataset's images: columns to filter by, one image whole, files with the hash of their content. Runs in the host. */
import { AppError } from '../contract/errors.ts';
import {
  type DatasetGallery,
  type DatasetImage,
  DatasetManifest,
  type WordColumn,
} from '../contract/schema/dataset.ts';
import { getDataset, IMAGE_COLUMNS, type PictureFile } from './datasets.ts';
import type { Db } from './open.ts';

type GalleryRow = [
  imageId: string,
  classIndex: number,
  lesionId: string,
  ageYears: number | null,
  sex: string | null,
  site: string | null,
  dxType: string | null,
];

/** All images in the order of the import. @throws AppError `not-found` */
export function getGallery(db: Db, id: number): DatasetGallery {
  getDataset(db, id);
  const columns = db.prepare<[number], string>('SELECT columns FROM datasets WHERE id = ?').pluck().get(id)!;
  const rows = db
    .prepare<[number]>(
      `SELECT image_id, class_index, lesion_id, age_years, sex, site, dx_type
       FROM dataset_images WHERE dataset_id = ? ORDER BY position`,
    )
    .raw()
    .all(id) as GalleryRow[];
  return {
    columns: DatasetManifest.shape.columns.parse(JSON.parse(columns)),
    imageIds: rows.map(([imageId]) => imageId),
    classIndices: rows.map(([, classIndex]) => classIndex),
    lesionIds: rows.map(([, , lesionId]) => lesionId),
    agesYears: rows.map(([, , , ageYears]) => ageYears),
    sexes: wordColumn(rows.map(([, , , , sex]) => sex)),
    sites: wordColumn(rows.map(([, , , , , site]) => site)),
    dxTypes: wordColumn(rows.map(([, , , , , , dxType]) => dxType)),
  };
}

/** The first image of each class, in the order of the classes; null for a class without any. @throws AppError `not-found` */
export function getExamples(db: Db, id: number): (string | null)[] {
  const { classes } = getDataset(db, id);
  const first = db
    .prepare<[number], { classIndex: number; imageId: string }>(
      `SELECT class_index AS classIndex, image_id AS imageId, MIN(position)
       FROM dataset_images WHERE dataset_id = ? GROUP BY class_index`,
    )
    .all(id);
  const idOf = new Map(first.map(({ classIndex, imageId }) => [classIndex, imageId]));
  return classes.map((_, index) => idOf.get(index) ?? null);
}

/** One image with all that is known of it. @throws AppError `not-found` */
export function getImage(db: Db, id: number, imageId: string): DatasetImage {
  const { name } = getDataset(db, id);
  const image = db
    .prepare<[number, string], DatasetImage>(
      `SELECT ${IMAGE_COLUMNS} FROM dataset_images WHERE dataset_id = ? AND image_id = ?`,
    )
    .get(id, imageId);
  if (image) return image;
  throw new AppError('not-found', `The dataset "${name}" has no image "${imageId}".`);
}

/** Each image's file, relative to `root`, and the hash of its content, in the order of the import. */
export function listPictureFiles(db: Db, id: number): PictureFile[] {
  return db
    .prepare<[number], PictureFile>(
      `SELECT root, path, content_hash AS contentHash FROM dataset_images JOIN datasets ON datasets.id = dataset_id
       WHERE dataset_id = ? ORDER BY position`,
    )
    .all(id);
}

function wordColumn(cells: readonly (string | null)[]): WordColumn {
  const places = new Map<string, number>();
  const indices = cells.map((cell) => {
    if (cell === null) return -1;
    const place = places.get(cell) ?? places.size;
    places.set(cell, place);
    return place;
  });
  return { words: [...places.keys()], indices };
}
