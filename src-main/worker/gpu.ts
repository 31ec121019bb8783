/**
 * The graphics card as this machine has it: cards and driver from NVIDIA's own program, CUDA and cuDNN from where TensorFlow looks
 * for them. Runs in the worker; loads no TensorFlow. Only NVIDIA cards on Linux are used, which is what TensorFlow's wheels serve.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { remedies } from '../contract/remedies.ts';
import type { DoctorFinding, GpuReport } from '../contract/schema/doctor.ts';

/** What TensorFlow 2.21 loads when it is to use a card (its CUDA 12 build), and the wheel that brings it. */
const LIBRARIES = [
  ['libcudart.so.12', 'cuda_runtime'],
  ['libcublas.so.12', 'cublas'],
  ['libcublasLt.so.12', 'cublas'],
  ['libcufft.so.11', 'cufft'],
  ['libcurand.so.10', 'curand'],
  ['libcusolver.so.11', 'cusolver'],
  ['libcusparse.so.12', 'cusparse'],
  ['libcudnn.so.9', 'cudnn'],
  ['libnccl.so.2', 'nccl'],
  ['libcupti.so.12', 'cuda_cupti'],
] as const;

/** The oldest driver that serves CUDA 12 (CUDA Compatibility, NVIDIA). */
const OLDEST_DRIVER = [525, 60];

export interface GpuPlaces {
  /** Folders of programs, as in PATH. */
  readonly programs: string;
  /** Where the driver's kernel module says its version. */
  readonly driverFile: string;
  /** Folder "tensorflow" of the native library; null where it was put in place by hand. */
  readonly libraryFolder: string | null;
  /** Other folders of shared libraries. */
  readonly libraryPaths: readonly string[];
}

export function usualPlaces(libraryFolder: string | null, env = process.env): GpuPlaces {
  return {
    programs: env.PATH ?? '',
    driverFile: '/proc/driver/nvidia/version',
    libraryFolder,
    libraryPaths: [
      ...(env.LD_LIBRARY_PATH ?? '').split(delimiter),
      '/usr/local/cuda/lib64',
      '/usr/lib/x86_64-linux-gnu',
      '/usr/lib64',
    ].filter((folder) => folder !== ''),
  };
}

/** Looks; throws nothing. */
export function findGpu(places: GpuPlaces): GpuReport {
  const cards = askDriver(places.programs);
  return {
    cards: cards.map(({ name }) => name),
    driver: cards[0]?.driver ?? driverOfModule(places.driverFile),
    ...findLibraries(places),
  };
}

function askDriver(programs: string): { name: string; driver: string }[] {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const program = process.platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi';
  try {
    const text = execFileSync(program, query, {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PATH: programs },
    });
    return text
      .split('\n')
      .map((line) => line.split(',').map((cell) => cell.trim()))
      .filter((cells) => cells.length === 3)
      .map(([name, memory, driver]) => ({ name: `${name}, ${memory}`, driver: driver! }));
  } catch {
    return [];
  }
}

