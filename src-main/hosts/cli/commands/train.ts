/** lab train | resume */
import type { Command } from 'commander';
import { addCommand, parseId, setAction } from '../command.ts';
import {
  addConfigOptions,
  addPresetOption,
  type ConfigOptions,
  type PresetOptions,
  readSettings,
  requireEffect,
} from '../config-options.ts';
import { type FinishedRun, followRun } from '../follow-run.ts';
import { formatReport } from '../printers/report.ts';
import { findDataset } from '../references.ts';
import type { Session } from '../session.ts';

export function trainCommands(program: Command): void {
  const train = addCommand(
    program,
    'train',
    'train and evaluate a model; Ctrl-C stops after the step and keeps all',
  )
    .requiredOption('--data <dataset>', 'number or name of a dataset, or a folder, which is imported')
    .option('--name <text>', 'name of the run; default: the model');
  addPresetOption(train);
  addConfigOptions(train);
  setAction<[], ConfigOptions & PresetOptions & { data: string; name?: string }>(
    train,
    async (session, options) => {
      const request = readSettings({ ...options });
      requireEffect({ ...options }, [await session.client.call('run.resolve', request)]);
      const dataset = await findDataset(session, options.data);
      const finished = await followRun(session, () =>
        session.client.call('run.start', { datasetId: dataset.id, ...request, name: options.name }),
      );
      printFinished(session, finished);
    },
  );

  const resume = addCommand(
    program,
    'resume <run>',
    'go on with a cancelled, failed or interrupted run from its last epoch',
  );
  setAction<[string], object>(resume, async (session, _options, reference) => {
    const id = parseId(reference, 'run');
    printFinished(session, await followRun(session, () => session.client.call('run.resume', { id })));
  });
}

/** The report, and what can be done next. */
export function printFinished({ output }: Session, { detail, report }: FinishedRun): void {
  const { run } = detail;
  const text = [
    `Run ${run.id} (${run.name}) is completed: ${run.epochsDone} epochs, best ${run.bestEpoch ?? '-'}.`,
    ...run.warnings.map((warning) => `Note: ${warning}`),
    formatReport(report),
    `"lab runs show ${run.id}" shows all of it; "lab export ${run.id} --format keras --to FILE" takes the model out.`,
  ].join('\n\n');
  output.result({ run, report }, text);
}
