/**
 * lab: the command line of Lesion Lab. Exit status 0 only on success, 1 on a failure, 2 for a command that was not
 * understood, 130 after Ctrl-C.
 */
import { CommanderError } from 'commander';
import { AppError, toFailure } from '../../contract/errors.ts';
import { explainSystemError } from '../../contract/system-error.ts';
import { CommandFailure } from './command.ts';
import { inFlags } from './config-options.ts';
import { EXIT_SUCCESS, EXIT_USAGE, exitStatusOf, explainFailure } from './failure.ts';
import { createOutput, type Output } from './output.ts';
import { createProgram } from './program.ts';

/** @returns the exit status */
async function run(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv, { from: 'user' });
    return EXIT_SUCCESS;
  } catch (thrown) {
    if (thrown instanceof CommandFailure) return tell(thrown.output, thrown.cause);
    const output = createOutput({ out: process.stdout, error: process.stderr }, argv.includes('--json'));
    if (!(thrown instanceof CommanderError)) return tell(output, thrown);
    if (thrown.exitCode === 0) return EXIT_SUCCESS;
    if (thrown.code === 'commander.help') return EXIT_USAGE;
    const words = thrown.message.replace(/^error: /, '').replace(/\s+/g, ' ');
    tell(output, new AppError('bad-input', words));
    return EXIT_USAGE;
  }
}

/** @returns the exit status of the failure */
function tell(output: Output, thrown: unknown): number {
  const failure = toFailure(explainSystemError(thrown));
  output.end(explainFailure({ ...failure, message: inFlags(failure.message) }, output.changes));
  return exitStatusOf(failure.code);
}

let isRead = true;
// "lab runs list | head" ends reading early, which is no failure; what still works then stops as it does when its terminal is closed
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (isRead && process.listenerCount('SIGHUP') > 0) process.emit('SIGHUP', 'SIGHUP');
  isRead = false;
});
process.exitCode = await run(process.argv.slice(2));
