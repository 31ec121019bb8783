/** What a worker said last on its standard error: all that is left of one that died inside the native library. */
import type { Readable } from 'node:stream';

/** Enough for a failed check of TensorFlow with the stack trace that follows it. */
const LENGTH = 20_000;

/** Listens to `stream` and gives its last words whenever asked. */
export function keepLastWords(stream: Readable | NodeJS.ReadableStream | null): () => string {
  let words = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    words = (words + text).slice(-LENGTH);
  });
  return () => words;
}
