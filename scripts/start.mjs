/**
 * npm start: sets up whatever is missing and opens the product. Downloads happen in set-up only.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { holdTerminal } from './setup/child.mjs';
import { nodeEnvironment } from './setup/node-runtime.mjs';
import { thisPlace } from './setup/place.mjs';
import { describeProblem } from './setup/problem.mjs';
import { ensureReady } from './setup/steps.mjs';

const place = thisPlace();

/**
 * The launcher, which picks the window to open; until there is one, the demo on the command line.
 * @returns {string[]}
 */
function product() {
  const hosts = join(place.root, 'src-main', 'hosts');
  const launcher = join(hosts, 'launch.ts');
  return existsSync(launcher) ? [launcher] : [join(hosts, 'cli', 'main.ts'), 'demo'];
}

try {
  const node = await ensureReady(place, { electron: 'once' });
  const parameters = [...product(), ...process.argv.slice(2)];
  process.exitCode = await holdTerminal(node, parameters, { env: nodeEnvironment(place) });
} catch (error) {
  process.stderr.write(describeProblem(error));
  process.exitCode = 1;
}
