/**
 * Every screen in both themes under axe-core's rules for WCAG 2.2 AA, and the ways of the keyboard, in a real browser over the real
 * program: first with nothing in it, then with demo images and two short runs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  fillDataFolder,
  installedBrowser,
  openBrowser,
  type StartedProgram,
  startProgram,
} from './workstation.ts';

const browserPath = installedBrowser();
const skipped = browserPath ? '' : ' (skipped: no Chromium, Chrome or Edge is installed)';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const STEP_MS = 240_000;
const THEMES = ['light', 'dark'] as const;

const SCREENS = [
  ['datasets', 'Datasets'],
  ['train', 'Train'],
  ['runs', 'History'],
  ['runs/2', 'cnn1, run 2'],
  ['classify/2', 'Classify'],
  ['settings', 'Settings'],
] as const;
const EMPTY = ['datasets', 'train', 'runs', 'classify', 'settings'];

describe.skipIf(!browserPath)(`accessibility${skipped}`, { timeout: STEP_MS }, () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'lesion-lab-a11y-'));
  let browser: Browser;
  let program: StartedProgram;
  let page: Page;

  async function open(): Promise<void> {
    program = await startProgram(dataFolder);
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(30_000);
    await page.goto(program.address);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }

  beforeAll(async () => {
    browser = await openBrowser(browserPath!);
    await open();
  }, STEP_MS);

  afterAll(async () => {
    await browser?.close();
    program?.kill();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  test('empty screens break no rule of WCAG 2.2 AA in either theme', async () => {
    const found: string[] = [];
    for (const screen of EMPTY) found.push(...(await violationsOf(screen)));
    expect(found).toEqual([]);
  });

  test('the skip link leads past the rail, and the focus is seen', async () => {
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focusedText()).toBe('Skip to the content');
    expect(await page.evaluate('getComputedStyle(document.activeElement).clipPath')).toBe('none');
    expect(await focusRing()).toBe('solid 2px');
    await page.keyboard.press('Enter');
    expect(await focusedText()).toBe(await page.getByRole('heading', { level: 1 }).textContent());
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
    expect(await focusRing()).toBe('solid 2px');
  });

  test('every screen is reached by keyboard and has the focus on its title', async () => {
    for (const name of ['Train', 'History', 'Classify', 'Settings', 'Datasets']) {
      await page.getByRole('link', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(focusedText).toBe(name);
    }
  });

  test('screens with data break no rule of WCAG 2.2 AA in either theme', async () => {
    await page.close();
    await program.interrupt();
    await fillDataFolder(dataFolder);
    await open();
    const found: string[] = [];
    for (const [screen, title] of SCREENS) found.push(...(await violationsOf(screen, title)));
    expect(found).toEqual([]);
  });

  /** Goes to a screen and examines it in both themes. @returns one line for each element at fault */
  async function violationsOf(screen: string, title?: string): Promise<string[]> {
    await page.evaluate(`location.hash = '#/${screen}'`);
    await page.getByRole('heading', { level: 1, ...(title && { name: title }) }).waitFor();
    const lines: string[] = [];
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.waitForTimeout(300);
      await page.evaluate(AXE);
      const results = (await page.evaluate(
        `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })`,
      )) as AxeResults;
      for (const { id, nodes } of results.violations) {
        for (const { html, failureSummary } of nodes) {
          lines.push(`${screen}, ${theme}: ${id}: ${html.slice(0, 160)} ${failureSummary?.slice(0, 240)}`);
        }
      }
    }
    return lines;
  }

  function focusedText(): Promise<string> {
    return page.evaluate('document.activeElement?.textContent?.trim() ?? ""');
  }

  function focusRing(): Promise<string> {
    return page.evaluate(
      '(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth].join(" "))(getComputedStyle(document.activeElement))',
    );
  }
});
