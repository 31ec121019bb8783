/** Weights that a browser sent, under the name that their file had there. Runs in the host. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WeightsImport } from '../contract/schema/catalogue.ts';
import { explainSystemError } from '../contract/system-error.ts';
import type { Catalogue } from './catalogue.ts';
import type { RunTransfers } from './run-transfers.ts';

export interface WeightsRequest {
  /** Of a file or folder of this machine, or the asset id of one that was sent. */
  readonly path: string;
  /** What the sent file was called. */
  readonly fileName?: string | undefined;
  readonly backbone?: string | undefined;
}

/** Imports from where the file lies; one that was sent is gone afterwards. @throws AppError as the catalogue does, and `not-found` */
export async function importWeights(
  {
    catalogue,
    transfers,
  }: { readonly catalogue: Pick<Catalogue, 'importWeights'>; readonly transfers: RunTransfers },
  { path, fileName = 'weights', backbone }: WeightsRequest,
  signal: AbortSignal,
): Promise<WeightsImport> {
  if (!transfers.isAsset(path)) return catalogue.importWeights({ path, backbone }, signal);
  const sent = transfers.fileOf(path).path;
  const folder = mkdtempSync(join(dirname(sent), 'weights-'));
  try {
    const named = join(folder, plainName(fileName));
    renameSync(sent, named);
    return await catalogue.importWeights({ path: named, backbone }, signal);
  } catch (thrown) {
    throw explainSystemError(thrown);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    transfers.forget(path);
  }
}

/** A name that leads nowhere else. */
function plainName(name: string): string {
  return name.replace(/[^\w.-]/g, '_').replace(/^\.+/, '') || 'weights';
}
