/**
 * What is installed on this machine, which device will be used and why, and what would make it faster. Runs in the worker.
 * Nothing here throws: what does not work is a finding.
 */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { toFailure } from '../contract/errors.ts';
import { remedies } from '../contract/remedies.ts';
import type { DoctorFinding, DoctorReport } from '../contract/schema/doctor.ts';
import type { Environment } from '../contract/schema/run.ts';
import { listWeights } from '../models/weights/backbone-weights.ts';
import { explainGpu, findGpu, usualPlaces } from './gpu.ts';

const GIB = 1024 ** 3;
/** Training MobileNet at 125 x 100 with batch 32 takes about 2 GiB. */
const LITTLE_MEMORY_BYTES = 4 * GIB;

/**
 * @param productFolder where package.json is
 * @param weightFolders where ImageNet weights may lie
 */
export async function examineMachine(
  productFolder: string,
  weightFolders: readonly string[],
): Promise<DoctorReport> {
  const installed = readInstallation(productFolder);
  const { environment, library } = await loadLibrary(productFolder, installed);
  const gpu = findGpu(usualPlaces(installed?.folder ?? null));
  const { reason, findings } = explainGpu(gpu, environment?.device ?? null, installed?.isGpuBuild ?? null);
  return {
    environment,
    deviceReason: reason,
    gpu,
    findings: [
      { severity: 'ok', title: 'Node', detail: process.versions.node, remedy: null },
      library,
      ...findings,
      await decoderFinding(),
      processorFinding(),
      memoryFinding(),
      ...weightFindings(weightFolders),
    ],
  };
}

/** What set-up wrote down: which build, from where. Absent where the library was put in place by hand. */
interface Installation {
  readonly folder: string | null;
  readonly isGpuBuild: boolean;
}

function readInstallation(productFolder: string): Installation | null {
  const file = join(productFolder, 'node_modules', '.lesion-lab-setup.json');
  try {
    const choice = JSON.parse(readFileSync(file, 'utf8')) as {
      libraryFolder?: string;
      source?: { variant?: string };
    };
    const folder = choice.libraryFolder ?? null;
    // a Python environment's TensorFlow does not say; its CUDA wheels lie beside it
    const hasCuda = folder !== null && existsSync(join(dirname(folder), 'nvidia'));
    return { folder, isGpuBuild: choice.source?.variant ? choice.source.variant === 'gpu' : hasCuda };
  } catch {
    return null;
  }
}

async function loadLibrary(
  productFolder: string,
  installed: Installation | null,
): Promise<{ environment: Environment | null; library: DoctorFinding }> {
  const title = 'TensorFlow';
  try {
    const { describeEnvironment } = await import('./environment.ts');
    const threads = { intraOpThreads: os.availableParallelism(), interOpThreads: 1 };
    const environment = describeEnvironment({ device: 'auto', ...threads }, productFolder);
    const from = installed?.folder
      ? `, ${installed.isGpuBuild ? 'GPU' : 'CPU'} build in ${installed.folder}`
      : '';
    const detail = `${environment.tensorflowVersion} through tfjs ${environment.tfjsVersion}${from}`;
    return { environment, library: { severity: 'ok', title, detail, remedy: null } };
  } catch (thrown) {
    const detail = toFailure(thrown).message;
    return {
      environment: null,
      library: { severity: 'problem', title, detail, remedy: remedies(process.env).library },
    };
  }
}

async function decoderFinding(): Promise<DoctorFinding> {
  const title = 'Image decoder';
  try {
    const { DECODER } = await import('../preprocess/decode-source.ts');
    return { severity: 'ok', title, detail: DECODER, remedy: null };
  } catch (thrown) {
    return {
      severity: 'problem',
      title,
      detail: toFailure(thrown).message,
      remedy: remedies(process.env).ownFiles,
    };
  }
}

function processorFinding(): DoctorFinding {
  const cores = os.availableParallelism();
  const detail = `${os.cpus()[0]?.model.trim() ?? os.arch()}, ${cores} cores`;
  const hasWideVectors =
    !existsSync('/proc/cpuinfo') || /\b(avx2|asimd)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return hasWideVectors
    ? { severity: 'ok', title: 'Processor', detail, remedy: null }
    : {
        severity: 'advice',
        title: 'Processor',
        detail: `${detail}, without AVX2`,
        remedy: 'A processor with AVX2 trains several times faster.',
      };
}

function memoryFinding(): DoctorFinding {
  const detail = `${(os.totalmem() / GIB).toFixed(1)} GiB, ${(os.freemem() / GIB).toFixed(1)} GiB free`;
  return os.totalmem() >= LITTLE_MEMORY_BYTES
    ? { severity: 'ok', title: 'Memory', detail, remedy: null }
    : {
        severity: 'advice',
        title: 'Memory',
        detail,
        remedy: 'Train with a smaller batch and smaller images, or add memory.',
      };
}

function weightFindings(folders: readonly string[]): DoctorFinding[] {
  try {
    return listWeights(folders).map(({ title, folder, fetch }) => ({
      severity: folder || !fetch ? 'ok' : 'advice',
      title: `ImageNet weights of ${title}`,
      detail: folder ?? 'not there; the model trains from scratch only',
      remedy:
        folder || !fetch
          ? null
          : `Fetch ${fetch.file} (${fetch.address}) on a connected machine, then ${remedies(process.env).weightsFile(fetch.file)}.`,
    }));
  } catch (thrown) {
    const detail = toFailure(thrown).message;
    const remedy = remedies(process.env).ownFiles;
    return [{ severity: 'problem', title: 'ImageNet weights', detail, remedy }];
  }
}
