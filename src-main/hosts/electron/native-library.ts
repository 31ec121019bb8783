/** Where TensorFlow's addon lies for the workers, its library beside it (../../deps/lib), and what is to be fetched. Runs in the main process. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PinnedWheel } from './fetch-native-library.ts';

const ADDON = join('lib', 'napi-v8', 'tfjs_binding.node');

export interface NativePlaces {
  readonly isPackaged: boolean;
  /** The checkout, or the archive of the packaged product. */
  readonly appFolder: string;
  /** Of the packaged product. */
  readonly resourcesFolder: string;
  readonly dataFolder: string;
}

/** @returns the addon, with its library beside it; null when there is none yet. */
export function findAddon(places: NativePlaces): string | null {
  const { isPackaged, appFolder, resourcesFolder } = places;
  const folders = isPackaged
    ? [join(resourcesFolder, 'native'), fetchedFolder(places)]
    : [join(appFolder, 'node_modules', '@tensorflow', 'tfjs-node-gpu')];
  const found = folders.find(
    (folder) => existsSync(join(folder, ADDON)) && existsSync(join(folder, 'deps', 'lib')),
  );
  return found === undefined ? null : join(found, ADDON);
}

/** What the packaged product lacks and can fetch; null where nothing is missing, or set-up is the way to get it. */
export function missingLibrary(
  places: NativePlaces,
): { readonly wheel: PinnedWheel; readonly addon: string; readonly folder: string } | null {
  if (!places.isPackaged || findAddon(places)) return null;
  const { libraries } = JSON.parse(readFileSync(join(places.appFolder, PINS), 'utf8')) as Pins;
  const wheel = libraries[`${process.platform}-${process.arch}-cpu`]?.wheels[0];
  const addon = join(places.resourcesFolder, 'native-addon', 'tfjs_binding.node');
  return wheel ? { wheel, addon, folder: fetchedFolder(places) } : null;
}

interface Pins {
  readonly libraries: Readonly<Record<string, { readonly wheels: readonly PinnedWheel[] }>>;
}

const PINS = join('resources', 'native-library.json');

/** Of its version, so that an update of the product does not find an older one. */
function fetchedFolder({ appFolder, dataFolder }: NativePlaces): string {
  const { version } = JSON.parse(readFileSync(join(appFolder, PINS), 'utf8')) as { version: string };
  return join(dataFolder, 'native', `tensorflow-${version}`);
}
