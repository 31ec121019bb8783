/**
 * The screen of the datasets with nothing replaced: a folder of drawn pictures is added, looked at by class and part, its problems
 * and duplicates are found, its classes named; all of it survives a reload; then it is deleted.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { drawnJpeg } from '../dataset/pictures.ts';
import { lateAnswers } from './late-answers.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { takesClickWhileScrolling } from './workstation.ts';

const STEP_MS = 120_000;
const CLASSES = ['melanoma', 'naevus', 'scar'];
const OF_EACH = 12;
const COUNT_PICTURES = `[...document.querySelectorAll('[role=gridcell] img')].filter((image) => image.naturalWidth > 0).length`;
const ALL_PICTURES = '[...document.images].every((image) => image.complete)';

/** One folder a class, one picture there twice under two diagnoses, one file that is no picture. */
async function drawFolder(root: string): Promise<void> {
  for (const [place, code] of CLASSES.entries()) {
    mkdirSync(join(root, code), { recursive: true });
    for (let number = 0; number < OF_EACH; number++) {
      writeFileSync(join(root, code, `${code}-${number}.jpg`), await drawnJpeg(100 * place + number));
    }
  }
  cpSync(join(root, 'naevus', 'naevus-0.jpg'), join(root, 'scar', 'scar-again.jpg'));
  writeFileSync(join(root, 'scar', 'letter.jpg'), 'Dear patient');
}

