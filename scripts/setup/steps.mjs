/**
 * Set-up from top to bottom: npm packages, Node 24, TensorFlow's library, the addon, a check that it computes, and
 * Electron's binary. Each step is skipped where it is done already; when all are done, nothing is started at all.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addonFile, addonKey, ensureAddon, hasAddon, removeAddon } from './addon.mjs';
import { run } from './child.mjs';
import { readChoice, writeChoice } from './choice.mjs';
import { hasElectron, isElectronUnavailable, tryElectron } from './electron-binary.mjs';
import { withLock } from './lock.mjs';
import { checkGivenWheels, ensureLibrary, findLibrary, hasPinnedLibrary } from './native-library.mjs';
import { ensureNodePackages, hasNodePackages } from './node-packages.mjs';
import { ensureNode, findNode } from './node-runtime.mjs';
import { installWithPackage } from './package-installer.mjs';
import { SetupProblem } from './problem.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {import('./native-library.mjs').Source} Source */
/** @typedef {import('./choice.mjs').Choice} Choice */
/**
 * @typedef {object} Wishes
 * @property {Source} [source] another build or library than the one used so far
 * @property {string} [from] a wheel or a folder of wheels to use in place of downloads
 * @property {'skip' | 'once' | 'again'} electron whether to fetch Electron's binary: not at all, unless it was found
 * to be unavailable, or in any case
 */

/**
 * The source this checkout uses: the one wished for, else the one used so far, else the CPU build.
 * @param {Place} place
 * @param {Source | undefined} wished
 * @returns {Choice['source']}
 */
export function sourceOf(place, wished) {
  const source = wished ?? readChoice(place)?.source;
  if (source?.kind === 'python') return source;
  if (!hasPinnedLibrary(place) && source?.kind !== 'wheel') return { kind: 'installer' };
  return source ?? { kind: 'wheel', variant: 'cpu' };
}

/**
 * Whether the native part is in place and was seen to work.
 * @param {Place} place
 * @param {Choice['source']} source
 */
export function hasNativeLibrary(place, source) {
  const choice = readChoice(place);
  if (!choice?.addonKey || JSON.stringify(choice.source) !== JSON.stringify(source)) return false;
  if (source.kind === 'installer') return existsSync(addonFile(place));
  const library = findLibrary(place, source);
  return library !== null && choice.addonKey === addonKey(place, library) && hasAddon(place, library);
}

/**
 * Whether everything that the engine and the tests need is in place. Looks at files only.
 * @param {Place} place
 * @param {Source} [source]
 */
export function isReady(place, source) {
  return (
    hasNodePackages(place) && findNode(place) !== null && hasNativeLibrary(place, sourceOf(place, source))
  );
}

/**
 * Sets up whatever is missing.
 * @param {Place} place
 * @param {Wishes} wishes
 * @returns {Promise<string>} the Node to run the product with
 * @throws {SetupProblem} what is missing and how to get it
 */
export async function ensureReady(place, wishes) {
  if (wishes.from !== undefined) {
    await checkGivenWheels(place, sourceOf(place, wishes.source), wishes.from);
    if (isReady(place, wishes.source)) place.say(`${wishes.from} is not needed: the library is in place.`);
  }
  const wantsElectron =
    wishes.electron !== 'skip' && existsSync(join(place.root, 'node_modules', 'electron', 'package.json'))
      ? !hasElectron(place) && (wishes.electron === 'again' || !isElectronUnavailable(place))
      : wishes.electron !== 'skip';
  if (!isReady(place, wishes.source) || wantsElectron) {
    await withLock(place, () => setUp(place, wishes));
  }
  return /** @type {string} */ (findNode(place));
}

/**
 * @param {Place} place
 * @param {Wishes} wishes
 */
async function setUp(place, wishes) {
  const before = readChoice(place);
  const source = sourceOf(place, wishes.source);

  place.say('[1/5] Node packages');
  if (!hasNodePackages(place)) {
    await ensureNodePackages(place);
    if (before) writeChoice(place, before);
  }
  place.say(`[2/5] Node ${await ensureNode(place)}`);
  if (!hasNativeLibrary(place, source)) await setUpNative(place, source, wishes.from);
  else place.say('[3/5] TensorFlow library\n[4/5] TensorFlow addon: already in place');
  await setUpElectron(place, wishes.electron);
}

/**
 * The choice is noted at the end, so that one that failed is not what the next start tries again.
 * @param {Place} place
 * @param {Choice['source']} source
 * @param {string | undefined} from
 */
async function setUpNative(place, source, from) {
  if (source.kind === 'installer') {
    await installWithPackage(place, /** @type {string} */ (findNode(place)));
    writeChoice(place, { source, addonKey: 'installer', device: await verify(place) });
    return;
  }
  const build = source.kind === 'python' ? `of ${source.folder}` : `for the ${source.variant.toUpperCase()}`;
  place.say(`[3/5] TensorFlow library ${build}`);
  const library = await ensureLibrary(place, source, from);
  place.say('[4/5] TensorFlow addon');
  await ensureAddon(place, library);
  try {
    const device = await verify(place);
    writeChoice(place, {
      source,
      libraryVersion: library.version,
      libraryFolder: library.tensorflow,
      addonKey: addonKey(place, library),
      device,
    });
    const isCardMissing = source.kind === 'wheel' && source.variant === 'gpu' && device === 'cpu';
    place.say(`      loaded TensorFlow ${library.version}; it computes on the ${device.toUpperCase()}`);
    if (isCardMissing)
      place.say('      no usable NVIDIA card was found; "nvidia-smi" tells whether the driver sees one');
  } catch (error) {
    removeAddon(place, library);
    throw error;
  }
}

/**
 * Loads the library as the product does, in a process of its own.
 * @param {Place} place
 * @returns {Promise<string>} the device it used
 */
async function verify(place) {
  const script = join(place.root, 'scripts', 'setup', 'verify.mjs');
  const result = await run(/** @type {string} */ (findNode(place)), [script], {
    env: place.env,
    timeoutMs: 120_000,
  });
  if (result.code === 0) return JSON.parse(result.stdout).device;
  throw new SetupProblem(
    `The native library was set up but does not work: ${result.stderr.trim().split('\n').slice(-8).join('\n')}`,
    'The addon was removed again. On Linux glibc 2.27 or newer and an x86-64 processor with AVX are needed.',
  );
}

/**
 * @param {Place} place
 * @param {Wishes['electron']} wish
 */
async function setUpElectron(place, wish) {
  if (wish === 'skip') return;
  if (hasElectron(place)) return place.say("[5/5] Electron's binary");
  if (wish === 'once' && isElectronUnavailable(place)) return;
  place.say("[5/5] Electron's binary: trying to download it (about 110 MB)");
  if (await tryElectron(place, /** @type {string} */ (findNode(place)))) return;
  place.say(
    '      not to be had from here; everything but the Electron window works without it (npm run setup -- --electron tries again)',
  );
}
