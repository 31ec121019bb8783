/**
 * npm run bench: the product beside Keras on this machine, in turns, as ratios. Rows go to standard output, progress to
 * standard error. method.md has the method.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { thisPlace } from '../scripts/setup/place.mjs';
import { workerEnvironment } from '../src-main/app/worker-environment.ts';
import { TrainingConfig } from '../src-main/contract/schema/config.ts';
import { type Case, listCases, quickCases } from './cases.ts';
import { closeSides, measureCase, openSides, type Sides } from './measure.ts';
import { drawPictures, listPictures } from './pictures.ts';
import { kerasPython } from './python.ts';
import type { Row } from './rows.ts';
import type { Program } from './side.ts';
import { type Machine, machineLines, resultsPage, textTable } from './table.ts';

const HELP = `npm run bench -- [options]

Runs the product and Keras side by side, in turns, and prints the ratio of images a second (ours / Keras).

  --quick        mobile_net training and single images only: under a minute, once everything is installed
  --json         prints an array of rows with "name", "ratio" and details
  --only TEXT    only rows whose name has TEXT
  --pairs N      measurements of each side (default 3)
  --data FOLDER  JPEG files to use (default: pictures drawn once and cached)
  --write        also writes docs/benchmarks.md
  --help

The first run installs Keras into the per-user cache; LESION_LAB_KERAS_PYTHON names an existing Python that has it instead.
The peer is Keras; there is no PyTorch peer yet.
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    pairs: { type: 'string', default: '3' },
    data: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const place = thisPlace();
const defaults = TrainingConfig.parse({ model: 'mobile_net' });

async function bench(scratch: string): Promise<void> {
  const pairs = Number(options.pairs);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw new Error(`--pairs ${options.pairs}: give a whole number from 1.`);
  const load = os.loadavg()[0]!;
  const root = options.data ? resolve(options.data) : await drawPictures(place.cache, place.say);
  const size = { widthPx: defaults.imageWidthPx, heightPx: defaults.imageHeightPx };
  const pictures = await listPictures(root, size, scratch);
  const cases = wanted(options.quick ? quickCases(pictures) : listCases(pictures));
  const open = programs(await kerasPython(place));
  const rows: Row[] = [];
  const shared = options.quick ? await open() : null;
  let machine = shared && describe(shared, load);
  try {
    for (const each of cases) {
      const sides = shared ?? (await open());
      machine ??= describe(sides, load);
      try {
        const measured = await measureCase(sides, each, pairs);
        for (const row of measured) place.say(`${row.name}: ${row.ratio.toFixed(2)}`);
        rows.push(...measured);
        if (options.write) writePage(rows, machine);
      } catch (thrown) {
        place.say(`${each.name} was not measured: ${thrown instanceof Error ? thrown.message : thrown}`);
        process.exitCode = 1;
      } finally {
        if (!shared) await closeSides(sides);
      }
    }
  } finally {
    if (shared) await closeSides(shared);
  }
  print(rows, machine!);
}

function wanted(cases: readonly Case[]): Case[] {
  const chosen = cases.filter(({ name }) => name.includes(options.only));
  if (chosen.length > 0) return chosen;
  throw new Error(
    `No row has "${options.only}" in its name. Rows: ${cases.map(({ name }) => name).join(', ')}`,
  );
}

/** A function that starts both sides; ours with the threads that a run gets by default. */
function programs(python: string): () => Promise<Sides> {
  const ours: Program = {
    command: process.execPath,
    parameters: [join(import.meta.dirname, 'ours.ts')],
    environment: workerEnvironment(defaults),
  };
  const peer: Program = {
    command: python,
    parameters: [join(import.meta.dirname, 'peer', 'keras_peer.py')],
    environment: { TF_CPP_MIN_LOG_LEVEL: '3', PYTHONDONTWRITEBYTECODE: '1' },
  };
  return () => openSides(ours, peer);
}

function describe({ ours, peer }: Sides, load: number): Machine {
  return {
    processor: `${os.cpus()[0]?.model ?? os.arch()} x ${os.availableParallelism()}`,
    memoryGb: Math.round(os.totalmem() / 1e9),
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    device: ours.hello.device,
    tensorflow: ours.hello.tensorflow,
    threads: `${defaults.intraOpThreads} threads inside an operation, ${defaults.interOpThreads} operation at once`,
    ours: ours.hello.versions,
    peer: peer.hello.versions,
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
    load,
  };
}

function commit(): string | null {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', place.root, ...parameters], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    const changed = git('status', '--porcelain', '--', 'src-main', 'bench').trim() !== '';
    return `${git('rev-parse', '--short', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return null;
  }
}

function print(rows: readonly Row[], machine: Machine): void {
  if (options.json) process.stdout.write(`[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
  else process.stdout.write(`${machineLines(machine).join('\n')}\n\n${textTable(rows)}\n`);
}

/** After every case, so that a long run which is stopped keeps what it measured. */
function writePage(rows: readonly Row[], machine: Machine): void {
  const method = readFileSync(join(import.meta.dirname, 'method.md'), 'utf8');
  const page = resultsPage(rows, machine, process.argv.slice(2), method);
  writeFileSync(join(place.root, 'docs', 'benchmarks.md'), page);
}

if (options.help) {
  process.stdout.write(HELP);
} else {
  const scratch = mkdtempSync(join(os.tmpdir(), 'lesion-lab-bench-'));
  try {
    await bench(scratch);
  } catch (thrown) {
    place.say(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
