/**
 * What ships beside the bundles: the native packages with what they need of others, for the system and processor that is being
 * built for, and TensorFlow's addon. Part of the build. electron-builder fills in what stands in braces after a dollar sign.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSet } from 'electron-builder';

const ROOT = join(import.meta.dirname, '..', '..');
const SYSTEM = '\u0024{platform}-\u0024{arch}';

/** The packages that the bundles leave out (electron.vite.config.ts). What else is in their folders is for building them. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['package.json', 'LICENSE', 'lib/**', `prebuilds/${SYSTEM}.node`],
  sharp: ['package.json', 'LICENSE', 'dist/*.cjs'],
};
const FOR_ONE_SYSTEM = [`@img/sharp-${SYSTEM}`, `@img/sharp-libvips-${SYSTEM}`];
/** Headers, to compile what comes compiled. */
const BUILD_ONLY = 'node-addon-api';
const ALL_BUT_TYPES = ['**/*', '!**/*.{md,map,d.ts,d.cts,d.mts,h}'];

export function shippedPackages(): FileSet[] {
  const needed = new Set(Object.keys(NATIVE));
  for (const name of needed) for (const next of dependenciesOf(name)) needed.add(next);
  return [...needed, ...FOR_ONE_SYSTEM].map((name) => ({
    from: `node_modules/${name}`,
    to: `node_modules/${name}`,
    filter: [...(NATIVE[name] ?? ALL_BUT_TYPES)],
  }));
}

/** Released models that come with the product. @param areLeftOut for an installer that may be used commercially */
export function bundledModels(areLeftOut: boolean): string[] {
  return areLeftOut ? [] : ['resources/models/**'];
}

function dependenciesOf(name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
  return Object.keys(manifest.dependencies ?? {}).filter((needed) => needed !== BUILD_ONLY);
}

/**
 * TensorFlow's addon, and its library where that is bundled, as src-main/hosts/electron/native-library.ts finds them.
 * @param isBundled whether the library ships too
 */
export function nativeResources(isBundled: boolean): FileSet[] {
  const tfjs = 'node_modules/@tensorflow/tfjs-node-gpu';
  if (!isBundled) return [{ from: `${tfjs}/lib/napi-v8`, to: 'native-addon', filter: ['*.node'] }];
  const note = join(ROOT, 'node_modules', '.lesion-lab-setup.json');
  const { libraryFolder } = existsSync(note) ? JSON.parse(readFileSync(note, 'utf8')) : {};
  return [
    { from: `${tfjs}/lib`, to: 'native/lib' },
    // The package has links alone; this is where set-up unpacked what they lead to.
    { from: libraryFolder ?? `${tfjs}/deps/lib`, to: 'native/deps/lib', filter: ['*tensorflow*.*', '!*.py'] },
  ];
}
