/**
 * lab: the command line of Lesion Lab. Exit status 0 only on success, 1 on a failure, 2 for a command that was not
 * understood, 130 after Ctrl-C.
 */
import { CommanderError } from 'commander';
import { AppError, toFailure } from '../../contract/errors.ts';
import { explainSystemError } from '../../contract/system-error.ts';
import { inFlags } from './config-options.ts';
import { EXIT_SUCCESS, EXIT_USAGE, exitStatusOf, explainFailure, formatFailure } from './failure.ts';
import { createProgram } from './program.ts';

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

// "lab runs list | head" ends reading early, which is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT_SUCCESS);
});
process.exitCode = await run(process.argv.slice(2));
