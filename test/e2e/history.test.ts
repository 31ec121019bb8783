/**
 * A long history in the real window: found, described, compared, carried to another machine and back, deleted. The runs are stored,
 * not trained; the launcher, the browser and the application are the real ones.
 */
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { storeComparableRuns } from '../support/comparable-runs.ts';
import { storeHistory } from '../support/stored-history.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';

const STEP_MS = 60_000;
const RUNS = 3000;

describeInBrowser('the history', STEP_MS, (stage) => {
  const { scratch: folder, complaints } = stage;
  const packed = join(folder, 'runs.zip');
  let page: Page;

  async function openWindow(dataFolder: string): Promise<void> {
    page = await stage.open(join(folder, dataFolder));
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
  }

  const table = () => page.getByRole('grid', { name: 'Runs' });
  const row = (name: string) =>
    table()
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name, exact: true }) });
  const tick = (name: string) => row(name).getByRole('checkbox').check();

  beforeAll(async () => {
    storeHistory(join(folder, 'here'), RUNS);
    storeComparableRuns(join(folder, 'here'));
    await openWindow('here');
  }, OPENING_MS);

  test('shows all of its runs with few rows in the page, the newest first, and reaches the oldest', async () => {
    await row('comparable 3').waitFor();
    await page.getByText(`${(RUNS + 3).toLocaleString('en-GB')} runs`, { exact: true }).waitFor();
    expect(await table().getByRole('row').count()).toBeLessThan(60);
    await table().getByRole('row').nth(1).focus();
    await page.keyboard.press('End');
    await row('run 1').waitFor();
  });

  test('finds, narrows and sorts, and remembers it over a reload', async () => {
    await page.getByRole('searchbox').fill('needle');
    await row('run 77').waitFor();
    await page.getByText(/^1 of /).waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Status').selectOption('failed');
    await row('run 2997').waitFor();
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await row('run 9').waitFor();
    await page.reload();
    await row('run 9').waitFor();
    expect(await page.getByLabel('Status').inputValue()).toBe('failed');
    await page.getByRole('button', { name: 'Show all' }).click();
    await row('comparable 1').waitFor();
  });

  test('keeps name, tags, notes and star, and the columns that were chosen', async () => {
    await page.getByRole('searchbox').fill('comparable');
    await page.getByText(/^3 of /).waitFor();
    await row('comparable 1').getByRole('button', { name: /^Star/ }).click();
    await row('comparable 1').getByRole('button', { name: /^Edit/ }).click();
    await page.getByLabel('Name', { exact: true }).fill('the base');
    await page.getByLabel(/^Tags/).fill('paper, comparable');
    await page.getByLabel('Notes', { exact: true }).fill('as published');
    await page.getByRole('button', { name: 'Save' }).click();
    await row('the base').getByRole('button', { name: 'paper' }).waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Notes' }).click();
    await page.keyboard.press('Escape');
    await page.reload();
    await row('the base').getByText('as published').waitFor();
    await row('the base').getByRole('button', { name: /^Star/, pressed: true }).waitFor();
  });

  test('compares the ticked runs: settings, figures, tests, curves, images, seeds', async () => {
    for (const name of ['the base', 'comparable 2', 'comparable 3']) await tick(name);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    expect(page.url()).toMatch(/#\/compare\/\d+,\d+,\d+$/);
    await page.reload();
    await page.getByRole('rowheader', { name: 'learning rate' }).waitFor();
    await page.getByRole('rowheader', { name: 'Balanced accuracy', exact: true }).waitFor();
    // three wrong of forty against none: the difference of the means of two classes, 17/20 and 1 against 1 and 1
    await page
      .getByText(/^[+-]0\.\d{3} \(/)
      .first()
      .waitFor();
    await page
      .getByRole('grid', { name: 'Images on which the runs disagree' })
      .getByRole('gridcell')
      .first()
      .waitFor();
    // of 0.9 and 1
    await page.getByText('0.950 ± 0.071').first().waitFor();
    await page.getByRole('slider', { name: /Balanced accuracy, validation by epoch/ }).waitFor();
    // the chosen run moves to the front, so it is found by its name
    const label = await page
      .getByRole('radio', { name: /against run/ })
      .last()
      .getAttribute('aria-label');
    await page.getByRole('radio', { name: label!, exact: true }).click();
    await page.getByText(`the base is run ${/\d+$/.exec(label!)![0]}`).waitFor();
  });

  test('says what is missing where a run to compare is not there', async () => {
    await page.goto(new URL('/#/compare/1,999999', page.url()).href);
    await page.getByRole('alert').getByText('There is no run 999999').waitFor();
    await page.getByRole('link', { name: 'Choose runs' }).click();
  });

  test('exports runs, and deletes several with the space that this frees', async () => {
    await page.getByRole('searchbox').fill('comparable');
    await row('the base').waitFor();
    await page.getByText(/^3 of /).waitFor();
    await page.getByRole('checkbox', { name: 'Select all' }).check();
    await page.getByText('3 runs ticked').waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export…' }).click();
    await (await downloading).saveAs(packed);
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page
      .getByRole('alertdialog')
      .getByText(/This frees [1-9]\d* KB/)
      .waitFor();
    await page.getByRole('button', { name: 'Delete 3 runs' }).click();
    await page.getByRole('heading', { name: 'No run like this' }).waitFor();
  });

  test('imports them on another machine once, and says why not twice', { timeout: OPENING_MS }, async () => {
    await stage.program.kill();
    await page.close();
    await openWindow('there');
    await page.getByRole('heading', { name: 'No run yet' }).waitFor();
    await page.getByLabel('A file of runs').setInputFiles(packed);
    // the message goes by itself
    await page.getByText('3 runs imported').waitFor();
    await row('the base').waitFor();
    await page.getByLabel('A file of runs').setInputFiles(packed);
    await page
      .getByRole('alert')
      .getByText(/3 runs of .* are here already/)
      .waitFor();
    await page.getByLabel('A file of runs').setInputFiles({
      name: 'letter.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from('Dear colleague'),
    });
    await page
      .getByRole('alert')
      .getByText(/is damaged or no file of runs/)
      .waitFor();
    // the pictures of these runs were never there
    expect(complaints.filter((line) => !line.includes('status of 404'))).toEqual([]);
  });
});
