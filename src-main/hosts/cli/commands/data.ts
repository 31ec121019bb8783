/** lab data import | check | list | classes | delete */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError } from '../../../contract/errors.ts';
import type { ClassInfo, DatasetProblem, DatasetSummary } from '../../../contract/schema/dataset.ts';
import { addCommand, setAction } from '../command.ts';
import {
  addConfigOptions,
  addPresetOption,
  type ConfigOptions,
  type PresetOptions,
  presetOf,
  readSettings,
} from '../config-options.ts';
import { confirm } from '../confirm.ts';
import { readJsonFile } from '../json-file.ts';
import { csv } from '../printers/csv.ts';
import { formatCheck, formatDataset, formatDatasets } from '../printers/dataset.ts';
import { findDataset, importFolder } from '../references.ts';

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

function addImport(data: Command): void {
  const command = addCommand(data, 'import <folder>', 'read a folder of images; nothing in it is changed')
    .option('--name <text>', "name of the dataset; default: the folder's")
    .option('--layout <id>', 'ham10000 or folder-per-class; default: the one that fits');
  setAction<[string], { name?: string; layout?: string }>(command, async (session, options, folder) => {
    const { name, layout } = options;
    const { dataset, created } = await importFolder(session, { root: folder, name, layout });
    const text = [
      created ? 'Imported.' : 'Nothing new: the same content was imported from there before.',
      formatDataset(dataset),
      `"lab data check ${dataset.id}" shows cleaning, split and problems.`,
    ].join('\n\n');
    session.output.result({ dataset, created }, text);
  });
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
      const dataset = await findDataset(session, reference);
      const check = await client.call(
        'dataset.check',
        { id: dataset.id, preset: presetOf(options), settings: readSettings({ ...options }) },
        { signal },
      );
      const problems = await client.call('dataset.problems', { id: dataset.id });
      if (options.problems) writeFileSync(options.problems, problemTable(problems));
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
    'name the classes and mark the malignant ones: a JSON list of {code, name, malignant}',
  ).requiredOption('--set <file>', 'JSON file; a class that is left out stays as it is');
  setAction<[string], { set: string }>(command, async (session, { set }, reference) => {
    const { client, output } = session;
    const { id, classes } = await findDataset(session, reference);
    const dataset = await client.call('dataset.set-classes', { id, classes: mergeClasses(classes, set) });
    output.result({ dataset }, formatDataset(dataset));
  });
}

function mergeClasses(classes: DatasetSummary['classes'], file: string): ClassInfo[] {
  const given = readJsonFile(file) as ClassInfo[];
  if (!Array.isArray(given) || given.some((info) => typeof info?.code !== 'string')) {
    throw new AppError('bad-input', `${file} must hold a list of {"code", "name", "malignant"}.`);
  }
  const codes = classes.map(({ code }) => code);
  const unknown = given.find(({ code }) => !codes.includes(code));
  if (unknown) {
    throw new AppError(
      'bad-input',
      `${file} names the class "${unknown.code}"; the dataset has ${codes.join(', ')}.`,
    );
  }
  return classes.map((info) => ({ ...info, ...given.find(({ code }) => code === info.code) }));
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
