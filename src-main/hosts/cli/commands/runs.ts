/** lab runs list | show | report | compare | label | delete | export | pack | unpack */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { EvaluationHead, RunDetail } from '../../../contract/api.ts';
import { AppError } from '../../../contract/errors.ts';
import {
  RUN_ORDERS,
  RUN_STATUSES,
  type RunQuery,
  type RunRecord,
  type RunStatus,
} from '../../../contract/schema/run.ts';
import { explainSystemError } from '../../../contract/system-error.ts';
import { addCommand, parseCount, parseId, setAction } from '../command.ts';
import { configFileOf } from '../config-options.ts';
import { confirm } from '../confirm.ts';
import { readJsonFile } from '../json-file.ts';
import { bytes } from '../printers/format.ts';
import { formatReport } from '../printers/report.ts';
import { formatComparison, formatRun, formatRuns } from '../printers/run.ts';
import { epochTable, predictionTable, splitTable } from '../printers/run-tables.ts';
import type { Session } from '../session.ts';
import { makeTargetFolder } from '../target.ts';
import { addArchive } from './run-archive.ts';
import { addReport } from './run-report.ts';

export function runCommands(program: Command): void {
  const runs = program
    .command('runs')
    .description('the history: list, show, report, compare, label, delete, export, pack, unpack');
  addList(runs);
  addShow(runs);
  addReport(runs);
  addCompare(runs);
  addLabel(runs);
  addDelete(runs);
  addExport(runs);
  addArchive(runs);
}

interface ListOptions {
  readonly model?: string;
  readonly status?: RunStatus;
  readonly sort: RunQuery['order'];
  readonly limit?: string;
}

function addList(runs: Command): void {
  const command = addCommand(runs, 'list', 'all runs, the newest first')
    .option('--model <id>', 'of this model only')
    .addOption(new Option('--status <status>', 'in this state only').choices(RUN_STATUSES))
    .addOption(new Option('--sort <by>', 'order').choices(RUN_ORDERS).default('newest'))
    .option('--limit <number>', 'at most so many');
  setAction<[], ListOptions>(command, async ({ client, output }, { model, status, sort, limit }) => {
    const listed = await client.call('run.list', {
      model,
      status,
      order: sort,
      limit: limit === undefined ? undefined : parseCount(limit, '--limit'),
    });
    const isNarrowed = model !== undefined || status !== undefined;
    output.result({ runs: listed }, formatRuns(listed, isNarrowed));
  });
}

function addShow(runs: Command): void {
  const command = addCommand(runs, 'show <run>', 'configuration, epochs, report and files of a run').option(
    '--evaluation <number>',
    'the report of a test on another set instead, as "lab evaluate" made it',
  );
  setAction<[string], { evaluation?: string }>(command, async ({ client, output }, options, reference) => {
    const id = parseId(reference, 'run');
    const detail = await client.call('run.get', { id });
    if (options.evaluation !== undefined) {
      const evaluation = findEvaluation(detail, parseId(options.evaluation, 'evaluation'));
      const external = await client.call('evaluation.report', { id: evaluation.id });
      output.result({ evaluation, report: external }, formatReport(external));
      return;
    }
    const report = await client.call('run.report', { id });
    const text = [formatRun(detail), ...(report ? [formatReport(report)] : [])].join('\n\n');
    output.result({ ...detail, report }, text);
  });
}

function findEvaluation({ run, evaluations }: RunDetail, id: number): EvaluationHead {
  const found = evaluations.find((evaluation) => evaluation.id === id);
  if (found) return found;
  const known = evaluations.map((evaluation) => evaluation.id).join(', ') || 'none';
  throw new AppError('not-found', `Run ${run.id} has no evaluation ${id}; it has ${known}.`);
}

function addCompare(runs: Command): void {
  const command = addCommand(
    runs,
    'compare <first> <second>',
    'whether two runs differ on images neither has seen',
  );
  setAction<[string, string], object>(command, async ({ client, output }, _options, one, other) => {
    const [first, second] = [parseId(one, 'run'), parseId(other, 'run')];
    const comparison = await client.call('run.compare', { first, second });
    const details = [
      await client.call('run.get', { id: first }),
      await client.call('run.get', { id: second }),
    ] as const;
    output.result(comparison, formatComparison(...details, comparison));
  });
}

interface LabelOptions {
  readonly name?: string;
  readonly notes?: string;
  readonly tag?: string[];
  readonly star?: boolean;
}

