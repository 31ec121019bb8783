/**
 * tfjs-node's own installer, for platforms without a pinned wheel (Windows, Intel Macs): it downloads an older
 * libtensorflow and a ready-made addon.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { addonFile } from './addon.mjs';
import { run } from './child.mjs';
import { packageFolder } from './place.mjs';
import { howToGet, SetupProblem } from './problem.mjs';

/** @typedef {import('./place.mjs').Place} Place */

/**
 * @param {Place} place
 * @param {string} node
 */
export async function installWithPackage(place, node) {
  place.say("[3/5] TensorFlow library and addon, by tfjs-node's own installer");
  const folder = packageFolder(place, '@tensorflow/tfjs-node-gpu');
  const path = [join(place.root, 'node_modules', '.bin'), place.env.PATH ?? place.env.Path ?? ''].join(
    delimiter,
  );
  const result = await run(node, [join('scripts', 'install.js'), 'gpu', 'download'], {
    cwd: folder,
    env: { ...place.env, PATH: path },
    show: true,
  });
  if (result.code === 0 && existsSync(addonFile(place))) return;
  throw new SetupProblem(
    `tfjs-node's installer failed (exit status ${result.code}); its own message stands above.`,
    `It downloads its files itself and needs a connection for that. ${howToGet('compiler', place.platform)}`,
  );
}
