/** What a person calls a dataset or a model on the command line, and what it is. Runs in the command line. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ModelReference } from '../../contract/api.ts';
import { AppError, nearestName } from '../../contract/errors.ts';
import type { ClassInfo, DatasetSummary } from '../../contract/schema/dataset.ts';
import { itemsLine } from './printers/run.ts';
import type { Session } from './session.ts';

/** Imports a folder with a live line. */
export async function importFolder(
  { client, output, signal }: Session,
  request: {
    root: string;
    name?: string | undefined;
    layout?: string | undefined;
    classes?: ClassInfo[] | undefined;
  },
): Promise<{ dataset: DatasetSummary; created: boolean }> {
  const root = resolve(request.root);
  const stop = client.on('dataset.progress', (progress) => output.live(itemsLine('images', progress)));
  try {
    return await client.call('dataset.import', { ...request, root }, { signal });
  } finally {
    stop();
    output.live('');
  }
}

/**
 * A dataset by its number, its name, or a folder, which is imported on the fly.
 * @throws AppError `not-found` with the nearest name
 */
export async function findDataset(session: Session, reference: string): Promise<DatasetSummary> {
  const { client, output } = session;
  const datasets = await client.call('dataset.list', {});
  const known = datasets.find(({ id, name }) => name === reference || String(id) === reference);
  if (known) return known;
  if (existsSync(reference)) {
    const { dataset, created } = await importFolder(session, { root: reference });
    if (created)
      output.line(`Imported ${dataset.imageCount} images as dataset ${dataset.id} (${dataset.name}).`);
    return dataset;
  }
  const names = datasets.map(({ name }) => name);
  const near = nearestName(reference, names);
  throw new AppError(
    'not-found',
    `There is no dataset and no folder "${reference}"${near ? `; did you mean "${near}"?` : '.'} ` +
      (names.length > 0 ? `Known datasets: ${names.join(', ')}.` : '"lab data import FOLDER" adds one.'),
  );
}

/** A run by its number, or the folder of a saved model. */
export function modelReference(reference: string): ModelReference {
  return /^\d+$/.test(reference) ? { runId: Number(reference) } : { folder: resolve(reference) };
}
