/**
 * npm run -s lab -- ...: the command line of the product, on the product's Node. Checks no more than that set-up was
 * done, so that a command starts fast.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addonFile } from './setup/addon.mjs';
import { holdTerminal } from './setup/child.mjs';
import { findNode } from './setup/node-runtime.mjs';
import { thisPlace } from './setup/place.mjs';

const place = thisPlace();
const node = findNode(place);
if (node && existsSync(addonFile(place))) {
  const main = join(place.root, 'src-main', 'hosts', 'cli', 'main.ts');
  process.exitCode = await holdTerminal(node, [main, ...process.argv.slice(2)]);
} else {
  process.stderr.write('This checkout is not set up yet. Run "npm run setup" first.\n');
  process.exitCode = 1;
}
