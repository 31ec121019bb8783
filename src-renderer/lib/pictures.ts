/** Pictures up to the host and down from it, beside the link. Runs in the window. */
import { AppError, type ErrorCode } from '../../src-main/contract/errors.ts';
import { FailureMessage } from '../../src-main/contract/wire.ts';

/** The host's own limit, told before a byte is sent. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/**
 * Sends a patient's picture, which the host holds in memory alone.
 * @returns its asset id. @throws AppError naming the picture: `bad-input` (too large), `bad-image`, `worker-died`
 */
export async function holdPicture(file: File, signal?: AbortSignal): Promise<string> {
  const failed = (code: ErrorCode, message: string, cause?: unknown) =>
    new AppError(code, `${file.name}: ${message}`, { cause });
  if (file.size > LARGEST_BYTES) {
    throw failed('bad-input', 'The picture is larger than 64 MiB. Choose a smaller file.');
  }
  const reply = await fetch('/hold', { method: 'POST', body: file, signal: signal ?? null }).catch(
    (cause) => {
      throw failed(signal?.aborted ? 'cancelled' : 'worker-died', 'The picture was not sent.', cause);
    },
  );
  const answer: unknown = await reply.json().catch(() => null);
  if (reply.ok) return (answer as { asset: string }).asset;
  const failure = FailureMessage.safeParse(answer);
  if (!failure.success) throw failed('internal', `The picture was refused (HTTP ${reply.status}).`);
  throw failed(failure.data.code, failure.data.message);
}

/** Whether the host still holds a picture: those that came first are let go where there are many. */
export async function isStillThere(id: string, signal?: AbortSignal): Promise<boolean> {
  const reply = await fetch(assetAddress(id), { signal: signal ?? null }).catch(() => null);
  await reply?.body?.cancel();
  return reply?.ok ?? false;
}

/** Address of a picture by its asset id. */
export function assetAddress(id: string): string {
  return `/pictures/${encodeURIComponent(id)}`;
}

/** Address of a picture of a dataset. */
export function pictureAddress(datasetId: number, imageId: string): string {
  return assetAddress(`image:${datasetId}:${imageId}`);
}

/** Address of its small copy, at most 160 pixels long, for lists and galleries. */
export function thumbnailAddress(datasetId: number, imageId: string): string {
  return assetAddress(`thumbnail:${datasetId}:${imageId}`);
}
