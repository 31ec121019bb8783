/**
 * The Markdown that model cards are written in, as blocks to be shown without any HTML of the file: headings, paragraphs, lists, tables;
 * within them bold and code. Whatever else there is stays as it is written. Pure.
 */

export interface Span {
  readonly kind: 'text' | 'bold' | 'code';
  readonly text: string;
}

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Span[])[] }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Span[])[];
      readonly rows: readonly (readonly (readonly Span[])[])[];
    };

export function markdownBlocks(markdown: string): Block[] {
  return markdown
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .flatMap((part) => blocksOf(part.split('\n').filter((line) => line.trim() !== '')));
}

/** Lines without an empty one between them. */
function blocksOf(lines: readonly string[]): Block[] {
  const [first, ...rest] = lines;
  if (first === undefined) return [];
  const heading = /^(#{1,6}) +(.*)$/.exec(first);
  if (heading) {
    return [{ kind: 'heading', level: heading[1]!.length, spans: spansOf(heading[2]!) }, ...blocksOf(rest)];
  }
  const length = lines.findIndex((line) => kindOf(line) !== kindOf(first));
  const own = length < 0 ? lines : lines.slice(0, length);
  return [blockOf(own, kindOf(first)), ...blocksOf(lines.slice(own.length))];
}

function kindOf(line: string): 'heading' | 'list' | 'table' | 'paragraph' {
  if (/^#{1,6} /.test(line)) return 'heading';
  if (/^\s*[-*] /.test(line)) return 'list';
  return line.trim().startsWith('|') ? 'table' : 'paragraph';
}

function blockOf(lines: readonly string[], kind: ReturnType<typeof kindOf>): Block {
  if (kind === 'list') return { kind, items: lines.map((line) => spansOf(line.replace(/^\s*[-*] /, ''))) };
  if (kind === 'table') {
    const [head = [], ...rows] = lines.filter((line) => !/^[\s|:-]+$/.test(line)).map(cellsOf);
    return { kind, head, rows };
  }
  return { kind: 'paragraph', spans: spansOf(lines.join(' ')) };
}

function cellsOf(line: string): Span[][] {
  return line
    .trim()
    .replaceAll(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => spansOf(cell.trim()));
}

function spansOf(text: string): Span[] {
  return text
    .split(/((?<!\\)\*\*[^*]+\*\*|(?<!\\)`[^`]+`)/)
    .filter((part) => part !== '')
    .map((part): Span => {
      if (part.startsWith('**') && part.length > 4)
        return { kind: 'bold', text: unescaped(part.slice(2, -2)) };
      if (part.startsWith('`') && part.length > 2) return { kind: 'code', text: part.slice(1, -1) };
      return { kind: 'text', text: unescaped(part) };
    });
}

/** "\|" → "|": signs that would mean something else. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([\\`*_{}[\]()#+.!|<>~=-])/g, '$1');
}
