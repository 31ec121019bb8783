/** The first start of the packaged product, which fetches TensorFlow's library: here a small one, from a local index. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { findAddon, missingLibrary } from '../../src-main/hosts/electron/native-library.ts';
import { offerNativeLibrary } from '../../src-main/hosts/electron/offer-native-library.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { StandInDialog } from './stand-in/host-side.ts';

const DOWNLOAD = 0;
const CHOOSE = 1;
const FILE = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl';
const LIBRARY = Buffer.from('the library '.repeat(20_000));

/** A packaged product without its library, and a wheel that has one. */
async function openProduct() {
  const folder = temporaryFolder();
  const wheel = zipSync({
    'tensorflow/__init__.py': Buffer.from('not wanted'),
    'tensorflow/libtensorflow_cc.so.2': LIBRARY,
    'tensorflow/libtensorflow_framework.so.2': [Buffer.from('stored'), { level: 0 }],
    'tensorflow/THIRD_PARTY_NOTICES.txt': Buffer.from('notices'),
  });
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  const pins = {
    version: '2.21.0',
    libraries: {
      [`${process.platform}-${process.arch}-cpu`]: {
        wheels: [{ package: 'tensorflow-cpu', file: FILE, sha256, megabytes: 1 }],
      },
    },
  };
  mkdirSync(join(folder, 'app', 'resources'), { recursive: true });
  writeFileSync(join(folder, 'app', 'resources', 'native-library.json'), JSON.stringify(pins));
  mkdirSync(join(folder, 'resources', 'native-addon'), { recursive: true });
  writeFileSync(join(folder, 'resources', 'native-addon', 'tfjs_binding.node'), 'the addon');
  const places = {
    isPackaged: true,
    appFolder: join(folder, 'app'),
    resourcesFolder: join(folder, 'resources'),
    dataFolder: join(folder, 'data'),
  };
  return { folder, places, wheel };
}

/** A package index as PEP 691 describes it. @param content of the file that it lists */
async function openIndex(content: Uint8Array): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/simple/tensorflow-cpu/') {
      response.end(JSON.stringify({ files: [{ filename: FILE, url: `../../files/${FILE}` }] }));
    } else if (request.url === `/files/${FILE}`) response.end(content);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
}

/** @param choices what the person answers, one question after the other; then "Later" */
async function offer(
  places: Parameters<typeof missingLibrary>[0],
  index: string,
  choices: number[],
  files: string[] = [],
) {
  const dialog = new StandInDialog();
  dialog.responses.push(...choices);
  dialog.folders.push(...files);
  const progress: number[] = [];
  let timesReloaded = 0;
  const window = {
    isDestroyed: () => false,
    setProgressBar: (share: number) => void progress.push(share),
    reload: () => void timesReloaded++,
  };
  await offerNativeLibrary({ missing: missingLibrary(places)!, window, dialog, index });
  return { questions: dialog.messages.map(({ message }) => message), progress, timesReloaded };
}

test('downloads the pinned wheel and keeps the library beside the addon', async () => {
  const { places, wheel } = await openProduct();
  expect(findAddon(places)).toBeNull();
  const { questions, progress, timesReloaded } = await offer(places, await openIndex(wheel), [DOWNLOAD]);
  expect(questions).toHaveLength(1);
  expect([...progress.slice(0, -1)]).toEqual(progress.slice(0, -1).toSorted((a, b) => a - b));
  expect([progress.at(-2), progress.at(-1)]).toEqual([1, -1]);
  expect(timesReloaded).toBe(1);
  const addon = findAddon(places)!;
  expect(readFileSync(addon, 'utf8')).toBe('the addon');
  const libraries = join(addon, '..', '..', '..', 'deps', 'lib');
  expect(readdirSync(libraries).sort()).toEqual([
    'THIRD_PARTY_NOTICES.txt',
    'libtensorflow_cc.so.2',
    'libtensorflow_framework.so.2',
  ]);
  expect(readFileSync(join(libraries, 'libtensorflow_cc.so.2')).equals(LIBRARY)).toBe(true);
  expect(readFileSync(join(libraries, 'libtensorflow_framework.so.2'), 'utf8')).toBe('stored');
  expect(missingLibrary(places)).toBeNull();
});

test('takes a wheel that was carried here, and asks again after another file', async () => {
  const { folder, places, wheel } = await openProduct();
  const right = join(folder, 'carried.whl');
  const wrong = join(folder, 'wrong.whl');
  writeFileSync(right, wheel);
  writeFileSync(
    wrong,
    zipSync({ 'tensorflow/libtensorflow_cc.so.2': Buffer.from('someone else made this') }),
  );
  const { questions } = await offer(places, 'http://127.0.0.1:1', [CHOOSE, CHOOSE], [wrong, right]);
  expect(questions).toHaveLength(2);
  expect(questions[1]).toContain('wrong.whl is not the file');
  expect(findAddon(places)).not.toBeNull();
  expect(existsSync(right)).toBe(true);
});

test.each([
  [
    'another file than the pinned one',
    async () => openIndex(Buffer.from('tampered with')),
    'is not the file',
  ],
  ['no answer', async () => 'http://127.0.0.1:1/simple', 'does not answer'],
])('keeps nothing after %s, and says what else can be done', async (_what, index, words) => {
  const { places } = await openProduct();
  const { questions } = await offer(places, await index(), [DOWNLOAD]);
  expect(questions[1]).toContain(words);
  expect(findAddon(places)).toBeNull();
  expect(
    existsSync(join(places.dataFolder, 'native')) ? readdirSync(join(places.dataFolder, 'native')) : [],
  ).toEqual([]);
});

test('is not offered in a checkout, where set-up brings the library', async () => {
  const { places } = await openProduct();
  expect(missingLibrary({ ...places, isPackaged: false })).toBeNull();
});
