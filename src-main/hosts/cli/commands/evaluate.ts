/** lab evaluate | classify */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../contract/errors.ts';
import { addCommand, parseId, setAction } from '../command.ts';
import { classificationTable, formatClassification } from '../printers/classification.ts';
import { formatReport } from '../printers/report.ts';
import { itemsLine } from '../printers/run.ts';
import { findDataset, modelReference } from '../references.ts';
import { throwIfStopped } from '../session.ts';
import { requireTargetFile, writeTargetFile } from '../target.ts';

export function evaluateCommands(program: Command): void {
  addEvaluate(program);
  addClassify(program);
}

interface EvaluateOptions {
  readonly data: string;
  readonly skipUnknownClasses?: boolean;
}

function addEvaluate(program: Command): void {
  const command = addCommand(
    program,
    'evaluate <run>',
    "test a run's model on another labelled set; the report is kept with the run",
  )
    .requiredOption('--data <dataset>', 'number or name of a dataset, or a folder, which is imported')
    .option(
      '--skip-unknown-classes',
      'leave out images of classes that the model does not know; how many is told and kept with the report',
    );
  setAction<[string], EvaluateOptions>(command, async (session, options, reference) => {
    const { client, output, signal } = session;
    const { data, skipUnknownClasses } = options;
    const id = parseId(reference, 'run');
    await client.call('run.get', { id });
    const dataset = await findDataset(session, data);
    client.on('evaluate.progress', (progress) => output.live(itemsLine('images', progress)));
    const request = { id, datasetId: dataset.id, skipUnknownClasses };
    const result = await client.call('run.evaluate', request, { signal });
    const { report, seenImages } = result;
    const notes =
      seenImages > 0
        ? [
            `Note: run ${id} has seen ${seenImages} of these images or their lesions; the figures are too good.`,
          ]
        : [];
    const later = `"lab runs show ${id} --evaluation ${result.evaluation.id}" shows it again.`;
    output.result(result, [...notes, formatReport(report), later].join('\n\n'));
  });
}

function addClassify(program: Command): void {
  const command = addCommand(
    program,
    'classify <model> <paths...>',
    'ask a model (number of a run, or a model folder) about images or folders of them; research use, not a medical device',
  ).option('--csv <file>', 'write one row an image');
  setAction<[string, string[]], { csv?: string }>(command, async (session, options, reference, paths) => {
    const { client, output, signal } = session;
    const file = options.csv === undefined ? undefined : resolve(options.csv);
    if (file) requireTargetFile(file);
    client.on('classify.progress', (progress) => output.live(itemsLine('images', progress)));
    const classification = await client.call(
      'classify.images',
      { model: modelReference(reference), paths: paths.map((path) => resolve(path)) },
      { signal },
    );
    throwIfStopped(session);
    if (file) writeTargetFile(file, classificationTable(classification));
    output.result(classification, formatClassification(classification, options.csv));
    if (classification.answers.every(({ error }) => error !== null)) {
      throw new AppError('bad-image', 'None of the pictures could be read; the answers above say why.');
    }
  });
}
