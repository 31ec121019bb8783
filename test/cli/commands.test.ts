import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDetail } from '../../src-main/contract/api.ts';
import type { DatasetSummary } from '../../src-main/contract/schema/dataset.ts';
import type { EvaluationReport, RunComparison } from '../../src-main/contract/schema/evaluation.ts';
import type { Classification } from '../../src-main/contract/schema/job.ts';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import { type Lab, openLab, QUICK } from './lab.ts';

/** One way through the product, each step on what the one before left. */
let lab: Lab;
let dataset: DatasetSummary;
let runs: RunRecord[];
const firstRun = () => String(runs[0]!.id);

beforeAll(async () => {
  lab = await openLab();
  ({ dataset } = await lab.json<{ dataset: DatasetSummary }>(
    'data',
    'import',
    lab.images,
    '--name',
    'drawn',
  ));
  const train = (...parameters: string[]) =>
    lab.json<{ run: RunRecord }>(
      'train',
      '--data',
      'drawn',
      '--model',
      'nn1',
      '--epochs',
      '2',
      ...QUICK,
      ...parameters,
    );
  runs = [(await train('--name', 'first')).run, (await train('--seed', '9', '--no-flip-vertical')).run];
});
afterAll(() => lab.remove());

describe('lab data', () => {
  test('import reads a folder once and says so the second time', async () => {
    expect(dataset).toMatchObject({ name: 'drawn', imageCount: 60, synthetic: true, layout: 'ham10000' });
    expect(dataset.classCounts.reduce((sum, count) => sum + count, 0)).toBe(60);
    const again = lab.run('data', 'import', lab.images, '--name', 'other');
    expect((await again).stdout).toMatch(/^Nothing new.* name, "drawn"\./);
  });

  test('list shows it, marked as synthetic', async () => {
    const { stdout, status } = await lab.run('data', 'list');
    expect(status).toBe(0);
    expect(stdout).toContain('drawn (synthetic images)');
  });

  test('check shows cleaning and split, and writes the problems', async () => {
    const file = join(lab.folder, 'problems.csv');
    const { stdout, status } = await lab.run(
      'data',
      'check',
      'drawn',
      '--split-method',
      'image',
      '--problems',
      file,
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/rows read: +60/);
    expect(stdout).toMatch(/drop rows with age 0 \(--drop-age-zero\): +-\d/);
    expect(stdout).toMatch(/calibration +0/);
    expect(readFileSync(file, 'utf8')).toMatch(/^kind,image_ids,message\r\n/);
  });
});

describe('lab train', () => {
  test('gives a completed run with everything it was asked for, and a report of three parts', async () => {
    const { run, report } = await lab.json<RunDetail & { report: EvaluationReport }>(
      'runs',
      'show',
      firstRun(),
    );
    expect(run).toMatchObject({
      name: 'first',
      status: 'completed',
      epochsDone: 2,
      datasetId: dataset.id,
      config: { model: 'nn1', imageWidthPx: 24, batchSize: 16, splitMethod: 'lesion' },
      environment: { device: 'cpu', tensorflowVersion: expect.stringMatching(/^2\./) },
    });
    expect(run.warnings.join()).toMatch(/drawn by code/);
    expect(report.parts.map(({ part }) => part)).toEqual(['train', 'validation', 'test']);
    const test = report.parts[2]!;
    expect(run.testBalancedAccuracy).toBe(test.balancedAccuracy.value);
    expect(runs[1]!.config).toMatchObject({ seed: 9, flipVertical: false });
  });

  test('takes a configuration from a file, with options over it, and imports a folder on the fly', async () => {
    const file = join(lab.folder, 'config.json');
    writeFileSync(
      file,
      `\uFEFF${JSON.stringify({ model: 'nn1', epochs: 7, batchSize: 16, imageWidthPx: 24, imageHeightPx: 20 })}`,
    );
    const { run } = await lab.json<{ run: RunRecord }>(
      'train',
      '--data',
      lab.images,
      '--config',
      file,
      '--epochs',
      '1',
    );
    expect(run).toMatchObject({ datasetId: dataset.id, config: { epochs: 1, batchSize: 16 } });
  });

  test('prints a line for each epoch and the report', async () => {
    const { stdout, status } = await lab.run(
      'train',
      '--data',
      'drawn',
      '--model',
      'nn1',
      '--epochs',
      '2',
      ...QUICK,
    );
    expect(status).toBe(0);
    expect(stdout.match(/^epoch [12]\/2 /gm)).toHaveLength(2);
    expect(stdout).toContain('balanced accuracy');
    expect(stdout).toContain('Confusion, test');
  });
});

