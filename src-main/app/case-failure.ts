/** What goes wrong while a patient's data is handled, so that nothing of it reaches the log. Runs in the host. */
import { AppError } from '../contract/errors.ts';
import { explain } from './explain.ts';

/**
 * An AppError, for the screen (the log never has those), or a defect for the log: without its message and cause, in which there may be a path, a
 * value or a field; where in the program it happened is enough. @param database path of the database, to name it
 */
export function withoutContent(thrown: unknown, database: string): Error {
  const explained = explain(thrown, database);
  if (explained instanceof AppError) return explained;
  const name = explained instanceof Error ? explained.constructor.name : typeof explained;
  const defect = new Error(
    `Something unexpected happened to the cases (${name}). What it says is left out of the log.`,
  );
  const stack = explained instanceof Error ? (explained.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  defect.stack = [`Error: ${defect.message}`, ...frames].join('\n');
  return defect;
}
