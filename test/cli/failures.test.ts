import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDetail } from '../../src-main/contract/api.ts';
import type { EvaluationReport } from '../../src-main/contract/schema/evaluation.ts';
import type { RunRecord, RunSummary } from '../../src-main/contract/schema/run.ts';
import { createProgram } from '../../src-main/hosts/cli/program.ts';
import { type Lab, openLab, outcomeOf, printed, QUICK } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  await lab.json('data', 'import', lab.images, '--name', 'drawn');
});
afterAll(() => lab.remove());

/** Every command and group below `command`, with its full name. */
function allCommands(command: Command, name = 'lab'): [string, Command][] {
  return [
    [name, command],
    ...command.commands.flatMap((child) => allCommands(child, `${name} ${child.name()}`)),
  ];
}

describe('help', () => {
  test('is there for every command, and says what each argument and option is for', () => {
    const commands = allCommands(createProgram());
    const names = commands.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'lab',
        'lab data',
        'lab data import',
        'lab data check',
        'lab data list',
        'lab data classes',
        'lab data delete',
        'lab models',
        'lab train',
        'lab resume',
        'lab runs',
        'lab runs list',
        'lab runs show',
        'lab runs compare',
        'lab runs label',
        'lab runs delete',
        'lab runs export',
        'lab evaluate',
        'lab classify',
        'lab export',
        'lab compare-all',
        'lab weights',
        'lab weights import',
        'lab weights list',
        'lab weights remove',
        'lab doctor',
        'lab demo',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const [name, command] of commands) {
      expect(command.helpInformation()).toContain(`Usage: ${name}`);
      expect(command.description()).not.toBe('');
      if (command.commands.length > 0) continue;
      const flags = command.options.map(({ long }) => long);
      expect(flags).toContain('--json');
      expect(flags).toContain('--data-dir');
      for (const option of command.options.filter(({ negate }) => !negate)) {
        expect([option.long, option.description]).not.toEqual([option.long, '']);
      }
    }
  });

  test('of train lists every key of the configuration, in groups', async () => {
    const { stdout } = await lab.run('train', '--help');
    for (const text of [
      'Optimisation:',
      '--learning-rate <number>',
      '--trainable-layers <number|all>',
      '--no-flip-vertical',
    ]) {
      expect(stdout).toContain(text);
    }
  });
});

