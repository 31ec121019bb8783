/** lab weights import | list | remove */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand, setAction } from '../command.ts';
import { confirm } from '../confirm.ts';
import { formatWeights } from '../printers/catalogue.ts';

export function weightCommands(program: Command): void {
  const weights = program.command('weights').description('ImageNet weights of the backbones');
  const importing = addCommand(
    weights,
    'import <file>',
    'take weights into the data folder: .h5, .weights.h5, .keras, or a folder of TensorFlow.js',
  ).option('--backbone <id>', 'which backbone it is; default: the one that fits');
  setAction<[string], { backbone?: string }>(importing, async (session, { backbone }, file) => {
    const { client, output, signal } = session;
    const imported = await client.call('weights.import', { path: resolve(file), backbone }, { signal });
    output.result(imported, `${imported.arrays} arrays of ${imported.title} are in ${imported.folder}.`);
  });

  setAction(
    addCommand(weights, 'list', 'which weights are there, and where to get the others'),
    async (session) => {
      const listed = await session.client.call('weights.list', {});
      session.output.result({ weights: listed }, formatWeights(listed));
    },
  );

  const removing = addCommand(
    weights,
    'remove <backbone>',
    'take imported weights away; those that come with the product serve again',
  ).option('--yes', 'do not ask');
  setAction<[string], { yes?: boolean }>(removing, async (session, { yes }, backbone) => {
    await confirm(session, `Remove the imported weights of ${backbone}?`, yes);
    const listed = await session.client.call('weights.remove', { backbone });
    session.output.result({ weights: listed }, formatWeights(listed));
  });
}
