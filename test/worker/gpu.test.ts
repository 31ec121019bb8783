import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { workerEnvironment } from '../../src-main/app/worker-environment.ts';
import type { GpuReport } from '../../src-main/contract/schema/doctor.ts';
import { explainGpu, findGpu, type GpuPlaces } from '../../src-main/worker/gpu.ts';
import { temporaryFolder } from '../store/temporary.ts';

const LIBRARIES = {
  cuda_runtime: ['libcudart.so.12'],
  cublas: ['libcublas.so.12', 'libcublasLt.so.12'],
  cufft: ['libcufft.so.11'],
  curand: ['libcurand.so.10'],
  cusolver: ['libcusolver.so.11'],
  cusparse: ['libcusparse.so.12'],
  cudnn: ['libcudnn.so.9'],
  nccl: ['libnccl.so.2'],
  cuda_cupti: ['libcupti.so.12'],
};

/** A machine in a folder: a program that lists `cards` as nvidia-smi does, and the libraries of `wheels`. */
function machine(options: {
  cards?: string[];
  module?: string;
  wheels?: (keyof typeof LIBRARIES)[];
}): GpuPlaces {
  const root = temporaryFolder();
  const places = {
    programs: join(root, 'bin'),
    driverFile: join(root, 'version'),
    libraryFolder: join(root, 'tensorflow'),
    libraryPaths: [],
  };
  mkdirSync(places.programs);
  if (options.cards) {
    const program = join(places.programs, 'nvidia-smi');
    const lines = options.cards.map((line) => `echo '${line}'`);
    writeFileSync(program, ['#!/bin/sh', 'test "$2" = --format=csv,noheader || exit 1', ...lines].join('\n'));
    chmodSync(program, 0o755);
  }
  if (options.module) writeFileSync(places.driverFile, options.module);
  for (const wheel of options.wheels ?? []) {
    const folder = join(root, 'nvidia', wheel);
    mkdirSync(join(folder, 'lib'), { recursive: true });
    for (const name of LIBRARIES[wheel]) writeFileSync(join(folder, 'lib', name), '');
  }
  return places;
}

const stamp = ({ libraryFolder }: GpuPlaces, wheel: string, file: string) =>
  writeFileSync(
    join(libraryFolder!, '..', 'nvidia', wheel, '.wheel.json'),
    JSON.stringify({ file, sha256: '' }),
  );

const ALL = Object.keys(LIBRARIES) as (keyof typeof LIBRARIES)[];
const A100 = 'NVIDIA A100-SXM4-40GB, 40960 MiB, 570.86.10';

describe.skipIf(process.platform === 'win32')('what the machine has', () => {
  it('is cards and driver from nvidia-smi, CUDA and cuDNN with the versions of the wheels', () => {
    const places = machine({ cards: [A100, A100], wheels: ALL });
    stamp(places, 'cuda_runtime', 'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.whl');
    stamp(places, 'cudnn', 'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl');
    const name = 'NVIDIA A100-SXM4-40GB, 40960 MiB';
    expect(findGpu(places)).toEqual({
      cards: [name, name],
      driver: '570.86.10',
      cuda: '12.9.79',
      cudnn: '9.28.0.42',
      missing: [],
    });
  });

  it('is read from what pip leaves where a Python environment was named', () => {
    const places = machine({ cards: [A100], wheels: ALL });
    for (const name of [
      'nvidia_cuda_runtime_cu12-12.5.82.dist-info',
      'nvidia_cudnn_cu12-9.3.0.75.dist-info',
    ]) {
      mkdirSync(join(places.libraryFolder!, '..', name));
    }
    expect(findGpu(places)).toMatchObject({ cuda: '12.5.82', cudnn: '9.3.0.75' });
  });

  it('has libraries of the system too, whose names tell the version', () => {
    const places = machine({ cards: [A100] });
    const libraryPaths = ALL.map((wheel) =>
      join(machine({ wheels: [wheel] }).libraryFolder!, '../nvidia', wheel, 'lib'),
    );
    expect(findGpu({ ...places, libraryPaths })).toMatchObject({ cuda: '12', cudnn: '9', missing: [] });
  });

  it('names what is missing, and the driver where nvidia-smi is not there', () => {
    const module = 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024';
    const wheels = ALL.filter((wheel) => wheel !== 'cudnn');
    expect(findGpu(machine({ module, wheels }))).toEqual({
      cards: [],
      driver: '550.54.14',
      cuda: '12',
      cudnn: null,
      missing: ['libcudnn.so.9'],
    });
    expect(findGpu(machine({}))).toMatchObject({ cards: [], driver: null, cuda: null });
  });
});

describe('the doctor on the device', () => {
  const whole: GpuReport = {
    cards: ['NVIDIA A100, 40960 MiB'],
    driver: '570.86.10',
    cuda: '12.9.79',
    cudnn: '9.28.0.42',
    missing: [],
  };
  const none: GpuReport = { cards: [], driver: null, cuda: null, cudnn: null, missing: ['libcudnn.so.9'] };

  it('names GPU, driver, CUDA and cuDNN when the GPU computes', () => {
    const { findings } = explainGpu(whole, 'gpu', true);
    expect(findings).toMatchObject([{ severity: 'ok', title: 'GPU', remedy: null }]);
    for (const fact of ['A100', '570.86.10', 'CUDA 12.9.79', 'cuDNN 9.28.0.42', 'memory grows'])
      expect(findings[0]!.detail).toContain(fact);
  });

  it.each<[string, GpuReport, boolean, string, RegExp, RegExp]>([
    ['the CPU build', whole, false, 'advice', /CPU build/, /setup -- --gpu/],
    [
      'a missing library',
      { ...whole, missing: ['libcudnn.so.9'] },
      true,
      'problem',
      /libcudnn\.so\.9/,
      /--gpu/,
    ],
    [
      'an old driver',
      { ...whole, driver: '470.82.01' },
      true,
      'problem',
      /470\.82\.01 is too old/,
      /525\.60/,
    ],
    [
      'a card that is not seen',
      whole,
      true,
      'problem',
      /does not see the card/,
      /nvidia-smi|CUDA_VISIBLE_DEVICES/,
    ],
    ['no driver', none, true, 'advice', /no NVIDIA driver/, /Install NVIDIA's driver/],
  ])('says what to do about %s', (_name, gpu, isGpuBuild, severity, detail, remedy) => {
    const { findings } = explainGpu(gpu, 'cpu', isGpuBuild);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity, title: 'GPU' });
    expect(findings[0]!.detail).toMatch(detail);
    expect(findings[0]!.remedy).toMatch(remedy);
  });

  it('has nothing to say to a machine that has no card and needs none', () => {
    expect(explainGpu(none, 'cpu', false)).toEqual({
      reason: 'No NVIDIA driver was found, so the processor computes.',
      findings: [],
    });
  });
});

test("a worker lets the card's memory grow, computes there as exactly and repeatably as on the processor, and sees no card when the processor was asked for", () => {
  const threads = { intraOpThreads: 2, interOpThreads: 1, oneDnn: true };
  const auto = workerEnvironment({ device: 'auto', ...threads });
  expect(auto).toMatchObject({
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    NVIDIA_TF32_OVERRIDE: '0',
    TF_DETERMINISTIC_OPS: '1',
  });
  expect(auto).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
  expect(workerEnvironment({ device: 'cpu', ...threads })).toMatchObject({ CUDA_VISIBLE_DEVICES: '-1' });
});
