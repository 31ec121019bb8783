/** Small HAM10000 folders of drawn pictures, for the tests of layouts and import. */
import type { DatasetManifest } from '../../src-main/contract/schema/dataset.ts';
import { type ImportOptions, importDataset } from '../../src-main/dataset/import.ts';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { drawnJpeg, temporaryFolder, writeFiles } from './pictures.ts';

export const HEADER = 'lesion_id,image_id,dx,dx_type,age,sex,localization';

export const importFrom = (root: string, options: Partial<ImportOptions> = {}) =>
  importDataset({ root, inspect: inspectImage, ...options });

export const problemsOf = ({ problems }: DatasetManifest, kind: string) =>
  problems.filter((problem) => problem.kind === kind);

async function threePictures(): Promise<Record<string, Buffer>> {
  return {
    'HAM10000_images_part_1/ISIC_1.jpg': await drawnJpeg(1, 'nv'),
    'HAM10000_images_part_1/ISIC_2.jpg': await drawnJpeg(2, 'mel'),
    'HAM10000_images_part_2/ISIC_3.jpg': await drawnJpeg(3, 'vasc'),
  };
}

export const THREE_ROWS = [
  'HAM_1,ISIC_1,nv,histo,80.0,male,scalp',
  'HAM_2,ISIC_2,mel,follow_up,,unknown,back',
  'HAM_3,ISIC_3,vasc,consensus,0.0,female,"hand, left"',
];

export async function ham(
  rows: readonly string[],
  more: Record<string, string | Uint8Array> = {},
): Promise<string> {
  const root = temporaryFolder();
  const table = `${[HEADER, ...rows].join('\n')}\n`;
  writeFiles(root, { ...(await threePictures()), 'HAM10000_metadata.csv': table, ...more });
  return root;
}
