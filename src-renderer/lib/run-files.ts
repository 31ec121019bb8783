/**
 * Files of runs between a window and its host. Electron knows where a file lies, and has a dialog for where one is to lie; from a browser
 * the file itself goes up and comes down. Runs in the window.
 */
import { AppError, fromFailure } from '../../src-main/contract/errors.ts';
import { FailureMessage } from '../../src-main/contract/wire.ts';
import { electronBridge } from './bridge.ts';
import { chooseFolder, pathOfDroppedFile } from './choose-folder.ts';
import type { Api } from './connect.ts';

/** What "run.unpack" takes: the file's path, or the asset id of the upload. @throws AppError `disk-full`, `cancelled`, … */
export async function handOver(file: File, signal: AbortSignal): Promise<string> {
  const path = pathOfDroppedFile(file);
  if (path) return path;
  const reply = await fetch('/upload-runs', { method: 'POST', body: file, signal }).catch((cause) => {
    throw new AppError(
      signal.aborted ? 'cancelled' : 'worker-died',
      `${file.name} was not sent. Try again.`,
      { cause },
    );
  });
  const answer: unknown = await reply.json().catch(() => null);
  if (reply.ok) return (answer as { asset: string }).asset;
  const failure = FailureMessage.safeParse(answer);
  if (!failure.success) throw new AppError('internal', `${file.name} was refused (HTTP ${reply.status}).`);
  throw fromFailure({ code: failure.data.code, message: failure.data.message });
}

/** Where a file is to lie: a path; null for "to be downloaded"; undefined when a person chose no folder. */
export async function choosePlace(api: Api, name: string): Promise<string | null | undefined> {
  if (!electronBridge) return null;
  const folder = await chooseFolder(api);
  if (folder === null) return undefined;
  const separator = folder.includes('\\') ? '\\' : '/';
  return `${folder.replace(/[\\/]$/, '')}${separator}${name}`;
}

/** Lets the browser keep a packed file where it keeps downloads. */
export function downloadRunFile(asset: string): void {
  const link = document.createElement('a');
  link.href = `/run-files/${encodeURIComponent(asset)}`;
  link.download = '';
  link.click();
}
