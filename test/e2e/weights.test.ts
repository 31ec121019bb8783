/** Weights that were imported by mistake, taken away again in Settings. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { leaveImportedWeights } from '../support/imported-weights.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';

describeInBrowser('imported weights', 120_000, (stage) => {
  let page: Page;
  let imported: string;

  beforeAll(async () => {
    const dataFolder = join(stage.scratch, 'data');
    imported = leaveImportedWeights(dataFolder, 'dermoscopy.h5');
    page = await stage.open(dataFolder);
    await page.goto(new URL('/#/settings', page.url()).href);
  }, OPENING_MS);

  test('are removed after a question, by keyboard, and the bundled ones serve again', async () => {
    const row = page.getByRole('row', { name: /^MobileNet v1/ });
    await row.getByText('Imported from dermoscopy.h5').waitFor();
    await row.getByRole('button', { name: 'Remove the imported weights of MobileNet v1' }).press('Enter');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('the weights that come with Lesion Lab serve again').waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(existsSync(imported)).toBe(true);

    await row.getByRole('button', { name: /^Remove/ }).press('Enter');
    await dialog.getByRole('button', { name: 'Remove' }).press('Enter');
    await row.getByText('Come with Lesion Lab').waitFor();
    await dialog.waitFor({ state: 'detached' });
    expect(existsSync(imported)).toBe(false);
    const focused = page.locator(':focus');
    await focused.waitFor();
    expect(await focused.getAttribute('placeholder')).toBe('/path/to/weights.h5');
    expect(stage.complaints).toEqual([]);
  });
});