describeInBrowser('the datasets', STEP_MS, (stage) => {
  const { scratch, complaints } = stage;
  const dataFolder = join(scratch, 'data');
  const root = join(scratch, 'clinic');
  let page: Page;

  beforeAll(async () => {
    await drawFolder(root);
    page = await stage.open(dataFolder);
  }, OPENING_MS);

  const tab = (name: string) => page.getByRole('tab', { name });
  const tiles = () => page.getByRole('grid', { name: 'Images' }).getByRole('gridcell');
  const shown = async (words: string) => page.getByRole('status').filter({ hasText: words }).waitFor();

  test('a folder is added by its dialog, which names what is wrong with another', async () => {
    await page.getByRole('button', { name: 'Add a dataset' }).click();
    await page.getByLabel('Folder', { exact: true }).and(page.locator(':focus')).waitFor();
    await page.keyboard.type(join(dataFolder, 'logs'));
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Nothing was imported').waitFor();
    await page.getByLabel('Folder', { exact: true }).fill(root);
    await page.getByLabel(/^Name/).fill('Clinic');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'Clinic', level: 1 }).waitFor();
    await page.getByText('37 images of 37 lesions').waitFor();
  });

  test('the same folder again is the same dataset, and the window says so', async () => {
    await page.getByRole('link', { name: 'All datasets' }).click();
    await page.getByRole('button', { name: 'Add a dataset' }).click();
    await page.getByLabel('Folder', { exact: true }).and(page.locator(':focus')).waitFor();
    await page.keyboard.type(root);
    await page.keyboard.press('Enter');
    await page.getByText('Clinic was here already').waitFor();
    await page.getByRole('heading', { name: 'Clinic', level: 1 }).waitFor();
  });

  test('its class counts are a chart, and the same figures a table', async () => {
    await page.getByRole('img', { name: /^37 images in 3 classes/ }).waitFor();
    await page.getByRole('button', { name: /^Show as table/ }).click();
    const rows = page.getByRole('region', { name: /as a table$/ }).getByRole('row');
    expect(await rows.allTextContents()).toEqual([
      expect.stringContaining('images'),
      expect.stringMatching(/melanoma.*not said.*12/),
      expect.stringMatching(/naevus.*12/),
      expect.stringMatching(/scar.*13/),
    ]);
  });

  test('what a run would be made of is counted anew for another split', async () => {
    const parts = page.getByRole('table', { name: 'Images of each part of the split' });
    await parts.waitFor();
    await page.getByText('No lesion and no duplicate lies in more than one part.').waitFor();
    const before = await parts.textContent();
    await page.getByLabel('Split', { exact: true }).selectOption('image');
    await expect.poll(() => parts.textContent()).not.toBe(before);
    expect(await parts.getByRole('rowheader').allTextContents()).toEqual(['train', 'validation', 'test']);
  });

  test('problems are listed with their pictures and saved as CSV', async () => {
    await tab('Problems').click();
    const list = page.getByRole('grid', { name: 'Problems of Clinic' });
    await list.getByText('letter.jpg: this is a text file').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    const file = join(scratch, 'problems.csv');
    await (await download).saveAs(file);
    const lines = readFileSync(file, 'utf8').trim().split('\r\n');
    expect(lines[0]).toBe('kind,image_ids,message');
    expect(
      lines
        .slice(1)
        .map((line) => line.split(',')[0])
        .sort(),
    ).toEqual(['exact-duplicate', 'unreadable-image']);
  });

  test('the picture that is there twice stands side by side with its copy, under two diagnoses', async () => {
    await tab('Duplicates').click();
    await page.getByRole('gridcell', { name: /naevus-0 and scar-again, Exact, two diagnoses/ }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('row', { name: /^Diagnosis differs/ }).textContent()).toMatch(
      /naevus\s*scar/,
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('images are sifted by class and part, small copies of them are made, and a reload changes nothing', async () => {
    await tab('Images').click();
    await shown('37 images of 37 lesions');
    expect(await takesClickWhileScrolling(page, 'Images')).toBe(true);
    await page.getByLabel('Parts of a split').selectOption('lesion');
    await page.getByRole('checkbox', { name: /^naevus/ }).check();
    await shown('12 of 37 images');
    await page.getByRole('checkbox', { name: /^train/ }).check();
    const words = await page.getByRole('status').filter({ hasText: 'of 37 images' }).textContent();
    const count = Number(/\d+/.exec(words ?? '')?.[0]);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(12);
    await page.reload();
    await shown(`${count} of 37 images`);
    await expect.poll(() => tiles().count()).toBe(count);
    await expect.poll(() => page.evaluate(COUNT_PICTURES)).toBe(count);
    const cache = join(dataFolder, 'cache', 'thumbnails');
    expect(readdirSync(cache, { recursive: true }).some((name) => String(name).endsWith('.webp'))).toBe(true);
  });

  test('a tile opens large with its row; keys go on to the next and back to the gallery', async () => {
    await tiles().first().focus();
    const name = (await tiles().first().textContent())!.split(',')[0]!.trim();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name });
    await dialog.getByText('60 × 45 px').waitFor();
    await dialog.getByText(`naevus/${name}.jpg`).waitFor();
    await page.keyboard.press('ArrowRight');
    await page
      .getByRole('dialog')
      .getByText(/^Image 2 of/)
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('classes of a folder are named and marked, which every screen then says', async () => {
    await tab('Classes').click();
    await page.getByLabel('Name of melanoma').fill('Malignant melanoma');
    await page.getByLabel('Is melanoma malignant?').selectOption('yes');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await tab('Overview').click();
    await page.getByText('Of naevus, scar nobody has said').waitFor();
    await tab('Images').click();
    await page
      .getByRole('gridcell', { name: /, Malignant melanoma$/ })
      .first()
      .waitFor();
  });

  test('it is deleted after asking; its files stay', async () => {
    // a picture that is still on its way would be asked of a dataset that is gone
    await expect.poll(() => page.evaluate(ALL_PICTURES)).toBe(true);
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Datasets', level: 1 }).waitFor();
    await page.getByText('No dataset yet').waitFor();
    expect(existsSync(join(root, 'naevus', 'naevus-0.jpg'))).toBe(true);
  });

  test('a folder is found in the dialog of folders and imported, by keyboard alone', async () => {
    const place = page.getByRole('dialog', { name: 'Choose a folder' }).getByRole('status');
    await tabTo('Add a dataset');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Add a dataset' }).waitFor();
    await tabTo('Choose …');
    await page.keyboard.press('Enter');
    await place.getByText('Where to look').waitFor();
    await page.getByRole('button', { name: scratch, exact: true }).waitFor();
    await tabTo(scratch);
    await page.keyboard.press('Enter');
    await place.getByText(scratch, { exact: true }).waitFor();
    await tabTo('clinic');
    await page.keyboard.press('Enter');
    await place.getByText(root, { exact: true }).waitFor();
    await page.getByText('No folders in here.').waitFor({ state: 'detached' });
    await tabTo('Choose this folder');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Add a dataset' }).waitFor();
    expect(await page.getByLabel('Folder', { exact: true }).inputValue()).toBe(root);
    await tabTo('Import');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'clinic', level: 1 }).waitFor();
    await page.getByText('37 images of 37 lesions').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a folder that is still on its way cannot be mistaken for the one shown before it', async () => {
    const answers = await lateAnswers(page);
    await page.getByRole('link', { name: 'All datasets' }).click();
    await page.getByRole('button', { name: 'Add a dataset' }).click();
    await page.getByRole('button', { name: 'Choose …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Choose a folder' });
    const choose = dialog.getByRole('button', { name: 'Choose this folder' });
    await dialog.getByRole('button', { name: scratch, exact: true }).click();
    await expect.poll(() => choose.isEnabled()).toBe(true);
    answers.hold('folder.list');
    await dialog.getByRole('button', { name: 'data', exact: true }).click();
    await dialog.getByRole('button', { name: 'clinic', exact: true }).click();
    expect(await choose.isEnabled()).toBe(false);
    await answers.waiting(2);
    answers.hold(null);
    await answers.arrive('last first');
    await expect.poll(() => choose.isEnabled()).toBe(true);
    await choose.click();
    expect(await page.getByLabel('Folder', { exact: true }).inputValue()).toBe(root);
    expect(complaints).toEqual([]);
  });

  /** Presses Tab until what has the focus says this. */
  async function tabTo(words: string): Promise<void> {
    const focused = () => page.evaluate('document.activeElement?.textContent?.trim() ?? ""');
    const passed: unknown[] = [];
    while ((await focused()) !== words) {
      expect(passed.length, `${words} was not reached; passed were ${passed.join(' | ')}`).toBeLessThan(60);
      await page.keyboard.press('Tab');
      passed.push(await focused());
    }
  }
});
