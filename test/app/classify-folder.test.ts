/** A folder of pictures into one table: whole rows, gone on with, never another model's. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { classifyFolder, type FolderQuestion } from '../../src-main/app/classify-folder.ts';
import { AppError } from '../../src-main/contract/errors.ts';
import { sampleAnswer } from '../store/cases/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';

const model = { name: 'Default', version: '1', hash: 'ab'.repeat(32) };

function question(overrides: Partial<FolderQuestion> = {}): FolderQuestion & { asked: string[] } {
  const folder = temporaryFolder();
  for (const name of ['b.jpg', 'a.png', 'notes.txt', 'sub/c.DCM', '=d.jpg']) {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, name), 'pixels');
  }
  const asked: string[] = [];
  return {
    folder,
    csv: join(temporaryFolder(), 'answers.csv'),
    level: 0.9,
    model,
    classes: sampleAnswer().classes,
    ask: async (path) => {
      asked.push(path);
      return { answer: sampleAnswer(0.25) };
    },
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...overrides,
    asked,
  };
}

const rowsOf = (file: string) => parse(readFileSync(file), { columns: true }) as Record<string, string>[];

describe('a folder', () => {
  it('has one row a picture, with id, probabilities, set, warnings, model and version', async () => {
    const asked = question({
      ask: async () => ({ answer: sampleAnswer(0.25, { warnings: ['Blurred.', 'Dark, too.'] }) }),
    });
    const outcome = await classifyFolder(asked);
    expect(outcome).toMatchObject({ pictures: 4, answered: 4, earlier: 0, unreadable: 0, withWarnings: 4 });
    const rows = rowsOf(asked.csv);
    expect(rows.map(({ id }) => id).sort()).toEqual(["'=d.jpg", 'a.png', 'b.jpg', 'sub/c.DCM']);
    expect(rows[0]).toMatchObject({
      predicted: 'nv',
      p_mel: '0.25',
      p_nv: '0.75',
      set: 'mel nv',
      set_level: '0.9',
      malignant_share: '0.25',
      malignant_positive: 'false',
      withheld: 'false',
      warnings: 'Blurred. Dark, too.',
      error: '',
      model: 'Default',
      version: '1',
      model_hash: model.hash,
    });
  });

  it('names no class where the answer is withheld', async () => {
    const asked = question({ ask: async () => ({ answer: sampleAnswer(0.25, { isWithheld: true }) }) });
    expect(await classifyFolder(asked)).toMatchObject({ withheld: 4 });
    expect(rowsOf(asked.csv)[0]).toMatchObject({ predicted: '', withheld: 'true' });
  });

  it('has a row for a picture that cannot be read, and goes on', async () => {
    const asked = question({
      ask: async (path) => {
        if (path.endsWith('b.jpg')) throw new AppError('bad-image', 'b.jpg: damaged,\ncut off.');
        return { answer: sampleAnswer() };
      },
    });
    expect(await classifyFolder(asked)).toMatchObject({ answered: 3, unreadable: 1 });
    const row = rowsOf(asked.csv).find(({ id }) => id === 'b.jpg');
    expect(row).toMatchObject({ predicted: '', p_mel: '', error: 'b.jpg: damaged, cut off.' });
  });

  it('has a row for a picture of a kind that is not read, too', async () => {
    const asked = question();
    writeFileSync(join(asked.folder, 'scan.BMP'), 'pixels');
    expect(await classifyFolder(asked)).toMatchObject({ pictures: 5 });
    expect(asked.asked).toContain(join(asked.folder, 'scan.BMP'));
  });

  it('finds DICOM files without an ending, and takes no other nameless file for a picture', async () => {
    const asked = question();
    const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(40)]);
    for (const name of ['IM000001', 'sub/1.2.826.0.1', 'DICOMDIR', 'notes.2024']) {
      writeFileSync(join(asked.folder, name), dicom);
    }
    writeFileSync(join(asked.folder, 'README'), 'Dear colleague');
    expect(await classifyFolder(asked)).toMatchObject({ pictures: 6 });
    const ids = rowsOf(asked.csv).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['IM000001', 'sub/1.2.826.0.1']));
  });

  it.skipIf(process.platform === 'win32')('waits for no pipe that lies in the folder', async () => {
    const asked = question();
    execFileSync('mkfifo', [join(asked.folder, 'PIPE')]);
    expect(await classifyFolder(asked)).toMatchObject({ pictures: 4 });
  });

  it('hears a cancel while it looks into files without an ending', async () => {
    const asked = question({ signal: AbortSignal.abort() });
    writeFileSync(join(asked.folder, 'IM000001'), 'Dear colleague');
    await expect(classifyFolder(asked)).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringContaining('before the first picture'),
    });
    expect(existsSync(asked.csv)).toBe(false);
  });

  it('stops at a failure that is no picture’s, with the rows before it, and says so', async () => {
    const died = new AppError('worker-died', 'gone', { details: { signal: 'SIGKILL' } });
    const asked = question({
      ask: async (path) => {
        if (path.endsWith('c.DCM')) throw died;
        return { answer: sampleAnswer() };
      },
    });
    await expect(classifyFolder(asked)).rejects.toMatchObject({
      code: 'worker-died',
      message: 'gone',
      details: { signal: 'SIGKILL', kept: expect.stringMatching(/answers\.csv has [1-3] more picture/) },
    });
    expect(rowsOf(asked.csv).length).toBeGreaterThan(0);
  });

  it('claims no row where none was written, and tells of a table that was begun', async () => {
    const gone = new AppError('worker-died', 'gone');
    const asked = question({ ask: () => Promise.reject(gone) });
    await expect(classifyFolder(asked)).rejects.toMatchObject({
      code: 'worker-died',
      details: { kept: expect.stringMatching(/answers\.csv was begun and has no picture yet/) },
    });
    expect(rowsOf(asked.csv)).toEqual([]);
    await expect(classifyFolder(asked)).rejects.toBe(gone);
  });

  it('without pictures is refused by name, and so is one that is not there', async () => {
    const empty = temporaryFolder();
    await expect(classifyFolder(question({ folder: empty }))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('holds no pictures'),
    });
    await expect(classifyFolder(question({ folder: join(empty, 'gone') }))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(classifyFolder(question({ csv: join(empty, 'gone', 'a.csv') }))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(classifyFolder(question({ csv: empty }))).rejects.toMatchObject({
      code: 'bad-input',
      message: `${empty} is a folder; name the file to write in it.`,
    });
  });
});

describe('a table that is there', () => {
  it('is gone on with after a cancel: nothing is asked twice, nothing is lost', async () => {
    const stop = new AbortController();
    const first = question({ signal: stop.signal });
    const cancelling = {
      ...first,
      ask: async (path: string) => {
        if (path.endsWith('a.png')) stop.abort();
        return first.ask(path);
      },
    };
    await expect(classifyFolder(cancelling)).rejects.toMatchObject({
      code: 'cancelled',
      details: { kept: expect.stringContaining('the same call goes on with the others') },
    });
    const kept = rowsOf(first.csv).map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(4);

    const atOnce = classifyFolder({ ...first, signal: AbortSignal.abort() });
    await expect(atOnce).rejects.toMatchObject({ code: 'cancelled', details: undefined });

    const again = { ...first, signal: new AbortController().signal };
    first.asked.length = 0;
    const outcome = await classifyFolder(again);
    expect(outcome).toMatchObject({ pictures: 4, earlier: kept.length, answered: 4 - kept.length });
    expect(first.asked).toHaveLength(4 - kept.length);
    expect(
      rowsOf(first.csv)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["'=d.jpg", 'a.png', 'b.jpg', 'sub/c.DCM']);
  });

  it('tries the pictures again that could not be read, and keeps every answer as it is', async () => {
    let isDamaged = true;
    const asked = question({
      ask: async (path) => {
        if (isDamaged && path.endsWith('b.jpg'))
          throw new AppError('bad-image', 'b.jpg: damaged, "cut" off.');
        return { answer: sampleAnswer(0.25, { warnings: ['Blurred, "badly".'] }) };
      },
    });
    await classifyFolder(asked);
    chmodSync(asked.csv, 0o640);
    const answers = () => rowsOf(asked.csv).filter(({ error }) => error === '');
    const before = answers();
    expect(await classifyFolder(asked)).toMatchObject({ earlier: 3, answered: 0, unreadable: 1 });
    expect(rowsOf(asked.csv)).toHaveLength(4);
    isDamaged = false;
    expect(await classifyFolder(asked)).toMatchObject({ earlier: 3, answered: 1, unreadable: 0 });
    expect(answers().slice(0, 3)).toEqual(before);
    expect(answers().at(-1)).toMatchObject({ id: 'b.jpg', p_mel: '0.25' });
    expect(readdirSync(dirname(asked.csv))).toEqual(['answers.csv']);
    if (process.platform !== 'win32') expect(statSync(asked.csv).mode & 0o777).toBe(0o640);
  });

  it('loses a last row that a killed process did not write whole', async () => {
    const asked = question();
    await classifyFolder(asked);
    const whole = readFileSync(asked.csv, 'utf8');
    const rows = whole.split('\r\n');
    writeFileSync(asked.csv, `${rows.slice(0, 3).join('\r\n')}\r\n`);
    appendFileSync(asked.csv, rows[3]!.slice(0, 20));
    expect(await classifyFolder(asked)).toMatchObject({ earlier: 2, answered: 2 });
    expect(rowsOf(asked.csv)).toHaveLength(4);
  });

  it.each([
    ['of another model', { model: { ...model, hash: 'cd'.repeat(32) } }, 'another model'],
    ['of another level', { level: 0.8 }, 'another level than 0.8'],
    ['of other classes', { classes: [...sampleAnswer().classes].reverse() }, 'no table of this model'],
  ])('%s is refused, and stays as it is', async (_name, changed, words) => {
    const asked = question();
    await classifyFolder(asked);
    const before = readFileSync(asked.csv, 'utf8');
    await expect(classifyFolder({ ...asked, ...changed })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(words),
    });
    expect(readFileSync(asked.csv, 'utf8')).toBe(before);
  });

  it('that is none is refused, and stays as it is', async () => {
    const asked = question();
    writeFileSync(asked.csv, 'my notes\n"unclosed');
    await expect(classifyFolder(asked)).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(asked.csv, 'utf8')).toBe('my notes\n"unclosed');
  });
});
