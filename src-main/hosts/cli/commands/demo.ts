/** lab demo: the whole way on drawn images, in a minute or two. */
import type { Command } from 'commander';
import { addCommand, parseCount, setAction } from '../command.ts';
import { followRun } from '../follow-run.ts';
import { itemsLine } from '../printers/run.ts';
import { printFinished } from './train.ts';

export function demoCommands(program: Command): void {
  const command = addCommand(
    program,
    'demo',
    'draw a small synthetic set, train a model on it for a few epochs and print the report',
  )
    .option('--model <id>', 'model to train', 'mobile_net')
    .option('--epochs <number>', 'how many epochs', '3');
  setAction<[], { model: string; epochs: string }>(command, async (session, { model, epochs }) => {
    const { client, output, signal } = session;
    const settings = { model, epochs: parseCount(epochs, '--epochs') };
    await client.call('run.resolve', { settings });
    output.line('Drawing synthetic images: no figure of this demo says anything about skin.');
    const stop = client.on('dataset.progress', (progress) => output.live(itemsLine('images', progress)));
    const dataset = await client.call('dataset.import-synthetic', {}, { signal });
    stop();
    output.line(
      `Dataset ${dataset.id}: ${dataset.imageCount} images of ${dataset.lesionCount} drawn lesions.`,
    );
    output.changed(`Dataset ${dataset.id} (${dataset.name}) was drawn.`);
    const finished = await followRun(session, () =>
      client.call('run.start', { datasetId: dataset.id, settings, name: 'demo' }),
    );
    printFinished(session, finished);
  });
}