function driverOfModule(file: string): string | null {
  if (!existsSync(file)) return null;
  return /Kernel Module\D*([\d.]+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 'of unknown version';
}

function findLibraries({ libraryFolder, libraryPaths }: GpuPlaces): Omit<GpuReport, 'cards' | 'driver'> {
  const nvidia = libraryFolder === null ? null : join(dirname(libraryFolder), 'nvidia');
  const missing = LIBRARIES.filter(([file, wheel]) => {
    const folders = nvidia === null ? libraryPaths : [join(nvidia, wheel, 'lib'), ...libraryPaths];
    return !folders.some((folder) => existsSync(join(folder, file)));
  }).map(([file]) => file);
  const version = (file: string, wheel: string) =>
    missing.some((name) => name === file)
      ? null
      : ((nvidia && versionOfWheel(nvidia, wheel)) ?? file.replace(/^.*\.so\./, ''));
  return {
    cuda: version('libcudart.so.12', 'cuda_runtime'),
    cudnn: version('libcudnn.so.9', 'cudnn'),
    missing,
  };
}

/** From the stamp that set-up leaves, or from what pip leaves beside the package. */
function versionOfWheel(nvidia: string, wheel: string): string | null {
  const stamp = join(nvidia, wheel, '.wheel.json');
  const names = existsSync(stamp)
    ? [readFileSync(stamp, 'utf8')]
    : existsSync(nvidia)
      ? readdirSync(dirname(nvidia))
      : [];
  const found = names.map(
    (name) => new RegExp(`nvidia_${wheel}_cu\\d+-([\\d.]+?)[.-](?=\\D)`).exec(name)?.[1],
  );
  return found.find((version) => version !== undefined) ?? null;
}

/**
 * Which device computes and why, and what to do where a card is not used.
 * @param computes what the library computes on; null when it cannot be loaded
 * @param isGpuBuild whether set-up took the GPU build; null when it is not known
 */
export function explainGpu(
  gpu: GpuReport,
  computes: 'cpu' | 'gpu' | null,
  isGpuBuild: boolean | null,
): { reason: string; findings: DoctorFinding[] } {
  if (computes === null) return { reason: 'Without TensorFlow there is no device.', findings: [] };
  const title = 'GPU';
  if (computes === 'gpu') {
    const detail = `${describeGpu(gpu)}; memory grows as it is needed`;
    return {
      reason: 'TensorFlow found a GPU that it can use; training prefers it.',
      findings: [{ severity: 'ok', title, detail, remedy: null }],
    };
  }
  if (gpu.driver === null) {
    const reason = 'No NVIDIA driver was found, so the processor computes.';
    const remedy = `Install NVIDIA's driver (${OLDEST_DRIVER.join('.')} or newer); "nvidia-smi" then names the card. Without a card, "npm run setup -- --cpu" frees 5 GB.`;
    const detail = 'The GPU build of TensorFlow is installed, and there is no NVIDIA driver.';
    return { reason, findings: isGpuBuild ? [{ severity: 'advice', title, detail, remedy }] : [] };
  }
  const { severity, why, remedy } = whyUnused(gpu, isGpuBuild);
  const detail = `${describeGpu(gpu)}. ${why}`;
  return {
    reason: `The processor computes. ${why}`,
    findings: [{ severity, title, detail, remedy }],
  };
}

function whyUnused(
  { driver, missing }: GpuReport,
  isGpuBuild: boolean | null,
): { severity: 'advice' | 'problem'; why: string; remedy: string } {
  const { gpuBuild } = remedies(process.env);
  if (!isGpuBuild) {
    const why = 'There is an NVIDIA driver, but the CPU build of TensorFlow is installed.';
    return { severity: 'advice', why, remedy: gpuBuild };
  }
  if (isTooOld(driver!)) {
    const why = `The driver ${driver} is too old for CUDA 12.`;
    return {
      severity: 'problem',
      why,
      remedy: `Install NVIDIA's driver ${OLDEST_DRIVER.join('.')} or newer, then start again.`,
    };
  }
  if (missing.length > 0) {
    const why = `TensorFlow does not find ${missing.join(', ')}.`;
    return { severity: 'problem', why, remedy: `${gpuBuild} It brings CUDA and cuDNN.` };
  }
  const hidden = process.env.CUDA_VISIBLE_DEVICES;
  return {
    severity: 'problem',
    why: 'TensorFlow does not see the card, though its driver and libraries are there.',
    remedy:
      hidden === undefined
        ? 'Check that "nvidia-smi" names the card without an error; after an update of the driver, start the machine anew.'
        : `CUDA_VISIBLE_DEVICES is "${hidden}"; unset it, or name the card's number.`,
  };
}

function isTooOld(driver: string): boolean {
  const [major = 0, minor = 0] = driver.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_DRIVER;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

function describeGpu({ cards, driver, cuda, cudnn }: GpuReport): string {
  return [
    cards.length > 0 ? cards.join('; ') : 'a card that "nvidia-smi" does not name',
    `driver ${driver ?? 'unknown'}`,
    `CUDA ${cuda ?? 'missing'}`,
    `cuDNN ${cudnn ?? 'missing'}`,
  ].join('; ');
}
