/** What every command has in common: --json, --data-dir, an output and a session. Runs in the command line. */
import type { Command } from 'commander';
import { AppError } from '../../contract/errors.ts';
import { createOutput, type Output } from './output.ts';
import { type Session, withSession } from './session.ts';

/** Adds its commands to the program. */
export type CommandGroup = (program: Command) => void;

/** What a command failed with, and the output that has to tell it. */
export class CommandFailure extends Error {
  readonly output: Output;

  constructor(cause: unknown, output: Output) {
    super('the command failed', { cause });
    this.output = output;
  }
}

/** A command with the options that all have. @param usage name and arguments, as commander writes them */
export function addCommand(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'print one JSON document, on success and on failure')
    .option(
      '--data-dir <folder>',
      "the data folder; default: LESION_LAB_DATA_DIR, or the platform's usual place",
    );
}

/** Sets what a command does. `work` gets the session, the arguments and the options; it fails as a CommandFailure. */
export function setAction<A extends readonly unknown[], O>(
  command: Command,
  work: (session: Session, options: O, ...parameters: A) => Promise<void>,
): Command {
  return command.action(async (...given: unknown[]) => {
    const parameters = given.slice(0, -2) as unknown as A;
    const options = command.opts<O & { json?: boolean; dataDir?: string }>();
    const output = createOutput({ out: process.stdout, error: process.stderr }, options.json ?? false);
    try {
      await withSession({ output, dataDir: options.dataDir }, (session) => {
        refuseEmpty(command, parameters);
        return work(session, options, ...parameters);
      });
    } catch (thrown) {
      throw new CommandFailure(thrown, output);
    }
    output.end(null);
  });
}

/**
 * An empty text, which a variable of the shell that is not set leaves, would be taken for the folder in which the command was typed.
 * @throws AppError `bad-input` naming the argument, or the option that takes a file or a folder
 */
function refuseEmpty(command: Command, parameters: readonly unknown[]): void {
  const values: Readonly<Record<string, unknown>> = command.opts();
  const given = [
    ...command.registeredArguments.map((argument, index) => [`<${argument.name()}>`, parameters[index]]),
    ...command.options
      .filter(({ flags }) => /<(file|folder|path)>/.test(flags))
      .map((option) => [option.long, values[option.attributeName()]]),
  ];
  const empty = given.find(([, value]) => [value].flat().includes(''));
  if (!empty) return;
  throw new AppError('bad-input', `${empty[0]} needs a name or a path; received "".`);
}

/** @throws AppError `bad-input` when the text is no id. @param what names it: `run`, `dataset` */
export function parseId(text: string, what: string): number {
  const id = Number(text);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new AppError('bad-input', `The ${what} is named by its number; received "${text}".`);
}

/** @throws AppError `bad-input` naming the option. @param flag as typed: `--limit` */
export function parseCount(text: string, flag: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new AppError('bad-input', `${flag} needs a whole number above 0; received "${text}".`);
}

/** @throws AppError `bad-input` naming the option. @param flag as typed: `--level` */
export function parseShare(text: string, flag: string): number {
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new AppError('bad-input', `${flag} is a share between 0 and 1; received "${text}".`);
}
