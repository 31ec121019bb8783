/** What a person meets: the commands in a fresh clone, the quick second time, the last line of npm test. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countTests, lastLine } from '../../scripts/count-tests.mjs';
import { hasNodePackages } from '../../scripts/setup/node-packages.mjs';
import { cacheFolder, thisPlace } from '../../scripts/setup/place.mjs';
import { ensureReady, sourceOf } from '../../scripts/setup/steps.mjs';
import { makeFakeCheckout, makeFolder, makePath, write } from './fake-checkout.ts';

const root = join(import.meta.dirname, '..', '..');

/** Runs one of the npm scripts in a clone in which nothing is installed, on a machine without other programs. */
function runInFreshClone(script: string, ...args: string[]) {
  const clone = makeFolder();
  for (const name of ['scripts', 'resources/native-library.json', 'package.json', 'package-lock.json']) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
  const env = { PATH: makePath(), HOME: clone, XDG_CACHE_HOME: join(clone, 'cache') };
  return spawnSync(process.execPath, [join('scripts', script), ...args], {
    cwd: clone,
    env,
    encoding: 'utf8',
  });
}

describe('in a fresh clone', () => {
  it('the command line says what to run first', () => {
    const { status, stderr } = runInFreshClone('run.mjs', 'src-main/hosts/cli/main.ts', 'models');
    expect(stderr).toContain('Run "npm run setup" first.');
    expect(status).toBe(1);
  });

  it('doctor names what is missing, as text and as JSON', () => {
    expect(runInFreshClone('doctor.mjs').stdout).toMatch(/C\+\+ compiler +missing\. Install/);
    const { status, stdout } = runInFreshClone('doctor.mjs', '--json');
    const { isSetUp, findings } = JSON.parse(stdout);
    expect(isSetUp).toBe(false);
    expect(findings).toContainEqual({
      name: 'npm packages',
      isPresent: false,
      remedy: 'Run "npm run setup".',
    });
    expect(status).toBe(1);
  });

  it('a test run that cannot set up counts as one failure and says why', () => {
    const { status, stdout, stderr } = runInFreshClone('test.mjs');
    expect(stderr).toContain('Set-up stopped: npm is missing.');
    expect(stdout).toBe('0 passed, 1 failed\n');
    expect(status).toBe(1);
  });

  it('set-up refuses contradictory, empty and unknown options', () => {
    expect(runInFreshClone('setup.mjs', '--from', '').stderr).toContain('--from needs a path; received ""');
    expect(runInFreshClone('setup.mjs', '--tensorflow=').stderr).toContain('--tensorflow needs a path');
    expect(runInFreshClone('setup.mjs', '--gpu', '--cpu').stderr).toContain('exclude each other');
    const { status, stderr } = runInFreshClone('setup.mjs', '--cuda');
    expect(stderr).toContain("Unknown option '--cuda'");
    expect(status).toBe(1);
  });
});

it('does and says nothing when all is in place, and needs no pip, npm or compiler for that', async () => {
  const said: string[] = [];
  const place = { ...thisPlace(), env: { PATH: makePath() }, say: (line: string) => said.push(line) };
  await expect(ensureReady(place, { electron: 'skip' })).resolves.toMatch(/node(\.exe)?$/);
  expect(said).toEqual([]);
});

it.skipIf(sourceOf(thisPlace(), undefined).kind !== 'wheel')(
  'looks at the wheels it is given, though all is in place: a wrong path or build is no success',
  async () => {
    const said: string[] = [];
    const place = { ...thisPlace(), say: (line: string) => said.push(line) };
    const from = makeFolder();
    const setUp = (path: string) => ensureReady(place, { from: path, electron: 'skip' });
    await expect(setUp(join(from, 'gone.whl'))).rejects.toThrow('gone.whl does not exist');
    await expect(setUp(from)).rejects.toThrow('none of the wheels that are needed');

    const pins = JSON.parse(readFileSync(join(root, 'resources', 'native-library.json'), 'utf8'));
    const { variant } = sourceOf(place, undefined) as { variant: string };
    const [wheel] = pins.libraries[`${place.platform}-${place.arch}-${variant}`].wheels;
    write(join(from, wheel.file), '');
    await setUp(from);
    expect(said).toEqual([`${from} is not needed: the library is in place.`]);
  },
);