describe('lab runs', () => {
  test('list shows the newest first, and can be narrowed', async () => {
    const all = await lab.json<{ runs: { id: number }[] }>('runs', 'list');
    const ids = all.runs.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    const one = await lab.json<{ runs: { id: number }[] }>('runs', 'list', '--limit', '1', '--model', 'nn1');
    expect(one.runs.map(({ id }) => id)).toEqual([ids[0]]);
    const { stdout } = await lab.run('runs', 'list', '--model', 'cnn1');
    expect(stdout).toMatch(/^No run is like that/);
  });

  test('compare says whether two runs differ', async () => {
    const ids = runs.map(({ id }) => String(id));
    const comparison = await lab.json<RunComparison>('runs', 'compare', ids[0]!, ids[1]!);
    expect(comparison.runs).toEqual(runs.map(({ id }) => id));
    expect(comparison.images).toBeGreaterThan(0);
    const { stdout } = await lab.run('runs', 'compare', ids[0]!, ids[1]!);
    expect(stdout).toMatch(/seed +123 +9/);
    expect(stdout).toMatch(/dataset +drawn \(synthetic images\) +drawn \(synthetic images\)/);
    expect(stdout).toContain('McNemar');
  });

  test('export writes tables that hold what the history holds', async () => {
    const folder = join(lab.folder, 'exported');
    await lab.json('runs', 'export', firstRun(), '--to', folder);
    expect(readdirSync(folder).sort()).toEqual([
      'config.json',
      'epochs.csv',
      'predictions.csv',
      'report.json',
      'run.json',
      'split.csv',
    ]);
    const split = readFileSync(join(folder, 'split.csv'), 'utf8').trim().split('\r\n');
    const tested = split.filter((line) => line.endsWith(',test')).length;
    const predictions = readFileSync(join(folder, 'predictions.csv'), 'utf8').trim().split('\r\n');
    expect(predictions).toHaveLength(1 + tested);
    expect(readFileSync(join(folder, 'epochs.csv'), 'utf8').trim().split('\r\n')).toHaveLength(3);
  });

  test('an exported configuration is one to train with, and gives the same settings again', async () => {
    await lab.json(...['runs', 'export', String(runs[1]!.id), '--to', 'exported-config']);
    const { run } = await lab.json<{ run: RunRecord }>(
      ...['train', '--data', 'drawn', '--config', join('exported-config', 'config.json')],
    );
    expect(run.config).toEqual(runs[1]!.config);
  });

  test('export makes the last folder of a path and no more', async () => {
    const folder = join('nowhere', 'deep');
    const refused = await lab.run('runs', 'export', firstRun(), '--to', folder);
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/there is no folder .*nowhere\./),
    });
    expect(existsSync(join(lab.folder, 'nowhere'))).toBe(false);
  });

  test('an exported split is a split that can be used again', async () => {
    const file = join(lab.folder, 'exported', 'split.csv');
    const { run } = await lab.json<{ run: RunRecord }>(
      ...['train', '--data', 'drawn', '--model', 'nn1', '--epochs', '1', ...QUICK],
      ...['--split-file', 'exported/split.csv'],
    );
    expect(run.config).toMatchObject({ splitMethod: 'file', splitFile: file });
    const comparison = await lab.json<RunComparison>('runs', 'compare', firstRun(), String(run.id));
    expect(comparison.excludedForLeakage).toBe(0);
  });

  test('delete wants to be asked or told, and takes the files along', async () => {
    const { run } = await lab.json<{ run: RunRecord }>(
      'train',
      '--data',
      'drawn',
      '--model',
      'nn1',
      '--epochs',
      '1',
      ...QUICK,
    );
    const files = join(lab.dataFolder, 'runs', String(run.id));
    expect(existsSync(files)).toBe(true);
    const unasked = await lab.run('runs', 'delete', String(run.id));
    expect(unasked).toMatchObject({ status: 1, stderr: expect.stringContaining('--yes') });
    expect(existsSync(files)).toBe(true);
    const named = [String(run.id), String(run.id)];
    const beside = await lab.run('runs', 'delete', ...named, '99', '--yes');
    expect(beside).toMatchObject({ status: 1, stderr: expect.stringContaining('no run 99') });
    expect(existsSync(files)).toBe(true);
    const { freedBytes } = await lab.json<{ freedBytes: number }>('runs', 'delete', ...named, '--yes');
    expect(freedBytes).toBeGreaterThan(0);
    expect(existsSync(files)).toBe(false);
    expect((await lab.run('runs', 'show', String(run.id))).status).toBe(1);
  });

  test('label keeps tags, notes and star', async () => {
    await lab.json('runs', 'label', firstRun(), '--tag', 'paper', 'small', '--notes', 'keep', '--star');
    const { run } = await lab.json<RunDetail>('runs', 'show', firstRun());
    expect(run).toMatchObject({ tags: ['paper', 'small'], notes: 'keep', starred: true });
    const nothing = await lab.run('runs', 'label', firstRun());
    expect(nothing).toMatchObject({ status: 1, stderr: expect.stringContaining('give --name') });
  });
});