function addLabel(runs: Command): void {
  const command = addCommand(runs, 'label <run>', 'name, notes, tags and star of a run')
    .option('--name <text>', 'a new name')
    .option('--notes <text>', 'notes in place of those that are there')
    .option('--tag <text...>', 'tags in place of those that are there')
    .option('--star', 'mark it')
    .option('--no-star', 'unmark it');
  setAction<[string], LabelOptions>(command, async ({ client, output }, options, reference) => {
    const { name, notes, tag: tags, star: starred } = options;
    const labels = { name, notes, tags, starred };
    if (Object.values(labels).every((label) => label === undefined)) {
      throw new AppError('bad-input', 'Nothing to change: give --name, --notes, --tag, --star or --no-star.');
    }
    const run = await client.call('run.label', { id: parseId(reference, 'run'), labels });
    const shownTags = run.tags.length > 0 ? ` [${run.tags.join(', ')}]` : '';
    output.result({ run }, `Run ${run.id} is labelled: ${run.name}${run.starred ? ' *' : ''}${shownTags}`);
  });
}

function addDelete(runs: Command): void {
  const command = addCommand(
    runs,
    'delete <run...>',
    'forget runs and delete their files, after asking',
  ).option('--yes', 'do not ask');
  setAction<[string[]], { yes?: boolean }>(command, async (session, { yes }, references) => {
    const { client, output } = session;
    const ids = [...new Set(references.map((reference) => parseId(reference, 'run')))];
    const { busy } = await client.call('run.storage', { ids });
    if (busy.length > 0) {
      const message = `Run(s) ${busy.join(', ')} train or wait to. Stop them first, or leave them out.`;
      throw new AppError('conflict', message);
    }
    await confirm(session, `Delete run(s) ${ids.join(', ')} with all files?`, yes);
    let freedBytes = 0;
    for (const id of ids) {
      freedBytes += (await client.call('run.delete', { id })).freedBytes;
      output.changed(`Run ${id} was deleted.`);
    }
    output.result({ deleted: ids, freedBytes }, `Deleted ${ids.join(', ')}; ${bytes(freedBytes)} freed.`);
  });
}

function addExport(runs: Command): void {
  const command = addCommand(
    runs,
    'export <run>',
    'everything that is known of a run as files: run.json, config.json (for "lab train --config"), epochs.csv, report.json, split.csv, predictions.csv, and an evaluation-N.json and .csv for each test on another set',
  ).requiredOption(
    '--to <folder>',
    "a folder, made when only it is missing; files of the same name are replaced, but not another run's",
  );
  setAction<[string], { to: string }>(command, async (session, { to }, reference) => {
    const files = await exportRun(session, parseId(reference, 'run'), resolve(to));
    session.output.result({ files }, files.join('\n'));
  });
}

async function exportRun({ client }: Session, id: number, folder: string): Promise<string[]> {
  const { run, dataset, epochs, artifacts, evaluations } = await client.call('run.get', { id });
  requireNoOtherExport(folder, run);
  const report = await client.call('run.report', { id });
  const split = await client.call('run.split', { id });
  const predictions = await client.call('run.predictions', { id });
  const contents: [string, string][] = [
    ['run.json', JSON.stringify({ run, dataset, artifacts }, null, 2)],
    ['config.json', JSON.stringify(configFileOf(run.config), null, 2)],
    ['epochs.csv', epochTable(epochs)],
    ...(report ? [['report.json', JSON.stringify(report, null, 2)] satisfies [string, string]] : []),
    ...(split ? [['split.csv', splitTable(split)] satisfies [string, string]] : []),
    ...(predictions.length > 0
      ? [['predictions.csv', predictionTable(dataset.classes, predictions)] satisfies [string, string]]
      : []),
  ];
  for (const { id: evaluation, source } of evaluations) {
    if (source === 'training') continue;
    const external = await client.call('evaluation.report', { id: evaluation });
    const answers = await client.call('evaluation.predictions', { id: evaluation });
    contents.push(
      [`evaluation-${evaluation}.json`, JSON.stringify(external, null, 2)],
      [`evaluation-${evaluation}.csv`, predictionTable(external.classes, answers)],
    );
  }
  makeTargetFolder(folder);
  try {
    return contents.map(([name, text]) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    });
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}

/** What this run has not (a report, a test on another set) would stay there as the other's. @throws AppError `conflict` */
function requireNoOtherExport(folder: string, { id, createdAt }: RunRecord): void {
  const file = join(folder, 'run.json');
  if (!existsSync(file)) return;
  const other = (readJsonFile(file) as { run?: Partial<RunRecord> } | null)?.run;
  if (other?.id === id && other.createdAt === createdAt) return;
  throw new AppError('conflict', `${file} is of another run; choose another folder, or delete it first.`);
}
