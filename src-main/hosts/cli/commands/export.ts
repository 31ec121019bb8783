/** lab export */
import { existsSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { AppError } from '../../../contract/errors.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../../contract/schema/job.ts';
import { addCommand, parseId, setAction } from '../command.ts';
import { bytes } from '../printers/format.ts';
import { requireTargetFolder } from '../target.ts';

interface ExportOptions {
  readonly format?: ExportFormat;
  readonly to?: string;
}

export function exportCommands(program: Command): void {
  const command = addCommand(program, 'export <run>', "take a run's model out")
    .addOption(
      new Option(
        '--format <format>',
        'keras (Keras 3), h5 (Keras 2 and 3), or tfjs (a folder for TensorFlow.js and Lesion Lab); default: by the ending of --to, else keras',
      ).choices(EXPORT_FORMATS),
    )
    .option(
      '--to <path>',
      'file (or a folder that is there, to put it in); for tfjs the folder to make; an earlier one of that name is replaced; default: beside you, named after the run',
    );
  setAction<[string], ExportOptions>(command, async ({ client, output, signal }, options, reference) => {
    const id = parseId(reference, 'run');
    const { run } = await client.call('run.get', { id });
    const format = formatOf(options);
    const path = pathOf(options, format, `run-${id}-${run.config.model}`);
    requireTargetFolder(format === 'tfjs' ? path : dirname(path));
    const files = await client.call('run.export', { id, format, path }, { signal });
    output.result({ files }, files.map((file) => `${file.path} (${bytes(file.bytes)})`).join('\n'));
  });
}

/** @throws AppError `bad-input` where the ending of --to says something else than --format */
function formatOf({ format, to = '' }: ExportOptions): ExportFormat {
  const ending = extname(to).slice(1).toLowerCase();
  const byEnding = EXPORT_FORMATS.find((known) => known === ending && known !== 'tfjs');
  if (format && byEnding && format !== byEnding) {
    throw new AppError(
      'bad-input',
      `--to ${to} ends in .${ending}, and --format is ${format}; leave --format out, or name a path that fits.`,
    );
  }
  return format ?? byEnding ?? 'keras';
}

/** @throws AppError `bad-input` where a Keras file would have another ending */
function pathOf({ to }: ExportOptions, format: ExportFormat, name: string): string {
  const file = format === 'tfjs' ? name : `${name}.${format}`;
  if (to === undefined) return resolve(file);
  if (format === 'tfjs') return resolve(to);
  if (existsSync(to) && statSync(to).isDirectory()) return resolve(join(to, file));
  if (extname(to).toLowerCase() === `.${format}`) return resolve(to);
  throw new AppError(
    'bad-input',
    `A ${format} file ends in .${format}; --to is ${to}, which is no folder that is there.`,
  );
}
