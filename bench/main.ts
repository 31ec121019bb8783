/**
 * npm run bench: the product beside Keras or PyTorch on this machine, in turns, as ratios; or how its own cost grows. Rows go to
 * standard output, progress to standard error. method.md has the method.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { thisPlace } from '../scripts/setup/place.mjs';
import { workerEnvironment } from '../src-main/app/worker-environment.ts';
import { TrainingConfig } from '../src-main/contract/schema/config.ts';
import { type Case, listCases, quickCases } from './cases.ts';
import { measureGrowth } from './growth.ts';
import { growthSection, growthText } from './growth-table.ts';
import { closeSides, measureCase, openSides, type Sides } from './measure.ts';
import { readSection, type Section, saveSection } from './page.ts';
import { drawPictures, listPictures } from './pictures.ts';
import { kerasPython, torchPython } from './python.ts';
import type { Row } from './rows.ts';
import type { Program } from './side.ts';
import { type Machine, machineLines, resultsSection, textTable } from './table.ts';
import { torchCases } from './torch-cases.ts';

const HELP = `npm run bench -- [options]

Runs the product and Keras side by side, in turns, and prints the ratio of images a second (ours / Keras); with --growth, measures the
product alone at 1, 2, 4 and 8 times the images or runs.

  --quick        mobile_net training and single images only: under a minute, once everything is installed; of --growth,
                 an eighth of the work
  --peer NAME    keras (default), or torch: PyTorch with torchvision's networks, where they are installed
  --gpu          both sides on the NVIDIA card, or not at all (bench/gpu.sh sets it up and runs this)
  --growth       how training time, memory, import and history queries grow, in place of the comparison
  --json         prints an array of rows with "name", "ratio" and details
  --only TEXT    only rows whose name has TEXT
  --pairs N      measurements of each side (default 3)
  --data FOLDER  JPEG files to use (default: pictures drawn once and cached)
  --write        also writes the section of docs/benchmarks.md that was measured; with --only or --quick its other rows stay
  --help

The first run installs Keras into the per-user cache; LESION_LAB_KERAS_PYTHON names an existing Python that has it instead.
PyTorch is never installed: LESION_LAB_TORCH_PYTHON names a Python that has it (default: python3).
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    peer: { type: 'string', default: 'keras' },
    gpu: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    pairs: { type: 'string', default: '3' },
    data: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const place = thisPlace();
const device = options.gpu ? 'gpu' : 'auto';
const defaults = TrainingConfig.parse({ model: 'mobile_net', device });
const parameters = process.argv.slice(2);
const isTorch = options.peer === 'torch';

/** How the product's own cost grows. */
async function growth(scratch: string): Promise<void> {
  const rows = await measureGrowth(place, scratch, options.quick, defaults);
  const facts = [...systemLines(os.loadavg()[0]!), `commit ${commit() ?? 'unknown'}`];
  if (options.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else process.stdout.write(`${facts.join('\n')}\n\n${growthText(rows)}\n`);
  if (options.write)
    saveSection(place.root, 'How cost grows', growthSection(rows, facts, today(), parameters));
}

async function compare(scratch: string): Promise<void> {
  const pairs = Number(options.pairs);
  if (!['keras', 'torch'].includes(options.peer))
    throw new Error(`--peer ${options.peer}: keras and torch are there.`);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw new Error(`--pairs ${options.pairs}: give a whole number from 1.`);
  const load = os.loadavg()[0]!;
  const root = options.data ? resolve(options.data) : await drawPictures(place.cache, place.say);
  const size = { widthPx: defaults.imageWidthPx, heightPx: defaults.imageHeightPx };
  const pictures = await listPictures(root, size, scratch);
  const listed = options.quick ? quickCases(pictures) : listCases(pictures);
  const cases = wanted(isTorch ? torchCases(listCases(pictures)) : listed);
  const open = programs(
    await (isTorch ? torchPython(place) : kerasPython(place, options.gpu ? 'gpu' : 'cpu')),
  );
  const rows: Row[] = [];
  const shared = options.quick && !isTorch ? await open() : null;
  let machine = shared && describe(shared, load);
  try {
    for (const each of cases) {
      const sides = shared ?? (await open());
      machine ??= describe(sides, load);
      try {
        const measured = await measureCase(sides, each, pairs);
        for (const row of measured) place.say(`${row.name}: ${row.ratio.toFixed(2)}`);
        rows.push(...measured);
        if (options.write) saveRows(rows, machine);
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
    parameters: [join(import.meta.dirname, 'peer', `${options.peer}_peer.py`)],
    environment: { TF_CPP_MIN_LOG_LEVEL: '3', PYTHONDONTWRITEBYTECODE: '1' },
  };
  return async () => {
    const sides = await openSides(ours, peer);
    if (!options.gpu || sides.ours.hello.device === 'gpu') return sides;
    await closeSides(sides);
    throw new Error('TensorFlow does not see the GPU; "npm run doctor" says what is missing.');
  };
}

function describe({ ours, peer }: Sides, load: number): Machine {
  return {
    system: systemLines(load),
    device: ours.hello.device,
    tensorflow: ours.hello.tensorflow!,
    threads: `${defaults.intraOpThreads} threads inside an operation, ${defaults.interOpThreads} operation at once`,
    ours: ours.hello.versions,
    peerName: isTorch ? 'PyTorch' : 'Keras',
    peer: peer.hello.versions,
    commit: commit(),
    date: today(),
  };
}

/** @param load processes that wanted a core in the minute before */
function systemLines(load: number): string[] {
  const processor = `${os.cpus()[0]?.model ?? os.arch()} x ${os.availableParallelism()}`;
  const system = `${os.platform()} ${os.release()} ${os.arch()}`;
  const memory = `${Math.round(os.totalmem() / 1e9)} GB`;
  return [`${processor}, ${memory}, ${system}; load ${load.toFixed(1)} before the start`];
}

/** After every case, so that a long run which is stopped keeps what it measured. Rows that were not wanted stay as they were. */
function saveRows(rows: readonly Row[], machine: Machine): void {
  const section = sectionOf(machine);
  const before = options.only || options.quick ? readSection(place.root, section) : null;
  saveSection(place.root, section, resultsSection(rows, machine, parameters, before));
}

function sectionOf(machine: Machine): Section {
  if (!isTorch) return machine.device === 'gpu' ? 'GPU' : 'Processor';
  return machine.device === 'gpu' ? 'PyTorch on the GPU' : 'PyTorch';
}

const today = () => new Date().toISOString().slice(0, 10);

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
  else process.stdout.write(`${machineLines(machine).join('\n')}\n\n${textTable(rows, machine)}\n`);
}

if (options.help) {
  process.stdout.write(HELP);
} else {
  const scratch = mkdtempSync(join(os.tmpdir(), 'lesion-lab-bench-'));
  try {
    await (options.growth ? growth(scratch) : compare(scratch));
  } catch (thrown) {
    place.say(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
