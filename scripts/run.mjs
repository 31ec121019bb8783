/**
 * Runs a program of the checkout on the product's Node: node scripts/run.mjs FILE ARGUMENTS. Checks no more than that
 * set-up was done, so that it starts fast.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addonFile } from './setup/addon.mjs';
import { holdTerminal } from './setup/child.mjs';
import { findNode, nodeEnvironment } from './setup/node-runtime.mjs';
import { thisPlace } from './setup/place.mjs';

const place = thisPlace();
const node = findNode(place);
if (node && existsSync(addonFile(place))) {
  const [file, ...parameters] = process.argv.slice(2);
  const program = join(place.root, file ?? '');
  process.exitCode = await holdTerminal(node, [program, ...parameters], { env: nodeEnvironment(place) });
} else {
  process.stderr.write('This checkout is not set up yet. Run "npm run setup" first.\n');
  process.exitCode = 1;
}
