/** What would ship: the whole packing for Linux, with a few bytes in place of Electron's own files. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePackages } from '../../scripts/build/package.ts';
import { bundledModels } from '../../scripts/build/shipped.ts';

const LARGEST_PAYLOAD_BYTES = 150e6;
/** How Electron's binary marks the place of its fuses: version 1, eight of them, all as it is published. */
const FUSE_WIRE = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x0800001111';
/** States in the wire: the digits as characters. */
const OFF = 48;
const ON = 49;
const isLinux = process.platform === 'linux';
const skipped = isLinux ? '' : ' (skipped: each system packs for itself, and this one is not Linux)';

/** A folder that looks like Electron's, as far as packing looks. */
function writeElectron(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  for (const [name, content] of Object.entries({
    electron: FUSE_WIRE,
    version: '45.4.1',
    LICENSE: 'of Electron',
    'locales/en-US.pak': 'English',
  })) {
    writeFileSync(join(folder, name), content, { mode: 0o755 });
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

describe.skipIf(!isLinux)(`the package${skipped}`, () => {
  const place = mkdtempSync(join(tmpdir(), 'lesion-lab-package-'));
  let product: string;
  let archived: string[];

  beforeAll(async () => {
    const electronDist = join(place, 'electron');
    writeElectron(electronDist);
    await makePackages(true, {
      electronDist,
      directories: { output: join(place, 'dist'), buildResources: 'resources/icons' },
    });
    product = join(place, 'dist', 'linux-unpacked');
    archived = listPackage(join(product, 'resources', 'app.asar'), { isPack: false }).map((file) =>
      file.slice(1),
    );
  }, 300_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  test('has everything that the product reads', () => {
    expect(archived).toEqual(
      expect.arrayContaining([
        'package.json',
        'LICENSE',
        'THIRD-PARTY-NOTICES.md',
        'out/main/main.cjs',
        'out/main/worker.cjs',
        'out/preload/main.cjs',
        'out/renderer/index.html',
        'resources/native-library.json',
        'resources/weights/mobilenet_v1/weights.bin',
        'resources/weights/efficientnet_lite0/weights.bin',
        'resources/models/LICENCE.txt',
        'node_modules/better-sqlite3/lib/index.js',
        'node_modules/sharp/dist/index.cjs',
        'node_modules/detect-libc/package.json',
        'node_modules/semver/package.json',
      ]),
    );
    const beside = filesIn(join(product, 'resources'));
    expect(beside).toContain('native-addon/tfjs_binding.node');
    const unpacked = beside.filter((file) => file.startsWith('app.asar.unpacked/')).join('\n');
    const arch = process.arch;
    for (const needed of [
      `better-sqlite3/prebuilds/linux-${arch}.node`,
      `@img/sharp-linux-${arch}/`,
      `@img/sharp-libvips-linux-${arch}/`,
      'weights/mobilenet_v1/weights.bin',
    ]) {
      expect(unpacked).toContain(needed);
    }
  });

  test('has nothing else: no sources, tests, pictures, documents, nor the packages that are in the bundles', () => {
    const allowed = /^(package\.json|LICENSE|THIRD-PARTY-NOTICES\.md|out|resources|node_modules)(\/|$)/;
    expect(archived.filter((file) => !allowed.test(file))).toEqual([]);
    const packages = archived.flatMap(
      (file) => /^node_modules\/((?:@[^/]+\/)?[^/@]+)$/.exec(file)?.[1] ?? [],
    );
    expect(packages.sort()).toEqual(
      [
        '@img/colour',
        `@img/sharp-libvips-linux-${process.arch}`,
        `@img/sharp-linux-${process.arch}`,
        'better-sqlite3',
        'detect-libc',
        'semver',
        'sharp',
      ].sort(),
    );
    const unwanted = /\.(ts|map|svelte|md|py|c|cpp|h|gyp)$|(^|\/)(test|docs|src|deps)\//;
    expect(
      archived.filter(
        (file) =>
          unwanted.test(file) &&
          file !== 'THIRD-PARTY-NOTICES.md' &&
          !/^resources\/(weights|models)\//.test(file),
      ),
    ).toEqual([]);
  });

  test('has the models for a first look outside the archive, where a worker can read them, unless they are to be left out', () => {
    const unpacked = readdirSync(join(product, 'resources/app.asar.unpacked/resources/models'));
    expect(unpacked.filter((file) => file.endsWith('.lesion-model'))).toHaveLength(1);
    expect([bundledModels(false), bundledModels(true)]).toEqual([['resources/models/**'], []]);
  });

  test('is under 150 MB without Electron and the native library', () => {
    const resources = join(product, 'resources');
    const bytes = filesIn(resources).reduce((sum, file) => sum + statSync(join(resources, file)).size, 0);
    console.log(`The payload is ${(bytes / 1e6).toFixed(1)} MB.`);
    expect(bytes).toBeLessThan(LARGEST_PAYLOAD_BYTES);
    expect(bytes).toBeGreaterThan(30e6);
  });

  test('has the fuses set', async () => {
    const wire = await getCurrentFuseWire(join(product, 'lesion-lab'));
    const states = (options: FuseV1Options[]) => new Set(options.map((option) => wire[option]));
    const { RunAsNode, EnableNodeOptionsEnvironmentVariable, EnableNodeCliInspectArguments } = FuseV1Options;
    const { OnlyLoadAppFromAsar, EnableEmbeddedAsarIntegrityValidation, EnableCookieEncryption } =
      FuseV1Options;
    const off = [
      RunAsNode,
      EnableNodeOptionsEnvironmentVariable,
      EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    expect(states(off)).toEqual(new Set([OFF]));
    expect(
      states([OnlyLoadAppFromAsar, EnableEmbeddedAsarIntegrityValidation, EnableCookieEncryption]),
    ).toEqual(new Set([ON]));
  });
});
