/** The addon: compiled once into the cache, linked to the library it was made for, and nothing left of a failed try. */
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addonFile, ensureAddon, hasAddon, removeAddon } from '../../scripts/setup/addon.mjs';
import { listFiles, makeFakeCheckout, makeFolder, makePath, write } from './fake-checkout.ts';

/** Writes its arguments to the file after -o, which is last. */
const compiler = 'for last; do :; done\necho "$@" > "$last"';

/** What TensorFlow 2.21 opens before it uses a card, and the wheel that brings it. */
const CUDA_FILES = [
  ['cuda_runtime', 'libcudart.so.12'],
  ['cublas', 'libcublas.so.12'],
  ['cublas', 'libcublasLt.so.12'],
  ['cufft', 'libcufft.so.11'],
  ['cusolver', 'libcusolver.so.11'],
  ['cusparse', 'libcusparse.so.12'],
  ['cudnn', 'libcudnn.so.9'],
] as const;

/** Folders under nvidia/ in the run path of libtensorflow_framework.so.2, which opens them (readelf -d). */
const RUN_PATH = ['cublas', 'cuda_cupti', 'cuda_runtime', 'cudnn', 'cufft', 'cusparse', 'nccl', 'nvshmem'];

function makeLibrary(hasCuda: boolean) {
  const folder = makeFolder();
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    write(join(folder, 'tensorflow', name), '');
  if (hasCuda) {
    for (const [wheel, file] of CUDA_FILES) write(join(folder, 'nvidia', wheel, 'lib', file), '');
    write(join(folder, 'nvidia', 'cuda_nvcc', 'bin', 'ptxas'), '');
  }
  const nvidia = hasCuda ? join(folder, 'nvidia') : null;
  return { version: '2.21.0', tensorflow: join(folder, 'tensorflow'), nvidia };
}

describe.skipIf(process.platform === 'win32')('the addon', () => {
  it('is put in place with links to its library, and compiled only once', async () => {
    const { place } = makeFakeCheckout();
    const library = makeLibrary(false);
    await ensureAddon({ ...place, env: { PATH: makePath({ 'c++': compiler }) } }, library);
    expect(hasAddon(place, library)).toBe(true);
    expect(readFileSync(addonFile(place), 'utf8')).toContain('-std=c++17');
    rmSync(addonFile(place));
    await ensureAddon({ ...place, env: { PATH: makePath() } }, library);
    expect(hasAddon(place, library)).toBe(true);
  });

  it('turns its links when another library is chosen', async () => {
    const { place } = makeFakeCheckout();
    const withCompiler = { ...place, env: { PATH: makePath({ 'c++': compiler }) } };
    const forCpu = makeLibrary(false);
    const forGpu = makeLibrary(true);
    const deps = join(place.root, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'deps');
    await ensureAddon(withCompiler, forCpu);
    expect(hasAddon(place, forGpu)).toBe(false);
    await ensureAddon(withCompiler, forGpu);
    expect(hasAddon(place, forGpu)).toBe(true);
    expect(hasAddon(place, forCpu)).toBe(false);
    expect(readlinkSync(join(deps, 'nvidia', 'cudnn'))).toBe(join(forGpu.nvidia!, 'cudnn'));
    await ensureAddon(withCompiler, forCpu);
    expect(hasAddon(place, forCpu)).toBe(true);
    expect(listFiles(deps)).toEqual(['lib', 'lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2']);
  });

  it('has each of the files that TensorFlow opens for a card in one of the folders where it looks', async () => {
    const { place } = makeFakeCheckout();
    const library = makeLibrary(true);
    const nvidia = join(place.root, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'deps', 'nvidia');
    mkdirSync(dirname(nvidia), { recursive: true });
    // as earlier versions left it
    symlinkSync(library.nvidia!, nvidia);
    const before = listFiles(library.nvidia!);
    await ensureAddon({ ...place, env: { PATH: makePath({ 'c++': compiler }) } }, library);
    for (const [, file] of CUDA_FILES)
      expect(
        RUN_PATH.filter((wheel) => existsSync(join(nvidia, wheel, 'lib', file))),
        file,
      ).toHaveLength(1);
    // ptxas, which the library starts, has no lib/
    expect(existsSync(join(nvidia, 'cuda_nvcc', 'bin', 'ptxas'))).toBe(true);
    expect(listFiles(library.nvidia!)).toEqual(before);
  });

  it('leaves nothing behind when it does not compile, and shows what the compiler said', async () => {
    const { place } = makeFakeCheckout();
    const failing = {
      ...place,
      env: { PATH: makePath({ 'g++': 'echo "error: no member named size" >&2\nexit 1' }) },
    };
    await expect(ensureAddon(failing, makeLibrary(false))).rejects.toThrow(/error: no member named size/);
    expect(listFiles(join(place.cache, 'addon'))).toEqual([]);
  });

  it('can be removed again, from the cache too', async () => {
    const { place } = makeFakeCheckout();
    const library = makeLibrary(false);
    await ensureAddon({ ...place, env: { PATH: makePath({ 'c++': compiler }) } }, library);
    removeAddon(place, library);
    expect(hasAddon(place, library)).toBe(false);
    expect(listFiles(join(place.cache, 'addon'))).toEqual([]);
  });

  it('names the compiler, and how to get one, where there is none', async () => {
    const { place } = makeFakeCheckout();
    const bare = { ...place, env: { PATH: makePath() } };
    await expect(ensureAddon(bare, makeLibrary(false))).rejects.toMatchObject({
      message: 'A C++ compiler is missing (c++, g++ or clang++).',
      remedy: expect.stringContaining('sudo apt-get install g++'),
    });
    const named = { ...place, env: { PATH: makePath(), CXX: 'icpx -O3' } };
    await expect(ensureAddon(named, makeLibrary(false))).rejects.toThrow(
      'named in CXX, "icpx", was not found',
    );
  });
});
