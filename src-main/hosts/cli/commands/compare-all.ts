/** lab compare-all: the published table of seven, trained here, beside the published figures. */
import type { Command } from 'commander';
import { AppError, toFailure } from '../../../contract/errors.ts';
import type { ModelInfo } from '../../../contract/schema/catalogue.ts';
import type { TrainingConfig } from '../../../contract/schema/config.ts';
import { addCommand, setAction } from '../command.ts';
import { addConfigOptions, readSettings, requireEffect } from '../config-options.ts';
import { followRun } from '../follow-run.ts';
import { type ComparedModel, formatPublishedTable } from '../printers/published-table.ts';
import { findDataset } from '../references.ts';
import type { Session } from '../session.ts';

export function compareAllCommands(program: Command): void {
  const command = addCommand(
    program,
    'compare-all',
    'train the seven published models one after the other, with their published settings, and print our table beside the published one',
  ).requiredOption('--data <dataset>', 'number or name of a dataset, or a folder, which is imported');
  addConfigOptions(command, ['model', 'modelFile']);
  setAction<[], { data: string }>(command, async (session, options) => {
    const { client, output, signal } = session;
    const { settings } = readSettings({ ...options });
    const models = (await client.call('model.list', {})).filter(({ results }) => results !== null);
    // what one of them cannot take is told before the first of them has trained for hours
    const configs: TrainingConfig[] = [];
    for (const { id: model } of models) {
      configs.push(
        await client.call('run.resolve', { preset: 'published', settings: { ...settings, model } }),
      );
    }
    requireEffect({ ...options }, configs);
    const { data } = options;
    const dataset = await findDataset(session, data);
    const compared: ComparedModel[] = [];
    for (const model of models) {
      if (signal.aborted) break;
      output.line(`\n${model.id}: ${model.title}`);
      compared.push(await trainOne(session, model, dataset.id, settings));
    }
    output.result({ dataset, models: compared }, formatPublishedTable(dataset, compared));
    if (signal.aborted) {
      const stopped = compared.find(({ outcome }) => outcome === 'cancelled')?.run;
      throw new AppError('cancelled', `Stopped after ${compared.length} of ${models.length} models.`, {
        details: stopped ? { runId: stopped.id, epochsDone: stopped.epochsDone } : {},
      });
    }
    const failed = compared.filter(({ outcome }) => outcome === 'failed');
    if (failed.length > 0) {
      throw new AppError(
        'conflict',
        `${failed.map(({ model }) => model).join(', ')} failed; the table says why.`,
      );
    }
  });
}

/** A model whose ImageNet weights are missing is reported as such, never trained from scratch in their place. */
async function trainOne(
  session: Session,
  model: ModelInfo,
  datasetId: number,
  settings: Readonly<Record<string, unknown>>,
): Promise<ComparedModel> {
  const published = model.results;
  const preset = 'published' as const;
  const own = { ...settings, model: model.id };
  const { initialWeights } = await session.client.call('run.resolve', { preset, settings: own });
  if (initialWeights === 'imagenet' && model.weights?.folder === null) {
    const { fetch } = model.weights;
    const reason = `ImageNet weights missing: lab weights import ${fetch?.file ?? 'FILE'}`;
    session.output.line(reason);
    return { model: model.id, published, outcome: 'weights-missing', reason, run: null, losses: null };
  }
  try {
    const { detail, report } = await followRun(session, () =>
      session.client.call('run.start', { datasetId, preset, settings: own, name: `compare-all ${model.id}` }),
    );
    const lossOf = (part: string) => report.parts.find((candidate) => candidate.part === part)?.loss ?? null;
    const losses = { test: lossOf('test'), validation: lossOf('validation') };
    session.output.changed(`Run ${detail.run.id} (${model.id}) was trained.`);
    return { model: model.id, published, outcome: 'trained', reason: null, run: detail.run, losses };
  } catch (thrown) {
    const { code, message, details } = toFailure(thrown);
    if (code === 'locked' || code === 'internal') throw thrown;
    session.output.line(message);
    const outcome = code === 'cancelled' ? 'cancelled' : 'failed';
    const id = details?.runId;
    const run = typeof id === 'number' ? (await session.client.call('run.get', { id })).run : null;
    return { model: model.id, published, outcome, reason: message, run, losses: null };
  }
}
