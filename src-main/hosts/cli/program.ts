/** All commands of `lab`, put together. Runs in the command line. */
import { Command } from 'commander';
import type { CommandGroup } from './command.ts';
import { classifyCommands } from './commands/classify.ts';
import { compareAllCommands } from './commands/compare-all.ts';
import { dataCommands } from './commands/data.ts';
import { demoCommands } from './commands/demo.ts';
import { doctorCommands } from './commands/doctor.ts';
import { evaluateCommands } from './commands/evaluate.ts';
import { exportCommands } from './commands/export.ts';
import { modelCommands } from './commands/models.ts';
import { releaseCommands } from './commands/releases.ts';
import { runCommands } from './commands/runs.ts';
import { trainCommands } from './commands/train.ts';
import { weightCommands } from './commands/weights.ts';
import { productVersion } from './session.ts';

/** All groups, in the order of the help. */
const GROUPS: readonly CommandGroup[] = [
  dataCommands,
  modelCommands,
  trainCommands,
  runCommands,
  evaluateCommands,
  releaseCommands,
  classifyCommands,
  exportCommands,
  compareAllCommands,
  weightCommands,
  doctorCommands,
  demoCommands,
];

/** @throws CommanderError from its parse methods, in place of ending the process */
export function createProgram(): Command {
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
