/**
 * lab: the command line of Lesion Lab. Exit status 0 only on success, 1 on a failure, 2 for a command that was not
 * understood, 130 after Ctrl-C.
 */
import { Command, CommanderError } from 'commander';
import { AppError, toFailure } from '../../contract/errors.ts';
import { explainSystemError } from '../../contract/system-error.ts';
import type { CommandGroup } from './command.ts';
import { compareAllCommands } from './commands/compare-all.ts';
import { dataCommands } from './commands/data.ts';
import { demoCommands } from './commands/demo.ts';
import { doctorCommands } from './commands/doctor.ts';
import { evaluateCommands } from './commands/evaluate.ts';
import { modelCommands } from './commands/models.ts';
import { runCommands } from './commands/runs.ts';
import { trainCommands } from './commands/train.ts';
import { weightCommands } from './commands/weights.ts';
import { inFlags } from './config-options.ts';
import { EXIT_SUCCESS, EXIT_USAGE, exitStatusOf, explainFailure, formatFailure } from './failure.ts';
import { productVersion } from './session.ts';

/** All groups, in the order of the help. */
const GROUPS: readonly CommandGroup[] = [
  dataCommands,
  modelCommands,
  trainCommands,
  runCommands,
  evaluateCommands,
  compareAllCommands,
  weightCommands,
  doctorCommands,
  demoCommands,
];

function createProgram(): Command {
  const program = new Command('lab')
    .description(
      'Lesion Lab: train, compare and question skin-lesion classifiers, offline. Research use, not a medical device.',
    )
    .version(productVersion())
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const add of GROUPS) add(program);
  return program;
}

/** @returns the exit status */
async function run(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv, { from: 'user' });
    return EXIT_SUCCESS;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT_SUCCESS;
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') return EXIT_USAGE;
    const isUsage = thrown instanceof CommanderError;
    const error = isUsage
      ? new AppError('bad-input', thrown.message.replace(/^error: /, '').replace(/\s+/g, ' '))
      : explainSystemError(thrown);
    const failure = toFailure(error);
    const explained = explainFailure({ ...failure, message: inFlags(failure.message) });
    process.stderr.write(
      argv.includes('--json') ? `${JSON.stringify({ error: explained })}\n` : formatFailure(explained),
    );
    return isUsage ? EXIT_USAGE : exitStatusOf(failure.code);
  }
}

process.exitCode = await run(process.argv.slice(2));
