/** What the worker found out about the machine, and what the host knows about the data folder. Runs in the host. */
import { statfsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError, toFailure } from '../contract/errors.ts';
import { remedies } from '../contract/remedies.ts';
import type { DoctorFinding, DoctorReport } from '../contract/schema/doctor.ts';
import { type AppContext, runJob, weightFolders } from './context.ts';
import { findElectron } from './electron-binary.ts';

const PRODUCT_FOLDER = fileURLToPath(new URL('../../', import.meta.url));

/** A cache of the whole HAM10000 and a few runs fit in this. */
const LITTLE_DISK_BYTES = 2 * 1024 ** 3;

/** @throws AppError `cancelled` */
export async function examine(context: AppContext, signal?: AbortSignal): Promise<DoctorReport> {
  const weights = weightFolders(context);
  const report = await runJob(
    context,
    (worker) => worker.call('doctor.run', { weights }, { signal }),
    signal,
  ).catch((thrown) => withoutWorker(thrown));
  if (signal?.aborted) throw new AppError('cancelled', 'The examination was cancelled.');
  const findings = [...report.findings, ...desktopFinding(), dataFolderFinding(context.folder.root)];
  return { ...report, findings };
}

/** A worker that dies on loading the library is a finding, not a failure of the doctor. */
function withoutWorker(thrown: unknown): DoctorReport {
  const { message } = toFailure(thrown);
  return {
    environment: null,
    deviceReason: 'The worker process could not tell.',
    gpu: null,
    findings: [
      {
        severity: 'problem',
        title: 'Worker process',
        detail: message,
        remedy: remedies(process.env).ownFiles,
      },
    ],
  };
}

/** Of a checkout; the packaged product is its own window. */
function desktopFinding(): DoctorFinding[] {
  const remedy = remedies(process.env).desktop;
  if (remedy === null) return [];
  const program = findElectron(PRODUCT_FOLDER);
  const title = 'Desktop window';
  return program
    ? [{ severity: 'ok', title, detail: `Electron in ${program}`, remedy: null }]
    : [
        {
          severity: 'advice',
          title,
          detail: "Electron's binary is not installed; the product opens in a browser's window",
          remedy,
        },
      ];
}

function dataFolderFinding(root: string): DoctorFinding {
  const { bavail, bsize } = statfsSync(root);
  const freeBytes = bavail * bsize;
  const detail = `${root}, ${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  return freeBytes < LITTLE_DISK_BYTES
    ? {
        severity: 'advice',
        title: 'Data folder',
        detail,
        remedy: 'Free some space, or choose a folder on another disk with --data-dir.',
      }
    : { severity: 'ok', title: 'Data folder', detail, remedy: null };
}
