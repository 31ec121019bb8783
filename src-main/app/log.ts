/**
 * The log: one line of JSON an event, in a file of the data folder. Runs in the host. What is unexpected goes here with
 * its stack; the screen gets a sentence.
 */
import { existsSync, renameSync, statSync } from 'node:fs';
import pino, { type Logger } from 'pino';

export type { Logger };

/** A log beyond this size is set aside as `….1` at the next start; the one before that is dropped. */
const LARGEST_LOG_BYTES = 5 * 1024 * 1024;

/** Appends to a file, synchronously, so that the last line before a crash is there. */
export function openLog(file: string): Logger {
  if (existsSync(file) && statSync(file).size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
  const destination = pino.destination({ dest: file, sync: true, mkdir: true });
  // a line that a full disk does not take waits for the next one; whatever was told here has its own way to a person
  destination.on('error', () => undefined);
  return pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

export function silentLog(): Logger {
  return pino({ level: 'silent' });
}
