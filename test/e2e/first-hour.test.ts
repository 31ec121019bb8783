/**
 * A new user's way through the product with nothing replaced: the launcher, a browser, the worker, TensorFlow. Demo images,
 * a training whose curves move, its report, the history after a restart.
 */
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser, OPENING_MS } from './stage.ts';

const EPOCHS = 3;
const STEP_MS = 180_000;
/** Notes every number of points that the curve of the loss had. */
const NOTE_POINTS = `seenPoints = [];
  new MutationObserver(() => {
    const points = document.querySelector('.curves canvas')?.dataset.points;
    if (points && points !== '0' && seenPoints.at(-1) !== points) seenPoints.push(points);
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['data-points'] })`;

describeInBrowser('the first hour', STEP_MS, (stage) => {
  const { scratch: dataFolder, complaints } = stage;
  let page: Page;

  beforeAll(async () => {
    page = await stage.open(dataFolder);
  }, OPENING_MS);

  test('begins with an empty screen at a clean address', async () => {
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('button', { name: 'Add a dataset' }).waitFor();
    for (const [screen, action] of [
      ['New experiment', 'Add a dataset'],
      ['Training', 'Add a dataset'],
      ['History', 'Train a model'],
    ] as const) {
      await page.getByRole('link', { name: screen, exact: true }).click();
      await page.getByRole('link', { name: action }).waitFor();
    }
    await page.getByRole('link', { name: 'Classify', exact: true }).click();
    await page.getByRole('button', { name: 'Open a model file …' }).waitFor();
  });

  test('tells what is wrong with a folder that holds no dataset', async () => {
    await page.getByRole('link', { name: 'Datasets', exact: true }).click();
    await page.getByRole('button', { name: 'Add a dataset' }).click();
    await page.getByLabel('Folder', { exact: true }).and(page.locator(':focus')).waitFor();
    await page.keyboard.type(join(dataFolder, 'logs'));
    await page.keyboard.press('Enter');
    const alert = page.getByRole('alert');
    await alert.getByText('Nothing was imported').waitFor();
    expect(await alert.textContent()).toContain('not recognised as a dataset');
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  test('leads in three clicks to a curve that moves, and to a report', async () => {
    await page.getByRole('button', { name: 'Try it with the demo images' }).click();
    await page.getByRole('link', { name: 'Train on this dataset' }).click();
    await page.locator('select[name=model]').selectOption('cnn1');
    await page.locator('input[name=epochs]').fill('0');
    await page.locator('input[name=epochs][aria-invalid=true]').waitFor();
    await page.locator('input[name=epochs]').fill(String(EPOCHS));
    await page.locator('summary', { hasText: 'Images' }).click();
    await page.locator('input[name=imageWidthPx]').fill('48');
    await page.locator('input[name=imageHeightPx]').fill('36');
    await page.evaluate(NOTE_POINTS);
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.locator('[data-status=running]').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Open the report' }).waitFor();
    // two epochs may end between two looks of a busy machine
    const seen = (await page.evaluate('seenPoints')) as string[];
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toBe(String(EPOCHS));
    await page.getByRole('main').getByRole('link', { name: 'Open the report' }).click();
    await expectReport();
  });

  test('finds the run again after a reload and after a restart', async () => {
    await page.reload();
    await expectReport();
    expect(await stage.program.interrupt()).toBe(0);
    await page.getByRole('alert').getByText('Lesion Lab has ended').waitFor();
    await page.close();
    page = await stage.open(dataFolder);
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByRole('link', { name: 'cnn1' }).click();
    await expectReport();
  });

  test('fits a narrow window, in the theme that was chosen, at the next start too', async () => {
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
    await page.setViewportSize({ width: 960, height: 640 });
    for (const screen of ['Datasets', 'New experiment', 'Training', 'History', 'Classify', 'Settings']) {
      await page.locator(`nav a[title="${screen}"]`).click();
      await page.getByRole('heading', { name: screen, level: 1 }).waitFor();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([screen, overflow]).toEqual([screen, 0]);
    }
    await page.reload();
    await page.locator('html[data-theme=dark]').waitFor({ state: 'attached' });
    expect(complaints).toEqual([]);
  });

  /** The report of the only run, as far as every run's report goes. */
  async function expectReport(): Promise<void> {
    await page.getByRole('heading', { name: 'cnn1, run 1' }).waitFor();
    const matrix = page.getByRole('table', { name: /Rows: true class/ });
    await matrix.waitFor();
    expect(await matrix.locator('td.cell').count()).toBe(49);
    const counts = await matrix.locator('td.cell .count').allTextContents();
    const totals = await matrix.locator('tbody td.total').allTextContents();
    const sum = (texts: string[]) => texts.reduce((total, text) => total + Number(text), 0);
    expect(sum(counts)).toBe(sum(totals));
    expect(sum(counts)).toBeGreaterThan(30);
    await page.getByText(/^test, n = \d+ images of \d+ lesions/).waitFor();
    expect(await page.locator(`canvas[data-points="${EPOCHS}"]`).count()).toBe(3);
  }
});
