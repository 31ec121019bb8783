/** A window to measure in: how it is opened, and an act in its page, timed until a frame shows what it leads to. */
import type { Browser, Page } from 'playwright';
import { installedBrowser, openBrowser } from '../test/e2e/workstation.ts';

/** A busy machine may take its time before what is measured begins. */
const PATIENCE_MS = 120_000;

/** @throws Error where no browser is installed */
export async function openInstalledBrowser(): Promise<Browser> {
  const path = installedBrowser();
  if (path) return openBrowser(path);
  throw new Error('No Chromium, Chrome or Edge is installed; install one and try again.');
}

/** @param address of the program that shows its first screen there @returns the page, once that is shown */
export async function openWindow(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/**
 * @param act a statement; `isShown` an expression, true once the page holds what the act leads to
 * @returns an expression for `page.evaluate`: milliseconds until the frame that shows it
 */
export function timeUntilShown(act: string, isShown: string): string {
  return `new Promise((resolve) => {
    const start = performance.now();
    const look = () => {
      if (${isShown}) requestAnimationFrame(() => resolve(performance.now() - start));
      else requestAnimationFrame(look);
    };
    ${act};
    look();
  })`;
}
