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
  'commit',
];

const cells = (row: Row, commit: string | null): string[] => [
  row.name,
  row.ratio.toFixed(2),
  ...row.spread.map((ratio) => ratio.toFixed(2)),
  row.target ?? '',
  String(row.pairs),
  detail(row.ours),
  detail(row.peer),
  row.unit,
  commit ?? 'unknown',
];

const detail = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

/** For a terminal. */
export function textTable(
  rows: readonly Row[],
  { peerName, commit }: Pick<Machine, 'peerName' | 'commit'>,
): string {
  return textColumns([header(peerName), ...rows.map((row) => cells(row, commit))]);
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
 * @param before the section as it was, whose other rows stay, each with the commit that it was measured at; null: none stays
 */
export function resultsSection(
  rows: readonly Row[],
  machine: Machine,
  parameters: readonly string[],
  before: string | null,
): string {
  const title = header(machine.peerName);
  const facts = machineLines(machine).map((line) => `- ${line}`);
  const measured = rows.map((row) => cells(row, machine.commit));
  const all = new Map([...rowsOf(before ?? '', title), ...measured].map((line) => [line[0]!, line]));
  return [runLine(machine.date, parameters), facts.join('\n'), markdownTable(title, [...all.values()])].join(
    '\n\n',
  );
}

/** The rows of a table with this header. */
function rowsOf(section: string, title: readonly string[]): string[][] {
  const table = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
  return table[0]?.join() === title.join() ? table.slice(2) : [];
}
