/**
 * npm test: sets up whatever is missing, then lints, checks types and runs every test. Arguments go to vitest. The
 * last line counts all of it: "N passed, N failed".
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTests, lastLine } from './count-tests.mjs';
import { holdTerminal } from './setup/child.mjs';
import { packageFolder, thisPlace } from './setup/place.mjs';
import { describeProblem } from './setup/problem.mjs';
import { ensureReady } from './setup/steps.mjs';

const place = thisPlace();

/**
 * @param {string} node
 * @param {string} script
 * @param {string[]} args
 */
const runTool = (node, script, args) => holdTerminal(node, [script, ...args], { cwd: place.root });

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
    const script = join(packageFolder(place, 'vitest'), 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await runTool(node, script, ['run', ...reporters, ...process.argv.slice(2)]);
    return countTests(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
