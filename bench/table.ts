/** Rows as text: for the terminal, and as the page docs/benchmarks.md. Pure. */
import type { Row } from './rows.ts';

export interface Machine {
  readonly processor: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly device: 'cpu' | 'gpu';
  readonly tensorflow: string;
  /** Threads inside one operation and operations at once, of ours. */
  readonly threads: string;
  readonly ours: string;
  readonly peer: string;
  /** Of the product; null outside a checkout. */
  readonly commit: string | null;
  /** Year, month, day. */
  readonly date: string;
  /** Processes that wanted a core in the minute before. */
  readonly load: number;
}

const HEADER = ['row', 'ours / Keras', 'lowest', 'highest', 'target', 'pairs', 'ours', 'Keras', 'unit'];

const cells = (row: Row): string[] => [
  row.name,
  row.ratio.toFixed(2),
  ...row.spread.map((ratio) => ratio.toFixed(2)),
  row.target ?? '',
  String(row.pairs),
  detail(row.ours),
  detail(row.peer),
  row.unit,
];

const detail = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

/** Columns padded with spaces. */
export function textTable(rows: readonly Row[]): string {
  const lines = [HEADER, ...rows.map(cells)];
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdownTable(rows: readonly Row[]): string {
  const line = (content: readonly string[]) => `| ${content.join(' | ')} |`;
  return [line(HEADER), line(HEADER.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n');
}

/** What the table was measured on, one fact a line. */
export function machineLines(machine: Machine): string[] {
  return [
    `${machine.processor}, ${machine.memoryGb} GB, ${machine.system}; load ${machine.load.toFixed(1)} before the start`,
    `TensorFlow ${machine.tensorflow} on the ${machine.device.toUpperCase()}, both sides`,
    `ours: ${machine.ours}, ${machine.threads}, commit ${machine.commit ?? 'unknown'}`,
    `peer: ${machine.peer}, TensorFlow's own choice of threads`,
  ];
}

/**
 * The page of results.
 * @param parameters what followed `npm run bench --`
 * @param method Markdown that explains the rows
 */
export function resultsPage(
  rows: readonly Row[],
  machine: Machine,
  parameters: readonly string[],
  method: string,
): string {
  const table = `${machineLines(machine)
    .map((line) => `- ${line}`)
    .join('\n')}\n\n${markdownTable(rows)}`;
  const notMeasured = 'Not measured.';
  return [
    '# Benchmarks',
    'Written by `npm run bench -- --write`; not edited by hand.',
    `Run of ${machine.date}: \`${['npm run bench --', ...parameters].join(' ')}\``,
    '## Processor',
    machine.device === 'cpu' ? table : notMeasured,
    '## GPU',
    machine.device === 'gpu' ? table : notMeasured,
    method.trim(),
  ]
    .join('\n\n')
    .concat('\n');
}
