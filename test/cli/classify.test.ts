/** `lab classify` with a released model: the words of the window, a folder into a table, and clear refusals. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FolderOutcome, QuestionedAnswer } from '../../src-main/contract/release-api.ts';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import { landscape } from '../preprocess/drawn-scenes.ts';
import { installReleasedModel } from '../support/released-model.ts';
import { type Lab, openLab } from './lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await openLab({ images: 14 });
  await installReleasedModel(lab.dataFolder);
  const pixels = drawnPixels(1, 300, 225, 'mel');
  writeFileSync(join(lab.folder, 'lesion.png'), await asSharp(pixels, 300, 225).png().toBuffer());
  writeFileSync(join(lab.folder, 'view.jpg'), await landscape());
  writeFileSync(join(lab.folder, 'words.txt'), 'not a picture but a few words');
  mkdirSync(join(lab.folder, 'visit'));
  for (const seed of [1, 2, 3]) {
    const jpeg = asSharp(drawnPixels(seed, 300, 225), 300, 225).jpeg();
    writeFileSync(join(lab.folder, 'visit', `${seed}.jpg`), await jpeg.toBuffer());
  }
}, 120_000);
afterAll(() => lab.remove());

describe('lab classify with a released model', () => {
  test('says for a picture what the window says, and which model answered', async () => {
    const { status, stdout } = await lab.run('classify', 'Sample', 'lesion.png');
    expect(status).toBe(0);
    expect(stdout).toMatch(/Not ruled out at the 90 % level: /);
    expect(stdout).toContain("not this patient's risk");
    expect(stdout).toContain('on test, 6 of 66 lesions were outside of theirs');
    expect(stdout).toMatch(/\d of 8 views/);
    expect(stdout).toContain('Answered by Sample 1.0.0 (abababab). Research use only. Not a medical device.');
  });

  test('takes name@version, the beginning of the hash, and another level', async () => {
    const [byVersion] = await lab.json<QuestionedAnswer[]>('classify', 'Sample@1.0.0', 'lesion.png');
    const [byHash] = await lab.json<QuestionedAnswer[]>('classify', 'ababab', 'lesion.png', '--level', '0.8');
    expect(byHash!.answer.probabilities).toEqual(byVersion!.answer.probabilities);
    expect(byVersion!.answer.predictionSet.level).toBe(0.9);
    expect(byHash!.answer.predictionSet.level).toBe(0.8);
  });

  test('gives no diagnosis for a landscape, and says why', async () => {
    const { status, stdout } = await lab.run('classify', 'Sample', 'view.jpg');
    expect(status).toBe(0);
    expect(stdout).toContain('No answer: this does not look like a close-up of skin');
    expect(stdout).not.toMatch(/Not ruled out|operating point|in it/);
  });

  test('answers the other pictures beside one that cannot be read, and fails where none can', async () => {
    const mixed = ['words.txt', 'lesion.png', 'gone.png'];
    const { status, stdout } = await lab.run('classify', 'Sample', ...mixed);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Not read: .*words\.txt: this is a text file/m);
    expect(stdout).toMatch(/^Not read: .*gone\.png: there is no such file/m);
    expect(stdout.match(/Answered by Sample/g)).toHaveLength(1);
    const answers = await lab.json<{ path: string; error?: string }[]>('classify', 'Sample', ...mixed);
    expect(answers.map(({ error }) => error === undefined)).toEqual([false, true, false]);
    const none = await lab.run('classify', 'Sample', 'words.txt', 'gone.png');
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/a text file.*no such file/);
  });

  test('says what the licence of the model excludes, with each answer and with a folder', async () => {
    const text = { name: 'Restricted', licence: 'CC BY-NC 4.0', isNonCommercial: true };
    await installReleasedModel(lab.dataFolder, text, 'cd'.repeat(32));
    const words = 'Non-commercial use only (licence: CC BY-NC 4.0).';
    for (const asked of [['lesion.png'], ['visit', '--csv', 'restricted.csv']]) {
      expect((await lab.run('classify', 'Restricted', ...asked)).stdout).toContain(words);
      const free = [asked[0]!, ...asked.slice(1).map((word) => word.replace('restricted', 'free'))];
      expect((await lab.run('classify', 'Sample', ...free)).stdout).not.toContain('Non-commercial');
    }
  });

  test('writes a folder into a table, and goes on with it', async () => {
    const command = ['classify', 'Sample', 'visit', '--csv', 'answers.csv'];
    expect(await lab.json<FolderOutcome>(...command)).toMatchObject({ answered: 3, earlier: 0 });
    const { stdout } = await lab.run(...command);
    expect(stdout).toContain('3 pictures: 0 answered, 3 were in the table already, 0 not read.');
    expect(stdout).not.toContain('Of those answered');
    const table = readFileSync(join(lab.folder, 'answers.csv'), 'utf8');
    expect(
      table
        .split('\r\n')
        .slice(1, 4)
        .map((row) => row.slice(0, 5)),
    ).toEqual(expect.arrayContaining(['1.jpg', '2.jpg', '3.jpg']));
  });

  test.each([
    ['a model that is not there', ['Samle', 'lesion.png'], /"Samle"; did you mean "Sample"\?/],
    ['a folder without a table', ['Sample', 'visit'], /needs --csv FILE/],
    ['a table for single pictures', ['Sample', 'lesion.png', '--csv', 'a.csv'], /--csv goes with a folder/],
    ['a folder that is not there', ['Sample', 'gone', '--csv', 'a.csv'], /There is no folder .*gone/],
    [
      'a level without sets',
      ['Sample', 'lesion.png', '--level', '0.97'],
      /levels 0\.8, 0\.9; received 0\.97/,
    ],
    [
      'a level in per cent',
      ['Sample', 'visit', '--csv', 'a.csv', '--level', '90'],
      /--level is a share between 0 and 1; received "90"/,
    ],
    ['a level that is no number', ['Sample', 'lesion.png', '--level', 'high'], /--level .*received "high"/],
    ['a level for a run', ['1', 'lesion.png', '--level', '0.8'], /--level goes with a released model/],
    ['what is no picture', ['Sample', 'words.txt'], /a text file/],
    ['a picture that is not there', ['Sample', 'gone.png'], /no such file/],
  ])('refuses %s', async (_what, parameters, words) => {
    const { status, stderr } = await lab.run('classify', ...parameters);
    expect(status).toBe(1);
    expect(stderr).toMatch(words);
  });
});
