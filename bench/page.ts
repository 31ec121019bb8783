/**
 * docs/benchmarks.md, section by section: a run of the benchmark replaces the section that it measured and leaves the others as
 * they are.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const METHOD = 'Method';

/** In the order of the page, with what stands there until somebody has measured. */
const UNMEASURED = {
  Processor: 'Not measured: `npm run bench -- --write`.',
  GPU: 'Not measured: on a machine with an NVIDIA card, `bench/gpu.sh` fills this table.',
  PyTorch:
    'Not measured: on a machine with PyTorch and torchvision, `npm run bench -- --peer torch --write`.',
  'PyTorch on the GPU':
    'Not measured: on a machine with an NVIDIA card, PyTorch and torchvision, `npm run bench -- --peer torch --gpu --write`.',
  'How cost grows': 'Not measured: `npm run bench -- --growth --write`.',
} as const;
export type Section = keyof typeof UNMEASURED;

const PREAMBLE =
  '# Benchmarks\n\nWritten by `npm run bench -- --write`, section by section; not edited by hand.\n\n';

/**
 * The page with another `body` under the title `section`.
 * @param page as it was; null where there is none
 * @param method Markdown that explains the rows, without a title
 */
export function withSection(page: string | null, section: Section, body: string, method: string): string {
  const found = sectionsOf(page ?? '');
  const kept = Object.entries(UNMEASURED).map(
    ([title, empty]) => [title, found.get(title) ?? empty] as const,
  );
  const others = [...found].filter(([title]) => !(title in UNMEASURED) && title !== METHOD);
  const sections = new Map([...kept, ...others, [METHOD, method.trim()]]).set(section, body.trim());
  return PREAMBLE + [...sections].map(([title, text]) => `## ${title}\n\n${text}\n`).join('\n');
}

/** Title and text of each. */
function sectionsOf(page: string): Map<string, string> {
  const texts = page.split(/^## /m).slice(1);
  return new Map(
    texts.map((text) => {
      const [title = '', ...lines] = text.split('\n');
      return [title.trim(), lines.join('\n').trim()];
    }),
  );
}

const fileOf = (root: string) => join(root, 'docs', 'benchmarks.md');
const readPage = (root: string) => (existsSync(fileOf(root)) ? readFileSync(fileOf(root), 'utf8') : null);

/** @param root of the checkout @returns null where there is no such section */
export function readSection(root: string, section: Section): string | null {
  return sectionsOf(readPage(root) ?? '').get(section) ?? null;
}

/** @param root of the checkout */
export function saveSection(root: string, section: Section, body: string): void {
  const method = readFileSync(join(import.meta.dirname, 'method.md'), 'utf8');
  writeFileSync(fileOf(root), withSection(readPage(root), section, body, method));
}

/** When and by which command a section was made. */
export function runLine(date: string, parameters: readonly string[]): string {
  return `Run of ${date}: \`${['npm run bench --', ...parameters].join(' ')}\``;
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Columns padded with spaces, for a terminal. */
export function textColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
