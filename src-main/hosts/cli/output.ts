/**
 * Where a command's words go: results to standard output, a live line to the terminal, one JSON document with --json. Runs in
 * the command line.
 */
export interface Output {
  readonly isJson: boolean;
  /** The result of the command: the document with --json, else the text. Called once, at the end. */
  result(document: unknown, text: string): void;
  /** A line on the way there; left out with --json. */
  line(text: string): void;
  /** A line that replaces itself, on a terminal only; an empty text removes it. */
  live(text: string): void;
}

export interface Streams {
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly error: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

const CLEAR_LINE = '\r\u001B[2K';
const USUAL_COLUMNS = 80;

export function createOutput({ out, error }: Streams, isJson: boolean): Output {
  let isLive = false;
  const live = (text: string) => {
    if (isJson || !error.isTTY || (text === '' && !isLive)) return;
    error.write(CLEAR_LINE + text.slice(0, (error.columns ?? USUAL_COLUMNS) - 1));
    isLive = text !== '';
  };
  return {
    isJson,
    result(document, text) {
      live('');
      out.write(isJson ? `${JSON.stringify(document, null, 2)}\n` : `${text}\n`);
    },
    line(text) {
      live('');
      if (!isJson) out.write(`${text}\n`);
    },
    live,
  };
}
