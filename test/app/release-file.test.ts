/** Files of released models that are not what they claim: each is refused in words, and nothing of it is kept. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReleaseFile } from '../../src-main/app/releases/release-file.ts';
import { signWith } from '../../src-main/app/releases/signing.ts';
import type { Release } from '../../src-main/contract/schema/release.ts';
import { sampleRelease, saveSampleModel } from '../store/sample-release.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { type OpenedApp, openApp } from './open-app.ts';
import { put, redescribe, repack } from './releasable-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-release-'));
const good = join(folder, 'good.lesion-model');

async function pack(path: string, release: Release, isSigned = true): Promise<void> {
  const content = mkdtempSync(join(folder, 'content-'));
  await saveSampleModel(join(content, 'model'));
  writeFileSync(join(content, 'release.json'), JSON.stringify(release));
  for (const name of ['distribution.bin', 'model-card.md', 'model-card.html'])
    writeFileSync(join(content, name), name);
  const keyFile = isSigned ? join(folder, 'key.pem') : null;
  await writeReleaseFile(path, { folder: content, keyFile, appVersion: '0.1.0', release });
}

beforeAll(() => pack(good, sampleRelease()));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A fresh workstation that is given a file and must have nothing of it afterwards. */
async function refusal(path: string, use: 'release.import' | 'release.inspect' = 'release.import') {
  const machine = temporaryFolder();
  const app = openApp(machine);
  const failure = await app.client.call(use, { path }).then(
    () => null,
    (thrown: { code: string; message: string }) => thrown,
  );
  await expectNothing(app, machine);
  return { failure, machine };
}

async function expectNothing({ client }: OpenedApp, machine: string) {
  expect(await client.call('release.list', {})).toEqual([]);
  expect(readdirSync(join(machine, 'models'))).toEqual([]);
  const releasing = join(machine, 'releasing');
  expect(existsSync(releasing) ? readdirSync(releasing) : []).toEqual([]);
}

const rewritten = (change: (bytes: Buffer) => Buffer) => {
  const path = join(temporaryFolder(), 'changed.lesion-model');
  writeFileSync(path, change(readFileSync(good)));
  return path;
};

const json = (value: unknown) => strToU8(JSON.stringify(value));
const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes!).toString();

test('a whole file is taken, signed or not, and says which', async () => {
  const unsigned = join(folder, 'unsigned.lesion-model');
  await pack(unsigned, sampleRelease({ name: 'Unsigned' }), false);
  const app = openApp(temporaryFolder());
  const { signature } = await app.client.call('release.import', { path: good });
  expect(signature?.publicKey).toBe(signWith(join(folder, 'key.pem'), new Uint8Array(1)).publicKey);
  expect((await app.client.call('release.import', { path: unsigned })).signature).toBeNull();
  const forged = repack(good, () => undefined, { signature: 'forge' });
  const other = await app.client.call('release.inspect', { path: forged });
  expect(other.summary.signature?.fingerprint).not.toBe(signature?.fingerprint);
});

describe('a file is damaged', () => {
  test.each<[string, () => string]>([
    ['that is cut off', () => rewritten((bytes) => bytes.subarray(0, bytes.length - 30))],
    ['of which half is there', () => rewritten((bytes) => bytes.subarray(bytes.length >> 1))],
    ['that is no zip', () => rewritten(() => Buffer.from('Dear colleague, '.repeat(9)))],
    ['that is empty', () => rewritten(() => Buffer.alloc(0))],
    [
      'of which one byte of a weight is another',
      () =>
        rewritten((bytes) => {
          const changed = Buffer.from(bytes);
          const weights = changed.indexOf(new Uint8Array(new Float32Array(16).fill(0.25).buffer));
          expect(weights).toBeGreaterThan(0);
          changed[weights]! ^= 1;
          return changed;
        }),
    ],
    [
      'whose hash in the manifest is another',
      () =>
        repack(good, (_, { files }) => {
          files[0]!.sha256 = '0'.repeat(64);
        }),
    ],
  ])('%s', async (_name, make) => {
    const path = make();
    for (const use of ['release.import', 'release.inspect'] as const) {
      expect((await refusal(path, use)).failure).toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining('Nothing was taken'),
      });
    }
  });
});

