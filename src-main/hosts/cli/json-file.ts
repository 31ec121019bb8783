/** A JSON file that a person names. Runs in the command line. */
import { readFileSync } from 'node:fs';
import { AppError } from '../../contract/errors.ts';
import { explainSystemError } from '../../contract/system-error.ts';

/** @throws AppError `not-found`, `read-only`, `bad-input` where it is no JSON; each names the file */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw explainSystemError(thrown);
    throw new AppError('bad-input', `${file} is not JSON: ${thrown.message}.`, { cause: thrown });
  }
}
