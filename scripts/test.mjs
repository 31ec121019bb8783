/**
 * npm test: sets up whatever is missing, then lints, checks types and runs every test, where the system allows it in a network
 * namespace that has nothing but the loopback; what the tests send elsewhere is counted, and one packet is a failure. Arguments
 * go to vitest. The last line counts all of it: "N passed, N failed".
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTests, lastLine } from './count-tests.mjs';
import { holdTerminal, run } from './setup/child.mjs';
import { nodeEnvironment } from './setup/node-runtime.mjs';
import { packageFolder, thisPlace } from './setup/place.mjs';
import { describeProblem } from './setup/problem.mjs';
import { ensureReady } from './setup/steps.mjs';

const place = thisPlace();
const OF_CHECKOUT = { cwd: place.root, env: nodeEnvironment(place) };

/**
 * @param {string} node
 * @param {string} script
 * @param {string[]} args
 */
const runTool = (node, script, args) => holdTerminal(node, [script, ...args], OF_CHECKOUT);

/**
 * The checks beside the tests: each counts as one.
 * @returns {{ name: string, script: string, args: string[] }[]}
 */
function checks() {
  const svelteProject = join(place.root, 'src-renderer', 'tsconfig.json');
  const list = [
    {
      name: 'Lint and format',
      script: join(packageFolder(place, '@biomejs/biome'), 'bin', 'biome'),
      args: ['check'],
    },
    { name: 'Types', script: join(packageFolder(place, 'typescript'), 'bin', 'tsc'), args: ['-p', '.'] },
  ];
  if (existsSync(svelteProject)) {
    const script = join(packageFolder(place, 'svelte-check'), 'bin', 'svelte-check');
    list.push({ name: 'Types of the window', script, args: ['--tsconfig', svelteProject] });
  }
  return list;
}

/**
 * @param {string} node
 * @returns {Promise<import('./count-tests.mjs').Counts>}
 */
async function runTests(node) {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-test-'));
  try {
    const report = join(folder, 'report.json');
    const packets = join(folder, 'packets');
    const script = join(packageFolder(place, 'vitest'), 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const command = [node, script, 'run', ...reporters, ...process.argv.slice(2)];
    const isAlone = await canBeWithoutNetwork();
    const [program = '', ...args] = isAlone ? [WITHOUT_NETWORK, packets, ...command] : command;
    const code = await holdTerminal(program, args, OF_CHECKOUT);
    const tests = countTests(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, code);
    const network = isAlone ? countPackets(packets) : { passed: 0, failed: 0, skipped: 1 };
    if (!isAlone) {
      process.stdout.write(
        'No connection beyond the loopback: not checked (this needs Linux, unshare, ip, and a user who may make a network namespace)\n',
      );
    }
    return {
      passed: tests.passed + network.passed,
      failed: tests.failed + network.failed,
      skipped: tests.skipped + network.skipped,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const WITHOUT_NETWORK = join(place.root, 'scripts', 'without-network.sh');

async function canBeWithoutNetwork() {
  return place.platform === 'linux' && (await run(WITHOUT_NETWORK, ['/dev/null', 'true'])).code === 0;
}

/**
 * @param {string} file written by without-network.sh; not there when it was killed
 * @returns {import('./count-tests.mjs').Counts}
 */
function countPackets(file) {
  const packets = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown';
  const isNone = packets === '0';
  process.stdout.write(
    `No connection beyond the loopback: ${isNone ? 'passed' : 'FAILED'} (packets sent elsewhere: ${packets})\n`,
  );
  return { passed: isNone ? 1 : 0, failed: isNone ? 0 : 1, skipped: 0 };
}

/** @returns {Promise<import('./count-tests.mjs').Counts>} */
async function runEverything() {
  const node = await ensureReady(place, { electron: 'skip' });
  let passed = 0;
  let failed = 0;
  for (const { name, script, args } of checks()) {
    const isFine = (await runTool(node, script, args)) === 0;
    process.stdout.write(`${name}: ${isFine ? 'passed' : 'FAILED'}\n`);
    if (isFine) passed += 1;
    else failed += 1;
  }
  const tests = await runTests(node);
  return { passed: passed + tests.passed, failed: failed + tests.failed, skipped: tests.skipped };
}

try {
  const counts = await runEverything();
  process.stdout.write(`${lastLine(counts)}\n`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(describeProblem(error));
  process.stdout.write(`${lastLine({ passed: 0, failed: 1, skipped: 0 })}\n`);
  process.exitCode = 1;
}
