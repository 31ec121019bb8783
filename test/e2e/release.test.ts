/**
 * Releasing a model in a real browser over the real host, with the real worker: a demo run is trained, released from its report, found in
 * Settings, saved, and taken in by another workstation, which refuses it once a byte of it is another.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';
import { runLab } from './workstation.ts';

const STEP_MS = 240_000;

describeInBrowser('releasing a model', STEP_MS, (stage) => {
  const { scratch, complaints } = stage;
  const file = join(scratch, 'demo-1.0.0.lesion-model');
  let page: Page;
  let fingerprint: string;

  beforeAll(async () => {
    const dataFolder = join(scratch, 'data');
    await runLab(dataFolder, 'demo', '--model', 'nn1', '--epochs', '2');
    page = await stage.open(dataFolder);
  }, OPENING_MS);

  test('asks for what only a person knows, says what will happen, and breaks no rule of WCAG 2.2 AA', async () => {
    await page.goto(new URL('/#/runs/1', page.url()).href);
    await page.getByRole('button', { name: 'Release …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('measured once on the test part').waitFor();
    const button = dialog.getByRole('button', { name: 'Release' });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Demo');
    await dialog.getByRole('textbox', { name: /^Intended use/ }).fill('Teaching of students.');
    await dialog.getByRole('textbox', { name: 'Version' }).fill('first one');
    await dialog.getByText('The version is letters, digits').waitFor();
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Version' }).fill('1.0.0');
    await dialog.getByRole('checkbox', { name: /^Sign with/ }).check();
    expect(await brokenRules(page, '[role=dialog]')).toEqual([]);
  });

  test('fits, signs and offers the file and the card', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Release' }).click();
    await dialog.getByRole('heading', { name: 'The model is released' }).waitFor({ timeout: STEP_MS });
    fingerprint = (await dialog.getByText(/^Fingerprint/).textContent())!.match(/[0-9a-f]{64}/)![0];
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save the file …' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe('demo-1.0.0.lesion-model');
    await saved.saveAs(file);
    expect(await brokenRules(page, '[role=dialog]')).toEqual([]);
    await dialog.getByRole('button', { name: 'Model card' }).click();
    await page.getByRole('heading', { name: 'Ethical considerations' }).waitFor();
    await page.getByText('Trained and tested on drawn images, not on photographs').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Classify with it' }).waitFor();
  });

  test('is in the list of models in Settings, with its signature and on how many lesions it was tested', async () => {
    await page.goto(new URL('/#/settings', page.url()).href);
    const row = page.getByRole('row', { name: /^Demo 1\.0\.0/ });
    await row.getByText('released here').waitFor();
    await row.getByText(`signed, key ${fingerprint.slice(0, 16)}`).waitFor();
    await row.getByText(/n = \d+ lesions/).waitFor();
    expect(await brokenRules(page, 'main')).toEqual([]);
  });

  test('is deleted by keyboard, after a question', async () => {
    await page.getByRole('button', { name: 'Demo 1.0.0: actions' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete …' }).press('Enter');
    const question = page.getByRole('alertdialog');
    await question.getByText('Delete the model Demo 1.0.0?').waitFor();
    await question.getByRole('button', { name: 'Delete' }).press('Enter');
    await question.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /^Demo 1\.0\.0/ }).waitFor({ state: 'detached' });
  });

  test('a damaged file is refused in words; the whole one shows its fingerprint before it is taken', async () => {
    const damaged = join(scratch, 'damaged.lesion-model');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(damaged, bytes);
    const input = page.locator('input[type=file][accept=".lesion-model"]');
    await input.setInputFiles(damaged);
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/is damaged or no released model.*Nothing was taken from it/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Take this model' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await input.setInputFiles(file);
    await dialog.getByText(fingerprint).waitFor();
    expect(await brokenRules(page, '[role=dialog]')).toEqual([]);
    await dialog.getByRole('button', { name: 'Take this model' }).click();
    const row = page.getByRole('row', { name: /^Demo 1\.0\.0/ });
    await row.getByText('imported', { exact: false }).waitFor();
    expect(complaints).toEqual([]);
  });
});
