/**
 * What a stranger sees first: a new data folder, the model that came with the product, a dropped picture, an answer, its page on
 * paper. The picture is drawn; of 60 drawn ones this is the one that the model takes for a close-up of a lesion.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { landscape } from '../preprocess/drawn-scenes.ts';
import { pdfPages } from '../support/pdf-pages.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';

const TAKEN = 'synthetic_images_part_1/SYN_000037.jpg';
const MODEL = 'ham10000-first-look 1.0.0';

describeInBrowser('a first look', 120_000, (stage) => {
  const { scratch, complaints } = stage;
  let page: Page;
  let lesion: Buffer;

  beforeAll(async () => {
    const folder = join(scratch, 'drawn');
    await writeSyntheticDataset({
      folder,
      images: 60,
      seed: 3,
      widthPx: 600,
      heightPx: 450,
      encode: encodeJpeg,
    });
    lesion = readFileSync(join(folder, TAKEN));
    page = await stage.open(join(scratch, 'data'));
    await page.getByRole('link', { name: 'Classify', exact: true }).click();
  }, OPENING_MS);

  const drop = (name: string, content: Buffer) =>
    page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob('${content.toString('base64')}'), (sign) => sign.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], '${name}', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    })()`);

  test('asks once whether non-commercial use is meant', async () => {
    await page.getByRole('heading', { name: `${MODEL} is for non-commercial use only` }).waitFor();
    await page.getByRole('button', { name: 'Accept: non-commercial use only' }).click();
    await page.getByRole('button', { name: 'Choose a picture' }).waitFor();
  });

  test('gives a dropped picture its set, probabilities, heat map, and a note in place of training images', async () => {
    await drop('lesion.jpg', lesion);
    await page.getByRole('heading', { name: /^Not ruled out at the 90 % level: / }).waitFor();
    await page.getByRole('heading', { name: 'Calibrated probabilities' }).waitFor();
    await page.getByText(/on test, melanocytic nevi were in their set in \d+ of 884 lesions/).waitFor();
    await page.getByText("not this patient's risk").first().waitFor();
    await page.getByText('training images do not go with a released file').waitFor();
    await page.getByRole('slider', { name: /Opacity/ }).waitFor();
    expect(await page.locator('canvas').count()).toBeGreaterThan(0);
    await page.getByText(`Answered by ${MODEL}`).waitFor();
    await page.getByText('Research use only. Not a medical device.').first().waitFor();
    expect(await brokenRules(page)).toEqual([]);
  });

  test('puts the answer on one page of paper', async () => {
    await page.getByRole('button', { name: /^Report/ }).click();
    const sheet = page.frameLocator('iframe');
    await sheet.getByText(/^Not ruled out at the 90 % level/).waitFor();
    const address = await page.locator('iframe').getAttribute('src');
    const html = await page.evaluate<string>(
      `fetch(${JSON.stringify(address)}).then((reply) => reply.text())`,
    );
    const alone = await stage.browser.newPage();
    await alone.setContent(html);
    expect(pdfPages(await alone.pdf({ format: 'A4', printBackground: true }))).toBe(1);
    await alone.close();
    await page.keyboard.press('Escape');
  });

  test('gives a landscape no answer, and says why', async () => {
    await drop('holiday.jpg', await landscape());
    await page.getByRole('heading', { name: /^No answer: / }).waitFor();
    expect(await page.getByText('operating point').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
