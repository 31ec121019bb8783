/**
 * The clinician's way over the real program and a real, if small, model: trained on the demo images, released by the command line,
 * asked from the window about pictures of every kind, and about a folder.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import { dicomFile } from '../preprocess/dicom-file.ts';
import { landscape } from '../preprocess/drawn-scenes.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';
import { runLab } from './workstation.ts';

const STEP_MS = 180_000;
const SMALL = ['--epochs', '2', '--image-width-px', '48', '--image-height-px', '36'];
const COPIES = 2;
/** Makes a file of a page's own and hands it to the window as a drop or a paste would. */
const HAND_OVER = `(kind, name, type, base64) => {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type }));
  document.body.dispatchEvent(kind === 'drop'
    ? new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })
    : new ClipboardEvent('paste', { clipboardData: dataTransfer, bubbles: true, cancelable: true }));
}`;

describeInBrowser('the classifier', STEP_MS, (stage) => {
  const { scratch, complaints } = stage;
  const dataFolder = join(scratch, 'data');
  const folder = join(scratch, 'pictures');
  const modelFile = join(scratch, 'demo.lesion-model');
  let page: Page;
  let pictures: string[];
  let hash: string;

  beforeAll(async () => {
    await runLab(dataFolder, 'demo', '--model', 'nn1', '--epochs', '1');
    await runLab(dataFolder, 'train', '--data', '1', '--model', 'cnn1', ...SMALL);
    const text = ['--name', 'Demo', '--model-version', '1.0.0', '--intended-use', 'To try the screen.'];
    const licence = ['--licence', 'CC BY-NC 4.0', '--non-commercial'];
    await runLab(dataFolder, 'release', 'create', '2', ...text, ...licence);
    hash = releasedHash('Demo');
    await runLab(dataFolder, 'release', 'export', hash, '--to', modelFile);
    const drawn = join(dataFolder, 'synthetic', 'synthetic_images_part_2');
    pictures = readdirSync(drawn)
      .sort()
      .map((name) => join(drawn, name));
    fillFolder();
    page = await stage.open(dataFolder);
    await page.getByRole('link', { name: 'Classify', exact: true }).click();
  }, OPENING_MS);

  /** One may have come with the product, too. */
  function releasedHash(name: string): string {
    const models = join(dataFolder, 'models');
    const isIt = (folder: string) =>
      JSON.parse(readFileSync(join(models, folder, 'release.json'), 'utf8')).name === name;
    return readdirSync(models).find(isIt)!;
  }

  /** Many pictures, one of which is none. */
  function fillFolder(): void {
    mkdirSync(folder);
    for (let copy = 0; copy < COPIES; copy++) {
      pictures.forEach((picture, index) => {
        copyFileSync(picture, join(folder, `${copy}-${index}.jpg`));
      });
    }
    writeFileSync(join(folder, 'letter.jpg'), 'Dear patient, …');
  }

  const chooser = () => page.locator('input[type=file][multiple]');
  const headline = (pattern: RegExp) => page.getByRole('heading', { name: pattern });
  const NOT_RULED_OUT = /^(Not ruled out|No class fits well) at the 90 % level/;
  const handOver = (kind: 'drop' | 'paste', name: string, type: string, content: Buffer) =>
    page.evaluate(
      `(${HAND_OVER})(${JSON.stringify(kind)}, ${JSON.stringify(name)}, '${type}', '${content.toString('base64')}')`,
    );

  const widthOf = (image: string) => page.evaluate(`document.querySelector('${image}')?.naturalWidth ?? 0`);

  async function expectNoViolations(): Promise<void> {
    expect(await brokenRules(page)).toEqual([]);
  }

  test('says what the licence excludes before a model is asked for the first time, and once only', async () => {
    await page.getByRole('heading', { name: 'Demo 1.0.0 is for non-commercial use only' }).waitFor();
    await page.getByText('CC BY-NC 4.0', { exact: true }).waitFor();
    expect(await chooser().count()).toBe(0);
    await handOver('drop', 'early.jpg', 'image/jpeg', readFileSync(pictures[0]!));
    await page.getByText('Accept the licence of the model first').waitFor();
    await expectNoViolations();
    await page.getByRole('button', { name: 'Accept: non-commercial use only' }).click();
    await chooser().waitFor({ state: 'attached' });
    await page.reload();
    await chooser().waitFor({ state: 'attached' });
    await expectNoViolations();
  });

  test('answers a picture with all that an answer is questioned by, and says who answered', async () => {
    await page.getByRole('note').getByText('Research use only. Not a medical device.').waitFor();
    await chooser().setInputFiles(pictures[0]!);
    await headline(NOT_RULED_OUT).waitFor();
    await page.getByText(`Answered by Demo 1.0.0 ${hash.slice(0, 8)}`).waitFor();
    await page.getByText('seen drawn images alone').first().waitFor();
    expect(await page.getByText('Probability of melanoma.').count()).toBe(1);
    expect(await page.getByText("not this patient's risk").count()).toBe(2);
    await page
      .getByText(/\d of 8 views/)
      .first()
      .waitFor();
    await page.locator('figure canvas').waitFor();

    const rows = page.getByRole('table', { name: 'Calibrated probabilities' }).getByRole('row');
    const numbers = (await rows.allTextContents()).map((text) => Number(/[01]\.\d{3}/.exec(text)?.[0]));
    expect(numbers).toHaveLength(7);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(numbers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 2);

    const similar = page.getByRole('img', { name: /of the training part/ });
    await similar.first().scrollIntoViewIfNeeded();
    await expect.poll(() => widthOf('li img')).toBeGreaterThan(0);
    await expectNoViolations();
  });

  test('shows the set of another level, and the heat map of another class, without asking again', async () => {
    let sent = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST') sent++;
    });
    await page.getByRole('radio', { name: '95 %' }).check({ force: true });
    await headline(/at the 95 % level/).waitFor();
    await page.getByRole('radio', { name: '95 %' }).press('ArrowLeft');
    await headline(NOT_RULED_OUT).waitFor();
    const choice = page.getByRole('combobox', { name: 'Heat map for' });
    await choice.selectOption({ index: 6 });
    const opacity = page.getByRole('slider', { name: /^Opacity/ });
    await opacity.press('End');
    expect(await opacity.getAttribute('aria-valuetext')).toBe('100 %');
    expect(await page.evaluate("document.querySelector('figure canvas').style.opacity")).toBe('1');
    expect(sent).toBe(0);
  });

  test('takes a picture that is dropped or pasted anywhere, and says when the clipboard holds none', async () => {
    // those of the dataset's pictures, which are shown beside the answer
    const filesButThumbnails = () =>
      readdirSync(dataFolder, { recursive: true }).filter((path) => !`${path}`.includes('thumbnails'));
    const files = filesButThumbnails();
    await handOver('drop', 'dropped.jpg', 'image/jpeg', readFileSync(pictures[1]!));
    await page.getByText('dropped.jpg').waitFor();
    await headline(NOT_RULED_OUT).waitFor();
    await handOver('paste', 'image.jpeg', 'image/jpeg', readFileSync(pictures[2]!));
    await page.getByText('Pasted picture').waitFor();
    await headline(NOT_RULED_OUT).waitFor();
    await page.evaluate(
      "document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: new DataTransfer(), bubbles: true }))",
    );
    await page.getByText('The clipboard holds no picture').waitFor();
    expect(filesButThumbnails()).toEqual(files);
  });

  test('shows what a browser cannot, and of a DICOM file what it says of the patient on request', async () => {
    const [widthPx, heightPx] = [600, 450];
    const data = drawnPixels(11, widthPx, heightPx, 'nv');
    const tiff = await asSharp(data, widthPx, heightPx).tiff().toBuffer();
    await handOver('drop', 'scan.tiff', 'image/tiff', tiff);
    await page.getByText('Answered by').waitFor();
    await expect.poll(() => widthOf('figure img')).toBeGreaterThan(0);

    await handOver('drop', 'export.dcm', '', dicomFile({ data, widthPx, heightPx, coding: 'RGB' }));
    await page.getByText('export.dcm').waitFor();
    await page.getByText('Answered by').waitFor();
    await expect.poll(() => widthOf('figure img')).toBeGreaterThan(0);
    await page
      .getByText(/burned/)
      .first()
      .waitFor();
    const patient = page.getByText('Zenobia', { exact: false });
    expect(await patient.isVisible()).toBe(false);
    await page.getByText('In the file (not kept unless you ask)').click();
    expect(await patient.isVisible()).toBe(true);
    await expectNoViolations();
  });

  test('hands the answer on to be kept as a case, and to be reported', async () => {
    for (const act of ['Keep as a case …', 'Report …']) {
      await page.getByRole('button', { name: act }).press('Enter');
      await page.getByRole('dialog').waitFor();
      await expectNoViolations();
      await handOver('drop', 'late.jpg', 'image/jpeg', readFileSync(pictures[0]!));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByText('export.dcm').waitFor();
    expect(await page.getByText('late.jpg').count()).toBe(0);
  });

  test('gives no diagnosis for a landscape, and numbers only to one who asks for them', async () => {
    await handOver('drop', 'holiday.jpg', 'image/jpeg', await landscape());
    await headline(/^No answer: /).waitFor();
    expect(await page.getByRole('heading', { name: /Not ruled out/ }).count()).toBe(0);
    expect(await page.getByRole('region', { name: 'Operating points' }).count()).toBe(0);
    expect(await page.locator('figure canvas').count()).toBe(0);
    const computed = page.getByRole('table', {
      name: 'Computed all the same, without meaning for this picture',
    });
    expect(await computed.isVisible()).toBe(false);
    await page.getByText('What the network computed all the same').click();
    expect(await computed.isVisible()).toBe(true);
    await expectNoViolations();
  });

  test('says in three parts why a file that is no picture is refused, and goes on', async () => {
    await handOver('drop', 'letter.jpg', 'image/jpeg', Buffer.from('Dear patient, …'.repeat(19)));
    const alert = page.getByRole('alert');
    await alert.getByText('letter.jpg: The file is not a JPEG, PNG, WebP or TIFF picture').waitFor();
    await alert.getByText('Nothing was kept of it.').waitFor();
    await alert.getByText('Choose another image.').waitFor();
    await chooser().setInputFiles(pictures[3]!);
    await headline(NOT_RULED_OUT).waitFor();
    expect(complaints.splice(0).filter((line) => !line.includes('status of 400'))).toEqual([]);
  });

  test('never shows a slow answer for an earlier picture', async () => {
    let release: () => void = () => undefined;
    const isSecondAnswered = new Promise<void>((resolve) => {
      release = resolve;
    });
    let sent = 0;
    await page.route('**/hold', async (route) => {
      if (++sent === 1) await isSecondAnswered;
      await route.continue().catch(() => undefined);
    });
    await handOver('drop', 'slow.jpg', 'image/jpeg', readFileSync(pictures[4]!));
    await page.getByText('The model is being asked').waitFor({ state: 'attached' });
    await handOver('drop', 'quick.jpg', 'image/jpeg', readFileSync(pictures[5]!));
    await headline(NOT_RULED_OUT).waitFor();
    release();
    await page.unroute('**/hold');
    expect(await page.getByText('slow.jpg').count()).toBe(0);
    await page.getByText('quick.jpg').waitFor();
  });

  test('answers several pictures in their turn, gone through by keyboard', async () => {
    await chooser().setInputFiles(pictures.slice(0, 4));
    await page.getByText('4 of 4 done').waitFor();
    const strip = page.getByRole('toolbar', { name: 'Pictures' }).getByRole('button');
    await strip.first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await strip.nth(2).getAttribute('aria-pressed')).toBe('true');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-pressed')")).toBe('true');
    await page.getByRole('figure').getByText(pictures[2]!.split('/').at(-1)!).waitFor();
    await expectNoViolations();
  });

  test('shows the model card, which can be closed by keyboard', async () => {
    await page.getByRole('button', { name: 'Model card' }).first().press('Enter');
    const card = page.getByRole('dialog', { name: 'Model card' });
    await card.getByRole('heading', { level: 3 }).first().waitFor();
    await expectNoViolations();
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement?.textContent')).toBe('Model card');
  });

  test('says what a model file is before anything is taken from it, and why a damaged one is refused', async () => {
    const opener = page.locator('input[accept=".lesion-model"]');
    await opener.setInputFiles(modelFile);
    const dialog = page.getByRole('dialog', { name: 'A model from a file' });
    await dialog.getByText('The file is whole').waitFor();
    await dialog.getByText('This model is here already.').waitFor();
    await dialog.getByText('None: nothing proves where the file is from.').waitFor();
    await expectNoViolations();
    await dialog.getByRole('button', { name: 'Use this model' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });

    const damaged = readFileSync(modelFile);
    damaged.fill(0, damaged.length >> 1, (damaged.length >> 1) + 64);
    await opener.setInputFiles({ name: 'damaged.lesion-model', mimeType: '', buffer: damaged });
    await dialog.getByRole('alert').getByText('Nothing was taken from the file').waitFor();
    expect(await dialog.getByRole('button', { name: 'Take this model' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('answers a folder into a CSV, can be stopped, and goes on from there', async () => {
    await chooseFolder(folder);
    const csv = join(scratch, 'answers.csv');
    const place = page.getByLabel(/^Answers into this file/);
    await place.fill(csv);
    await expectNoViolations();
    const start = page.getByRole('button', { name: 'Classify the folder' });
    await start.press('Enter');
    const total = COPIES * pictures.length + 1;
    await page.getByText(`of ${total} pictures`).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    await page.getByText('start again with the same file to go on').waitFor();
    await page.getByRole('note').getByText('Research use only.').waitFor();
    await start.press('Enter');
    await page.getByText(/\d+ pictures? had a row in the file before/).waitFor();
    await page.getByText('1 file could not be read; the CSV says which.').waitFor();
    const [header = '', ...lines] = readFileSync(csv, 'utf8').trim().split(/\r?\n/);
    expect(header).toMatch(/id.*model.*version/);
    expect(lines).toHaveLength(total);
    await expectNoViolations();

    await chooseFolder(scratch);
    await expect.poll(() => place.inputValue()).toContain(join(scratch, 'answers-demo'));
    expect(await page.getByText('could not be read').count()).toBe(0);
  });

  /** By keyboard. @param path of the folder with all files of this story, or of one in it */
  async function chooseFolder(path: string): Promise<void> {
    const dialog = page.getByRole('dialog', { name: 'Choose a folder' });
    await page.getByRole('button', { name: 'Choose a folder …' }).press('Enter');
    await dialog.getByRole('button', { name: scratch, exact: true }).press('Enter');
    await dialog.getByRole('status').getByText(scratch, { exact: true }).waitFor();
    if (path !== scratch) {
      await dialog.getByRole('button', { name: basename(path), exact: true }).press('Enter');
      await dialog.getByRole('status').getByText(path, { exact: true }).waitFor();
    }
    await dialog.getByRole('button', { name: 'Choose this folder' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
  }

  test('fits a small window, and leaves nothing behind', async () => {
    await page.getByRole('button', { name: 'Back to single pictures' }).click();
    await chooser().setInputFiles(pictures[0]!);
    await page.setViewportSize({ width: 960, height: 640 });
    await headline(NOT_RULED_OUT).waitFor();
    expect(
      await page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('main'))",
      ),
    ).toBe(0);
    expect(await page.evaluate('[localStorage.length, sessionStorage.length]')).toEqual([0, 0]);
    expect(await page.evaluate('caches.keys()')).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
