/**
 * One host for each data folder: the running one leaves a note there that only its user can read, and a second start
 * asks it for a window in place of starting again. Runs in the host.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Instance {
  readonly port: number;
  readonly controlKey: string;
}

const ANSWER_WITHIN_MS = 3_000;

const instanceFile = (dataFolder: string): string => join(dataFolder, 'browser-host.json');

/** Leaves the note. @returns a function that takes it away. */
export function announceInstance(dataFolder: string, { port, controlKey }: Instance): () => void {
  const file = instanceFile(dataFolder);
  const note = JSON.stringify({ port, controlKey });
  rmSync(file, { force: true });
  writeFileSync(file, note, { mode: 0o600 });
  return () => {
    if (readText(file) === note) rmSync(file, { force: true });
  };
}

/**
 * Asks a host that is running on this data folder for a window.
 * @param printOnly asks for an address in place of a window
 * @returns what it did, in words; null when none is running (a note without an answer is of a dead one).
 */
export async function askRunningInstance(dataFolder: string, printOnly: boolean): Promise<string | null> {
  const instance = parse(readText(instanceFile(dataFolder)));
  if (!instance) return null;
  try {
    const reply = await fetch(
      `http://127.0.0.1:${instance.port}/second-start?${printOnly ? 'print' : 'open'}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${instance.controlKey}` },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      },
    );
    return reply.ok ? await reply.text() : null;
  } catch {
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string | null): Instance | null {
  const match = /^\{"port":(\d{1,5}),"controlKey":"([\w-]+)"\}$/.exec(text ?? '');
  return match ? { port: Number(match[1]), controlKey: match[2]! } : null;
}
