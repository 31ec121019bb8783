/**
 * Takes a picture of every screen in both themes, on drawn images only, with the real program in a real browser.
 * Run as: npm run screenshots -- FOLDER [WIDTHxHEIGHT,WIDTHxHEIGHT …]
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright';
import { readTable } from '../../src-main/dataset/table.ts';
import { keepCases } from '../support/kept-cases.ts';
import { installedBrowser, openBrowser, runLab, showScreen, startProgram } from './workstation.ts';

const [target, sizes = '1280x800,1920x1080'] = process.argv.slice(2);
const viewports = sizes.split(',').map((size) => {
  const [width = Number.NaN, height = Number.NaN] = size.split('x').map(Number);
  return { width, height, name: size };
});
const browserPath = installedBrowser();
if (!target || viewports.some(({ width, height }) => !(width > 0 && height > 0)))
  throw new Error('Say where to: npm run screenshots -- FOLDER [WIDTHxHEIGHT,WIDTHxHEIGHT …]');
if (!browserPath) throw new Error('No Chromium, Chrome or Edge is installed; install one and try again.');

const EMPTY = ['datasets', 'train', 'runs', 'classify', 'cases', 'settings'];
const FILLED = [
  ['datasets', 'datasets'],
  ['dataset', 'datasets/1'],
  ['dataset-images', 'datasets/1/images'],
  ['dataset-problems', 'datasets/1/problems'],
  ['dataset-duplicates', 'datasets/1/duplicates'],
  ['dataset-classes', 'datasets/1/classes'],
  ['new', 'new?dataset=1&model=mobile_net'],
  ['train-done', 'train/3'],
  ['report', 'runs/3'],
  ['history', 'runs'],
  ['compare', 'compare/2,3'],
  ['cases', 'cases'],
  ['cases-agreement', 'cases?tab=agreement'],
  ['cases-privacy', 'cases?tab=privacy'],
  ['settings', 'settings'],
] as const;
/** Small enough for seconds, large enough for curves that rise. */
const SMALL = { epochs: 8, imageWidthPx: 120, imageHeightPx: 90, batchSize: 16 };

const dataFolder = mkdtempSync(join(tmpdir(), 'lesion-lab-screenshots-'));
const browser = await openBrowser(browserPath);
try {
  await withProgram(async (page) => {
    for (const screen of EMPTY) {
      await showScreen(page, screen);
      await take(page, `empty-${screen}`);
    }
  });
  await fill();
  const [, followed] = await keepCases(dataFolder);
  await withProgram(async (page) => {
    for (const [name, screen] of [...FILLED, ['case', `cases/${followed}`]] as const) {
      await showScreen(page, screen);
      await take(page, name);
    }
    await takeClassification(page);
    await takeTraining(page);
  });
} finally {
  await browser.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** Demo images and three runs: one of another model, and two that differ by their seed; the last one's model is released. */
async function fill(): Promise<void> {
  const options = ['--epochs', SMALL.epochs, '--batch-size', SMALL.batchSize].map(String);
  const size = ['--image-width-px', SMALL.imageWidthPx, '--image-height-px', SMALL.imageHeightPx].map(String);
  await runLab(dataFolder, 'demo', '--model', 'nn1', '--epochs', '2');
  for (const seed of ['1', '2']) {
    const settings = ['--model', 'mobile_net', '--seed', seed, ...options, ...size];
    await runLab(dataFolder, 'train', '--data', '1', ...settings);
  }
  const text = ['--name', 'Demo', '--model-version', '1.0.0', '--intended-use', 'To look at the screens.'];
  await runLab(dataFolder, 'release', 'create', '3', ...text);
}

async function withProgram(walk: (page: Page) => Promise<void>): Promise<void> {
  const program = await startProgram(dataFolder);
  try {
    await walk(await openPage(browser, program.address));
  } finally {
    await program.interrupt();
  }
}

async function openPage(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: viewports[0]! });
  page.setDefaultTimeout(300_000);
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

async function takeClassification(page: Page): Promise<void> {
  await showScreen(page, 'classify');
  await page.locator('input[type=file][multiple]').setInputFiles(drawnMelanoma());
  await page.getByRole('heading', { name: 'Calibrated probabilities' }).waitFor();
  await take(page, 'classify');
}

/** The last drawn picture of a melanoma. */
function drawnMelanoma(): string {
  const folder = join(dataFolder, 'synthetic');
  const rows = readTable(join(folder, 'synthetic_metadata.csv'), ['image_id', 'dx']).rows;
  const imageId = rows
    .filter(({ cell }) => cell('dx') === 'mel')
    .at(-1)!
    .cell('image_id');
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) =>
    file.endsWith(`${imageId}.jpg`),
  );
  return join(folder, name!);
}

/** A run in the middle of its epochs, and another one that waits. */
async function takeTraining(page: Page): Promise<void> {
  const settings = new URLSearchParams({ dataset: '1', model: 'mobile_net' });
  for (const [key, value] of Object.entries({ ...SMALL, epochs: 20 })) settings.set(key, String(value));
  for (const _run of ['the one that trains', 'the one that waits']) {
    await showScreen(page, `new?${settings}`);
    await page.getByRole('button', { name: /^(Start training|Add to the queue)/ }).click();
    await page.waitForURL(/#\/train/);
  }
  await page.locator('canvas[data-points="12"]').first().waitFor();
  await take(page, 'train');
}

async function take(page: Page, name: string): Promise<void> {
  for (const { name: size, ...viewport } of viewports) {
    await page.setViewportSize(viewport);
    const folder = join(resolve(target!), size);
    mkdirSync(folder, { recursive: true });
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
    }
  }
  await page.setViewportSize(viewports[0]!);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