it('refuses wheels where the library comes from a Python environment', async () => {
  const { place, index } = makeFakeCheckout();
  const source = { kind: 'python', folder: '/opt/venv/tensorflow' } as const;
  const refused = expect(ensureReady(place, { source, from: index, electron: 'skip' })).rejects;
  await refused.toMatchObject({
    message: expect.stringContaining('/opt/venv/tensorflow'),
    remedy: 'Add --cpu or --gpu, or leave --from out.',
  });
});

it('keeps the build in use when another that was asked for could not be set up', async () => {
  const { place } = makeFakeCheckout();
  for (const name of ['package-lock.json', join('node_modules', '.package-lock.json')]) {
    write(join(place.root, name), JSON.stringify({ packages: {} }));
  }
  const elsewhere = { kind: 'python', folder: makeFolder() } as const;
  await expect(ensureReady(place, { source: elsewhere, electron: 'skip' })).rejects.toThrow(elsewhere.folder);
  expect(sourceOf(place, undefined)).toEqual({ kind: 'wheel', variant: 'cpu' });
});

describe('the npm packages', () => {
  const locked = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/for-windows': { version: '1.0.0', integrity: 'sha512-w', optional: true },
  };
  const installed = { 'node_modules/a': locked['node_modules/a'] };

  function checkoutWith(packages: object) {
    const { place } = makeFakeCheckout();
    write(join(place.root, 'package-lock.json'), JSON.stringify({ packages: locked }));
    write(join(place.root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
    write(join(place.root, 'node_modules', 'a', 'package.json'), '{}');
    return place;
  }

  it('are complete without those for other platforms, and with others beside them', () => {
    expect(hasNodePackages(checkoutWith(installed))).toBe(true);
    expect(hasNodePackages(checkoutWith({ ...installed, 'node_modules/b': { version: '2.0.0' } }))).toBe(
      true,
    );
  });

  it('are not complete in another version, with another hash, or with a folder gone', () => {
    expect(
      hasNodePackages(checkoutWith({ 'node_modules/a': { version: '0.9.0', integrity: 'sha512-a' } })),
    ).toBe(false);
    expect(
      hasNodePackages(checkoutWith({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } })),
    ).toBe(false);
    expect(hasNodePackages(checkoutWith({}))).toBe(false);
    const place = checkoutWith(installed);
    rmSync(join(place.root, 'node_modules', 'a'), { recursive: true });
    expect(hasNodePackages(place)).toBe(false);
  });
});

it.each([
  [{}, 'linux', '/home/ada/.cache/lesion-lab'],
  [{ XDG_CACHE_HOME: '/scratch' }, 'linux', '/scratch/lesion-lab'],
  [{}, 'darwin', '/home/ada/Library/Caches/lesion-lab'],
] as const)('keeps the cache in the usual place: %o on %s', (env, platform, expected) => {
  expect(cacheFolder(env, platform, '/home/ada')).toBe(expected);
});

describe('the last line of a test run', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [],
  };
  const broken = { status: 'failed', assertionResults: [] };

  it('counts tests, and those skipped if any', () => {
    expect(lastLine(countTests(report, 0))).toBe('3 passed, 0 failed, 2 skipped');
    expect(lastLine(countTests({ ...report, numPendingTests: 0, numTodoTests: 0 }, 0))).toBe(
      '3 passed, 0 failed',
    );
  });

  it('counts a file that could not be loaded, and a run that broke without a failed test', () => {
    expect(countTests({ ...report, testResults: [broken] }, 1).failed).toBe(1);
    expect(countTests({ ...report, numFailedTests: 2, testResults: [broken] }, 1).failed).toBe(3);
    expect(countTests(report, 1).failed).toBe(1);
    expect(countTests(null, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