describe('a trained model', () => {
  test('classifies images and folders; what is no picture is named and stops nothing', async () => {
    const table = join(lab.folder, 'answers.csv');
    const text = join(lab.folder, 'notes.jpg');
    writeFileSync(text, 'this is no picture');
    const classification = await lab.json<Classification>(
      'classify',
      firstRun(),
      lab.images,
      text,
      '--csv',
      table,
    );
    expect(classification.answers).toHaveLength(61);
    for (const { probabilities, path } of classification.answers) {
      if (path === text) expect(probabilities).toBeNull();
      else expect(probabilities!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
    const lines = readFileSync(table, 'utf8').trim().split('\r\n');
    expect(lines).toHaveLength(62);
    expect(lines[0]).toMatch(/^path,diagnosis,p_akiec/);
  });

  test('that can read none of the pictures has not succeeded, and shows its answers all the same', async () => {
    const command = ['classify', firstRun(), join(lab.folder, 'notes.jpg')];
    const { status, stdout, stderr } = await lab.run(...command);
    expect(status).toBe(1);
    expect(stdout).toMatch(/0 of 1 images answered/);
    expect(stdout).toContain(`the images that run ${firstRun()} was trained on are drawn by code`);
    expect(stderr).toMatch(/None of the pictures/);
    const inJson = await lab.run(...command, '--json');
    expect(inJson).toMatchObject({ status: 1, stderr: '' });
    expect(JSON.parse(inJson.stdout)).toMatchObject({
      answers: [{ probabilities: null }],
      error: { code: 'bad-image' },
    });
  });

  test('is tested on another set, with a note about images that it has seen', async () => {
    const { stdout, status } = await lab.run('evaluate', firstRun(), '--data', 'drawn');
    expect(status).toBe(0);
    expect(stdout).toMatch(/has seen \d+ of these images/);
    expect(stdout).toContain('the images of drawn are drawn by code');
    expect(stdout).toContain(`the images that run ${firstRun()} was trained on are drawn by code`);
    const { evaluations } = await lab.json<RunDetail>('runs', 'show', firstRun());
    expect(stdout).toContain(`"lab runs show ${firstRun()} --evaluation ${evaluations[0]!.id}"`);
    expect(evaluations.map(({ source }) => source)).toEqual(['external', 'training']);
  });

  test('shows and exports the report of that other set again', async () => {
    const { evaluations } = await lab.json<RunDetail>('runs', 'show', firstRun());
    const id = String(evaluations[0]!.id);
    const shown = await lab.run('runs', 'show', firstRun());
    expect(shown.stdout).toContain(`--evaluation ${id}`);
    const again = await lab.json<{ report: EvaluationReport }>(
      ...['runs', 'show', firstRun(), '--evaluation', id],
    );
    const [part] = again.report.parts;
    expect(part).toMatchObject({ part: 'drawn', images: 60 });
    const folder = join(lab.folder, 'exported-later');
    await lab.json('runs', 'export', firstRun(), '--to', folder);
    const report = JSON.parse(readFileSync(join(folder, `evaluation-${id}.json`), 'utf8'));
    expect(report).toEqual(again.report);
    const rows = readFileSync(join(folder, `evaluation-${id}.csv`), 'utf8')
      .trim()
      .split('\r\n');
    expect(rows).toHaveLength(61);
    const { status, stderr } = await lab.run('runs', 'show', firstRun(), '--evaluation', '99');
    expect(status).toBe(1);
    expect(stderr).toMatch(/no evaluation 99; it has/);
  });

  test('is exported in three formats, and classifies the same from a folder', async () => {
    for (const [format, path] of [
      ['keras', 'm.keras'],
      ['h5', 'm.h5'],
      ['tfjs', 'model'],
    ] as const) {
      const { files } = await lab.json<{ files: { path: string; bytes: number }[] }>(
        'export',
        firstRun(),
        '--format',
        format,
        '--to',
        path,
      );
      for (const file of files) expect(file.bytes).toBeGreaterThan(0);
      expect(existsSync(join(lab.folder, path))).toBe(true);
    }
    const byRun = await lab.json<Classification>('classify', firstRun(), lab.images);
    const byFolder = await lab.json<Classification>('classify', 'model', lab.images);
    expect(byFolder.answers).toEqual(byRun.answers);
    const folderOf = (path: string) => ['export', firstRun(), '--format', 'tfjs', '--to', path];
    expect((await lab.run(...folderOf('model'))).status).toBe(0);
    writeFileSync(join(lab.folder, 'model', '.DS_Store'), 'left by a file manager');
    expect((await lab.run(...folderOf('model'))).status).toBe(0);
    const notes = join(lab.folder, 'model', 'notes.txt');
    writeFileSync(notes, "a person's own");
    for (const path of [lab.images, 'model']) {
      const refused = await lab.run(...folderOf(path));
      expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('left as it is') });
    }
    expect(existsSync(notes)).toBe(true);
    rmSync(notes);
  });

  test('is written where the path says: in a folder that is there, in a new one, but not in a chain of new ones', async () => {
    const exported = async (...parameters: string[]) => {
      const { files } = await lab.json<{ files: { path: string }[] }>('export', firstRun(), ...parameters);
      return relative(lab.folder, files[0]!.path);
    };
    expect(await exported('--to', 'exported')).toBe(join('exported', `run-${firstRun()}-nn1.keras`));
    expect(await exported('--to', join('new', 'm.h5'))).toBe(join('new', 'm.h5'));
    for (const [parameters, message] of [
      [['--to', join('nowhere', 'deep', 'm.keras')], /there is no folder .*nowhere\./],
      [['--format', 'tfjs', '--to', join('nowhere', 'model')], /there is no folder .*nowhere\./],
      [['--format', 'keras', '--to', 'm.h5'], /ends in \.h5, and --format is keras/],
      [['--to', 'm.txt'], /ends in \.keras/],
    ] as const) {
      const { status, stderr } = await lab.run('export', firstRun(), ...parameters);
      expect(stderr).toMatch(message);
      expect(status).toBe(1);
    }
    expect(existsSync(join(lab.folder, 'nowhere'))).toBe(false);
  });
});

