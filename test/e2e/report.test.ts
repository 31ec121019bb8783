/**
 * The report of a run in a real browser over the real host: matrix cells and their images, thresholds, parts, exports, a reload. The
 * run is stored with drawn answers, so that the numbers on the screen can be checked.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download, Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { argMax } from '../../src-main/numerics/confusion.ts';
import { getReport, insertEvaluation } from '../../src-main/store/evaluations.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { CLASS_CODES, type StoredRun, storeRun } from '../support/stored-run.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';

const IMAGES = 240;
const STEP_MS = 120_000;
const [MEL, NV] = [CLASS_CODES.indexOf('mel'), CLASS_CODES.indexOf('nv')];

describeInBrowser('the run report', STEP_MS, (stage) => {
  const { scratch: dataFolder, complaints } = stage;
  let stored: StoredRun;
  let page: Page;

  beforeAll(async () => {
    stored = await storeRun(dataFolder, { testImages: IMAGES, pictures: true });
    page = await stage.open(dataFolder);
    await page.goto(new URL(`/#/runs/${stored.runId}`, page.url()).href);
    await page.getByRole('heading', { name: 'Worst mistakes' }).waitFor();
  }, OPENING_MS);

  /** A test on another set, of which some images could not be used. @returns its id */
  function storeTestWithGaps(): number {
    const db = openDatabase(join(dataFolder, 'lesion-lab.sqlite'));
    try {
      const report = getReport(db, stored.evaluationId);
      return insertEvaluation(db, {
        runId: stored.runId,
        datasetId: 1,
        source: 'external',
        report: {
          ...report,
          parts: report.parts.filter(({ part }) => part === 'test'),
          leftOut: { unknownClasses: [{ code: 'scc', images: 3 }], unreadable: ['LOST_1', 'LOST_2'] },
        },
        predictions: [{ part: 'test', predictions: stored.predictions }],
        createdAt: '2026-03-02T10:00:00.000Z',
      });
    } finally {
      db.close();
    }
  }

  const answersOf = (trueClass: number, predictedClass: number) =>
    stored.predictions.filter(
      (answer) => answer.trueClass === trueClass && argMax(answer.probabilities) === predictedClass,
    );
  const cell = (row: string, column: string) =>
    page.getByRole('button', { name: new RegExp(`^True ${row}, predicted ${column}:`) });

  test('says on how many images and lesions its numbers rest, and how sure they are', async () => {
    await page.getByText(`test, n = ${IMAGES} images of`).waitFor();
    const figures = await page.locator('dl .panel').allTextContents();
    expect(figures[0]).toMatch(/^Balanced accuracy\s*0\.\d{3}\s*\(0\.\d{3}–0\.\d{3}\)$/);
    await page.getByText('The answers of this run are drawn.').waitFor();
  });

  test('a cell of the matrix leads to its images, by click and by keyboard', async () => {
    const missed = answersOf(MEL, NV);
    expect(missed.length).toBeGreaterThan(0);
    await cell('mel', 'nv').click();
    const gallery = page.getByRole('grid', { name: `True mel, predicted nv: ${missed.length} image` });
    await gallery.waitFor();
    const surest = missed.reduce((best, next) =>
      next.probabilities[NV]! > best.probabilities[NV]! ? next : best,
    );
    await gallery
      .getByRole('gridcell')
      .first()
      .getByText(surest.probabilities[NV]!.toFixed(3), { exact: true })
      .waitFor();

    await cell('mel', 'nv').press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const right = answersOf(NV, NV);
    await page.getByRole('grid', { name: `True nv, predicted nv: ${right.length} images` }).waitFor();
  });

  test('an image opens with all its probabilities, and leads to its neighbour', async () => {
    const gallery = page.getByRole('grid', { name: 'Worst mistakes, test' });
    await gallery.getByRole('gridcell').first().click();
    const dialog = page.getByRole('dialog');
    const title = await dialog.getByRole('heading').textContent();
    const answer = stored.predictions.find(({ imageId }) => imageId === title)!;
    const shown = await dialog.getByRole('row').allTextContents();
    const largest = Math.max(...answer.probabilities).toFixed(3);
    expect(shown).toHaveLength(CLASS_CODES.length);
    expect(shown[0]).toContain(largest);
    const widthPx = () => page.evaluate('document.querySelector("[role=dialog] img").naturalWidth');
    await expect.poll(widthPx).toBe(60);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => dialog.getByRole('heading').textContent()).not.toBe(title);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a threshold that is moved counts the answers again', async () => {
    const typed = page.getByRole('textbox', { name: 'Threshold as a number' });
    await typed.fill('0.2');
    await typed.press('Enter');
    await expectRates(MEL, 0.2);
    const slider = page.getByRole('slider', { name: 'Threshold' });
    const before = Number(await slider.inputValue());
    await slider.press('ArrowRight');
    expect(Number(await slider.inputValue())).toBe(before + 1);
    await page.getByRole('radio', { name: 'malignant against benign' }).check();
    await page.getByRole('button', { name: 'Sensitivity ≥ 0.95' }).click();
    expect(Number(await page.locator('[data-rate=sensitivity]').textContent())).toBeGreaterThanOrEqual(0.95);
    await page.getByRole('radio', { name: 'nv against the rest' }).check();
    await typed.fill('0.6');
    await typed.press('Enter');
    await expectRates(NV, 0.6);
  });

  test('part, question, threshold and cell are there after a reload', async () => {
    await page.getByRole('button', { name: /^validation/ }).click();
    await page
      .getByText(`validation, n = ${IMAGES / 10} images`, { exact: false })
      .first()
      .waitFor();
    await cell('nv', 'nv').click();
    await expect.poll(() => page.url()).toMatch(/threshold=0\.6/);
    await page.reload();
    await page.getByRole('grid', { name: /^True nv, predicted nv/ }).waitFor();
    expect(await page.getByRole('button', { name: /^validation/ }).getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('radio', { name: 'nv against the rest' }).isChecked()).toBe(true);
    expect(await page.getByRole('textbox', { name: 'Threshold as a number' }).inputValue()).toBe('0.600');
  });

  test('a part whose predictions were not kept says so', async () => {
    await page.getByRole('button', { name: /^train/ }).click();
    await page.getByText('The predictions of the train part were not kept').waitFor();
    await page.getByRole('button', { name: /^test/ }).click();
    await page.getByRole('heading', { name: 'Worst mistakes' }).waitFor();
  });

  test('of another set says which images are not in its figures; of its own parts nothing of the kind', async () => {
    const classes = page.getByText(/does not know their class: 3 images \(scc 3\)/);
    expect(await classes.count()).toBe(0);
    await page.goto(new URL(`/#/runs/${stored.runId}?evaluation=${storeTestWithGaps()}`, page.url()).href);
    await classes.waitFor();
    await page.getByText(/cannot be read or have changed since the import: 2 images/).waitFor();
    await page.goto(new URL(`/#/runs/${stored.runId}`, page.url()).href);
    await page.getByRole('heading', { name: 'Worst mistakes' }).waitFor();
    await classes.waitFor({ state: 'detached' });
  });

  test('does not scroll sideways in the smallest window', async () => {
    await page.setViewportSize({ width: 960, height: 640 });
    const overflow =
      'document.querySelector("main").scrollWidth - document.querySelector("main").clientWidth';
    await expect.poll(() => page.evaluate(overflow)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('breaks no rule of WCAG 2.2 AA with a cell and a dialog open', async () => {
    await cell('nv', 'mel').click();
    expect(await brokenRules(page, 'main')).toEqual([]);
    await page.getByRole('grid', { name: 'Worst mistakes, test' }).getByRole('gridcell').first().click();
    await page.getByRole('dialog').waitFor();
    expect(await brokenRules(page, '[role=dialog]')).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('is saved as one page that opens offline and without scripts', async () => {
    const file = await saved(async () => {
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'Report as one HTML page' }).click();
    });
    expect(file.suggestedFilename()).toBe(`run-${stored.runId}-report.html`);
    const offline = await stage.browser.newContext({ offline: true, javaScriptEnabled: false });
    const reader = await offline.newPage();
    const asked: string[] = [];
    reader.on('request', (request) => asked.push(request.url()));
    await reader.setContent(readFileSync(await file.path(), 'utf8'));
    expect(await reader.getByRole('heading', { level: 2 }).first().textContent()).toContain(
      `Test, n = ${IMAGES} images`,
    );
    expect(await reader.locator('svg path.line').first().isVisible()).toBe(true);
    expect(asked).toEqual([]);
    await offline.close();
  });

  test('gives a picture of a chart and the rows of a table', async () => {
    const picture = await saved(() => page.getByRole('button', { name: 'Save as PNG: ROC' }).click());
    expect(
      readFileSync(await picture.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    const table = await saved(() => page.getByRole('button', { name: 'Save as CSV: mistakes' }).click());
    const rows = readFileSync(await table.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    const wrong = stored.predictions.filter(
      ({ trueClass, probabilities }) => trueClass !== argMax(probabilities),
    );
    expect(rows).toHaveLength(wrong.length + 1);
    const classes = await saved(() => page.getByRole('button', { name: 'Save as JSON: classes' }).click());
    expect(JSON.parse(readFileSync(await classes.path(), 'utf8'))).toHaveLength(CLASS_CODES.length);
    expect(complaints).toEqual([]);
  });

  /** The rates on the screen against a plain count of the answers. */
  async function expectRates(positiveClass: number, threshold: number): Promise<void> {
    const share = (of: typeof stored.predictions, called: boolean) =>
      of.filter(({ probabilities }) => probabilities[positiveClass]! >= threshold === called).length /
      of.length;
    const sick = stored.predictions.filter(({ trueClass }) => trueClass === positiveClass);
    const others = stored.predictions.filter(({ trueClass }) => trueClass !== positiveClass);
    await expect
      .poll(() => page.locator('[data-rate=sensitivity]').textContent())
      .toBe(share(sick, true).toFixed(3));
    expect(await page.locator('[data-rate=specificity]').textContent()).toBe(share(others, false).toFixed(3));
  }

  async function saved(act: () => Promise<void>): Promise<Download> {
    const [download] = await Promise.all([page.waitForEvent('download'), act()]);
    return download;
  }
});
