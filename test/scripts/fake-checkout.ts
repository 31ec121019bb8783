/**
 * A checkout and a cache in a temporary folder, with a small wheel in place of TensorFlow's, for driving the real
 * set-up functions without a download. The wheel is a real one: pip accepts it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Place } from '../../scripts/setup/place.mjs';

export const wheelName = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl';

export interface FakeCheckout {
  readonly place: Place;
  /** A folder with the good wheel in it. */
  readonly index: string;
  /** What set-up has said. */
  readonly said: string[];
  /** Where the library is to end up. */
  readonly libraryFolder: string;
}

export function makeFakeCheckout(): FakeCheckout {
  const folder = makeFolder();
  const index = join(folder, 'index');
  makeWheel(index, wheelName);
  const root = join(folder, 'checkout');
  const sha256 = createHash('sha256')
    .update(readFileSync(join(index, wheelName)))
    .digest('hex');
  const wheel = { package: 'tensorflow-cpu', file: wheelName, sha256, megabytes: 1, folder: 'tensorflow' };
  const libraries = { 'linux-x64-cpu': { unpackedMegabytes: 1, wheels: [wheel] } };
  write(join(root, 'resources', 'native-library.json'), JSON.stringify({ version: '2.21.0', libraries }));
  const tfjs = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  write(join(tfjs, 'package.json'), JSON.stringify({ version: '4.22.0' }));
  const said: string[] = [];
  const cache = join(folder, 'cache');
  const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, PIP_CONFIG_FILE: '/dev/null' };
  const place: Place = { root, cache, env, platform: 'linux', arch: 'x64', say: (line) => said.push(line) };
  return { place, index, said, libraryFolder: join(cache, 'native', 'tensorflow-2.21.0-linux-x64-cpu') };
}

/** A new folder that is removed when the test ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A folder for PATH that holds nothing but the given shell scripts. */
export function makePath(programs: Record<string, string> = {}): string {
  const folder = makeFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** Every path under a folder, relative to it; empty if there is no such folder. */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }).map(String).sort();
  } catch {
    return [];
  }
}

/** Packs a wheel with the members that set-up keeps, and some that it does not. */
export function makeWheel(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  const version = name.split('-')[1];
  const information = `tensorflow_cpu-${version}.dist-info`;
  const members = {
    'tensorflow/__init__.py': 'raise ImportError',
    'tensorflow/libtensorflow_cc.so.2': 'cc',
    'tensorflow/libtensorflow_framework.so.2': 'framework',
    'tensorflow/include/tensorflow/c/c_api.h': '// header',
    'tensorflow/include/unwanted.h': '// not needed',
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices',
    [`${information}/METADATA`]: `Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: ${version}\n`,
    [`${information}/WHEEL`]:
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_27_x86_64\n',
    [`${information}/RECORD`]: '',
  };
  const script =
    'import json, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w") as z:\n  for n, t in json.loads(sys.argv[2]).items(): z.writestr(n, t)';
  execFileSync('python3', ['-c', script, join(folder, name), JSON.stringify(members)]);
}
