/** lab runs pack | unpack: runs carried to another machine in one file, with their models. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand, parseId, setAction } from '../command.ts';
import { bytes } from '../printers/format.ts';
import type { Session } from '../session.ts';

export function addArchive(runs: Command): void {
  const packing = addCommand(
    runs,
    'pack <run...>',
    'one file with all of these runs, models and predictions included, for "lab runs unpack" on another machine; no image and no patient data goes into it',
  ).requiredOption('--to <file>', 'the file to make; one that is there already is not replaced');
  setAction<[string[]], { to: string }>(packing, async (session, { to }, references) => {
    const ids = references.map((reference) => parseId(reference, 'run'));
    const packed = await withProgress(session, 'packed', () =>
      session.client.call('run.pack', { ids, path: resolve(to) }, { signal: session.signal }),
    );
    const { path, runs: packedRuns, bytes: size } = packed;
    session.output.result(
      { path, runs: packedRuns, bytes: size },
      `Packed run(s) ${packedRuns.join(', ')} into ${path} (${bytes(size)}).`,
    );
  });

  const unpacking = addCommand(
    runs,
    'unpack <file>',
    'take the runs of a file of "lab runs pack" into the history, once every hash has been checked',
  ).option('--skip-existing', 'leave out runs that are here already, in place of refusing the file');
  setAction<[string], { skipExisting?: boolean }>(unpacking, async (session, options, file) => {
    const request = { path: resolve(file), skipExisting: options.skipExisting ?? false };
    const unpacked = await withProgress(session, 'unpacked', () =>
      session.client.call('run.unpack', request, { signal: session.signal }),
    );
    const { runs: taken, skipped, absentDatasets } = unpacked;
    const lines = [
      ...taken.map(({ id, name }) => `Run ${id} ${name} is in the history.`),
      ...skipped.map((name) => `${name} was here already.`),
      ...absentDatasets.map(
        (name) => `Dataset "${name}": "lab data import FOLDER" of the same images adds its pictures.`,
      ),
    ];
    session.output.result(unpacked, lines.join('\n'));
  });
}

async function withProgress<T>(
  { client, output }: Session,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const stop = client.on('run.carrying', ({ done, total }) =>
    output.live(`${what} ${bytes(done)} of ${bytes(total)}`),
  );
  try {
    return await work();
  } finally {
    stop();
    output.live('');
  }
}
