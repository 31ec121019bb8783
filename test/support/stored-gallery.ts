/**
 * A large dataset in a data folder, without an import: a few drawn pictures stand for all of its images, each row with a patient of
 * its own, so that a gallery has as much to list and to sift as with as many files.
 */
import { join } from 'node:path';
import { prepareDataFolder } from '../../src-main/app/paths.ts';
import type { DatasetManifest } from '../../src-main/contract/schema/dataset.ts';
import { importDataset } from '../../src-main/dataset/import.ts';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { openDatabase } from '../../src-main/store/open.ts';

const PICTURES = 64;
const SITES = ['abdomen', 'back', 'chest', 'face', 'foot', 'lower extremity', 'trunk', 'upper extremity'];

/** @returns the dataset's id */
export async function storeGallery(dataFolder: string, images: number): Promise<number> {
  const folder = prepareDataFolder(dataFolder);
  const root = join(dataFolder, 'drawn');
  await writeSyntheticDataset({ folder: root, images: PICTURES, encode: encodeJpeg });
  const drawn = await importDataset({ root, inspect: inspectImage });
  const db = openDatabase(folder.database);
  try {
    return insertDataset(db, { manifest: repeated(drawn, images), importedAt: new Date().toISOString() });
  } finally {
    db.close();
  }
}

function repeated(drawn: DatasetManifest, count: number): DatasetManifest {
  const images = Array.from({ length: count }, (_, index) => ({
    ...drawn.images[index % drawn.images.length]!,
    imageId: `SYN_${String(index).padStart(7, '0')}`,
    lesionId: `LESION_${String(Math.floor(index / 1.3)).padStart(7, '0')}`,
    ageYears: (index * 7) % 90,
    sex: index % 2 === 0 ? 'female' : 'male',
    site: SITES[index % SITES.length]!,
    dxType: index % 3 === 0 ? 'histo' : 'follow_up',
  }));
  return { ...drawn, name: `drawn ${count}`, images, problems: [] };
}
