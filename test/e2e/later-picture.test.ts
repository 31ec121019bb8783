/** A later picture of a kept lesion, answered by the model that came with the product: its licence is told before its first answer. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import { keepCases } from '../support/kept-cases.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';
import { showScreen } from './workstation.ts';

describeInBrowser('a later picture of a case', 120_000, (stage) => {
  const dataFolder = join(stage.scratch, 'data');
  let id: string;

  beforeAll(async () => {
    [id = ''] = await keepCases(dataFolder);
  });

  test(
    'is answered by a model for non-commercial use once that is accepted',
    async () => {
      const page = await stage.open(dataFolder);
      await showScreen(page, `cases/${id}`);
      await page.getByRole('button', { name: 'Add a later picture' }).click();
      const dialog = page.getByRole('dialog');
      await dialog
        .getByRole('heading', { name: /^ham10000-first-look .* non-commercial use only/ })
        .waitFor();
      const jpeg = asSharp(drawnPixels(7, 320, 240, 'mel'), 320, 240).jpeg();
      const buffer = await jpeg.toBuffer();
      const picture = { name: 'lesion.jpg', mimeType: 'image/jpeg', buffer };
      await dialog.locator('input[type=file]').setInputFiles(picture);
      await dialog.getByRole('img', { name: 'The lesion, to be added' }).waitFor();
      const add = dialog.getByRole('button', { name: 'Add to the case' });
      expect(await add.isDisabled()).toBe(true);
      expect(await brokenRules(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Accept: non-commercial use only' }).click();
      await expect.poll(() => add.isEnabled()).toBe(true);
      expect(await dialog.getByText('non-commercial').count()).toBe(0);
    },
    OPENING_MS,
  );
});
