/** Class lists that a person writes, and sets whose classes are not those of a model. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatasetSummary } from '../../src-main/contract/schema/dataset.ts';
import type { EvaluationReport } from '../../src-main/contract/schema/evaluation.ts';
import { mergeClasses, readClassList } from '../../src-main/hosts/cli/class-list.ts';
import { type Lab, openLab, QUICK } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  sortInFolders(join(lab.images), join(lab.folder, 'clinic'), ['mel', 'nv', 'scc']);
});
afterAll(() => lab.remove());

/** Three pictures a class. */
function sortInFolders(from: string, to: string, codes: readonly string[]): void {
  const pictures = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jpg'))
    .sort();
  for (const [index, code] of codes.entries()) {
    mkdirSync(join(to, code), { recursive: true });
    for (const path of pictures.slice(3 * index, 3 * index + 3)) {
      copyFileSync(join(from, path), join(to, code, path.split('/').at(-1)!));
    }
  }
}

function written(name: string, text: string | Uint8Array): string {
  const file = join(lab.folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a class list', () => {
  test('says the same in JSON and in a table', () => {
    const json = written(
      'list.json',
      JSON.stringify([
        { code: 'mel', name: 'Melanoma', malignant: true },
        { code: 'nv', name: 'Naevus, benign', malignant: false },
        { code: 'scc', malignant: 'unknown' },
        { code: 'vasc' },
      ]),
    );
    const table = written(
      'list.csv',
      '\uFEFFCode,Name,Malignant\r\nmel,Melanoma,TRUE\r\nnv,"Naevus, benign",false\r\nscc,,unknown\r\nvasc,,\r\n',
    );
    const classes = (file: string) => readClassList(file).map(({ where: _where, ...info }) => info);
    expect(classes(json)).toEqual([
      { code: 'mel', name: 'Melanoma', malignant: true },
      { code: 'nv', name: 'Naevus, benign', malignant: false },
      { code: 'scc', name: undefined, malignant: null },
      { code: 'vasc', name: undefined, malignant: undefined },
    ]);
    expect(classes(table)).toEqual(classes(json));
  });

  test.each([
    ['Windows-1252', Buffer.from('code;name\nn\u00e4vus;N\u00e4vus\n', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffcode\tname\nn\u00e4vus\tN\u00e4vus\n', 'utf16le')],
  ])('is read in %s, as spreadsheets in Europe save it', (_, bytes) => {
    expect(readClassList(written('umlaut.csv', bytes))).toMatchObject([
      { code: 'n\u00e4vus', name: 'N\u00e4vus' },
    ]);
  });

  test.each([
    ['wrong.json', '[{', /wrong\.json is not JSON/],
    ['wrong.json', '{"code": "nv"}', /wrong\.json must hold a list/],
    ['wrong.json', '[]', /names no class/],
    ['wrong.json', '[{"code": "nv"}, null]', /wrong\.json, entry 2: null is no class/],
    ['wrong.json', '[{"code": "nv"}, {"name": "x"}]', /entry 2: the class has no code/],
    ['wrong.json', '[{"code": "nv", "name": 3}]', /entry 1: the name of "nv" is 3/],
    ['wrong.json', '[{"code": "nv", "malignant": "no"}]', /entry 1: "malignant" of "nv" is "no"/],
    ['wrong.json', '[{"code": "nv", "maligant": true}]', /entry 1: .*"maligant".*did you mean "malignant"/],
    ['wrong.csv', 'sep=;\ncode;malignant\nmel;true\nnv;maybe\n', /wrong\.csv, line 4: .*"maybe"/],
    ['wrong.csv', 'code,malignant\nmel,true\n\nnv,maybe\n', /wrong\.csv, line 4: .*"maybe"/],
    ['wrong.csv', 'code;name\nmel;a\nnv;b\nmel;c\n', /line 4: the class "mel" is in .*line 2 already/],
    ['wrong.csv', 'name,malignant\nMelanoma,true\n', /line 2: the class has no code/],
    ['wrong.csv', 'code,name\nmel\n', /wrong\.csv is not a readable table/],
  ])('%s %s is refused, and the row named', (name, text, message) => {
    const file = written(name, text);
    expect(() => readClassList(file)).toThrow(message);
  });

  test('that names a class which the dataset does not have is refused', () => {
    const classes = [{ code: 'mel', name: 'Melanoma', malignant: null }];
    const listed = readClassList(written('unknown.csv', 'code\nmel\nmell\n'));
    expect(() => mergeClasses(classes, listed)).toThrow(/line 3: .*no class "mell"; did you mean "mel"/);
  });
});

describe('a set with classes of its own', () => {
  test('is imported with their names and marks, which a later list can change', async () => {
    const first = written('first.csv', 'code,name,malignant\nmel,Melanoma,true\nnv,Naevus,false\n');
    const imported = await lab.json<{ dataset: DatasetSummary }>(
      'data',
      'import',
      'clinic',
      '--classes',
      first,
    );
    expect(imported.dataset.classes).toEqual([
      { code: 'mel', name: 'Melanoma', malignant: true },
      { code: 'nv', name: 'Naevus', malignant: false },
      { code: 'scc', name: 'scc', malignant: null },
    ]);
    const second = written('second.json', JSON.stringify([{ code: 'scc', malignant: true }]));
    const again = await lab.json<{ dataset: DatasetSummary; created: boolean }>(
      ...['data', 'import', 'clinic', '--classes', second],
    );
    expect(again.created).toBe(false);
    expect(again.dataset.classes[2]).toEqual({ code: 'scc', name: 'scc', malignant: true });
    const third = written('third.csv', 'code,name\nscc,Squamous cell carcinoma\n');
    const named = await lab.json<{ dataset: DatasetSummary }>('data', 'classes', 'clinic', '--set', third);
    expect(named.dataset.classes).toEqual([
      { code: 'mel', name: 'Melanoma', malignant: true },
      { code: 'nv', name: 'Naevus', malignant: false },
      { code: 'scc', name: 'Squamous cell carcinoma', malignant: true },
    ]);
  });

  test('with a bad list is not imported', async () => {
    const file = written('bad.csv', 'code,malignant\nmel,perhaps\n');
    const { status, stderr } = await lab.run('data', 'import', lab.images, '--classes', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/bad\.csv, line 2: .*"perhaps"/);
    const { datasets } = await lab.json<{ datasets: DatasetSummary[] }>('data', 'list');
    expect(datasets.map(({ name }) => name)).toEqual(['clinic']);
  });

  test('tests a model that does not know all of them only if the others are to be skipped, and counts these', async () => {
    const { run } = await lab.json<{ run: { id: number } }>(
      ...['train', '--data', lab.images, '--model', 'nn1', '--epochs', '1', ...QUICK],
    );
    const evaluate = ['evaluate', String(run.id), '--data', 'clinic'];
    const refused = await lab.run(...evaluate);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/does not know: scc \(3 images\).*--skip-unknown-classes/);
    const { stdout, status } = await lab.run(...evaluate, '--skip-unknown-classes');
    expect(status).toBe(0);
    expect(stdout).toMatch(/the model does not know their class: 3 images \(scc 3\)/);
    const { evaluations } = await lab.json<{ evaluations: { id: number }[] }>('runs', 'show', String(run.id));
    const { report } = await lab.json<{ report: EvaluationReport }>(
      ...['runs', 'show', String(run.id), '--evaluation', String(evaluations[0]!.id)],
    );
    expect(report.parts[0]).toMatchObject({ part: 'clinic', images: 6 });
    expect(report.leftOut).toEqual({ unknownClasses: [{ code: 'scc', images: 3 }], unreadable: [] });
  });
});
