/**
 * npm run setup: sets up whatever this checkout still needs, and says what it found. Runs on any Node >= 20, before
 * anything is installed.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readChoice } from './setup/choice.mjs';
import { hasElectron } from './setup/electron-binary.mjs';
import { findNode } from './setup/node-runtime.mjs';
import { thisPlace } from './setup/place.mjs';
import { describeProblem, SetupProblem } from './setup/problem.mjs';
import { ensureReady } from './setup/steps.mjs';

const help = `npm run setup [-- OPTIONS]

Installs what is missing: npm packages, Node 24, TensorFlow's native library, its Node addon and, where it can be had,
Electron's binary. Done once, it returns at once. The library and the addon are kept in a cache that all checkouts share.

  --gpu               the build for NVIDIA cards with its CUDA libraries (Linux; 3.4 GB to download, 5.7 GB on disk)
  --cpu               the build for the processor (the default); the choice is kept until it is changed
  --from PATH         take the wheel from this file, or the wheels from this folder, in place of downloading
  --tensorflow PATH   use the TensorFlow of a Python environment (its folder site-packages/tensorflow)
  --electron          try again to fetch Electron's binary
  --help              this text
`;

/** @returns {{ help: boolean, wishes: import('./setup/steps.mjs').Wishes }} */
function readArguments() {
  const { values } = parseArgs({
    options: {
      gpu: { type: 'boolean', default: false },
      cpu: { type: 'boolean', default: false },
      from: { type: 'string' },
      tensorflow: { type: 'string' },
      electron: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if ([values.gpu, values.cpu, values.tensorflow !== undefined].filter(Boolean).length > 1) {
    throw new SetupProblem('--gpu, --cpu and --tensorflow exclude each other.', 'Give one of them.');
  }
  for (const name of /** @type {const} */ (['from', 'tensorflow'])) {
    if (values[name] === '')
      throw new SetupProblem(`--${name} needs a path; received "".`, 'Give one, or leave it out.');
  }
  /** @type {import('./setup/steps.mjs').Wishes} */
  const wishes = { electron: values.electron ? 'again' : 'once' };
  if (values.from) wishes.from = values.from;
  if (values.tensorflow) wishes.source = { kind: 'python', folder: resolve(values.tensorflow) };
  else if (values.gpu || values.cpu) wishes.source = { kind: 'wheel', variant: values.gpu ? 'gpu' : 'cpu' };
  return { help: values.help, wishes };
}

try {
  const { help: wantsHelp, wishes } = readArguments();
  if (wantsHelp) {
    process.stdout.write(help);
  } else {
    const place = thisPlace();
    await ensureReady(place, wishes);
    const choice = readChoice(place);
    process.stdout.write(
      `Ready. TensorFlow ${choice?.libraryVersion ?? '(own installer)'} on the ${(choice?.device ?? 'cpu').toUpperCase()}, library in ${choice?.libraryFolder ?? 'node_modules'}, ` +
        `Node at ${findNode(place)}, Electron's binary ${hasElectron(place) ? 'installed' : 'not installed'}.\n`,
    );
  }
} catch (error) {
  const isUsage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(
    isUsage ? `${/** @type {Error} */ (error).message}\n\n${help}` : describeProblem(error),
  );
  process.exitCode = 1;
}
