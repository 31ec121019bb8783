/**
 * Every screen in both themes under axe-core's rules for WCAG 2.2 AA, and the ways of the keyboard, in a real browser over the real
 * program: first with nothing in it, then with demo images and two short runs.
 */
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';
import { fillDataFolder, showScreen } from './workstation.ts';

const STEP_MS = 400_000;

const EMPTY = ['datasets', 'new', 'train', 'runs', 'classify', 'cases', 'settings'];
const FILLED = [
  'datasets',
  'datasets/1',
  'datasets/1/images',
  'datasets/1/problems',
  'datasets/1/duplicates',
  'datasets/1/classes',
  'new?dataset=1&model=cnn1',
  'train',
  'runs',
  'runs/2',
  'compare/1,2',
  'settings',
];

/** What opens over a screen: the button, and what then stands there. */
const OPENED = [
  ['settings', 'Third-party notices', 'dialog'],
  ['settings', 'Clean caches', 'log'],
  ['runs', 'Columns', 'menu'],
  ['runs/2', 'Export', 'menu'],
  ['datasets', 'Add a dataset', 'dialog'],
  ['datasets/1', 'Delete …', 'alertdialog'],
] as const;

describeInBrowser('accessibility', STEP_MS, (stage) => {
  const { scratch: dataFolder } = stage;
  let page: Page;

  beforeAll(async () => {
    page = await stage.open(dataFolder);
  }, OPENING_MS);

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
    const links = page.getByRole('navigation').getByRole('link');
    const count = await links.count();
    expect(count).toBeGreaterThan(4);
    for (let index = 0; index < count; index++) {
      const href = await links.nth(index).getAttribute('href');
      if ((await page.evaluate('location.hash.split("?")[0] || "#/datasets"')) === href) continue;
      await links.nth(index).focus();
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.evaluate('[location.hash.split("?")[0], document.activeElement.tagName]'))
        .toEqual([href, 'H1']);
      expect(await focusedText()).not.toBe('');
    }
  });

  test('screens with data break no rule of WCAG 2.2 AA in either theme', async () => {
    await page.close();
    await stage.program.interrupt();
    await fillDataFolder(dataFolder);
    page = await stage.open(dataFolder);
    const found: string[] = [];
    for (const screen of FILLED) found.push(...(await violationsOf(screen)));
    expect(found).toEqual([]);
  });

  test('what opens over a screen breaks no rule, closes with Escape and gives the focus back', async () => {
    for (const [screen, button, role] of OPENED) {
      await showScreen(page, screen);
      await page.getByRole('button', { name: button }).click();
      await page.getByRole(role).filter({ hasText: /\w/ }).first().waitFor();
      expect(await violationsShown(`${screen}, ${button}`)).toEqual([]);
      if (role === 'log') continue;
      await page.keyboard.press('Escape');
      await page.getByRole(role).waitFor({ state: 'detached' });
      await expect.poll(focusedText).toBe(button);
    }
  });

  /** Goes to a screen and examines it in both themes. @returns one line for each element at fault */
  async function violationsOf(screen: string): Promise<string[]> {
    await showScreen(page, screen);
    return violationsShown(screen);
  }

  async function violationsShown(screen: string): Promise<string[]> {
    return (await brokenRules(page)).map((line) => `${screen}, ${line}`);
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