test('a changed weight, with every hash put right, is refused by the old signature', async () => {
  const change = (signature: 'keep' | 'drop') =>
    repack(
      good,
      (contents, manifest) => {
        const weights = Uint8Array.from(contents['model/weights.bin']!);
        weights[0]! ^= 1;
        put(contents, manifest, 'model/weights.bin', weights);
        redescribe(contents, manifest, ({ files }) => {
          const own = manifest.files.find(({ path }) => path === 'model/weights.bin')!;
          Object.assign(files.find(({ path }) => path === 'weights.bin')!, { sha256: own.sha256 });
        });
      },
      { signature },
    );
  expect((await refusal(change('keep'))).failure).toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(
      /signature does not belong to its content.*changed after it had been signed/,
    ),
  });
  const app = openApp(temporaryFolder());
  expect((await app.client.call('release.import', { path: change('drop') })).signature).toBeNull();
});

test.each([
  ['no key', { algorithm: 'Ed25519', publicKey: 'A'.repeat(44), signature: 'A'.repeat(88) }],
  ['another algorithm', { algorithm: 'none', publicKey: '', signature: '' }],
])('a signature that is none is refused: %s', async (_name, signature) => {
  const path = repack(
    good,
    (contents) => {
      contents['signature.json'] = json(signature);
    },
    { signature: 'keep' },
  );
  expect((await refusal(path)).failure).toMatchObject({ code: 'corrupt' });
});

test.each([
  '../evil.txt',
  'model/../../evil.txt',
  '/evil.txt',
  'C:/evil.txt',
  'model/evil.js',
  'references/evil.bin',
  'origin.json',
])('an entry named %s is refused, and nothing is written outside', async (name) => {
  const path = repack(good, (contents, manifest) => put(contents, manifest, name, strToU8('evil')));
  const { failure, machine } = await refusal(path);
  expect(failure).toMatchObject({ code: 'corrupt', message: expect.stringContaining('Nothing was taken') });
  const everything = readdirSync(machine, { recursive: true }).map(String);
  expect(everything.filter((file) => /evil|origin/.test(file))).toEqual([]);
});

test('an entry that the manifest does not list, one that is missing, or one that is too large is refused', async () => {
  const unlisted = repack(good, (contents) => {
    contents['model/more.bin'] = strToU8('more');
  });
  expect((await refusal(unlisted)).failure?.message).toContain('more.bin');
  const missing = repack(good, (contents, manifest) => {
    delete contents['model-card.md'];
    manifest.files = manifest.files.filter(({ path }) => path !== 'model-card.md');
  });
  expect((await refusal(missing)).failure?.message).toContain('it has no model-card.md');
  const large = repack(good, (contents, manifest) =>
    put(contents, manifest, 'model-card.html', new Uint8Array(5_000_000)),
  );
  expect((await refusal(large)).failure?.message).toContain('5000000 bytes, more than 4 MB');
  const withoutDistance = repack(good, (contents, manifest) => {
    delete contents['distribution.bin'];
    manifest.files = manifest.files.filter(({ path }) => path !== 'distribution.bin');
  });
  expect((await refusal(withoutDistance)).failure?.message).toContain(
    'distribution.bin do not belong together',
  );
});

test('an entry that unpacks to more than it claims is cut off there', async () => {
  const bomb = repack(good, (contents, manifest) => {
    put(contents, manifest, 'model-card.html', new Uint8Array(50_000_000));
    manifest.files.at(-1)!.bytes = 10;
  });
  const bytes = readFileSync(bomb);
  bytes.writeUInt32LE(10, bytes.lastIndexOf('model-card.html') - 46 + 24);
  writeFileSync(bomb, bytes);
  expect((await refusal(bomb)).failure?.message).toContain('longer than it claims');
});