describe('lab', () => {
  test.each(['models', 'weights list', 'doctor', 'data list', 'runs list'])(
    '%s prints one JSON document',
    async (command) => {
      expect(await lab.json(...command.split(' '))).toBeTypeOf('object');
    },
  );

  test('compare-all trains what can be trained and names the weights that are missing', async () => {
    const small = ['--epochs', '1', '--image-width-px', '32', '--image-height-px', '32'];
    const { models } = await lab.json<{
      models: { model: string; outcome: string; run: RunRecord | null }[];
    }>('compare-all', '--data', 'drawn', ...small);
    expect(models.map(({ model, outcome }) => [model, outcome])).toEqual([
      ['nn1', 'trained'],
      ['cnn1', 'trained'],
      ['cnn2', 'trained'],
      ['mobile_net', 'trained'],
      ['res_net', 'weights-missing'],
      ['dense_net', 'weights-missing'],
      ['mobile_net2', 'trained'],
    ]);
    expect(models[0]!.run).toMatchObject({ config: { splitMethod: 'image', batchSize: 10 }, epochsDone: 1 });
    // their settings, which the published preset alone allows, can be used again too
    await lab.json('runs', 'export', String(models[0]!.run!.id), '--to', 'published');
    const check = await lab.run('data', 'check', 'drawn', '--config', join('published', 'config.json'));
    expect(check).toMatchObject({ status: 0, stdout: expect.stringMatching(/calibration +0/) });
  }, 600_000);
});
