/**
 * Makes installers for the system that it runs on: npm run package [-- --dir]. With --dir a folder with the product, unpacked. Run on
 * the product's Node.
 */
import { join } from 'node:path';
import { build, type Configuration } from 'electron-builder';
import config from '../../electron-builder.config.mjs';
import { ensureBuilt } from '../../src-main/hosts/build.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** @param changes over the configuration, for tests @returns the files that were made */
export async function makePackages(isFolderAlone: boolean, changes: Configuration = {}): Promise<string[]> {
  await ensureBuilt(ROOT, ['window', 'host'], (line) => console.log(line));
  return build({ projectDir: ROOT, publish: 'never', dir: isFolderAlone, config: { ...config, ...changes } });
}

if (import.meta.main) {
  for (const file of await makePackages(process.argv.includes('--dir'))) console.log(file);
}
