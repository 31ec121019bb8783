/** Asks before something is deleted. Runs in the command line. */
import { createInterface } from 'node:readline/promises';
import { AppError } from '../../contract/errors.ts';
import type { Session } from './session.ts';

/**
 * @param isAgreed the command's --yes
 * @throws AppError `cancelled` unless the answer is yes, `bad-input` where nobody can be asked
 */
export async function confirm(
  { signal }: Pick<Session, 'signal'>,
  question: string,
  isAgreed: boolean | undefined,
): Promise<void> {
  if (isAgreed) return;
  if (!process.stdin.isTTY) {
    throw new AppError('bad-input', `${question} Nobody can be asked here; add --yes to agree.`);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new AppError('cancelled', 'Not agreed.');
  } finally {
    lines.close();
  }
}
