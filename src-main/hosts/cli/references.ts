/** What a person calls a dataset or a model on the command line, and what it is. Runs in the command line. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ModelReference } from '../../contract/api.ts';
import { AppError, nearestName } from '../../contract/errors.ts';
import type { ClassInfo, DatasetSummary } from '../../contract/schema/dataset.ts';
import { RELEASE_EXTENSION, type ReleaseSummary } from '../../contract/schema/release.ts';
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
 * A dataset by its number, its name, or a folder, which is imported on the fly. A number goes before a set of that name.
 * @throws AppError `not-found` with the nearest name
 */
export async function findDataset(session: Session, reference: string): Promise<DatasetSummary> {
  const { client, output } = session;
  const datasets = await client.call('dataset.list', {});
  const known =
    datasets.find(({ id }) => String(id) === reference) ?? datasets.find(({ name }) => name === reference);
  if (known) return known;
  if (existsSync(reference)) {
    const { dataset, created } = await importFolder(session, { root: reference });
    if (created) {
      output.line(`Imported ${dataset.imageCount} images as dataset ${dataset.id} (${dataset.name}).`);
      output.changed(`Dataset ${dataset.id} (${dataset.name}) was imported.`);
    }
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

const SHORTEST_HASH = 6;

/**
 * A released model by its name, "name@version", the beginning of its hash, or its file, which is taken in on the fly. Of several versions
 * of a name the one that was released last.
 * @throws AppError `not-found` with the nearest name; those of a bad file
 */
export async function findRelease(session: Session, reference: string): Promise<ReleaseSummary> {
  const { client, signal } = session;
  if (reference.endsWith(`.${RELEASE_EXTENSION}`) && existsSync(reference)) {
    return client.call('release.import', { path: resolve(reference) }, { signal });
  }
  const releases = await client.call('release.list', {});
  const isNamed = ({ name, version, hash }: ReleaseSummary) =>
    name === reference ||
    `${name}@${version}` === reference ||
    (reference.length >= SHORTEST_HASH && hash.startsWith(reference));
  const [known] = releases.filter(isNamed).sort((a, b) => b.releasedAt.localeCompare(a.releasedAt));
  if (known) return known;
  const names = releases.map(({ name }) => name);
  const near = nearestName(reference, names);
  throw new AppError(
    'not-found',
    `There is no released model "${reference}"${near ? `; did you mean "${near}"?` : '.'} ` +
      (names.length > 0
        ? `Known: ${names.join(', ')}.`
        : '"lab release create RUN" makes one, "lab release import FILE" takes one in.'),
  );
}
