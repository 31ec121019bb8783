/** A JSON file that a person names. Runs in the command line. */
import { readFileSync } from 'node:fs';
import { AppError } from '../../contract/errors.ts';
import { explainSystemError } from '../../contract/system-error.ts';

/** @throws AppError `not-found`, `read-only`, `bad-input` where it is no JSON; each names the file */
export function readJsonFile(file: string): unknown {
  try {
    return parseJson(file, readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}

/** @param file names where the text is from. @throws AppError `bad-input` */
export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('bad-input', `${file} is not JSON: ${reason}.`, { cause: thrown });
  }
}