describe('what goes wrong is told in three parts on the error output, with a status', () => {
  const train = ['train', '--data', 'drawn', '--model', 'nn1'];

  test.each<[string, string[], number, RegExp]>([
    ['an unknown command', ['trian'], 2, /Did you mean train/],
    ['an unknown key', [...train, '--learning-rat', '1'], 2, /Did you mean --learning-rate/],
    ['a required option left out', ['train', '--model', 'nn1'], 2, /--data/],
    [
      'an unknown model',
      ['train', '--data', 'drawn', '--model', 'mobilenet'],
      1,
      /did you mean "mobile_net"/,
    ],
    ['an unknown dataset', ['train', '--data', 'drwan', '--model', 'nn1'], 1, /did you mean "drawn"/],
    [
      'a learning rate of 0',
      [...train, '--learning-rate', '0'],
      1,
      /--learning-rate must be above 0; received 0\./,
    ],
    ['a learning rate of -1', [...train, '--learning-rate', '-1'], 1, /--learning-rate .*received -1\./],
    ['a learning rate of NaN', [...train, '--learning-rate', 'NaN'], 1, /received "NaN"/],
    [
      'a batch larger than the set',
      [...train, ...QUICK, '--batch-size', '4000'],
      1,
      /--batch-size is 4000, but the training part has \d+ images/,
    ],
    [
      'a switch that the model cannot have',
      [...train, '--head-batch-norm'],
      1,
      /no pooling for --head-batch-norm to follow/,
    ],
    [
      'an image too small',
      ['train', '--data', 'drawn', '--model', 'cnn1', '--image-width-px', '4'],
      1,
      /at least 8 x 8/,
    ],
    [
      'a setting that one of the seven cannot take, before any of them trains',
      ['compare-all', '--data', 'drawn', '--image-width-px', '16', '--epochs', '1'],
      1,
      /"mobile_net" needs images of at least 32/,
    ],
    ['a missing configuration file', [...train, '--config', 'gone.json'], 1, /gone.json/],
    ['a limit that is no number', ['runs', 'list', '--limit', 'x'], 1, /--limit.*received "x"/],
    ['a demo of no epochs', ['demo', '--epochs', '0'], 1, /--epochs.*received "0"/],
    ['a demo of an unknown model', ['demo', '--model', 'nn2'], 1, /did you mean "nn1"/],
    ['a run that is not there', ['runs', 'show', '99'], 1, /no run 99/],
    ['a run that is no number', ['runs', 'show', 'best'], 1, /"best"/],
    ['a folder that is not there', ['data', 'import', 'nowhere'], 1, /nowhere/],
    ['an empty name of a folder', ['data', 'import', ''], 1, /^Error: <folder> needs .* received ""/],
    ['an empty name of a picture', ['classify', '1', 'a.jpg', ''], 1, /^Error: <paths> needs .* received ""/],
    [
      'an empty name of a file',
      [...train, '--split-file', ''],
      1,
      /^Error: --split-file needs .* received ""/,
    ],
    ['a model folder that is not there', ['classify', 'nowhere', 'x.jpg'], 1, /nowhere/],
    ['a weights file that is not there', ['weights', 'import', 'gone.h5'], 1, /gone.h5/],
    [
      'missing ImageNet weights',
      ['train', '--data', 'drawn', '--model', 'res_net'],
      1,
      /--initial-weights scratch/,
    ],
  ])('%s', async (_name, parameters, status, message) => {
    const outcome = await lab.run(...parameters);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).toMatch(/^Error: .+\nKept: .+\nTo do: .+\n$/s);
    expect(outcome.stderr).not.toContain('    at ');
  });

  test.each<[string, string[], number, string]>([
    ['that failed', ['runs', 'show', '99'], 1, 'not-found'],
    ['that was not understood', ['runs', 'show'], 2, 'bad-input'],
    ['whose option is no number', [...train, '--learning-rate', 'x'], 1, 'bad-input'],
  ])(
    'with --json of a command %s: one document on the standard output',
    async (_name, parameters, ...rest) => {
      const outcome = await lab.run(...parameters, '--json');
      const [status, code] = rest;
      expect(JSON.parse(outcome.stdout)).toMatchObject({
        error: { code, message: expect.any(String), kept: expect.any(String), next: expect.any(String) },
      });
      expect(outcome).toMatchObject({ status, stderr: '' });
    },
  );

  test('and a folder that was imported on the way is told', async () => {
    const folder = join(lab.folder, 'second');
    cpSync(lab.images, folder, { recursive: true });
    const command = ['train', '--data', folder, '--model', 'nn1', ...QUICK, '--batch-size', '4000'];
    const { status, stderr } = await lab.run(...command);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Kept: {2}Everything that was there before\. Dataset \d+ \(second\) was imported\.$/m,
    );
    const again = await lab.run(...command);
    expect(again.stderr).toMatch(/^Kept: {2}Everything that was there before; nothing was changed\.$/m);
  });

  test('and leaves no run in the history', async () => {
    expect((await lab.json<{ runs: RunSummary[] }>('runs', 'list')).runs).toEqual([]);
  });

  test('a configuration file with an unknown key names the nearest', async () => {
    const file = join(lab.folder, 'wrong.json');
    writeFileSync(file, JSON.stringify({ model: 'nn1', learningrate: 0.1 }));
    const { status, stderr } = await lab.run('train', '--data', 'drawn', '--config', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/no key "learningrate"; did you mean "learningRate"/);
  });

  test('a database from a newer version', async () => {
    const folder = join(lab.folder, 'newer');
    mkdirSync(folder);
    const db = new Database(join(folder, 'lesion-lab.sqlite'));
    db.pragma('user_version = 9999');
    db.close();
    const { status, stderr } = await lab.run('runs', 'list', '--data-dir', folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/version 9999/);
  });
});

