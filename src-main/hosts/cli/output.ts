/**
 * Where a command's words go. For a person: the result to standard output, a failure and a live line to the error output. With
 * --json: exactly one document to standard output, whether the command succeeded or failed. Runs in the command line.
 */
import { type ExplainedFailure, formatFailure } from './failure.ts';

export interface Output {
  readonly isJson: boolean;
  /** The result of the command: the document with --json, else the text. Called at most once, before `end`. */
  result(document: object, text: string): void;
  /** A line on the way there; left out with --json. */
  line(text: string): void;
  /** A line that replaces itself, on a terminal only; an empty text removes it. */
  live(text: string): void;
  /** Tells what the command has changed for good, for a failure after it: "Dataset 3 was imported." */
  changed(text: string): void;
  readonly changes: readonly string[];
  /**
   * Called once, last. A failure is told; with --json as `error` in the document, beside the result where the command had one to show
   * all the same (a doctor that found a problem).
   */
  end(failure: ExplainedFailure | null): void;
}

export interface Streams {
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly error: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

const CLEAR_LINE = '\r\u001B[2K';
/** Of a terminal that does not know its width (0) or does not say it. */
const USUAL_COLUMNS = 80;

export function createOutput({ out, error }: Streams, isJson: boolean): Output {
  let isLive = false;
  let document: object | null = null;
  const changes: string[] = [];
  const live = (text: string) => {
    if (isJson || !error.isTTY || (text === '' && !isLive)) return;
    error.write(CLEAR_LINE + text.slice(0, (error.columns || USUAL_COLUMNS) - 1));
    isLive = text !== '';
  };
  return {
    isJson,
    result(given, text) {
      live('');
      if (isJson) document = given;
      else out.write(`${text}\n`);
    },
    line(text) {
      live('');
      if (!isJson) out.write(`${text}\n`);
    },
    live,
    changes,
    changed(text) {
      changes.push(text);
    },
    end(failure) {
      live('');
      if (isJson) {
        const whole = failure ? { ...document, error: failure } : document;
        if (whole) out.write(`${JSON.stringify(whole, null, 2)}\n`);
      } else if (failure) {
        error.write(formatFailure(failure));
      }
    },
  };
}
