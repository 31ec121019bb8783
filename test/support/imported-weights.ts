/** Weights of MobileNet v1 as an import leaves them in a data folder: the bundled ones under the name of a file. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const BUNDLED_MOBILENET = join(import.meta.dirname, '../../resources/weights/mobilenet_v1');

/** @returns the folder that the import has made */
export function leaveImportedWeights(dataFolder: string, file: string): string {
  const imported = join(dataFolder, 'weights', 'mobilenet_v1');
  cpSync(BUNDLED_MOBILENET, imported, { recursive: true });
  const index = JSON.parse(readFileSync(join(imported, 'index.json'), 'utf8')) as object;
  const source = { file, sha256: 'ab'.repeat(32) };
  writeFileSync(join(imported, 'index.json'), JSON.stringify({ ...index, source }));
  return imported;
}
