/** One case in two windows: what the other one makes of it is on this one's screen, and nothing that was typed is lost unseen. */
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { keepCases } from '../support/kept-cases.ts';
import { describeInBrowser, OPENING_MS } from './stage.ts';
import { askApp, showScreen } from './workstation.ts';

describeInBrowser('a case that another window has open, too', 120_000, (stage) => {
  const dataFolder = join(stage.scratch, 'data');
  let id: string;
  let page: Page;

  beforeAll(async () => {
    id = (await keepCases(dataFolder))[1]!;
    page = await stage.open(dataFolder);
    await showScreen(page, `cases/${id}`);
  }, OPENING_MS);

  const elsewhere = (changes: object) => askApp(page, 'case.update', { id, changes });
  const opened = async () => {
    const { entries } = await askApp<{ entries: { what: string }[] }>(page, 'case.audit', { limit: 1000 });
    return entries.filter(({ what }) => what === 'opened').length;
  };

  test('shows what that one saves, beside what is typed here', async () => {
    await page.getByLabel('Site').fill('left ear');
    await elsewhere({ ageYears: 88 });
    await expect.poll(() => page.getByLabel('Age, years').inputValue()).toBe('88');
    expect(await page.getByLabel('Site').inputValue()).toBe('left ear');
    await page.getByText('Not saved yet').waitFor();
  });

  test('says that saving replaces what that one saved in the same field', async () => {
    await elsewhere({ site: 'nose' });
    await page.getByText('Another window saved something else for this meanwhile.').waitFor();
    expect(await page.getByLabel('Site').inputValue()).toBe('left ear');
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await page.getByLabel('Site').inputValue()).toBe('nose');
    await page.getByText('All saved').waitFor();
  });

  test('is not noted as opened again for a change of another case', async () => {
    const before = await opened();
    await page.getByLabel('Site').fill('chin');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('All saved').waitFor();
    await page.waitForTimeout(1000);
    expect(await opened()).toBe(before);
  });

  test('stands below the words of research use, its cards within their edges, at every width', async () => {
    for (const width of [960, 1280, 1400, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      await page.getByRole('note').getByText('Research use only. Not a medical device.').waitFor();
      const wide = await page.evaluate<number>(
        `Math.max(...[...document.querySelectorAll('article, article footer *')].map((box) => box.getBoundingClientRect().right - box.closest('article').getBoundingClientRect().right))`,
      );
      expect(wide).toBeLessThanOrEqual(0);
    }
  });

  test('is gone from the screen when that one deletes it', async () => {
    await askApp(page, 'case.delete', { ids: [id] });
    await page.getByText(`Case ${id} was deleted.`).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    expect(stage.complaints).toEqual([]);
  });
});
