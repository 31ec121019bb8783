/** Rows of both sides as text: for the terminal, and as a section of docs/benchmarks.md. Pure. */
import { markdownTable, runLine, textColumns } from './page.ts';
import type { Row } from './rows.ts';

export interface Machine {
  /** Processor, memory, system, load. */
  readonly system: readonly string[];
  readonly device: 'cpu' | 'gpu';
  readonly tensorflow: string;
  /** Threads inside one operation and operations at once, of ours. */
  readonly threads: string;
  readonly ours: string;
  /** Name of the other side, and its versions. */
  readonly peerName: string;
  readonly peer: string;
  /** Of the product; null outside a checkout. */
  readonly commit: string | null;
  /** Year, month, day. */
  readonly date: string;
}

const header = (peer: string) => [
  'row',
  `ours / ${peer}`,
  'lowest',
  'highest',
  'target',
  'pairs',
  'ours',
  peer,
  'unit',
];

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

/** For a terminal. */
export function textTable(rows: readonly Row[], peerName: string): string {
  return textColumns([header(peerName), ...rows.map(cells)]);
}

/** What the table was measured on, one fact a line. */
export function machineLines(machine: Machine): string[] {
  return [
    ...machine.system,
    `TensorFlow ${machine.tensorflow}; both sides on the ${machine.device.toUpperCase()}`,
    `ours: ${machine.ours}, ${machine.threads}, commit ${machine.commit ?? 'unknown'}`,
    `peer: ${machine.peer}, its library's own choice of threads`,
  ];
}

/**
 * A section of the page.
 * @param parameters what followed `npm run bench --`
 */
export function resultsSection(
  rows: readonly Row[],
  machine: Machine,
  parameters: readonly string[],
): string {
  const facts = machineLines(machine).map((line) => `- ${line}`);
  return [
    runLine(machine.date, parameters),
    facts.join('\n'),
    markdownTable(header(machine.peerName), rows.map(cells)),
  ].join('\n\n');
}
