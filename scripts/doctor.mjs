/**
 * npm run doctor [-- --json]: "lab doctor" where this checkout is set up; before that, which steps of set-up are done
 * and which are missing.
 */
import { join } from 'node:path';
import { findProgram, holdTerminal } from './setup/child.mjs';
import { hasElectron } from './setup/electron-binary.mjs';
import { hasNodePackages } from './setup/node-packages.mjs';
import { findNode, nodeEnvironment } from './setup/node-runtime.mjs';
import { thisPlace } from './setup/place.mjs';
import { howToGet } from './setup/problem.mjs';
import { hasNativeLibrary, isReady, sourceOf } from './setup/steps.mjs';

const place = thisPlace();

/** @typedef {{ name: string, isPresent: boolean, remedy: string }} Finding */

/** @returns {Finding[]} */
function findings() {
  const setup = 'Run "npm run setup".';
  const python = findProgram(place, ['python3', 'python', 'py']);
  const compiler = findProgram(place, [place.env.CXX ?? '', 'c++', 'g++', 'clang++'].filter(Boolean));
  return [
    { name: 'npm packages', isPresent: hasNodePackages(place), remedy: setup },
    { name: 'Node 24', isPresent: findNode(place) !== null, remedy: setup },
    { name: 'Python 3', isPresent: python !== null, remedy: howToGet('python', place.platform) },
    { name: 'C++ compiler', isPresent: compiler !== null, remedy: howToGet('compiler', place.platform) },
    {
      name: 'TensorFlow library and addon',
      isPresent: hasNativeLibrary(place, sourceOf(place, undefined)),
      remedy: setup,
    },
    {
      name: "Electron's binary (optional)",
      isPresent: hasElectron(place),
      remedy: 'Run "npm run setup -- --electron".',
    },
  ];
}

const args = process.argv.slice(2);
const node = findNode(place);
if (node && isReady(place)) {
  const main = join(place.root, 'src-main', 'hosts', 'cli', 'main.ts');
  process.exitCode = await holdTerminal(node, [main, 'doctor', ...args], { env: nodeEnvironment(place) });
} else {
  const found = findings();
  const lines = found.map(
    ({ name, isPresent, remedy }) => `${name.padEnd(30)} ${isPresent ? 'present' : `missing. ${remedy}`}`,
  );
  const text = ['This checkout is not set up yet.', ...lines].join('\n');
  process.stdout.write(
    `${args.includes('--json') ? JSON.stringify({ isSetUp: false, findings: found }, null, 2) : text}\n`,
  );
  process.exitCode = 1;
}
