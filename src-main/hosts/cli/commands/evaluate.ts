/** lab evaluate */
import type { Command } from 'commander';
import { addCommand, parseId, setAction } from '../command.ts';
import { drawnNote } from '../printers/dataset.ts';
import { formatReport } from '../printers/report.ts';
import { itemsLine } from '../printers/run.ts';
import { findDataset } from '../references.ts';

interface EvaluateOptions {
  readonly data: string;
  readonly skipUnknownClasses?: boolean;
}

export function evaluateCommands(program: Command): void {
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
    const { dataset: trainedOn } = await client.call('run.get', { id });
    const dataset = await findDataset(session, data);
    client.on('evaluate.progress', (progress) => output.live(itemsLine('images', progress)));
    const request = { id, datasetId: dataset.id, skipUnknownClasses };
    const result = await client.call('run.evaluate', request, { signal });
    const { report, seenImages } = result;
    const notes = [
      ...(dataset.synthetic ? [drawnNote(`the images of ${dataset.name}`)] : []),
      ...(trainedOn.synthetic ? [drawnNote(`the images that run ${id} was trained on`)] : []),
      ...(seenImages > 0
        ? [
            `Note: run ${id} has seen ${seenImages} of these images or their lesions; the figures are too good.`,
          ]
        : []),
    ];
    const later = `"lab runs show ${id} --evaluation ${result.evaluation.id}" shows it again.`;
    output.result(result, [...notes, formatReport(report), later].join('\n\n'));
  });
}
