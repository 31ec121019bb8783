/** lab models */
import type { Command } from 'commander';
import { AppError, nearestName } from '../../../contract/errors.ts';
import { addCommand, setAction } from '../command.ts';
import { formatModel, formatModels } from '../printers/catalogue.ts';

export function modelCommands(program: Command): void {
  const command = addCommand(program, 'models [model]', 'the models, or the presets of one of them');
  setAction<[string | undefined], object>(command, async ({ client, output }, _options, id) => {
    const models = await client.call('model.list', {});
    if (id === undefined) {
      output.result({ models }, formatModels(models));
      return;
    }
    const model = models.find((candidate) => candidate.id === id);
    if (!model) {
      const ids = models.map((candidate) => candidate.id);
      const near = nearestName(id, ids);
      throw new AppError(
        'not-found',
        `There is no model "${id}"${near ? `; did you mean "${near}"?` : '.'} Known are ${ids.join(', ')}.`,
      );
    }
    output.result({ model }, formatModel(model));
  });
}
