/** The native library's way into the cache: what is kept of it, and what a failed or half-done try leaves behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../scripts/setup/lock.mjs';
import { ensureLibrary, findLibrary } from '../../scripts/setup/native-library.mjs';
import type { Place } from '../../scripts/setup/place.mjs';
import {
  listFiles,
  makeFakeCheckout,
  makeFolder,
  makePath,
  makeWheel,
  wheelName,
  write,
} from './fake-checkout.ts';

const cpu = { kind: 'wheel', variant: 'cpu' } as const;

const keptFiles = [
  'tensorflow',
  'tensorflow/.wheel.json',
  'tensorflow/THIRD_PARTY_NOTICES.txt',
  'tensorflow/include',
  'tensorflow/include/tensorflow',
  'tensorflow/include/tensorflow/c',
  'tensorflow/include/tensorflow/c/c_api.h',
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
];

describe.skipIf(process.platform === 'win32')('the native library', () => {
  it('is downloaded by pip, and only what the product needs is kept', async () => {
    const { place, libraryFolder } = makeFakeCheckout();
    const library = await ensureLibrary(place, cpu, undefined);
    expect(library).toEqual({
      version: '2.21.0',
      tensorflow: join(libraryFolder, 'tensorflow'),
      nvidia: null,
    });
    expect(listFiles(libraryFolder)).toEqual(keptFiles);
    expect(findLibrary(place, cpu)).toEqual(library);
  });

  it('is taken from a file that was carried here, without pip, even if renamed', async () => {
    const { place, index, libraryFolder } = makeFakeCheckout();
    renameSync(join(index, wheelName), join(index, 'tf.whl'));
    await ensureLibrary(place, cpu, join(index, 'tf.whl'));
    expect(listFiles(libraryFolder)).toEqual(keptFiles);
    expect(existsSync(join(index, 'tf.whl'))).toBe(true);
  });

  it('is refused from a file cut short, which is named with both hashes', async () => {
    const { place, index, libraryFolder } = makeFakeCheckout();
    const wheel = join(index, wheelName);
    writeFileSync(wheel, readFileSync(wheel).subarray(0, 200));
    await expect(ensureLibrary(place, cpu, wheel)).rejects.toThrow(
      /manylinux_2_27_x86_64\.whl is not the file it should be: its sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}/,
    );
    expect(listFiles(libraryFolder)).toEqual([]);
    expect(findLibrary(place, cpu)).toBeNull();
  });

  it('is refused from the package index if its hash is another, and nothing of it stays', async () => {
    const { place, index, libraryFolder } = makeFakeCheckout();
    const pins = join(place.root, 'resources', 'native-library.json');
    const other = readFileSync(pins, 'utf8').replace(/[0-9a-f]{64}/, '0'.repeat(64));
    writeFileSync(pins, other);
    expect(existsSync(join(index, wheelName))).toBe(true);
    await expect(ensureLibrary(place, cpu, undefined)).rejects.toThrow(
      `${wheelName} from the package index has another sha256 than the pinned ${'0'.repeat(64)}`,
    );
    expect(listFiles(libraryFolder)).toEqual([]);
  });

  it('says which wheel it needs when given that of another version', async () => {
    const { place, index } = makeFakeCheckout();
    const older = 'tensorflow_cpu-2.20.0-cp312-cp312-manylinux_2_27_x86_64.whl';
    makeWheel(index, older);
    await expect(ensureLibrary(place, cpu, join(index, older))).rejects.toThrow(
      `${older} is tensorflow_cpu 2.20.0 for cp312; this version needs TensorFlow 2.21.0 as ${wheelName}.`,
    );
  });

  it('is set up after a try that was killed in the middle of its download', async () => {
    const checkout = makeFakeCheckout();
    const { place, said, libraryFolder } = checkout;
    await killInTheMiddleOfDownload(place, libraryFolder);
    expect(listFiles(libraryFolder).some((name) => name.endsWith('.whl'))).toBe(true);
    expect(findLibrary(place, cpu)).toBeNull();

    await withLock(place, () => ensureLibrary(place, cpu, undefined));
    expect(listFiles(libraryFolder)).toEqual(keptFiles);
    expect(said).toContain('Took over the lock of a set-up that had ended without finishing.');
    expect(listFiles(place.cache)).not.toContain('setup.lock');
  });

  it('is fetched anew when the cached one is of another hash', async () => {
    const { place, libraryFolder } = makeFakeCheckout();
    await ensureLibrary(place, cpu, undefined);
    write(join(libraryFolder, 'tensorflow', '.wheel.json'), JSON.stringify({ sha256: 'older' }));
    write(join(libraryFolder, 'tensorflow', 'libtensorflow_cc.so.2'), 'older');
    expect(findLibrary(place, cpu)).toBeNull();
    await ensureLibrary(place, cpu, undefined);
    expect(readFileSync(join(libraryFolder, 'tensorflow', 'libtensorflow_cc.so.2'), 'utf8')).toBe('cc');
  });

  it('needs neither Python nor pip once it is there', async () => {
    const { place } = makeFakeCheckout();
    await ensureLibrary(place, cpu, undefined);
    const bare = { ...place, env: { PATH: makePath() } };
    await expect(ensureLibrary(bare, cpu, undefined)).resolves.toMatchObject({ version: '2.21.0' });
  });

  it('says how much disk space is missing before it downloads anything', async () => {
    const { place, said } = makeFakeCheckout();
    const pins = join(place.root, 'resources', 'native-library.json');
    const huge = readFileSync(pins, 'utf8').replace('"unpackedMegabytes":1', '"unpackedMegabytes":1e12');
    writeFileSync(pins, huge);
    await expect(ensureLibrary(place, cpu, undefined)).rejects.toThrow(
      /cache has \d+ MB free; the native library needs 1000000000002 MB/,
    );
    expect(said).toEqual([]);
  });

  it('names Python, and how to get it, where there is none', async () => {
    const { place } = makeFakeCheckout();
    const bare = { ...place, env: { PATH: makePath() } };
    await expect(ensureLibrary(bare, cpu, undefined)).rejects.toMatchObject({
      message: expect.stringContaining('Python 3 (3.8 or newer) is missing'),
      remedy: expect.stringContaining('sudo apt-get install python3 python3-pip'),
    });
  });

  it('names pip where Python has none', async () => {
    const { place } = makeFakeCheckout();
    const path = makePath({ python3: 'case "$1" in -c) exit 0;; *) exit 1;; esac' });
    await expect(ensureLibrary({ ...place, env: { PATH: path } }, cpu, undefined)).rejects.toMatchObject({
      message: expect.stringContaining('pip is missing'),
      remedy: expect.stringContaining('python3-pip'),
    });
  });

  it('may be one that a Python environment has', async () => {
    const { place, index } = makeFakeCheckout();
    const environment = makeFolder();
    const tensorflow = join(environment, 'tensorflow');
    await ensureLibrary(place, cpu, join(index, wheelName));
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      write(join(tensorflow, name), '');
    await expect(ensureLibrary(place, { kind: 'python', folder: tensorflow }, undefined)).rejects.toThrow(
      `${tensorflow} is not TensorFlow's folder in a Python environment`,
    );
    write(join(tensorflow, 'include', 'tensorflow', 'c', 'c_api.h'), '');
    write(join(environment, 'tensorflow-2.19.1.dist-info', 'METADATA'), '');
    write(join(environment, 'nvidia', 'cudnn', 'lib', 'libcudnn.so.9'), '');
    expect(await ensureLibrary(place, { kind: 'python', folder: tensorflow }, undefined)).toEqual({
      version: '2.19.1',
      tensorflow,
      nvidia: join(environment, 'nvidia'),
    });
  });

  it('has no GPU build where none is pinned, and says so', async () => {
    const { place } = makeFakeCheckout();
    await expect(ensureLibrary(place, { kind: 'wheel', variant: 'gpu' }, undefined)).rejects.toMatchObject({
      message: 'There is no pinned GPU build of TensorFlow 2.21.0 for linux on x64.',
      remedy: expect.stringContaining('npm run setup -- --cpu'),
    });
  });
});

/** A set-up whose pip has written half a wheel when the process is killed, as by a power cut. */
async function killInTheMiddleOfDownload(place: Place, libraryFolder: string): Promise<void> {
  const half = join(makeFolder(), 'half.whl');
  copyFileSync(join(String(place.env.PIP_FIND_LINKS), wheelName), half);
  const python = [
    'case "$3" in download) ;; *) exit 0;; esac',
    'while [ "$1" != -d ]; do shift; done',
    `head -c 100 "${half}" > "$2/${wheelName}"`,
    'exec sleep 60',
  ];
  const path = `${makePath({ python3: python.join('\n') })}:${process.env.PATH}`;
  const driver = join(import.meta.dirname, 'set-up-library.ts');
  const slow = { ...place, env: { ...place.env, PATH: path } };
  const child = spawn(process.execPath, [driver, JSON.stringify(slow)], { stdio: 'ignore', detached: true });
  const exited = once(child, 'exit');
  while (!listFiles(libraryFolder).some((name) => name.endsWith('.whl'))) await wait(20);
  process.kill(-Number(child.pid), 'SIGKILL');
  await exited;
}
