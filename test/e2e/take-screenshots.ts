/**
 * Takes a picture of every screen in both themes, on drawn images only, with the real program in a real browser.
 * Run as: npm run screenshots -- FOLDER [WIDTHxHEIGHT]
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright';
import { installedBrowser, openBrowser, startProgram } from './workstation.ts';

const [target, size = '1280x800'] = process.argv.slice(2);
const [width, height] = size.split('x').map(Number);
const browserPath = installedBrowser();
if (!target || !width || !height)
  throw new Error('Say where to: npm run screenshots -- FOLDER [WIDTHxHEIGHT]');
if (!browserPath) throw new Error('No Chromium, Chrome or Edge is installed; install one and try again.');

const dataFolder = mkdtempSync(join(tmpdir(), 'lesion-lab-screenshots-'));
mkdirSync(target, { recursive: true });
const program = await startProgram(dataFolder);
const browser = await openBrowser(browserPath);
try {
  const page = await browser.newPage({ viewport: { width, height } });
  page.setDefaultTimeout(120_000);
  await page.goto(program.address);
  await page.getByRole('heading', { name: 'Datasets' }).waitFor();
  await walk(page);
} finally {
  await browser.close();
  await program.interrupt();
  rmSync(dataFolder, { recursive: true, force: true });
}

async function walk(page: Page): Promise<void> {
  for (const screen of ['datasets', 'train', 'runs', 'classify']) {
    await show(page, screen);
    await take(page, `empty-${screen}`);
  }
  await show(page, 'datasets');
  await page.getByRole('button', { name: 'Try it with the demo images' }).click();
  await page.getByRole('link', { name: 'Train on this dataset' }).waitFor();
  await page.waitForLoadState('networkidle');
  await take(page, 'datasets');

  await page.getByRole('link', { name: 'Train on this dataset' }).click();
  await page.locator('select[name=model]').selectOption('mobile_net');
  for (const [name, value] of Object.entries({
    epochs: 8,
    imageWidthPx: 80,
    imageHeightPx: 60,
    batchSize: 16,
  })) {
    await page.locator(`input[name=${name}]`).fill(String(value));
  }
  await take(page, 'train-form');
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.locator('canvas[data-points="5"]').first().waitFor();
  await take(page, 'train-live');
  await page.getByRole('link', { name: 'Open the report' }).click();
  await page.getByRole('heading', { name: 'Confusion matrix' }).waitFor();
  await take(page, 'report');

  await show(page, 'runs');
  await page.getByRole('row').nth(1).waitFor();
  await take(page, 'runs');
  await show(page, 'classify/1');
  const pictures = join(dataFolder, 'synthetic', 'synthetic_images_part_2');
  const picture = readdirSync(pictures).sort().at(-30)!;
  await page.locator('input[type=file]').setInputFiles(join(pictures, picture));
  await page.getByText('Probability of each class').waitFor();
  await take(page, 'classify');
}

async function show(page: Page, screen: string): Promise<void> {
  await page.goto(new URL(`/#/${screen}`, page.url()).href);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

async function take(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(resolve(target!), `${name}-${theme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
