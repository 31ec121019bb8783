/** Whether a checkout has Electron's binary, which the npm package comes without. Runs in the host. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Told from its files, since importing the package starts a download. @returns the program; null where it is not installed */
export function findElectron(root: string): string | null {
  const folder = join(root, 'node_modules', 'electron');
  const pointer = join(folder, 'path.txt');
  if (!existsSync(pointer)) return null;
  const program = join(folder, 'dist', readFileSync(pointer, 'utf8').trim());
  return existsSync(program) ? program : null;
}
