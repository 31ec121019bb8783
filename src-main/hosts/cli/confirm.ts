/** Asks before something is deleted. Runs in the command line. */
import { createInterface } from 'node:readline/promises';
import { AppError } from '../../contract/errors.ts';
import type { Session } from './session.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * @param isAgreed the command's --yes
 * @throws AppError `cancelled` unless the answer is yes (Ctrl-C and Ctrl-D are none), `bad-input` where nobody can be asked
 */
export async function confirm(
  { signal }: Pick<Session, 'signal'>,
  question: string,
  isAgreed: boolean | undefined,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (isAgreed) return;
  if (!terminal.input.isTTY) {
    throw new AppError('bad-input', `${question} Nobody can be asked here; add --yes to agree.`);
  }
  const answer = await ask(terminal, `${question} [y/N] `, signal);
  if (!/^y(es)?$/i.test(answer.trim())) throw new AppError('cancelled', 'Not agreed.');
}

/** @returns the line that was typed, empty where the terminal was left instead */
async function ask(terminal: Terminal, question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ ...terminal });
  const left = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
  const typed = lines.question(question, { signal }).catch((thrown: unknown) => {
    if (thrown instanceof Error && thrown.name === 'AbortError') return null;
    throw thrown;
  });
  try {
    const answer = await Promise.race([typed, left]);
    if (answer === null) terminal.output.write('\n');
    return answer ?? '';
  } finally {
    lines.close();
  }
}