test('a newer format is named as such; another kind of file too', async () => {
  const newer = repack(good, (_, manifest) => {
    manifest.formatVersion = 2;
  });
  expect((await refusal(newer)).failure).toMatchObject({
    code: 'newer-version',
    message: expect.stringContaining('Update Lesion Lab'),
  });
  const other = join(temporaryFolder(), 'photos.zip');
  writeFileSync(other, zipSync({ 'photo.jpg': strToU8('photo') }));
  expect((await refusal(other)).failure).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('.lesion-model'),
  });
  expect((await refusal(join(folder, 'nothing.lesion-model'))).failure).toMatchObject({ code: 'not-found' });
});

describe('only layers that are known come in', () => {
  test("a Lambda or a class of somebody's own in model.json is refused", async () => {
    for (const name of ['Lambda', 'SomebodysLayer']) {
      const path = repack(good, (contents, manifest) => {
        const model = textOf(contents['model/model.json']).replace(
          '"class_name":"Dense"',
          `"class_name":"${name}"`,
        );
        put(contents, manifest, 'model/model.json', strToU8(model));
        redescribe(contents, manifest, ({ files }) => {
          const own = manifest.files.find((file) => file.path === 'model/model.json')!;
          Object.assign(files.find((file) => file.path === 'model.json')!, {
            sha256: own.sha256,
            bytes: own.bytes,
          });
        });
      });
      expect((await refusal(path)).failure).toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining(`"${name}"`),
      });
    }
  });

  test('a layer that the description does not know is refused, and so are weights of another number', async () => {
    const strange = repack(good, (contents, manifest) =>
      redescribe(contents, manifest, ({ network }) => {
        network.layers[1]!.type = 'lambda';
      }),
    );
    expect((await refusal(strange)).failure).toMatchObject({ code: 'corrupt' });
    const short = repack(good, (contents, manifest) => {
      put(contents, manifest, 'model/weights.bin', contents['model/weights.bin']!.slice(0, 100));
      redescribe(contents, manifest, ({ files }) => {
        const { sha256, bytes } = manifest.files.find((file) => file.path === 'model/weights.bin')!;
        Object.assign(files.find((file) => file.path === 'weights.bin')!, { sha256, bytes });
      });
    });
    expect((await refusal(short)).failure).toMatchObject({ code: 'corrupt' });
  });

  test('a model whose weights lie elsewhere is refused', async () => {
    const path = repack(good, (contents, manifest) => {
      const model = textOf(contents['model/model.json']).replace(
        '["weights.bin"]',
        '["../../elsewhere.bin"]',
      );
      put(contents, manifest, 'model/model.json', strToU8(model));
      redescribe(contents, manifest, ({ files }) => {
        const { sha256, bytes } = manifest.files.find((file) => file.path === 'model/model.json')!;
        Object.assign(files.find((file) => file.path === 'model.json')!, { sha256, bytes });
      });
    });
    expect((await refusal(path)).failure).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('other files of weights'),
    });
  });
});

test('a description of another network, or one whose lists do not fit its classes, is refused', async () => {
  const described = (change: (release: Release) => void) =>
    repack(good, (contents, manifest) => {
      const release = sampleRelease();
      change(release);
      put(contents, manifest, 'release.json', json(release));
    });
  for (const path of [
    described(({ classes }) => classes.reverse()),
    described(({ input }) => {
      input.widthPx = 224;
    }),
    described(({ fit }) => fit.conformal[0]!.byClass.pop()),
    described(({ fit }) => fit.operating[0]!.codes.push('unknown')),
  ]) {
    expect((await refusal(path)).failure).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('release.json'),
    });
  }
});

test('what a killed import left is no model, and goes the day after', async () => {
  const machine = temporaryFolder();
  const app = openApp(machine);
  const { mkdirSync, utimesSync } = await import('node:fs');
  const left = join(machine, 'releasing', 'left-behind');
  mkdirSync(join(left, 'model'), { recursive: true });
  writeFileSync(join(left, 'release.json'), '{}');
  expect(await app.client.call('release.list', {})).toEqual([]);
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  utimesSync(left, yesterday, yesterday);
  await app.client.call('release.import', { path: good });
  expect(readdirSync(join(machine, 'releasing'))).toEqual([]);
});
