/**
 * The kept cases with nothing replaced but the model that answered: found, opened, changed, compared over time, reported on, exported,
 * deleted to the last byte, counted, locked by a passphrase, and told by an audit list.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { asSharp, drawnJpeg, drawnPixels } from '../dataset/pictures.ts';
import { filesWith } from '../store/cases/samples.ts';
import { clinicalAnswer, keepCases } from '../support/kept-cases.ts';
import { pdfPages } from '../support/pdf-pages.ts';
import { installReleasedModel } from '../support/released-model.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { brokenRules } from './wcag.ts';
import { askApp, showScreen, takesClickWhileScrolling } from './workstation.ts';

const STEP_MS = 180_000;
const PASSPHRASE = 'four words make one';
const SECRET = 'QUILLFEATHER-SAYS-IT-ITCHES';

describeInBrowser('the kept cases', STEP_MS, (stage) => {
  const { scratch, complaints } = stage;
  const dataFolder = join(scratch, 'data');
  let ids: string[];
  /** Hash of the one that answers here, whatever came with the product. */
  let model: string;
  let page: Page;

  beforeAll(async () => {
    ids = await keepCases(dataFolder);
    model = await installReleasedModel(dataFolder);
    page = await stage.open(dataFolder);
  }, OPENING_MS);

  const table = () => page.getByRole('grid', { name: 'Cases' });
  const rows = () =>
    table()
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader') });
  const row = (id: string) => rows().filter({ hasText: id });
  const title = (words: string | RegExp) => page.getByRole('heading', { level: 1, name: words }).waitFor();
  const saved = async (act: () => Promise<unknown>) => {
    const [download] = await Promise.all([page.waitForEvent('download'), act()]);
    const file = join(scratch, download.suggestedFilename());
    await download.saveAs(file);
    return { name: download.suggestedFilename(), text: readFileSync(file, 'utf8') };
  };

  const ask = (procedure: string, input: object) => askApp<{ id: string }>(page, procedure, input);
  const hold = (picture: Buffer) =>
    page.evaluate<string>(`fetch('/hold', {
      method: 'POST',
      body: Uint8Array.from(atob(${JSON.stringify(picture.toString('base64'))}), (sign) => sign.charCodeAt(0)),
    }).then(async (reply) => (await reply.json()).asset)`);

  test('are a list of their own, and one that is kept meanwhile is there at once', async () => {
    await page.getByRole('link', { name: 'Cases' }).click();
    await title('Cases');
    await page.getByText('17 cases · not encrypted · on this computer alone').waitFor();
    expect(await row(ids[16]!).textContent()).toMatch(/no answer/);
    const picture = await hold(await drawnJpeg(7, 'mel'));
    const details = { site: 'back', notes: SECRET };
    const { id } = await ask('case.keep', { picture, answer: clinicalAnswer('mel', 0.55), details });
    await row(id).waitFor();
    ids.push(id);
    await expect
      .poll(() =>
        page.evaluate(
          '[...document.querySelectorAll("[role=rowgroup] img")].every((image) => image.naturalWidth > 0)',
        ),
      )
      .toBe(true);
  });

  test('take a click while the list still scrolls', async () => {
    expect(await takesClickWhileScrolling(page, 'Cases')).toBe(true);
  });

  test('are found as one types, and narrowed by whose class, warnings and histology', async () => {
    await page.getByRole('searchbox').fill('irregular border');
    await page.getByText('1 of 18 cases shown').waitFor();
    await row(ids[1]!).waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Class', { exact: true }).selectOption('mel');
    await page.getByText('4 of 18 cases shown').waitFor();
    await page.getByLabel('Whose class').selectOption('histology');
    await page.getByText('3 of 18 cases shown').waitFor();
    await page.getByLabel('Class', { exact: true }).selectOption('');
    await page.getByLabel('Warnings').selectOption('yes');
    await page.getByText('4 of 18 cases shown').waitFor();
    await page.getByLabel('Histology', { exact: true }).selectOption('yes');
    await page.getByText('2 of 18 cases shown').waitFor();
    await page.getByRole('searchbox').fill('nowhere');
    await page.getByRole('button', { name: 'Show all cases' }).click();
    await page.getByText(/^18 cases · /).waitFor();
    expect(page.url()).not.toMatch(/irregular|nowhere|mel/);
  });

  test('open by keyboard, are changed when saved, and ask before changes are lost', async () => {
    await row(ids[17]!).focus();
    await page.keyboard.press('Enter');
    await title(`Case ${ids[17]}`);
    await page.getByLabel('Age, years').fill('old');
    await page.getByText('"old" is no age in years, 0 to 120.').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Age, years').fill('47');
    await page.getByLabel('Your own diagnosis: class').selectOption('nv');
    await page.getByText('Not saved yet').waitFor();
    await page.getByRole('link', { name: 'All cases' }).click();
    await page.getByRole('button', { name: 'Stay' }).click();
    expect(await page.getByLabel('Age, years').inputValue()).toBe('47');
    expect(page.url()).toContain(ids[17]!);
    await page.getByRole('link', { name: 'All cases' }).click();
    await page.getByRole('button', { name: 'Save and leave' }).click();
    await title('Cases');
    await expect.poll(() => row(ids[17]!).textContent()).toMatch(/nv/);
    await showScreen(page, `cases/${ids[17]}`);
    expect(await page.getByLabel('Age, years').inputValue()).toBe('47');
    await page.getByLabel('Histology: reported on').fill('2026-03-20');
    await page.getByText('A date alone says nothing').waitFor();
    await page.getByLabel('Histology, and when it was reported: class').selectOption('mel');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('All saved').waitFor();
    await page.reload();
    await title(`Case ${ids[17]}`);
    expect(await page.getByLabel('Histology, and when it was reported: class').inputValue()).toBe('mel');
  });

  test('have their pictures side by side with days, answers and heat maps, and lose one of them', async () => {
    await showScreen(page, `cases/${ids[1]}`);
    const pictures = page.getByRole('article');
    await expect.poll(() => pictures.count()).toBe(3);
    expect(await pictures.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      '12 Jan 2026',
      '20 Apr 2026',
      '2 Jul 2026',
    ]);
    await page.getByText('98 days later').waitFor();
    expect(await pictures.locator('canvas').count()).toBe(0);
    await page.getByRole('slider').fill('50');
    expect(await pictures.locator('canvas').count()).toBe(3);
    await page.getByRole('button', { name: /^Delete picture\s+of 20 Apr 2026/ }).click();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await expect.poll(() => pictures.count()).toBe(2);
    await page.getByText('171 days later').waitFor();
  });

  test('show whose lesion it is only on request, and forget it', async () => {
    await showScreen(page, `cases/${ids[3]}`);
    await page.getByRole('heading', { name: 'Patient fields' }).waitFor();
    expect(await page.getByText('Zenobia').count()).toBe(0);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Zenobia Quillfeather').waitFor();
  });

  test('have a report on one page, with notes when asked for, that can be saved', async () => {
    await showScreen(page, `cases/${ids[17]}`);
    await page.getByRole('button', { name: 'Report…' }).click();
    const sheet = page.frameLocator('iframe');
    await sheet.getByRole('heading', { level: 1, name: `Case ${ids[17]}` }).waitFor();
    await sheet.getByText('Histology mel (2026-03-20)').waitFor();
    expect(await sheet.getByText(SECRET).count()).toBe(0);
    await page.getByLabel('the notes').check();
    await sheet.getByText(SECRET).waitFor();
    const { name, text } = await saved(() => page.getByRole('button', { name: 'Save HTML' }).click());
    expect(name).toMatch(new RegExp(`^lesion-lab-report-${ids[17]}-\\d{4}-\\d\\d-\\d\\d\\.html$`));
    expect(text).toContain(SECRET);
    const address = await page.locator('iframe').getAttribute('src');
    const headers = await page.evaluate<Record<string, string>>(
      `fetch(${JSON.stringify(address)}).then((reply) => Object.fromEntries(reply.headers))`,
    );
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'.*sandbox allow-same-origin allow-modals/,
    );
    const alone = await stage.browser.newPage();
    await alone.setContent(text);
    expect(pdfPages(await alone.pdf({ format: 'Letter', printBackground: true }))).toBe(1);
    await alone.close();
    await page.evaluate(
      'document.querySelector("iframe").contentWindow.print = () => { window.wasPrinted = true; }',
    );
    await page.getByRole('button', { name: 'Print or save as PDF…' }).click();
    expect(await page.evaluate('window.wasPrinted')).toBe(true);
    await page.keyboard.press('Escape');
  });

  const tick = (id: string) => page.getByLabel(`Select case ${id}`).check();

  test('leave as a file, with patients only when asked in so many words', async () => {
    await showScreen(page, 'cases');
    await tick(ids[3]!);
    await tick(ids[1]!);
    await page.getByRole('button', { name: 'Export…' }).click();
    const plain = await saved(() => page.getByRole('button', { name: 'Export', exact: true }).click());
    expect(parse(plain.text, { columns: true })).toHaveLength(3);
    expect(plain.text).not.toMatch(/Zenobia/);
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByLabel(/JSON: everything/).check();
    await page.getByLabel(/the patients' fields/).check();
    await page.getByText('The file will say whose lesions these are').waitFor();
    const full = await saved(() => page.getByRole('button', { name: 'Export', exact: true }).click());
    expect(JSON.parse(full.text).cases.map(({ patient }: { patient: unknown }) => patient)).toContainEqual({
      PatientName: 'Zenobia Quillfeather',
      PatientID: 'PX-4711',
    });
  });

  test('are counted: how far clinician, model and histology agree', async () => {
    await page.getByRole('tab', { name: 'Agreement' }).click();
    await page.getByRole('heading', { name: 'Histology and clinician' }).waitFor();
    await page
      .getByText(/Cohen's kappa 0\.\d{3} \(/)
      .first()
      .waitFor();
    await page.getByText('too few cases').first().waitFor();
    await page.getByRole('button', { name: 'Histology nv, clinician nv: 5 cases' }).click();
    await page.getByRole('status').getByRole('link').first().waitFor();
    await page.getByLabel('Histology', { exact: true }).selectOption('no');
    await page.getByText('No case has both.').first().waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
  });

  test('are deleted to the last byte', async () => {
    expect(filesWith(dataFolder, ids[17]!).length).toBeGreaterThan(0);
    await page.getByRole('tab', { name: /^Cases/ }).click();
    await tick(ids[17]!);
    await page.getByRole('button', { name: 'Tick none' }).click();
    await tick(ids[17]!);
    await page.getByRole('button', { name: 'Delete…' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText(/solid-state disk may keep old blocks/).waitFor();
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Its bytes are erased from the case store.').waitFor();
    await expect.poll(() => row(ids[17]!).count()).toBe(0);
    expect(filesWith(dataFolder, SECRET)).toEqual([]);
  });

  test('have an audit list that is verified, also against a line noted elsewhere', async () => {
    await page.getByRole('tab', { name: 'Privacy and audit' }).click();
    await page.getByRole('cell', { name: 'deleted it' }).waitFor();
    const noted = await page.locator('#audit-note code').textContent();
    await page.getByRole('button', { name: 'Verify the list' }).click();
    await page.getByText(/^Whole\. All \d+ lines fit together/).waitFor();
    await page.getByLabel(/A line noted elsewhere/).fill(noted!);
    await page.getByRole('button', { name: 'Verify the list' }).click();
    await page.getByText(/up to the noted one for certain/).waitFor();
    await page.getByLabel(/A line noted elsewhere/).fill(noted!.replace(/ \w{8}/, ' 00000000'));
    await page.getByRole('button', { name: 'Verify the list' }).click();
    await page.getByText(/^Not as it was written\. Up to line \d+, the list is not the one/).waitFor();
    await page.getByLabel(/A line noted elsewhere/).fill('12');
    await page.getByText('That is no noted line').waitFor();
    await page.getByLabel(/A line noted elsewhere/).fill('');
    const { name, text } = await saved(() => page.getByRole('button', { name: 'Save as CSV' }).click());
    expect(name).toMatch(/^lesion-lab-case-audit-/);
    expect(text).toMatch(/exported-with-patient-fields/);
    await page.getByLabel('Your name in the audit list').fill('Dr Fen');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Acts are noted as those of Dr Fen').waitFor();
  });

  test('are encrypted with a passphrase, locked, and opened by no other', async () => {
    await page.getByRole('button', { name: 'Set a passphrase…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase').fill('short');
    await dialog.getByText(/5 so far/).waitFor();
    await dialog.getByLabel('Passphrase').fill(PASSPHRASE);
    await dialog.getByLabel('The same again').fill(PASSPHRASE);
    const encrypt = dialog.getByRole('button', { name: 'Encrypt the cases' });
    expect(await encrypt.isDisabled()).toBe(true);
    await dialog.getByLabel(/I understand/).check();
    await encrypt.click();
    await page.getByText(/ · encrypted · on this computer alone/).waitFor();
    await page.getByRole('button', { name: 'Lock now' }).first().click();
    await page.getByRole('heading', { name: 'The cases are locked' }).waitFor();
    expect(await page.getByText(ids[1]!).count()).toBe(0);
    await page.getByLabel('Passphrase').fill('another one altogether');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Nothing is lost: the cases are locked as before.').waitFor();
    await page.reload();
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: /^Cases/ }).click();
    await row(ids[1]!).waitFor();
    await page.getByRole('tab', { name: 'Privacy and audit' }).click();
    await page.getByRole('cell', { name: 'gave a wrong passphrase' }).waitFor();
  });

  test('lock for every window at once, and a case that was shown is gone from the screen', async () => {
    await showScreen(page, `cases/${ids[1]}`);
    await ask('case.lock', {});
    await page.getByRole('heading', { name: 'The cases are locked' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await title(`Case ${ids[1]}`);
  });

  test('begin with a picture that a model was asked about, and go on with a later one', async () => {
    const drawn = await asSharp(drawnPixels(7, 320, 240, 'mel'), 320, 240)
      .jpeg()
      .toBuffer();
    const picture = { name: 'lesion.jpg', mimeType: 'image/jpeg', buffer: drawn };
    await page.getByRole('link', { name: 'Classify', exact: true }).click();
    await page.getByLabel('Model', { exact: true }).selectOption(model);
    await page.locator('input[type=file][multiple]').setInputFiles(picture);
    await page.getByRole('button', { name: /^Keep as a case/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Site').fill('scalp');
    await dialog.getByRole('button', { name: 'Keep the case' }).click();
    await dialog.waitFor({ state: 'detached' });
    await showScreen(page, 'cases');
    await rows().first().getByRole('link').click();
    await title(/^Case /);
    expect(await page.getByLabel('Site').inputValue()).toBe('scalp');
    await page.getByRole('button', { name: 'Add a later picture' }).click();
    await dialog.locator('input[type=file]').setInputFiles(picture);
    const add = dialog.getByRole('button', { name: 'Add to the case' });
    await expect.poll(() => add.isEnabled()).toBe(true);
    await add.click();
    await expect.poll(() => page.getByRole('article').count()).toBe(2);
    await page.getByText('the same day').waitFor();
    expect(filesWith(dataFolder, drawn.subarray(-400, -340))).toEqual([]);
  });

  test('break no rule of WCAG 2.2 AA in either theme', async () => {
    const found: string[] = [];
    const examine = async (name: string) => {
      found.push(...(await brokenRules(page)).map((line) => `${name}, ${line}`));
    };
    const screens = [
      'cases',
      'cases?tab=agreement',
      'cases?tab=privacy',
      `cases/${ids[1]}`,
      `cases/${ids[16]}`,
    ];
    for (const screen of screens) {
      await showScreen(page, screen);
      await examine(screen);
    }
    const opened = [
      [`cases/${ids[1]}`, 'Report…'],
      [`cases/${ids[1]}`, 'Add a later picture'],
      [`cases/${ids[1]}`, 'Delete…'],
      ['cases?tab=privacy', 'Change the passphrase…'],
    ] as const;
    for (const [screen, button] of opened) {
      await showScreen(page, screen);
      await page.getByRole('button', { name: button }).first().click();
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).filter({ hasText: /\w/ }).waitFor();
      await examine(button);
      await page.keyboard.press('Escape');
    }
    await ask('case.lock', {});
    await page.getByRole('heading', { name: 'The cases are locked' }).waitFor();
    await examine('locked');
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
