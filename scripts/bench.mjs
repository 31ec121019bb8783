/**
 * npm run bench: sets up whatever is missing and measures. Arguments go to bench/main.ts; all but its rows is on standard error.
 */
import { join } from 'node:path';
import { holdTerminal } from './setup/child.mjs';
import { nodeEnvironment } from './setup/node-runtime.mjs';
import { thisPlace } from './setup/place.mjs';
import { describeProblem } from './setup/problem.mjs';
import { ensureReady } from './setup/steps.mjs';

const place = thisPlace();

try {
  const node = await ensureReady(place, { electron: 'skip' });
  const parameters = [join(place.root, 'bench', 'main.ts'), ...process.argv.slice(2)];
  process.exitCode = await holdTerminal(node, parameters, { env: nodeEnvironment(place) });
} catch (error) {
  process.stderr.write(describeProblem(error));
  process.exitCode = 1;
}
