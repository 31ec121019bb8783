/** lab data import | check | list | classes | delete */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { csv } from '../../../app/csv.ts';
import type { DatasetProblem, DatasetSummary } from '../../../contract/schema/dataset.ts';
import { asClasses, type ListedClass, mergeClasses, readClassList } from '../class-list.ts';
import { addCommand, setAction } from '../command.ts';
import {
  addConfigOptions,
  addPresetOption,
  type ConfigOptions,
  type PresetOptions,
  readSettings,
} from '../config-options.ts';
import { confirm } from '../confirm.ts';
import { formatCheck, formatDataset, formatDatasets } from '../printers/dataset.ts';
import { findDataset, importFolder } from '../references.ts';
import { type Session, throwIfStopped } from '../session.ts';
import { requireTargetFile, writeTargetFile } from '../target.ts';

export function dataCommands(program: Command): void {
  const data = program.command('data').description('datasets: import, check, list');
  addImport(data);
  addCheck(data);
  setAction(addCommand(data, 'list', 'the imported datasets'), async ({ client, output }) => {
    const datasets = await client.call('dataset.list', {});
    output.result({ datasets }, formatDatasets(datasets));
  });
  addClasses(data);
  addDelete(data);
}

/** What `data import` and `data classes` read, in words. */
const CLASS_LIST = 'a JSON list or a CSV table of code, name, malignant (true, false or unknown)';

interface ImportOptions {
  readonly name?: string;
  readonly layout?: string;
  readonly classes?: string;
}

function addImport(data: Command): void {
  const command = addCommand(data, 'import <folder>', 'read a folder of images; nothing in it is changed')
    .option('--name <text>', "name of the dataset; default: the folder's")
    .option(
      '--layout <id>',
      'by which layout to read it, such as ham10000 (a wrong id is answered with the list); default: the one that fits',
    )
    .option(
      '--classes <file>',
      `the classes, in place of the layout's own: ${CLASS_LIST}; diagnoses that it leaves out are skipped and listed, folders keep their name`,
    );
  setAction<[string], ImportOptions>(command, async (session, options, folder) => {
    const { name, layout, classes: file } = options;
    const listed = file === undefined ? undefined : readClassList(file);
    const classes = listed && asClasses(listed);
    const imported = await importFolder(session, { root: folder, name, layout, classes });
    const { created } = imported;
    const dataset =
      created || !listed ? imported.dataset : await renameClasses(session, imported.dataset, listed);
    const changes = [
      ...(listed ? [`its classes are now as in ${file}`] : []),
      ...(name === undefined || name === dataset.name ? [] : [`it keeps its name, "${dataset.name}"`]),
    ];
    const text = [
      created
        ? 'Imported.'
        : `${['Nothing new: the same content was imported from there before', ...changes].join('; ')}.`,
      formatDataset(dataset),
      `"lab data check ${dataset.id}" shows cleaning, split and problems.`,
    ].join('\n\n');
    session.output.result({ dataset, created }, text);
  });
}

/** A dataset that was there before takes what the list says of the classes that it has. */
function renameClasses(
  { client }: Session,
  { id, classes }: DatasetSummary,
  listed: readonly ListedClass[],
): Promise<DatasetSummary> {
  const codes = classes.map(({ code }) => code);
  const known = listed.filter(({ code }) => codes.includes(code));
  return client.call('dataset.set-classes', { id, classes: mergeClasses(classes, known) });
}

function addCheck(data: Command): void {
  const command = addCommand(
    data,
    'check <dataset>',
    'cleaning, split, duplicates and problems of a dataset (number, name or folder)',
  ).option('--problems <file>', 'write all problems as CSV');
  addPresetOption(command);
  addConfigOptions(command);
  setAction<[string], ConfigOptions & PresetOptions & { problems?: string }>(
    command,
    async (session, options, reference) => {
      const { client, output, signal } = session;
      const file = options.problems === undefined ? undefined : resolve(options.problems);
      if (file) requireTargetFile(file);
      const dataset = await findDataset(session, reference);
      const check = await client.call(
        'dataset.check',
        { id: dataset.id, ...readSettings({ ...options }) },
        { signal },
      );
      throwIfStopped(session);
      const problems = await client.call('dataset.problems', { id: dataset.id });
      if (file) writeTargetFile(file, problemTable(problems));
      const messages = problems.map(({ kind, message }) => `${kind}: ${message}`);
      output.result({ dataset, check, problems }, formatCheck(dataset, check, messages));
    },
  );
}

function problemTable(problems: readonly DatasetProblem[]): string {
  return csv([
    ['kind', 'image_ids', 'message'],
    ...problems.map(({ kind, imageIds, message }) => [kind, imageIds.join(' '), message]),
  ]);
}

function addClasses(data: Command): void {
  const command = addCommand(
    data,
    'classes <dataset>',
    'name the classes and mark the malignant ones',
  ).requiredOption('--set <file>', `${CLASS_LIST}; what it leaves out stays as it is`);
  setAction<[string], { set: string }>(command, async (session, { set }, reference) => {
    const { client, output } = session;
    const listed = readClassList(set);
    const { id, classes } = await findDataset(session, reference);
    const dataset = await client.call('dataset.set-classes', { id, classes: mergeClasses(classes, listed) });
    output.result({ dataset }, formatDataset(dataset));
  });
}

function addDelete(data: Command): void {
  const command = addCommand(data, 'delete <dataset>', 'forget a dataset; its images are not touched').option(
    '--yes',
    'do not ask',
  );
  setAction<[string], { yes?: boolean }>(command, async (session, { yes }, reference) => {
    const dataset = await findDataset(session, reference);
    await confirm(session, `Forget dataset ${dataset.id} (${dataset.name})?`, yes);
    await session.client.call('dataset.delete', { id: dataset.id });
    session.output.result(
      { deleted: dataset.id },
      `Dataset ${dataset.id} is forgotten; its images are untouched.`,
    );
  });
}
