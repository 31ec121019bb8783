/** lab evaluate | classify | export */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { AppError } from '../../../contract/errors.ts';
import { type Classification, EXPORT_FORMATS, type ExportFormat } from '../../../contract/schema/job.ts';
import { explainSystemError } from '../../../contract/system-error.ts';
import { addCommand, parseId, setAction } from '../command.ts';
import { classificationTable, formatClassification } from '../printers/classification.ts';
import { bytes } from '../printers/format.ts';
import { formatReport } from '../printers/report.ts';
import { itemsLine } from '../printers/run.ts';
import { findDataset, modelReference } from '../references.ts';

export function evaluateCommands(program: Command): void {
  addEvaluate(program);
  addClassify(program);
  addExport(program);
}

function addEvaluate(program: Command): void {
  const command = addCommand(
    program,
    'evaluate <run>',
    "test a run's model on another labelled set; the report is kept with the run",
  ).requiredOption('--data <dataset>', 'number or name of a dataset, or a folder, which is imported');
  setAction<[string], { data: string }>(command, async (session, { data }, reference) => {
    const { client, output, signal } = session;
    const id = parseId(reference, 'run');
    await client.call('run.get', { id });
    const dataset = await findDataset(session, data);
    client.on('evaluate.progress', (progress) => output.live(itemsLine('images', progress)));
    const result = await client.call('run.evaluate', { id, datasetId: dataset.id }, { signal });
    const { report, seenImages } = result;
    const notes =
      seenImages > 0
        ? [
            `Note: run ${id} has seen ${seenImages} of these images or their lesions; the figures are too good.`,
          ]
        : [];
    output.result(result, [...notes, formatReport(report)].join('\n\n'));
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
    client.on('classify.progress', (progress) => output.live(itemsLine('images', progress)));
    const classification = await client.call(
      'classify.images',
      { model: modelReference(reference), paths: paths.map((path) => resolve(path)) },
      { signal },
    );
    if (options.csv) writeTable(options.csv, classification);
    output.result(classification, formatClassification(classification, options.csv));
    if (classification.answers.every(({ error }) => error !== null)) {
      throw new AppError('bad-image', 'None of the pictures could be read; the answers above say why.');
    }
  });
}

function writeTable(file: string, classification: Classification): void {
  try {
    writeFileSync(file, classificationTable(classification));
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}

function addExport(program: Command): void {
  const command = addCommand(program, 'export <run>', "take a run's model out")
    .addOption(
      new Option(
        '--format <format>',
        'keras (Keras 3), h5 (Keras 2 and 3), or tfjs (a folder for TensorFlow.js and Lesion Lab)',
      )
        .choices(EXPORT_FORMATS)
        .default('keras'),
    )
    .option('--to <path>', 'file, or folder for tfjs; default: beside you, named after the run');
  setAction<[string], { format: ExportFormat; to?: string }>(
    command,
    async ({ client, output }, options, reference) => {
      const id = parseId(reference, 'run');
      const { run } = await client.call('run.get', { id });
      const name = `run-${id}-${run.config.model}${options.format === 'tfjs' ? '' : `.${options.format}`}`;
      const path = resolve(options.to ?? name);
      const files = await client.call('run.export', { id, format: options.format, path });
      output.result({ files }, files.map((file) => `${file.path} (${bytes(file.bytes)})`).join('\n'));
    },
  );
}