describe('a training that is interrupted', () => {
  const EPOCHS = '40';
  const long = () => ['train', '--data', 'drawn', '--model', 'nn1', '--epochs', EPOCHS, ...QUICK];
  const newest = async (): Promise<RunSummary> =>
    (await lab.json<{ runs: RunSummary[] }>('runs', 'list', '--limit', '1')).runs[0]!;

  test('by Ctrl-C keeps its epochs, says how to go on, and goes on', async () => {
    const child = lab.start(...long());
    const ended = outcomeOf(child);
    await printed(child, /^epoch +2\//m);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    const run = await newest();
    expect(run.status).toBe('cancelled');
    expect(run.epochsDone).toBeGreaterThanOrEqual(2);
    expect(run.epochsDone).toBeLessThan(Number(EPOCHS));
    expect(stderr).toContain(`"lab resume ${run.id}"`);
    const resumed = await lab.json<{ run: RunRecord }>('resume', String(run.id));
    expect(resumed.run).toMatchObject({ id: run.id, status: 'completed', epochsDone: Number(EPOCHS) });
  });

  test('by the end of whoever reads its output stops after its step, and has not succeeded', async () => {
    const child = lab.start(...long());
    const ended = outcomeOf(child);
    await printed(child, /^epoch +2\//m);
    child.stdout!.destroy();
    expect(await ended).toMatchObject({ status: 130, stderr: expect.stringContaining('was stopped after') });
    expect(await newest()).toMatchObject({ status: 'cancelled' });
    const listing = lab.start('runs', 'list');
    listing.stdout!.destroy();
    expect((await outcomeOf(listing)).status).toBe(0);
  });

  test('by Ctrl-C stops after its step, too, where that ended its terminal or the reader of its output', async () => {
    const child = lab.start(...long());
    const ended = outcomeOf(child);
    await printed(child, /^epoch +2\//m);
    child.kill('SIGINT');
    child.kill('SIGHUP');
    expect(await ended).toMatchObject({ status: 130, stderr: expect.stringContaining('was stopped after') });
    expect(await newest()).toMatchObject({ status: 'cancelled' });
  });

  test('by Ctrl-C in a comparison names the run that goes on, and those that were trained', async () => {
    const small = ['--image-width-px', '32', '--image-height-px', '32', '--epochs', '40'];
    const child = lab.start('compare-all', '--data', 'drawn', ...small);
    const ended = outcomeOf(child);
    await printed(child, /^cnn1:[\s\S]*^epoch +1\//m);
    child.kill('SIGINT');
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(130);
    const run = await newest();
    expect(run).toMatchObject({ model: 'cnn1', status: 'cancelled' });
    expect(stdout).toMatch(new RegExp(`^cnn1 +${run.id} `, 'm'));
    expect(stderr).toContain(`Run ${run.id - 1} (nn1) was trained.`);
    expect(stderr).toContain(`"lab resume ${run.id}" goes on`);
  });

  test('by kill -9 is marked interrupted, and when resumed ends with the numbers of one that went through', async () => {
    const child = lab.start(...long());
    await printed(child, /^epoch +3\//m);
    child.kill('SIGKILL');
    await once(child, 'close');
    const interrupted = await newest();
    expect(interrupted.status).toBe('interrupted');
    expect(interrupted.epochsDone).toBeLessThan(Number(EPOCHS));
    await lab.json('resume', String(interrupted.id));
    const { run: whole } = await lab.json<{ run: RunRecord }>(...long());

    const show = (id: number) =>
      lab.json<RunDetail & { report: EvaluationReport }>('runs', 'show', String(id));
    const [resumed, through] = [await show(interrupted.id), await show(whole.id)];
    expect(resumed.report).toEqual(through.report);
    const numbers = ({ epochs }: RunDetail) =>
      epochs.map(({ epoch, train, validation, learningRate }) => ({
        epoch,
        train,
        validation,
        learningRate,
      }));
    expect(numbers(resumed)).toEqual(numbers(through));
    expect(resumed.run).toMatchObject({ status: 'completed', bestEpoch: through.run.bestEpoch });
  });

  test('cannot be resumed once it is completed', async () => {
    const { id } = await newest();
    const { status, stderr } = await lab.run('resume', String(id));
    expect(status).toBe(1);
    expect(stderr).toMatch(/nothing to resume/);
  });
});
