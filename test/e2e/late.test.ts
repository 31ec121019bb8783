/**
 * What a window does while an answer is on its way: what was meant before is neither chosen, kept nor saved, what comes late does not
 * take the place of what is newer, and what was typed meanwhile is not lost.
 */
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { drawnJpeg } from '../dataset/pictures.ts';
import { drawDataset } from '../electron/scenarios.ts';
import { keepCases } from '../support/kept-cases.ts';
import { installReleasedModel } from '../support/released-model.ts';
import { storeRun } from '../support/stored-run.ts';
import { type LateAnswers, lateAnswers } from './late-answers.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { runLab } from './workstation.ts';

const STEP_MS = 180_000;
/** Longer than the pause in typing after which is searched. */
const AFTER_TYPING = 'new Promise((resolve) => setTimeout(resolve, 200))';
const MODEL_FILE = join(import.meta.dirname, '../../resources/models/ham10000-first-look-1.0.0.lesion-model');

describeInBrowser('an answer that is on its way', STEP_MS, (stage) => {
  const { scratch, complaints } = stage;
  const dataFolder = join(scratch, 'data');
  let ids: string[];
  let model: string;
  let page: Page;
  let answers: LateAnswers;
  let picture: { name: string; mimeType: string; buffer: Buffer };

  beforeAll(async () => {
    await storeRun(dataFolder, { testImages: 60, pictures: true });
    await runLab(dataFolder, 'data', 'import', await drawDataset(join(scratch, 'images')));
    ids = await keepCases(dataFolder);
    model = await installReleasedModel(dataFolder);
    picture = { name: 'lesion.jpg', mimeType: 'image/jpeg', buffer: await drawnJpeg(7, 'mel') };
    page = await stage.open(dataFolder);
    answers = await lateAnswers(page);
  }, OPENING_MS);

  beforeEach(async () => {
    answers.hold(null);
    await answers.arrive();
    await go('datasets');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor();
  });

  const LETTER = { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('Dear patient') };
  const go = (place: string) => page.evaluate(`location.hash = '#/${place}'`);
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  async function open(id: string): Promise<void> {
    await go(`cases/${id}`);
    await page.getByRole('heading', { level: 1, name: `Case ${id}` }).waitFor();
  }

  test('leaves no case chosen that was found by other words, and adds a picture to none', async () => {
    await go('classify');
    await page.getByLabel('Model', { exact: true }).selectOption(model);
    await page.locator('input[type=file][multiple]').setInputFiles(picture);
    await page.getByRole('button', { name: /^Keep as a case/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('a follow-up of a kept case').check();
    const search = dialog.getByRole('searchbox');
    const add = dialog.getByRole('button', { name: 'Add to the case' });
    await search.fill(ids[0]!);
    await expect.poll(() => add.isEnabled()).toBe(true);
    answers.hold('case.list');
    await search.fill(ids[2]!);
    expect(await add.isEnabled()).toBe(false);
    await answers.waiting(1);
    await search.press('Enter');
    answers.hold(null);
    await answers.arrive();
    await expect.poll(() => add.isEnabled()).toBe(true);
    expect(await dialog.getByRole('radio', { name: new RegExp(ids[2]!) }).isChecked()).toBe(true);
  });

  test('lets no report be saved that says more than is wished for by now', async () => {
    await open(ids[1]!);
    await page.getByRole('button', { name: 'Report…' }).first().click();
    const notes = page.frameLocator('iframe').getByText('Irregular border');
    await page.getByLabel('the notes').check();
    await notes.waitFor();
    answers.hold('case.report');
    await page.getByLabel('the notes').uncheck();
    const acts = [button('Save HTML'), button('Print or save as PDF…')];
    for (const act of acts) expect(await act.isEnabled()).toBe(false);
    await answers.waiting(1);
    answers.hold(null);
    await answers.arrive();
    for (const act of acts) await expect.poll(() => act.isEnabled()).toBe(true);
    await notes.waitFor({ state: 'detached' });
  });

  test('is not kept with a picture that it was not given for', async () => {
    await open(ids[1]!);
    await button('Add a later picture').click();
    const dialog = page.getByRole('dialog');
    const input = dialog.locator('input[type=file]');
    const add = dialog.getByRole('button', { name: 'Add to the case' });
    await dialog.getByRole('button', { name: 'Accept: non-commercial use only' }).click();
    answers.hold('classify.answer');
    await input.setInputFiles(picture);
    await answers.waiting(1);
    await input.setInputFiles(LETTER);
    await dialog.getByRole('alert').getByText('letter.jpg').waitFor();
    answers.hold(null);
    await answers.arrive();
    expect(await add.isEnabled()).toBe(false);
    await input.setInputFiles(picture);
    await expect.poll(() => add.isEnabled()).toBe(true);
  });

  test('does not undo what is typed after Save', async () => {
    await open(ids[1]!);
    const notes = page.getByLabel('Notes');
    await notes.fill('Seen in spring');
    answers.hold('case.update');
    await button('Save').click();
    await answers.waiting(1);
    await notes.fill('Seen in spring and in autumn');
    answers.hold(null);
    await answers.arrive();
    await page.getByText('Not saved yet').waitFor();
    expect(await notes.inputValue()).toBe('Seen in spring and in autumn');
    await button('Save').click();
    await page.getByText('All saved').waitFor();
    expect(await notes.inputValue()).toBe('Seen in spring and in autumn');

    await go('datasets/1/classes');
    const name = page.getByLabel('Name of nv');
    await name.fill('Naevi');
    answers.hold('dataset.set-classes');
    await button('Save').click();
    await answers.waiting(1);
    await name.fill('Naevi of all kinds');
    answers.hold(null);
    await answers.arrive();
    expect(await name.inputValue()).toBe('Naevi of all kinds');
    expect(await button('Save').isEnabled()).toBe(true);
  });

  test('tells of no model but of the one whose file was chosen last', async () => {
    await go('settings');
    const input = page.locator('input[accept=".lesion-model"]');
    const dialog = page.getByRole('dialog', { name: 'A model from a file' });
    answers.hold('release.inspect');
    await input.setInputFiles(MODEL_FILE);
    await answers.waiting(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    answers.hold(null);
    await input.setInputFiles({ ...LETTER, name: 'letter.lesion-model' });
    await dialog.getByRole('alert').getByText('Nothing was taken from the file').waitFor();
    await answers.arrive();
    expect(await dialog.getByText('The file is whole').count()).toBe(0);
    expect(await dialog.getByRole('button', { name: /this model$/ }).isEnabled()).toBe(false);
  });

  test('is told by nobody before it is there: that an import found nothing wrong', async () => {
    answers.hold('dataset.problems');
    await go('datasets/1/problems');
    await answers.waiting(1);
    const none = page.getByText('The import found nothing wrong');
    expect(await none.count()).toBe(0);
    answers.hold(null);
    await answers.arrive();
    await none.waitFor();
  });

  test('sets no form back to a run that somebody has turned away from', async () => {
    answers.hold('run.get');
    await go('new?from=1');
    await answers.waiting(1);
    await go('new?dataset=1&model=nn1');
    const chosen = page.locator('select[name=model]');
    await expect.poll(() => chosen.inputValue()).toBe('nn1');
    answers.hold(null);
    await answers.arrive();
    expect(await chosen.inputValue()).toBe('nn1');
    expect(page.url()).toContain('model=nn1');
  });

  test('brings nobody back who has gone elsewhere while it was looked whether a run can begin', async () => {
    await go('new?dataset=2&model=nn1&epochs=1&batchSize=5&imageWidthPx=32&imageHeightPx=24');
    answers.hold('run.start');
    await button('Start training').click();
    await answers.waiting(1);
    await go('settings');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    answers.hold(null);
    await answers.arrive();
    expect(page.url()).toMatch(/#\/settings$/);
    await go('train/2');
    await page.locator('[data-status=completed]').waitFor();
  });

  test('of how full the disk is gives way to a newer one', async () => {
    await go('settings');
    const clean = button('Clean caches');
    await clean.and(page.locator(':enabled')).waitFor();
    // known last of all that a window asks for at its start
    await page
      .getByText(/threads · TensorFlow/)
      .first()
      .waitFor();
    answers.hold('app.storage');
    await go('runs');
    await go('settings');
    await answers.waiting(1);
    await clean.click();
    await answers.waiting(2);
    answers.hold(null);
    await answers.arrive('last first');
    await expect.poll(() => clean.isEnabled()).toBe(false);
  });

  test('is not what was typed a moment before all was to be shown, or another screen', async () => {
    const type = (words: string) => `(() => {
      const field = document.querySelector('input[type=search]');
      field.value = ${JSON.stringify(words)};
      field.dispatchEvent(new Event('input', { bubbles: true }));
    })()`;
    const showAll = `[...document.querySelectorAll('search button')].find((each) => each.textContent === 'Show all').click()`;
    const search = page.getByRole('searchbox');

    await go('runs?status=completed');
    await button('Show all').waitFor();
    await page.evaluate(`${type('nowhere')}; ${showAll}; ${AFTER_TYPING}`);
    expect(page.url()).toMatch(/#\/runs$/);
    expect(await search.inputValue()).toBe('');
    await page.evaluate(`${type('drawn')}; location.hash = '#/settings'; ${AFTER_TYPING}`);
    expect(page.url()).toMatch(/#\/settings$/);

    await go('cases');
    await page.getByLabel('Warnings').selectOption('yes');
    await button('Show all').waitFor();
    await page.evaluate(`${type('nowhere')}; ${showAll}; ${AFTER_TYPING}`);
    await page.getByText(`${ids.length} cases · not encrypted`).waitFor();
    expect(await search.inputValue()).toBe('');
    // the letter that is no picture
    expect(complaints.filter((line) => !line.includes('status of 400'))).toEqual([]);
  });
});
